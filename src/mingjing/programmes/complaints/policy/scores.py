"""How well repeats are found: those the rules see against those their source marked itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

__all__ = ["Score", "score"]


@dataclass(frozen=True, slots=True)
class Score:
    """`both` are repeats for the rules and for the source; `ours` for the rules only, `theirs` for the source only."""

    both: int
    ours: int
    theirs: int

    @property
    def precision(self) -> Fraction | None:
        """Of those the rules call repeats, the share that the source marked too."""
        found = self.both + self.ours
        return Fraction(self.both, found) if found else None

    @property
    def recall(self) -> Fraction | None:
        """Of those the source marked, the share that the rules found."""
        marked = self.both + self.theirs
        return Fraction(self.both, marked) if marked else None


def score(pairs: Iterable[tuple[bool, bool]]) -> Score:
    """The score of (found by the rules, marked by the source) for every complaint.

    >>> score([(True, True), (True, False), (False, True), (False, False)])
    Score(both=1, ours=1, theirs=1)
    """
    both = ours = theirs = 0
    for found, marked in pairs:
        both += found and marked
        ours += found and not marked
        theirs += marked and not found
    return Score(both, ours, theirs)
