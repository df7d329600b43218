"""The notices that ship, in data/notices.json: put into the database by a migration, and by nothing else.

The file is made by `python -m tools.notices` from the library chinesecalendar, with the numbers written by hand.
"""

import json
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

__all__ = ["read", "seed"]


def read() -> list[dict[str, Any]]:
    """The notices, by year."""
    found: list[dict[str, Any]] = json.loads((files(__package__) / "data" / "notices.json").read_text("utf-8"))
    return found


def seed(model: Any, first: int, last: int, known_from: datetime | None = None) -> None:
    """Add the notices of these years to the table `model`, known since they were published or since `known_from`.

    A migration that brings a later year names that year and the instant of the upgrade: until then nobody knew.
    """
    model.objects.bulk_create(
        model(
            **notice,
            shipped=True,
            known_from=known_from or datetime.fromisoformat(notice["published_on"]).replace(tzinfo=UTC),
        )
        for notice in read()
        if first <= notice["year"] <= last
    )
