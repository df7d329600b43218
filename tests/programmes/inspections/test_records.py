"""What rules see of entries as they lie there: edges of days, joint and late ones, corrections, rules by their day."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from tests.faces.district import credit_code
from tests.programmes.inspections import doors, packs

from mingjing.engine.outcome import Refusal
from mingjing.kernel.db.ids import uuid7
from mingjing.kernel.jobs.actions import begin_day
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.parties.actions import record_organisation
from mingjing.kernel.rulebooks.actions import create_rulebook, publish_version, save_draft, start_draft
from mingjing.programmes.inspections.actions import entries, refusals
from mingjing.programmes.inspections.actions.warnings import judge_authority, judge_firm, judge_plan
from mingjing.programmes.inspections.models import Entry, Finding, Firm, Warning
from mingjing.programmes.inspections.models import Refusal as RefusalRow
from mingjing.programmes.inspections.policy.packs import joined
from mingjing.programmes.inspections.policy.rules import KIND, read_rules
from mingjing.programmes.inspections.queries.gate import decide, replayed
from mingjing.programmes.inspections.queries.packs import pack_of, rules_in
from mingjing.programmes.inspections.queries.records import as_visit, records_of

NEW_YEAR = datetime(2026, 1, 1, 0, 0, tzinfo=doors.CHINA)
ORDINARY = {"purpose": "routine", "trigger": "plan"}


@pytest.fixture
def scene(db: None) -> doors.Scene:
    return doors.build()


def facts(scene: doors.Scene, entry: Entry, today: date) -> dict[str, Any]:
    (found,) = [one for one in records_of(scene.firm, today=today) if one.record == entry.subject]
    return dict(found.facts)


def raised(scene: doors.Scene, rule: str, at: datetime) -> list[Warning]:
    judge_firm(firm=scene.firm, at=at)
    return list(Warning.objects.filter(firm=scene.firm, rule=rule, lapsed_at=None).order_by("first_day"))


def test_a_year_ends_at_midnight_of_the_place(scene: doors.Scene) -> None:
    for at in (NEW_YEAR - timedelta(minutes=1), NEW_YEAR, NEW_YEAR + timedelta(days=60)):
        scene.enter(at, **ORDINARY)
    assert raised(scene, "B2", NEW_YEAR + timedelta(days=61)) == [], "one in 2025 and two in 2026"
    scene.enter(NEW_YEAR + timedelta(days=120), **ORDINARY)
    (over,) = raised(scene, "B2", NEW_YEAR + timedelta(days=121))
    assert (over.count, over.first_day) == (3, date(2026, 1, 1))


def test_a_joint_visit_is_one_for_the_firm(scene: doors.Scene) -> None:
    joint = uuid7()
    for body in (0, 1):
        scene.enter(NEW_YEAR + timedelta(hours=9), body=body, joint=joint, **ORDINARY)
    assert raised(scene, "B6", NEW_YEAR + timedelta(days=1)) == []
    scene.enter(NEW_YEAR + timedelta(days=1), body=1, **ORDINARY)
    assert [one.count for one in raised(scene, "B6", NEW_YEAR + timedelta(days=2))] == [2]


@pytest.mark.parametrize(("days", "level"), [(0, None), (1, 1), (10, 1), (11, 3)])
def test_late_entries_by_the_day(scene: doors.Scene, days: int, level: int | None) -> None:
    at = NEW_YEAR + timedelta(hours=20)
    entries.record_late(arrival=scene.arrival(at), reason="断网", by=None, at=at + timedelta(days=days))
    assert [one.level for one in raised(scene, "C2", at + timedelta(days=days))] == ([level] if level else [])


@pytest.mark.parametrize(("day", "fires"), [(7, False), (8, True)])  # 2 January 2026 is off, 4 January is worked
def test_an_entry_without_a_code_has_three_working_days(scene: doors.Scene, day: int, fires: bool) -> None:
    at, filed = NEW_YEAR + timedelta(days=3, hours=9), datetime(2026, 1, day, 9, tzinfo=doors.CHINA)
    entries.record_without_code(arrival=scene.arrival(at), reason="系统故障", by=None, at=filed)
    assert bool(raised(scene, "C3", filed)) is fires


def test_clocks_of_leaving_and_results(scene: doors.Scene) -> None:
    at = datetime(2026, 3, 2, 22, tzinfo=doors.CHINA)  # a Monday
    entry = scene.enter(at, leave=False)
    assert "left" not in facts(scene, entry, date(2026, 3, 2))
    assert facts(scene, entry, date(2026, 3, 3))["left"] == "missing"
    assert facts(scene, entry, date(2026, 3, 9))["result_days"] == 5
    begin_day(at=datetime(2026, 3, 10, 1, tzinfo=doors.CHINA))
    assert begin_day(at=datetime(2026, 3, 10, 9, tzinfo=doors.CHINA)) is None, "a day begins once"
    assert [one.level for one in raised(scene, "C6", datetime(2026, 3, 10, 1, tzinfo=doors.CHINA))] == [2]
    assert [one.level for one in raised(scene, "C6", datetime(2026, 3, 17, 1, tzinfo=doors.CHINA))] == [3]
    entries.scan_out(entry=entry, left_at=at + timedelta(hours=3), by=None, at=at + timedelta(days=1))
    entry.refresh_from_db()
    assert facts(scene, entry, date(2026, 3, 3))["left"] == "later"


def test_a_correction_takes_findings_along_and_is_as_late_as_the_first(scene: doors.Scene) -> None:
    at = NEW_YEAR + timedelta(hours=9)
    entry = scene.enter(at, leave=False)
    (row,) = entry.items.all()
    result = entries.Result(item=row.item_id, result="finding", findings=[("标签缺失", date(2026, 1, 20))])
    entries.scan_out(
        entry=entry, left_at=at + timedelta(hours=1), results=[result], by=None, at=at + timedelta(hours=1)
    )
    before = decide(scene.arrival(at + timedelta(days=9))).facts["open_finding"]
    later = at + timedelta(days=30)
    right = entries.correct(
        entry=entry, arrival=scene.arrival(at + timedelta(hours=2)), reason="时间有误", by=None, at=later,
        left_at=at + timedelta(hours=3),
    )  # fmt: skip
    assert facts(scene, right, later.date())["days_late"] == 0
    assert decide(scene.arrival(later)).facts["open_finding"] == before == "yes"
    (finding,) = Finding.objects.filter(entry_item__entry=right)
    entries.settle_finding(finding=finding, followed="已整改", by=None, at=later)
    assert decide(scene.arrival(later + timedelta(days=1))).facts["open_finding"] == "no"
    with pytest.raises(Refusal):
        entries.void(entry=entry, reason="再作废", by=None, at=later)


def test_an_entry_corrected_into_another_firms_leaves_the_first(scene: doors.Scene) -> None:
    entry = scene.enter(NEW_YEAR)
    assert raised(scene, "B7", NEW_YEAR)
    other = _another_firm(scene)
    arrival = scene.arrival(NEW_YEAR, firm=1)
    entries.correct(entry=entry, arrival=arrival, reason="企业有误", by=None, at=NEW_YEAR + timedelta(days=1))
    drain()
    assert not Warning.objects.filter(firm=scene.firm, rule="B7", lapsed_at=None).exists()
    assert Warning.objects.filter(firm=scene.firm, rule="B7").exists()
    assert Warning.objects.filter(firm=other, rule="B7", lapsed_at=None).exists()


def _another_firm(scene: doors.Scene) -> Any:
    company = record_organisation(
        credit_code=credit_code(777), name="另一家公司", area=scene.area, by=None, at=doors.LONG_AGO
    )
    firm = Firm.objects.create(organisation=company, area=scene.area, recorded_at=doors.LONG_AGO)
    scene.firms.append(firm)
    return firm


def test_a_pack_that_changes_in_mid_year_judges_each_visit_by_its_day(scene: doors.Scene) -> None:
    by, at = scene.people["director"], doors.LONG_AGO
    document = packs.document()
    draft = create_rulebook(
        kind=KIND, code="of-the-district", titles=document["title"], area=scene.area, document=document, by=by, at=at
    )
    first = publish_version(version=draft, effective_from=date(2024, 1, 1), expected_digest=draft.digest, by=by, at=at)
    scene.enter(datetime(2026, 5, 1, 9, tzinfo=doors.CHINA))
    mild = {**document, "rules": [one for one in document["rules"] if one["code"] not in ("B7", "A6")]}
    second = start_draft(base=first, by=by, at=at)
    second = save_draft(version=second, document=mild, expected_revision=1, by=by, at=at)
    publish_version(version=second, effective_from=date(2026, 7, 1), expected_digest=second.digest, by=by, at=at)
    scene.enter(datetime(2026, 6, 30, 23, 59, tzinfo=doors.CHINA))
    later = scene.enter(datetime(2026, 7, 1, 0, 0, tzinfo=doors.CHINA))
    found = raised(scene, "B7", datetime(2026, 7, 2, tzinfo=doors.CHINA))
    assert [str(one.last_day) for one in found] == ["2026-05-01", "2026-06-30"]
    assert {one.rules_id for one in found} == {first.pk}
    assert (later.rules_id, later.answers) == (second.pk, replayed(later))
    often = raised(scene, "B4", datetime(2026, 7, 2, tzinfo=doors.CHINA))
    assert often == [], "two in July's window"
    assert [one.version for one in rules_in(scene.area).spans] == [first.pk, second.pk]


def test_a_rule_that_the_next_pack_keeps_goes_on() -> None:
    pack = packs.pack()
    document = packs.document()
    document["rules"] = [one for one in document["rules"] if one["code"] != "B4"]
    day = date(2026, 7, 1)
    both = joined([(date.min, day - timedelta(days=1), pack), (day, date.max, read_rules(document))])
    assert {one.code: one.last for one in both.rules if one.code in ("B4", "B5")} == {
        "B4": day - timedelta(days=1), "B5": date.max,
    }  # fmt: skip
    assert len(both.rules) == len(pack.rules)


def test_too_many_exempt_visits_of_a_quarter(scene: doors.Scene) -> None:
    for number in range(10):
        exempt = {"purpose": "case", "trigger": "complaint"} if number < 5 else ORDINARY
        scene.enter(NEW_YEAR + timedelta(days=number * 7), **exempt)
    judge_authority(authority=scene.body, day=date(2026, 3, 31), at=NEW_YEAR + timedelta(days=100))
    (found,) = Warning.objects.filter(rule="B9.share")
    assert (found.firm, found.authority, found.level) == (None, scene.body, 2)
    judge_authority(authority=scene.body, day=date(2026, 4, 1), at=NEW_YEAR + timedelta(days=100))
    found.refresh_from_db()
    assert found.lapsed_at is None, "another quarter says nothing of this one"


def test_a_campaign_that_spares_nobody(scene: doors.Scene) -> None:
    plan = scene.task(date(2026, 3, 1)).plan
    assert plan is not None
    judge_plan(plan=plan, at=NEW_YEAR)
    assert not Warning.objects.filter(rule="B8").exists(), "an annual plan is none"
    plan.kind = "campaign"
    judge_plan(plan=plan, at=NEW_YEAR)
    (found,) = Warning.objects.filter(rule="B8")
    assert (found.count, found.authority, found.lapsed_at) == (1, scene.body, None)
    plan.withdrawn_at = NEW_YEAR
    judge_plan(plan=plan, at=NEW_YEAR + timedelta(days=1))
    found.refresh_from_db()
    assert found.lapsed_at is not None


def test_a_refusal_always_opens_a_case(scene: doors.Scene) -> None:
    made = refusals.refuse(firm=scene.firm, task=scene.task(date(2026, 1, 1)), by=None, at=NEW_YEAR)
    assert made.case.startswith("cases.case:")
    assert RefusalRow.objects.get().authority == scene.body
    with pytest.raises(Refusal):
        refusals.refuse(firm=scene.firm, kind="complaint", by=None, at=NEW_YEAR)


def test_a_report_without_a_scan_within_a_day(scene: doors.Scene) -> None:
    scene.enter(NEW_YEAR)
    for day in (2, 3):
        refusals.record_report(firm=scene.firm, day=date(2026, 1, day), by=None, at=NEW_YEAR + timedelta(days=9))
    (found,) = raised(scene, "C1", NEW_YEAR + timedelta(days=9))
    assert found.first_day == date(2026, 1, 3)


def test_what_a_phone_showed_without_a_signal_is_kept_beside_the_answer(scene: doors.Scene) -> None:
    arrival = scene.arrival(NEW_YEAR)
    entry = entries.scan_in(
        arrival=arrival, door="offline", shown={"colour": "green"}, by=None, at=NEW_YEAR + timedelta(days=2)
    )
    assert (entry.colour, entry.shown) == ("red", {"colour": "green"})
    assert entry.visit.arrival["signals"] == ["gate_differs"]
    assert facts(scene, entry, date(2026, 1, 3))["days_late"] == 0
    assert as_visit(entry.visit, scene.firm.subject, grade="").facts["gate"] == "red"
    assert pack_of(entry.rules) is pack_of(None)
