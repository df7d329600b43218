"""What the system itself knows of a site: declared by an attribute's `source`, worked out from what was kept.

A dotted source (`parts.word`) is what another part of the house knows, whoever that is. A scheme says which attribute
is known how; no attribute and no tier is named here. Not here: reading what was kept (queries.sourced).
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from mingjing.engine.outcome import N_, Phrase, Reason
from mingjing.engine.quantities import parse_points, points_text
from mingjing.engine.rules import FLAG, Measure
from mingjing.programmes.assessments.policy.reading import Node

__all__ = [
    "MONTHS", "STREAK", "TEAMS_BELOW", "Order", "Source", "Sourced", "Stay", "below", "check_sources", "follow",
    "in_words", "known_elsewhere", "months", "months_known", "orders_known", "read_source", "streak_known",
]  # fmt: skip

OVERDUE, UNMET, STREAK, MONTHS = "orders_overdue", "orders_unmet", "tier_streak", "service_months"
TEAMS_BELOW = "teams_below"
WORDS = {
    OVERDUE: N_("an order of the round is open after its time"),
    UNMET: N_("an order of the round is open after its time although it was extended or sent back"),
    STREAK: N_("decided rounds in a row before this one in tier {tier}"),
    MONTHS: N_("whole months the present company has served on the round's first day"),
    TEAMS_BELOW: N_("different teams whose visit came to less than {points} points"),
}
"""Each kind of source with what it means; those with a tier are written `kind:TIER`, those with points `kind:60`."""
WITH_MORE = (STREAK, TEAMS_BELOW)
POINTS = re.compile(r"\d{1,3}(\.\d{1,2})?")
ELSEWHERE = re.compile(r"[a-z]+\.[a-z_]+")
"""How a source reads that another part of the house declares (kernel.registry)."""
NAMED = 5
"""So many orders or rounds are named in a reason."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the value of an attribute is known from; `place` is where the document says so.

    `tier` is what follows the colon: a tier, or points.
    """

    kind: str
    tier: str = ""
    place: str = field(default="", compare=False)

    @property
    def is_frozen(self) -> bool:
        """Whether it is known before the round begins and never changes with it: a class may rest on it."""
        return self.kind == MONTHS

    @property
    def is_elsewhere(self) -> bool:
        """Whether another part of the house knows it; which parts an installation has is not for a scheme to say."""
        return "." in self.kind


@dataclass(frozen=True, slots=True)
class Sourced:
    """What the system knows of an attribute, and why; an empty text: it does not know.

    One that is `firm` stands against what the register said when the round was frozen.
    """

    text: str
    reason: Reason
    firm: bool = False


def read_source(node: Node, measure: Measure) -> Source | None:
    """The source of an attribute, where it names one."""
    text = node.text("source", "")
    if not text:
        return None
    kind, colon, tier = text.partition(":")
    if ELSEWHERE.fullmatch(text):
        return _elsewhere(node, measure, text)
    told = kind in WORDS and (kind != TEAMS_BELOW or POINTS.fullmatch(tier))
    if not told or bool(colon) != (kind in WITH_MORE):
        allowed = tuple(f"{kind}:…" if kind in WITH_MORE else kind for kind in WORDS)
        words = N_("{found} is not known here; use one of {allowed}.")
        node.problem("document.unknown_code", words, "source", found=text, allowed=allowed)
        return None
    wanted, fits = ("flag", measure.choices == FLAG) if kind in (OVERDUE, UNMET) else ("number", not measure.choices)
    if not fits:
        words = N_("{found} is known as a {wanted}; the attribute must be of that type.")
        node.problem("scheme.source_type", words, "source", found=text, wanted=wanted)
    return Source(kind, tier, f"{node.path}/source")


def _elsewhere(node: Node, measure: Measure, text: str) -> Source:
    if measure.choices not in ((), FLAG):
        words = N_("{found} is known as a {wanted}; the attribute must be of that type.")
        node.problem("scheme.source_type", words, "source", found=text, wanted="flag, number")
    return Source(text, place=f"{node.path}/source")


def known_elsewhere(source: Source, measure: Measure, kind: str, text: str, reason: Reason) -> Sourced:
    """What another part says, where it is of the attribute's type; `kind` is empty where no part knows of it."""
    if not kind:
        words = N_("No part of this installation knows {code}.")
        return Sourced("", Reason("source.nobody", words, {"code": source.kind}))
    if kind != ("flag" if measure.choices == FLAG else "number"):
        words = N_("{code} is known as a {kind}, which the attribute is not.")
        return Sourced("", Reason("source.type", words, {"code": source.kind, "kind": kind}))
    return Sourced(text, reason)


def check_sources(root: Node, sources: Mapping[str, Source], tiers: Collection[str], deciding: Collection[str]) -> None:
    """Note a source that names no tier of the scheme, or that a class (settled before any visit) would rest on."""
    for code, source in sources.items():
        if source.tier not in tiers and source.kind == STREAK:
            text = N_("{found} is not known here; use one of {allowed}.")
            root.problem("document.unknown_code", text, source.place, found=source.tier or "—", allowed=tuple(tiers))
        if code in deciding and not source.is_frozen:
            text = N_("{code} is known only when the round is decided, so no class can rest on it.")
            root.problem("scheme.source_class", text, source.place, code=code)


def in_words(text: str) -> Phrase | Reason | str:
    """A source as it reads in a sentence."""
    kind, _, tier = text.partition(":")
    if kind not in WORDS:
        return text
    if kind == TEAMS_BELOW:
        return Reason("source.teams_below", WORDS[kind], {"points": tier})
    return Reason("source.streak", WORDS[kind], {"tier": tier}) if tier else Phrase(WORDS[kind])


