"""Chores are asked for between deliveries, to the end of what they have to do; one that fails holds up nothing else."""

import logging
import threading

import pytest
from tests.kernel.jobs import handlers

from mingjing.kernel.jobs import worker
from mingjing.kernel.jobs.worker import do_chores, drain

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_a_worker_does_chores_to_the_end_and_deliveries_beside(ask):
    handlers.untidy += ["a", "b", "c", "d", "e"]
    ask("note")
    worker.run(threading.Event(), once=True)
    assert [name for name in handlers.tidied if name != "swept"] == ["a", "b", "c", "d", "e"]
    assert len(handlers.calls) == 1


def test_drain_does_chores_too(ask):
    handlers.untidy += ["a", "b", "c"]
    assert drain() == 2
    assert not handlers.untidy
    assert not do_chores()


@pytest.mark.django_db(transaction=True)
def test_a_chore_that_fails_rests_and_holds_up_nothing_else(ask, caplog):
    handlers.untidy += ["broken", "a"]
    ask("note")
    with caplog.at_level(logging.ERROR):
        worker.run(threading.Event(), once=True)
    assert handlers.untidy == ["broken"], "the other of its lot was done by itself"
    assert len(handlers.calls) == 1
    assert handlers.tidied.count("swept") >= 2
    said = [record.message for record in caplog.records]
    assert sum("tests.kernel.jobs.handlers.tidy failed" in one for one in said) == 1, "and not at every look"


def test_a_fault_shows_where_chores_are_drained():
    handlers.untidy += ["broken"]
    with pytest.raises(ValueError, match="a fault of ours"):
        drain()
