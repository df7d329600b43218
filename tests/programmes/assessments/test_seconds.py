"""Blind second visits: drawn so that anybody can draw again, by another team, unknown to the first, and counted."""

import json
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests.faces import district
from tests.guarded import guards_lifted
from tests.programmes.assessments import rounds, second_lots
from tests.programmes.assessments.contested import codes, exhibit, reviewed
from tests.programmes.assessments.test_objections import _bad
from tests.programmes.assessments.test_round_decisions import decided

from mingjing.engine.outcome import Problem, Refusal
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.actions import rounds as round_actions
from mingjing.programmes.assessments.actions.gaps import decide_gap
from mingjing.programmes.assessments.actions.seconds import assign_second, commit_lot, draw_lot
from mingjing.programmes.assessments.models import (
    Entry,
    Filing,
    Purpose,
    Round,
    SecondDraw,
    TeamMember,
    VisitRecord,
)
from mingjing.programmes.assessments.policy.listings import gaps
from mingjing.programmes.assessments.policy.seconds import Inputs, Slot, check_seconds, draw_seconds, wanted
from mingjing.programmes.assessments.queries.listings import proposals
from mingjing.programmes.assessments.queries.rounds import facts_of
from mingjing.programmes.assessments.queries.seconds import lot_file, revisits

People = dict[str, Person]
SLOTS = (Slot("2026-04-01", 1), Slot("2026-04-01", 2), Slot("2026-04-02", 3))


def inputs(places: list[list[int]], share: str = "10") -> Inputs:
    sites = tuple((f"HT-{n:03d}", tuple(sorted(set(slots)))) for n, slots in enumerate(places))
    return Inputs("2026-1", share, SLOTS, sites)


@given(
    st.lists(st.lists(st.integers(0, 2), max_size=3), max_size=40), st.binary(min_size=32, max_size=32),
    st.sampled_from(["0", "10", "33.5", "100"]),
)  # fmt: skip
def test_a_lot_is_drawn_again_by_anybody_and_sends_nobody_where_they_may_not_go(
    places: list[list[int]], seed: bytes, share: str
) -> None:
    given_ = inputs(places, share)
    document = json.loads(json.dumps(draw_seconds(given_, seed.hex())))
    assert [type(reason) is Problem for reason in check_seconds(document)] == [False]
    assert second_lots.lot(document["inputs"], seed) == document["visits"]
    allowed = {(key, SLOTS[place].day, SLOTS[place].team) for key, slots in given_.sites for place in slots}
    drawn = [(visit["key"], visit["day"], visit["team"]) for visit in document["visits"]]
    assert set(drawn) <= allowed
    assert len({key for key, *_ in drawn}) == len(drawn) == wanted(given_)
    able = sum(bool(slots) for _, slots in given_.sites)
    assert len(drawn) == able or len(drawn) >= Fraction(share) / 100 * len(given_.sites)


@pytest.mark.parametrize("change", ["visits", "seed", "commitment", "inputs_digest", "inputs"])
def test_a_changed_lot_does_not_hold(change: str) -> None:
    document = json.loads(json.dumps(draw_seconds(inputs([[0, 1], [1, 2], [2]] * 5, "30"), "ab" * 32)))
    if change == "visits":
        document["visits"][0]["team"] = 9
    elif change == "inputs":
        document["inputs"]["sites"][0]["slots"] = [7]
    else:
        document[change] = "cd" * 32
    assert all(isinstance(reason, Problem) for reason in check_seconds(document))


def test_every_community_is_as_likely_as_the_next() -> None:
    asked = inputs([[0, 1, 2]] * 20)
    hits = dict.fromkeys((key for key, _ in asked.sites), 0)
    for n in range(2000):
        for visit in draw_seconds(asked, f"{n:064x}")["visits"]:
            hits[visit["key"]] += 1
    assert sum(hits.values()) == 4000
    assert min(hits.values()) > 150
    assert max(hits.values()) < 250


@pytest.fixture
def staff(people: People, at: datetime) -> list[Person]:
    area = Area.objects.get(code="430202")
    return [district.staff("officer", f"科员{n}", area, at, f"officer-{n}") for n in range(4)]


