"""One person's same issue, told again, counts once: which complaint repeats which.

The first of a run stands for it; what comes within so many days of that first one is its repeat, and what comes later
begins a new run, so that no chain of calls goes on for ever. A repeat is named with the one it repeats.
"""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

from mingjing.programmes.complaints.policy.rules import Repeats

__all__ = ["Told", "key_of", "runs"]


@dataclass(frozen=True, slots=True, order=True)
class Told:
    """A complaint as merging sees it: the days (proleptic ordinals) it was opened and closed (None: still open).

    `apart` is a person's word that it repeats nothing; `number` breaks ties of one day.
    """

    opened: int
    number: str
    closed: int | None = None
    apart: bool = False
    category: str = ""


def key_of(rule: Repeats, values: dict[str, str]) -> Hashable | None:
    """What complaints of one issue have in common; None where one of the fields is not known: it repeats nothing."""
    found = tuple(values[name] for name in rule.same)
    return found if all(found) else None


def runs(told: Iterable[Told], rule: Repeats) -> Iterator[tuple[Told, Told | None]]:
    """Every complaint of one issue with the one it repeats, or None, in the order of days."""
    first: Told | None = None
    for one in sorted(told, key=lambda each: (each.opened, each.number)):
        if one.apart:
            yield one, None
        elif first is not None and _repeats(one, first, rule):
            yield one, first
        else:
            first = one
            yield one, None


def _repeats(one: Told, first: Told, rule: Repeats) -> bool:
    if one.opened - first.opened > rule.within_days:
        return False
    return not rule.while_open or first.closed is None or one.opened <= first.closed
