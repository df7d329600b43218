"""Originals in an S3 store: whole or not at all, never written over, read verified; against a real server over HTTP."""

import base64
import hashlib
import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from tests.s3_server import BUCKET, KEYS, S3, serving

from mingjing.engine.outcome import Refusal
from mingjing.kernel.evidence import store
from mingjing.kernel.evidence.buckets import Bucket

NAME = BUCKET
LIMIT = 3 << 20


@pytest.fixture(scope="module")
def s3() -> Iterator[S3]:
    """A server of its own on this machine, with an empty bucket."""
    with serving() as server:
        yield server


@pytest.fixture
def client(s3, settings, monkeypatch):
    """The installation keeps its originals there; this client looks at them from outside."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    settings.ORIGINALS, settings.S3_ENDPOINT = f"s3://{NAME}/hetang", s3.endpoint
    store._bucket.cache_clear()
    yield s3.client
    s3.empty()
    store._bucket.cache_clear()


def keys(client) -> list[str]:
    return [entry["Key"] for entry in client.list_objects_v2(Bucket=NAME).get("Contents", ())]


def key_of(digest: str) -> str:
    return f"hetang/{digest[:2]}/{digest[2:4]}/{digest}"


@pytest.mark.parametrize("size", [0, 1, store.CHUNK, LIMIT])
def test_a_content_is_kept_under_its_digest_and_nothing_lies_in_the_folder(client, data_dir, size):
    content = os.urandom(size)
    original = store.store(io.BytesIO(content), LIMIT)
    digest = hashlib.sha256(content).hexdigest()
    assert original == store.Original(digest, size)
    assert keys(client) == [key_of(digest)]
    assert store.exists(digest)
    assert list(store.digests()) == [digest]
    with store.open_original(digest, verified=True) as file:
        assert file.read() == content
    assert not (data_dir / "originals").exists()


def test_the_store_is_sent_the_digest_to_check_and_the_wish_not_to_write_over(client):
    sent: dict[str, str] = {}
    store.chosen().client.meta.events.register_first(
        "before-send.s3.PutObject", lambda request, **_: sent.update({k.lower(): v for k, v in request.headers.items()})
    )
    original = store.store(io.BytesIO(b"photo"), LIMIT)
    text = {name: value.decode() if isinstance(value, bytes) else value for name, value in sent.items()}
    assert base64.b64decode(text["x-amz-checksum-sha256"]).hex() == original.sha256
    assert text["if-none-match"] == "*"
    assert text["content-length"] == "5"


def test_what_is_there_is_never_written_over(client):
    original = store.store(io.BytesIO(b"photo"), LIMIT)
    client.put_object(Bucket=NAME, Key=key_of(original.sha256), Body=b"forged")
    bucket = store.chosen()
    bucket._put(io.BytesIO(b"photo"), original)  # as somebody does who did not see it was there
    assert client.get_object(Bucket=NAME, Key=key_of(original.sha256))["Body"].read() == b"forged"


def test_the_same_content_at_once_from_many_is_kept_once(client):
    content = os.urandom(100_000)
    found, store_now = [], store.chosen()
    threads = [
        threading.Thread(target=lambda: found.append(store_now.store(io.BytesIO(content), LIMIT))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert len(keys(client)) == 1


def test_too_much_is_refused_and_a_broken_stream_leaves_nothing(client):
    class Torn(io.BytesIO):
        def read(self, size=-1):
            if self.tell():
                raise ConnectionResetError
            return super().read(5)

    with pytest.raises(Refusal, match="larger than 4 bytes"):
        store.store(io.BytesIO(b"photo"), 4)
    with pytest.raises(ConnectionResetError):
        store.store(Torn(b"half a photo"), LIMIT)
    assert keys(client) == []


def test_a_changed_object_is_noticed_and_a_missing_one_is_not_found(client):
    original = store.store(io.BytesIO(b"photo"), LIMIT)
    client.put_object(Bucket=NAME, Key=key_of(original.sha256), Body=b"ph0to")
    with pytest.raises(store.Damaged, match=original.sha256):
        store.open_original(original.sha256, verified=True)
    with pytest.raises(FileNotFoundError):
        store.open_original("ab" * 32)
    assert not store.exists("ab" * 32)
    with pytest.raises(ValueError, match="no SHA-256"):
        store.open_original("../../etc/passwd")


def test_a_store_that_does_not_answer_refuses_with_what_to_do(client, settings):
    settings.S3_ENDPOINT = "http://127.0.0.1:9"
    for attempt in (lambda: store.store(io.BytesIO(b"photo"), LIMIT), lambda: store.open_original("ab" * 32),
                    lambda: store.exists("ab" * 32), lambda: list(store.digests())):  # fmt: skip
        with pytest.raises(Refusal, match="does not answer") as refusal:
            attempt()
        assert refusal.value.problems[0].code == "evidence.store"
    assert "127.0.0.1:9" in store.chosen().fault()


def test_a_bucket_that_is_not_there_is_said(client, settings):
    settings.ORIGINALS = "s3://no-such-bucket"
    with pytest.raises(Refusal, match="NoSuchBucket"):
        store.store(io.BytesIO(b"photo"), LIMIT)
    assert store.chosen().fault()
    settings.ORIGINALS = f"s3://{NAME}"
    assert store.chosen().fault() == ""


def test_a_store_that_knows_no_conditions_is_sent_without(client, monkeypatch):
    from botocore.exceptions import ClientError

    bucket = store.chosen()
    real, sent = bucket.client.put_object, []

    def old(**wanted):
        sent.append("IfNoneMatch" in wanted)
        if sent[-1]:
            raise ClientError({"Error": {"Code": "NotImplemented"}}, "PutObject")
        return real(**wanted)

    monkeypatch.setattr(bucket.client, "put_object", old)
    original = bucket.store(io.BytesIO(b"photo"), LIMIT)
    assert sent == [True, False]
    assert keys(client) == [key_of(original.sha256)]


def test_sweeping_has_nothing_to_do(client):
    assert store.sweep(older_than=datetime.now(UTC)) == 0


def test_a_photo_is_recorded_seen_and_verified_from_there(client, record, officer, at):
    from mingjing.kernel.evidence.actions import verify_exhibit
    from mingjing.kernel.evidence.copies import THUMBNAIL, copy_of

    exhibit = record()
    assert keys(client) == [key_of(exhibit.sha256)]
    assert copy_of(exhibit.sha256, THUMBNAIL).is_file()
    assert verify_exhibit(exhibit=exhibit, by=officer, at=at)
    client.put_object(Bucket=NAME, Key=key_of(exhibit.sha256), Body=b"forged")
    assert not verify_exhibit(exhibit=exhibit, by=officer, at=at)


def test_an_address_without_a_prefix_keeps_at_the_top(client, s3):
    assert Bucket(f"s3://{NAME}", s3.endpoint).key_of("ab" * 32) == f"ab/ab/{'ab' * 32}"


CHILD = """
import io, os, signal, socket, sys
from pathlib import Path
from django.conf import settings
settings.configure(DATA_DIR=Path(sys.argv[1]), ORIGINALS=sys.argv[2], S3_ENDPOINT=sys.argv[3])
from mingjing.kernel.evidence.store import store

real, sent = socket.socket.sendall, 0

def sendall(self, data, *more):
    global sent
    sent += len(data)
    real(self, data, *more)
    if sent > 200_000:
        os.kill(os.getpid(), signal.SIGKILL)

socket.socket.sendall = sendall
store(io.BytesIO(os.urandom(1 << 20)), 1 << 21)
"""


def test_a_process_killed_while_sending_leaves_nothing(client, settings, data_dir):
    command = [sys.executable, "-c", CHILD, str(data_dir), settings.ORIGINALS, settings.S3_ENDPOINT]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": "src"}, capture_output=True, check=False)
    assert done.returncode == -9, done.stderr.decode()
    assert keys(client) == []
    assert [path for path in data_dir.rglob("*") if path.is_file()] == []
