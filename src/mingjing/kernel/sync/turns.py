"""One request of a phone at a time: of what is sent twice at once the second is answered as the first was.

Locks of files, not of the database: they cost no statement, and end with a killed process. Not here: what is done.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from mingjing.kernel.sync.arrivals import folder

__all__ = ["turn_of"]


@contextmanager
def turn_of(device: UUID) -> Iterator[None]:
    """Wait until no other request of this phone is in its turn; then it is ours."""
    turns = folder() / "turns"
    turns.mkdir(parents=True, exist_ok=True)
    with (turns / device.hex).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
