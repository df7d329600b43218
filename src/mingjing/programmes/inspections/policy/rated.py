"""What rules about ratings (C8) say of ratings that nobody can trace: of an authority, and of those shown together.

A rule that asks a visit for nothing but its rating or what was ticked asks a group whether any rating in it is so: what
would have been a warning for each such visit is one for the group, which is public anyway. Not here: which ratings are
shown together (policy.ratings).
"""

from collections.abc import Iterable, Iterator

from mingjing.engine.outcome import N_, Reason
from mingjing.programmes.inspections.policy.conditions import Condition
from mingjing.programmes.inspections.policy.ratings import Group
from mingjing.programmes.inspections.policy.rules import Pack, Rule
from mingjing.programmes.inspections.policy.warnings import Warning

__all__ = ["about_ratings", "rated_warnings", "record_of"]

ASKED = {"rating", "conduct"}


def about_ratings(pack: Pack) -> list[Rule]:
    """The rules that ask a visit for what a firm rated, and for nothing else."""
    return [
        rule
        for rule in pack.of("visit")
        if all(step.when.only and {test.fact for test in step.when.only} <= ASKED for step in rule.steps)
    ]


def rated_warnings(rules: Iterable[Rule], authority: str, groups: Iterable[Group]) -> Iterator[Warning]:
    """A warning for each group in which at least one rating is what a rule describes, by the rule of its last day."""
    shown = list(groups)
    for rule in rules:
        for group in shown:
            steps = ((step, _described(step.when, group)) for step in rule.steps)
            met = next(((step, count) for step, count in steps if count), None)
            if met is None or not rule.holds(group.last):
                continue
            step, count = met
            yield Warning(
                rule=rule, level=step.level, firm="", key=(("authority", authority),), first=group.first,
                last=group.last, count=count, records=(record_of(group),), authorities=(authority,),
                because=_told(group, count),
            )  # fmt: skip


def record_of(group: Group) -> str:
    """What a warning counts: the group, by its first day. No rating has a name."""
    return f"ratings:{group.first.isoformat()}"


def _described(condition: Condition, group: Group) -> int:
    """How many ratings are so, at least: who ticked two boxes is one."""
    stars = sum(count for number, count in enumerate(group.stars, 1) if condition.verdict({"rating": number}))
    ticked = [count for code, count in group.conduct.items() if condition.verdict({"conduct": code})]
    return max(stars, *ticked, 0)


def _told(group: Group, count: int) -> Reason:
    text = N_("At least {part} of {all} ratings that are shown together are so; nobody can tell of which visits.")
    return Reason("inspections.rated", text, {"part": count, "all": group.count})
