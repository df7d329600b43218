"""The figures of a round on one page, and the sentences in which somebody may quote them.

Pure: rows in, counts out. Not here: where the rows come from (queries.reports), alarms (policy.alarms), how it looks.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mingjing.engine.lists import ListRules
from mingjing.engine.outcome import N_, Phrase, Reason, Titled
from mingjing.engine.quantities import Rounding, points_text
from mingjing.programmes.assessments.policy.edges import cut_offs

__all__ = [
    "NEAR", "STATES", "Bin", "ClassFigures", "Disputes", "Figures", "Lost", "Near", "Order", "Row", "class_figures",
    "lost_of", "orders_of", "percent", "sentences", "state_of",
]  # fmt: skip

NEAR = 200
"""How near a cut-off is near, in hundredths."""
WIDE = 500
"""How wide a column of the picture is, in hundredths."""
MOST = 8
"""How many checks are named among those on which most was lost."""
STATES = {
    "in_time": N_("Put right in time"),
    "late": N_("Put right late"),
    "claimed": N_("Reported, not confirmed yet"),
    "open": N_("Open, not due yet"),
    "overdue": N_("Overdue"),
    "cancelled": N_("Cancelled"),
}
"""What became of an order."""


@dataclass(frozen=True, slots=True)
class Row:
    """A community on the list: total in hundredths, None where nothing was scored."""

    class_code: str
    tier: str
    total: int | None


@dataclass(frozen=True, slots=True)
class Bin:
    """How many have a total from `low` up to `high` (hundredths; the last column holds its upper end too)."""

    low: int
    high: int
    count: int


@dataclass(frozen=True, slots=True)
class Near:
    """How many lie within NEAR of a cut-off (hundredths), below it and at or above it, of so many scored."""

    at: int
    below: int
    above: int
    of: int

    @property
    def share(self) -> str:
        """Their share in percent."""
        return percent(self.below + self.above, self.of)


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """A class: how many, how many with a total, the median of those (hundredths), tiers, columns, cut-offs."""

    code: str
    count: int
    scored: int
    median: int | None
    tiers: Mapping[str, int]
    bins: tuple[Bin, ...]
    near: tuple[Near, ...]


@dataclass(frozen=True, slots=True)
class Lost:
    """A check: on how many of the scored of its class points were lost on it, and how many together (hundredths)."""

    class_code: str
    code: str
    title: Titled
    communities: int
    of: int
    points: int

    @property
    def share(self) -> str:
        """The share of communities in percent."""
        return percent(self.communities, self.of)


@dataclass(frozen=True, slots=True)
class Order:
    """An order to put something right, as far as the figures need it."""

    due_at: datetime
    claimed_at: datetime | None
    closed_at: datetime | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Disputes:
    """Objections or appeals: received, and what came of them."""

    upheld: int = 0
    rejected: int = 0
    pending: int = 0

    @property
    def received(self) -> int:
        """All of them."""
        return self.upheld + self.rejected + self.pending


@dataclass(frozen=True, slots=True)
class Figures:
    """All of a round. `absent` are reasons with counts; `moves` as policy.moves.tally gives them, all classes together.

    `tiers` has the title and the count of each tier over all classes, best first.
    """

    title: str
    communities: int
    absent: tuple[tuple[str, int], ...]
    classes: tuple[ClassFigures, ...]
    tiers: tuple[tuple[Titled | Phrase, int], ...]
    lost: tuple[Lost, ...]
    moves: Mapping[str, int]
    orders: Mapping[str, int]
    objections: Disputes
    appeals: Disputes

    @property
    def assessed(self) -> int:
        """How many were scored."""
        return sum(found.scored for found in self.classes)

    @property
    def not_assessed(self) -> int:
        """How many were not."""
        return self.communities - self.assessed


def percent(part: int, whole: int) -> str:
    """A share with one decimal; 0.0 of nothing."""
    return points_text(Rounding("half_up", 1).ratio(100 * part, whole), 1) if whole else "0.0"


def class_figures(rules: ListRules, code: str, rows: Iterable[Row]) -> ClassFigures:
    """The figures of one class."""
    own = [row for row in rows if row.class_code == code]
    totals = sorted(row.total for row in own if row.total is not None)
    median = (totals[(len(totals) - 1) // 2] + totals[len(totals) // 2]) // 2 if totals else None
    near = tuple(
        Near(at, sum(at - NEAR <= t < at for t in totals), sum(at <= t < at + NEAR for t in totals), len(totals))
        for at in cut_offs(rules, "total")
    )
    return ClassFigures(code, len(own), len(totals), median, Counter(row.tier for row in own), _bins(totals), near)


def _bins(totals: Sequence[int]) -> tuple[Bin, ...]:
    """Columns WIDE each from the lowest total to the highest."""
    if not totals:
        return ()
    first, last = totals[0] // WIDE, max(totals[0] // WIDE, -(-totals[-1] // WIDE) - 1)
    counts = Counter(min(total // WIDE, last) for total in totals)
    return tuple(Bin(n * WIDE, (n + 1) * WIDE, counts[n]) for n in range(first, last + 1))


def lost_of(
    found: Mapping[tuple[str, str], tuple[Titled, Sequence[int]]], scored: Mapping[str, int]
) -> tuple[Lost, ...]:
    """Checks by the share of communities that lost points on them; `found` has the points lost, one for each."""
    every = [
        Lost(class_code, code, title, len(points), scored[class_code], sum(points))
        for (class_code, code), (title, points) in found.items()
        if points
    ]
    return tuple(sorted(every, key=lambda one: (-one.communities / one.of, -one.points, one.class_code, one.code)))


def state_of(order: Order, now: datetime) -> str:
    """One of STATES: in time is what was reported by the day it was due, and confirmed since."""
    if order.outcome == "cancelled":
        return "cancelled"
    if order.outcome:
        return "in_time" if order.claimed_at and order.claimed_at <= order.due_at else "late"
    if order.claimed_at and order.claimed_at <= order.due_at:
        return "claimed"
    return "overdue" if order.due_at < now else "open"


def orders_of(orders: Iterable[Order], now: datetime) -> dict[str, int]:
    """How many are in each state."""
    return dict.fromkeys(STATES, 0) | Counter(state_of(order, now) for order in orders)


def sentences(found: Figures, classes: Mapping[str, Titled]) -> Iterator[Reason]:
    """The round in sentences, each whole by itself."""
    yield Reason(
        "report.done", N_("{round}: {assessed} of {communities} communities were assessed, {absent} were not."),
        {"round": found.title, "assessed": found.assessed, "communities": found.communities,
         "absent": found.not_assessed},
    )  # fmt: skip
    tiers = tuple(_counted(title, count) for title, count in found.tiers if count)
    if tiers:
        yield Reason("report.tiers", N_("Of all communities on the list: {tiers}."), {"tiers": tiers})
    for one in found.classes:
        if one.median is not None:
            text = N_("{class_title}: half of the {count} assessed communities have {median} points or more.")
            params = {"class_title": classes[one.code], "count": one.scored, "median": points_text(one.median)}
            yield Reason("report.class", text, params)
    if found.lost:
        first = found.lost[0]
        text = N_("Points were lost most often on {check}: at {share} percent of the communities of {class_title}.")
        params = {"check": Titled({k: f"{first.code} {v}" for k, v in first.title.texts.items()}),
                  "share": first.share, "class_title": classes[first.class_code]}  # fmt: skip
        yield Reason("report.lost", text, params)
    yield from _since(found)
    yield from _orders(found.orders)
    yield from _disputes(found)


def _counted(title: Titled | Phrase, count: int) -> Reason:
    return Reason("report.counted", N_("{count} on {title}"), {"title": title, "count": count})


def _since(found: Figures) -> Iterator[Reason]:
    if found.moves:
        text = N_("Since the round before, {up} communities moved to a better tier and {down} to a worse one.")
        yield Reason("report.moves", text, {"up": found.moves["up"], "down": found.moves["down"]})


def _orders(orders: Mapping[str, int]) -> Iterator[Reason]:
    given = sum(orders.values()) - orders["cancelled"]
    if given:
        text = N_(
            "{given} orders to put something right at once were given: {in_time} were done in time, {late} late, "
            "{overdue} are overdue."
        )
        yield Reason("report.orders", text, {"given": given, **{k: orders[k] for k in ("in_time", "late", "overdue")}})


def _disputes(found: Figures) -> Iterator[Reason]:
    for kind, text in (
        (
            found.objections,
            N_("Objections to findings: {received} received, {upheld} well founded, {rejected} not, {pending} open."),
        ),
        (
            found.appeals,
            N_("Appeals against listings: {received} received, {upheld} well founded, {rejected} not, {pending} open."),
        ),
    ):
        if kind.received:
            params = {
                "received": kind.received,
                "upheld": kind.upheld,
                "rejected": kind.rejected,
                "pending": kind.pending,
            }
            yield Reason("report.disputes", text, params)
