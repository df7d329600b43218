"""Phones and visits, the awkward cases: groups, roles that end, other forms, races, cuts, what it costs."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.guarded import guards_lifted
from tests.phones import bound, picture
from tests.programmes.assessments.test_field_commands import Day, _checks, codes, day  # noqa: F401 - `day` is a fixture

from mingjing.kernel.db.ids import uuid7
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.models import RoleGrant
from mingjing.kernel.places.actions import issue_entry_codes, withdraw_entry_code
from mingjing.kernel.places.models import Site
from mingjing.kernel.sync.models import Capture, Received
from mingjing.kernel.visits.models import Visit
from mingjing.programmes.assessments.actions.reviews import void_record
from mingjing.programmes.assessments.field import pack
from mingjing.programmes.assessments.models import Entry, Part, SheetEdit, TeamDay, TeamMember, VisitRecord
from mingjing.programmes.assessments.queries.checks import check_round
from mingjing.programmes.assessments.queries.schemes import scheme_of

pytestmark = pytest.mark.django_db
GOAL = 9
"""Statements of a sync of one visit, however much it holds (G3)."""


def test_two_communities_of_a_group_are_begun_together(day: Day) -> None:  # noqa: F811
    with guards_lifted():
        Entry.objects.filter(pk__in=[record.entry_id for record in day.records[:2]]).update(group="G1")
    day.open()
    entered = timezone.now().isoformat()
    begins = [
        day.told("begin", subject=record.subject, entered_at=entered, people=[], arrival={"how": "none"})
        for record in day.records
    ]
    assert day.states(*begins) == ["applied"] * 3
    joint = [visit.joint for visit in Visit.objects.order_by("subject")]
    assert joint[0] == joint[1] is not None
    assert joint[2] is None


def test_a_group_is_begun_at_one_of_its_sites(day: Day) -> None:  # noqa: F811
    """Its code, and a position beside it, hold for all of them; those of a site outside the group for none."""
    with guards_lifted():
        Entry.objects.filter(pk__in=[record.entry_id for record in day.records[1:]]).update(group="G1")
    first, other = (day.records[n].entry.community.site for n in (1, 0))
    Site.objects.filter(pk=day.records[2].entry.community.site_id).update(
        latitude="27.9", longitude="113.1", given_latitude="27.9", given_longitude="113.1", given_datum="WGS-84"
    )
    codes_of = {one.site_id: one.code for one in issue_entry_codes(sites=[first, other], by=None, at=timezone.now())}
    day.open()
    where = {"how": "code", "latitude": str(first.latitude), "longitude": str(first.longitude), "accuracy": 10}
    begins = [
        day.told("begin", subject=record.subject, entered_at=timezone.now().isoformat(), people=[],
                 arrival=where | {"code": codes_of[site.pk]})
        for record, site in zip(day.records, (first, first, first), strict=True)
    ]  # fmt: skip
    assert day.states(*begins) == ["applied"] * 3
    arrivals = {visit.subject: visit.arrival for visit in Visit.objects.all()}
    assert [arrivals[record.subject]["signals"] for record in day.records] == [["code_wrong"], [], []]
    assert arrivals[day.records[2].subject]["distance"] > 10_000


def test_beginning_twice_or_by_a_colleague_changes_nothing(day: Day) -> None:  # noqa: F811
    day.begun()
    first = day.record.visit_id
    again = day.told("begin", 1, entered_at=timezone.now().isoformat(), people=[], arrival={})
    assert day.states(again, phone=1) == ["applied"]
    assert day.record.visit_id == first
    assert Visit.objects.count() == 1


def test_the_sign_that_hangs_is_the_one_that_counts(day: Day) -> None:  # noqa: F811
    day.open()
    lost, hangs = None, None
    for record in day.records[:2]:
        (lost,) = issue_entry_codes(sites=[record.entry.community.site], by=None, at=timezone.now())
    assert lost is not None
    withdraw_entry_code(code=lost, by=None, at=timezone.now())
    (hangs,) = issue_entry_codes(sites=[lost.site], by=None, at=timezone.now())
    phone = day.phones[0]
    shown = phone.client.get("/field/api/pack/", headers=phone.bearer).json()["programmes"]["assessments"]["records"]
    assert shown[1]["entry_code"] == sha256(hangs.code.encode()).hexdigest()
    assert hangs.code not in str(shown)

    def begun(record: VisitRecord, code: str) -> list[str]:
        where = {"how": "code", "code": code, "latitude": "27.8", "longitude": "113.1", "accuracy": 10}
        command = day.told(
            "begin", subject=record.subject, entered_at=timezone.now().isoformat(), people=[], arrival=where
        )
        assert day.states(command) == ["applied"]
        return list(Visit.objects.get(subject=record.subject).arrival["signals"])

    assert begun(day.records[1], hangs.code) == []
    assert begun(day.records[2], lost.code) == ["code_wrong"]


@pytest.mark.parametrize(
    "arrival",
    [None, 7, [], {"how": ["code"]}, {"how": "code", "code": {"x": 1}}, {"latitude": "NaN", "longitude": "x"},
     {"latitude": "Infinity", "longitude": "1", "accuracy": 1}, {"latitude": "91", "longitude": "1", "accuracy": -5},
     {"how": "position", "latitude": "27.8", "longitude": "113.1", "accuracy": "20"}, {"reason": "x" * 5000}],
)  # fmt: skip
def test_an_arrival_that_cannot_be_read_is_a_signal_and_no_bar(day: Day, arrival: Any) -> None:  # noqa: F811
    day.open()
    command = day.told("begin", entered_at=timezone.now().isoformat(), people=[], arrival=arrival)
    assert day.states(command) == ["applied"]
    assert "position_missing" in day.record.visit.arrival["signals"]  # type: ignore[union-attr]


@pytest.mark.parametrize("entered", [None, "", "yesterday", "2026-11-28T05:30:00", "0001-01-01T00:00:00+00:00", 12])
def test_a_visit_without_a_time_is_refused(day: Day, entered: Any) -> None:  # noqa: F811
    day.open()
    answer = day.send(day.told("begin", entered_at=entered, people=[], arrival={}))
    assert codes(answer)[0] in {"visit.instant", "visit.too_early"}


def test_a_role_that_ended_records_nothing_more(day: Day) -> None:  # noqa: F811
    day.begun()
    with guards_lifted():
        RoleGrant.objects.filter(person=day.team[0]).update(last_day=timezone.localdate() - timedelta(days=1))
    assert codes(day.send(day.find())) == ["visit.not_yours"]
    assert day.record.revision == 0
    phone = day.phones[0]
    assert phone.client.get("/field/api/pack/", headers=phone.bearer).status_code == 200


def test_a_member_who_was_replaced_neither_records_nor_reads(day: Day) -> None:  # noqa: F811
    day.begun()
    TeamMember.objects.filter(team_day=day.day, person=day.team[0]).update(
        removed_at=timezone.now(), removal_reason="生病"
    )
    assert codes(day.send(day.find())) == ["visit.not_of_team"]
    assert pack(day.team[0], timezone.now())["records"] == []


def test_a_record_of_another_team_is_not_edited(day: Day) -> None:  # noqa: F811
    other = TeamDay.objects.create(draw=day.day.draw, day=day.day.day, team=2, opened_at=day.at, pick_seed="0" * 64)
    foreign = VisitRecord.objects.create(round=day.made.round, entry=day.made.round.entries.last(), team_day=other)
    assert codes(day.send(day.told("edit", subject=foreign.subject, edit="looked", check="A1.3"))) == [
        "visit.not_of_team"
    ]
    assert codes(day.send(day.told("open_day", subject=other.subject))) == ["visit.unknown"]


def test_a_void_record_takes_nothing_more_and_says_so(day: Day) -> None:  # noqa: F811
    day.begun()
    void_record(record=day.record, reason="重来", by=day.made.by, at=timezone.now())
    assert codes(day.send(day.find(), day.photo(picture(3)))) == ["visit.void", "visit.void"]


def test_a_form_of_another_version_is_refused(day: Day) -> None:  # noqa: F811
    day.begun()
    ours = f"{day.record.round.scheme.digest}/{day.record.entry.class_code}"
    edits = [day.find(rubric=ours), day.find("A1.2", rubric="0" * 64 + "/A"), day.edit("looked", "A1.3", rubric=[1])]
    answer = day.send(*edits)
    assert [one["state"] for one in answer["outcomes"]] == ["applied", "refused", "refused"]
    assert set(codes(answer)) == {"visit.other_rubric"}
    assert "rubric" not in SheetEdit.objects.get().payload


@pytest.mark.parametrize("kind", ["assessments.nothing", "assessments.open_day", "evidence.photo"])
def test_a_kind_nobody_knows_is_refused_by_itself(day: Day, kind: str) -> None:  # noqa: F811
    day.begun()
    odd = {**day.find(), "kind": kind}
    answer = day.send(day.find(), odd, day.edit("looked", "A1.3"))
    assert [one["state"] for one in answer["outcomes"]] == ["applied", "refused", "applied"]


def test_what_was_answered_but_never_arrived_is_answered_the_same_again(day: Day) -> None:  # noqa: F811
    """A cut after the installation's commit: the phone sends the whole lot again, and more."""
    day.begun()
    lot = [day.photo(picture(1)), day.find(), day.edit("looked", "A1.3"), day.edit("looked", "Z9.9")]
    first = day.send(*lot)
    before = [model.objects.count() for model in (SheetEdit, Capture, Fact, Received)]
    again = day.send(*lot)
    assert again["outcomes"] == first["outcomes"]
    assert before == [model.objects.count() for model in (SheetEdit, Capture, Fact, Received)]
    more = day.send(*lot, day.edit("looked", "A1.4"))
    assert [one["state"] for one in more["outcomes"]] == ["applied"] * 3 + ["refused", "applied"]


