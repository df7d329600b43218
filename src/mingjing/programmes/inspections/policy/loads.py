"""The yearly load of a firm against the caps: how many visits of each authority count, and how many are allowed.

The same conditions as the rules that warn over a cap; what is exempt there is exempt here. Not here: warnings.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from mingjing.programmes.inspections.policy.counting import window_start
from mingjing.programmes.inspections.policy.rules import Pack, Rule
from mingjing.programmes.inspections.policy.visits import Visit, standing

__all__ = ["Load", "loads"]


@dataclass(frozen=True, slots=True)
class Load:
    """`count` visits of an authority count towards a cap of `allowed` (None: none), by `rule`, since `since`."""

    authority: str
    count: int
    allowed: int | None
    rule: Rule
    since: date

    @property
    def over(self) -> bool:
        """Whether there were more than the rules allow."""
        return self.allowed is not None and self.count > self.allowed


def loads(pack: Pack, visits: Iterable[Visit], *, day: date, grade: str) -> list[Load]:
    """What counts on that day for a firm of that grade, by authority; the most visits first."""
    kept = [visit for visit in standing(visits) if visit.day <= day]
    found = [load for rule in pack.of("count") if _caps(rule, day) for load in _of(rule, kept, day, grade)]
    return sorted(found, key=lambda load: (-load.count, load.authority))


def _caps(rule: Rule, day: date) -> bool:
    asked = rule.count
    return bool(asked and asked.caps and asked.when == "over" and asked.per == ("authority",) and rule.holds(day))


def _of(rule: Rule, visits: Iterable[Visit], day: date, grade: str) -> Iterable[Load]:
    asked = rule.count
    assert asked is not None
    since = window_start(asked.window, day)
    units: dict[str, set[str]] = {}
    for visit in visits:
        if visit.authority and since <= visit.day and asked.visits.verdict(visit.facts) is True:
            units.setdefault(visit.authority, set()).add(visit.unit)
    return [Load(authority, len(found), asked.allowed(grade), rule, since) for authority, found in units.items()]