@pytest.fixture
def fieldwork(hetang: Version, people: People, staff: list[Person], at: datetime) -> Round:
    """A round in fieldwork: two teams of two, twelve communities."""
    rounds.register(12, at)
    round_ = rounds.opened(hetang, people["director"], at)
    round_actions.freeze_round(round=round_, by=people["director"], at=at)
    rounds.drawn(round_, staff, at)
    return round_actions.begin_fieldwork(round=round_, by=people["director"], at=at)


@pytest.mark.django_db
def test_a_lot_is_committed_to_then_drawn_and_stays_sealed(fieldwork: Round, people: People, at: datetime) -> None:
    director, day = people["director"], timezone.localdate(at) + timedelta(days=5)
    lot = commit_lot(round=fieldwork, days=[day], by=director, at=at)
    assert not VisitRecord.objects.filter(purpose=Purpose.SECOND).exists()
    lot = draw_lot(lot=lot, by=director, at=at)
    records = VisitRecord.objects.filter(purpose=Purpose.SECOND).select_related("team_day", "entry")
    assert len(records) == 2  # a tenth of twelve, rounded up
    for record in records:
        first = VisitRecord.objects.get(entry=record.entry, purpose=Purpose.FIRST)
        assert record.team_day.team != first.team_day.team
        assert record.team_day.is_sealed(timezone.localdate(at))
        assert not _people(record) & _people(first)
    assert lot_file(lot, day) is None
    raw = lot_file(lot, day + timedelta(days=1))
    assert raw is not None
    assert not any(isinstance(reason, Problem) for reason in check_seconds(json.loads(raw)))
    told = [fact.data for fact in Fact.objects.filter(kind__startswith="assessments.seconds.")]
    assert len(told) == 2
    assert not any(record.entry.number in data or record.entry.name in data for record in records for data in told)
    assert not Fact.objects.filter(kind="assessments.seconds.drawn", data__contains=lot.secret).exists()
    assert codes(lambda: draw_lot(lot=lot, by=director, at=at)) == ["seconds.drawn"]
    assert codes(lambda: commit_lot(round=fieldwork, days=[day], by=director, at=at)) == ["seconds.once"]


def _people(record: VisitRecord) -> set[int]:
    return set(TeamMember.objects.filter(team_day=record.team_day).values_list("person", flat=True))


@pytest.mark.django_db
def test_a_lot_needs_days_to_come_and_somebody_to_go(fieldwork: Round, people: People, at: datetime) -> None:
    today = timezone.localdate(at)
    commit: Any = {"round": fieldwork, "by": people["director"], "at": at}
    assert codes(lambda: commit_lot(days=[today], **commit)) == ["seconds.past"]
    assert codes(lambda: commit_lot(days=[], **commit)) == ["seconds.past"]
    assert not SecondDraw.objects.exists()
    TeamMember.objects.update(removed_at=at)
    assert codes(lambda: commit_lot(days=[today + timedelta(days=9)], **commit)) == ["seconds.nobody"]


@pytest.mark.django_db
def test_another_team_is_another_team(fieldwork: Round, people: People, staff: list[Person], at: datetime) -> None:
    first = VisitRecord.objects.filter(round=fieldwork).select_related("entry", "team_day")[0]
    day = timezone.localdate(at) + timedelta(days=7)
    assign: Any = {"entry": first.entry, "day": day, "by": people["director"], "at": at}
    assert codes(lambda: assign_second(team=first.team_day.team, **assign)) == ["seconds.same_team"]
    TeamMember.objects.filter(team_day__team=2).update(removed_at=at)
    for team_day in first.team_day.draw.team_days.filter(team=2):
        TeamMember.objects.create(team_day=team_day, person=staff[0], part="staff", added_at=at)
    assert codes(lambda: assign_second(team=2, **assign)) == ["seconds.same_team"]
    TeamMember.objects.filter(team_day__team=2, person=staff[0]).update(removed_at=at)
    for team_day in first.team_day.draw.team_days.filter(team=2):
        TeamMember.objects.create(team_day=team_day, person=staff[2], part="staff", added_at=at)
    record = assign_second(team=2, **assign)
    assert (record.purpose, record.team_day.day) == ("second", day)
    assert codes(lambda: assign_second(team=2, **assign)) == ["seconds.twice"]


