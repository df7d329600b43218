"""Appeals after publication: in time, by the right company, decided by others; upheld, there is a new edition."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.faces import district
from tests.guarded import guards_lifted
from tests.programmes.assessments.conftest import Once
from tests.programmes.assessments.contested import (
    codes,
    decided_and_published,
    findings,
    known,
    published,
    reviewed,
    settled,
)
from tests.programmes.assessments.judged import in_review
from tests.programmes.assessments.test_round_decisions import decided

from mingjing.engine.process import Clock
from mingjing.kernel.documents.actions import void_service
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.kernel.proceedings.queries import reckoning, stands
from mingjing.programmes.assessments.actions.appeals import decide_appeal, file_appeal
from mingjing.programmes.assessments.actions.decisions import request_decision
from mingjing.programmes.assessments.actions.disputes import excuse_lateness
from mingjing.programmes.assessments.actions.editions import correct_list
from mingjing.programmes.assessments.models import Edition, Entry, Filing, Listed, VisitRecord
from mingjing.programmes.assessments.policy.corrections import Remedy
from mingjing.programmes.assessments.policy.sources import Source, streak_known
from mingjing.programmes.assessments.queries.editions import due, history, newest_of, standing_rows
from mingjing.programmes.assessments.queries.sourced import _stay, _stays

pytestmark = pytest.mark.django_db
People = dict[str, Person]
FALLS = Remedy(listing=True)


Scene = tuple[People, Person, Person, Edition]


@pytest.fixture(scope="module")
def built(once: Once, at: datetime) -> Callable[[], Scene]:
    """People, two more directors, and a published list of twelve with two on the black list."""

    def build() -> Scene:
        people, place = district.build(at), Area.objects.get(code="430202")
        bureau = district.staff("director", "局长", place, at, username="bureau")
        other = district.staff("director", "复核员", place, at, username="other")
        return people, bureau, other, decided_and_published(people, bureau, at, 12, 2)

    return once("built", build)


@pytest.fixture
def scene(db: None, built: Callable[[], Scene]) -> Scene:
    return built()


@pytest.fixture
def people(scene: Scene) -> People:
    return scene[0]


@pytest.fixture
def bureau(scene: Scene) -> Person:
    return scene[1]


@pytest.fixture
def other(scene: Scene) -> Person:
    return scene[2]


@pytest.fixture
def edition(scene: Scene) -> Edition:
    return scene[3]


@pytest.fixture
def row(edition: Edition) -> Listed:
    return edition.rows.filter(adverse=True)[0]


def filed(row: Listed, by: Person, at: datetime, **more: Any) -> Proceeding:
    return file_appeal(row=row, grounds="消火栓已修复，照片为证", on_behalf="某公司代理人", by=by, at=at, **more)


def upheld(proceeding: Proceeding, by: Person, at: datetime, remedy: Remedy = FALLS) -> Edition:
    _, edition = decide_appeal(proceeding=proceeding, stance="upheld", note="证据不足", remedy=remedy, by=by, at=at)
    assert edition is not None
    return edition


def test_an_upheld_appeal_is_a_new_edition_and_the_old_one_stays_as_it_was(
    edition: Edition, row: Listed, people: People, other: Person, at: datetime
) -> None:
    after = edition.published_at + timedelta(days=3)
    before = list(Listed.objects.filter(edition=edition).values())
    new = upheld(filed(row, people["officer"], after), other, after)
    assert (new.number, newest_of(edition.round), bool(new.reason)) == (2, new, True)
    mine = new.rows.get(entry=row.entry)
    assert (mine.adverse, mine.decided_tier) == (False, "BLACK")
    assert next(reason.code for reason in mine.told_reasons) == "correction.fallen"
    others = {one["entry_id"]: (one["tier"], one["total"], one["leaf"]) for one in before if one["id"] != row.pk}
    assert {one.entry_id: (one.tier, one.total, one.leaf) for one in new.rows.exclude(entry=row.entry)} == others
    assert list(Listed.objects.filter(edition=edition).values()) == before
    told = Fact.objects.get(kind="assessments.list.corrected").values
    assert told["follows"] == edition.pk
    assert [(moved["entry"], moved["from"], moved["to"]) for moved in told["moved"]] == [
        (row.entry_id, "BLACK", mine.tier)
    ]
    assert [[moved.after.pk for moved in one.moved] for one in history(edition.round)] == [[mine.pk]]
    assert verify().whole


def test_an_appeal_a_minute_late_is_kept_and_nothing_comes_of_it_unless_somebody_uninvolved_excuses_it(
    edition: Edition, row: Listed, people: People, bureau: Person, other: Person, at: datetime
) -> None:
    over = reckoning(edition.round.area)(edition.published_at, Clock(15), edition.published_at)
    late = over + timedelta(minutes=1)
    proceeding = filed(row, people["officer"], late)
    assert proceeding.steps.filter(step="appeal").exists()
    assert "appeal" in stands(proceeding, late).standing.late
    decide = {"proceeding": proceeding, "stance": "upheld", "note": "成立", "remedy": FALLS, "by": other, "at": late}
    assert codes(lambda: decide_appeal(**decide)) == ["process.missing"]  # type: ignore[arg-type]
    excuse = {"proceeding": proceeding, "note": "疫情封控，无法送达", "at": late}
    assert codes(lambda: excuse_lateness(**excuse, by=bureau)) == ["process.involved"]  # type: ignore[arg-type]
    assert newest_of(edition.round) == edition
    excuse_lateness(proceeding=proceeding, note="疫情封控", by=other, at=late)
    assert codes(lambda: excuse_lateness(**excuse, by=other)) == ["dispute.in_time"]  # type: ignore[arg-type]
    assert upheld(proceeding, other, late).number == 2


def test_the_last_minute_is_in_time_and_the_next_is_not(
    edition: Edition, people: People, other: Person, at: datetime
) -> None:
    first, second = edition.rows.filter(adverse=True)
    over = reckoning(edition.round.area)(edition.published_at, Clock(15), edition.published_at)
    in_time = filed(first, people["officer"], over - timedelta(minutes=1))
    late = filed(second, people["officer"], over + timedelta(minutes=1))
    decide = {"stance": "upheld", "note": "成立", "remedy": FALLS, "by": other, "at": over + timedelta(days=1)}
    assert codes(lambda: decide_appeal(proceeding=late, **decide)) == ["process.missing"]  # type: ignore[arg-type]
    assert upheld(in_time, other, over + timedelta(days=1)).number == 2


def test_one_appeal_for_each_row_and_its_company(edition: Edition, row: Listed, people: People, at: datetime) -> None:
    after = edition.published_at + timedelta(days=1)
    filed(row, people["officer"], after)
    assert codes(lambda: filed(row, people["officer"], after)) == ["dispute.once"]
    nobody = edition.rows.filter(company=None)[0]
    assert codes(lambda: filed(nobody, people["officer"], after)) == ["listing.entity"]


def test_whoever_visited_or_decided_the_listing_decides_no_appeal(
    edition: Edition, row: Listed, people: People, bureau: Person, at: datetime
) -> None:
    after = edition.published_at + timedelta(days=1)
    proceeding = filed(row, people["officer"], after)
    for person in (people["director"], bureau, people["officer"]):
        decide = {"proceeding": proceeding, "stance": "rejected", "note": "不成立", "by": person, "at": after}
        assert codes(lambda decide=decide: decide_appeal(**decide)) == ["process.involved"]
    assert newest_of(edition.round) == edition


def test_an_upheld_appeal_says_what_changes(
    edition: Edition, row: Listed, people: People, other: Person, at: datetime
) -> None:
    after = edition.published_at + timedelta(days=1)
    proceeding = filed(row, people["officer"], after)
    decide = {"proceeding": proceeding, "stance": "upheld", "note": "成立", "by": other, "at": after}
    assert codes(lambda: decide_appeal(**decide)) == ["appeal.remedy"]  # type: ignore[arg-type]
    wrong = Remedy(findings={(1, "x"): 0}, filings=frozenset({0}))
    told = codes(lambda: decide_appeal(**decide, remedy=wrong))  # type: ignore[arg-type]
    assert told == ["objection.finding", "appeal.filing"]
    assert newest_of(edition.round) == edition
    veto = Filing.objects.get(entry=row.entry, kind="veto", code="serious_safety_accident")
    new = upheld(proceeding, other, after, Remedy(filings=frozenset({veto.pk})))
    assert not new.rows.get(entry=row.entry).adverse
    assert not due(edition.round, after)


def test_a_finding_struck_on_appeal_changes_the_points_and_the_ranks(
    people: People, bureau: Person, other: Person, at: datetime
) -> None:
    round_ = reviewed(people, at, 12, 0, start=40)
    record = next(one for one in VisitRecord.objects.filter(round=round_) if len(findings(one)) > 2)
    known(record.entry, at)
    decided(round_, people, at)
    edition = published(round_, people["director"], bureau, at)
    row = edition.rows.get(entry=record.entry)
    struck = [Remedy(findings={(record.pk, str(one["id"])): 0}) for one in findings(record)]
    new, mine = edition, row
    for number, remedy in enumerate(struck, start=2):  # a correction of a correction, and again
        kept = list(new.rows.values())
        again = upheld(filed(mine, people["officer"], edition.published_at), other, edition.published_at, remedy)
        assert (again.number, list(new.rows.values())) == (number, kept)
        new, mine, before = again, again.rows.get(entry=record.entry), mine
        assert mine.total is not None
        assert before.total is not None
        assert mine.total > before.total
    assert len(history(round_)) == len(struck) > 2
    assert row.total is not None
    assert mine.base == 10_000
    assert mine.standing < row.standing or row.standing == 1
    assert "correction.figures" in {reason.code for reason in mine.told_reasons}
    better = {one.entry_id: one for one in edition.rows.exclude(entry=record.entry)}
    for one in new.rows.exclude(entry=record.entry):
        assert (one.tier, one.total) == (better[one.entry_id].tier, better[one.entry_id].total)
        assert one.standing in {better[one.entry_id].standing, better[one.entry_id].standing + 1}
    assert record.sheet == VisitRecord.objects.get(pk=record.pk).sheet


def test_a_correction_can_be_corrected_and_two_who_correct_at_once_do_not_both(
    edition: Edition, people: People, other: Person, at: datetime, client: Client
) -> None:
    first, second = edition.rows.filter(adverse=True)
    after = edition.published_at + timedelta(days=1)
    one, two = filed(first, people["officer"], after), filed(second, people["officer"], after)
    upheld(one, other, after)
    third = upheld(two, other, after + timedelta(days=1))
    assert third.number == 3
    assert not third.rows.filter(adverse=True).exists()
    assert len(history(edition.round)) == 2
    last = history(edition.round, 0)[-1]  # only so many are read, all are counted
    assert (last.moved, last.count) == ((), 1)
    client.force_login(people["officer"])
    page = client.get(reverse("assessments:edition", args=[edition.round_id, 3]), {"moved": ""})
    assert [one["row"].entry_id for one in page.context["rows"]] == [second.entry_id]
    told = {"round": edition.round, "number": 2, "reason": "更正", "by": other, "at": after + timedelta(days=2)}
    assert codes(lambda: correct_list(**told)) == ["edition.corrected"]  # type: ignore[arg-type]
    assert codes(lambda: correct_list(**{**told, "number": 3})) == ["edition.nothing_due"]  # type: ignore[arg-type]


def test_an_appeal_is_against_what_stands_now_and_its_time_runs_since_it_first_stood(
    edition: Edition, people: People, other: Person, at: datetime
) -> None:
    first, second = edition.rows.filter(adverse=True)
    after = edition.published_at + timedelta(days=1)
    new = upheld(filed(first, people["officer"], after), other, after)
    assert codes(lambda: filed(second, people["officer"], after)) == ["appeal.edition"]
    same = filed(new.rows.get(entry=second.entry), people["officer"], after)
    assert same.subject.startswith(edition.subject + "/")
    changed = filed(new.rows.get(entry=first.entry), people["officer"], after)
    assert changed.subject.startswith(new.subject + "/")


def test_a_service_voided_after_publication_is_noticed_and_its_listing_corrected_without_an_appeal(
    edition: Edition, row: Listed, people: People, other: Person, at: datetime
) -> None:
    after = edition.published_at + timedelta(days=2)
    assert due(edition.round, after) == ()
    assert row.proceeding
    service = row.proceeding.steps.get(step="notice").service
    assert service
    void_service(service=service, reason="送达给了另一家公司", by=people["officer"], at=after)
    assert [(problem.code, problem.place) for problem in due(edition.round, after)] == [
        ("edition.unfounded", row.entry.number)
    ]
    new = correct_list(round=edition.round, number=1, reason="送达无效", by=other, at=after)
    assert not new.rows.get(entry=row.entry).adverse
    assert due(edition.round, after) == ()


def test_the_clock_of_the_server_may_leap_and_no_edition_comes_before_another(
    edition: Edition, row: Listed, people: People, other: Person, at: datetime
) -> None:
    back = edition.published_at - timedelta(days=1)
    correct = {"round": edition.round, "number": 1, "reason": "更正", "by": other, "at": back}
    assert codes(lambda: correct_list(**correct)) == ["edition.clock"]  # type: ignore[arg-type]
    forward = filed(row, people["officer"], edition.published_at + timedelta(days=400))
    decide = {"proceeding": forward, "stance": "upheld", "note": "成立", "remedy": FALLS, "by": other}
    told = codes(lambda: decide_appeal(**decide, at=edition.published_at))  # type: ignore[arg-type]
    assert told == ["process.clock", "process.missing"]


def test_what_is_read_of_editions_costs_the_same_whatever_their_size(
    people: People, bureau: Person, other: Person, at: datetime
) -> None:
    counts = []
    for start, size in ((40, 6), (60, 18)):
        edition = decided_and_published(people, bureau, at, size, 0, start=start)
        with CaptureQueriesContext(connection) as captured:
            history(edition.round)
            due(edition.round, edition.published_at)
            list(standing_rows(edition.round))
        counts.append(len(captured))
        assert Entry.objects.filter(round=edition.round).count() == size
    assert counts[0] == counts[1] <= 10


def test_opening_listings_and_publishing_cost_the_same_statements_whatever_is_listed(
    people: People, bureau: Person, at: datetime
) -> None:
    opening, publishing = [], []
    drain()
    for start, black in ((40, 1), (60, 4)):
        round_ = reviewed(people, at, 12, black, start=start)
        request_decision(round=round_, by=people["director"], at=at)
        with CaptureQueriesContext(connection) as captured:
            drain()
        opening.append(len(captured))
        after = at
        for entry in Entry.objects.filter(round=round_, company__isnull=False).select_related("company"):
            after = settled(round_, entry, [people["director"], bureau], people["officer"], "drop", at)
        with CaptureQueriesContext(connection) as captured:
            edition = published(round_, people["director"], bureau, after)
        publishing.append(len(captured))
        drain()
        assert edition.rows.exclude(reasons=[]).count() == black
    assert opening[0] == opening[1]
    assert publishing[0] == publishing[1]


def test_a_corrected_list_leaves_no_trace_in_later_streaks(
    edition: Edition, people: People, other: Person, at: datetime
) -> None:
    """Who was on watch by a list that was corrected was not on watch: as the rules of a later round see it."""
    black = edition.rows.filter(adverse=True)
    source = Source("tier_streak", "BLACK")
    later = in_review(people, at, [row.entry.community for row in black], code="later", first_day=date(2025, 1, 1))
    entries = list(later.entries.order_by("number"))
    with guards_lifted():
        for entry, row in zip(entries, black, strict=True):
            Entry.objects.filter(pk=entry.pk).update(company=row.company, company_name=row.company_name)
    entries = list(later.entries.order_by("number"))

    def streaks(moment: datetime) -> list[str]:
        stays = _stays(entries, later, moment)
        return [streak_known(source, _stay(entry, later), stays[entry.community_id]).text for entry in entries]

    after = edition.published_at + timedelta(days=1)
    assert streaks(after) == ["1", "1"]
    upheld(filed(black[0], people["officer"], after), other, after)
    assert streaks(after) == ["0", "1"]
    assert streaks(edition.published_at) == ["1", "1"]
