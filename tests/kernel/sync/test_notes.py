"""What is remembered of bytes: the last word counts, half a line spoils no other, old ones are forgotten."""

import os
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest

from mingjing.kernel.sync import notes

DEVICE, OTHER = UUID(int=7), UUID(int=8)
DIGESTS = [sha256(bytes([n])).hexdigest() for n in range(60)]


@pytest.fixture(autouse=True)
def _here(data_dir: Path) -> None:
    """In a folder of its own."""


def test_each_phone_has_its_own_words_and_the_last_counts(at: datetime) -> None:
    for n, digest in enumerate(DIGESTS):
        notes.note(DEVICE, digest, {"size": n}, at=at)
    notes.note(DEVICE, DIGESTS[3], {"size": 300}, at=at)
    assert [notes.noted(DEVICE, digest).get("size") for digest in DIGESTS] == [0, 1, 2, 300, *range(4, 60)]
    assert notes.noted(OTHER, DIGESTS[3]) == {}
    assert len(list((notes.folder() / "done" / DEVICE.hex).iterdir())) <= 16


@pytest.mark.parametrize("kept", [0, 1, 40, -1])
def test_half_a_line_is_nothing_and_spoils_neither_the_one_before_nor_the_one_after(at: datetime, kept: int) -> None:
    first = DIGESTS[0]
    same = [digest for digest in DIGESTS[1:] if digest[0] == first[0]]
    assert len(same) >= 2
    notes.note(DEVICE, first, {"size": 1}, at=at)
    path = notes.folder() / "done" / DEVICE.hex / f"{first[0]}.json"
    whole = path.read_bytes()
    notes.note(DEVICE, first, {"size": 2}, at=at)
    line = path.read_bytes()[len(whole) :].removesuffix(b"\n")
    path.write_bytes(whole + (line[:kept] if kept else bytes(len(line))))  # a torn one, or one that is all zeros
    notes.note(DEVICE, same[0], {"size": 3}, at=at)
    assert (notes.noted(DEVICE, first)["size"], notes.noted(DEVICE, same[0])["size"]) == (1, 3)
    assert notes.noted(DEVICE, same[1]) == {}


def test_an_upload_is_found_by_its_name_until_it_is_forgotten(at: datetime) -> None:
    notes.note(DEVICE, DIGESTS[0], {"size": 1, "upload": "one"}, at=at)
    notes.note(DEVICE, DIGESTS[0], {"size": 1, "upload": "two"}, at=at)
    assert notes.noted_upload(DEVICE, "one")["sha256"] == DIGESTS[0]
    assert notes.noted_upload(OTHER, "one") == {}
    notes.forget_upload(DEVICE, DIGESTS[0], "one", at=at)
    assert notes.noted_upload(DEVICE, "one") == {}
    assert notes.noted_upload(DEVICE, "two")["size"] == notes.noted(DEVICE, DIGESTS[0])["size"] == 1


def test_what_is_old_is_forgotten_and_nothing_else(at: datetime) -> None:
    """A phone that sends every ten days: its file is never untouched for long."""
    digests = [f"a{n:063x}" for n in range(20)]
    path = notes.folder() / "done" / DEVICE.hex / "a.json"
    for n, digest in enumerate(digests):
        now = at + timedelta(days=10 * n)
        notes.note(DEVICE, digest, {"size": n}, at=now)
        os.utime(path, (now.timestamp(), now.timestamp()))
        notes.sweep_notes(at=now)
        assert all(notes.noted(DEVICE, digests[m])["size"] == m for m in range(max(0, n - 6), n + 1))
        assert sum(notes.noted(DEVICE, one) != {} for one in digests) <= 14, "120 days at most"
    notes.sweep_notes(at=at + timedelta(days=1_000))
    assert not list(path.parent.iterdir())
