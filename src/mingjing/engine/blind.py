"""RSA blind signatures (RFC 9474, RSABSSA-SHA384-PSS-Randomized): signed without being seen, known as genuine later.

Whoever holds a right has a blinded message signed; what comes of unblinding it is a usual RSASSA-PSS signature, and the
signer cannot tell for which right it was made. Chance is an argument: the caller brings `prefix`, `salt`, `r`, `mask`.
Not here: who holds a right, where keys are kept, the browser's side (static/mj/blind.js, held by the same vectors).
"""

from dataclasses import dataclass
from hashlib import sha384
from math import gcd

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA384

__all__ = ["PREFIX", "SALT", "PrivateKey", "PublicKey", "Unsignable", "blind", "finalize", "prepared", "sign", "verify"]

PREFIX = 32
"""Random bytes before every message (RFC 9474, 4.1): a signer who made its key badly on purpose learns nothing."""
SALT = 48
"""Bytes of salt, as many as SHA-384 gives."""


class Unsignable(ValueError):
    """Something that no honest use of the scheme leads to."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Modulus and exponent."""

    n: int
    e: int

    @property
    def size(self) -> int:
        """Bytes of a signature."""
        return (self.n.bit_length() + 7) // 8


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """What signs: the public key and its secret exponent."""

    public: PublicKey
    d: int


def prepared(message: bytes, prefix: bytes) -> bytes:
    """The message that is signed: behind 32 random bytes."""
    if len(prefix) != PREFIX:
        raise Unsignable("a prefix has 32 bytes")
    return prefix + message


def blind(key: PublicKey, message: bytes, *, salt: bytes, r: int) -> tuple[bytes, int]:
    """A prepared message blinded by `r`, and what unblinds its signature.

    `salt` are 48 random bytes, `r` is uniform among 1 … n-1. Raises Unsignable where r or the message divides n: that
    would be to have factored the key.
    """
    m = int.from_bytes(_encoded(message, salt, key.n.bit_length() - 1))
    if gcd(m, key.n) != 1 or not 0 < r < key.n or gcd(r, key.n) != 1:
        raise Unsignable("not invertible modulo n")
    return (m * pow(r, key.e, key.n) % key.n).to_bytes(key.size), pow(r, -1, key.n)


def sign(key: PrivateKey, blinded: bytes, *, mask: int) -> bytes:
    """The signature of a blinded message; raises Unsignable for what is none.

    `mask` is uniform among 2 … n-1: multiplied in before and out after, so that the time it takes tells nothing of d.
    """
    n, e = key.public.n, key.public.e
    m = int.from_bytes(blinded)
    if len(blinded) != key.public.size or not 1 < m < n - 1 or gcd(mask, n) != 1:
        raise Unsignable("not a blinded message of this key")
    s = pow(m * pow(mask, e, n) % n, key.d, n) * pow(mask, -1, n) % n
    if pow(s, e, n) != m:
        raise Unsignable("the signature came out wrong")
    return s.to_bytes(key.public.size)


def finalize(key: PublicKey, message: bytes, blind_signature: bytes, inverse: int) -> bytes:
    """The signature of a prepared message, unblinded; raises Unsignable where it does not verify."""
    if len(blind_signature) != key.size:
        raise Unsignable("of another length than the key")
    signature = (int.from_bytes(blind_signature) * inverse % key.n).to_bytes(key.size)
    if not verify(key, message, signature):
        raise Unsignable("the signer did not sign what was blinded")
    return signature


def verify(key: PublicKey, message: bytes, signature: bytes) -> bool:
    """Whether `signature` is the key's under a prepared message."""
    public = RSAPublicNumbers(key.e, key.n).public_key()
    try:
        public.verify(signature, message, PSS(MGF1(SHA384()), SALT), SHA384())
    except InvalidSignature:
        return False
    return True


def _encoded(message: bytes, salt: bytes, bits: int) -> bytes:
    """EMSA-PSS (RFC 8017, 9.1.1) with SHA-384 and MGF1."""
    if len(salt) != SALT:
        raise Unsignable("a salt has 48 bytes")
    length = (bits + 7) // 8
    h = sha384(bytes(8) + sha384(message).digest() + salt).digest()
    block = bytes(length - SALT - len(h) - 2) + b"\x01" + salt
    masked = bytearray(a ^ b for a, b in zip(block, _mask(h, len(block)), strict=True))
    masked[0] &= 0xFF >> (8 * length - bits)
    return bytes(masked) + h + b"\xbc"


def _mask(seed: bytes, length: int) -> bytes:
    """MGF1 (RFC 8017, B.2.1)."""
    blocks = (sha384(seed + at.to_bytes(4)).digest() for at in range(-(-length // 48)))
    return b"".join(blocks)[:length]
