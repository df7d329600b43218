"""How a phone proves itself: a challenge it signs, a token for twelve hours. Neither needs a row.

Not here: what the person may do (programmes); phones themselves (actions).
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from secrets import token_urlsafe
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.signing import b62_decode
from django.db.models import Subquery
from django.utils.crypto import constant_time_compare, salted_hmac

from mingjing.engine.chain import Mark
from mingjing.kernel import keys
from mingjing.kernel.db.prepared import Prepared
from mingjing.kernel.ledger.models import Head
from mingjing.kernel.sync.models import Device

__all__ = [
    "CHALLENGE", "TOKEN", "Pass", "capability", "enrolment_message", "holds", "made_challenge", "made_token",
    "read_token", "standing_device", "stands", "took_challenge",
]  # fmt: skip

_SEQ, _HASH = Subquery(Head.objects.values("seq")[:1]), Subquery(Head.objects.values("hash")[:1])
_STANDING = Prepared(
    lambda device, person: Device.objects.standing().select_related("person").filter(pk=device, person_id=person)
    .annotate(end_seq=_SEQ, end_hash=_HASH).order_by()[:1]
)  # fmt: skip
_THERE = Prepared(
    lambda device, person: Device.objects.standing().filter(pk=device, person_id=person, person__left_at=None)
    .only("pk").order_by()[:1]
)  # fmt: skip
CHALLENGE = timedelta(minutes=2)
TOKEN = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Pass:
    """What a token says: a phone, and its person's key. Whether either still stands, the database says."""

    device: UUID
    person: int


def enrolment_message(code: str) -> bytes:
    """What a phone signs to show that it holds the key it brings."""
    return f"mingjing.enrolment/1 {code}".encode()


def made_challenge(device: UUID) -> str:
    """Something to sign, good for CHALLENGE."""
    return signing.dumps([device.hex, token_urlsafe(9)], salt="sync.challenge")


def took_challenge(device: Device, challenge: str, signature: str) -> bool:
    """Whether the phone signed a challenge that was made for it just now."""
    try:
        named, _chance = signing.loads(challenge, salt="sync.challenge", max_age=CHALLENGE)
    except (signing.BadSignature, ValueError, TypeError):
        return False
    message = f"mingjing.session/1 {challenge}".encode()
    return named == device.id.hex and keys.signed_by_device(message, signature, device.public_key)


def made_token(device: Device, at: datetime) -> tuple[str, datetime]:
    """A token for the phone, and until when it is good."""
    return signing.dumps([device.id.hex, device.person_id], salt="sync.token"), at + TOKEN


def read_token(token: str) -> Pass | None:
    """What a token says; None for one that is not ours or is over."""
    found = _signed(token, settings.SECRET_KEY)
    return found[0] if found and time.time() < found[1] else None


@lru_cache(maxsize=4096)
def _signed(token: str, secret: str) -> tuple[Pass, float] | None:
    """What it says and when it is over: known for a while, for a phone shows it with every photo."""
    try:
        device, person = signing.loads(token, salt="sync.token")
        made = b62_decode(token.rsplit(":", 2)[1])
        return Pass(UUID(device), int(person)), made + TOKEN.total_seconds()
    except (signing.BadSignature, ValueError, TypeError):
        return None


def standing_device(of: Pass) -> Device | None:
    """The phone with its person, and where the ledger ends: one statement.

    None for one that was revoked or whose person has left.
    """
    found = _STANDING.first(device=of.device, person=of.person)
    if found is None or not found.person.is_active:
        return None
    found.ledger_end = Mark(found.end_seq, found.end_hash)  # type: ignore[attr-defined]  # annotated just above
    return found


def stands(of: Pass) -> bool:
    """Whether the phone still stands, and its person too: one statement, the smallest there is."""
    return _THERE.any(device=of.device, person=of.person)


def capability(device: UUID, name: str) -> str:
    """What shows that something was begun by this phone, without a look into the database."""
    return salted_hmac("sync.upload", f"{device.hex}/{name}", algorithm="sha256").hexdigest()[:32]


def holds(device: UUID, name: str, shown: str) -> bool:
    """Whether `shown` is the capability of this phone for `name`."""
    return constant_time_compare(capability(device, name), shown)
