"""Bonuses and vetoes filed with their documents, by the office or a company itself, and decided by somebody else.

Not here: what they do to a result (engine.scoring); their scans (kernel.evidence, subject `assessments.filing:…`).
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from mingjing.engine.outcome import N_, Phrase, Problem, Reason, Refusal
from mingjing.kernel.evidence.actions import record_exhibits
from mingjing.kernel.evidence.models import Access
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.guard import may
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.submissions.actions import hand_in
from mingjing.kernel.submissions.models import Submission
from mingjing.programmes.assessments.models import Entry, Filing, FilingKind, Round
from mingjing.programmes.assessments.policy.filings import VETO, Filed, filing_problems
from mingjing.programmes.assessments.policy.rounds import STATE_WORDS
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["claim_bonus", "decide_filing", "file_document"]

Files = Iterable["UploadedFile[Any]"]

OPEN = ("frozen", "fieldwork", "review")


@transaction.atomic
def file_document(
    *, entry: Entry, kind: str, code: str, document: str, occurred_on: date | None, by: Person | None, at: datetime
) -> Filing:
    """File a bonus or a veto for a community of a frozen round; somebody else decides. Raises Refusal."""
    round_ = _round(entry.round_id)
    _may("assessments.filing.file", round_, by, at)
    return _file(entry, round_, kind, code, document, occurred_on, None, by, at)


@transaction.atomic
def claim_bonus(
    *, entry: Entry, code: str, document: str, files: Files, key: UUID, by: Person, at: datetime
) -> Submission:
    """A company claims a bonus for a community of its own, with proof; the office decides. Raises Refusal.

    Who acts for the company is asked before. A claim proves nothing that only others can know (policy.filings).
    """
    company = entry.company
    assert company is not None

    def take() -> Iterator[Reason]:
        round_ = _round(entry.round_id)
        filing = _file(entry, round_, FilingKind.BONUS, code, document, None, company, by, at)
        kept = record_exhibits(
            files=files, subject=filing.subject, area=round_.area, origin="upload", access=Access.RESTRICTED, by=by,
            at=at,
        )  # fmt: skip
        if not kept:
            text = N_("Add the paper that proves it, as a file or a photo.")
            raise Refusal([Problem("filing.unproven", text, {}, "papers")])
        text = N_(
            "Somebody of the office looks at the proof and approves or rejects it with a reason. Only then it counts."
        )
        yield Reason("filing.claimed", text)

    return hand_in(
        key=key, kind="assessments.bonus", about=entry.subject, title=f"{entry.name} {code}",
        what=N_("Claim of a bonus"), organisation=company, area=entry.round.area, take=take,
        content={"code": code, "document": document}, by=by, at=at,
    )  # fmt: skip


def _file(
    entry: Entry, round_: Round, kind: str, code: str, document: str, occurred_on: date | None,
    company: Organisation | None, by: Person | None, at: datetime,
) -> Filing:  # fmt: skip
    _open(round_)
    found = Entry.objects.get(pk=entry.pk)
    same = found.filings.filter(kind=kind, code=code).exclude(approved=False)
    filed = Filed(
        kind=kind, code=code, document=document, occurred_on=occurred_on, today=timezone.localdate(at),
        period=round_.period, repeated=(same.filter(occurred_on=occurred_on) if kind == VETO else same).exists(),
    )  # fmt: skip
    if problems := tuple(filing_problems(scheme_of(round_.scheme).rubrics[found.class_code], filed)):
        raise Refusal(problems)
    filing = Filing.objects.create(
        entry=found, kind=kind, code=code, document=document.strip(), occurred_on=occurred_on, filed_by=by, filed_at=at,
        claimed_by=company,
    )  # fmt: skip
    _append("filed", filing, round_, {}, by, at)
    return filing


@transaction.atomic
def decide_filing(*, filing: Filing, approved: bool, reason: str, by: Person | None, at: datetime) -> Filing:
    """Approve or reject what somebody else filed; a rejection says why. Raises Refusal."""
    round_ = _round(Entry.objects.values_list("round", flat=True).get(pk=filing.entry_id))
    _may("assessments.filing.decide", round_, by, at)
    _open(round_)
    found, reason = Filing.objects.select_for_update(of=("self",)).get(pk=filing.pk), reason.strip()
    if problem := _undecidable(found, approved, reason, by):
        raise Refusal([problem])
    found.decided_by, found.decided_at, found.approved, found.decision_reason = by, at, approved, reason
    found.save(update_fields=["decided_by", "decided_at", "approved", "decision_reason"])
    _append("approved" if approved else "rejected", found, round_, {}, by, at)
    return found


def _undecidable(filing: Filing, approved: bool, reason: str, by: Person | None) -> Problem | None:
    if filing.decided_at is not None:
        text = N_("It was decided already: {outcome}. Nothing was changed.")
        outcome = Phrase(N_("approved") if filing.approved else N_("rejected"))
        return Problem("filing.decided", text, {"outcome": outcome})
    if by is not None and by.pk == filing.filed_by_id:
        return Problem("filing.own", N_("You filed it yourself; somebody else must decide on it."))
    if len(reason) > 300 or not (reason or approved):
        return Problem("filing.reason", N_("Say in 1 to 300 characters why it is rejected."), {}, "reason")
    return None


def _round(pk: int) -> Round:
    rounds = Round.objects.select_for_update(of=("self",), no_key=True).select_related("area", "scheme__rulebook")
    return rounds.get(pk=pk)


def _may(permission: str, round_: Round, by: Person | None, at: datetime) -> None:
    if by is not None and not may(by, permission, area=round_.area, on=timezone.localdate(at)):
        text = N_("You may not do this for {area}; those who run its rounds may.")
        raise Refusal([Problem("filing.not_yours", text, {"area": round_.area.name})])


def _open(round_: Round) -> None:
    if round_.state not in OPEN:
        text = N_("The round is {state}; filings are taken from freezing until its decision is asked for.")
        raise Refusal([Problem("filing.round_state", text, {"state": Phrase(STATE_WORDS[round_.state])})])


def _append(what: str, filing: Filing, round_: Round, data: dict[str, Any], by: Person | None, at: datetime) -> None:
    writer.append(
        kind=f"assessments.filing.{what}", subject=filing.subject,
        data={"round": round_.pk, **filing.document_row(), **data}, area=round_.area, by=by, at=at,
    )  # fmt: skip
