"""Reactions run after commit and at least once; what fails comes again, then is parked where people see it."""

import subprocess
import sys
import threading

import pytest
from django.db import transaction
from tests.kernel.jobs import handlers
from tests.races import at_once

from mingjing.kernel.jobs import worker
from mingjing.kernel.jobs.models import Delivery
from mingjing.kernel.jobs.presence import present
from mingjing.kernel.jobs.worker import ATTEMPTS, LeaseLost, Run, drain
from mingjing.kernel.ledger import writer

pytestmark = pytest.mark.django_db


def test_drain_runs_what_is_due_once(ask):
    first, second = ask("note"), ask("note")
    assert (first.state, first.attempts) == ("waiting", 0)
    assert drain() == 2
    assert handlers.calls == [("note", first.fact_id, 1), ("note", second.fact_id, 1)]
    first.refresh_from_db()
    assert (first.state, first.worker, first.error) == ("done", "", "")
    assert drain() == 0


def test_a_fact_that_is_not_committed_causes_nothing(ask):
    with transaction.atomic():
        ask("note")
        transaction.set_rollback(True)
    assert drain() == 0
    assert handlers.calls == []


def test_two_reactions_cost_one_statement_more_than_a_fact(at, django_assert_num_queries):
    with transaction.atomic(), django_assert_num_queries(4):
        writer.append(kind="tested.both.asked", subject="tested.both:1", data={}, area=None, by=None, at=at)
    assert Delivery.objects.count() == 2


def test_each_reaction_succeeds_or_fails_alone(ask):
    ask("both")
    assert drain() == 2
    assert sorted(delivery.state for delivery in Delivery.objects.all()) == ["done", "waiting"]


def test_failing_work_comes_back_with_longer_pauses_and_is_parked_at_last(ask, later):
    delivery, pauses = ask("fail"), []
    for attempt in range(1, ATTEMPTS + 1):
        assert drain() == 1
        delivery.refresh_from_db()
        assert delivery.error == "ValueError: the printer is on fire"
        assert delivery.attempts == attempt
        if attempt < ATTEMPTS:
            assert delivery.state == "waiting"
            pauses.append(round((delivery.due_at - worker.timezone.now()).total_seconds()))
        assert drain() == 0, "not before its pause is over"
        later()
    assert pauses == [10, 20, 40, 80, 160, 320, 640]
    assert delivery.state == "failed"
    assert list(Delivery.objects.failed()) == [delivery]
    later()
    assert drain() == 0


def test_progress_is_kept_over_attempts(ask, later):
    delivery = ask("in_steps")
    drain()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.steps_done, delivery.steps_total) == ("waiting", 4, 10)
    later()
    drain()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.steps_done) == ("done", 10)
    assert handlers.calls == [("step", step, 1 if step < 4 else 2) for step in range(10)]


def test_an_unknown_reaction_fails_with_a_sentence(ask):
    delivery = ask("note")
    Delivery.objects.update(reaction="gone.with.its.programme")
    drain()
    delivery.refresh_from_db()
    assert delivery.error == "LookupError: No part of this installation declares the reaction gone.with.its.programme."


def test_who_lost_the_lease_can_change_nothing(ask, later):
    ask("note")
    slow = worker._claim("slow")
    later()
    quick = worker._claim("quick")
    assert quick == slow
    with pytest.raises(LeaseLost):
        Run(slow).progress(1, 2)
    with pytest.raises(LeaseLost):
        Run(slow)._finish()
    Run(quick)._finish()
    quick.refresh_from_db()
    assert quick.state == "done"


def test_work_that_kills_its_worker_each_time_is_parked(ask, later):
    delivery = ask("note")
    for _ in range(ATTEMPTS):
        assert worker._claim("killed afterwards") == delivery
        later()
    other = ask("note")
    assert drain() == 1, "parked on the way to the next"
    delivery.refresh_from_db()
    other.refresh_from_db()
    assert (delivery.state, other.state) == ("failed", "done")
    assert f"{ATTEMPTS} times" in delivery.error


CHILD = """
import django, sys, threading
django.setup()
from tests.kernel.jobs import handlers
from mingjing.kernel.jobs import worker
with handlers.declared():
    worker.run(threading.Event(), once=True) if sys.argv[1:] else worker.drain()
"""


def killed_at_work(environment: dict[str, str], *arguments: str) -> None:
    """A worker in a process of its own, which what it does kills."""
    environment = {**environment, "DJANGO_SETTINGS_MODULE": "mingjing.config.settings"}
    command = [sys.executable, "-c", CHILD, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == -9, done.stderr


@pytest.mark.django_db(transaction=True)
def test_work_of_a_killed_worker_is_taken_up_again(ask, later, child_environment):
    delivery = ask("die")
    killed_at_work(child_environment)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.steps_done, delivery.steps_total) == ("running", 2, 5)
    assert drain() == 0, "its lease still runs"
    later()
    assert worker._claim("another").attempts == 2


@pytest.mark.django_db(transaction=True)
def test_the_next_worker_on_the_machine_takes_over_at_once_what_a_killed_one_held(
    ask, child_environment, tmp_path, monkeypatch
):
    environment = {**child_environment, "MINGJING_DATA": str(tmp_path)}
    delivery, other = ask("die"), ask("note")
    killed_at_work(environment, "as a worker")
    assert worker._claim("of another machine") == other, "its lease still runs"
    with present("who lives"):
        Delivery.objects.filter(pk=other.pk).update(worker="who lives")
        monkeypatch.setattr(handlers, "die", handlers.note)
        worker.run(threading.Event(), once=True)
        delivery.refresh_from_db()
        other.refresh_from_db()
        assert (delivery.state, delivery.attempts) == ("done", 2)
        assert other.worker == "who lives", "nobody takes the work of who lives"
    assert not list((tmp_path / "workers").iterdir())


def test_work_that_kills_again_and_again_comes_back_with_longer_pauses(ask, tmp_path):
    delivery, pauses = ask("note"), []
    for attempt in range(1, ATTEMPTS):
        Delivery.objects.update(due_at=worker.timezone.now())
        assert worker._claim(f"dead {attempt}") == delivery
        (tmp_path / "workers").mkdir(exist_ok=True)
        (tmp_path / "workers" / f"dead {attempt}.lock").touch()
        worker._take_over()
        delivery.refresh_from_db()
        assert delivery.state == "waiting"
        pauses.append(round((delivery.due_at - worker.timezone.now()).total_seconds()))
    assert pauses == [0, 10, 20, 40, 80, 160, 320]


@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_take_each_delivery_once(ask):
    for _ in range(20):
        ask("note")
    assert at_once(*[lambda: worker.run(threading.Event(), once=True)] * 3) == [None, None, None]
    assert sorted(seq for _name, seq, _attempt in handlers.calls) == list(range(1, 21))
    assert not Delivery.objects.filter(done_at__isnull=True).exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_told_to_stop_finishes_what_it_has_in_hand(ask, monkeypatch):
    ask("note")
    ask("note")
    stop = threading.Event()
    monkeypatch.setattr(handlers, "note", lambda run: (handlers.calls.append(("last", run.fact.seq, 1)), stop.set()))
    worker.run(stop)
    assert [delivery.state for delivery in Delivery.objects.order_by("id")] == ["done", "waiting"]
