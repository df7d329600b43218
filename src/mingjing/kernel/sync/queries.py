"""What is known of the photos of subjects, as phones are told. Not here: how they come (uploads, actions.captures)."""

from collections.abc import Collection, Iterable

from mingjing.kernel.sync.arrivals import refusal_of
from mingjing.kernel.sync.models import Capture

__all__ = ["captures_of", "state_of", "told_of"]


def captures_of(subjects: Collection[str]) -> dict[str, dict[str, dict[str, str]]]:
    """By subject and SHA-256 how each photo stands and what it is about. One statement."""
    return told_of(Capture.objects.filter(subject__in=subjects)) if subjects else {}


def told_of(captures: Iterable[Capture]) -> dict[str, dict[str, dict[str, str]]]:
    """The same of photos that were looked up; a photo that was promised anew after it was given up counts anew."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for one in sorted(captures, key=lambda one: (one.released_at is None, one.promised_at)):
        found.setdefault(one.subject, {})[one.sha256] = {"state": state_of(one), "about": one.about}
    return found


def state_of(capture: Capture) -> str:
    """kept, released, refused (its bytes came and are no picture) or promised."""
    if capture.kept:
        return "kept"
    if capture.released_at:
        return "released"
    return "refused" if refusal_of(capture.device_id, capture.sha256) else "promised"
