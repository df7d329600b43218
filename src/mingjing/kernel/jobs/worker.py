"""Takes deliveries that are due and runs their handlers, at least once each; between them, chores (registry).

A handler is a function of a `Run`. It must be idempotent: a worker killed between its work and the note that it is done
leaves the work to be done again. Not here: processes and signals (`mingjing worker`); what handlers do.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Event
from typing import Any, cast

from django.db import OperationalError, close_old_connections, connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from mingjing.kernel import registry
from mingjing.kernel.db.ids import uuid7
from mingjing.kernel.jobs.actions import begin_day
from mingjing.kernel.jobs.models import Delivery
from mingjing.kernel.jobs.presence import gone, present
from mingjing.kernel.ledger.models import Fact

__all__ = ["LeaseLost", "Run", "do_chores", "drain", "run", "together"]

LEASE = timedelta(minutes=5)  # how long a worker may be silent before its work is taken from it
ATTEMPTS = 8  # then the delivery is parked as failed, some 20 minutes after the first
FIRST_PAUSE = timedelta(seconds=10)  # after the first failure; doubled after each
POLL_SECONDS = 0.5  # between two looks for work: one indexed read each
REST_SECONDS = 5.0  # after the database could not be reached
ERROR_LIMIT = 4000  # characters kept of an error

log = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Another worker has taken the delivery: whoever gets this stops."""


class Run:
    """A delivery in hand: what a handler is given."""

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery

    @property
    def fact(self) -> Fact:
        """The fact to react to."""
        return self._delivery.fact

    @property
    def attempt(self) -> int:
        """1 the first time."""
        return self._delivery.attempts

    @property
    def kept(self) -> Mapping[str, Any]:
        """What an earlier attempt kept with `progress`; empty the first time."""
        return cast(Mapping[str, Any], self._delivery.kept)

    def progress(self, done: int, total: int, kept: Mapping[str, Any] | None = None) -> None:
        """Say that `done` of `total` steps are done; `kept` is JSON for a later attempt. Renews the lease.

        Call it between transactions, at least every few minutes: people see it at once, and it survives a restart.
        Raises LeaseLost when the work was silent for so long that another worker has taken it.
        """
        changes: dict[str, Any] = {"steps_done": done, "steps_total": total, "due_at": timezone.now() + LEASE}
        if kept is not None:
            changes["kept"] = self._delivery.kept = dict(kept)
        self._change(changes)

    def _change(self, changes: Mapping[str, Any]) -> None:
        mine = Delivery.objects.filter(id=self._delivery.pk, worker=self._delivery.worker, due_at__isnull=False)
        if not mine.update(**changes):
            raise LeaseLost(str(self._delivery))

    def _finish(self) -> None:
        self._change({"due_at": None, "done_at": timezone.now(), "worker": "", "error": ""})

    def _fail(self, error: str) -> None:
        self._change({"worker": "", "error": error[:ERROR_LIMIT] or "?"} | _next_try(self.attempt))


def _next_try(attempts: int) -> dict[str, Any]:
    """When a delivery that failed so many times comes again, or that it does not."""
    now = timezone.now()
    if attempts >= ATTEMPTS:
        return {"due_at": None, "failed_at": now}
    return {"due_at": now + FIRST_PAUSE * 2 ** (attempts - 1)}


def run(stop: Event, *, once: bool = False) -> None:
    """Work until `stop` is set (the delivery in hand is finished first), or with `once` until nothing is due."""
    name = str(uuid7())
    with present(name):
        _run(name, stop, once)


def _run(name: str, stop: Event, once: bool) -> None:
    day, begun, chores = None, False, _Chores()
    while not stop.is_set():
        try:
            close_old_connections()
            if not begun:
                _take_over()
                begun = True
            worked = chores.done() | _work(name)
            if not worked and day != (today := timezone.localdate()):
                day, worked = today, begin_day(at=timezone.now()) is not None
        except OperationalError:
            log.exception("The database cannot be reached; trying again in %s seconds.", REST_SECONDS)
            connection.close()
            stop.wait(REST_SECONDS)
            continue
        if not worked:
            if once:
                return
            stop.wait(POLL_SECONDS)


def _take_over() -> None:
    """Make due what killed workers of this machine held: at once, or after a pause where it was not the first time."""
    for worker in gone():
        for held in Delivery.objects.unfinished().filter(worker=worker):
            pause = FIRST_PAUSE * 2 ** (held.attempts - 2) if held.attempts > 1 else timedelta()
            still = Delivery.objects.unfinished().filter(pk=held.pk, worker=worker)
            still.update(worker="", due_at=timezone.now() + pause)


