"""Questions asked with keys: let through as often as a key may ask, and every one on record before it is answered.

A row and no fact: what a use changed is told by the facts of that. Not here: issuing keys (outside).
"""

from datetime import datetime

from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.db.rows import insert
from mingjing.kernel.jobs.journals import Journal, Records
from mingjing.programmes.inspections.models import Key, KeyUse
from mingjing.programmes.inspections.queries.often import Meter, asked_lately

__all__ = ["USES", "admits", "note_use", "take_back"]

COLUMNS = ("key_id", "at", "route", "status", "count")


def _take(records: Records) -> None:
    rows = (
        (one["key"], datetime.fromisoformat(one["at"]), one["route"], one["status"], one["count"]) for one in records
    )
    insert(KeyUse, COLUMNS, rows)


_METER = Meter()
USES = Journal("inspections.uses", _take, _METER.taken)


def admits(*, key: Key, at: datetime) -> bool:
    """Whether a key may ask once more this minute."""
    if USES.kept:
        return _METER.admits(key, at)
    return asked_lately([key.pk], at).get(key.pk, 0) < key.per_minute


def take_back(*, key: Key, at: datetime) -> None:
    """The question that a key was let through with was none: it did not open anything any more."""
    if USES.kept:
        _METER.take_back(key, at)


def note_use(*, key: Key, route: str, status: int, count: int, at: datetime) -> None:
    """Put on record that a key was used; what is answered afterwards cannot be without its record."""
    USES.append({"key": key.pk, "at": instant_text(at), "route": route, "status": status, "count": count})
