"""What chance asks of a team on site: which stairs to look at, whether a scene is challenged, and with which word.

A seed that was committed to before answers every question, each under a label of its own, so that anyone who is given
the seed can ask again. The numbers are those of a draw (engine.drawing.stream). Not here: where a seed comes from, who
may know it, and when. static/mj/assessments/picks.js gives the same answers on a phone.
"""

import re
from hashlib import sha256

from mingjing.engine.drawing.stream import Stream

__all__ = ["SEED", "asks", "challenge_of", "code_word", "pick", "seed_of"]

SEED = re.compile(r"[0-9a-f]{64}")
"""A seed: 32 bytes in hex."""

LETTERS = "34679CDFHJKMNPRTWXY"
"""What code words are written with: nothing that hands or cameras confuse (0O, 1IL, 2Z, 5S, 8B, 6G, UV), no vowel."""
LENGTH = 4
_OWN = b"mingjing.picks.seed/1\0"


def seed_of(seed: str, subject: str) -> str:
    """The seed of one subject (a visit) from that of all: who knows the one does not know the others.

    >>> seed_of("00" * 32, "assessments.visit:12")[:16]
    '5f3c662d2e43283a'
    """
    return sha256(_OWN + bytes.fromhex(seed) + subject.encode()).hexdigest()


def pick(seed: str, label: str, population: int, count: int) -> tuple[int, ...]:
    """Which of 1 to `population` to look at: `count` of them, or all where there are no more, in rising order.

    Every choice is as likely as the next (Floyd's method: each turn takes a number, or the newest one for a repeat).

    >>> pick("00" * 32, "assessments.visit:12/A5.2", 18, 3)
    (7, 12, 14)
    """
    stream = _stream(seed, "pick", label)
    chosen: set[int] = set()
    for newest in range(max(population - count, 0) + 1, population + 1):
        found = 1 + stream.below(newest)
        chosen.add(newest if found in chosen else found)
    return tuple(sorted(chosen))


def asks(seed: str, label: str, one_in: int) -> bool:
    """Whether this one is asked, which on average one in `one_in` is; 0 asks nobody.

    >>> sum(asks("00" * 32, f"assessments.visit:12/{n}", 4) for n in range(1000))
    230
    """
    return one_in > 0 and _stream(seed, "ask", label).below(one_in) == 0


def code_word(seed: str, label: str) -> str:
    """A word to be written down on the scene and photographed.

    >>> code_word("00" * 32, "assessments.visit:12/A5.2")
    '7N9X'
    """
    stream = _stream(seed, "word", label)
    return "".join(LETTERS[stream.below(len(LETTERS))] for _ in range(LENGTH))


def challenge_of(seed: str, label: str, one_in: int) -> dict[str, str] | None:
    """What the photo of a scene is challenged with: a code word, an odd angle, or (mostly) nothing.

    >>> challenge_of("00" * 32, "assessments.visit:12/A5.2", 1)
    {'kind': 'word', 'word': '7N9X'}
    """
    if not asks(seed, label, one_in):
        return None
    if _stream(seed, "kind", label).below(2):
        return {"kind": "word", "word": code_word(seed, label)}
    return {"kind": "angle"}


def _stream(seed: str, question: str, label: str) -> Stream:
    if not SEED.fullmatch(seed):
        raise ValueError("a seed is 32 bytes in hex")
    return Stream(bytes.fromhex(seed), f"picks/{question}/{label}")
