"""The account of a score: a line for every point lost or gained and for everything that did not count.

Goes through the same weighing of findings as `engine.scoring.score`; a property test holds that the lines sum to the
score. Also here: what a score sheet may not contain. Not here: wording for a page or a letter beyond the reasons.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from mingjing.engine.outcome import N_, Phrase, Problem, Reason, Titled
from mingjing.engine.quantities import points_text
from mingjing.engine.scoring import (
    Check,
    Finding,
    Item,
    Rubric,
    Score,
    Sheet,
    Verdict,
    after,
    claims,
    score,
    veto_flaw,
    weigh,
)

__all__ = ["Account", "Line", "LineKind", "check_sheet", "explain"]


class LineKind(Enum):
    """What a line of an account is about."""

    DEDUCTION = "deduction"
    NOT_APPLICABLE = "not_applicable"
    BONUS = "bonus"
    VETO = "veto"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an account: `points` are hundredths, negative where lost (0 with the reason why it cost nothing).

    `resolved` says when an order about it was confirmed as met ("yes" where only that is known).
    """

    kind: LineKind
    code: str
    title: Titled
    points: int
    reason: Reason
    steps: int = 0
    fact: str = ""
    place: str = ""
    note: str = ""
    evidence: tuple[str, ...] = ()
    by: str = ""
    at: str = ""
    critical: bool = False
    resolved: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """A score with every line that led to it, and the points earned and possible per major item."""

    score: Score
    lines: tuple[Line, ...]
    items: tuple[tuple[Item, int, int], ...]


def explain(rubric: Rubric, sheet: Sheet) -> Account:
    """The score of `sheet` with a line for every point lost or gained, and for everything that did not count."""
    lines = (
        *_deductions(rubric, sheet),
        *_absences(rubric, sheet),
        *_bonuses(rubric, sheet),
        *_vetoes(rubric, sheet),
    )
    absent = {entry.check for entry in sheet.not_applicable}
    lost: dict[str, int] = {}
    for line in lines:
        if line.kind is LineKind.DEDUCTION:
            lost[line.code] = lost.get(line.code, 0) - line.points
    items = []
    for item in rubric.items:
        counted = [check for check in item.checks if check.code in rubric.checks and check.code not in absent]
        possible = sum(check.points for check in counted)
        items.append((item, possible - sum(lost.get(check.code, 0) for check in counted), possible))
    return Account(score(rubric, sheet), lines, tuple(items))


def _deductions(rubric: Rubric, sheet: Sheet) -> Iterator[Line]:
    steps: dict[str, int] = {}
    for finding, check, verdict, counted_under in weigh(rubric, sheet):
        lost = 0
        if verdict is Verdict.REPEATED:
            text = N_("one fact is deducted once: already counted under {check}")
            reason = Reason("deduction.repeated", text, {"check": counted_under})
        elif verdict is Verdict.ABSENT:
            reason = Reason("deduction.not_applicable", N_("not counted: the check does not apply here"))
        else:
            before = steps.get(check.code, 0)
            steps[check.code] = after(check, before, finding)
            lost = check.rule.lost(steps[check.code]) - check.rule.lost(before)
            reason = _deduction_reason(check, finding, lost)
        yield Line(
            LineKind.DEDUCTION, check.code, check.title, -lost, reason, finding.steps, finding.fact, finding.place,
            finding.note, finding.evidence, finding.by, finding.at, check.critical, finding.resolved,
        )  # fmt: skip


def _deduction_reason(check: Check, finding: Finding, lost: int) -> Reason:
    if not lost and finding.steps:
        text = N_("nothing more to lose: the cap of {cap} points is reached ({rule})")
        return Reason("deduction.capped", text, {"cap": points_text(check.rule.losses[-1]), "rule": check.rule.words})
    return Reason("deduction.counted", N_("{rule}"), {"rule": check.rule.words})


