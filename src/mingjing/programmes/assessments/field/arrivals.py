"""What a phone said on entering, checked and completed: a claim with signals for the reviewer, never a condition.

Communities that are begun together are begun at one of them: a code or a position of any of them will do. How far it
was is told of each. Not here: how reviewers are shown it (desk.visits.arrivals).
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from mingjing.engine.geo import Position, distance
from mingjing.kernel.places.models import EntryCode, Site
from mingjing.kernel.sync.records import CLOCK, FAR, VAGUE
from mingjing.kernel.sync.values import Command

__all__ = ["arrival_of"]

HOW = ("code", "position", "none")


def arrival_of(command: Command, site: Site | None, together: Sequence[Site] = ()) -> dict[str, Any]:
    """`Visit.arrival` of a visit to `site` that `command` begins; what cannot be read is left out: a signal says so.

    `together` are the sites of the other communities that are begun with it."""
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
    return found | {"signals": list(_signals(found, said, position, [one for one in (site, *together) if one]))}


def _position(said: Mapping[str, Any]) -> tuple[Position | None, int]:
    try:
        latitude, longitude = Decimal(str(said["latitude"])), Decimal(str(said["longitude"]))
        accuracy = said["accuracy"]
    except (KeyError, InvalidOperation):
        return None, 0
    fits = type(accuracy) is int and 0 <= accuracy <= 10**7 and abs(latitude) <= 90 and abs(longitude) <= 180
    return (Position(float(latitude), float(longitude)), accuracy) if fits else (None, 0)


def _signals(
    found: Mapping[str, Any], said: Mapping[str, Any], position: Position | None, sites: Sequence[Site]
) -> Iterator[str]:
    if abs(found["clock_offset"]) > CLOCK:
        yield "clock"
    if found["how"] == "code" and not _is_code(str(said.get("code", "")), sites):
        yield "code_wrong"
    if position is None:
        yield "position_missing"
        return
    if found["accuracy"] > VAGUE:
        yield "position_vague"
    metres = [round(distance(position, one.position)) for one in sites if one.position is not None]
    if metres and min(metres) > FAR + found["accuracy"]:
        yield "position_far"


def _is_code(code: str, sites: Sequence[Site]) -> bool:
    """Whether the sign that was scanned is one that hangs at one of these sites now."""
    return EntryCode.objects.filter(site__in=sites, code=code, withdrawn_at=None).exists()
