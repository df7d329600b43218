"""Who may be near evidence of this programme: whoever sees the warning that it was attached to."""

from collections.abc import Collection
from datetime import date

from mingjing.kernel.parties.models import Person
from mingjing.programmes.inspections.queries.posts import warnings_seen

__all__ = ["near_evidence", "near_evidence_of"]

_WARNING = "inspections.warning:"


def near_evidence(person: Person, subject: str, today: date) -> bool:
    """The manifest's `evidence_door`."""
    return subject in near_evidence_of(person, [subject], today)


def near_evidence_of(person: Person, subjects: Collection[str], today: date) -> set[str]:
    """Those of many subjects, in two queries: the manifest's `evidence_doors`."""
    keys = {one: one.removeprefix(_WARNING) for one in subjects if one.startswith(_WARNING)}
    asked = {one: int(key) for one, key in keys.items() if key.isascii() and key.isdecimal() and len(key) < 18}
    seen = set(warnings_seen(person, today).filter(pk__in=asked.values()).values_list("pk", flat=True)) if asked else ()
    return {one for one, key in asked.items() if key in seen}
