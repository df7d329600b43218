"""Counts complaints and ranks communities: valid ones that are the company's, per so many households.

Complaints come in any order, one at a time; what is kept of them is numbers and days. Each gets one outcome with its
reason. Rank 1 has the highest rate; equal rates (as shown, after rounding) share a rank, and the next is left out. Not
here: where complaints come from, who decided on them.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction

from mingjing.engine.outcome import N_, Reason
from mingjing.programmes.complaints.policy.figures import half_up, median, percentile
from mingjing.programmes.complaints.policy.repeats import Told, key_of, runs
from mingjing.programmes.complaints.policy.rules import COMPANY, Rules

__all__ = ["Complaint", "Outcome", "Ranking", "Standing", "Tally", "compete"]

NOWHERE = ""
"""The community of complaints that nobody could place."""


class Outcome(StrEnum):
    """What became of a complaint in a ranking."""

    COUNTED = "counted"
    REPEAT = "repeat"
    INVALID = "invalid"
    OTHER = "other"
    UNDECIDED = "undecided"
    UNPLACED = "unplaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A complaint as the ranking sees it. `valid` None and `duty` "" mean that nobody has decided."""

    number: str
    community: str
    category: str
    opened: date
    closed: date | None = None
    caller: str = ""
    place: str = ""
    valid: bool | None = None
    duty: str = ""
    apart: bool = False


@dataclass(slots=True)
class _Community:
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    valid: int = 0
    days: Counter[int] = field(default_factory=Counter)
    still_open: int = 0
    categories: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Standing:
    """A community in a ranking. `rate` is as shown, already rounded; `suppressed` says why there is no rank.

    `raw` counts every complaint about it, `valid` those decided to be so, `counted` those that make the rate. Days to
    close are of valid complaints that are the company's, repeats among them. `top` is whether it is in the top share.
    """

    community: str
    raw: int
    valid: int
    counted: int
    outcomes: Mapping[Outcome, int]
    households: int | None
    rate: Fraction | None
    rank: int | None
    suppressed: tuple[Reason, ...]
    top: bool
    median_days: Fraction | None
    p90_days: int | None
    still_open: int
    categories: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """All communities: ranked ones first, by rank, then by name; and the complaints that lie nowhere."""

    standings: tuple[Standing, ...]
    unplaced: int

    @property
    def ranked(self) -> tuple[Standing, ...]:
        """Those with a rank."""
        return tuple(one for one in self.standings if one.rank is not None)

    def raw_share(self, first: int) -> Fraction | None:
        """Which share of all complaints about communities the `first` with the most of them have."""
        counts = sorted((one.raw for one in self.standings), reverse=True)
        return Fraction(sum(counts[:first]), sum(counts)) if sum(counts) else None


Say = Callable[[str, str, Outcome, str], None]
"""(number, community, outcome, number of the one it repeats): told of every complaint of the period, once."""


