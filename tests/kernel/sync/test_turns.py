"""Turns of a process's threads on SQLite: what is ready when the turn to write comes is written in one transaction.

On PostgreSQL nobody waits for a turn, and each writes in a transaction of its own: all tests of phones show that.
"""

import random
import time
from collections.abc import Callable
from datetime import datetime
from threading import Event, get_ident
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation
from tests.faces import district
from tests.phones import Phone, bound
from tests.races import PATIENCE, at_once, failures

from mingjing.engine.outcome import Problem, Refusal
from mingjing.kernel.db.ids import uuid7
from mingjing.kernel.sync.models import Received
from mingjing.kernel.sync.turns import turn_to_work, turn_to_write, written

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_database]


@pytest.fixture
def phone(transactional_db: None, at: datetime) -> Phone:
    return bound(district.build(at)["officer"], at)


class Acts:
    """Acts of threads, each with something to work out and a row to write; what happened, in order."""

    def __init__(self, phone: Phone, at: datetime) -> None:
        self.phone, self.at = phone, at
        self.begun: list[int] = []
        self.made: list[int] = []
        self.wrote: list[tuple[int, int, str | None]] = []

    def row(self, n: int, device: UUID | None = None) -> None:
        Received.objects.create(
            id=uuid7(), device_id=device or self.phone.device.pk, person=self.phone.device.person, kind="parties.note",
            subject=f"parties.organisation:{n}", payload={}, claimed_at=self.at, received_at=self.at, state="applied",
        )  # fmt: skip

    def act(self, n: int, work: Callable[[], object] | None = None, language: str = "en") -> Callable[[], Any]:
        """Write row `n`, do `work`, return `n`."""

        def make() -> Callable[[], int]:
            self.made.append(n)
            return write

        def write() -> int:
            assert connection.in_atomic_block
            self.wrote.append((n, get_ident(), translation.get_language()))
            self.row(n)
            if work:
                work()
            return n

        def acted() -> int:
            self.begun.append(n)
            with translation.override(language), turn_to_work():
                return written(make)

        return acted

    def while_another_writes(self, *acts: Callable[[], Any]) -> list[object]:
        """What the acts come to, all begun while another process writes, until each of them is worked out."""
        writes = Event()

        def other() -> None:
            with turn_to_write():
                with turn_to_work():
                    writes.set()
                    wait_until(lambda: len(self.begun) == len(acts))
                wait_until(lambda: len(self.made) == len(acts))
                assert not self.wrote, "somebody wrote out of turn"

        def after(act: Callable[[], Any]) -> Callable[[], Any]:
            return lambda: writes.wait(PATIENCE) and act()

        first, *rest = at_once(other, *map(after, acts))
        assert first is None, first
        return rest


@pytest.fixture
def acts(phone: Phone, at: datetime) -> Acts:
    return Acts(phone, at)


def wait_until(so: Callable[[], bool]) -> None:
    """Wait until it is so, and until the threads that made it so wait for us."""
    end = time.monotonic() + PATIENCE / 2
    while not so():
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.001)
    time.sleep(0.1)


def subjects() -> list[str]:
    return sorted(Received.objects.values_list("subject", flat=True))


def test_while_another_writes_all_work_theirs_out_and_one_transaction_takes_it(acts: Acts) -> None:
    assert acts.while_another_writes(*map(acts.act, range(4))) == [0, 1, 2, 3]
    assert sorted(acts.made) == [0, 1, 2, 3], "each was worked out once"
    assert len(subjects()) == 4
    assert len({thread for _, thread, _ in acts.wrote}) == 1, "they were written together"


def test_one_that_is_refused_is_undone_and_the_others_stand(acts: Acts) -> None:
    """Nothing of what was written together is kept; each is done anew by itself."""

    def refuse() -> None:
        raise Refusal([Problem("office.closed", "It is {n} o'clock.", {"n": 7}, "door")])

    found = acts.while_another_writes(acts.act(0), acts.act(1, refuse), acts.act(2))
    assert [found[0], found[2]] == [0, 2]
    assert isinstance(found[1], Refusal)
    assert subjects() == ["parties.organisation:0", "parties.organisation:2"]
    assert sorted(acts.made) == [0, 0, 1, 1, 2, 2]


def test_where_all_of_it_fails_each_is_done_anew_by_itself(acts: Acts) -> None:
    """The database sees a row without its phone at the end of the transaction only, too late to undo that row alone."""
    found = acts.while_another_writes(acts.act(0), acts.act(1, lambda: acts.row(9, uuid7())), acts.act(2))
    assert [found[0], found[2]] == [0, 2]
    assert isinstance(found[1], IntegrityError)
    assert subjects() == ["parties.organisation:0", "parties.organisation:2"]
    assert sorted(acts.made) == [0, 0, 1, 1, 2, 2]


def test_what_another_thread_writes_is_said_in_the_language_of_whose_it_is(acts: Acts) -> None:
    acts.while_another_writes(*[acts.act(n, language=("en", "zh-hans")[n % 2]) for n in range(4)])
    assert sorted((n, language) for n, _, language in acts.wrote) == [
        (0, "en"), (1, "zh-hans"), (2, "en"), (3, "zh-hans"),
    ]  # fmt: skip
    assert len({thread for _, thread, _ in acts.wrote}) == 1


def test_whatever_the_order_each_gets_what_is_its_own_and_nobody_waits_for_ever(acts: Acts) -> None:
    """Threads that write, are refused or fail at the end, beside somebody else who takes the turn now and then."""
    rounds, chance = 25, random.Random(20261130)
    plan = [[chance.choice(["plain", "plain", "plain", "refused", "broken"]) for _ in range(rounds)] for _ in range(6)]

    def of(thread: int) -> Callable[[], list[str]]:
        return lambda: [told(1000 * thread + n, how) for n, how in enumerate(plan[thread])]

    def told(n: int, how: str) -> str:
        def refuse() -> None:
            raise Refusal([Problem("office.closed", "closed", {}, str(n))])

        work = {"plain": None, "refused": refuse, "broken": lambda: acts.row(n, uuid7())}[how]
        try:
            assert acts.act(n, work)() == n
        except Refusal as refusal:
            return f"refused {refusal.problems[0].place}"
        except IntegrityError:
            return "broken"
        return "plain"

    def others() -> None:
        for _ in range(60):
            with turn_to_write(), transaction.atomic():
                acts.row(-1)
            time.sleep(0.003)

    found = at_once(*map(of, range(6)), others)
    assert not failures(found)
    assert found[:6] == [
        [f"refused {1000 * thread + n}" if how == "refused" else how for n, how in enumerate(lot)]
        for thread, lot in enumerate(plan)
    ]
    plain = sum(how == "plain" for lot in plan for how in lot)
    assert Received.objects.exclude(subject="parties.organisation:-1").count() == plain
    assert Received.objects.count() == plain + 60
