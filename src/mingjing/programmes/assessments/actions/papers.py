"""Papers of a round and of its communities are issued: numbered, filled in from what is on record, told the ledger.

Not here: pre-listing notices (actions.listings), papers of measures (actions.measures), service (kernel.documents).
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from django.db import transaction
from django.utils import timezone

from mingjing.engine.chain import canonical
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.db.locks import exclusive
from mingjing.kernel.documents.actions import issue_document
from mingjing.kernel.documents.models import Document
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.programmes.assessments.models import Entry, Round
from mingjing.programmes.assessments.queries.answering import answers_now
from mingjing.programmes.assessments.queries.entry_papers import ENTRY_PAPERS, decided_dispute, ready_of
from mingjing.programmes.assessments.queries.follow_papers import ASKED, TO_COMPANY
from mingjing.programmes.assessments.queries.form_papers import (
    ABOUT_ORDERS,
    FORM_PAPERS,
    HANDED_TO_COMPANY,
    case_to_answer,
    ready_to_fill_in,
    too_early,
)
from mingjing.programmes.assessments.queries.own import judged_of
from mingjing.programmes.assessments.queries.round_papers import ROUND_PAPERS, ready_for

__all__ = ["draw_form", "issue_entry_paper", "issue_round_paper"]

LINE = 100
NOTHING: Mapping[str, str] = MappingProxyType({})


@transaction.atomic
def issue_round_paper(*, round: Round, kind: str, by: Person, at: datetime) -> Document:
    """Issue a paper of ROUND_PAPERS about a round. One that stands is replaced: the earlier one is withdrawn."""
    if kind not in ready_for(round):
        raise Refusal([_too_early()])
    context = ROUND_PAPERS[kind](round, at)
    return _issue(kind, round.subject, round, context, by, at)


@transaction.atomic
def issue_entry_paper(
    *, entry: Entry, kind: str, said: Mapping[str, str] = NOTHING, by: Person, at: datetime
) -> Document:
    """Issue a paper of ENTRY_PAPERS about a community of a round; one that stands is replaced.

    `said` is what the paper needs and nobody has on record (ASKED). Raises Refusal.
    """
    if kind not in ready_of(entry):
        raise Refusal([_too_early()])
    dispute = decided_dispute(entry, at) if kind == "appeal_decision" else None
    to = dispute.proceeding.organisation if dispute else _addressee(entry, kind, at)
    more = {name: " ".join(said.get(name, "").split())[:LINE] for name in ASKED.get(kind, ())}
    if not all(more.values()):
        text = N_("Say to which authority the matter is transferred.")
        raise Refusal([Problem("paper.authority", text, {}, "authority")])
    return _issue(kind, _subject(entry, kind, at), entry.round, {**ENTRY_PAPERS[kind](entry, at), **more}, by, at, to)


@transaction.atomic
def draw_form(*, entry: Entry, kind: str, by: Person, at: datetime) -> Document:
    """Issue a form of HANDED_TO_COMPANY to its company, asked for by the company itself; whose it is was asked before.

    The one that stands is given again while it says what is on record; else it is replaced. Raises Refusal, saying why
    it is not the time.
    """
    exclusive(f"assessments.form:{entry.pk}:{kind}")
    if kind not in ready_to_fill_in(entry, at):
        raise Refusal([too_early(kind)])
    context, to = FORM_PAPERS[kind](entry, at), _addressee(entry, kind, at)
    stands = Document.objects.standing().filter(kind=f"assessments.{kind}", subject=_subject(entry, kind, at))
    known = stands.filter(addressee=to).order_by("-pk").first()
    if known and canonical({name: known.values()[name] for name in context}) == canonical(context):
        return known
    return _issue(kind, _subject(entry, kind, at), entry.round, context, by, at, to)


def _subject(entry: Entry, kind: str, at: datetime) -> str:
    """What a paper is about: a statement is made in a case, in which counsel may act who acts in nothing else."""
    return case_to_answer(entry, at) if kind == "statement_form" else entry.subject


def _addressee(entry: Entry, kind: str, at: datetime) -> Organisation | None:
    """The company whose work was judged; of a paper about orders the one that has to meet them now."""
    if kind in ABOUT_ORDERS:
        return answers_now(entry, timezone.localdate(at))
    return judged_of([entry])[entry.pk] if kind in TO_COMPANY | HANDED_TO_COMPANY else None


def _too_early() -> Problem:
    return Problem("paper.too_early", N_("It is not time for this document: what it would say is not on record yet."))


def _issue(
    kind: str,
    subject: str,
    round_: Round,
    context: dict[str, object],
    by: Person,
    at: datetime,
    to: Organisation | None = None,
) -> Document:
    name = f"assessments.{kind}"
    standing = Document.objects.standing().filter(kind=name, subject=subject)
    before = standing.select_for_update(of=("self",)).order_by("-pk").first()
    return issue_document(
        kind=name, area=round_.area, subject=subject, context=context, replaces=before, addressee=to,
        reason="以新制发的文书替代" if before else "", by=by, at=at,
    )  # fmt: skip
