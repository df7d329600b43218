"""What a picture looks like, as 64 bits: pictures that look alike differ in few of them.

A difference hash: the picture in 9 by 8 greys, a bit for each that is clearly lighter than the one to its left. Only
the upper part counts, measured by the picture's width, so that a watermark over the lowest tenth changes nothing, nor
a band added below. Not here: which pictures are near each other (fingerprints).
"""

from collections.abc import Iterator

from PIL import Image

__all__ = ["BANDS", "BITS", "NEAR", "around", "bands_of", "bits_of", "distance", "signed"]

COLUMNS, ROWS = 8, 8
BITS = COLUMNS * ROWS
BANDS = 4
BAND_BITS = BITS // BANDS
NEAR = 10
"""Bits in which two pictures may differ that are said to look alike."""
CLEARLY = 1  # greys of 256 by which a cell must be lighter: what compressing and brightening change is less
ROUGH, ROUGH_CELLS = 2, 16
"""A picture in which fewer cells differ by more greys than this from their neighbour says nothing: black, a wall.
Its hash would be nearly empty, and near all others that are."""

PARTS = ((0.65, 0.45), (1.0, 0.6), (1.2, 0.8), (1.6, 1.05), (float("inf"), 1.4))
"""Of a picture whose height is less than so many widths, how many widths of its height count: some four fifths, chosen
so that a band of up to 15 % below leaves a picture of a usual shape in its class."""


def bits_of(upright: Image.Image) -> int | None:
    """The hash of an upright picture; None for one that is flat: all flat pictures look alike."""
    grey = upright.convert("L")
    width, height = grey.size
    part = min(height, width * next(share for limit, share in PARTS if height < limit * width))
    small = grey.resize((COLUMNS + 1, ROWS), Image.Resampling.BOX, box=(0, 0, width, part)).tobytes()
    bits = rough = 0
    for row in range(ROWS):
        start = row * (COLUMNS + 1)
        for left, right in zip(small[start:], small[start + 1 : start + COLUMNS + 1], strict=False):
            bits = bits << 1 | (right - left > CLEARLY)
            rough += abs(right - left) > ROUGH
    return bits if rough >= ROUGH_CELLS else None


def distance(one: int, other: int) -> int:
    """In how many bits two hashes differ."""
    return (one ^ other).bit_count()


def bands_of(bits: int) -> tuple[int, ...]:
    """The four quarters of a hash, 16 bits each."""
    return tuple(bits >> BAND_BITS * n & (1 << BAND_BITS) - 1 for n in range(BANDS))


def around(band: int) -> Iterator[int]:
    """The 137 bands that differ from `band` in at most two bits.

    Of two hashes that differ in at most 11 bits, one of four quarters differs in at most two.
    """
    yield band
    for first in range(BAND_BITS):
        yield band ^ 1 << first
        for second in range(first):
            yield band ^ 1 << first ^ 1 << second


def signed(bits: int) -> int:
    """The hash as the databases hold it: a whole number of 64 bits with a sign."""
    return bits - (1 << BITS) if bits >> BITS - 1 else bits
