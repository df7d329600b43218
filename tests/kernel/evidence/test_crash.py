"""A process killed in the middle of recording leaves no half row, and no half file under the name of a digest."""

import hashlib
import io
from contextlib import nullcontext
from datetime import datetime
from typing import BinaryIO

import pytest
from tests import children
from tests.faces import district

from mingjing.kernel.evidence import folders
from mingjing.kernel.evidence.actions import record_exhibit
from mingjing.kernel.evidence.models import Custody, Exhibit
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.places.models import Area

from .photographs import photo


def recorded(when: str, content: bytes, at: datetime) -> None:
    """Record an original and be killed: by then at the latest when all is done."""
    if when == "writing":  # half of the original is on the disk

        def half(stream: BinaryIO, file: BinaryIO, _limit: int) -> None:
            file.write(stream.read(len(content) // 2))
            file.flush()
            children.die()

        folders.copied = half  # type: ignore[assignment]  # in this process only
    if when == "named":  # whole under its digest, nothing in the database
        folders.Become.__call__ = children.then_die(folders.Become.__call__)  # type: ignore[method-assign]
    with children.dying_after(int(when)) if when.isdigit() else nullcontext():
        record_exhibit(
            file=io.BytesIO(content), file_name="a.jpg", subject="parties.organisation:7",
            area=Area.objects.get(code="430202"), origin="camera", by=None, at=at,
        )  # fmt: skip
    children.die()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("when", ["writing", "named", *map(str, range(1, 14)), "done"])
def test_a_killed_process_leaves_a_whole_exhibit_or_none(data_dir, at, when):
    district.build(at)
    facts, content = Fact.objects.count(), photo()
    children.killed(lambda: recorded(when, content, at))
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
