"""Originals are kept whole or not at all, once each, and a changed one is noticed."""

import errno
import hashlib
import io
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from mingjing.engine.outcome import Refusal
from mingjing.kernel.evidence import store as evidence
from mingjing.kernel.evidence.store import Damaged, open_original, path_of, store, sweep

LIMIT = 3 << 20


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


def files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("size", [0, 1, evidence.CHUNK, LIMIT])
def test_store_keeps_the_content_under_its_digest(data_dir, size):
    content = os.urandom(size)
    original = store(io.BytesIO(content), LIMIT)
    digest = hashlib.sha256(content).hexdigest()
    assert original == evidence.Original(digest, size)
    assert files(data_dir) == [data_dir / "originals" / digest[:2] / digest[2:4] / digest]
    with open_original(digest, verified=True) as file:
        assert file.read() == content


def test_store_keeps_the_same_content_once(data_dir):
    assert store(io.BytesIO(b"photo"), LIMIT) == store(io.BytesIO(b"photo"), LIMIT)
    assert len(files(data_dir)) == 1


def test_store_reads_from_where_the_stream_stands(data_dir):
    stream = io.BytesIO(b"header and photo")
    stream.seek(11)
    assert store(stream, LIMIT).sha256 == hashlib.sha256(b"photo").hexdigest()


def test_store_refuses_what_is_too_large_and_keeps_nothing(data_dir):
    with pytest.raises(Refusal, match="larger than 4 bytes"):
        store(io.BytesIO(b"photo"), 4)
    assert files(data_dir) == []
    assert store(io.BytesIO(b"phot"), 4).size == 4


def test_a_stream_that_breaks_off_leaves_nothing(data_dir):
    class Torn(io.BytesIO):
        def read(self, size=-1):
            if self.tell():
                raise ConnectionResetError(errno.ECONNRESET, "connection reset")
            return super().read(5)

    with pytest.raises(ConnectionResetError):
        store(Torn(b"half a photo"), LIMIT)
    assert files(data_dir) == []


def test_a_full_disk_refuses_and_leaves_nothing(data_dir, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Refusal, match="disk is full"):
        store(io.BytesIO(b"photo"), LIMIT)
    assert files(data_dir) == []


def test_a_changed_original_is_noticed(data_dir):
    original = store(io.BytesIO(b"photo"), LIMIT)
    path_of(original.sha256).write_bytes(b"ph0to")
    with pytest.raises(Damaged, match=original.sha256):
        open_original(original.sha256, verified=True)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "AB" * 32, "a" * 63, "/" * 64, "é" * 64])
def test_a_name_that_is_no_digest_opens_nothing(name):
    with pytest.raises(ValueError, match="no SHA-256"):
        open_original(name)


def test_an_unknown_digest_is_not_found():
    with pytest.raises(FileNotFoundError):
        open_original("ab" * 32)


def test_originals_are_for_the_installation_only(data_dir):
    mode = path_of(store(io.BytesIO(b"photo"), LIMIT).sha256).stat().st_mode
    assert not mode & (stat.S_IRWXG | stat.S_IRWXO)


CHILD = """
import io, os, signal, sys
from pathlib import Path
from django.conf import settings
settings.configure(DATA_DIR=Path(sys.argv[1]), ORIGINALS="")
from mingjing.kernel.evidence.store import store

class Killed(io.BytesIO):
    def read(self, size=-1):
        if self.tell():
            os.kill(os.getpid(), signal.SIGKILL)
        return super().read(5)

store(Killed(b"half a photo"), 1000)
"""


def test_sweep_removes_what_a_killed_writer_left_and_nothing_else(data_dir):
    environment = {**os.environ, "PYTHONPATH": "src"}
    assert subprocess.run([sys.executable, "-c", CHILD, str(data_dir)], env=environment).returncode == -9
    original = store(io.BytesIO(b"photo"), LIMIT)
    assert len(files(data_dir)) == 2
    now = datetime.now(UTC)
    assert sweep(older_than=now - timedelta(hours=1)) == 0, "it may still be written"
    assert sweep(older_than=now + timedelta(hours=1)) == 1
    assert files(data_dir) == [path_of(original.sha256)]
    assert sweep(older_than=now) == 0
