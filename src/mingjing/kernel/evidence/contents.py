"""What the stores of originals share: the name of a content, its size, and what to say when it is too large."""

from dataclasses import dataclass

from mingjing.engine.outcome import N_, Problem, Refusal

__all__ = ["CHUNK", "Original", "too_large"]

CHUNK = 1 << 20  # bytes in memory at a time


@dataclass(frozen=True, slots=True)
class Original:
    """A stored content: its SHA-256 in hex, which is also its name, and its size in bytes."""

    sha256: str
    size: int


def too_large(limit: int) -> Refusal:
    """Why a stream of more than `limit` bytes is not kept."""
    text = N_("The file is larger than {limit} bytes, which is the most that is kept.")
    return Refusal([Problem("evidence.size", text, {"limit": limit})])
