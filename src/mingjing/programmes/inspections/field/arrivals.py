"""What a phone said at the door, checked: where it was and what it scanned; a claim with signals, never a condition.

Not here: what the gate makes of it (queries.gate).
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from mingjing.engine.geo import Position, distance
from mingjing.kernel.places.models import Site
from mingjing.kernel.sync.records import CLOCK, VAGUE
from mingjing.kernel.sync.values import Command

__all__ = ["arrival_of"]


def arrival_of(command: Command, site: Site | None, *, known: bool) -> dict[str, Any]:
    """`Visit.arrival` of an entry; `known` says whether the code that was scanned is some firm's.

    What cannot be read is left out: a signal says so.
    """
    said = command.payload.get("position")
    given: Mapping[str, Any] = said if isinstance(said, Mapping) else {}
    how = "code" if command.payload.get("code") else "none"
    found: dict[str, Any] = {"how": how, "clock_offset": round((command.claimed_at - command.made_at).total_seconds())}
    position, accuracy = _position(given)
    if position is not None:
        found |= {"latitude": str(given["latitude"]), "longitude": str(given["longitude"]), "accuracy": accuracy}
        if site is not None and site.position is not None:
            found["distance"] = round(distance(position, site.position))
    return found | {"signals": list(_signals(found, known))}


def _position(said: Mapping[str, Any]) -> tuple[Position | None, int]:
    try:
        latitude, longitude = Decimal(str(said["latitude"])), Decimal(str(said["longitude"]))
        accuracy = said["accuracy"]
    except (KeyError, InvalidOperation):
        return None, 0
    if type(accuracy) is not int or not 0 <= accuracy <= 10**7:
        return None, 0
    fits = abs(latitude) <= 90 and abs(longitude) <= 180
    return (Position(float(latitude), float(longitude)), accuracy) if fits else (None, 0)


def _signals(found: Mapping[str, Any], known: bool) -> Iterator[str]:
    if abs(found["clock_offset"]) > CLOCK:
        yield "clock"
    if found["how"] == "code" and not known:
        yield "code_wrong"
    if "accuracy" not in found:
        yield "position_missing"
    elif found["accuracy"] > VAGUE:
        yield "position_vague"
