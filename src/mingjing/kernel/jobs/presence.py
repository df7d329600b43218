"""Which workers of this machine live: each has a file under a lock that ends with it, however it ends.

    DATA_DIR/workers/<worker>.lock      gone once it ended in order

So what a killed worker held is taken up when the next one starts, and not only once its lease has run out; workers of
other machines are judged by their leases alone. Not here: leases (worker).
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

__all__ = ["gone", "present"]

LOCK = ".lock"


@contextmanager
def present(worker: str) -> Iterator[None]:
    """While it lasts, whoever looks sees that this worker lives."""
    path = _folder() / f"{worker}{LOCK}"
    begun = path.with_suffix(".new")  # nobody takes it for one left behind before it is locked
    with begun.open("x") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        begun.rename(path)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def gone() -> Iterator[str]:
    """The workers that were killed; each is told until whoever asked has gone on to the next."""
    for path in sorted(_folder().glob(f"*{LOCK}")):
        with suppress(FileNotFoundError, BlockingIOError), path.open() as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield path.stem
            path.unlink()


def _folder() -> Path:
    folder = Path(settings.DATA_DIR) / "workers"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
