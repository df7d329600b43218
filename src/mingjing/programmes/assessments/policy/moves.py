"""What became of each community between two lists: up, down, into or out of a tier without a rank, new, gone.

Better and worse go by the order of the tiers, each in its own scheme. Not here: which two lists, how they are stored.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mingjing.engine.lists import ListRules

__all__ = ["MOVES", "Move", "Stood", "compare", "gone", "tally"]

MOVES = ("up", "down", "other", "new", "same")
"""A better tier, a worse one, into or out of a tier without a rank, not in the earlier list, the same tier."""


@dataclass(frozen=True, slots=True)
class Stood:
    """Where a community stood in a list; `result` is the id of its row, totals are hundredths."""

    result: int
    community: int
    number: str
    name: str
    company: str
    class_code: str
    tier: str
    total: int | None


@dataclass(frozen=True, slots=True)
class Move:
    """A community now, and what it was; `kind` is one of MOVES, `company` says whether another one looks after it."""

    now: Stood
    was: Stood | None
    kind: str
    company: bool

    @property
    def difference(self) -> int | None:
        """The totals' difference in hundredths, where both are known."""
        if self.was is None or self.was.total is None or self.now.total is None:
            return None
        return self.now.total - self.was.total


def compare(now: Iterable[Stood], before: Mapping[int, Stood], here: ListRules, there: ListRules) -> Iterator[Move]:
    """What became of each of `now`; `before` is by community, `here` and `there` are the rules of the two lists."""
    new_places, old_places = _places(here), _places(there)
    for stood in now:
        was = before.get(stood.community)
        company = was is not None and was.company != stood.company
        yield Move(stood, was, _kind(stood, was, new_places, old_places), company)


def _places(rules: ListRules) -> dict[str, int]:
    """0 for the best tier that has a rank, and so on."""
    ranked = [tier.code for tier in rules.tiers if tier.ranked]
    return {code: place for place, code in enumerate(ranked)}


def _kind(now: Stood, was: Stood | None, here: Mapping[str, int], there: Mapping[str, int]) -> str:
    if was is None:
        return "new"
    if was.tier == now.tier:
        return "same"
    new, old = here.get(now.tier), there.get(was.tier)
    if new is None or old is None:
        return "other"
    return "up" if new < old else "down" if new > old else "same"


def gone(now: Iterable[Stood], before: Mapping[int, Stood]) -> list[Stood]:
    """Those of `before` that are not among `now`, in their order."""
    here = {stood.community for stood in now}
    return [stood for community, stood in before.items() if community not in here]


def tally(moves: Iterable[Move]) -> dict[str, dict[str, int]]:
    """How many made each move, by class; changes of company under `company`."""
    counted: dict[str, dict[str, int]] = {}
    for move in moves:
        counts = counted.setdefault(move.now.class_code, dict.fromkeys((*MOVES, "company"), 0))
        counts[move.kind] += 1
        counts["company"] += move.company
    return counted
