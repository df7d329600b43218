"""When what was committed is on the disk. Not here: transactions."""

import os
from contextlib import suppress

from django.db import connection

__all__ = ["settle"]


def settle() -> None:
    """Return once everything that was committed before outlives a power cut.

    PostgreSQL syncs each commit. SQLite with `synchronous=NORMAL` writes commits to its log and leaves the log to the
    system until the next checkpoint: whoever then gives up another record of the same waits for the log here.
    """
    if connection.vendor == "sqlite":
        with suppress(FileNotFoundError), open(f"{connection.settings_dict['NAME']}-wal", "rb") as log:
            os.fsync(log.fileno())