def _absences(rubric: Rubric, sheet: Sheet) -> Iterator[Line]:
    text = N_("does not apply: {points} points leave the base ({why})")
    for entry in sheet.not_applicable:
        if check := rubric.checks.get(entry.check):
            why: object = entry.reason or Phrase(N_("no reason given"))
            reason = Reason("check.not_applicable", text, {"points": points_text(check.points), "why": why})
            yield Line(
                LineKind.NOT_APPLICABLE, check.code, check.title, 0, reason,
                evidence=entry.evidence, by=entry.by, at=entry.at,
            )  # fmt: skip


def _bonuses(rubric: Rubric, sheet: Sheet) -> Iterator[Line]:
    titles = {item.code: item.title for item in rubric.bonus}
    left = rubric.bonus_cap
    for claim, flaw in claims(sheet):
        gained = 0 if flaw else min(left, rubric.bonus_points[claim.bonus])
        left -= gained
        capped = Reason(
            "bonus.capped",
            N_("the cap of {cap} bonus points is reached"),
            {"cap": points_text(rubric.bonus_cap)},
        )
        counted = Reason(
            "bonus.counted",
            N_("approved by {approver}; proof: {proof}"),
            {"approver": claim.approver, "proof": claim.proof},
        )
        full = flaw is None and gained == rubric.bonus_points[claim.bonus]
        yield Line(LineKind.BONUS, claim.bonus, titles[claim.bonus], gained, flaw or (counted if full else capped))


def _vetoes(rubric: Rubric, sheet: Sheet) -> Iterator[Line]:
    kinds = {kind.code: kind for kind in rubric.vetoes}
    for veto in sheet.vetoes:
        kind = kinds[veto.veto]
        text = N_("level {level}; document: {document}; approved by {approver}")
        params = {"level": kind.level, "document": veto.document, "approver": veto.approver}
        reason = veto_flaw(sheet, veto) or Reason("veto.effective", text, params)
        yield Line(LineKind.VETO, veto.veto, kind.title, 0, reason, at=veto.occurred_on)


def check_sheet(rubric: Rubric, sheet: Sheet) -> Iterator[Problem]:
    """Everything in `sheet` that the rubric does not allow; a sheet without problems can be scored."""
    known = {check.code: check for item in rubric.items for check in item.checks}
    absent = {entry.check for entry in sheet.not_applicable}
    yield from _finding_problems(sheet, known, absent)
    for code in sorted(absent & known.keys()):
        if not known[code].na:
            text = N_("{code} cannot be marked as not applicable: the scheme does not allow it.")
            yield Problem("sheet.not_applicable_refused", text, {"code": code})
    yield from _unknown_codes(rubric, sheet, known, absent)


def _unknown_codes(rubric: Rubric, sheet: Sheet, known: Mapping[str, Check], absent: set[str]) -> Iterator[Problem]:
    unknown = {
        N_("{code} is not a check of class {class_code}."): ({f.check for f in sheet.findings} | absent) - known.keys(),
        N_("{code} is not a bonus of class {class_code}."): {c.bonus for c in sheet.claims}
        - rubric.bonus_points.keys(),
        N_("{code} is not a veto of class {class_code}."): {v.veto for v in sheet.vetoes} - rubric.veto_levels.keys(),
    }
    for text, codes in unknown.items():
        for code in sorted(codes):
            yield Problem("sheet.unknown_code", text, {"code": code, "class_code": rubric.code})


def _finding_problems(sheet: Sheet, known: Mapping[str, Check], absent: set[str]) -> Iterator[Problem]:
    for finding in sheet.findings:
        if finding.steps < 0:
            text = N_("A finding on {code} counts {steps}; it must not be negative.")
            yield Problem("sheet.negative", text, {"code": finding.check, "steps": finding.steps})
        if finding.check in absent and finding.check in known:
            text = N_("{code} is marked as not applicable and yet has a finding; keep one of the two.")
            yield Problem("sheet.contradiction", text, {"code": finding.check})
