"""The head of a JPEG that says nothing but its size, as the field app makes them: read without Pillow, at a tenth.

Whatever else stands in a head, or is not just so, is no such head, and is read by Pillow (photos). A test holds the two
equal. Not here: where a picture ends (kernel.sync.pictures).
"""

from mmap import mmap

__all__ = ["bare_jpeg"]

JFIF, COMMENT, TABLES, CODES, RESTART, SCAN = 0xE0, 0xFE, 0xDB, 0xC4, 0xDD, 0xDA
FRAMES = (0xC0, 0xC2)
PASSED = (COMMENT, CODES, RESTART)
TABLE = 65


def bare_jpeg(raw: bytes | mmap) -> tuple[int, int] | None:
    """Width and height of a JPEG whose head tells nothing else; None for everything else, broken ones too."""
    place, size = 2, None
    if raw[:2] != b"\xff\xd8":
        return None
    while (start := raw[place : place + 4])[:1] == b"\xff" and len(start) == 4:
        mark, end = start[1], place + 2 + int.from_bytes(start[2:])
        if end < place + 4 or end > len(raw):
            return None
        body = raw[place + 4 : end]
        if mark in FRAMES and size is None:
            size = _frame(body)
            if size is None:
                return None
        elif mark == SCAN:
            return size
        elif not _says_nothing(mark, body):
            return None
        place = end
    return None


def _says_nothing(mark: int, body: bytes) -> bool:
    if mark == JFIF:
        return len(body) == 14 and body[:5] == b"JFIF\0"
    if mark == TABLES:
        return len(body) % TABLE == 0 and all(number < 4 for number in body[::TABLE])
    return mark in PASSED


def _frame(body: bytes) -> tuple[int, int] | None:
    """The size that a frame of eight bits tells, grey or in colours."""
    if len(body) < 6 or body[0] != 8 or body[5] not in (1, 3) or len(body) != 6 + 3 * body[5]:
        return None
    height, width = int.from_bytes(body[1:3]), int.from_bytes(body[3:5])
    return (width, height) if width and height else None
