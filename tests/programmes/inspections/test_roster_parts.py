"""Large files for the register are taken in by parts, with others writing meanwhile; whole, or not at all."""

from collections.abc import Sequence
from datetime import date
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.programmes.inspections import scenes
from tests.programmes.inspections.filed import Row, code, firm, read, take, undisturbed
from tests.programmes.inspections.scenes import SINCE, Scene

from mingjing.engine.outcome import Refusal
from mingjing.kernel.intakes import actions as way
from mingjing.kernel.jobs.models import Delivery
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.ledger import verify
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.actions import record_organisation
from mingjing.programmes.inspections.actions import firms, rosters
from mingjing.programmes.inspections.models import Firm, Grade, Roster
from mingjing.programmes.inspections.queries.codes import firm_of


@pytest.fixture
def scene(db: None, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Scene:
    return undisturbed(settings, tmp_path, monkeypatch)


def test_of_many_new_firms_the_one_that_is_refused_is_named(scene: Scene) -> None:
    with pytest.raises(Refusal) as caught:
        take(scene, "firms", [firm(1), firm(2, 企业名称="名" * 250), firm(3)])
    assert [one.row for one in caught.value.problems] == [3]
    assert Firm.objects.count() == 1


def begun(scene: Scene, monkeypatch: pytest.MonkeyPatch, rows: Sequence[Row], dies: int) -> Roster:
    """An approved file that is taken in two rows at a time; in the part of this number its worker was killed."""
    monkeypatch.setattr("mingjing.programmes.inspections.queries.rosters.BATCH", 2)
    monkeypatch.setattr(rosters, "BATCH", 2)
    made, plain, calls = read(scene, "firms", rows), firms.register_firms, list[int]()

    def killed(**told: Any) -> Any:
        calls.append(len(told["told"]))
        found = plain(**told)
        if len(calls) == dies:
            raise KeyboardInterrupt
        return found

    rosters.approve_roster(roster=made, by=scene.supervisor, at=timezone.now())
    with monkeypatch.context() as patched:
        patched.setattr(firms, "register_firms", killed)
        with pytest.raises(KeyboardInterrupt):
            drain()
    Delivery.objects.unfinished().update(worker="", due_at=timezone.now())
    made.refresh_from_db()
    return made


def test_a_reading_that_is_done_is_not_begun_again(scene: Scene) -> None:
    with pytest.raises(way.Superseded):
        way.begin_reading(intake=read(scene, "firms", [firm(1)]), by=None, at=SINCE)


def test_work_that_was_killed_goes_on_after_its_last_part(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    made = begun(scene, monkeypatch, [firm(number) for number in range(5)], dies=2)
    registered = Fact.objects.filter(kind="inspections.firm.registered")
    assert (made.state, made.taken, registered.count()) == ("applying", 3, 3)
    assert Firm.objects.count() == 1, "nobody sees those that are recorded: the file is not taken in"
    drain()
    made.refresh_from_db()
    assert (made.state, Firm.objects.count(), registered.count()) == ("applied", 6, 6)
    assert Fact.objects.get(kind="inspections.roster.applied").values["added"] == 5
    assert not verify.verify().problems
    with pytest.raises(way.Superseded):
        rosters.apply_roster(roster=made, by=None, at=SINCE)
    with pytest.raises(way.Superseded):
        rosters.take_part(roster=made, by=None, at=SINCE)
    assert read(scene, "firms", [firm(number) for number in range(5)]).counts["same"] == 5


def test_a_firm_that_is_only_coming_is_asked_for_in_vain(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gate, wall, draws and pages ask for firms of the register; recording it by hand waits for the file."""
    begun(scene, monkeypatch, [firm(number) for number in range(5)], dies=2)
    coming = Firm.every.select_related("organisation", "site").get(organisation__credit_code=code(1))
    assert coming.site is not None
    assert firm_of(coming.site.entry_codes.get().code) is None
    told = {"area": scene.area, "by": scene.supervisor, "at": timezone.now()}
    with pytest.raises(Refusal) as caught:
        firms.register_firm(organisation=coming.organisation, **told)
    assert [one.code for one in caught.value.problems] == ["inspections.firm.coming"]
    drain()
    assert firm_of(coming.site.entry_codes.get().code) == coming


def test_what_comes_between_two_parts_leaves_nothing_on_the_register(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody records by hand what the last part would bring: the file fails, and may be handed in again."""
    rows = [firm(number) for number in range(5)]
    made = begun(scene, monkeypatch, rows, dies=3)
    assert Firm.every.count() == 5
    told = {"area": scene.area, "by": scene.supervisor, "at": timezone.now()}
    own = record_organisation(credit_code=code(4), name="手工登记", **told)
    firms.register_firm(organisation=own, **told)
    drain()
    made.refresh_from_db()
    assert (made.state, {(one.row, one.code) for one in made.told_problems}) == (
        "failed", {(6, "inspections.roster.stale")},
    )  # fmt: skip
    assert Firm.every.count() == 2, "the one of the scene, and the one by hand"
    assert not Grade.objects.exists()
    assert not verify.verify().problems
    changed = {"added": 4, "changed": 1, "same": 0}
    assert take(scene, "firms", rows) == changed
    assert Firm.objects.count() == 6


def test_every_line_is_looked_at_before_the_first_is_recorded(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    take(scene, "firms", [firm(1), firm(2)])
    monkeypatch.setattr(rosters, "BATCH", 2)
    facts = Fact.objects.filter(kind="parties.organisation.recorded")
    before = facts.count()
    again = [firm(number, 风险等级="C级") for number in (1, 2)]
    with pytest.raises(Refusal) as caught:
        take(scene, "firms", [firm(8), again[0], firm(9), again[1]])
    assert [(one.row, one.code) for one in caught.value.problems] == [
        (3, "inspections.grade.held"), (5, "inspections.grade.held"),
    ]  # fmt: skip
    assert (facts.count(), Firm.every.count()) == (before, 3), "no body, no firm of this file"


@pytest.mark.django_db(transaction=True)
def test_others_write_while_a_file_is_taken_in(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two parts another writer need not wait at all, and does not see the firms that are recorded."""
    settings.DATA_DIR = tmp_path
    scene = scenes.build(bodies=1, firms=1)
    monkeypatch.setattr(rosters, "BATCH", 2)
    made, seen = read(scene, "firms", [firm(number) for number in range(5)]), list[tuple[str, int, int]]()

    def written() -> None:
        try:
            if connection.vendor == "sqlite":
                connection.cursor().execute("PRAGMA busy_timeout = 0")
            number = 20 + len(seen)
            scenes.organisation("92", number, f"另一家{number}", scene.area)
            state = Roster.objects.get(pk=made.pk).state
            seen.append((state, Firm.objects.count(), Firm.every.count()))
        finally:
            connection.close()

    def rested(_seconds: float) -> None:
        other = Thread(target=written)
        other.start()
        other.join()

    monkeypatch.setattr("mingjing.programmes.inspections.jobs.rosters.time.sleep", rested)
    rosters.approve_roster(roster=made, by=scene.supervisor, at=timezone.now())
    drain()
    made.refresh_from_db()
    assert made.state == "applied"
    assert seen[-3:] == [("applying", 1, 3), ("applying", 1, 5), ("applying", 1, 6)]
    assert Firm.objects.count() == 6


def test_a_part_of_new_firms_costs_as_many_statements_as_one(scene: Scene) -> None:
    counts = []
    for first, many in ((100, 1), (200, 40)):
        made = read(scene, "firms", [firm(number) for number in range(first, first + many)])
        rosters.approve_roster(roster=made, by=scene.supervisor, at=timezone.now())
        with CaptureQueriesContext(connection) as asked:
            assert rosters.take_part(roster=made, by=None, at=SINCE)
            rosters.apply_roster(roster=made, by=None, at=SINCE)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_grades_of_known_firms_cost_as_many_statements_as_one(scene: Scene) -> None:
    """A year's grades for the whole register: SQLite has one writer, whom nobody waits for longer than they must."""
    numbers = range(300, 341)
    take(scene, "firms", [firm(number) for number in numbers])
    counts = []
    for some, grade in ((numbers[:1], "C级"), (numbers[1:], "D级")):
        made = read(scene, "firms", [firm(number, 风险等级=grade, 评定日期="2026/7/1") for number in some])
        rosters.approve_roster(roster=made, by=scene.supervisor, at=timezone.now())
        with CaptureQueriesContext(connection) as asked:
            rosters.apply_roster(roster=made, by=None, at=timezone.now())
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert sorted(Grade.objects.filter(first_day="2026-07-01").values_list("grade", flat=True)) == ["C"] + ["D"] * 40
    told = [fact.values["grade"] for fact in Fact.objects.filter(kind="inspections.firm.graded").order_by("seq")]
    assert told == ["C"] + ["D"] * 40
    assert verify.verify().whole


def test_of_many_known_firms_the_one_that_is_refused_is_named(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    take(scene, "firms", [firm(number) for number in range(1, 6)])
    rows = [firm(number, 行业="物流", 风险等级="C级", 评定日期="2026/7/1") for number in range(1, 6)]
    made = read(scene, "firms", rows)
    held = Firm.objects.get(organisation__credit_code=code(3))
    day = date(2026, 7, 1)
    firms.grade_firm(firm=held, grade="C", first_day=day, basis="年度评价", by=scene.supervisor, at=timezone.now())
    rosters.approve_roster(roster=made, by=scene.supervisor, at=timezone.now())
    drain()
    made.refresh_from_db()
    assert made.state == "failed"
    assert {one.row for one in made.told_problems} == {4}
    assert not Firm.objects.filter(industry="物流").exists(), "the file fails whole"


def test_while_others_wait_new_firms_and_their_grades_are_only_written(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rosters, "BATCH", 2)
    made = read(scene, "firms", [firm(number) for number in range(300, 307)])
    rosters.approve_roster(roster=made, by=scene.supervisor, at=timezone.now())
    while rosters.take_part(roster=made, by=None, at=SINCE):
        pass
    with CaptureQueriesContext(connection) as asked:
        rosters.apply_roster(roster=made, by=None, at=SINCE)
    said = [one["sql"] for one in asked.captured_queries]
    seen = next(at for at, sql in enumerate(said) if sql.startswith('UPDATE "inspections_firm"'))
    graded = [at for at, sql in enumerate(said) if sql.startswith('INSERT INTO "inspections_grade"')]
    assert len(graded) == 4, "three batches of two and one"
    assert graded == list(range(seen + 1, seen + 5)), "nothing is looked up between them"
    assert Grade.objects.filter(recorded_at=SINCE).count() == 7
