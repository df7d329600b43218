"""Public copies of photos that show an order was met: masked, with a watermark that leads to where anybody may check.

Not here: which photos may be shown (queries.proofs), the copies (kernel.evidence).
"""

from collections.abc import Iterable, Iterator
from uuid import UUID

from django.urls import reverse
from django.utils.timezone import localtime

from mingjing.kernel.evidence import copies, store
from mingjing.kernel.evidence.access import words_for
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.evidence.watermarks import Watermark
from mingjing.programmes.assessments.board.addresses import origin

__all__ = ["path_of", "photos_of"]


def path_of(key: UUID) -> str:
    """Where the public copy of an exhibit lies, below the district."""
    return f"photos/{key}.jpg"


def photos_of(exhibits: Iterable[Exhibit]) -> dict[UUID, bytes]:
    """The bytes of each that can be shown; what is broken, or lost its original, is left out."""
    return dict(_made(exhibits))


def _made(exhibits: Iterable[Exhibit]) -> Iterator[tuple[UUID, bytes]]:
    for exhibit in exhibits:
        try:
            yield exhibit.pk, copies.public_copy(exhibit, _mark(exhibit)).read_bytes()
        except (copies.NotPublic, copies.NotViewable, store.Damaged, FileNotFoundError):
            continue


def _mark(exhibit: Exhibit) -> Watermark:
    """When it was taken or recorded, where, and where it can be checked. No name of a person."""
    at = localtime(exhibit.taken_at or exhibit.recorded_at)
    address = origin() + reverse("desk:verify", args=[exhibit.sha256])
    lines = (f"{at:%Y-%m-%d %H:%M}", *words_for(exhibit), f"SHA-256 {exhibit.sha256[:12]}")
    return Watermark([line for line in lines if line], address)
