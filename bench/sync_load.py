"""Phones as the bench of sync drives them: what each sends is made and signed before the clock runs.

Not here: how it is sent (sync_wire), the servers, and what is measured (scenario_sync).
"""

import json
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from http.client import HTTPConnection
from io import BytesIO
from os import urandom
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bench.sync_wire import Answer, Request, request

__all__ = [
    "EDITS", "KINDS", "Kind", "Phone", "Visit", "check_plain", "check_sync", "phones_of", "to_bare", "to_plain",
    "to_sync",
]  # fmt: skip

EDITS = 65
PHOTO_BYTES = 300_000
BOUNDARY = "mingjing-bench"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of visit: how many photos, and whether critical checks are found wanting.

    Most visits find nothing there. Where they do, an order is opened for each such check: five here.
    """

    photos: int
    critical: bool = False


KINDS = {"0-photos": Kind(0), "20-photos": Kind(20), "orders": Kind(0, critical=True)}


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit as it is sent: the photos' bytes with their digests, and the body that tells of them."""

    kind: str
    subject: str
    body: bytes
    signature: str
    photos: Sequence[tuple[str, bytes]]


@dataclass(slots=True)
class Phone:
    """A phone that has a session, and the visits it has to send."""

    device: str
    key: EllipticCurvePrivateKey
    subjects: list[tuple[str, str]]
    token: str = ""
    head: Any = None

    def sign(self, message: bytes) -> str:
        """r and s as base64url, as WebCrypto signs."""
        r, s = decode_dss_signature(self.key.sign(message, ECDSA(SHA256())))
        return text(r.to_bytes(32) + s.to_bytes(32))

    def sign_in(self, port: int) -> None:
        """A session by challenge."""
        connection = HTTPConnection("127.0.0.1", port)
        challenge = posted(connection, "/field/api/challenge/", {"device": self.device})["challenge"]
        signature = self.sign(f"mingjing.session/1 {challenge}".encode())
        given = {"device": self.device, "challenge": challenge, "signature": signature}
        answer = posted(connection, "/field/api/session/", given)
        self.token, self.head = answer["token"], answer["head"]

    def prepare(self, checks: dict[str, list[list[Any]]], kind: str) -> Visit:
        """The next visit of this phone, of that kind."""
        subject, class_code = self.subjects.pop()
        taken = [photo() for _ in range(KINDS[kind].photos)]
        digests = [digest for digest, _ in taken]
        commands = [self.promise(subject, digest, len(raw)) for digest, raw in taken]
        commands += edits(subject, checks[class_code], digests, critical=KINDS[kind].critical)
        body = canonical({"format": "mingjing.sync/1", "device": self.device, "sent_at": now(), "commands": commands,
                          "watch": []})  # fmt: skip
        return Visit(kind, subject, body, self.sign(body), taken)

    def promise(self, subject: str, digest: str, size: int) -> dict[str, Any]:
        """The signed record of a photo."""
        record = {
            "format": "mingjing.capture/1", "id": uuid7(), "device": self.device, "subject": subject, "about": "",
            "sha256": digest, "size": size, "media_type": "image/jpeg", "origin": "camera", "taken_at": now(),
            "position": {"latitude": "27.8300000", "longitude": "113.1300000", "accuracy": 9, "at": now()},
            "clock": {"offset": 0, "monotonic": 1}, "challenge": None, "head": self.head, "access": "internal",
        }  # fmt: skip
        return command(subject, "assessments.photo", {"record": record, "signature": self.sign(canonical(record))})


def edits(
    subject: str, checks: Sequence[Sequence[Any]], digests: Sequence[str], *, critical: bool
) -> list[dict[str, Any]]:
    """65 edits: every check answered, then more instances of those that count them, with photos where there are."""
    found, counted = [], [code for code, kind, weighty in checks if kind == "PI" and (critical or not weighty)]
    for n in range(EDITS):
        code, kind, _ = checks[n] if n < len(checks) else (counted[n % len(counted)], "PI", critical)
        payload = answer(code, kind, first=n < len(checks))
        if payload["edit"] == "find" and digests:
            payload["evidence"] = [digests[n % len(digests)]]
        found.append(command(subject, "assessments.edit", payload))
    return found


def answer(code: str, kind: str, *, first: bool) -> dict[str, Any]:
    """What is said about a check: nothing found, a share, a grade; later ones are instances."""
    if kind == "RATIO":
        return {"edit": "find", "finding": uuid4(), "check": code, "good": 20, "of": 20, "place": "3栋"}
    if kind == "TIER" or not first:
        how = {"grade": "partial"} if kind == "TIER" else {"count": 1}
        return {"edit": "find", "finding": uuid4(), "check": code, "place": "3栋2单元门厅", "note": "见照片", **how}
    return {"edit": "looked", "check": code}


