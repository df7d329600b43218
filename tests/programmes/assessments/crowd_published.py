"""Proposed listings of a decided round, many of them, with one that is on its way: what pages after it are tried on."""

from datetime import timedelta

from tests.crowds import exhibits
from tests.districts import District
from tests.faces.district import staff
from tests.guarded import guards_lifted
from tests.programmes.assessments.crowd_fieldwork import Pages

from mingjing.kernel.documents.actions import issue_document, record_service
from mingjing.kernel.parties.models import Organisation
from mingjing.kernel.proceedings.actions import open_proceeding, take_step
from mingjing.programmes.assessments.models import (
    CrewDraw,
    Edition,
    Entry,
    Filing,
    FilingKind,
    Listed,
    Reopening,
    Round,
    TeamDay,
)
from mingjing.programmes.assessments.policy.procedures import clocks_of
from mingjing.programmes.assessments.queries.listings import proposals
from mingjing.programmes.assessments.queries.lists import decision_of
from mingjing.programmes.assessments.queries.papers import notice_context
from mingjing.programmes.assessments.queries.reopening_papers import reopening_context
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["accidents", "of_publication"]

OF_ROUND = (
    "round-publication", "round-signing", "round-editions", "round-disputes", "round-seconds", "round-reopenings",
)  # fmt: skip
NOTICE = "assessments.pre_listing_notice"


def accidents(place: District, round_: Round) -> None:
    """A serious accident at every sixth community, before the round is decided; its company is known."""
    entries = list(round_.entries.filter(not_assessed_at=None).order_by("pk")[::6])
    with guards_lifted():
        Entry.objects.filter(pk__in=[entry.pk for entry in entries]).update(company=Organisation.objects.earliest("pk"))
    by, at = place.people["officer"], place.at
    Filing.objects.bulk_create(
        Filing(entry=entry, kind=FilingKind.VETO, code="serious_safety_accident", document="认定书", filed_by=by,
               occurred_on=round_.first_day, filed_at=at, decided_by=place.people["director"], decided_at=at,
               approved=True)
        for entry in entries
    )  # fmt: skip


def of_publication(place: District, decided: Round, before: Round) -> Pages:
    """The tab with every proposed listing, the page of one that was served, a list that is published before it."""
    by, at = place.people["officer"], place.at
    place.people["bureau"] = staff("bureau", "局长", place.area, at, "crowd-bureau")
    one = proposals(decided, at)[0]
    assert one.stands
    case = one.stands.proceeding
    to = case.organisation
    assert to
    document = issue_document(
        kind=NOTICE, area=case.area, subject=case.ledger_subject, context=notice_context(one.result), addressee=to,
        by=by, at=at,
    )  # fmt: skip
    there = {"pk": decided.pk, "number": one.entry.number}
    yield "assessments:listing-service", "", there
    shown = exhibits(document.ledger_subject, case.area, 1, by, at)
    service = record_service(
        document=document, credit_code=to.credit_code, method="direct", served_at=at, received_by="某某",
        exhibits=[one.pk for one in shown], by=by, at=at,
    )  # fmt: skip
    take_step(proceeding=case, step="notice", service=service, by=by, at=at)
    _begun(place, decided)
    _crews(place, decided)
    for name in OF_ROUND:
        yield f"assessments:{name}", "decided", {"pk": decided.pk}
        yield f"assessments:{name}", "published", {"pk": before.pk}
    yield "assessments:listing", "", there
    yield "assessments:listing-follow", "", there | {"step": "statement"}
    yield "assessments:listing-decide", "", there | {"step": "decision"}
    yield "assessments:listing-back", "", there | {"act": 1}
    yield "assessments:signing-back", "", {"pk": decided.pk, "act": 1}
    yield "assessments:findings", "", there
    edition = _published(place, before)
    yield "assessments:edition", "", {"pk": before.pk, "number": edition.number}
    yield "assessments:appeal-file", "", {"pk": before.pk, "number": edition.rows.earliest("pk").entry.number}
    _granted(place, before)
    yield from _reopened(place, before, to)


