"""Pictures that look alike, among all there are: whatever visit, whoever took them, in whichever year.

Fingerprints are made in the background, and each is compared with all others once: pages only read the pairs that came
of it. Not here: the hash (looks), what a likeness means (whoever reviews).
"""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from PIL import Image, ImageOps

from mingjing.kernel.evidence import store
from mingjing.kernel.evidence.looks import BANDS, NEAR, around, bands_of, bits_of, distance, signed
from mingjing.kernel.evidence.media import IMAGES
from mingjing.kernel.evidence.models import Exhibit, Fingerprint, Likeness
from mingjing.kernel.evidence.photos import PIXELS, UNREADABLE, opened
from mingjing.kernel.jobs.worker import Run

__all__ = ["GUARANTEED", "LOT", "NEAR", "fill", "fingerprint_of_subject", "lacking", "near", "near_bits"]

GUARANTEED = 11
"""Bits up to which the search misses nothing: 4 quarters, 2 bits each, and 3 left over."""
MOST = 50
"""Pairs that are kept of one new picture, the nearest: what was photographed a hundred times is told by fifty."""
UNPACKED = 512  # pixels of the longer side that are enough to see what a picture looks like
LOT = 50


def fingerprint_of_subject(run: Run) -> None:
    """The reaction to recorded evidence: fingerprints of all pictures of its subject that have none."""
    mine, done = lacking().filter(subject=run.fact.values["of"]), 0
    while count := fill(mine[:LOT]):
        done += count
        run.progress(done, 0)


def lacking() -> QuerySet[Exhibit]:
    """The pictures that have no fingerprint, the oldest first."""
    return Exhibit.objects.filter(fingerprint=None, media_type__in=IMAGES).order_by("recorded_at", "id")


def fill(exhibits: Iterable[Exhibit]) -> int:
    """Make the fingerprints of these pictures and note whom they look like; returns how many. May be done again."""
    count = 0
    for exhibit in list(exhibits):
        bits = _bits(exhibit)
        bands = (None,) * BANDS if bits is None else bands_of(bits)
        columns = {f"band{n}": band for n, band in enumerate(bands)}
        row = Fingerprint(exhibit=exhibit, bits=None if bits is None else signed(bits), **columns)
        # On disk before anybody is looked for: of two made at once, at least one finds the other.
        Fingerprint.objects.bulk_create([row], ignore_conflicts=True)
        if bits is not None:
            _pair(exhibit.pk, bits)
        count += 1
    return count


def _pair(new: UUID, bits: int) -> None:
    found = [(pk, apart) for pk, apart in near_bits(bits, within=NEAR, limit=MOST + 1) if pk != new][:MOST]
    pairs = [Likeness(first_id=min(pk, new), second_id=max(pk, new), distance=apart) for pk, apart in found]
    with transaction.atomic():
        Likeness.objects.bulk_create(pairs, ignore_conflicts=True)


def _bits(exhibit: Exhibit) -> int | None:
    """The hash of the original; None for what cannot be unpacked, is gone, or is flat."""
    try:
        with store.open_original(exhibit.sha256) as file, opened(file) as image:
            if image.width * image.height > PIXELS:
                return None
            image.draft("L", (UNPACKED, UNPACKED))
            image.thumbnail((UNPACKED, UNPACKED))
            return bits_of(_on_white(ImageOps.exif_transpose(image)))
    except (*UNREADABLE, FileNotFoundError):
        return None


def _on_white(image: Image.Image) -> Image.Image:
    if "A" not in image.getbands() and image.mode != "P":
        return image
    upright = image.convert("RGBA")
    picture = Image.new("RGB", upright.size, "white")
    picture.paste(upright, mask=upright.getchannel("A"))
    return picture


def near(looks: Exhibit | int, *, within: int = NEAR, limit: int = 20) -> list[tuple[Exhibit, int]]:
    """The pictures that look like an exhibit (itself aside) or a hash, and how many bits apart; nearest first.

    Nothing for a picture that says nothing or has no fingerprint yet. All there are, whoever asks: who shows them asks
    what the reader may see. Raises ValueError beyond GUARANTEED, where some might be missed.
    """
    own = None if isinstance(looks, int) else looks.pk
    bits = looks if isinstance(looks, int) else _known(looks)
    if bits is None:
        return []
    found = [one for one in near_bits(bits, within=within, limit=limit + 1) if one[0] != own][:limit]
    rows = Exhibit.objects.select_related("area", "recorded_by").in_bulk([pk for pk, _ in found])
    return [(rows[pk], apart) for pk, apart in found]


def _known(exhibit: Exhibit) -> int | None:
    return Fingerprint.objects.filter(exhibit=exhibit).values_list("bits", flat=True).first()


def near_bits(bits: int, *, within: int = NEAR, limit: int = 20) -> list[tuple[UUID, int]]:
    """The ids of the exhibits whose hash is near `bits`, and how near. One statement, four ranges of an index."""
    if within > GUARANTEED:
        raise ValueError(f"Beyond {GUARANTEED} bits some would be missed.")
    whole = bits & (1 << 64) - 1
    found = {pk: distance(other & (1 << 64) - 1, whole) for pk, other in _candidates(whole)}
    close = sorted((apart, pk) for pk, apart in found.items() if apart <= within)
    return [(pk, apart) for apart, pk in close[:limit]]


def _candidates(bits: int) -> Iterator[tuple[UUID, Any]]:
    """Every exhibit of which some quarter is near that of `bits`, with its hash; some more than once."""
    parts = [
        Fingerprint.objects.filter(**{f"band{n}__in": list(around(band))}).values_list("exhibit_id", "bits")
        for n, band in enumerate(bands_of(bits))
    ]
    yield from parts[0].union(*parts[1:], all=True)
