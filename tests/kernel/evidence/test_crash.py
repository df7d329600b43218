"""A process killed in the middle of recording leaves no half row, and no half file under the name of a digest."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.db import connection
from tests.faces import district

from mingjing.kernel.evidence.models import Custody, Exhibit
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify

from .photographs import photo

SOURCE = Path(__file__).resolve().parents[3] / "src"

CHILD = """
import io, os, signal, sys
import django
django.setup()
from django.db import connection
from django.utils import timezone
from mingjing.kernel.evidence import folders
from mingjing.kernel.evidence.actions import record_exhibit
from mingjing.kernel.places.models import Area

when, content = sys.argv[1], sys.stdin.buffer.read()

def die():
    os.kill(os.getpid(), signal.SIGKILL)

if when.isdigit():
    left = int(when)
    def counted(execute, *statement):
        global left
        result = execute(*statement)
        left -= 1
        if left == 0:
            die()
        return result
    wrapper = counted
else:
    wrapper = lambda execute, *statement: execute(*statement)

if when == "writing":  # half of the original is on the disk
    def half(stream, file, limit):
        file.write(stream.read(len(content) // 2))
        file.flush()
        die()
    folders.copied = half
if when == "named":  # whole under its digest, nothing in the database
    real = folders.Become.__call__
    def named(self, target):
        real(self, target)
        die()
    folders.Become.__call__ = named

with connection.execute_wrapper(wrapper):
    record_exhibit(file=io.BytesIO(content), file_name="a.jpg", subject="parties.organisation:7",
                   area=Area.objects.get(code="430202"), origin="camera", by=None, at=timezone.now())
die()
"""


def child(when: str, content: bytes, data: Path) -> int:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MINGJING_")}
    environment |= {"MINGJING_MODE": "test", "MINGJING_DATA": str(data), "PYTHONPATH": str(SOURCE)}
    environment |= {"DJANGO_SETTINGS_MODULE": "mingjing.config.settings", "DATABASE_URL": address()}
    if without := os.environ.get("MINGJING_WITHOUT"):
        environment["MINGJING_WITHOUT"] = without
    done = subprocess.run(
        [sys.executable, "-c", CHILD, when], env=environment, input=content, capture_output=True, check=False
    )
    assert done.returncode == -9, done.stderr.decode()
    return done.returncode


def address() -> str:
    """The test database, as DATABASE_URL says it."""
    at = configured.DATABASES["default"]
    if connection.vendor == "sqlite":
        return f"sqlite://{at['NAME']}"
    from urllib.parse import quote, urlencode

    place = {"host": at["HOST"]} | ({"port": at["PORT"]} if at["PORT"] else {})
    return f"postgresql://{quote(at['USER'])}:{quote(at['PASSWORD'])}@/{at['NAME']}?{urlencode(place)}"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("when", ["writing", "named", *map(str, range(1, 14)), "done"])
def test_a_killed_process_leaves_a_whole_exhibit_or_none(data_dir, at, when):
    district.build(at)
    facts, content = Fact.objects.count(), photo()
    child(when, content, data_dir)
    digest = hashlib.sha256(content).hexdigest()
    named = [path for path in (data_dir / "originals").rglob("*") if path.is_file() and not path.name.startswith(".")]
    assert all(hashlib.sha256(path.read_bytes()).hexdigest() == path.name for path in named)
    assert Exhibit.objects.count() == Custody.objects.count() == Fact.objects.count() - facts
    if Exhibit.objects.exists():
        assert [path.name for path in named] == [digest], "no row without its original"
    assert verify().whole
    if when == "done":
        assert Exhibit.objects.get().sha256 == digest
    if when in ("writing", "named", "1"):
        assert not Exhibit.objects.exists()
