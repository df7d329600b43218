"""What people write for the record: a line that says something, within its limit."""

from mingjing.engine.outcome import N_, Problem, Refusal

__all__ = ["said"]


def said(text: str, limit: int, place: str) -> str:
    """The text without what surrounds it; raises Refusal where it says nothing, or too much."""
    text = text.strip()
    if not 2 <= len(text) <= limit or any(not (sign.isprintable() or sign in "\n\t") for sign in text):
        wanted = N_("Say it in 2 to {limit} characters.")
        raise Refusal([Problem("inspections.text", wanted, {"limit": limit}, place)])
    return text
