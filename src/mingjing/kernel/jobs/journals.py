"""Records that are kept before somebody is answered, and taken into the database soon after, many at once.

    DATA_DIR/journals/<journal>.<uuid>.lines    a line of JSON for each record, synced before the answer; then zeros

A transaction for each record would make everybody wait for the writers of a small table. Each process that answers has
a file of its own, under a lock that ends with it; what a killed one left is taken in by the next that looks. The
transaction that takes lines in notes how many: none is lost, and none is taken in twice. In a process that `keeps` no
journals (a command, a test) a record is taken in at once. Not here: what is recorded (each programme's actions).
"""

import fcntl
import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string
from msgspec.json import decode, encode

from mingjing.kernel import registry
from mingjing.kernel.db.durable import settle
from mingjing.kernel.db.ids import uuid7
from mingjing.kernel.jobs.models import TakenIn

__all__ = ["Journal", "Records", "keep", "take_left_behind"]

Records = Sequence[dict[str, Any]]
SECONDS = 0.5
"""From one taking in to the next."""
LOT = 5_000
"""Records of one transaction."""
ROOM = 2**20
"""Bytes of a file; a new one is begun when it is full."""
log = logging.getLogger(__name__)


class Journal:
    """`take` puts records into the database, in the transaction in which it is called.

    `after` is told now and then that everything up to a moment is there, with the records that this process has kept
    since the last time.
    """

    def __init__(self, name: str, take: Callable[[Records], None], after: Callable[[Records], None]) -> None:
        self.name, self._take, self._after = name, take, after
        self.kept = False
        self._file: _File | None = None
        self._own: set[Path] = set()
        self._lock = threading.Lock()

    def append(self, record: dict[str, Any]) -> None:
        """Keep a record: once this returns nothing short of the loss of the disk loses it."""
        if not self.kept:
            with transaction.atomic():
                self._take([record])
            return
        line = encode(record) + b"\n"
        with self._lock:
            if self._file is None or self._file.written + len(line) > ROOM:
                self._file = _File.begun(self._folder(), self.name)
                self._own.add(self._file.path)
            file, end = self._file, self._file.write(line)
        file.sync(end)

    def take_in(self) -> int:
        """Bring what is on the disk into the database, of this process and of such as are gone; how many records."""
        own, count = self._file, 0
        for path in sorted(self._folder().glob(f"{self.name}.*.lines")):
            if own and path == own.path:
                count += self._taken(path, own.synced)
            elif (gone := _left_behind(path)) is not None:
                with gone:
                    count += self._taken(path, path.stat().st_size)
                    settle()
                    path.unlink()
                    self._own.discard(path)
                    TakenIn.objects.filter(file=path.name).delete()
        return count

    def _taken(self, path: Path, end: int) -> int:
        """How many lines of a file up to `end` were not in the database yet."""
        count, since = 0, _offset(path.name)
        while lot := list(_lines(path, since, end)):
            since += sum(map(len, lot))
            records = [decode(line) for line in lot]
            with transaction.atomic():
                self._take(records)
                TakenIn.objects.update_or_create(file=path.name, defaults={"bytes": since})
            count += len(records)
            if path in self._own:
                self._after(records)
        return count

    def _folder(self) -> Path:
        folder = Path(settings.DATA_DIR) / "journals"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def run(self, stopping: threading.Event) -> None:
        """Take in, again and again; a database that is away is waited for, the lines stay."""
        while not stopping.wait(SECONDS):
            try:
                if not self.take_in():
                    self._after([])
            except Exception:
                log.exception("The journal %s could not be taken in; it is tried again.", self.name)
                connection.close()


class _File:
    """A file that this process alone writes, for as long as it lives."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.written = self.synced = 0
        self._syncing = threading.Lock()
        begun = path.with_suffix(".new")  # nobody takes it for one left behind before it is locked
        self._descriptor = os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        os.write(self._descriptor, bytes(ROOM))  # what is written over and not appended is synced without waiting
        os.fsync(self._descriptor)  # for what others write to the same disk
        begun.rename(path)

    @classmethod
    def begun(cls, folder: Path, name: str) -> "_File":
        """A new one, whose name is on the disk."""
        made = cls(folder / f"{name}.{uuid7().hex}.lines")
        place = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(place)
        finally:
            os.close(place)
        return made

    def __del__(self) -> None:
        os.close(self._descriptor)

    def write(self, line: bytes) -> int:
        """Where the line ends. Under the lock of the journal."""
        self.written += os.pwrite(self._descriptor, line, self.written)
        return self.written

    def sync(self, end: int) -> None:
        """Return once everything up to `end` is on the disk; whoever waits is served by the one who syncs."""
        with self._syncing:
            if self.synced < end:
                written = self.written
                os.fdatasync(self._descriptor)
                self.synced = written


def _left_behind(path: Path) -> Any:
    """The file, locked, if the process that wrote it is gone; else None."""
    try:
        file = path.open("rb")
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        file.close()
        return None
    if path.exists():
        return file
    file.close()
    return None


def _offset(name: str) -> int:
    return TakenIn.objects.filter(file=name).values_list("bytes", flat=True).first() or 0


def _lines(path: Path, since: int, end: int) -> Iterator[bytes]:
    """Whole lines from `since` to `end`, at most a lot."""
    with path.open("rb") as file:
        file.seek(since)
        for _ in range(LOT):
            line = file.readline()
            since += len(line)
            if not line.endswith(b"\n") or since > end:  # zeros, or half a line, which nobody waited for
                return
            yield line


def every() -> list[Journal]:
    """The journals of all parts."""
    return [import_string(path) for manifest in registry.manifests().values() for path in manifest.journals]


def keep() -> None:
    """From now on this process keeps its records in files, and takes them in by and by."""
    for journal in every():
        journal.kept = True
        work = threading.Thread(target=journal.run, args=[threading.Event()], name=journal.name, daemon=True)
        work.start()


def take_left_behind() -> int:
    """Take in what processes that are gone have left; how many records."""
    return sum(journal.take_in() for journal in every())
