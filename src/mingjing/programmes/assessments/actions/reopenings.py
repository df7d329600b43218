"""A decided list reopened for what was established only afterwards: noticed, heard, decided, shown and signed.

A veto, or that the proof of a bonus is contradicted.

It is the only correction that takes, and it takes from one community only, after the whole way that a listing goes.
Every step goes through the rules of kernel.proceedings. Not here: filing and approving it (actions.filings), the
corrected list (actions.editions), who holds the right (the desk).
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.documents.actions import issue_document
from mingjing.kernel.documents.models import Document
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Person
from mingjing.kernel.proceedings.actions import open_proceeding, take_step
from mingjing.kernel.proceedings.models import Taken
from mingjing.programmes.assessments.actions.disputes import as_read
from mingjing.programmes.assessments.models import Filing, Reopening, Round
from mingjing.programmes.assessments.policy.procedures import clocks_of
from mingjing.programmes.assessments.policy.reopenings import late_gaps
from mingjing.programmes.assessments.queries.late_filings import answerable, late_of
from mingjing.programmes.assessments.queries.reopening_papers import notice_of, reopening_context
from mingjing.programmes.assessments.queries.reopenings import REOPENING
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["issue_reopening_notice", "reopen", "take_reopening_step"]


def reopen(*, filing: Filing, round: Round, by: Person | None, at: datetime) -> Reopening:
    """Open the proceeding about what was approved after the decision, in the transaction that approves it.

    Whoever filed it has looked into it, and neither hears nor decides.
    """
    late, entry = late_of(filing, at), filing.entry
    company = answerable(filing, entry)
    assert company is not None, "nothing is filed late but against a known company"
    proceeding = open_proceeding(
        programme="assessments", kind=REOPENING, subject=filing.subject, title=entry.name, area=round.area,
        organisation=company, clocks=clocks_of(scheme_of(round.scheme), REOPENING),
        involved=[filing.filed_by] if filing.filed_by else [], by=by, at=at,
    )  # fmt: skip
    made = Reopening.objects.create(filing=filing, entry=entry, proceeding=proceeding, tier=late.then, by=by, at=at)
    data = {
        "round": round.pk, "entry": entry.pk, "filing": filing.pk, "proceeding": proceeding.pk, "from": late.now,
        "to": late.then,
    }  # fmt: skip
    writer.append(kind="assessments.entry.reopened", subject=entry.subject, data=data, area=round.area, by=by, at=at)
    return made


@transaction.atomic
def issue_reopening_notice(*, reopening: Reopening, by: Person, at: datetime) -> Document:
    """Issue the notice to the company: what was established, its paper, what follows, its rights. Served separately.

    Raises Refusal with everything that is missing, and where one was issued that nobody has withdrawn.
    """
    found = _locked(reopening)
    proceeding, problems = found.proceeding, list(late_gaps(late_of(found.filing, at)))
    if Document.objects.standing().filter(kind=notice_of(found.filing), subject=proceeding.ledger_subject).exists():
        text = N_("A notice about {name} was issued already; withdraw it first if it is wrong.")
        problems.append(Problem("listing.noticed", text, {"name": found.entry.name}))
    if problems:
        raise Refusal(problems)
    return issue_document(
        kind=notice_of(found.filing), area=proceeding.area, subject=proceeding.ledger_subject,
        context=reopening_context(found), addressee=proceeding.organisation, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def take_reopening_step(*, reopening: Reopening, step: str, by: Person, at: datetime, **brought: Any) -> Taken:
    """Take a step in the proceeding; `brought` is what kernel.proceedings.take_step takes. Raises Refusal."""
    found = _locked(reopening)
    if step == "notice" and (problems := late_gaps(late_of(found.filing, at))):
        raise Refusal(problems)
    proceeding = as_read(found.proceeding, brought.pop("revision", None))
    return take_step(proceeding=proceeding, step=step, by=by, at=at, **brought)


def _locked(reopening: Reopening) -> Reopening:
    """The same with its round locked: one list is corrected at a time."""
    related = ("filing__entry__company", "entry__round__area", "entry__round__scheme", "entry__round__lead",
               "proceeding__area", "proceeding__organisation")  # fmt: skip
    found = Reopening.objects.select_related(*related).get(pk=reopening.pk)
    Round.objects.select_for_update(of=("self",), no_key=True).get(pk=found.entry.round_id)
    return found
