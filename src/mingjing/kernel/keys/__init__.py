"""The installation's own signature, the signatures of phones, pseudonyms, and secrets that lie sealed in the database.

The installation signs with Ed25519 what it hands out and may be held to: ledger heads and receipts. Its key follows
from the signing secret, so there is no file to lose; who changes the secret keeps the old one among the fallbacks.
Phones sign with ECDSA on P-256 (what every browser can keep without ever giving it out). A pseudonym stands for a text
that is not kept: the same text gives the same one here, and nobody without the secret can try texts out. Another secret
gives others. Not here: what is signed.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from os import urandom

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

__all__ = [
    "is_device_key", "is_own_key", "pseudonym", "public_key", "sealed", "sign", "signed_by_device", "signed_by_us",
    "text", "unpacked", "unsealed",
]  # fmt: skip

PURPOSE, NAMING, SEALING = b"mingjing.signing/1", b"mingjing.pseudonym/1", b"mingjing.sealing/1"
NONCE = 12
POINT = 65  # bytes of an uncompressed point of P-256
DEVICE_SIGNATURE = 64  # r and s, 32 bytes each, as WebCrypto writes them


def text(raw: bytes) -> str:
    """Bytes as base64url without padding, as every format of the house writes them."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def unpacked(written: str) -> bytes:
    """What `text` wrote; raises ValueError for anything else."""
    raw = urlsafe_b64decode(written + "=" * (-len(written) % 4))
    if text(raw) != written:
        raise ValueError("not base64url without padding")
    return raw


def sign(message: bytes) -> str:
    """Our signature under `message`, as base64url."""
    return text(_private(settings.SECRET_KEY).sign(message))


def public_key() -> str:
    """The key our signatures are checked with: 32 bytes as base64url."""
    return _public(settings.SECRET_KEY)


def pseudonym(purpose: str, original: str) -> str:
    """What stands for `original` where `purpose` is served: 22 characters; another purpose has unrelated ones."""
    key = _naming_key(settings.SECRET_KEY)
    return text(hmac.digest(key, f"{purpose}\0{original}".encode(), "sha256")[:16])


def sealed(purpose: str, secret: bytes) -> bytes:
    """`secret` encrypted (AES-256-GCM): whoever has the database and not our secret reads nothing."""
    nonce = urandom(NONCE)
    return nonce + AESGCM(_sealing_key(settings.SECRET_KEY)).encrypt(nonce, secret, purpose.encode())


def unsealed(purpose: str, box: bytes) -> bytes:
    """What `sealed` was given for this purpose, also before our secret was changed; raises ValueError for all else."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return AESGCM(_sealing_key(secret)).decrypt(box[:NONCE], box[NONCE:], purpose.encode())
        except (InvalidTag, ValueError):
            continue
    raise ValueError("not sealed here, or for another purpose")


def is_own_key(key: str) -> bool:
    """Whether `key` is this installation's, now or before its secret was changed (SECRET_KEY_FALLBACKS)."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(_public(secret) == key for secret in secrets)


def signed_by_us(message: bytes, signature: str, key: str) -> bool:
    """Whether `signature` under `message` was made with our key `key`."""
    return is_own_key(key) and _verified(message, signature, key)


@lru_cache(maxsize=1024)
def _verified(message: bytes, signature: str, key: str) -> bool:
    """The signature alone; known for a while, for many photos carry the same head of the ledger."""
    try:
        Ed25519PublicKey.from_public_bytes(unpacked(key)).verify(unpacked(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def is_device_key(key: str) -> bool:
    """Whether `key` is a point of P-256 (65 bytes, uncompressed, as base64url)."""
    try:
        _point(key)
    except ValueError:
        return False
    return True


def signed_by_device(message: bytes, signature: str, key: str) -> bool:
    """Whether the phone whose public key is `key` made `signature` (r and s, as base64url) under `message`."""
    try:
        raw = unpacked(signature)
        if len(raw) != DEVICE_SIGNATURE:
            return False
        r, s = int.from_bytes(raw[:32]), int.from_bytes(raw[32:])
        _point(key).verify(encode_dss_signature(r, s), message, ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=8)
def _private(secret: str) -> Ed25519PrivateKey:
    seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(seed)


@lru_cache(maxsize=8)
def _naming_key(secret: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=NAMING).derive(secret.encode())


@lru_cache(maxsize=8)
def _sealing_key(secret: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=SEALING).derive(secret.encode())


@lru_cache(maxsize=8)
def _public(secret: str) -> str:
    return text(_private(secret).public_key().public_bytes_raw())


@lru_cache(maxsize=4096)
def _point(key: str) -> EllipticCurvePublicKey:
    raw = unpacked(key)
    if len(raw) != POINT:
        raise ValueError("not an uncompressed point of P-256")
    return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), raw)
