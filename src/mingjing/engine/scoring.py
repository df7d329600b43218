"""A score sheet and what it comes to, in exact points.

This is the specification of scoring: `engine.accounts` explains the same numbers line by line, `engine.bulk` computes
them for many sheets at once, and tests hold all three equal.

Not here: which rulebook applies, how a list is made from the scores (`engine.lists`), how input is read.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from mingjing.engine.deductions import Rule
from mingjing.engine.outcome import N_, Reason, Titled
from mingjing.engine.quantities import HUNDREDTHS, Rounding
from mingjing.engine.rules import Value

__all__ = [
    "BonusItem",
    "Check",
    "Claim",
    "Component",
    "Finding",
    "Item",
    "Method",
    "NotApplicable",
    "Rubric",
    "Score",
    "Sheet",
    "Verdict",
    "Veto",
    "VetoKind",
    "after",
    "claims",
    "counted_steps",
    "improved",
    "score",
    "veto_flaw",
    "weigh",
]

SITE = "site"
"""The component that is scored by the checks; every other component is given as a value."""


class Method(Enum):
    """How lost and earned points become the base."""

    REBASED = "rebased"  # earned ÷ applicable × full marks: nobody is scored on what does not exist
    EARNED = "earned"  # the points earned
    DEDUCTED = "deducted"  # full marks less the points lost, not below 0
    DEMERITS = "demerits"  # the points lost; lower is better


@dataclass(frozen=True, slots=True)
class Check:
    """A sub-check (小项): the smallest thing that is looked at. `points` are hundredths."""

    code: str
    title: Titled
    points: int
    rule: Rule
    na: bool = False
    critical: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """A major item (大项) with its checks."""

    code: str
    title: Titled
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Component:
    """A part of the base with its weight; `SITE` is scored by the checks, others are given as attribute values."""

    code: str
    title: Titled
    weight: Fraction


@dataclass(frozen=True, slots=True)
class BonusItem:
    """Something that earns bonus points (hundredths).

    `matched` names the records of others that it rests on, such as `petitions`: nobody can declare it of themselves.
    """

    code: str
    title: Titled
    points: int
    matched: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VetoKind:
    """A ground for a veto; level 1 bars the best tier, level 2 proposes the worst."""

    code: str
    title: Titled
    level: int


@dataclass(frozen=True)
class Rubric:
    """What one class of sites is scored by. `full_marks` and `bonus_cap` are hundredths.

    `unscored_total` is what a visit comes to at which no check applied, where the rulebook says so; None: to nothing.
    """

    code: str
    items: tuple[Item, ...]
    rounding: Rounding
    method: Method = Method.REBASED
    full_marks: int = 100 * HUNDREDTHS
    components: tuple[Component, ...] = (Component(SITE, Titled({}), Fraction(1)),)
    omitted: frozenset[str] = frozenset()
    bonus: tuple[BonusItem, ...] = ()
    bonus_cap: int = 0
    vetoes: tuple[VetoKind, ...] = ()
    unscored_total: int | None = None

    @cached_property
    def checks(self) -> Mapping[str, Check]:
        """The checks that count, by code, in the order of the rulebook."""
        return {c.code: c for item in self.items for c in item.checks if c.code not in self.omitted}

    @cached_property
    def all_points(self) -> int:
        """Points of all checks together, in hundredths."""
        return sum(check.points for check in self.checks.values())

    @cached_property
    def bonus_points(self) -> Mapping[str, int]:
        """Points of each bonus item."""
        return {item.code: item.points for item in self.bonus}

    @cached_property
    def veto_levels(self) -> Mapping[str, int]:
        """Level of each veto kind."""
        return {kind.code: kind.level for kind in self.vetoes}

    @property
    def lower_is_better(self) -> bool:
        return self.method is Method.DEMERITS


class Finding(Struct, frozen=True):
    """Something found on site: `steps` from flawless on one check.

    `fact` names the thing found (one fact is deducted once); `evidence` are SHA-256 digests; `by` the token of who
    recorded it; `at` when (ISO 8601); `resolved` when an order about it was confirmed as met, empty while it is open.
    """

    check: str
    steps: int = 1
    fact: str = ""
    place: str = ""
    note: str = ""
    evidence: tuple[str, ...] = ()
    by: str = ""
    at: str = ""
    resolved: str = ""


class NotApplicable(Struct, frozen=True):
    """A check that does not exist on this site, with the reason; nobody is scored on it."""

    check: str
    reason: str = ""
    evidence: tuple[str, ...] = ()
    by: str = ""
    at: str = ""


class Claim(Struct, frozen=True):
    """A claimed bonus; it counts only with proof and an approver."""

    bonus: str
    proof: str = ""
    approver: str = ""


class Veto(Struct, frozen=True):
    """A veto; it counts only with an official document, an approver, and an incident inside the period."""

    veto: str
    document: str = ""
    approver: str = ""
    occurred_on: str = ""


class Sheet(Struct, frozen=True):
    """Everything recorded about one site in one round. `period` are the round's first and last day (ISO 8601)."""

    findings: tuple[Finding, ...] = ()
    not_applicable: tuple[NotApplicable, ...] = ()
    claims: tuple[Claim, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    attributes: Mapping[str, Value] = {}
    period: tuple[str, str] | None = None
    assessed: bool = True


class Score(Struct, frozen=True):
    """The numbers of a sheet, in hundredths. `base` and `total` are None where nothing was scored: never a silent zero.

    `checks` is how many checks counted, `veto` the highest effective level (0: none), `open_critical` how many critical
    checks have a finding that is still open.
    """

    earned: int
    applicable: int
    base: int | None
    bonus: int
    total: int | None
    checks: int
    veto: int
    open_critical: int

    @property
    def assessed(self) -> bool:
        return self.total is not None


def score(rubric: Rubric, sheet: Sheet) -> Score:
    """The numbers of `sheet`. Raises KeyError for codes the rubric does not know: `check_sheet` first."""
    absent = {entry.check for entry in sheet.not_applicable if entry.check in rubric.checks}
    applicable = rubric.all_points - sum(rubric.checks[code].points for code in absent)
    steps, open_critical = counted_steps(rubric, sheet)
    lost = sum(rubric.checks[code].rule.lost(count) for code, count in steps.items())
    bonus = min(
        rubric.bonus_cap,
        sum(rubric.bonus_points[claim.bonus] for claim, flaw in claims(sheet) if flaw is None),
    )
    base = _base(rubric, sheet, applicable - lost, applicable)
    return Score(
        earned=applicable - lost,
        applicable=applicable,
        base=base,
        bonus=bonus,
        total=_total(rubric, base, bonus),
        checks=len(rubric.checks) - len(absent),
        veto=max(
            (rubric.veto_levels[veto.veto] for veto in sheet.vetoes if veto_flaw(sheet, veto) is None),
            default=0,
        ),
        open_critical=len(open_critical),
    )


def improved(rubric: Rubric, sheet: Sheet, before: Score, gained: int, open_critical: int) -> Score:
    """`before`, had `gained` hundredths fewer been lost and only `open_critical` critical checks been open."""
    base = _base(rubric, sheet, before.earned + gained, before.applicable)
    total = _total(rubric, base, before.bonus)
    return replace(before, earned=before.earned + gained, base=base, total=total, open_critical=open_critical)


def _total(rubric: Rubric, base: int | None, bonus: int) -> int | None:
    if base is None:
        return None
    return max(0, base - bonus) if rubric.lower_is_better else base + bonus


class Verdict(Enum):
    """What became of a finding before any points were counted."""

    COUNTED = "counted"
    REPEATED = "repeated"  # its fact was counted before
    ABSENT = "absent"  # its check does not apply


def weigh(rubric: Rubric, sheet: Sheet) -> Iterator[tuple[Finding, Check, Verdict, str]]:
    """Each finding on a check that counts, its verdict, and the check under which a repeated fact was counted."""
    absent = {entry.check for entry in sheet.not_applicable}
    omitted, checks = rubric.omitted, rubric.checks
    facts: dict[str, str] = {}
    for finding in sheet.findings:
        code = finding.check
        if code in omitted:
            continue
        check = checks[code]
        if code in absent:
            yield finding, check, Verdict.ABSENT, ""
        elif finding.fact and finding.fact in facts:
            yield finding, check, Verdict.REPEATED, facts[finding.fact]
        else:
            facts[finding.fact] = code
            yield finding, check, Verdict.COUNTED, ""


def counted_steps(rubric: Rubric, sheet: Sheet) -> tuple[dict[str, int], dict[str, int]]:
    """Steps per check with each fact counted once; and for each critical check that is open, the steps to close it.

    A fact that was counted under another check costs nothing here, yet it leaves a critical check open.
    """
    steps: dict[str, int] = {}
    critical: dict[str, int] = {}
    counted, absent = Verdict.COUNTED, Verdict.ABSENT
    for finding, check, verdict, _ in weigh(rubric, sheet):
        if verdict is counted:
            steps[check.code] = after(check, steps.get(check.code, 0), finding)
        if check.critical and verdict is not absent and finding.steps and not finding.resolved:
            critical[check.code] = after(check, critical.get(check.code, 0), finding)
    return steps, critical


def after(check: Check, before: int, finding: Finding) -> int:
    """Steps of a check once `finding` is counted on top of `before`."""
    return before + finding.steps if check.rule.added else max(before, finding.steps)


def _base(rubric: Rubric, sheet: Sheet, earned: int, applicable: int) -> int | None:
    """The base in hundredths, rounded once by the rubric's rule; None where nothing was scored."""
    if not sheet.assessed:
        return None
    if not applicable:
        return rubric.unscored_total
    if len(rubric.components) == 1:
        return rubric.rounding.ratio(*_site(rubric, earned, applicable))
    given = [(part.weight, _component(rubric, sheet, part.code, earned, applicable)) for part in rubric.components]
    known = [(weight, value) for weight, value in given if value is not None]
    weights = sum((weight for weight, _ in known), Fraction(0))
    return rubric.rounding.hundredths(sum((weight * value for weight, value in known), Fraction(0)) / weights)


def _component(rubric: Rubric, sheet: Sheet, code: str, earned: int, applicable: int) -> Fraction | None:
    if code == SITE:
        return Fraction(*_site(rubric, earned, applicable))
    value = sheet.attributes.get(code)
    return value if isinstance(value, Fraction) else None


def _site(rubric: Rubric, earned: int, applicable: int) -> tuple[int, int]:
    """Numerator and denominator of the site's points."""
    match rubric.method:
        case Method.REBASED:
            return earned * rubric.full_marks, applicable * HUNDREDTHS
        case Method.EARNED:
            return earned, HUNDREDTHS
        case Method.DEDUCTED:
            return max(0, rubric.full_marks - (applicable - earned)), HUNDREDTHS
        case Method.DEMERITS:
            return applicable - earned, HUNDREDTHS


def claims(sheet: Sheet) -> Iterator[tuple[Claim, Reason | None]]:
    """Each claim with the reason why it does not count, or None."""
    seen: set[str] = set()
    for claim in sheet.claims:
        flaw = _claim_flaw(claim, claim.bonus in seen)
        if flaw is None:
            seen.add(claim.bonus)
        yield claim, flaw


def _claim_flaw(claim: Claim, repeated: bool) -> Reason | None:
    if not claim.proof:
        return Reason("bonus.no_proof", N_("not counted: there is no proof"))
    if not claim.approver:
        return Reason("bonus.no_approver", N_("not counted: nobody has approved it"))
    return Reason("bonus.repeated", N_("not counted: claimed before")) if repeated else None


def veto_flaw(sheet: Sheet, veto: Veto) -> Reason | None:
    """Why a veto is not effective, or None."""
    if not veto.document:
        return Reason("veto.no_document", N_("not effective: there is no official document"))
    if not veto.approver:
        return Reason("veto.no_approver", N_("not effective: nobody has approved it"))
    if sheet.period is None:
        return None
    if not veto.occurred_on:
        return Reason("veto.no_date", N_("not effective: the day of the incident is not recorded"))
    first, last = sheet.period
    if first <= veto.occurred_on <= last:
        return None
    text = N_("not effective in this round: it happened on {day}, the round runs from {first} to {last}")
    return Reason("veto.other_round", text, {"day": veto.occurred_on, "first": first, "last": last})
