"""The rules in force for an area, as versions of rulebooks. Not here: what they mean (policy.rules)."""

from datetime import date

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.places.models import Area
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.complaints.policy.rules import KIND, Rules, read_rules

__all__ = ["in_force", "required", "rules_for", "rules_of", "versions_seen"]


def in_force(area: Area, on: date) -> Version | None:
    """The version that holds in `area` on that day: of its own rulebook, else of the nearest area above."""
    found = Version.objects.published().in_force(on).filter(rulebook__kind=KIND).select_related("rulebook__area")
    holding = [version for version in found if version.rulebook.area.contains(area)]
    return max(holding, key=lambda version: (len(version.rulebook.area.path), version.pk), default=None)


def required(area: Area, on: date) -> Version:
    """As `in_force`; raises Refusal where there is none."""
    if (version := in_force(area, on)) is None:
        text = N_("No rules of the complaint ranking are in force for {area} on {day}; publish them first.")
        raise Refusal([Problem("rules.none", text, {"area": area.name, "day": on.isoformat()})])
    return version


def rules_of(version: Version) -> Rules:
    """The rules in a version; raises Refusal for a draft with mistakes."""
    return read_rules(version.content)


def rules_for(area: Area, on: date) -> Rules | None:
    """The rules that hold in `area` on that day, if there are any."""
    version = in_force(area, on)
    return rules_of(version) if version else None


def versions_seen(areas: "list[Area]") -> "list[Version]":
    """The versions of rules that hold, held or may hold in one of `areas`, the newest first."""
    found = Version.objects.filter(rulebook__kind=KIND).select_related("rulebook__area", "published_by", "changed_by")
    return [
        version
        for version in found.order_by("-effective_from", "-pk")
        if any(version.rulebook.area.contains(area) for area in areas)
    ]
