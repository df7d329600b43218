"""One request of a phone at a time: of what is sent twice at once the second is answered as the first was.

And, on SQLite, one phone that writes at a time: whoever waits for SQLite itself looks again after up to a tenth of a
second and may be overtaken for ever, whoever waits here is let in at once. Locks of files, not of the database: they
cost no statement, and end with a killed process. Not here: what is done.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from threading import Lock
from uuid import UUID

from django.db import connection

from mingjing.kernel.sync.arrivals import folder

__all__ = ["one_writes_at_a_time", "turn_of", "turn_to_work", "turn_to_write"]

_WORKING = Lock()


@contextmanager
def turn_of(device: UUID) -> Iterator[None]:
    """Wait until no other request of this phone is in its turn; then it is ours."""
    with _alone(device.hex):
        yield


def one_writes_at_a_time() -> bool:
    """Whether a turn to write keeps all others from writing: what can be is worked out before it then."""
    return connection.vendor == "sqlite"


@contextmanager
def turn_to_work() -> Iterator[None]:
    """Where only one writes at a time: wait until no other thread of this process works on what a phone has sent.

    Threads of Python do not compute beside each other. Whoever writes would wait for those that only read and work
    something out, each time it asked the database, and all others for it: half a millisecond became five.
    """
    with _WORKING if one_writes_at_a_time() else nullcontext():
        yield


@contextmanager
def turn_to_write() -> Iterator[None]:
    """Wait until no other phone's request writes, where the database lets only one in anyway (SQLite)."""
    if not one_writes_at_a_time():
        yield
        return
    with _alone("writing"):
        yield


@contextmanager
def _alone(name: str) -> Iterator[None]:
    turns, flags = f"{folder()}/turns", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
    try:
        handle = os.open(f"{turns}/{name}", flags, 0o666)
    except FileNotFoundError:
        os.makedirs(turns, exist_ok=True)
        handle = os.open(f"{turns}/{name}", flags, 0o666)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
