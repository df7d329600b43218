"""Chance that anyone can recompute: seeds, commitments to them, and numbers drawn from SHA-256 in counter mode.

docs/reference/draw-format.md says the same in words. Never `random`: its stream is Python's own business.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import TypeVar

__all__ = ["SEED_BYTES", "Stream", "combined", "commitment", "in_order"]

Item = TypeVar("Item")
SEED_BYTES = 32
WORD = 2**64
_SEED, _COMBINED, _BLOCK = b"mingjing.draw.seed/1\0", b"mingjing.draw.combined/1\0", b"mingjing.draw.block/1\0"


def commitment(seed: bytes) -> str:
    """What is published before the draw: it binds to `seed` (32 random bytes) and tells nothing about it."""
    return sha256(_SEED + seed).hexdigest()


def in_order(seeds: Iterable[bytes]) -> list[bytes]:
    """The seeds in the order of their commitments: who came first changes nothing."""
    by_commitment = {commitment(seed): seed for seed in seeds}
    return [by_commitment[digest] for digest in sorted(by_commitment)]


def combined(inputs: str, seeds: Iterable[bytes]) -> bytes:
    """The key of a draw: the hash of the inputs' digest (hex) and all seeds, in the order of their commitments."""
    return sha256(_COMBINED + bytes.fromhex(inputs) + b"".join(in_order(seeds))).digest()


class Stream:
    """The numbers that `key` gives for the purpose `label`; another label gives unrelated numbers.

    >>> Stream(bytes(32), "example").below(1000)
    242
    """

    def __init__(self, key: bytes, label: str) -> None:
        self._start = _BLOCK + key + label.encode() + b"\0"
        self._counter = 0
        self._words: list[int] = []

    def word(self) -> int:
        """The next 64 bits: four big-endian words of each block SHA-256(start, counter as 8 bytes), in order."""
        if not self._words:
            block = sha256(self._start + self._counter.to_bytes(8, "big")).digest()
            self._counter += 1
            self._words = [int.from_bytes(block[at : at + 8], "big") for at in (24, 16, 8, 0)]
        return self._words.pop()

    def below(self, bound: int) -> int:
        """A number from 0 to `bound` - 1, each as likely as the next: words past the last whole turn are skipped."""
        limit = WORD - WORD % bound
        while (word := self.word()) >= limit:
            pass
        return word % bound

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """The items in an order drawn by Fisher and Yates' method, from the last place to the second."""
        order = list(items)
        for last in range(len(order) - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return order
