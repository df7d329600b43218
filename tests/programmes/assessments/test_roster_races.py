"""Rosters under races and kills, read again, checked at the terminal; and a real table of communities."""

import csv
from argparse import Namespace
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from tests import children
from tests.faces import district
from tests.programmes.assessments.rostering import ROWS, apply, hand_in, registered, table, warnings
from tests.races import at_once, failures

from mingjing.engine.outcome import Refusal
from mingjing.kernel.intakes import actions as way
from mingjing.kernel.jobs.models import Delivery
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area, Site
from mingjing.programmes.assessments.actions import rosters as actions
from mingjing.programmes.assessments.actions.communities import remove_community, return_community
from mingjing.programmes.assessments.cli.rosters import run_roster_check
from mingjing.programmes.assessments.models import Community, Roster
from mingjing.programmes.assessments.queries import rosters as reading

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(people: dict[str, Person], at: datetime) -> Person:
    district.companies(2, at)
    return people["officer"]


class TestRights:
    def test_a_register_that_changed_since_is_not_written_over(self, officer: Person, at: datetime) -> None:
        first, *_ = registered(officer, at)
        roster = hand_in(table("HT-001,桂花苑,,,,,,0.9,,,"), officer, at)
        remove_community(community=first, reason="拆迁", by=officer, at=timezone.now())
        return_community(community=first, reason="未拆", by=officer, at=timezone.now())
        with pytest.raises(Refusal) as refused:
            actions.approve_roster(roster=roster, by=officer, at=at)
        assert [problem.code for problem in refused.value.problems] == ["roster.stale"]
        again = actions.read_again(roster=roster, by=officer, at=at)
        drain()
        apply(Roster.objects.get(pk=again.pk), officer, at)
        assert Community.objects.get(number="HT-001").fee_low == Decimal("0.9")
        assert Roster.objects.get(pk=roster.pk).state == "discarded"

    def test_what_changes_between_approval_and_work_is_seen_too(self, officer: Person, at: datetime) -> None:
        first, *_ = registered(officer, at)
        roster = hand_in(table("HT-001,桂花苑,,,,,,0.9,,,"), officer, at)
        actions.approve_roster(roster=roster, by=officer, at=at)
        remove_community(community=first, reason="拆迁", by=officer, at=timezone.now())
        drain()
        roster.refresh_from_db()
        assert (roster.state, [problem.code for problem in roster.told_problems]) == ("failed", ["roster.stale"])
        assert Community.objects.get(number="HT-001").fee_low == Decimal("0.3")

    def test_one_of_two_rosters_wins(self, officer: Person, at: datetime) -> None:
        registered(officer, at)
        one = hand_in(table("HT-001,桂花苑,,,,,,0.7,,,"), officer, at)
        other = hand_in(table("HT-001,桂花苑,,,,,,0.8,,,"), officer, at)
        actions.approve_roster(roster=one, by=officer, at=at)
        with pytest.raises(Refusal) as refused:
            actions.approve_roster(roster=other, by=officer, at=at)
        assert [problem.code for problem in refused.value.problems] == ["intake.another"]
        drain()
        with pytest.raises(Refusal):
            actions.approve_roster(roster=other, by=officer, at=at)
        assert Community.objects.get(number="HT-001").fee_low == Decimal("0.7")

    def test_a_roster_is_decided_once(self, officer: Person, at: datetime) -> None:
        roster = hand_in(table(*ROWS), officer, at)
        actions.discard_roster(roster=roster, by=officer, at=at)
        for decide in (actions.approve_roster, actions.discard_roster):
            with pytest.raises(Refusal):
                decide(roster=roster, by=officer, at=at)
        assert not Community.objects.exists()

    def test_work_done_twice_changes_nothing(self, officer: Person, at: datetime) -> None:
        registered(officer, at)
        before = Fact.objects.count(), list(Community.objects.values_list())
        Delivery.objects.update(done_at=None, due_at="2024-01-01T00:00:00Z")
        drain()
        assert (Fact.objects.count(), list(Community.objects.values_list())) == before

    def test_facts_name_nobody(self, officer: Person, at: datetime) -> None:
        registered(officer, at)
        told = "".join(Fact.objects.filter(kind__startswith="assessments.roster").values_list("data", flat=True))
        assert "物业" not in told
        assert "桂花" not in told

    @pytest.mark.parametrize("reason", ["", "  ", "长" * 301])
    def test_removing_needs_a_reason(self, officer: Person, at: datetime, reason: str) -> None:
        first, *_ = registered(officer, at)
        with pytest.raises(Refusal):
            remove_community(community=first, reason=reason, by=officer, at=timezone.now())
        assert Community.objects.current().count() == 3


