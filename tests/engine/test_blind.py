"""Blind signatures: the RFC's known answer, what an honest run gives, and what nobody gets signed."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from hypothesis import given, settings
from hypothesis import strategies as st

from mingjing.engine import blind
from mingjing.engine.blind import PrivateKey, PublicKey, Unsignable

VECTOR = json.loads((Path(__file__).parents[1] / "vectors" / "blind.json").read_text("utf-8"))


def number(name: str) -> int:
    return int(VECTOR[name], 16)


def raw(name: str) -> bytes:
    return bytes.fromhex(VECTOR[name])


def known() -> PrivateKey:
    p, q, e = number("p"), number("q"), number("e")
    return PrivateKey(PublicKey(p * q, e), pow(e, -1, (p - 1) * (q - 1)))


def made(bits: int = 2048) -> PrivateKey:
    numbers = generate_private_key(65537, bits).private_numbers()
    return PrivateKey(PublicKey(numbers.public_numbers.n, 65537), numbers.d)


KEY, OTHER = made(), made()


def test_the_known_answer_of_the_rfc() -> None:
    key = known()
    message = blind.prepared(raw("msg"), raw("msg_prefix"))
    blinded, inverse = blind.blind(key.public, message, salt=raw("salt"), r=pow(number("inv"), -1, key.public.n))
    assert blinded == raw("blinded_msg")
    assert inverse == number("inv")
    answer = blind.sign(key, blinded, mask=3)
    assert answer == raw("blind_sig")
    assert blind.finalize(key.public, message, answer, inverse) == raw("sig")
    assert blind.verify(key.public, message, raw("sig"))


@settings(max_examples=15, deadline=None)
@given(st.binary(max_size=80), st.binary(min_size=32, max_size=32), st.binary(min_size=48, max_size=48), st.data())
def test_whatever_chance_gives_the_signature_verifies(
    text: bytes, prefix: bytes, salt: bytes, data: st.DataObject
) -> None:
    chance = st.integers(2, KEY.public.n - 1)
    message = blind.prepared(text, prefix)
    blinded, inverse = blind.blind(KEY.public, message, salt=salt, r=data.draw(chance))
    signature = blind.finalize(KEY.public, message, blind.sign(KEY, blinded, mask=data.draw(chance)), inverse)
    assert blind.verify(KEY.public, message, signature)
    assert not blind.verify(OTHER.public, message, signature)
    assert not blind.verify(KEY.public, message + b"x", signature)


def test_what_was_signed_could_be_for_any_message() -> None:
    """For each signed message and each answer there is an `r` that leads from one to the other: nothing is told."""
    runs = []
    for at, r in enumerate((12345, 67891)):
        message = blind.prepared(bytes([at]), bytes(32))
        blinded, inverse = blind.blind(KEY.public, message, salt=bytes(48), r=r)
        answer = blind.sign(KEY, blinded, mask=7)
        runs.append((message, blinded, answer, blind.finalize(KEY.public, message, answer, inverse)))
    for message, _, _, signature in runs:
        for _, blinded, answer, _ in runs:
            n = KEY.public.n
            r = int.from_bytes(answer) * pow(int.from_bytes(signature), -1, n) % n
            assert blind.blind(KEY.public, message, salt=bytes(48), r=r)[0] == blinded


def test_what_is_no_blinded_message_is_not_signed() -> None:
    size, n = KEY.public.size, KEY.public.n
    for wrong in (b"", bytes(size), (1).to_bytes(size), (n - 1).to_bytes(size), n.to_bytes(size), bytes(size - 1)):
        with pytest.raises(Unsignable):
            blind.sign(KEY, wrong, mask=3)


def test_a_signer_that_cheats_is_found_out() -> None:
    message = blind.prepared(b"x", bytes(32))
    blinded, inverse = blind.blind(KEY.public, message, salt=bytes(48), r=99)
    wrong = (int.from_bytes(blind.sign(KEY, blinded, mask=3)) + 1).to_bytes(KEY.public.size)
    with pytest.raises(Unsignable):
        blind.finalize(KEY.public, message, wrong, inverse)
    for prefix, salt in ((bytes(31), bytes(48)), (bytes(32), bytes(47))):
        with pytest.raises(Unsignable):
            blind.blind(KEY.public, blind.prepared(b"x", prefix), salt=salt, r=99)
