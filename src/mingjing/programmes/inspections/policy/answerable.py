"""Which rules a source can answer at all: one that asks for facts nobody gives stays silent, and that must be told."""

from collections.abc import Collection, Iterator

from mingjing.programmes.inspections.policy.conditions import Condition
from mingjing.programmes.inspections.policy.rules import Pack, Rule

__all__ = ["APPLIED", "silent"]

APPLIED = ("count", "visit", "unscanned", "streak", "share", "blanket")
"""The kinds of rules that are applied to files: all but the gate's."""
NEEDED = {"unscanned": ("report",), "streak": ("officers",), "blanket": ("authority", "campaign", "eligible")}
"""What rules of a kind cannot do without, whatever their conditions."""


def silent(pack: Pack, given: Collection[str]) -> Iterator[tuple[Rule, tuple[str, ...]]]:
    """Rules that can warn of nothing where only the facts and names in `given` are known, with what they lack."""
    for rule in pack.of(*APPLIED):
        lacking = [name for name in NEEDED.get(rule.kind, ()) if name not in given]
        lacking += _lacking_count(rule, given)
        steps = [_lacking(step.when, given) for step in rule.steps]
        if all(steps):
            lacking += steps[0]
        if lacking:
            yield rule, tuple(dict.fromkeys(lacking))


def _lacking_count(rule: Rule, given: Collection[str]) -> Iterator[str]:
    if rule.count is None:
        return
    yield from _lacking(rule.count.visits, given)
    yield from _lacking(rule.count.judged, given)
    apart = {*rule.count.per, *(("authority",) if rule.count.what == "authorities" else ())} - {"site"}
    names = {"item": "items"}
    yield from sorted(names.get(name, name) for name in apart if names.get(name, name) not in given)


def _lacking(condition: Condition, given: Collection[str]) -> list[str]:
    return [test.fact for test in condition.only if test.fact not in given and "" not in (test.words or ())]
