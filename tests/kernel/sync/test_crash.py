"""A process killed in the middle of taking bytes or of keeping photos: nothing half, nothing lost, gone on with."""

import json
import os
from datetime import datetime
from hashlib import sha256
from io import BytesIO, FileIO
from pathlib import Path
from uuid import UUID

import pytest
from django.utils import timezone
from tests import children
from tests.faces import district
from tests.phones import Phone, bound, picture

from mingjing.kernel.evidence import folders, store
from mingjing.kernel.evidence.models import Custody, Exhibit
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.sync import arrivals, pieces, uploads
from mingjing.kernel.sync.actions import settle
from mingjing.kernel.sync.models import Capture

SUBJECT = "parties.organisation:7"
RAW = picture(5, size=(400, 300))


class Slow(BytesIO):
    """A body that comes in pieces of 500 bytes."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(500 if size is None or size < 0 else min(size, 500))


def settled(statements: int) -> None:
    """Keep the photos that have come, and be killed after so many statements."""
    with children.dying_after(statements):
        settle(at=timezone.now())
    children.die()


def received(when: str, device: UUID, name: str) -> None:
    """Take the bytes of an upload, and be killed where `when` says."""
    if when == "written":
        os.fsync = children.die
    if when == "synced":
        uploads.examined = children.die
    if when == "looked at":
        folders.Folder.adopt = children.die  # type: ignore[method-assign]
    if when == "named":
        uploads.note_arrival = children.die
    if when == "noting":
        os.write = children.die  # the note is there, and empty
    if when.isdigit():
        real, left = pieces._write, [int(when)]

        def counted(file: FileIO, chunk: bytes) -> None:
            real(file, chunk)
            left[0] -= 1
            if not left[0]:
                children.die()

        pieces._write = counted
    found = uploads.found(name, device=device, at=timezone.now())
    uploads.receive(found, Slow(RAW), offset=0, at=timezone.now())


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
    end = children.ended(lambda: received(when, device, begun.name))
    assert (end == 0) == (when == "never")
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
    children.killed(lambda: settled(when))
    kept = Capture.objects.exclude(exhibit=None).count()
    assert kept in (0, 3)
    assert Exhibit.objects.count() == Custody.objects.count() == Fact.objects.count() - facts == kept
    assert settle(at=timezone.now()) == 3 - kept
    assert Exhibit.objects.count() == Capture.objects.exclude(exhibit=None).count() == 3
    assert verify().whole
    assert json.loads(Capture.objects.first().record)["subject"] == SUBJECT  # type: ignore[union-attr]
