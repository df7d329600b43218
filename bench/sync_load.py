"""Phones as the bench of sync drives them: what each sends is made and signed before the clock runs.

A phone is a thread with one connection. Not here: the servers, and what is measured (scenario_sync).
"""

import json
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
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

__all__ = ["EDITS", "Phone", "Visit", "drive", "floor_visit", "form_of", "phones_of", "plain_visit", "sync_visit"]

EDITS = 65
PHOTO_BYTES = 300_000
BOUNDARY = "mingjing-bench"


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit as it is sent: the photos' bytes with their digests, and the body that tells of them."""

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
    visits: list[Visit] = field(default_factory=list)

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

    def prepare(self, checks: dict[str, list[list[str]]], photos: int) -> Visit:
        """The next visit of this phone, with so many photos."""
        subject, class_code = self.subjects.pop()
        taken = [photo() for _ in range(photos)]
        digests = [digest for digest, _ in taken]
        commands = [self.promise(subject, digest, len(raw)) for digest, raw in taken]
        commands += edits(subject, checks[class_code], digests)
        body = canonical({"format": "mingjing.sync/1", "device": self.device, "sent_at": now(), "commands": commands,
                          "watch": []})  # fmt: skip
        return Visit(subject, body, self.sign(body), taken)

    def promise(self, subject: str, digest: str, size: int) -> dict[str, Any]:
        """The signed record of a photo."""
        record = {
            "format": "mingjing.capture/1", "id": uuid7(), "device": self.device, "subject": subject, "about": "",
            "sha256": digest, "size": size, "media_type": "image/jpeg", "origin": "camera", "taken_at": now(),
            "position": {"latitude": "27.8300000", "longitude": "113.1300000", "accuracy": 9, "at": now()},
            "clock": {"offset": 0, "monotonic": 1}, "challenge": None, "head": self.head, "access": "internal",
        }  # fmt: skip
        return command(subject, "assessments.photo", {"record": record, "signature": self.sign(canonical(record))})


def edits(subject: str, checks: Sequence[Sequence[str]], digests: Sequence[str]) -> list[dict[str, Any]]:
    """65 edits: every check answered, then more instances of those that count them, with photos where there are."""
    found, counted = [], [code for code, kind in checks if kind == "PI"]
    for n in range(EDITS):
        code, kind = checks[n] if n < len(checks) else (counted[n % len(counted)], "PI")
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


def drive(port: int, lots: Sequence[tuple[Phone, Sequence[Visit]]],
          send: Callable[[HTTPConnection, Phone, Visit], None]) -> tuple[float, list[float]]:  # fmt: skip
    """Let every phone send its visits one after the other; returns the seconds in all, and those of each visit."""

    def work(lot: tuple[Phone, Sequence[Visit]]) -> list[float]:
        connection, took = HTTPConnection("127.0.0.1", port, timeout=60), []
        for visit in lot[1]:
            start = time.perf_counter()
            send(connection, lot[0], visit)
            took.append(time.perf_counter() - start)
        return took

    start = time.perf_counter()
    with ThreadPoolExecutor(len(lots)) as pool:
        found = [seconds for took in pool.map(work, lots) for seconds in took]
    return time.perf_counter() - start, found


def sync_visit(connection: HTTPConnection, phone: Phone, visit: Visit) -> None:
    """The photos by tus, each in one request, then the commands, which make exhibits of them."""
    bearer = f"Bearer {phone.token}"
    for digest, raw in visit.photos:
        headers = {
            "Authorization": bearer, "Tus-Resumable": "1.0.0", "Upload-Length": str(len(raw)),
            "Upload-Metadata": f"sha256 {b64encode(digest.encode()).decode()}",
            "Content-Type": "application/offset+octet-stream",
        }  # fmt: skip
        connection.request("POST", "/field/api/uploads/", raw, headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 201, answer.status
        assert answer.headers["Mingjing-Receipt"], "no receipt"
    headers = {"Authorization": bearer, "Mingjing-Signature": visit.signature, "Content-Type": "application/json"}
    connection.request("POST", "/field/api/sync/", visit.body, headers)
    answer = connection.getresponse()
    told = json.loads(answer.read())
    assert answer.status == 200, told
    wrong = [one for one in told["outcomes"] if one["state"] != "applied"]
    assert not wrong, wrong[:3]
    kept = [digest for digest, _ in visit.photos if told["captures"].get(digest) != "kept"]
    assert not kept, kept


def floor_visit(connection: HTTPConnection, phone: Phone, visit: Visit) -> None:
    """The same bytes and the same rows to the floor."""
    for digest, raw in visit.photos:
        connection.request("PUT", f"/{digest}", raw)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
    connection.request("POST", f"/{len(visit.photos)}", visit.body)
    answer = connection.getresponse()
    said = answer.read()
    assert answer.status == 200, said


def form_of(visit: Visit) -> bytes:
    """The visit and its photos as one multipart body."""
    begin = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name="
    parts = [f'{begin}"visit"\r\n\r\n'.encode(), visit.body, b"\r\n"]
    for digest, raw in visit.photos:
        parts += [
            f'{begin}"photo"; filename="{digest}.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'.encode(), raw, b"\r\n",
        ]  # fmt: skip
    return b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


def plain_visit(forms: Mapping[str, bytes]) -> Callable[[HTTPConnection, Phone, Visit], None]:
    """The same by one request to the view of plain Django; `forms` were made before the clock runs, by subject."""

    def send(connection: HTTPConnection, phone: Phone, visit: Visit) -> None:
        headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        connection.request("POST", f"/plain/{len(visit.photos)}", forms[visit.subject], headers)
        answer = connection.getresponse()
        said = answer.read()
        assert answer.status == 200, said

    return send


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


def chunks(visits: Sequence[Visit], size: int) -> Iterator[Sequence[Visit]]:
    """So many visits at a time."""
    yield from (visits[n : n + size] for n in range(0, len(visits), size))
