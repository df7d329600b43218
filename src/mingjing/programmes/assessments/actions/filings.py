"""Bonuses and vetoes filed with their documents, by the office or a company itself, and decided by somebody else.

A veto, or that a bonus is contradicted, may come after the decision: approved, it changes nothing by itself but opens a
proceeding (actions.reopenings).
Not here: what they do to a result (engine.scoring); their scans (kernel.evidence, subject `assessments.filing:…`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from mingjing.engine.outcome import N_, Phrase, Problem, Reason, Refusal
from mingjing.kernel.evidence.actions import record_exhibits
from mingjing.kernel.evidence.models import Access, Exhibit
from mingjing.kernel.evidence.queries import exhibits_of
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.guard import may
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.submissions.actions import hand_in
from mingjing.kernel.submissions.models import Submission
from mingjing.programmes.assessments.actions.reopenings import reopen
from mingjing.programmes.assessments.models import Entry, Filing, FilingKind, FilingVote, Round
from mingjing.programmes.assessments.policy.filings import (
    REFUTED,
    VETO,
    Filed,
    filing_problems,
    grave,
    settled,
    unmatched,
)
from mingjing.programmes.assessments.policy.reopenings import late_gaps, late_problems
from mingjing.programmes.assessments.policy.rounds import STATE_WORDS
from mingjing.programmes.assessments.queries.entries import known_values
from mingjing.programmes.assessments.queries.late_filings import late_of
from mingjing.programmes.assessments.queries.own import judged_of
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["add_papers", "claim_bonus", "decide_filing", "file_document"]

Files = Iterable["UploadedFile[Any]"]

OPEN = ("frozen", "fieldwork", "review")
LATER = (VETO, REFUTED)
"""What may be established after the decision."""


@transaction.atomic
def file_document(
    *,
    entry: Entry,
    kind: str,
    code: str,
    document: str,
    occurred_on: date | None,
    responsibility: str = "",
    files: Files = (),
    by: Person | None,
    at: datetime,
) -> Filing:
    """File a bonus or a veto for a community of a frozen round; somebody else decides. Raises Refusal.

    A veto that would propose a black listing says what the company has to do with the incident; a bonus that rests on
    the records of others is filed once these are on record and say nothing.
    """
    round_ = _round(entry.round_id)
    _may("assessments.filing.file", round_, by, at)
    filing = _file(entry, round_, Said(kind, code, document, occurred_on, responsibility), None, by, at)
    _keep(filing, round_, files, by, at)
    return filing


@transaction.atomic
def claim_bonus(
    *, entry: Entry, code: str, document: str, files: Files, key: UUID, by: Person, at: datetime
) -> Submission:
    """A company claims a bonus for a community of its own, with proof; the office decides. Raises Refusal.

    Who acts for the company is asked before. A claim proves nothing that only others can know (policy.filings).
    """
    company = judged_of([entry])[entry.pk]
    assert company is not None

    def take() -> Iterator[Reason]:
        round_ = _round(entry.round_id)
        filing = _file(entry, round_, Said(FilingKind.BONUS, code, document), company, by, at)
        if not _keep(filing, round_, files, by, at):
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


def _keep(filing: Filing, round_: Round, files: Files, by: Person | None, at: datetime) -> list[Exhibit]:
    """The papers as they came; restricted, for they name people."""
    return record_exhibits(
        files=files, subject=filing.subject, area=round_.area, origin="upload", access=Access.RESTRICTED, by=by, at=at
    )


@transaction.atomic
def add_papers(*, filing: Filing, files: Files, by: Person, at: datetime) -> list[Exhibit]:
    """Put papers on file for a filing that is not decided yet. Raises Refusal."""
    round_ = _round(Entry.objects.values_list("round", flat=True).get(pk=filing.entry_id))
    _may("assessments.filing.file", round_, by, at)
    _open(round_, filing.kind, at)
    if Filing.objects.select_for_update(of=("self",)).get(pk=filing.pk).decided_at is not None:
        raise Refusal([Problem("filing.closed", N_("It was decided already; papers come before the decision."))])
    return _keep(filing, round_, files, by, at)


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody typed."""

    kind: str
    code: str
    document: str
    occurred_on: date | None = None
    responsibility: str = ""


