"""Orders to put a critical finding right at once: opened with the finding, cancelled when it is taken back.

Not here: how an order goes on (kernel.cases).
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from mingjing.engine.outcome import N_, in_language
from mingjing.engine.scoring import Check
from mingjing.kernel.cases.actions import cancel_case, open_case
from mingjing.kernel.cases.models import Case
from mingjing.kernel.evidence.queries import exhibits_of
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.models import VisitRecord
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.sheets import order_subject

__all__ = ["DEADLINE", "RECTIFICATION", "drop_orders", "due_at", "follow_critical"]

RECTIFICATION = "rectification"
"""The kind of case that an order is."""
DEADLINE = "critical_rectification"
"""The deadline of a scheme that such an order is due by."""
WEEKEND = 5
"""Saturday, as `date.weekday` counts."""
TAKEN_BACK = N_("The finding was taken back on the visit record.")
VOIDED = N_("The visit record was voided.")


def follow_critical(
    record: VisitRecord,
    scheme: Scheme,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    by: Person | None,
    at: datetime,
) -> None:
    """Open an order for each critical check newly found wanting, and cancel those of checks that no longer are."""
    had, has = _wanting(scheme, record, before), _wanting(scheme, record, after)
    for code in sorted(has - had):
        _open(record, scheme, scheme.rubrics[record.entry.class_code].checks[code], after, by, at)
    if gone := had - has:
        drop_orders(record, gone, TAKEN_BACK, by=by, at=at)


def drop_orders(record: VisitRecord, codes: Collection[str], why: str, *, by: Person | None, at: datetime) -> None:
    """Cancel the open orders about these checks of a record, all of them locked before the first fact is told."""
    subjects = [order_subject(record, code) for code in sorted(codes)]
    found = Case.objects.open().filter(programme="assessments", subject__in=subjects).order_by("id")
    for case in list(found.select_for_update(of=("self",))):
        cancel_case(case=case, note=why, by=by, at=at)


def due_at(scheme: Scheme, at: datetime) -> datetime:
    """When an order given at `at` is due: as the scheme says, else by the end of the day."""
    deadline = next((entry for entry in scheme.document.get("deadlines", ()) if entry["code"] == DEADLINE), None)
    if deadline is None:
        return timezone.localtime(at).replace(hour=23, minute=59, second=59, microsecond=0)
    days, moment = int(deadline["days"]), at
    if deadline["calendar"] == "calendar":
        return at + timedelta(days=days)
    while days:
        moment += timedelta(days=1)
        days -= timezone.localtime(moment).weekday() < WEEKEND
    return moment


def _wanting(scheme: Scheme, record: VisitRecord, document: Mapping[str, Any]) -> set[str]:
    """The critical checks on which something was found."""
    checks = scheme.rubrics[record.entry.class_code].checks
    found = {entry["check"] for entry in document.get("findings", ()) if entry["steps"]}
    return {code for code in found if checks[code].critical}


def _open(
    record: VisitRecord, scheme: Scheme, check: Check, sheet: Mapping[str, Any], by: Person | None, at: datetime
) -> None:
    """The lead of the round follows it, so anybody else may confirm that it was met; nothing where one is open."""
    subject = order_subject(record, check.code)
    if Case.objects.open().filter(programme="assessments", subject=subject).exists():
        return
    found = [entry for entry in sheet["findings"] if entry["check"] == check.code]
    digests = [digest for entry in found for digest in entry["evidence"]]
    shown = exhibits_of(record.subject).filter(sha256__in=digests).values_list("pk", flat=True) if digests else ()
    lead = record.round.lead
    open_case(
        programme="assessments", kind=RECTIFICATION, subject=subject,
        title=f"{record.entry.name} {check.code} {in_language(check.title.texts, 'zh-Hans')}"[:300],
        area=record.round.area, site=record.entry.community.site, organisation=record.entry.company,
        owner=lead if lead.is_active else None, due_at=due_at(scheme, at),
        note="\n".join(text for entry in found for text in (entry["place"], entry["note"]) if text)[:2000],
        exhibits=list(shown), by=by, at=at,
    )  # fmt: skip