def command(subject: str, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    return {"id": uuid7(), "kind": kind, "subject": subject, "at": now(), "payload": payload}


def phones_of(told: dict[str, Any]) -> list[Phone]:
    """The phones that sync_district made."""
    found = []
    for one in told["phones"]:
        key = load_pem_private_key(one["key"].encode(), None)
        assert isinstance(key, EllipticCurvePrivateKey)
        found.append(Phone(one["device"], key, [(subject, of) for subject, of in one["subjects"]]))
    return found


def to_sync(phone: Phone, visit: Visit) -> list[Request]:
    """The photos by tus, each in one request, then the commands, which make exhibits of them."""
    bearer = f"Bearer {phone.token}"
    asked = [
        request(
            "POST", "/field/api/uploads/", raw, Authorization=bearer, Tus_Resumable="1.0.0",
            Upload_Length=str(len(raw)), Upload_Metadata=f"sha256 {b64encode(digest.encode()).decode()}",
            Content_Type="application/offset+octet-stream",
        )
        for digest, raw in visit.photos
    ]  # fmt: skip
    headers = {"Authorization": bearer, "Mingjing_Signature": visit.signature, "Content_Type": "application/json"}
    return [*asked, request("POST", "/field/api/sync/", visit.body, **headers)]


def check_sync(visit: Visit, answers: Sequence[Answer]) -> None:
    """Every photo was receipted and kept, every command applied."""
    *uploads, synced = answers
    assert len(uploads) == len(visit.photos)
    for answer in uploads:
        assert answer.status == 201, answer
        assert answer.header("Mingjing-Receipt"), "no receipt"
    assert synced.status == 200, synced
    told = json.loads(synced.body)
    wrong = [one for one in told["outcomes"] if one["state"] != "applied"]
    assert not wrong, wrong[:3]
    assert len(told["outcomes"]) == EDITS + len(visit.photos)
    kept = [digest for digest, _ in visit.photos if told["captures"].get(digest) != "kept"]
    assert not kept, kept


def to_bare(_phone: Phone, visit: Visit) -> list[Request]:
    """The same bytes and the same rows to the bare floor."""
    asked = [request("PUT", f"/{digest}", raw) for digest, raw in visit.photos]
    return [*asked, request("POST", f"/{visit.kind}", visit.body)]


def to_plain(_phone: Phone, visit: Visit) -> list[Request]:
    """The same in one multipart body to the view of plain Django."""
    begin = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name="
    parts = [f'{begin}"visit"\r\n\r\n'.encode(), visit.body, b"\r\n"]
    for digest, raw in visit.photos:
        parts += [
            f'{begin}"photo"; filename="{digest}.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'.encode(), raw, b"\r\n",
        ]  # fmt: skip
    body = b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])
    path = f"/plain/{visit.kind}/{len(visit.photos)}"
    return [request("POST", path, body, Content_Type=f"multipart/form-data; boundary={BOUNDARY}")]


def check_plain(_visit: Visit, answers: Sequence[Answer]) -> None:
    """A floor did all of it."""
    for answer in answers:
        assert (answer.status, answer.body) == (200, b"ok"), answer


def posted(connection: HTTPConnection, path: str, given: dict[str, Any]) -> dict[str, Any]:
    connection.request("POST", path, json.dumps(given), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    told: dict[str, Any] = json.loads(answer.read())
    assert answer.status in (200, 201), told
    return told


def photo() -> tuple[str, bytes]:
    """A JPEG of 300 KB like no other: one picture of noise, with other bytes in a comment."""
    comment = urandom(64)
    raw = PICTURE[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2) + comment + PICTURE[2:]
    return sha256(raw).hexdigest(), raw


def picture() -> bytes:
    """A JPEG of noise, of about the size of a phone's."""
    from PIL import Image

    for side in range(300, 2000, 20):
        file = BytesIO()
        Image.frombytes("L", (side, side), urandom(side * side)).save(file, "JPEG", quality=85)
        if file.tell() >= PHOTO_BYTES:
            return file.getvalue()
    raise RuntimeError("no picture was large enough")


def text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def canonical(value: Any) -> bytes:
    """Canonical JSON of what holds whole numbers only."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def uuid7() -> str:
    bits = time.time_ns() // 1_000_000 << 80 | int.from_bytes(urandom(10))
    return str(UUID(int=bits & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62))


def uuid4() -> str:
    return str(UUID(bytes=urandom(16), version=4))


PICTURE = picture()
