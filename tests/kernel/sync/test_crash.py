"""A process killed in the middle of taking bytes or of keeping photos: nothing half, nothing lost, gone on with."""

import json
import os
import signal
import subprocess
import sys
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from django.utils import timezone
from tests.faces import district
from tests.kernel.evidence.test_crash import SOURCE, address
from tests.phones import Phone, bound, picture

from mingjing.kernel.evidence import store
from mingjing.kernel.evidence.models import Custody, Exhibit
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.sync import arrivals, uploads
from mingjing.kernel.sync.actions import settle
from mingjing.kernel.sync.models import Capture

SUBJECT = "parties.organisation:7"
RAW = picture(5, size=(400, 300))

CHILD = """
import io, os, signal, sys
import django
django.setup()
from django.db import connection
from django.utils import timezone
from uuid import UUID
from mingjing.kernel.evidence import folders
from mingjing.kernel.sync import arrivals, uploads
from mingjing.kernel.sync.actions import settle

what, when, device, name = sys.argv[1:]

pid = os.getpid()

def die(*_, **__):
    os.kill(pid, signal.SIGKILL)

class Body(io.BytesIO):
    def read(self, size):
        return super().read(min(size, 500))

if what == "settle":
    left = int(when)
    def counted(execute, *statement):
        global left
        result = execute(*statement)
        left -= 1
        if left == 0:
            die()
        return result
    with connection.execute_wrapper(counted):
        settle(at=timezone.now())
    die()

if when == "written":
    os.fsync = die
if when == "synced":
    uploads.examined = die
if when == "looked at":
    folders.Folder.adopt = die
if when == "named":
    uploads.note_arrival = die
if when == "noting":
    arrivals.os.getpid = die
if when.isdigit():
    real, count = uploads._write, [int(when)]
    def counted_write(file, chunk):
        real(file, chunk)
        count[0] -= 1
        if not count[0]:
            die()
    uploads._write = counted_write
found = uploads.found(name, device=UUID(device), at=timezone.now())
uploads.receive(found, Body(sys.stdin.buffer.read()), offset=0, at=timezone.now())
sys.exit(0)
"""


def child(what: str, when: str, device: str, name: str, data: Path) -> int:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MINGJING_")}
    environment |= {"MINGJING_MODE": "test", "MINGJING_DATA": str(data), "PYTHONPATH": str(SOURCE)}
    environment |= {"DJANGO_SETTINGS_MODULE": "mingjing.config.settings", "DATABASE_URL": address()}
    if without := os.environ.get("MINGJING_WITHOUT"):
        environment["MINGJING_WITHOUT"] = without
    command = [sys.executable, "-c", CHILD, what, when, device, name]
    done = subprocess.run(command, env=environment, input=RAW, capture_output=True, check=False)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr.decode()
    return done.returncode


@pytest.fixture
def phone(transactional_db: None) -> Phone:
    return bound(district.build(timezone.now())["officer"], timezone.now())


def original() -> bytes | None:
    digest = sha256(RAW).hexdigest()
    return store.path_of(digest).read_bytes() if store.exists(digest) else None


@pytest.mark.parametrize("when", ["1", "3", "written", "synced", "looked at", "named", "noting", "never"])
def test_an_upload_killed_at_any_point_is_gone_on_with(phone: Phone, data_dir: Path, at: datetime, when: str) -> None:
    device, digest = phone.device.pk, sha256(RAW).hexdigest()
    begun = uploads.begin(device=device, length=len(RAW), digest=digest, at=at)
    killed = child("upload", when, str(device), begun.name, data_dir)
    assert (killed == 0) == (when == "never")
    assert original() in (None, RAW), "an original is whole or not there"
    if uploads.receipt_of(device, digest):
        assert original() == RAW, "no receipt without the bytes"
    found = uploads.found(begun.name, device=device, at=timezone.now())
    here = 500 * int(when) if when.isdigit() else len(RAW)
    assert found.offset == here, "what came before the kill need not come again"
    if not found.receipt:
        found = uploads.receive(found, BytesIO(RAW[found.offset :]), offset=found.offset, at=timezone.now())
    assert found.receipt
    assert original() == RAW
    assert not list(arrivals.folder().glob("*.part"))


@pytest.mark.parametrize("when", range(1, 16))
def test_photos_killed_on_their_way_to_be_exhibits_are_kept_later(
    phone: Phone, data_dir: Path, at: datetime, when: int
) -> None:
    raws = [picture(n) for n in range(3)]
    phone.sync([phone.photo("parties.photo", SUBJECT, raw, at) for raw in raws], at)
    for raw in raws:
        assert phone.upload(raw).status_code == 201
    facts = Fact.objects.count()
    child("settle", str(when), str(phone.device.pk), "-", data_dir)
    kept = Capture.objects.exclude(exhibit=None).count()
    assert kept in (0, 3)
    assert Exhibit.objects.count() == Custody.objects.count() == Fact.objects.count() - facts == kept
    assert settle(at=timezone.now()) == 3 - kept
    assert Exhibit.objects.count() == Capture.objects.exclude(exhibit=None).count() == 3
    assert verify().whole
    assert json.loads(Capture.objects.first().record)["subject"] == SUBJECT  # type: ignore[union-attr]
