"""What a phone said on entering, checked and completed: a claim with signals for the reviewer, never a condition."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from mingjing.engine.geo import Position, distance
from mingjing.kernel.places.models import EntryCode, Site
from mingjing.kernel.sync.records import CLOCK, FAR, VAGUE
from mingjing.kernel.sync.values import Command

__all__ = ["arrival_of"]

HOW = ("code", "position", "none")


def arrival_of(command: Command, site: Site | None) -> dict[str, Any]:
    """`Visit.arrival` of a visit that `command` begins: what cannot be read is left out, and a signal says so."""
    given = command.payload.get("arrival")
    said: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
    how = said.get("how") if said.get("how") in HOW else "none"
    found = {"how": how, "clock_offset": round((command.claimed_at - command.made_at).total_seconds())}
    position, accuracy = _position(said)
    if position is not None:
        found |= {"latitude": str(said["latitude"]), "longitude": str(said["longitude"]), "accuracy": accuracy}
        if site is not None and site.position is not None:
            found["distance"] = round(distance(position, site.position))
    if reason := str(said.get("reason") or "").strip()[:300]:
        found["reason"] = reason
    return found | {"signals": list(_signals(found, said, site))}


def _position(said: Mapping[str, Any]) -> tuple[Position | None, int]:
    try:
        latitude, longitude = Decimal(str(said["latitude"])), Decimal(str(said["longitude"]))
        accuracy = said["accuracy"]
    except (KeyError, InvalidOperation):
        return None, 0
    fits = type(accuracy) is int and 0 <= accuracy <= 10**7 and abs(latitude) <= 90 and abs(longitude) <= 180
    return (Position(float(latitude), float(longitude)), accuracy) if fits else (None, 0)


def _signals(found: Mapping[str, Any], said: Mapping[str, Any], site: Site | None) -> Iterator[str]:
    if abs(found["clock_offset"]) > CLOCK:
        yield "clock"
    if found["how"] == "code" and not _is_code(str(said.get("code", "")), site):
        yield "code_wrong"
    if "latitude" not in found:
        yield "position_missing"
        return
    if found["accuracy"] > VAGUE:
        yield "position_vague"
    if found.get("distance", 0) > FAR + found["accuracy"]:
        yield "position_far"


def _is_code(code: str, site: Site | None) -> bool:
    """Whether the sign that was scanned is the one that hangs at this site now."""
    return site is not None and EntryCode.objects.filter(site=site, code=code, withdrawn_at=None).exists()