class Tally:
    """Takes complaints of `first` to `last`, and earlier ones that those may repeat; gives the ranking.

    Only valid complaints that are the company's are merged: a call about something else does not swallow a later one.
    """

    def __init__(self, rules: Rules, first: date, last: date, say: Say | None = None) -> None:
        self.rules, self.first, self.last = rules, first.toordinal(), last.toordinal()
        self.say: Say = say or (lambda *_told: None)
        self.communities: defaultdict[str, _Community] = defaultdict(_Community)
        self.issues: defaultdict[tuple[str, Hashable], list[Told]] = defaultdict(list)

    @property
    def since(self) -> date:
        """The first day of which complaints matter: those before the period are only there to be repeated."""
        return date.fromordinal(max(self.first - self.rules.repeats.within_days, 1))

    def add(self, one: Complaint) -> None:
        """Take one complaint."""
        day = one.opened.toordinal()
        if day > self.last:
            return
        outcome = _outcome(one)
        if day >= self.first:
            self._note(one, outcome)
        if outcome is Outcome.COUNTED:
            self._candidate(one, day)

    def _note(self, one: Complaint, outcome: Outcome) -> None:
        known = self.communities[one.community]
        known.valid += one.valid is True
        if outcome is not Outcome.COUNTED:
            known.outcomes[outcome] += 1
            self.say(one.number, one.community, outcome, "")
        elif one.closed is None:
            known.still_open += 1
        else:
            known.days[(one.closed - one.opened).days] += 1

    def _candidate(self, one: Complaint, day: int) -> None:
        values = {"caller": one.caller, "community": one.community, "category": one.category, "place": one.place}
        closed = one.closed.toordinal() if one.closed else None
        told = Told(day, one.number, closed, one.apart, one.category)
        # A complaint that nothing can be compared with is an issue of its own.
        key = key_of(self.rules.repeats, values) or ("", one.number)
        self.issues[one.community, key].append(told)

    def ranking(self, households: Mapping[str, int]) -> Ranking:
        """The ranking of all communities that were complained about or whose households are known. Call it once."""
        for (community, _key), told in self.issues.items():
            self._merge(community, told)
        self.issues.clear()
        nowhere = self.communities.pop(NOWHERE, _Community())
        names = self.communities.keys() | households.keys()
        standings = [self._standing(name, self.communities[name], households.get(name)) for name in names]
        return Ranking(compete(standings, self.rules.top_percent), nowhere.outcomes.total())

    def _merge(self, community: str, told: list[Told]) -> None:
        for one, first in runs(told, self.rules.repeats):
            if one.opened >= self.first:
                outcome = Outcome.REPEAT if first else Outcome.COUNTED
                self.communities[community].outcomes[outcome] += 1
                self.communities[community].categories[one.category] += not first
                self.say(one.number, community, outcome, first.number if first else "")

    def _standing(self, name: str, known: _Community, households: int | None) -> Standing:
        counted = known.outcomes[Outcome.COUNTED]
        why = tuple(_suppressed(self.rules, households, counted))
        rate = None
        if households and not why:
            rate = half_up(Fraction(counted * self.rules.per_households, households), self.rules.decimals)
        categories = sorted(((name, count) for name, count in known.categories.items() if count), key=_most)
        return Standing(
            community=name, raw=known.outcomes.total(), valid=known.valid, counted=counted,
            outcomes=dict(known.outcomes), households=households, rate=rate, rank=None, suppressed=why, top=False,
            median_days=median(known.days), p90_days=percentile(known.days, 90), still_open=known.still_open,
            categories=tuple(categories[:3]),
        )  # fmt: skip


def _most(entry: tuple[str, int]) -> tuple[int, str]:
    return -entry[1], entry[0]


def _outcome(one: Complaint) -> Outcome:
    """What a complaint is before repeats are looked for."""
    if one.valid is False:
        return Outcome.INVALID
    if not one.community:
        return Outcome.UNPLACED
    if one.valid is None or not one.duty:
        return Outcome.UNDECIDED
    return Outcome.COUNTED if one.duty == COMPANY else Outcome.OTHER


def _suppressed(rules: Rules, households: int | None, counted: int) -> Iterator[Reason]:
    if households is None:
        yield Reason("ranking.no_households", N_("It is not known how many households there are."))
    elif households < rules.least_households:
        text = N_("{found} households; below {least} a rate would say little.")
        yield Reason("ranking.few_households", text, {"found": households, "least": rules.least_households})
    if counted < rules.least_cases:
        text = N_("{found} counted; below {least} chance decides, and callers could be recognised.")
        yield Reason("ranking.few_cases", text, {"found": counted, "least": rules.least_cases})


def compete(standings: list[Standing], top_percent: int) -> tuple[Standing, ...]:
    """The standings in order, with ranks 1, 2, 2, 4; the top share takes a tie whole or not at all."""
    rated = sorted(
        (one for one in standings if one.rate is not None), key=lambda one: (-(one.rate or 0), one.community)
    )
    ties = Counter(one.rate for one in rated)
    room = len(rated) * top_percent // 100
    ranked: list[Standing] = []
    for place, one in enumerate(rated, start=1):
        before = ranked[-1] if ranked else None
        rank = before.rank if before and before.rate == one.rate else place
        ranked.append(replace(one, rank=rank, top=(rank or place) + ties[one.rate] - 1 <= room))
    rest = sorted((one for one in standings if one.rate is None), key=lambda one: one.community)
    return (*ranked, *rest)
