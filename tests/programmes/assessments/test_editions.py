"""From a decided round to its published list: nobody who loses rights is on it unheard, and it never changes."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from tests.faces import district
from tests.guarded import guards_lifted
from tests.programmes.assessments.judged import in_review, register
from tests.programmes.assessments.test_round_decisions import decided

from mingjing.engine.outcome import Refusal
from mingjing.kernel.documents.actions import record_service
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.kernel.proceedings.queries import stands
from mingjing.kernel.visits.models import Visit
from mingjing.programmes.assessments.actions.editions import publish_list, take_publication_step
from mingjing.programmes.assessments.actions.listings import issue_notice, take_listing_step
from mingjing.programmes.assessments.models import Edition, Engagement, Entry, Filing, Round, TeamDay, VisitRecord
from mingjing.programmes.assessments.queries.listings import Proposed, proposals

pytestmark = pytest.mark.django_db
People = dict[str, Person]


@pytest.fixture
def companies(people: People, at: datetime) -> list[Organisation]:
    return district.companies(3, at)


@pytest.fixture
def round_(people: People, companies: list[Organisation], at: datetime) -> Round:
    """A decided round with two communities that a serious accident would put on the black list."""
    found = in_review(people, at, register(40, at))
    entries = Entry.objects.filter(round=found, not_assessed_at=None).select_related("community").order_by("number")
    with guards_lifted():
        for entry, company in zip(entries[:2], companies, strict=False):
            grave(entry, company, people, at)
    decided(found, people, at)
    return found


def grave(entry: Entry, company: Organisation, people: People, at: datetime) -> None:
    """Its company is known and was there, two teams found nothing, and an accident is on file."""
    held = Engagement.objects.create(
        community=entry.community, company=company, company_name=company.name, recorded_at=at
    )
    Entry.objects.filter(pk=entry.pk).update(company=company, company_name=company.name, engagement=held)
    accident(entry, people, at)


def accident(entry: Entry, people: People, at: datetime) -> None:
    """Two teams found nothing, and an accident is on file."""
    record = VisitRecord.objects.get(entry=entry)
    VisitRecord.objects.filter(pk=record.pk).update(sheet="{}")
    other = TeamDay.objects.filter(draw=record.team_day.draw).exclude(team=record.team_day.team).first()
    if other is None:
        day = record.team_day
        other = TeamDay.objects.create(draw=day.draw, day=day.day + timedelta(days=40), team=9, opened_at=at)
    record.pk, record.team_day, record.purpose, record.sheet = None, other, "second", "{}"
    record.visit = Visit.objects.create(
        programme="assessments", purpose="second", subject=entry.subject, area=entry.round.area,
        site_id=entry.community.site_id, entered_at=at, left_at=at, recorded_at=at,
    )  # fmt: skip
    record.save(force_insert=True)
    Filing.objects.create(
        entry=entry, kind="veto", code="serious_safety_accident", document="事故认定书", filed_by=people["officer"],
        occurred_on=entry.round.first_day, filed_at=at, decided_by=people["director"], decided_at=at, approved=True,
    )  # fmt: skip


@pytest.fixture
def bureau(people: People, at: datetime) -> Person:
    return district.staff("director", "局长", Area.objects.get(code="430202"), at, username="bureau")


def test_what_was_measured_and_cost_nothing_needs_no_evidence(round_: Round, at: datetime) -> None:
    one = proposals(round_, at)[0]
    found = {"id": "1", "n": 1, "version": 1, "check": "A2.2", "fact": "", "place": "", "note": "", "evidence": [],
             "by": "", "at": ""}  # fmt: skip
    record = VisitRecord.objects.filter(entry=one.entry, purpose="first")
    for steps, unshown in ((0, ()), (1, ("A2.2",))):
        with guards_lifted():
            record.update(sheet=json.dumps({"findings": [found | {"steps": steps}]}))
        assert proposals(round_, at)[0].case.unshown == unshown


def codes(step: Callable[[], object]) -> list[str]:
    with pytest.raises(Refusal) as refused:
        step()
    return [problem.code for problem in refused.value.problems]


def test_the_decision_opens_a_proceeding_for_everybody_it_would_take_rights_from(round_: Round, at: datetime) -> None:
    proposed = proposals(round_, at)
    assert len(proposed) == 2
    assert all(one.stands and one.stands.standing.open == ("notice", "withdrawn") for one in proposed)
    assert {one.result.tier for one in proposed} == {"BLACK"}
    assert Proceeding.objects.count() == len(proposed)
    visited = {one.entry.pk: one for one in proposed}
    assert all(one.stands and one.stands.proceeding.clocks == {"notice": [5, "working"]} for one in visited.values())


def test_no_list_goes_out_while_somebody_is_unheard(round_: Round, people: People, at: datetime) -> None:
    proposed = proposals(round_, at)
    begin = {"round": round_, "step": "public_notice", "note": "公示", "by": people["director"], "at": at}
    assert codes(lambda: take_publication_step(**begin)) == ["edition.unsettled"] * len(proposed)
    told = codes(lambda: publish_list(round=round_, by=people["director"], at=at))
    assert told == ["edition.unsettled"] * len(proposed)
    assert not Edition.objects.exists()


def settle(one: Proposed, round_: Round, people: People, bureau: Person, stance: str, at: datetime) -> datetime:
    """Noticed, served on the company, decided by two after the time to answer has run out; returns when."""
    by = people["officer"]
    document = issue_notice(round=round_, entry=one.entry, by=by, at=at)
    assert one.stands
    to = one.stands.proceeding.organisation
    assert to
    shown = Exhibit(
        sha256=token_hex(32), size=1, media_type="image/jpeg", area=round_.area, subject=document.ledger_subject,
        origin="scan", recorded_at=at,
    )  # fmt: skip
    shown.save()
    service = record_service(
        document=document, credit_code=to.credit_code, method="direct", served_at=at, received_by="前台张某",
        exhibits=[shown.pk], by=by, at=at,
    )  # fmt: skip
    take_listing_step(round=round_, entry=one.entry, step="notice", service=service, by=by, at=at)
    after = at + timedelta(days=8)
    for person in (people["director"], bureau):
        take_listing_step(
            round=round_,
            entry=one.entry,
            step="decision",
            stance=stance,
            note="事实清楚，证据充分",
            by=person,
            at=after,
        )
    return after


def test_a_list_is_published_once_everybody_was_heard_and_two_have_signed(
    round_: Round, companies: list[Organisation], people: People, bureau: Person, at: datetime
) -> None:
    kept, spared = proposals(round_, at)
    settle(kept, round_, people, bureau, "uphold", at)
    after = settle(spared, round_, people, bureau, "drop", at)
    director = people["director"]
    take_publication_step(round=round_, step="public_notice", note="荷塘区政府网站", by=director, at=after)
    sign = {"round": round_, "step": "signed_centre", "note": "同意", "by": director}
    assert codes(lambda: take_publication_step(**sign, at=after)) == ["process.clock_runs"]
    late = after + timedelta(days=14)
    take_publication_step(**sign, at=late)
    assert codes(lambda: publish_list(round=round_, by=director, at=late)) == ["process.missing"]
    take_publication_step(round=round_, step="signed_bureau", note="同意", by=bureau, at=late)
    edition = publish_list(round=round_, by=director, at=late)
    rows = {row.entry_id: row for row in edition.rows.all()}
    assert len(rows) == 40
    assert (rows[kept.entry.pk].tier, rows[kept.entry.pk].adverse) == ("BLACK", True)
    assert rows[spared.entry.pk].tier != "BLACK"
    assert rows[spared.entry.pk].told_reasons
    assert codes(lambda: publish_list(round=round_, by=director, at=late)) == ["process.done"]
    with pytest.raises(DatabaseError), transaction.atomic():
        edition.rows.update(tier="RED")
    assert verify().whole


def shown_to_the_public(round_: Round, people: People, bureau: Person, at: datetime) -> tuple[dict[str, Any], datetime]:
    """Every case is decided and the public notice begun: what the officer says of a step, and since when."""
    for one in proposals(round_, at):
        after = settle(one, round_, people, bureau, "drop", at)
    told: dict[str, Any] = {"round": round_, "by": people["officer"], "note": "某小区不应列入红榜"}
    take_publication_step(**told | {"step": "public_notice"}, at=after)
    return told, after


def test_what_somebody_objects_during_the_public_notice_is_answered_before_anybody_signs(
    round_: Round, people: People, bureau: Person, at: datetime
) -> None:
    told, after = shown_to_the_public(round_, people, bureau, at)
    late = after + timedelta(days=14)
    take_publication_step(**told | {"step": "public_objection"}, at=after + timedelta(days=2))
    sign = {"round": round_, "step": "signed_centre", "note": "同意", "by": people["director"], "at": late}
    assert codes(lambda: take_publication_step(**sign)) == ["process.missing"]
    assert codes(lambda: take_publication_step(**told | {"step": "public_reply", "note": " "}, at=late)) == [
        "process.needs"
    ]
    take_publication_step(**told | {"step": "public_reply"}, at=late)
    take_publication_step(**sign)
    assert codes(lambda: take_publication_step(**told | {"step": "public_objection"}, at=late)) == ["process.over"]


def test_what_is_objected_after_the_public_notice_is_kept_as_late_and_holds_nothing_up(
    round_: Round, people: People, bureau: Person, at: datetime
) -> None:
    told, after = shown_to_the_public(round_, people, bureau, at)
    late = after + timedelta(days=14)
    take_publication_step(**told | {"step": "public_objection"}, at=late)
    case = Proceeding.objects.select_related("area").get(kind="publication")
    assert "public_objection" in stands(case, late).standing.late
    take_publication_step(round=round_, step="signed_centre", note="同意", by=people["director"], at=late)


def test_a_notice_served_on_a_branch_starts_no_clock(
    round_: Round, companies: list[Organisation], people: People, at: datetime
) -> None:
    one = proposals(round_, at)[0]
    document = issue_notice(round=round_, entry=one.entry, by=people["officer"], at=at)
    again = codes(lambda: issue_notice(round=round_, entry=one.entry, by=people["officer"], at=at))
    assert again == ["listing.noticed"]
    told = codes(
        lambda: record_service(
            document=document, credit_code=companies[-1].credit_code, method="direct", served_at=at, received_by="x",
            by=people["officer"], at=at,
        )
    )  # fmt: skip
    assert "documents.service.wrong_entity" in told
    step = {"round": round_, "entry": one.entry, "step": "notice", "by": people["officer"], "at": at}
    assert codes(lambda: take_listing_step(**step)) == ["process.needs", "process.needs"]
