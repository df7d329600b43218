"""Visit records: each sheet is what its edits come to, and every step and signature stands in the ledger."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mingjing.engine.chain import canonical
from mingjing.engine.outcome import N_, Phrase, Problem, Reason, Refusal
from mingjing.kernel.cases.models import Case
from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.ledger.models import Fact
from mingjing.programmes.assessments.models import Round, SheetEdit, Signature, SignaturePart, Stance, VisitRecord
from mingjing.programmes.assessments.policy.recording import Edit, apply_log
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.checks.facts import chunks, facts_about
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.sheets import order_subject

__all__ = ["record_faults"]

STEPS = {
    "started": N_("begun"),
    "submitted": N_("submitted"),
    "reviewed": N_("reviewed"),
    "locked": N_("locked"),
    "voided": N_("declared void"),
}
"""The steps of a record that have a column and a fact of the same name, with their words."""
KINDS = tuple(f"assessments.visit.{step}" for step in (*STEPS, "signed", "refused", "returned"))
CASE_KINDS = tuple(f"cases.case.{step}" for step in ("opened", "reopened", "confirmed", "cancelled"))


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a record: its edits, its signatures, and its facts, each oldest first."""

    edits: Sequence[SheetEdit]
    signatures: Sequence[Signature]
    facts: Sequence[Fact]


def record_faults(round_: Round, counts: Counter[str]) -> Iterator[Reason]:
    """What of the records of a round, void ones too, does not follow from their edits or differs from the ledger."""
    scheme = scheme_of(round_.scheme)
    for records in chunks(VisitRecord.objects.filter(round=round_).select_related("entry", "team_day")):
        beside = _beside(records)
        for record in records:
            found = beside[record.pk]
            counts["records"] += 1
            counts["edits"] += len(found.edits)
            counts["signatures"] += len(found.signatures)
            if _checks(record) is None:
                text = N_("Its sheet cannot be read; what was recorded is told by its edits.")
                yield Problem("check.sheet_unread", text, {}, record.entry.number)
                continue
            yield from _sheet(scheme, record, found.edits)
            yield from _steps(record, found.facts)
            yield from _signatures(record, found)
        yield from _orders(records, counts)


def _beside(records: Sequence[VisitRecord]) -> dict[int, Beside]:
    """Three statements, whatever the number of records."""
    edits: dict[int, list[SheetEdit]] = {}
    signatures: dict[int, list[Signature]] = {}
    for edit in SheetEdit.objects.filter(record__in=records).select_related("by").order_by("record", "revision"):
        edits.setdefault(edit.record_id, []).append(edit)
    for signature in Signature.objects.filter(record__in=records).order_by("id"):
        signatures.setdefault(signature.record_id, []).append(signature)
    facts = facts_about((record.subject for record in records), *KINDS)
    return {
        record.pk: Beside(edits.get(record.pk, ()), signatures.get(record.pk, ()), facts.get(record.subject, ()))
        for record in records
    }


def _sheet(scheme: Scheme, record: VisitRecord, edits: Sequence[SheetEdit]) -> Iterator[Problem]:
    place = record.entry.number
    if [edit.revision for edit in edits] != list(range(1, record.revision + 1)):
        text = N_("The record counts {revision} edits, {found} are kept in turn: one was taken away or added.")
        yield Problem("check.edits", text, {"revision": record.revision, "found": len(edits)}, place)
    if (rubric := scheme.rubrics.get(record.entry.class_code)) is None:
        return  # said by the roster
    log = [
        Edit(edit.kind, edit.payload, edit.by.token if edit.by else "", instant_text(edit.at)) for edit in edits
    ]  # fmt: skip
    try:
        again = apply_log(scheme, rubric, log, seed=record.seed)
    except (Refusal, KeyError, TypeError, ValueError, AttributeError) as error:
        text = N_("Its edits do not follow from one another ({why}); restore them from a backup.")
        yield Problem("check.edits_unfit", text, {"why": str(error)[:200]}, place)
        return
    if canonical(again).decode() != record.sheet:
        text = N_("Its sheet is not what its edits make of an empty one; the edits tell what was recorded.")
        yield Problem("check.sheet", text, {}, place)


