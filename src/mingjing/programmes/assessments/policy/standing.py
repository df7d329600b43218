"""Whether a company is barred from procurement on a day: computed from dates and acts every time, stored nowhere.

A bar bars from its first day to its last, once it was signed off for the law by somebody else and served on exactly
that legal entity; until it is released or called off, and as long as the listing it rests on stands in the newest
edition of the list. Once a correction has taken that away, it never barred anybody. What was recorded after the instant
of which somebody asks was not known then, and counts for nothing. Not here: reading acts (queries.standing), taking
them (actions).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from mingjing.engine.outcome import N_, Reason

__all__ = ["Answer", "Bar", "Ended", "Said", "answer", "told_as", "why", "without_trace"]


@dataclass(frozen=True, slots=True)
class Said:
    """That something took effect on a day, and since when that is known; `until` is when it was found to be void."""

    on: date
    known: datetime
    until: datetime | None = None

    def holds(self, known: datetime) -> bool:
        """Whether it was known at that instant."""
        return self.known <= known and (self.until is None or known < self.until)


@dataclass(frozen=True, slots=True)
class Ended(Said):
    """What ended a bar before its last day: `how` is "released" (what was wrong is put right) or "called_off"."""

    how: str = "released"


@dataclass(frozen=True, slots=True)
class Bar:
    """A decision that a company is barred, with what it rests on. `first` and `last` are its days, both included.

    `signed` is the instant of the sign-off, `served` the proofs that it reached the company, `stood` the listing in the
    editions of the list: from when to when that edition was the newest and listed the company (`Said.on` is no matter).
    """

    key: int
    first: date
    last: date
    decided: datetime
    signed: datetime | None = None
    served: tuple[Said, ...] = ()
    stood: tuple[Said, ...] = ()
    ends: tuple[Ended, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether somebody is barred, why, and by which bars (those in force on the day)."""

    barred: bool
    reasons: tuple[Reason, ...]
    bars: tuple[Bar, ...] = ()


def answer(bars: Iterable[Bar], on: date, known: datetime) -> Answer:
    """Whether the company of these bars is barred on a day, by what was known at an instant."""
    found = tuple(bar for bar in bars if not why(bar, on, known))
    if found:
        text = N_("Barred on {day}, from {first} to {last} at most.")
        params = [{"day": str(on), "first": str(bar.first), "last": str(bar.last)} for bar in found]
        return Answer(True, tuple(Reason("standing.barred", text, one) for one in params), found)
    text = N_("No bar was in force on {day}.")
    return Answer(False, (Reason("standing.free", text, {"day": str(on)}),))


def why(bar: Bar, on: date, known: datetime) -> tuple[Reason, ...]:
    """Every reason why a bar bars nobody on a day; none where it is in force."""
    return tuple(_why(bar, on, known))


def without_trace(bars: Iterable[Bar], known: datetime) -> tuple[Bar, ...]:
    """Those of which anything may be said at all: decided by then, on a listing that still stands."""
    return tuple(bar for bar in bars if bar.decided <= known and _stands(bar, known))


def _why(bar: Bar, on: date, known: datetime) -> Iterator[Reason]:
    if bar.decided > known:
        yield Reason("standing.undecided", N_("It was not decided yet."))
        return
    if not _stands(bar, known):
        text = N_("The newest edition of the list no longer has the listing it rests on: it bars nobody, on any day.")
        yield Reason("standing.corrected", text)
    if bar.signed is None or bar.signed > known:
        yield Reason("standing.unsigned", N_("Nobody has signed it off for the law."))
    served = [one.on for one in bar.served if one.holds(known)]
    if not served or min(served) > on:
        yield Reason("standing.unserved", N_("It was not served on the company by that day."))
    if on < bar.first:
        yield Reason("standing.early", N_("It begins on {first}."), {"first": str(bar.first)})
    if on > bar.last:
        yield Reason("standing.over", N_("It ended on {last}."), {"last": str(bar.last)})
    for end in bar.ends:
        if end.holds(known) and end.on <= on:
            yield Reason(f"standing.{end.how}", _ENDS[end.how], {"day": str(end.on)})


_ENDS = {
    "released": N_("It was lifted on {day}: what was wrong is put right, and the release notice was served."),
    "called_off": N_("It was called off on {day}."),
}


def _stands(bar: Bar, known: datetime) -> bool:
    return any(one.holds(known) for one in bar.stood)


def told_as(bar: Bar, known: datetime) -> Bar:
    """The bar without anything that was not known at an instant."""
    signed = bar.signed if bar.signed and bar.signed <= known else None
    kept: dict[str, Any] = {
        name: tuple(one for one in getattr(bar, name) if one.holds(known)) for name in ("served", "stood", "ends")
    }
    return replace(bar, signed=signed, **kept)