@pytest.fixture
def apart(people: People, at: datetime) -> tuple[Round, Entry]:
    """A round in review with a community that one team found flawless and another as bad as can be."""
    round_ = reviewed(people, at, 8, 1)
    second = VisitRecord.objects.select_related("entry__round__area", "entry__company").get(
        entry__round=round_, purpose="second"
    )
    shown = exhibit(second.subject, round_.area, at)
    with guards_lifted():
        Filing.objects.filter(entry=second.entry).delete()
        VisitRecord.objects.filter(pk=second.pk).update(sheet=_bad(second, shown.sha256))
    return round_, second.entry


@pytest.mark.django_db
def test_two_visits_far_apart_stop_the_decision_until_two_people_say_which_counts(
    apart: tuple[Round, Entry], people: People, at: datetime
) -> None:
    round_, entry = apart
    assert facts_of(round_).gaps == (entry.name,)
    with pytest.raises(Refusal) as refused:
        decided(round_, people, at)
    assert [problem.code for problem in refused.value.problems] == ["round.gaps"]
    vote = {"entry": entry, "stance": "second", "note": "第一次检查时隐患被临时遮挡", "at": at}
    assert codes(lambda: decide_gap(**vote, by=people["officer"])) == ["process.involved"]  # type: ignore[arg-type]
    decide_gap(**vote, by=people["director"])  # type: ignore[arg-type]
    assert facts_of(round_).gaps == (entry.name,)
    decide_gap(**vote, by=people["auditor"])  # type: ignore[arg-type]
    assert facts_of(round_).gaps == ()
    result = decided(round_, people, at).results.get(entry=entry)
    assert result.base == 0
    assert result.sheet_document["attributes"]["failed_teams"] == "1"
    assert result.tier != "BLACK"


@pytest.mark.django_db
@pytest.mark.parametrize(("stance", "base"), [("first", 10_000), ("both", 10_000), ("second", 0)])
def test_the_visit_that_counts_gives_the_points(
    apart: tuple[Round, Entry], people: People, at: datetime, stance: str, base: int
) -> None:
    round_, entry = apart
    for person in (people["director"], people["auditor"]):
        decide_gap(entry=entry, stance=stance, note="两组照片均已核对", by=person, at=at)
    assert decided(round_, people, at).results.get(entry=entry).base == base


@pytest.mark.django_db
def test_two_teams_below_sixty_are_seen_by_the_rule_that_asks_for_two(people: People, at: datetime) -> None:
    round_ = reviewed(people, at, 8, 1)
    records = VisitRecord.objects.filter(entry__records__purpose="second", round=round_).select_related("entry")
    entry = records[0].entry
    with guards_lifted():
        Filing.objects.filter(entry=entry).delete()
        for record in records:
            VisitRecord.objects.filter(pk=record.pk).update(
                sheet=_bad(record, exhibit(record.subject, round_.area, at).sha256)
            )
    assert [(one.entry, one.tier, one.again) for one in revisits(round_, at)] == [(entry, "BLACK", True)]
    result = decided(round_, people, at).results.get(entry=entry)
    assert (result.tier, result.sheet_document["attributes"]["failed_teams"]) == ("BLACK", "2")
    (one,) = proposals(round_, at)
    assert gaps(one.case) == ()


@pytest.mark.django_db
def test_whom_one_team_alone_found_below_sixty_another_has_to_look_at(people: People, at: datetime) -> None:
    round_ = reviewed(people, at, 8, 0)
    record = VisitRecord.objects.filter(round=round_).select_related("entry")[0]
    with guards_lifted():
        VisitRecord.objects.filter(pk=record.pk).update(sheet=_bad(record, "ab" * 32))
    assert [(one.entry, one.again) for one in revisits(round_, at)] == [(record.entry, False)]
    assert decided(round_, people, at).results.get(entry=record.entry).tier != "BLACK"
