"""Live warnings: what is kept after any history is what plain functions say of the same records; none vanishes."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import localdate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.programmes.inspections import doors

from mingjing.engine.kept import keep
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.visits.actions import start_visit
from mingjing.programmes.inspections.actions import entries, refusals
from mingjing.programmes.inspections.actions.warnings import judge_firm
from mingjing.programmes.inspections.models import Entry, Firm, Warning
from mingjing.programmes.inspections.policy.rules import Pack
from mingjing.programmes.inspections.policy.warnings import Warning as Said
from mingjing.programmes.inspections.queries.columns import Columns, Statements, opened, statements
from mingjing.programmes.inspections.queries.judged import found_in, of_firm
from mingjing.programmes.inspections.queries.records import load_of, records_of

START = datetime(2025, 11, 25, 9, tzinfo=doors.CHINA)
NOW = datetime(2026, 4, 20, 9, tzinfo=doors.CHINA)


def shown(firm: Firm) -> list[Any]:
    """The warnings that hold, as they are kept."""
    rows = Warning.objects.filter(firm=firm, lapsed_at=None)
    return sorted(
        ([one.rule, one.level, one.key, one.count, str(one.first_day), str(one.last_day), one.reasons] for one in rows),
        key=repr,
    )


def plain(firm: Firm, at: datetime = NOW) -> list[Any]:
    """What the plain function says of the firm's records."""
    found = of_firm(firm, localdate(at))
    return told(found_in(found.rules_in_force.pack, found.visits, found.reports))


def told(warnings: Iterable[Said]) -> list[Any]:
    """Warnings as `shown` gives them."""
    return sorted(
        ([one.rule.code, int(one.level), [list(key) for key in one.key], one.count, str(one.first), str(one.last),
          keep(one.reasons)] for one in warnings),
        key=repr,
    )  # fmt: skip


STEP = st.tuples(
    st.sampled_from(["enter", "enter", "enter", "late", "no_code", "assess", "void", "correct", "report", "judge"]),
    st.integers(0, 9),  # days since the last
    st.integers(0, 1),  # whose, or which
    st.sampled_from([("routine", "plan"), ("case", "complaint"), ("service", "plan"), ("random", "plan")]),
)


def play(scene: doors.Scene, steps: list[tuple[str, int, int, tuple[str, str]]]) -> None:
    """Take the steps one after the other, each some days later; what cannot be taken is passed over."""
    at, done = START, list[Entry]()
    for what, days, which, (purpose, trigger) in steps:
        at += timedelta(days=days, minutes=7)
        arrival = scene.arrival(at, which, purpose=purpose, trigger=trigger)
        by = arrival.officers[0]
        standing = [one for one in done if one.visit.voided_at is None]
        match what:
            case "enter":
                done.append(entries.scan_in(arrival=arrival, reason="有原因", by=by, at=at))
            case "late":
                late = at + timedelta(days=which * 12)
                done.append(entries.record_late(arrival=arrival, reason="断网", by=by, at=max(late, at)))
            case "no_code":
                done.append(entries.record_without_code(arrival=arrival, reason="系统故障", by=by, at=at))
            case "assess":
                start_visit(
                    programme="assessments", purpose="first", subject=scene.firm.subject, area=scene.area, site=None,
                    organisation=scene.firm.organisation, people=[(by, "lead")], entered_at=at, by=by, at=at,
                )  # fmt: skip
            case "void" if standing:
                entries.void(entry=standing[which % len(standing)], reason="误录", by=by, at=NOW)
            case "correct" if standing:
                old = standing[(which + 1) % len(standing)]
                done.append(entries.correct(entry=old, arrival=arrival, reason="日期有误", by=by, at=NOW))
            case "report":
                refusals.record_report(firm=scene.firm, day=at.date(), authority=scene.bodies[which], by=by, at=at)
            case "judge":
                judge_firm(firm=scene.firm, at=NOW)
        for one in done:
            one.visit.refresh_from_db()


def in_columns(firm: Firm, columns: Columns) -> list[Any]:
    """What the queries over columns say of the firm's records; what they say of authorities is not about it."""
    found = of_firm(firm, localdate(NOW))
    columns.add([*found.visits, *found.reports])
    said = columns.warnings(found.rules_in_force.pack, ready(found.rules_in_force.pack))
    return told(one for one in said if one.firm)


READY: list[tuple[Pack, Statements]] = []


def ready(pack: Pack) -> Statements:
    """The statements of the pack in force, which take a while to write and are the same for every history."""
    if not READY or READY[0][0] != pack:
        READY[:] = [(pack, statements(pack))]
    return READY[0][1]


