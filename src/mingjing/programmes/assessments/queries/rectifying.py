"""Findings that can be ordered to be put right, until when, and how far a deadline can be moved.

Not here: giving an order (actions.rectifying), orders given on site (actions.orders).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from mingjing.engine.outcome import in_language
from mingjing.kernel.calendar.queries import deadline
from mingjing.kernel.cases.models import Case
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.models import Entry, VisitRecord
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.sheets import order_subject

__all__ = ["Wanting", "due_by", "found_in", "latest_extension", "wanting"]

RECTIFICATION, EXTENSION = "rectification", "rectification_extension"
"""The deadlines of a scheme: of an order, and of its only extension."""
USUAL = 15
"""Working days where the scheme says nothing."""


@dataclass(frozen=True, slots=True)
class Wanting:
    """A check of a locked record on which something was found: what, where, when, and the exhibits that show it."""

    key: str
    subject: str
    check: str
    day: date
    title: str
    what: str
    critical: bool
    exhibits: tuple[UUID, ...]


def wanting(entry: Entry) -> list[Wanting]:
    """The checks of the entry's locked records with findings, about which no order was ever opened: three queries."""
    found = found_in(entry)
    subjects = [one.subject for one in found]
    ordered = set(Case.objects.filter(programme="assessments", subject__in=subjects).values_list("subject", flat=True))
    return [one for one in found if one.subject not in ordered]


def found_in(entry: Entry) -> list[Wanting]:
    """The checks of the entry's locked records with findings, whatever followed: two queries."""
    checks = scheme_of(entry.round.scheme).rubrics[entry.class_code].checks
    locked = VisitRecord.objects.filter(entry=entry, locked_at__isnull=False, voided_at=None)
    records = list(locked.select_related("team_day").order_by("pk"))
    shown: dict[tuple[str, str], UUID] = {}
    kept = Exhibit.objects.standing().filter(subject__in=[record.subject for record in records])
    for subject, digest, key in kept.values_list("subject", "sha256", "pk"):
        shown[subject, digest] = key
    return [_wanting(record, checks, code, shown) for record in records for code in _codes(record)]


def _codes(record: VisitRecord) -> list[str]:
    found = (entry["check"] for entry in record.sheet_document.get("findings", ()) if entry["steps"])
    return list(dict.fromkeys(found))


def _wanting(record: VisitRecord, checks: Any, code: str, shown: dict[tuple[str, str], UUID]) -> Wanting:
    entries = [one for one in record.sheet_document["findings"] if one["check"] == code and one["steps"]]
    what = "；".join("，".join(part for part in (one["place"], one["note"]) if part) for one in entries)
    exhibits = {shown[record.subject, digest] for one in entries for digest in one["evidence"]
                if (record.subject, digest) in shown}  # fmt: skip
    title = in_language(checks[code].title.texts, "zh-Hans")
    return Wanting(
        f"{record.pk}/{code}", order_subject(record, code), code, record.team_day.day, title, what or title,
        checks[code].critical, tuple(sorted(exhibits)),
    )  # fmt: skip


def due_by(scheme: Scheme, area: Area, at: datetime) -> datetime:
    """When an order given at an instant is due, as the scheme says."""
    return _after(scheme, RECTIFICATION, area, at)


def latest_extension(case: Case, at: datetime) -> datetime | None:
    """The manifest's `case_extension`: until when the deadline of an order can be moved at most."""
    key = case.subject.partition(":")[2].partition("/")[0]
    if not case.subject.startswith("assessments.visit:") or not key.isdecimal():
        return None
    record = VisitRecord.objects.select_related("round__scheme").filter(pk=int(key)).first()
    return _after(scheme_of(record.round.scheme), EXTENSION, case.area, case.due_at) if record else None


def _after(scheme: Scheme, code: str, area: Area, start: datetime) -> datetime:
    entries: Iterable[Any] = scheme.document.get("deadlines", ())
    entry: Any = next((one for one in entries if one["code"] == code), {"days": USUAL, "calendar": "working"})
    kind: Any = entry["calendar"]
    return deadline(area, start, days=max(int(entry["days"]), 1), kind=kind).at
