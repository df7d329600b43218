"""A phone as the tests have one: it holds a key, signs, and speaks the protocol of phones to Django's client."""

import json
from base64 import b64encode, urlsafe_b64decode
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client
from PIL import Image

from mingjing.engine.chain import canonical
from mingjing.kernel import keys
from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.db.ids import uuid7
from mingjing.kernel.jobs.worker import do_chores
from mingjing.kernel.parties.models import Person
from mingjing.kernel.sync.actions import enrol_device, make_enrolment
from mingjing.kernel.sync.models import Device
from mingjing.kernel.sync.sessions import enrolment_message, made_token

__all__ = ["Phone", "bound", "picture", "worker_came"]


@dataclass
class Phone:
    """A phone that has been bound, with a session."""

    device: Device
    key: ec.EllipticCurvePrivateKey
    token: str
    client: Client = field(default_factory=Client)

    def sign(self, message: bytes) -> str:
        r, s = decode_dss_signature(self.key.sign(message, ec.ECDSA(SHA256())))
        return keys.text(r.to_bytes(32) + s.to_bytes(32))

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def body(self, commands: list[dict[str, Any]], at: datetime, watch: tuple[str, ...] = ()) -> bytes:
        document = {"format": "mingjing.sync/1", "device": str(self.device.pk), "sent_at": instant_text(at)}
        return canonical({**document, "commands": commands, "watch": list(watch)})

    def sync(
        self, commands: list[dict[str, Any]], at: datetime, watch: tuple[str, ...] = (), *, worker: bool = True
    ) -> Any:
        """What the installation answers, over HTTP; the worker then does what it would do within a second."""
        body = self.body(commands, at, watch)
        headers = {**self.bearer, "Mingjing-Signature": self.sign(body), "accept-language": "en"}
        answer = self.client.post("/field/api/sync/", body, content_type="application/json", headers=headers)
        assert answer.status_code == 200, answer.content
        if worker:
            worker_came()
        return answer.json()

    def command(self, kind: str, subject: str, at: datetime, **payload: Any) -> dict[str, Any]:
        return {"id": str(uuid7()), "kind": kind, "subject": subject, "at": instant_text(at), "payload": payload}

    def record(self, subject: str, raw: bytes, at: datetime, **changes: Any) -> dict[str, Any]:
        """The record of a photo."""
        where = {"latitude": "27.8300000", "longitude": "113.1300000", "accuracy": 12, "at": instant_text(at)}
        return {
            "format": "mingjing.capture/1", "id": str(uuid7()), "device": str(self.device.pk), "subject": subject,
            "about": "", "sha256": sha256(raw).hexdigest(), "size": len(raw), "media_type": "image/jpeg",
            "origin": "camera", "taken_at": instant_text(at), "position": where, "clock": {"offset": 0, "monotonic": 1},
            "challenge": None, "head": None, "access": "internal", **changes,
        }  # fmt: skip

    def photo(self, kind: str, subject: str, raw: bytes, at: datetime, **changes: Any) -> dict[str, Any]:
        """The command that promises a photo."""
        record = self.record(subject, raw, at, **changes)
        return self.command(kind, subject, at, record=record, signature=self.sign(canonical(record)))

    def upload(self, raw: bytes, **headers: str) -> Any:
        """Send a photo in one go; the answer."""
        digest = b64encode(sha256(raw).hexdigest().encode()).decode()
        usual = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(raw)), "Upload-Metadata": f"sha256 {digest}"}
        return self.client.generic(
            "POST", "/field/api/uploads/", raw, "application/offset+octet-stream",
            headers={**self.bearer, **usual, **headers},
        )  # fmt: skip


def bound(person: Person, at: datetime) -> Phone:
    """A phone of this person."""
    key = ec.generate_private_key(ec.SECP256R1())
    point = keys.text(key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
    _enrolment, code = make_enrolment(person=person, by=person, at=at)
    phone = Phone(Device(), key, "")
    signature = phone.sign(enrolment_message(code))
    phone.device = enrol_device(
        code=code, public_key=point, label=f"phone {uuid4().hex[:4]}", signature=signature, at=at
    )
    phone.token, _until = made_token(phone.device, at)
    return phone


def worker_came() -> None:
    """The worker has been, as it is within a second: what follows from what phones have sent is done."""
    while do_chores():
        pass


def picture(number: int = 0, form: str = "JPEG", size: tuple[int, int] = (64, 48)) -> bytes:
    """A small picture like no other of its number."""
    file = BytesIO()
    image = Image.new("RGB", size, (number % 251, number // 251 % 251, 90))
    image.putpixel((1, 1), (number * 7 % 256, 3, 5))
    image.save(file, form, **({"comment": f"number {number}"} if form == "JPEG" else {}))
    return file.getvalue()


def opened(receipt: str) -> dict[str, Any]:
    """What a receipt says."""
    told: dict[str, Any] = json.loads(urlsafe_b64decode(receipt + "=" * (-len(receipt) % 4)))
    return told
