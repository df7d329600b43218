"""What follows a published list: opened with it, taken step by step, reversed when a correction takes its ground away.

Every step goes through the rules of kernel.proceedings and policy.measures. Nothing here takes a right by itself: a
paper is issued and served by people. Not here: bars (actions.bars), orders about findings (actions.rectifying).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.documents.actions import issue_document, withdraw_document
from mingjing.kernel.documents.models import Document, Service
from mingjing.kernel.parties.models import Person
from mingjing.kernel.proceedings.actions import open_proceeding, take_back, take_step
from mingjing.kernel.proceedings.models import Proceeding, Taken
from mingjing.kernel.proceedings.queries import StandsTold
from mingjing.programmes.assessments.models import Bar, Edition, Entry, Round
from mingjing.programmes.assessments.policy.measures import (
    DOCUMENTS,
    EXIT,
    MEASURES,
    REVERSED,
    REWARD,
    gaps,
    measure_clocks,
)
from mingjing.programmes.assessments.queries.measure_papers import ASKED, context_of
from mingjing.programmes.assessments.queries.measures import Followed, facts_of, followed
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.standing import BAR_DECISION

__all__ = ["follow_list", "issue_measure_document", "take_measure_step"]

CORRECTED = N_("The list it rests on was corrected.")
AGAIN = N_("The list was corrected once more; what was reversed goes on.")
LINE = 100
"""The longest of what people say for a paper."""


@transaction.atomic
def follow_list(*, edition: Edition, by: Person, at: datetime) -> None:
    """Bring what follows a round's list into line with its newest edition; done twice, it changes nothing.

    Whoever is listed in a tier that takes rights gets a proceeding, and a recommendation is opened where the row is
    long enough. What lost its ground is reversed, in later rounds of the same communities too.
    """
    round_ = _locked(edition.round_id)
    listed = Entry.objects.filter(round=round_, listed__adverse=True)
    opened = Proceeding.objects.filter(programme="assessments", kind__in=[MEASURES, EXIT, REWARD], area=round_.area)
    known = [int(subject.rpartition(":")[2]) for subject in opened.values_list("subject", flat=True)]
    beside = Q(round=round_) | Q(community__in=listed.values("community"))
    touched = Entry.objects.filter(Q(pk__in=listed.values("pk")) | Q(beside, pk__in=known))
    for one in followed(
        list(touched.select_related("round__scheme", "round__area", "stratum", "company")), at
    ).values():
        for kind in (MEASURES, EXIT):
            if one.adverse and one.stands(kind):
                _open(one, kind, by, at)
        _reverse(one, by, at)


def _open(one: Followed, kind: str, by: Person, at: datetime) -> None:
    """Open a proceeding, or open again one that was reversed when the list was corrected before."""
    if (known := one.proceedings.get(kind)) is not None:
        if known.standing.ended == REVERSED:
            number = max(act.number for act in known.acts if act.step == REVERSED)
            take_back(proceeding=known.proceeding, number=number, note=_chinese(AGAIN), by=by, at=at)
        return
    if kind == EXIT and (one.exit_after is None or one.streak.count < one.exit_after):
        return
    proceeding = _new(one, kind, by, at)
    if kind == MEASURES:
        assert one.listed is not None
        published = one.listed.edition.published_at
        take_step(proceeding=proceeding, step="listed", happened_at=published, by=by, at=at)


def _new(one: Followed, kind: str, by: Person, at: datetime) -> Proceeding:
    assert one.listed is not None
    entry = one.entry
    return open_proceeding(
        programme="assessments", kind=kind, subject=entry.subject, title=entry.name, area=entry.round.area,
        organisation=one.listed.company, clocks=measure_clocks(scheme_of(entry.round.scheme), kind), by=by, at=at,
    )  # fmt: skip


def _reverse(one: Followed, by: Person, at: datetime) -> None:
    """End the proceedings whose ground is gone, and withdraw their papers and those of bars."""
    for kind, stands in one.proceedings.items():
        if not one.stands(kind) and not stands.standing.ended:
            take_step(proceeding=stands.proceeding, step=REVERSED, note=_chinese(CORRECTED), by=by, at=at)
            _withdraw(one.documents.get(stands.proceeding.ledger_subject, ()), by, at)
    if not one.adverse and one.listed is not None:
        subjects = [bar.subject for bar in Bar.objects.filter(entry=one.entry)]
        _withdraw(Document.objects.filter(kind=BAR_DECISION, subject__in=subjects), by, at)


def _withdraw(documents: Iterable[Document], by: Person, at: datetime) -> None:
    for document in documents:
        if document.withdrawn_at is None:
            withdraw_document(document=document, reason=_chinese(CORRECTED), by=by, at=at)


@transaction.atomic
def issue_measure_document(
    *, entry: Entry, kind: str, step: str, told: Mapping[str, str], by: Person, at: datetime
) -> Document:
    """Issue the paper that a step is taken with; it is served separately. `told` is what only people know of it.

    Raises Refusal with everything that stands in the way of the step, or where one was issued already.
    """
    _locked(entry.round_id)
    one = _followed(entry, at)
    stands = _standing(one, kind)
    problems = [*gaps(kind, step, facts_of(one, kind, step)), *stands.standing.missing(step)]
    problems = [problem for problem in problems if problem.code != "measures.no_document"]
    problems += _untold(step, told)
    if (known := one.document(kind, step)) is not None:
        text = N_("{number} was issued for this; withdraw it first if it is wrong.")
        problems.append(Problem("measures.issued", text, {"number": known.number}))
    if problems:
        raise Refusal(problems)
    proceeding = stands.proceeding
    return issue_document(
        kind=DOCUMENTS[kind, step], area=proceeding.area, subject=proceeding.ledger_subject,
        context=context_of(one, kind, step, told), addressee=None if kind == EXIT else proceeding.organisation,
        by=by, at=at,
    )  # fmt: skip


def _untold(step: str, told: Mapping[str, str]) -> Iterator[Problem]:
    for name in ASKED.get(step, ()):
        text = told.get(name, "").strip()
        if not text or len(text) > LINE or not text.isprintable():
            words = N_("Say it in 1 to {limit} characters, on one line.")
            yield Problem("measures.untold", words, {"limit": LINE}, name)


@transaction.atomic
def take_measure_step(*, entry: Entry, kind: str, step: str, by: Person, at: datetime, **brought: Any) -> Taken:
    """Take a step of what follows a listing; `brought` is what kernel.proceedings.take_step takes, and `revision`.

    A commendation, and a recommendation after a row found longer later, are opened by their first step. Raises Refusal
    with everything that stands in the way.
    """
    _locked(entry.round_id)
    one = _followed(entry, at)
    problems = [*gaps(kind, step, facts_of(one, kind, step)), *_other_paper(kind, step, brought.get("service"))]
    if problems:
        raise Refusal(problems)
    if kind in {REWARD, EXIT} and kind not in one.proceedings:
        proceeding = _new(one, kind, by, at)
    else:
        proceeding = _standing(one, kind).proceeding
    if (read := brought.pop("revision", None)) is not None:
        proceeding.revision = read
    return take_step(proceeding=proceeding, step=step, by=by, at=at, **brought)


def _other_paper(kind: str, step: str, service: Service | None) -> Iterator[Problem]:
    """A step is taken with its own paper, not with another one of the case."""
    if service is not None and service.document.kind != DOCUMENTS.get((kind, step)):
        text = N_("{number} is not the paper of this step.")
        yield Problem("measures.other_paper", text, {"number": service.document.number}, "service")


def _standing(one: Followed, kind: str) -> StandsTold:
    found = one.proceedings.get(kind)
    if found is None:
        text = N_("Nothing of this kind is open about {name}.")
        raise Refusal([Problem("measures.none", text, {"name": one.entry.name})])
    return found


def _followed(entry: Entry, at: datetime) -> Followed:
    related = ("round__scheme", "round__area", "round__lead", "stratum", "company")
    found = Entry.objects.select_related(*related).get(pk=entry.pk)
    return followed([found], at)[entry.pk]


def _chinese(text: str) -> str:
    """As it stands on record and on papers."""
    with translation.override("zh-hans"):
        return gettext(text)


def _locked(round_: int) -> Round:
    """The round, held: a correction and a step wait for each other."""
    return Round.objects.select_for_update(of=("self",), no_key=True).select_related("area").get(pk=round_)
