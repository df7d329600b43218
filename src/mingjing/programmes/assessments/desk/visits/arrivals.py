"""How a team arrived, in words for who reviews its record. Not here: what gives rise to a signal (field.arrivals)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingjing.faces.desk.captures import SignalShown, signal_shown
from mingjing.kernel.visits.models import Visit

__all__ = ["ArrivalShown", "arrival_shown"]

HOW = {
    "code": _("By the code at the entrance"),
    "position": _("By position"),
    "none": _("With neither code nor position"),
}
FIGURES = {
    "position_far": ("distance", "metres"),
    "position_vague": ("accuracy", "metres"),
    "clock": ("clock_offset", "seconds"),
}
"""Which figure of an arrival a signal speaks of, and what it calls it."""


@dataclass(frozen=True, slots=True)
class ArrivalShown:
    """What a phone said on entering: how, the figures of it, the reason where neither way worked, what to look at."""

    how: str
    figures: tuple[str, ...]
    reason: str
    signals: tuple[SignalShown, ...]


def arrival_shown(visit: Visit | None) -> ArrivalShown | None:
    """The arrival of a visit that a phone began; None for one that was begun at a desk."""
    told = visit.arrival if visit else {}
    if not told:
        return None
    how = str(HOW.get(told.get("how", ""), HOW["none"]))
    signals = [signal_shown(_figured(told, str(code))) for code in told.get("signals", ())]
    return ArrivalShown(how, tuple(_figures(told)), str(told.get("reason", "")), tuple(signals))


def _figured(told: Mapping[str, Any], code: str) -> dict[str, Any]:
    name, called = FIGURES.get(code, ("", ""))
    return {"code": code, called: told[name]} if name in told else {"code": code}


def _figures(told: Mapping[str, Any]) -> Iterator[str]:
    if "distance" in told:
        yield gettext("{metres} m from the site").format(metres=told["distance"])
    if "accuracy" in told:
        yield gettext("known to {metres} m").format(metres=told["accuracy"])