def _crews(place: District, decided: Round) -> None:
    """A crew was drawn for every sixth community; their files are open."""
    draw, day, at = decided.draws.earliest("pk"), decided.last_day, place.at
    drawn = {
        "inputs": "{}", "inputs_digest": "0" * 64, "commitment": "0" * 64, "secret": "0" * 64, "committed_at": at,
        "drawn_at": at, "document": "{}", "document_digest": "0" * 64, "round": decided, "day": day, "reason": "回避",
    }  # fmt: skip
    for number, entry in enumerate(decided.entries.order_by("pk")[::6]):
        CrewDraw.objects.create(
            **drawn, entry=entry, team_day=TeamDay.objects.create(draw=draw, day=day, team=100 + number)
        )


def _granted(place: District, before: Round) -> None:
    """A bonus that rests on the records of others."""
    by, at = place.people["director"], place.at
    Filing.objects.create(
        entry=before.entries.latest("pk"), kind=FilingKind.BONUS, code="three_zero", document="比对表",
        filed_by=place.people["officer"], filed_at=at, decided_by=by, decided_at=at, approved=True,
    )  # fmt: skip


def _reopened(place: District, before: Round, company: Organisation) -> Pages:
    """A veto established later at every sixth community, the first of them noticed."""
    by, at = place.people["officer"], place.at + timedelta(microseconds=1)
    entries = list(before.entries.filter(not_assessed_at=None).order_by("pk")[::6])
    with guards_lifted():
        before.entries.filter(pk__in=[entry.pk for entry in entries]).update(company=company)
    for entry in entries:
        filing = Filing.objects.create(
            entry=entry, kind=FilingKind.VETO, code="serious_stability_incident", document="判决书", filed_by=by,
            occurred_on=before.first_day, filed_at=at, decided_by=place.people["director"], decided_at=at,
            approved=True,
        )  # fmt: skip
        case = open_proceeding(
            programme="assessments", kind="reopening", subject=filing.subject, title=entry.name, area=before.area,
            organisation=company, clocks=clocks_of(scheme_of(before.scheme), "reopening"), by=by, at=at,
        )  # fmt: skip
        Reopening.objects.create(filing=filing, entry=entry, proceeding=case, tier="BLACK", by=by, at=at)
    one = Reopening.objects.select_related("proceeding__area", "filing", "entry__round__lead", "entry__round__scheme")
    found = one.filter(entry__in=entries).earliest("pk")
    document = issue_document(
        kind="assessments.reopening_notice", area=before.area, subject=found.proceeding.ledger_subject,
        context=reopening_context(found), addressee=company, by=by, at=at,
    )  # fmt: skip
    there = {"pk": before.pk, "filing": found.filing_id}
    yield "assessments:reopening-service", "", there
    shown = exhibits(document.ledger_subject, before.area, 1, by, at)
    service = record_service(
        document=document, credit_code=company.credit_code, method="direct", served_at=at, received_by="某某",
        exhibits=[one.pk for one in shown], by=by, at=at,
    )  # fmt: skip
    take_step(proceeding=found.proceeding, step="notice", service=service, by=by, at=at)
    yield "assessments:reopening", "", there
    yield "assessments:reopening-back", "", there | {"act": 1}
    steps = {"follow": "statement", "decide": "decision", "prepare": "public_notice", "centre": "signed_centre",
             "bureau": "signed_bureau"}  # fmt: skip
    for name, step in steps.items():
        yield f"assessments:reopening-{name}", "", there | {"step": step}


def _begun(place: District, decided: Round) -> None:
    """The public notice of a list has begun."""
    clocks = clocks_of(scheme_of(decided.scheme), "publication")
    opened = open_proceeding(
        programme="assessments", kind="publication", subject=decided.subject, title=decided.title, area=decided.area,
        organisation=None, clocks=clocks, by=place.people["officer"], at=place.at,
    )  # fmt: skip
    take_step(proceeding=opened, step="public_notice", note="公示", by=place.people["officer"], at=place.at)


def _published(place: District, before: Round) -> Edition:
    """The list of the round before, as it was decided."""
    replay = decision_of(before)
    assert replay
    edition = Edition.objects.create(
        round=before, number=1, replay=replay, rows_root="0" * 64, published_by=place.people["director"],
        published_at=place.at,
    )  # fmt: skip
    results = replay.results.filter(entry__isnull=False).select_related("entry").order_by("index")
    Listed.objects.bulk_create(
        Listed(edition=edition, entry=row.entry, index=row.index, class_code=row.class_code, tier=row.tier,
               decided_tier=row.tier, base=row.base, bonus=row.bonus, total=row.total, leaf=row.leaf)
        for row in results
    )  # fmt: skip
    return edition