def drain() -> int:
    """Do every chore, run everything that is due now, and what it brings about; returns how much was done."""
    name, count = str(uuid7()), 0
    while do_chores() or _work(name):
        count += 1
    return count


class _Chores:
    """The chores, each by itself: one that failed rests, and keeps nothing else waiting."""

    def __init__(self) -> None:
        self.resting: dict[str, datetime] = {}

    def done(self) -> bool:
        """Do some of each; whether there was any."""
        now, worked = timezone.now(), False
        for chore in _chores():
            if self.resting.get(chore, now) > now:
                continue
            try:
                worked |= _do(chore, now)
            except OperationalError:
                raise
            except Exception:
                log.exception("%s failed; it is tried again in %s.", chore, FIRST_PAUSE)
                self.resting[chore] = now + FIRST_PAUSE
        return worked


def do_chores() -> bool:
    """Do some of each chore, now; whether there was any."""
    return sum(_do(chore, timezone.now()) for chore in _chores()) > 0


def _chores() -> Iterator[str]:
    """A chore is a function of a moment that looks for work no fact tells of, does some in a short transaction of its
    own, and returns whether there was any."""
    for manifest in registry.manifests().values():
        yield from manifest.chores


def together(names: Sequence[str], work: Callable[[Sequence[str]], int]) -> bool:
    """Do a chore's `work` for all of these at once; whether there was any.

    Where that fails, for each by itself: one keeps no other waiting. The last fault is raised when all had their turn.
    """
    try:
        return bool(names) and work(names) > 0
    except OperationalError:
        raise
    except Exception:
        if len(names) < 2:
            raise
        log.exception("A chore failed for some of %s.", ", ".join(names))
    return _one_by_one(names, work)


def _one_by_one(names: Sequence[str], work: Callable[[Sequence[str]], int]) -> bool:
    done, fault = 0, None
    for name in names:
        try:
            done += work([name])
        except OperationalError:
            raise
        except Exception as error:
            log.exception("A chore failed for %s.", name)
            fault = error
    if fault:
        raise fault
    return done > 0


def _do(chore: str, at: datetime) -> bool:
    return bool(import_string(chore)(at=at))


def _work(name: str) -> bool:
    """Take one delivery and run it; False when none is due."""
    delivery = _claim(name)
    if delivery is None:
        return False
    in_hand = Run(delivery)
    try:
        _attempt(in_hand, delivery)
    except LeaseLost:
        log.warning("%s was silent for too long and is another worker's now.", delivery)
    return True


def _attempt(in_hand: Run, delivery: Delivery) -> None:
    try:
        _handler(delivery.reaction)(in_hand)
    except LeaseLost:
        raise
    except Exception as error:
        log.exception("%s failed (attempt %s)", delivery, in_hand.attempt)
        in_hand._fail(f"{type(error).__name__}: {error}")
    else:
        in_hand._finish()


def _handler(code: str) -> Callable[[Run], object]:
    for manifest in registry.manifests().values():
        for reaction in manifest.reactions:
            if reaction.code == code:
                return cast(Callable[[Run], object], import_string(reaction.handler))
    raise LookupError(f"No part of this installation declares the reaction {code}.")


def _claim(name: str) -> Delivery | None:
    """Lease the delivery that is due longest to the worker `name`.

    The plain read comes first because on SQLite the transaction that follows keeps every other writer waiting. On
    PostgreSQL workers skip what another is just taking.
    """
    while (due := Delivery.objects.due(timezone.now())).exists():
        with transaction.atomic():
            delivery = due.select_for_update(skip_locked=True).first()
            if delivery is None:
                return None
            if delivery.attempts < ATTEMPTS:
                return _lease(delivery, name)
            _park(delivery)
    return None


def _lease(delivery: Delivery, name: str) -> Delivery:
    delivery.worker, delivery.due_at = name, timezone.now() + LEASE
    delivery.attempts += 1
    delivery.save(update_fields=["worker", "due_at", "attempts"])
    return delivery


def _park(delivery: Delivery) -> None:
    """Give up on what no attempt even came to report: its worker was killed each time."""
    error = delivery.error or f"The worker was killed, or silent for too long, {delivery.attempts} times."
    delivery.due_at, delivery.failed_at, delivery.worker, delivery.error = None, timezone.now(), "", error
    delivery.save(update_fields=["due_at", "failed_at", "worker", "error"])
