"""Identifiers: time-ordered UUIDs, so that new rows land at the end of an index."""

import os
from datetime import datetime
from uuid import UUID

__all__ = ["uuid7"]


def uuid7(at: datetime | None = None, chance: bytes | None = None) -> UUID:
    """A UUID of version 7 (RFC 9562, 5.7): 48 bits of milliseconds, then 74 bits of chance.

    `at` (aware) and `chance` (10 bytes) make it repeatable; without them it is the system's clock and randomness,
    because an identifier decides nothing.

    >>> from datetime import UTC
    >>> str(uuid7(datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC), bytes(10)))
    '017f22e2-79b0-7000-8000-000000000000'
    """
    moment = at or datetime.now().astimezone()
    milliseconds = round(moment.timestamp() * 1000)
    bits = milliseconds << 80 | int.from_bytes(chance or os.urandom(10))
    bits = bits & ~(0xF << 76) | 0x7 << 76
    bits = bits & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=bits)
