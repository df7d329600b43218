"""Journals: what was kept is in the database once, whatever is killed and whenever; what was not kept is not."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection

from mingjing.kernel.jobs.journals import Journal
from mingjing.kernel.jobs.models import TakenIn

pytestmark = pytest.mark.django_db
OTHER = """
import os, sys
from pathlib import Path
os.environ["DJANGO_SETTINGS_MODULE"] = "mingjing.config.settings"
import django
django.setup()
from mingjing.kernel.jobs.journals import Journal
journal = Journal("test", None, None)
journal.kept = True
for number in range(10**6):
    journal.append({"number": number})
    os.write(1, b"%d\\n" % number)
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path / "journals"


class Kept(list[int]):
    """What was taken in; `wrong` makes the next taking fail after its work."""

    def __init__(self) -> None:
        self.told: list[int] = []
        self.wrong = False

    def take(self, records: Any) -> None:
        if self.wrong:
            raise DatabaseError("away")
        self.extend(one["number"] for one in records)

    def after(self, records: Any) -> None:
        self.told += [one["number"] for one in records]


def journal(kept: Kept) -> Journal:
    made = Journal("test", kept.take, kept.after)
    made.kept = True
    return made


def test_what_a_killed_process_answered_is_taken_in_once(tmp_path: Path, folder: Path) -> None:
    environment = os.environ | {"MINGJING_DATA": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", OTHER], stdout=subprocess.PIPE, env=environment) as other:
        assert other.stdout is not None
        while int(other.stdout.readline()) < 50:
            pass
        kept = Kept()
        assert journal(kept).take_in() == 0, "it lives, and takes its own"
        other.send_signal(signal.SIGKILL)
        answered = 50 + len(other.stdout.read().splitlines())
    assert journal(kept).take_in() in (answered + 1, answered + 2), "what was just being answered may be there"
    assert kept == list(range(len(kept)))
    assert journal(kept).take_in() == 0
    assert not list(folder.iterdir())
    assert not TakenIn.objects.exists()


def test_a_database_that_is_away_is_waited_for(folder: Path) -> None:
    kept = Kept()
    made = journal(kept)
    made.append({"number": 0})
    kept.wrong = True
    with pytest.raises(DatabaseError):
        made.take_in()
    made.append({"number": 1})
    kept.wrong = False
    assert (made.take_in(), made.take_in()) == (2, 0)
    assert kept == kept.told == [0, 1]
    del made
    assert journal(kept).take_in() == 0, "it was noted how much of the file is taken in already"
    assert kept == [0, 1]
    assert not list(folder.iterdir())


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="what is open is read from /proc")
def test_a_file_goes_once_the_databases_log_is_on_the_disk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite leaves its log to the system: a file that went before it would be lost with it when the power goes."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL syncs each commit")
    kept, done = Kept(), list[str]()
    made = journal(kept)
    made.append({"number": 0})
    del made
    real, gone = os.fsync, Path.unlink

    def synced(descriptor: int) -> None:
        done.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        real(descriptor)

    def removed(path: Path, *asked: Any, **more: Any) -> None:
        done.append(f"gone: {path.suffix}")
        gone(path, *asked, **more)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "unlink", removed)
    assert journal(kept).take_in() == 1
    log = f"{connection.settings_dict['NAME']}-wal"
    assert done.index(log) < done.index("gone: .lines")


def test_half_a_line_was_never_answered(folder: Path) -> None:
    folder.mkdir()
    (folder / "test.1.lines").write_bytes(b'{"number":1}\n{"num' + bytes(99))
    (folder / "other.1.lines").write_bytes(b'{"number":2}\n')
    kept = Kept()
    assert journal(kept).take_in() == 1
    assert [one.name for one in folder.iterdir()] == ["other.1.lines"]


def test_many_at_once_and_more_than_a_file_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mingjing.kernel.jobs.journals.ROOM", 2_000)
    kept = Kept()
    made = journal(kept)

    def work(first: int) -> None:
        for number in range(first, first + 50):
            made.append({"number": number, "text": "永"})

    threads = [threading.Thread(target=work, args=[first]) for first in range(0, 400, 50)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert made.take_in() == 400
    assert sorted(kept) == sorted(kept.told) == list(range(400))


def test_without_a_server_a_record_is_taken_in_at_once(folder: Path) -> None:
    kept = Kept()
    Journal("test", kept.take, kept.after).append(json.loads('{"number": 7}'))
    assert kept == [7]
    assert not folder.exists()
