"""Whether a scheme's document can be published, proved once: one is read, saved and published soon after each other.

Not here: what makes a document sound (policy.scheme).
"""

from collections.abc import Mapping
from typing import Any

from mingjing.engine.chain import content_digest
from mingjing.engine.outcome import Problem, Refusal
from mingjing.programmes.assessments.policy.scheme import compile_scheme

__all__ = ["check_scheme"]


def check_scheme(document: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Everything that is wrong with a document; empty when it can be published."""
    try:
        digest = content_digest(document)
    except (TypeError, ValueError):  # not even JSON: told below, with its place
        digest = ""
    if digest in _SOUND:
        return ()
    try:
        compile_scheme(document)
    except Refusal as refusal:
        return refusal.problems
    _remember(digest)
    return ()


_SOUND: dict[str, None] = {}
"""Digests of documents without mistakes, the oldest first."""
MOST_SOUND = 64


def _remember(digest: str) -> None:
    while len(_SOUND) >= MOST_SOUND:
        _SOUND.pop(next(iter(_SOUND), ""), None)
    _SOUND[digest] = None