@dataclass(frozen=True, slots=True)
class Order:
    """An order as it stood at a moment; `number` is what people quote."""

    number: str
    due: datetime
    is_open: bool = True
    claimed: datetime | None = None
    given_time: bool = False
    """Whether it was extended, or reported as done and sent back, since it was last opened."""

    def is_overdue(self, at: datetime) -> bool:
        """Open after its time; one reported as done in time waits for the authority, not for the company."""
        return self.is_open and self.due < at and (self.claimed is None or self.claimed > self.due)

    def is_unmet(self, at: datetime) -> bool:
        """Overdue, not reported as done, and it had its second chance already."""
        return self.is_overdue(at) and self.claimed is None and self.given_time


def follow(order: Order, kind: str, at: datetime, due: datetime | None) -> Order:
    """The order after one more step of it (kernel.cases)."""
    due = due or order.due
    match kind:
        case "opened" | "reopened":
            return Order(order.number, due)
        case "extended":
            return Order(order.number, due, claimed=order.claimed, given_time=True)
        case "claimed":
            return Order(order.number, due, claimed=at, given_time=order.given_time)
        case "returned":
            return Order(order.number, due, given_time=True)
        case "confirmed" | "cancelled":
            return Order(order.number, due, is_open=False)
        case _:
            return order


def orders_known(source: Source, orders: Iterable[Order], at: datetime) -> Sourced:
    """Whether any order is overdue (or unmet) at a moment, and which."""
    unmet = source.kind == UNMET
    found = sorted(order.number for order in orders if (order.is_unmet(at) if unmet else order.is_overdue(at)))
    params = {"count": len(found), "numbers": tuple(found[:NAMED])}
    if unmet:
        some = N_("Open after their time although extended or sent back, {count} in all: {numbers}.")
        none = N_("No order of this round is open after its time and a second chance.")
    else:
        some = N_("Open after their time, {count} in all: {numbers}.")
        none = N_("No order of this round is open after its time.")
    if not found:
        return Sourced("no", Reason("source.none", none))
    return Sourced("yes", Reason("source.orders", some, params))


@dataclass(frozen=True, slots=True)
class Stay:
    """Where a community stood in a decided round, and who looked after it then (ids and names as kept)."""

    round: str
    tier: str
    assessed: bool
    engagement: int | None
    company: int | None
    company_name: str

    def same_company(self, other: "Stay") -> bool:
        """Whether the same company looked after it: by engagement, by legal entity, or by name where neither says."""
        if self.engagement is not None and self.engagement == other.engagement:
            return True
        if self.company is not None and other.company is not None:
            return self.company == other.company
        return self.company_name.split() == other.company_name.split()


def streak_known(source: Source, now: Stay, before: Sequence[Stay]) -> Sourced:
    """In how many decided rounds in a row it stood in a tier; `before` are the earlier rounds, the latest first.

    Not assessed neither breaks nor extends; another company begins anew. Nothing is known before the first round.
    """
    rounds: list[str] = []
    broken: Reason | None = None
    for stay in before:
        if not stay.same_company(now):
            broken = Reason("source.company", N_("In {round} another company looked after it."), {"round": stay.round})
            break
        if stay.assessed and stay.tier != source.tier:
            text = N_("In {round} it stood in another tier.")
            broken = Reason("source.tier", text, {"round": stay.round})
            break
        if stay.assessed:
            rounds.append(stay.round)
    if rounds:
        text = N_("In this tier, {count} rounds in a row: {rounds}.")
        return Sourced(
            str(len(rounds)), Reason("source.streak", text, {"count": len(rounds), "rounds": tuple(rounds[:NAMED])})
        )
    if broken:
        return Sourced("0", broken)
    return Sourced("", Reason("source.no_round", N_("It was assessed in no earlier round that was decided here.")))


def below(source: Source, visits: Iterable[tuple[str, int | None]]) -> Sourced:
    """By how many different teams it was found to have fewer points; `visits` are teams with their base (hundredths).

    A visit at which nothing was scored found nothing.
    """
    limit = parse_points(source.tier)
    teams = {team: base for team, base in visits if base is not None and base < limit}
    if not teams:
        text = N_("No visit that counts came to less than {points} points.")
        return Sourced("0", Reason("source.no_team_below", text, {"points": source.tier}))
    text = N_("Below {points} points, by different teams: {found}.")
    found = tuple(points_text(base) for base in teams.values())
    return Sourced(str(len(teams)), Reason("source.teams", text, {"points": source.tier, "found": found}))


def months(since: date, until: date) -> int:
    """Whole months from one day to another; none where the other comes first."""
    count = (until.year - since.year) * 12 + until.month - since.month - (until.day < since.day)
    return max(count, 0)


def months_known(company: str, since: date | None, first_day: date) -> Sourced:
    """How long the company has looked after it when the round begins."""
    if since is None:
        return Sourced("", Reason("source.no_day", N_("Nobody recorded since when the company looks after it.")))
    params = {"company": company, "day": since.isoformat()}
    text = N_("{company} has looked after it since {day}.")
    return Sourced(str(months(since, first_day)), Reason("source.months", text, params))


def changed_known(company: str, since: date, first_day: date) -> Sourced:
    """The same of a company that came after the round was frozen and before the visit: the score is of its work."""
    text = N_("{company} looked after it on the day of the visit, since {day}; the company of the roster had left.")
    params = {"company": company, "day": since.isoformat()}
    return Sourced(str(months(since, first_day)), Reason("source.changed", text, params), firm=True)
