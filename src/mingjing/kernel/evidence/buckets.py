"""Originals as objects of an S3-compatible store, named by the SHA-256 of their content.

An object appears whole or not at all (one PUT, which carries its digest for the store to check), is never written over
(`If-None-Match`), and is read into a temporary file of this machine. Keys come from where boto3 looks: AWS_… variables
or files. Not here: which bucket (settings), copies in a second place (the bucket's own replication).
"""

import tempfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.evidence.contents import CHUNK, Original
from mingjing.kernel.evidence.folders import copied

__all__ = ["Bucket"]

SECONDS = 10  # to wait for a connection, and for each answer
TRIES = 3
MISSING = {"404", "NoSuchKey", "NotFound"}
THERE = {"412", "PreconditionFailed"}
UNKNOWN = {"501", "NotImplemented"}  # a store that knows no If-None-Match


class Bucket:
    """A store in the bucket and below the prefix of `address` (`s3://bucket/prefix`)."""

    def __init__(self, address: str, endpoint: str = "") -> None:
        parts = urlsplit(address)
        self.bucket, prefix = parts.netloc, parts.path.strip("/")
        self.prefix = f"{prefix}/" if prefix else ""
        self.client = _client(endpoint)

    def key_of(self, digest: str) -> str:
        """The object of a content."""
        return f"{self.prefix}{digest[:2]}/{digest[2:4]}/{digest}"

    def store(self, stream: BinaryIO, limit: int) -> Original:
        """Keep what is left of `stream`: hashed on this machine first, then sent if it is not there."""
        with tempfile.TemporaryFile() as file:
            original = copied(stream, file, limit)
            if not self.exists(original.sha256):
                file.seek(0)
                self._put(file, original)
        return original

    def adopt(self, file: Path, digest: str) -> None:
        """Send the finished `file` and take it away here."""
        with file.open("rb") as stream:
            if not self.exists(digest):
                self._put(stream, Original(digest, file.stat().st_size))
        file.unlink(missing_ok=True)

    def _put(self, file: BinaryIO, original: Original) -> None:
        checksum = b64encode(bytes.fromhex(original.sha256)).decode()
        wanted = {"Bucket": self.bucket, "Key": self.key_of(original.sha256), "ChecksumSHA256": checksum}
        for condition in ({"IfNoneMatch": "*"}, {}):
            file.seek(0)
            with _asked(THERE | (UNKNOWN if condition else set())) as answer:
                self.client.put_object(**wanted, **condition, Body=file, ContentLength=original.size)
            if answer.code not in UNKNOWN:
                return  # written, or somebody was faster with the same bytes

    def open(self, digest: str) -> BinaryIO:
        """The content, read to this machine; raises FileNotFoundError."""
        file = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - the caller closes it
        try:
            with _asked(MISSING) as answer:
                body = self.client.get_object(Bucket=self.bucket, Key=self.key_of(digest))["Body"]
                while chunk := body.read(CHUNK):
                    file.write(chunk)
            if answer.code:
                raise FileNotFoundError(digest)
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return file

    def exists(self, digest: str) -> bool:
        """Whether there is such a content."""
        with _asked(MISSING) as answer:
            self.client.head_object(Bucket=self.bucket, Key=self.key_of(digest))
        return not answer.code

    def digests(self) -> Iterator[str]:
        """The name of everything that is kept, in order."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
        with _asked(set()):
            for page in pages:
                keys = [entry["Key"] for entry in page.get("Contents", ())]
                yield from (name for key in keys if self.key_of(name := key.rsplit("/", 1)[-1]) == key)

    def sweep(self, older_than: datetime) -> int:
        """Nothing to do: what a killed writer had is a file without a name, gone with it."""
        return 0

    def fault(self) -> str:
        """What the store says when it is asked for the bucket; nothing when all is well."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self.client.head_bucket(Bucket=self.bucket)
        except (BotoCoreError, ClientError) as error:
            return str(error)
        return ""


def _client(endpoint: str) -> Any:
    import boto3
    from botocore.config import Config

    retries = {"mode": "standard", "total_max_attempts": TRIES}
    config = Config(connect_timeout=SECONDS, read_timeout=SECONDS, retries=retries)
    return boto3.client("s3", endpoint_url=endpoint or None, config=config)


class _Answer:
    """The code of an expected error, or nothing."""

    code = ""


@contextmanager
def _asked(expected: set[str]) -> Iterator[_Answer]:
    """Ask the store; an `expected` error becomes the answer's code, every other one a Refusal."""
    from botocore.exceptions import BotoCoreError, ClientError

    answer = _Answer()
    try:
        yield answer
    except (BotoCoreError, ClientError) as error:
        said = error.response.get("Error", {}) if isinstance(error, ClientError) else {}
        answer.code = str(said.get("Code", ""))
        if answer.code not in expected:
            text = N_(
                "The store of originals does not answer as it should ({detail}). Try again; tell the administrator."
            )
            raise Refusal([Problem("evidence.store", text, {"detail": answer.code or str(error)})]) from error
