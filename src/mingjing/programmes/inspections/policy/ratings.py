"""When a visit may be rated, and which ratings are shown: whole quarters of at least five together. Pure.

Not here: signatures (engine.blind), tables, who asks.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from mingjing.engine.outcome import N_

__all__ = [
    "ASK_DAYS",
    "CONDUCT",
    "LEAST",
    "SEND_DAYS",
    "Batch",
    "Group",
    "accepted_until",
    "ask_until",
    "groups",
    "quarter",
]

ASK_DAYS = 30
"""Days after leaving within which the firm may have its token signed (a proposal of this project)."""
SEND_DAYS = 60
"""Days after a quarter within which its ratings are taken; only then is any of them shown."""
LEAST = 5
"""Ratings below which none is shown."""
CONDUCT = {
    "late": N_("They came without notice or kept us waiting"),
    "rude": N_("They were rude or threatened us"),
    "stopped": N_("They stopped production without need"),
    "favours": N_("They demanded favours, purchases or money"),
}


def quarter(day: date) -> tuple[date, date]:
    """The first and last day of the quarter.

    >>> quarter(date(2026, 11, 28))
    (datetime.date(2026, 10, 1), datetime.date(2026, 12, 31))
    """
    first = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    after = date(first.year + first.month // 10, (first.month + 2) % 12 + 1, 1)
    return first, after - timedelta(days=1)


def ask_until(left: date) -> date:
    """The last day on which the firm may ask for its token."""
    return left + timedelta(days=ASK_DAYS)


def accepted_until(last: date) -> date:
    """The last day on which ratings of a quarter that ends on `last` are taken."""
    return last + timedelta(days=SEND_DAYS)


@dataclass(frozen=True, slots=True)
class Batch:
    """The ratings of one authority in one quarter: how many gave 1 to 5 stars, and how many ticked what."""

    first: date
    last: date
    stars: Sequence[int]
    conduct: Mapping[str, int]

    @property
    def count(self) -> int:
        """Ratings."""
        return sum(self.stars)


@dataclass(frozen=True, slots=True)
class Group(Batch):
    """Batches that are shown together."""

    @property
    def mean(self) -> Fraction:
        """Stars on average."""
        return Fraction(sum(number * count for number, count in enumerate(self.stars, 1)), self.count)


def groups(batches: Iterable[Batch], today: date) -> list[Group]:
    """What is shown of an authority: closed quarters in order, each alone or with those before it that had too few.

    Every group has at least `LEAST` ratings and, once shown, never changes; so no difference of two days tells of one.
    """
    shown: list[Group] = []
    waiting: list[Batch] = []
    for batch in sorted(batches, key=lambda one: one.first):
        if accepted_until(batch.last) >= today:
            break
        waiting.append(batch)
        if sum(one.count for one in waiting) >= LEAST:
            shown.append(_together(waiting))
            waiting = []
    return shown


def _together(batches: Sequence[Batch]) -> Group:
    stars = tuple(sum(counts) for counts in zip(*(one.stars for one in batches), strict=True))
    conduct = {code: sum(one.conduct.get(code, 0) for one in batches) for code in CONDUCT}
    return Group(batches[0].first, batches[-1].last, stars, conduct)
