"""One request of a phone at a time: of what is sent twice at once the second is answered as the first was.

And, on SQLite, one phone that writes at a time: whoever waits for SQLite itself looks again after up to a tenth of a
second and may be overtaken for ever, whoever waits here is let in at once. Locks of files, not of the database: they
cost no statement, and end with a killed process. Within a process threads take turns to work, and what several of them
have ready to write goes into one transaction. docs/adr/0020 says why. Not here: what is done.
"""

import fcntl
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from functools import cache
from threading import Lock, local
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, transaction
from django.utils import translation

from mingjing.kernel.sync.arrivals import folder

__all__ = ["one_writes_at_a_time", "turn_of", "turn_to_look", "turn_to_work", "turn_to_write", "written"]

Result = TypeVar("Result")


@contextmanager
def turn_of(device: UUID) -> Iterator[None]:
    """Wait until no other request of this phone is in its turn; then it is ours."""
    with _file_of(device.hex) as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@cache
def one_writes_at_a_time() -> bool:
    """Whether a turn to write keeps all others from writing: what can be is worked out before it then."""
    return connection.vendor == "sqlite"


@contextmanager
def turn_to_write() -> Iterator[None]:
    """Wait until no other phone's request writes, where the database lets only one in anyway (SQLite)."""
    if not one_writes_at_a_time():
        yield
        return
    with _file_of(_WRITING) as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def turn_to_work() -> Iterator[None]:
    """Where only one writes at a time: wait until no other thread of this process works on what a phone has sent.

    A phone's own turn (`turn_of`) is taken before, never within: its holder may be waiting to be called back to work.

    Threads of Python do not compute beside each other. Whoever writes would wait for those that only read and work
    something out, each time it asked the database, and all others for it: half a millisecond became five.
    """
    if not one_writes_at_a_time():
        yield
        return
    _WORKERS.begin()
    try:
        yield
    finally:
        _WORKERS.end()


@contextmanager
def turn_to_look() -> Iterator[None]:
    """On SQLite: wait until no other thread of this process answers a short question, which takes a tenth less then.

    Who reads lets go of Python with each row, and another takes it. Within nobody may wait for anything: not for what
    is sent, not to write, and so not for phones, which have turns of their own.
    """
    if not one_writes_at_a_time():
        yield
        return
    with _LOOKING:
        yield


def written(make: Callable[[], Callable[[], Result]]) -> Result:
    """What `make()()` returns: `make` reads and works out, what it made then writes, in its turn and in a transaction.

    Several may share that transaction. Where one of them raises, nothing of it stands, and each is made and written
    anew, alone: what is made must not be counted on to be called, or to be the last that is made.
    """
    work = make()
    if _WORKERS.at_work:
        try:
            return _WORKERS.write(work)
        except _NotTogether:
            work = make()
    with turn_to_write(), transaction.atomic():
        return work()


class _NotTogether(Exception):
    """A transaction that several shared did not come about; nothing of it stands."""


class _Call:
    """What a thread waits for until another calls it; once for each time."""

    def __init__(self) -> None:
        self._lock = Lock()  # sooner than an Event, which is made of three
        self._lock.acquire()

    def wait(self) -> None:
        self._lock.acquire()

    def come(self) -> None:
        self._lock.release()


class _Writing:
    """What a thread has ready to write, until it is called to go on; `result` once it is `done`."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.called, self.done = _Call(), False
        self._work, self._language = work, translation.get_language()
        self._result: Any = None
        self._error: BaseException | None = None

    def write(self) -> None:
        """Do it, as whoever has it ready would."""
        same = translation.get_language() == self._language
        with nullcontext() if same else translation.override(self._language):
            self._result = self._work()

    def undone(self, why: BaseException) -> None:
        """Nothing of it stands."""
        self._error = why

    def result(self) -> Any:
        """What the work returned; raises why it is undone."""
        if self._error is not None:
            raise self._error
        return self._result


class _Workers:
    """The threads of this process that work on what phones have sent: one at a time, whoever came first.

    One that has something to write while another process does lets those begin that have not. So there is no waiting
    for the turn to write with work undone, and when the turn comes, whatever is ready by then is written.
    """

    def __init__(self) -> None:
        self._lock, self._busy, self._mine = Lock(), False, local()
        self._waiting, self._ready = deque[_Call](), deque[_Writing]()

    @property
    def at_work(self) -> bool:
        """Whether it is this thread that works."""
        return getattr(self._mine, "turn", False)

    def begin(self) -> None:
        """Wait for this thread's turn to work."""
        called = None
        with self._lock:
            if self._busy:
                called = _Call()
                self._waiting.append(called)
            self._busy = True
        if called:
            called.wait()
        self._mine.turn = True

    def end(self) -> None:
        """It is over: call the next, first those who have begun."""
        self._mine.turn = False
        with self._lock:
            if self._ready:
                self._ready.popleft().called.come()
            elif self._waiting:
                self._waiting.popleft().come()
            else:
                self._busy = False

    def write(self, work: Callable[[], Result]) -> Result:
        """What `work` returns, called in the turn to write, maybe by another thread."""
        own = _Writing(work)
        with _file_of(_WRITING) as handle:
            while not (own.done or _taken(handle)):
                if not self._another_begins(own):
                    fcntl.flock(handle, fcntl.LOCK_EX)
                    break
            if not own.done:
                with self._lock:
                    lot = [own, *(one for one in self._ready if not one.done)]  # they are called when they may go on
                _write(lot)
        found: Result = own.result()
        return found

    def _another_begins(self, own: _Writing) -> bool:
        """Let one begin that has not, and wait to be called; False where none waits to begin."""
        with self._lock:
            if not self._waiting:
                return False
            self._ready.append(own)
            self._waiting.popleft().come()
        self._mine.turn = False
        own.called.wait()
        self._mine.turn = True
        return True


def _write(lot: Sequence[_Writing]) -> None:
    """Write all of these, in one transaction."""
    try:
        with transaction.atomic():
            for one in lot:
                one.write()
    except BaseException as error:
        together = len(lot) > 1 and isinstance(error, Exception)
        lot[0].undone(_NotTogether() if together else error)
        for one in lot[1:]:
            one.undone(_NotTogether())
    finally:
        for one in lot:
            one.done = True


def _taken(handle: int) -> bool:
    """Whether the turn is ours, without waiting."""
    with suppress(BlockingIOError):
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


@contextmanager
def _file_of(name: str) -> Iterator[int]:
    """The file whose lock is the turn of that name; to close it ends the turn."""
    turns, flags = f"{folder()}/turns", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
    try:
        handle = os.open(f"{turns}/{name}", flags, 0o666)
    except FileNotFoundError:
        os.makedirs(turns, exist_ok=True)
        handle = os.open(f"{turns}/{name}", flags, 0o666)
    try:
        yield handle
    finally:
        os.close(handle)


_WRITING = "writing"
_WORKERS = _Workers()
_LOOKING = Lock()