class LiveIsPlain(TestCase):
    scene: doors.Scene
    columns: Columns

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.columns = cls.enterClassContext(opened())

    @classmethod
    def setUpTestData(cls) -> None:
        cls.scene = doors.build()

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(STEP, max_size=14))
    def test_after_any_history_what_is_kept_is_what_the_rules_say(self, steps: Any) -> None:
        play(self.scene, steps)
        ever = set(Warning.objects.values_list("pk", flat=True))
        judge_firm(firm=self.scene.firm, at=NOW)
        assert shown(self.scene.firm) == plain(self.scene.firm) == in_columns(self.scene.firm, self.columns)
        assert ever <= set(Warning.objects.values_list("pk", flat=True))
        assert judge_firm(firm=self.scene.firm, at=NOW) == 0, "judging again writes nothing"


@pytest.fixture
def scene(db: None) -> doors.Scene:
    return doors.build()


def codes() -> set[tuple[str, int, bool]]:
    return {(one.rule, one.level, one.lapsed_at is None) for one in Warning.objects.all()}


@pytest.mark.django_db
def test_reactions_keep_up_by_themselves(scene: doors.Scene) -> None:
    made = [scene.enter(NOW - timedelta(days=40 - 5 * at), body=at % 2) for at in range(3)]
    drain()
    assert ("B4", 2, True) in codes()
    assert ("B7", 3, True) in codes(), "no approval: red, and entered all the same"
    entries.void(entry=made[2], reason="误录", by=None, at=NOW)
    drain()
    assert ("B4", 2, False) in codes()
    lapsed = Warning.objects.get(rule="B4")
    assert lapsed.lapse is not None
    assert lapsed.lapse["fact"] > 0
    scene.enter(NOW - timedelta(days=30), body=0)
    drain()
    assert ("B4", 2, True) in codes()
    assert Warning.objects.filter(rule="B4").count() == 1


@pytest.mark.django_db
def test_an_assessment_counts_in_the_firms_load(scene: doors.Scene) -> None:
    by, day = scene.people["officer"], NOW - timedelta(days=3)
    start_visit(
        programme="assessments", purpose="first", subject=scene.firm.subject, area=scene.area, site=None,
        organisation=scene.firm.organisation, people=[(by, "lead")], entered_at=day, by=by, at=day,
    )  # fmt: skip
    scene.enter(day + timedelta(hours=2))
    drain()
    (found,) = Warning.objects.filter(rule="B6.day")
    assert found.level == 3
    assert sorted(one.record.split(":")[0] for one in found.records.all()) == ["inspections.entry", "visits.visit"]


@pytest.mark.django_db
def test_the_gate_names_the_visits_of_others_as_they_are_on_record(scene: doors.Scene) -> None:
    by, day = scene.people["officer"], NOW - timedelta(days=1)
    other = start_visit(
        programme="assessments", purpose="first", subject=scene.firm.subject, area=scene.area, site=None,
        organisation=scene.firm.organisation, people=[(by, "lead")], entered_at=day, by=by, at=day,
    )  # fmt: skip
    entry = scene.enter(day + timedelta(hours=2))
    found = {visit.record: visit.day for visit in load_of(scene.firm, until=NOW)}
    assert found == {f"visits.visit:{other.pk}": localdate(day), entry.subject: localdate(day)}
    assert set(found) == {visit.record for visit in records_of(scene.firm, today=localdate(NOW))}


@pytest.mark.django_db
def test_assessments_alone_can_be_too_frequent(scene: doors.Scene) -> None:
    """What we do ourselves is counted by the same rules: three times in thirty days is frequent."""
    by = scene.people["officer"]
    for days, frequent in ((25, False), (12, False), (1, True)):
        day = NOW - timedelta(days=days)
        start_visit(
            programme="assessments", purpose="first", subject=scene.firm.subject, area=scene.area, site=None,
            organisation=scene.firm.organisation, people=[(by, "lead")], entered_at=day, by=by, at=day,
        )  # fmt: skip
        drain()
        assert (("B4", 2, True) in codes()) is frequent
    found = Warning.objects.get(rule="B4")
    assert (found.firm, found.authority) == (scene.firm, None)
    assert {one.record.split(":")[0] for one in found.records.all()} == {"visits.visit"}


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["inspections_warning", "inspections_warningrecord", "inspections_entry"])
def test_nobody_deletes_what_happened(scene: doors.Scene, table: str) -> None:
    scene.enter(NOW)
    drain()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")