class TestKilled:
    pytestmark = pytest.mark.django_db(transaction=True)

    @pytest.mark.parametrize("moment", ["keep_lines", "complete_reading", "apply_roster"])
    def test_a_killed_worker_leaves_nothing_half_done_and_the_next_one_finishes(
        self, officer: Person, at: datetime, monkeypatch: pytest.MonkeyPatch, moment: str
    ) -> None:
        monkeypatch.setattr(reading, "CHUNK", 2)
        area = Area.objects.get(code="430202")
        content = BytesIO(table(*ROWS).encode())
        roster = actions.request_roster(area=area, file=content, file_name="r.csv", by=officer, at=at)
        if moment == "apply_roster":
            drain()
            actions.approve_roster(roster=roster, by=officer, at=at)
        children.killed(lambda: kill_at(moment))
        assert not Community.objects.exists()
        assert not Site.objects.exists()
        assert Roster.objects.get(pk=roster.pk).state == ("applying" if moment == "apply_roster" else "reading")
        assert verify().whole
        Delivery.objects.filter(due_at__isnull=False).update(due_at=at)  # its lease runs out
        drain()
        found = Roster.objects.get(pk=roster.pk)
        assert (found.state, found.lines.count()) == ("applied" if moment == "apply_roster" else "previewed", 3)
        assert Community.objects.count() == (3 if moment == "apply_roster" else 0)
        assert verify().whole

    def test_two_who_approve_at_once(self, officer: Person, at: datetime) -> None:
        one, other = (hand_in(table(ROWS[n]), officer, at) for n in range(2))
        results = at_once(*(
            lambda roster=roster: actions.approve_roster(roster=roster, by=officer, at=at) for roster in (one, other)
        ))  # fmt: skip
        (refused,) = failures(results)
        assert isinstance(refused, Refusal)
        assert refused.problems[0].code == "intake.another"
        drain()
        assert Community.objects.count() == 1


def kill_at(moment: str) -> None:
    """Do the work and be killed: after the first lines were stored, or with a fact in an open transaction."""
    if moment == "keep_lines":
        keep = way.keep_lines

        def once(**given: object) -> None:
            keep(**given)  # type: ignore[arg-type]
            children.die()

        way.keep_lines = once  # type: ignore[assignment]  # in this process only
    else:
        from mingjing.kernel.ledger.signals import fact_appended

        fact_appended.connect(children.die, weak=False)
    drain()


def test_lines_cost_the_same_queries_however_many(officer: Person, at: datetime) -> None:
    few = table(*(f"A-{n},小区{n},,文化路社区,甲物业,,,,,," for n in range(3)))
    many = table(*(f"B-{n},小区{n}号,,文化路社区,甲物业,,,,,," for n in range(90)))

    def cost(text: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            apply(hand_in(text, officer, at), officer, at)
        return len(seen)

    assert cost(many) - cost(few) <= 12  # SQLite takes at most 999 values in a statement
    assert Community.objects.count() == 93


@pytest.mark.shared_data
def test_the_communities_of_four_districts_of_beijing(officer: Person, at: datetime, shared_data: Path) -> None:
    path = shared_data / "xiaoqu" / "beijing_4_districts.csv"
    if not path.is_file():
        pytest.skip("the table of communities of Beijing is not on this machine")
    below = Area.objects.under(Area.objects.get(code="430202")).filter(level=5)
    places = list(below.values_list("code", flat=True))
    with path.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    failed = hand_in(beijing(rows, places), officer, at)
    repeated = len(rows) - len({row["ID"] for row in rows})
    assert [problem.code for problem in failed.told_problems] == ["roster.number_repeated"] * repeated
    once = list({row["ID"]: row for row in rows}.values())
    roster = hand_in(beijing(once, places), officer, at)
    assert roster.state == "previewed"
    assert roster.counts["unread"] == ["均价"]
    apply(roster, officer, at)
    assert Community.objects.count() == roster.counts["added"] == len(once)
    assert Site.objects.exclude(latitude=None).count() == len(once)
    assert hand_in(beijing(once, places), officer, at).counts["same"] == len(once)


def beijing(rows: list[dict[str, str]], places: list[str]) -> str:
    """Their table under our headers, each row in some neighbourhood."""
    columns = ("ID", "NAME", "BUILDTIME", "longitude", "latitude", "PRICE")
    lines = ["小区编号,小区名称,建成年份,经度,纬度,均价,坐标系,社区"]
    for at, row in enumerate(rows):
        cells = [f'"{row[column]}"' for column in columns]
        lines.append(",".join((*cells, "BD09", places[at % len(places)])))
    return "\n".join(lines) + "\n"


class TestCommand:
    def test_it_says_what_would_change_and_touches_nothing(
        self, officer: Person, at: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        registered(officer, at, ROWS[0])
        path = tmp_path / "名册.csv"
        path.write_text(table(*ROWS), "utf-8")
        before = Fact.objects.count()
        with translation.override("en"):
            assert run_roster_check(Namespace(file=path, area="430202")) == 0
        said = capsys.readouterr().out
        assert "2 new, 0 changed, 1 unchanged" in said
        assert "row 3, HT-002" in said
        assert (Fact.objects.count(), Community.objects.count()) == (before, 1)

    @pytest.mark.parametrize(("text", "area"), [("HT-1,,,,,,,,,,", "430202"), (ROWS[0], "1")])
    def test_mistakes_are_refused(self, officer: Person, tmp_path: Path, text: str, area: str) -> None:
        path = tmp_path / "名册.csv"
        path.write_text(table(text), "utf-8")
        with pytest.raises(Refusal):
            run_roster_check(Namespace(file=path, area=area))


def test_what_stays_as_it_is_raises_no_doubt_again(officer: Person, at: datetime) -> None:
    registered(officer, at)
    assert not warnings(hand_in(table(*ROWS), officer, at))
    dearer = ROWS[1].replace("免费", "0.5")
    assert warnings(hand_in(table(dearer), officer, at)) == {"HT-002": ["roster.approximate"]}