def _steps(record: VisitRecord, facts: Sequence[Fact]) -> Iterator[Problem]:
    """Each step that the row shows has its fact, and the other way round; the last submission sealed this sheet."""
    last: dict[str, Fact] = {}
    for fact in facts:
        step = fact.kind.rpartition(".")[2]
        last[step] = fact
        if step == "returned":
            for undone in ("submitted", "reviewed"):
                last.pop(undone, None)
    for step in STEPS:
        moment = getattr(record, f"{step}_at")
        if (moment is not None) != (step in last):
            text = N_("Whether the record was {step} differs between its row and the ledger; the ledger counts.")
            yield Problem("check.step", text, {"step": Phrase(STEPS[step])}, record.entry.number)
    sealed = last.get("submitted")
    if sealed is not None and record.submitted_at and sealed.values["sheet"] != record.sheet_digest:
        text = N_("Its sheet is not the one that the ledger recorded when it was submitted.")
        yield Problem("check.sheet_digest", text, {}, record.entry.number)
    for step in ("submitted", "locked"):
        if step in last and getattr(record, f"{step}_at") and last[step].values["revision"] != record.revision:
            text = N_("The ledger says {said} edits when it was {step}; the record counts {found}.")
            params = {"said": last[step].values["revision"], "found": record.revision, "step": Phrase(STEPS[step])}
            yield Problem("check.revision", text, params, record.entry.number)


def _signatures(record: VisitRecord, found: Beside) -> Iterator[Problem]:
    rows = Counter((row.part, row.stance, row.sheet_digest) for row in found.signatures if row.stance != Stance.REFUSED)
    said: Counter[tuple[str, str, str]] = Counter()
    for fact in found.facts:
        if fact.kind == "assessments.visit.signed":
            said[(fact.values["part"], fact.values["stance"], fact.values["sheet"])] += 1
    if rows != said:
        text = N_("{found} signatures are kept, the ledger has {said}, or they are under other sheets; compare both.")
        yield Problem("check.signatures", text, {"found": rows.total(), "said": said.total()}, record.entry.number)
    witnesses = Counter(row.sheet_digest for row in found.signatures if row.part == SignaturePart.WITNESS)
    for fact in found.facts:
        if fact.kind == "assessments.visit.refused" and witnesses[fact.values["sheet"]] < fact.values["witnesses"]:
            text = N_("The ledger says that two witnessed the refusal; their signatures are not under that sheet.")
            yield Problem("check.witnesses", text, {}, record.entry.number)
    members = {row.sheet_digest for row in found.signatures if row.part == SignaturePart.MEMBER}
    if record.locked_at and record.sheet_digest not in members:
        text = N_("The record is locked, and nobody of the team has signed the sheet that it holds.")
        yield Problem("check.unsigned", text, {}, record.entry.number)


def _orders(records: Sequence[VisitRecord], counts: Counter[str]) -> Iterator[Problem]:
    """Where each order on a finding stands is what its last fact says: two statements."""
    asked = {order_subject(record, check): record.entry.number for record in records for check in _checks(record) or ()}
    cases = list(Case.objects.filter(programme="assessments", subject__in=asked).order_by("pk"))
    facts = facts_about((f"cases.case:{case.pk}" for case in cases), *CASE_KINDS)
    for case in cases:
        counts["orders"] += 1
        said = [fact.kind.rpartition(".")[2] for fact in facts.get(f"cases.case:{case.pk}", ())]
        if not said or (case.outcome or None) != (said[-1] if said[-1] in ("confirmed", "cancelled") else None):
            text = N_("Order {number} stands otherwise than the ledger says; the ledger counts.")
            yield Problem("check.order", text, {"number": case.number}, asked[case.subject])


def _checks(record: VisitRecord) -> set[str] | None:
    """The checks its sheet has findings on; None where it is no sheet at all."""
    try:
        return {str(entry["check"]) for entry in record.sheet_document.get("findings", ())}
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
