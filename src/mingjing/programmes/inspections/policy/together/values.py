"""What is matched and under which terms; what comes of it. Not here: how."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from mingjing.engine.outcome import Reason

__all__ = ["Key", "Met", "Proposal", "Standstill", "Terms", "Wanted", "broken", "visits_of"]

Key = str
ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A visit that `authority` means to make to `firm` on one day from `first` to `last`.

    `protected` is False where an exception from quiet days is claimed.
    """

    key: Key
    authority: Key
    firm: Key
    first: date
    last: date
    protected: bool = True

    @property
    def window(self) -> tuple[date, ...]:
        """Its days."""
        return tuple(self.first + ONE * number for number in range((self.last - self.first).days + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What every proposal keeps to.

    `off` are days on which nobody works, `quiet` each firm's quiet days. `loads` say how many firms an authority's
    officers can visit on one day (who is not named: any number), `most` how many authorities may come to one firm on
    one day. `names` are what people call authorities and firms.
    """

    off: frozenset[date] = frozenset()
    quiet: Mapping[Key, frozenset[date]] = field(default_factory=dict)
    loads: Mapping[Key, int] = field(default_factory=dict)
    most: int | None = None
    names: Mapping[Key, str] = field(default_factory=dict)

    def name(self, key: Key) -> str:
        """What people call it."""
        return self.names.get(key, key)

    def shut(self, wanted: Wanted) -> frozenset[date]:
        """The quiet days of its firm, as far as they protect from it."""
        return self.quiet.get(wanted.firm, frozenset()) if wanted.protected else frozenset()

    def open(self, wanted: Wanted) -> tuple[date, ...]:
        """The days on which it can be made, whatever else is."""
        shut = self.off | self.shut(wanted)
        return tuple(day for day in wanted.window if day not in shut)


@dataclass(frozen=True, slots=True, order=True)
class Met:
    """Everybody who wants to see `firm` on `day` comes together; `keys` are of what is wanted."""

    day: date
    firm: Key
    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Visits by day. `before` is how many there were apart, `bound` below what number nobody gets under these terms."""

    visits: tuple[Met, ...]
    before: int
    bound: int
    reasons: tuple[Reason, ...]

    @property
    def after(self) -> int:
        """How many visits remain."""
        return len(self.visits)

    @property
    def proved(self) -> bool:
        """Whether fewer are impossible."""
        return self.after == self.bound


@dataclass(frozen=True, slots=True)
class Standstill:
    """There is no such plan. `keys` are of what cannot all be done, `reasons` the rules in the way.

    `least` says whether each of them counts: without any one the rest would go.
    """

    keys: tuple[Key, ...]
    reasons: tuple[Reason, ...]
    least: bool


def visits_of(days: Mapping[Key, date], wanted: Iterable[Wanted]) -> tuple[Met, ...]:
    """The visits when everything wanted is made on its day."""
    met: dict[tuple[date, Key], list[Key]] = {}
    for one in wanted:
        met.setdefault((days[one.key], one.firm), []).append(one.key)
    return tuple(Met(day, firm, tuple(sorted(keys))) for (day, firm), keys in sorted(met.items()))


def broken(days: Mapping[Key, date], wanted: Iterable[Wanted], terms: Terms) -> list[str]:
    """What a plan does not keep to: codes, sorted; nothing where it keeps to all of the terms."""
    wanted, found, sent = list(wanted), list[str](), dict[tuple[Key, date], set[Key]]()
    come: dict[tuple[Key, date], set[Key]] = {}
    for one in wanted:
        day = days.get(one.key)
        if day is None or day not in terms.open(one):
            found.append("day")
            continue
        sent.setdefault((one.authority, day), set()).add(one.firm)
        come.setdefault((one.firm, day), set()).add(one.authority)
    found += ["load" for (who, _day), firms in sent.items() if len(firms) > terms.loads.get(who, len(firms))]
    found += ["most" for who in come.values() if terms.most is not None and len(who) > terms.most]
    return sorted(found)
