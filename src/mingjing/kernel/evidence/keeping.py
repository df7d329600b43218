"""What a new exhibit is made of, when its original is in the store already: values for a row. Not here: writing it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Self

from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area

__all__ = ["Kept"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An original that is in the store, what it belongs to, how and by whom it came, what the picture says of it."""

    sha256: str
    size: int
    media_type: str
    subject: str
    area: Area
    origin: str
    access: str
    by: Person | None = None
    file_name: str = ""
    caption: str = ""
    taken_at: datetime | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_picture(cls, picture: Mapping[str, Any], **given: Any) -> Self:
        """With what was read of a picture and written down as JSON (kernel.sync.pictures)."""
        taken, latitude, longitude = (picture.get(name) for name in ("taken_at", "latitude", "longitude"))
        return cls(
            media_type=picture["media_type"],
            taken_at=datetime.fromisoformat(taken) if taken else None,
            latitude=Decimal(latitude) if latitude else None,
            longitude=Decimal(longitude) if longitude else None,
            facts=picture.get("facts", {}),
            **given,
        )
