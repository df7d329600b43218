"""Signatures of the installation and of phones: what holds, and everything that only looks like it."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as some

from mingjing.kernel import keys

KEY = ec.generate_private_key(ec.SECP256R1())
POINT = keys.text(KEY.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def signed(message: bytes, key: ec.EllipticCurvePrivateKey = KEY) -> str:
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(SHA256())))
    return keys.text(r.to_bytes(32) + s.to_bytes(32))


@given(some.binary(max_size=80))
def test_bytes_come_back_from_text(raw: bytes) -> None:
    assert keys.unpacked(keys.text(raw)) == raw


@pytest.mark.parametrize("written", ["QQ==", "QR", "Q", "a b", "+/8", "ü"])
def test_only_one_way_to_write_bytes_is_read(written: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        keys.unpacked(written)


@given(some.binary(max_size=200))
def test_our_signature_holds_under_what_was_signed_only(message: bytes) -> None:
    signature, key = keys.sign(message), keys.public_key()
    assert keys.signed_by_us(message, signature, key)
    assert not keys.signed_by_us(message + b"x", signature, key)
    Ed25519PublicKey.from_public_bytes(keys.unpacked(key)).verify(keys.unpacked(signature), message)


def test_anothers_key_is_not_ours() -> None:
    other = Ed25519PrivateKey.generate()
    key = keys.text(other.public_key().public_bytes_raw())
    assert not keys.signed_by_us(b"m", keys.text(other.sign(b"m")), key)


def test_what_was_signed_before_the_secret_changed_still_holds(settings) -> None:  # type: ignore[no-untyped-def]
    signature, key = keys.sign(b"m"), keys.public_key()
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret" * 4
    assert keys.public_key() != key
    assert keys.signed_by_us(b"m", signature, key)
    settings.SECRET_KEY_FALLBACKS = []
    assert not keys.signed_by_us(b"m", signature, key)


def test_what_was_sealed_is_read_by_us_alone_for_its_purpose_and_after_a_change(settings) -> None:  # type: ignore[no-untyped-def]
    box = keys.sealed("purpose", b"secret")
    assert box != keys.sealed("purpose", b"secret")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret" * 4
    assert keys.unsealed("purpose", box) == b"secret"
    for purpose, wrong in (
        ("other", box),
        ("purpose", box[:-1]),
        ("purpose", b""),
        ("purpose", bytes([box[0] ^ 1]) + box[1:]),
    ):
        with pytest.raises(ValueError, match=r"not sealed here"):
            keys.unsealed(purpose, wrong)
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(ValueError, match=r"not sealed here"):
        keys.unsealed("purpose", box)


@given(some.binary(max_size=200))
def test_a_phones_signature_holds_under_what_it_signed_only(message: bytes) -> None:
    signature = signed(message)
    assert keys.signed_by_device(message, signature, POINT)
    assert not keys.signed_by_device(message + b"x", signature, POINT)
    assert not keys.signed_by_device(message, signed(message, ec.generate_private_key(ec.SECP256R1())), POINT)


@given(some.one_of(some.text(max_size=100), some.binary(min_size=64, max_size=64).map(keys.text)))
def test_no_text_at_all_passes_for_a_signature(signature: str) -> None:
    assert not keys.signed_by_device(b"m", signature, POINT)
    assert not keys.signed_by_us(b"m", signature, keys.public_key())


@given(some.one_of(some.text(max_size=100), some.binary(min_size=65, max_size=65).map(keys.text)))
def test_no_text_at_all_passes_for_a_key(key: str) -> None:
    assert not keys.signed_by_device(b"m", signed(b"m"), key)
    assert not keys.is_own_key(key)


def test_a_key_is_a_point_of_the_curve() -> None:
    assert keys.is_device_key(POINT)
    raw = keys.unpacked(POINT)
    assert not keys.is_device_key(keys.text(raw[:-1] + bytes([raw[-1] ^ 1])))
    assert not keys.is_device_key(keys.text(KEY.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)))
