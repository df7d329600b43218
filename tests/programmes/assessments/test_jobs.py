"""The background work of a replay: right, whole or not at all, whatever kills it."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests import children
from tests.programmes.assessments.conftest import MAPPING, TABLE, Asked, published

from mingjing.engine.chain import merkle_root
from mingjing.kernel.evidence.store import path_of
from mingjing.kernel.jobs.models import Delivery
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.actions import replays as actions
from mingjing.programmes.assessments.actions.replays import request_replay
from mingjing.programmes.assessments.jobs import replays as jobs
from mingjing.programmes.assessments.models import Replay, Result
from mingjing.programmes.assessments.policy.decisions import result_row
from mingjing.programmes.assessments.queries.results import row_of, worked_out
from mingjing.programmes.assessments.queries.schemes import scheme_of, shipped_mappings

pytestmark = pytest.mark.django_db


def test_a_table_is_scored_and_every_result_can_be_worked_out_again(asked: Asked) -> None:
    replay = asked()
    assert drain() == 1
    replay.refresh_from_db()
    scheme = scheme_of(replay.scheme)
    results = list(replay.results.order_by("index").select_related("replay__scheme"))
    shown = [(r.key, r.total, r.tier, r.rank, r.checks, r.agrees) for r in results]
    assert shown == [
        ("first", 9700, "RED", 2, 27, False),
        ("second", 10000, "RED", 1, 26, True),
        ("third", 9400, "ORDINARY", 3, 27, False),
        ("=4+4", 9700, "OBSERVATION", None, 27, None),
        ("empty", None, "NOT_ASSESSED", None, 0, None),
    ]
    for result in results:
        assert row_of(scheme, result) == result_row(scheme, worked_out(result))


def test_the_fact_of_completion_holds_the_root_of_what_is_stored(asked: Asked) -> None:
    replay = asked()
    drain()
    replay.refresh_from_db()
    fact = Fact.objects.get(kind="assessments.replay.completed", subject=replay.subject)
    leaves = [bytes.fromhex(leaf) for leaf in replay.results.order_by("index").values_list("leaf", flat=True)]
    assert fact.by == ""
    assert fact.values["results"] == len(leaves) == replay.result_count == 5
    assert fact.values["results_root"] == merkle_root(leaves).hex() == replay.results_root
    assert fact.values["tiers"]["A"] == {"RED": 2, "ORDINARY": 1, "OBSERVATION": 1, "NOT_ASSESSED": 1}
    assert (fact.values["compared"], fact.values["agreed"]) == (3, 1)
    assert fact.values["scheme"] == replay.scheme.digest
    assert set(fact.values["class_totals"]) == {"A", "B"}


def test_every_problem_of_a_file_is_kept_with_its_place(asked: Asked) -> None:
    replay = asked(TABLE.replace("first,,60,98,1", "first,,60,98,lots").replace("third,,60", "first,B1.1,soon"))
    drain()
    replay.refresh_from_db()
    assert replay.failed_at
    assert not replay.results.exists()
    places = {problem.place for problem in replay.told_problems}
    assert {"row 2, column A1.1", "row 4, column na", "row 4, column months"} <= places
    fact = Fact.objects.get(kind="assessments.replay.failed")
    assert fact.values["problems"] == len(replay.told_problems)
    assert verify().whole


def test_texts_of_any_length_are_kept(asked: Asked) -> None:
    replay = asked(TABLE.replace("first", "长" * 5000).replace(",98,", f",{'9' * 14},"))
    drain()
    longest = replay.results.get(index=0)
    assert (longest.key, longest.expected_total, longest.agrees) == ("长" * 5000, "9" * 14, False)


def test_names_are_one_line_and_bounded(asked: Asked) -> None:
    named = MAPPING.replace('columns = "key"', 'columns = "key"\nname = "na me"')
    replay = asked(f'key,na me,na,months,total,A1.1\na,"两 \n行",,60,,0\nb,{"长" * 900},,60,,0\nc,,,60,,0\n', named)
    drain()
    assert [entry.name for entry in replay.results.all()] == ["两 行", "长" * 199 + "…", ""]


def test_a_file_without_the_column_of_names_shows_keys(asked: Asked) -> None:
    replay = asked(TABLE, MAPPING.replace('columns = "key"', 'columns = "key"\nname = "none"'))
    drain()
    assert {entry.label for entry in replay.results.all()} >= {"first", "second"}


def test_a_file_that_is_no_table_fails_with_a_sentence(asked: Asked) -> None:
    replay = asked("PK\x03\x04 not really", name="table.xlsx")
    drain()
    replay.refresh_from_db()
    assert replay.failed_at
    assert all(problem.say() for problem in replay.told_problems)


def test_running_again_changes_nothing(asked: Asked) -> None:
    replay = asked()
    drain()
    before = list(Result.objects.values_list()), Fact.objects.count()
    Delivery.objects.update(done_at=None, due_at="2024-01-01T00:00:00Z")  # a worker killed before it noted the end
    assert drain() == 1
    assert (list(Result.objects.values_list()), Fact.objects.count()) == before
    assert Replay.objects.get(pk=replay.pk).attempt == 1


def test_an_attempt_that_was_overtaken_stores_nothing(asked: Asked, at: datetime) -> None:
    replay = asked()
    first = actions.begin_replay(replay=replay, by=None, at=at)
    actions.begin_replay(replay=replay, by=None, at=at)
    with pytest.raises(actions.Superseded):
        actions.keep_results(replay=replay, attempt=first, results=[], by=None, at=at)
    with pytest.raises(actions.Superseded):
        actions.fail_replay(replay=replay, attempt=first, problems=[], by=None, at=at)


def test_progress_is_noted_while_it_runs(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "BATCH", 2)
    asked()
    drain()
    delivery = Delivery.objects.get()
    assert (delivery.steps_done, delivery.steps_total) == (5, 5)


def test_a_damaged_original_is_not_scored(asked: Asked) -> None:
    replay = asked()
    path_of(replay.input_digest).chmod(0o600)
    path_of(replay.input_digest).write_text(TABLE.replace("98", "99"))
    drain()
    assert not Replay.objects.get(pk=replay.pk).finished
    assert "Damaged" in Delivery.objects.get().error


@pytest.mark.shared_data
@pytest.mark.one_database
def test_toronto_agrees_with_every_published_figure(people: dict[str, Person], at: datetime, shared_data: Path) -> None:
    version = published("toronto-rentsafe", people["director"], at)
    path = shared_data / "toronto_rentsafe" / "evaluations_2017_2019.csv"
    with path.open("rb") as file:
        replay = request_replay(
            scheme=version, mapping_name="toronto-rentsafe",
            mapping_text=shipped_mappings()["toronto-rentsafe"].read_text("utf-8"), file=file, file_name=path.name,
            by=people["officer"], at=at,
        )  # fmt: skip
    drain()
    replay.refresh_from_db()
    assert replay.result_count == 6806
    assert replay.results.filter(agrees=True).count() == 6806
    for result in replay.results.filter(index__in=range(0, 6806, 800)).select_related("replay__scheme"):
        assert row_of(scheme_of(version), result) == result_row(scheme_of(version), worked_out(result))


class TestKilled:
    pytestmark = pytest.mark.django_db(transaction=True)

    @pytest.mark.parametrize("moment", ["keep_results", "complete_replay"])
    def test_a_killed_worker_leaves_work_that_the_next_one_finishes(
        self, asked: Asked, monkeypatch: pytest.MonkeyPatch, moment: str
    ) -> None:
        monkeypatch.setattr(jobs, "BATCH", 2)
        replay = asked()
        children.killed(lambda: kill_after(moment))
        stored = Result.objects.filter(replay=replay).count()
        assert stored == (2 if moment == "keep_results" else 5)
        assert not Replay.objects.get(pk=replay.pk).finished
        assert verify().whole
        Delivery.objects.update(due_at=Delivery.objects.get().due_at - timedelta(hours=1))  # its lease runs out
        assert drain() == 1
        again = Replay.objects.get(pk=replay.pk)
        assert (again.attempt, again.result_count, again.results.count()) == (2, 5, 5)
        assert Fact.objects.filter(kind="assessments.replay.completed").count() == 1
        assert verify().whole


def kill_after(moment: str) -> None:
    """Run the work and be killed: after the first batch was stored, or with the completion in an open transaction."""
    if moment == "complete_replay":
        from mingjing.kernel.ledger.signals import fact_appended

        fact_appended.connect(children.die, weak=False)
    else:
        store = actions.keep_results

        def once(**given: object) -> None:
            store(**given)  # type: ignore[arg-type]
            children.die()

        actions.keep_results = once  # type: ignore[assignment]  # in this process only
    drain()


def test_sheets_are_compact(asked: Asked) -> None:
    asked()
    drain()
    second = Result.objects.get(key="second")
    assert json.loads(second.sheet) == {"attributes": {"service_months": "60"}, "not_applicable": [{"check": "A6.3"}]}
    assert len(Result.objects.get(key="first").sheet) < 200