def _file(
    entry: Entry, round_: Round, said: Said, company: Organisation | None, by: Person | None, at: datetime
) -> Filing:
    _open(round_, said.kind, at)
    found, kind, code, day = Entry.objects.get(pk=entry.pk), said.kind, said.code, said.occurred_on
    same = found.filings.filter(kind=kind, code=code).exclude(approved=False)
    granted = found.filings.filter(kind=FilingKind.BONUS, approved=True).values_list("code", flat=True)
    rubric = scheme_of(round_.scheme).rubrics[found.class_code]
    filed = Filed(
        kind=kind, code=code, document=said.document, occurred_on=day, today=timezone.localdate(at),
        period=round_.period, repeated=(same.filter(occurred_on=day) if kind == VETO else same).exists(),
        known=known_values(found, round_), declared=company is not None, responsibility=said.responsibility,
        granted=frozenset(granted),
    )  # fmt: skip
    if problems := tuple(filing_problems(rubric, filed)):
        raise Refusal(problems)
    filing = Filing(
        entry=found, kind=kind, code=code, document=said.document.strip(), occurred_on=day, filed_by=by, filed_at=at,
        claimed_by=company, responsibility=said.responsibility.strip(),
    )  # fmt: skip
    if round_.decided_at and (problems := tuple(late_problems(late_of(filing, at)))):
        raise Refusal(problems)
    filing.save(force_insert=True)
    _append("filed", filing, round_, {}, by, at)
    return filing


@transaction.atomic
def decide_filing(*, filing: Filing, approved: bool, reason: str, by: Person | None, at: datetime) -> Filing:
    """Approve or reject what somebody else filed; a rejection says why. Raises Refusal.

    On a veto that proposes a black listing a panel votes: this is one vote, and the second that says the same decides.
    """
    round_ = _round(Entry.objects.values_list("round", flat=True).get(pk=filing.entry_id))
    _may("assessments.filing.decide", round_, by, at)
    _open(round_, filing.kind, at)
    found, reason = Filing.objects.select_for_update(of=("self",)).get(pk=filing.pk), reason.strip()
    entry = Entry.objects.get(pk=found.entry_id)
    rubric = scheme_of(round_.scheme).rubrics[entry.class_code]
    if problem := _undecidable(found, approved, reason, by):
        raise Refusal([problem])
    if approved and round_.decided_at and (problems := late_gaps(late_of(found, at))):
        raise Refusal(problems)
    resting = approved and found.kind == FilingKind.BONUS
    if resting and (problems := tuple(unmatched(rubric, found.code, known_values(entry, round_)))):
        raise Refusal(problems)
    if grave(rubric, found.kind, found.code):
        return _vote(found, round_, approved, reason, by, at)
    return _decided(found, round_, approved, reason, by, at)


def _decided(found: Filing, round_: Round, approved: bool, reason: str, by: Person | None, at: datetime) -> Filing:
    found.decided_by, found.decided_at, found.approved, found.decision_reason = by, at, approved, reason
    found.save(update_fields=["decided_by", "decided_at", "approved", "decision_reason"])
    _append("approved" if approved else "rejected", found, round_, {}, by, at)
    if approved and round_.decided_at:
        reopen(filing=found, round=round_, by=by, at=at)
    return found


def _vote(found: Filing, round_: Round, approve: bool, reason: str, by: Person | None, at: datetime) -> Filing:
    """One vote of the panel on a grave veto; it is decided with the second that says the same."""
    if problems := tuple(_no_vote(found, approve, reason, by)):
        raise Refusal(problems)
    assert by is not None
    FilingVote.objects.create(filing=found, approve=approve, reason=reason, by=by, at=at)
    _append("voted", found, round_, {"approve": int(approve)}, by, at)
    said = settled(found.votes.values_list("approve", flat=True))
    return found if said is None else _decided(found, round_, said, reason, by, at)


def _no_vote(found: Filing, approve: bool, reason: str, by: Person | None) -> Iterator[Problem]:
    if by is None or found.votes.filter(by=by).exists():
        text = N_("You have voted on it; somebody else of the panel must vote too.")
        yield Problem("filing.voted", text)
    if not reason:
        text = N_("Say in 1 to 300 characters why you vote so: this veto proposes a black listing.")
        yield Problem("filing.reason", text, {}, "reason")
    if approve and not exhibits_of(found.subject).exists():
        text = N_("The official paper is not on file. Add it to the filing first; without it nobody is listed.")
        yield Problem("filing.no_paper", text)


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


def _open(round_: Round, kind: str, at: datetime) -> None:
    """Refuses where the round takes nothing of the kind; after the decision that is what would give."""
    if round_.decided_at and kind in LATER:
        if round_.deciding_at and at <= round_.deciding_at:
            text = N_("The clock of the server stands before the decision; set it right first.")
            raise Refusal([Problem("filing.clock", text)])
    elif round_.state not in OPEN:
        text = N_("The round is {state}; filings are taken from freezing until its decision is asked for.")
        raise Refusal([Problem("filing.round_state", text, {"state": Phrase(STATE_WORDS[round_.state])})])


def _append(what: str, filing: Filing, round_: Round, data: dict[str, Any], by: Person | None, at: datetime) -> None:
    writer.append(
        kind=f"assessments.filing.{what}", subject=filing.subject,
        data={"round": round_.pk, **filing.document_row(), **data}, area=round_.area, by=by, at=at,
    )  # fmt: skip