def test_a_kill_in_the_middle_leaves_nothing_and_the_next_time_everything(
    day: Day,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    day.begun()
    lot = [day.photo(picture(1), about="A1.1"), day.find(), day.edit("looked", "A1.3")]

    def killed(*_args: object, **_keywords: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr("mingjing.programmes.assessments.actions.visits.change", killed)
        answer = day.send(*lot)
    assert set(codes(answer)) == {"sync.failed"}
    assert (Capture.objects.count(), SheetEdit.objects.count(), day.record.revision) == (0, 0, 0)
    assert not Received.objects.filter(subject=day.subject, state="refused").exists()
    assert day.states(*lot) == ["applied"] * 3


def test_a_sync_of_a_whole_visit_keeps_to_nine_statements(day: Day) -> None:  # noqa: F811
    day.begun()
    checks = list(scheme_of(day.record.round.scheme).rubrics[day.record.entry.class_code].checks)
    raws = [picture(200 + n) for n in range(20)]
    photos = [day.photo(raw, about=checks[n]) for n, raw in enumerate(raws)]
    finds = [day.find("A3.1", evidence=[sha256(raw).hexdigest()]) for raw in raws]
    more = [day.edit("looked", code) for code, kind in _checks(day) if code != "A3.1" and kind != "RATIO"][:20]
    more += [day.edit("find", "A3.1", finding=str(uuid7()), count=1, place=f"{n}栋") for n in range(25)]
    with CaptureQueriesContext(connection) as captured:
        answer = day.send(*photos, *finds, *more, worker=False)
    assert len(answer["outcomes"]) == 85
    asked = [one["sql"] for one in captured if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
    taken = [one["state"] for one in answer["outcomes"]]
    assert taken.count("applied") > 60, codes(answer)
    assert len(asked) <= GOAL, f"{len(asked)} statements:\n" + "\n".join(sql[:140] for sql in asked)


def test_the_round_agrees_with_the_ledger_after_work_on_phones(day: Day) -> None:  # noqa: F811
    day.begun()
    stairs = day.edit("sampled", "A3.1", population=18)
    answer = day.send(stairs, day.find())
    assert answer["outcomes"][1]["state"] == "applied"
    told = {one.code for one in check_round(day.made.round, Counter())}
    assert not told & {"check.edits_unfit", "check.sheet", "check.picks", "check.signatures"}
    assert verify().whole


@pytest.fixture
def seen(day: Day) -> Iterator[VisitRecord]:  # noqa: F811
    """A sealed record of the same person, tomorrow."""
    tomorrow = TeamDay.objects.create(draw=day.day.draw, day=day.day.day + timedelta(days=1), team=1)
    TeamMember.objects.create(team_day=tomorrow, person=day.team[0], part=Part.STAFF, added_at=day.at)
    return VisitRecord.objects.create(round=day.made.round, entry=day.made.round.entries.last(), team_day=tomorrow)  # type: ignore[return-value]


def test_a_pack_is_the_same_wherever_sealed_days_lead(day: Day, seen: VisitRecord) -> None:  # noqa: F811
    now = timezone.now()
    day.open()
    before = pack(day.team[0], now)
    other = day.made.round.entries.exclude(pk__in=VisitRecord.objects.values("entry")).first()
    with guards_lifted():
        VisitRecord.objects.filter(pk=seen.pk).update(entry=other)
    assert pack(day.team[0], now) == before
    assert seen.subject not in str(before)
    assert seen.entry.name not in str(before)


def test_a_phone_of_somebody_without_any_visit_gets_an_empty_pack(day: Day) -> None:  # noqa: F811
    stranger = bound(day.made.staff[1], day.at)
    part = stranger.client.get("/field/api/pack/", headers=stranger.bearer).json()["programmes"]["assessments"]
    assert part == {"days": [], "records": [], "rubrics": {}, "notes": []}
