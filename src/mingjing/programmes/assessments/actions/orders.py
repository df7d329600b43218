"""Orders to put a critical finding right at once: opened with the finding, cancelled when it is taken back.

With an edit at a desk; within a second of a phone's, by the worker (`follow_findings`). Not here: how an order goes on
(kernel.cases).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from mingjing.engine.outcome import N_, in_language
from mingjing.kernel.calendar.queries import deadline
from mingjing.kernel.cases.actions import Opening, cancel_case, open_cases
from mingjing.kernel.cases.models import Case
from mingjing.kernel.db.prepared import Prepared
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.evidence.queries import exhibits_of
from mingjing.kernel.jobs.worker import each_alone
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.sync.actions import settle
from mingjing.kernel.sync.turns import turn_to_write
from mingjing.programmes.assessments.models import VisitRecord
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.sheets import order_subject

__all__ = [
    "DEADLINE", "RECTIFICATION", "critical_findings", "drop_orders", "due_at", "follow_critical", "follow_findings",
    "follow_found",
]  # fmt: skip

LOT = 20
"""Records whose orders are given before the worker looks what else there is to do."""
ORDERED = ("round__area", "round__lead", "round__scheme", "entry__community", "visit")
RECTIFICATION = "rectification"
"""The kind of case that an order is."""
DEADLINE = "critical_rectification"
"""The deadline of a scheme that such an order is due by."""
TAKEN_BACK = N_("The finding was taken back on the visit record.")
VOIDED = N_("The visit record was voided.")


def follow_critical(
    record: VisitRecord, codes: Collection[str], sheet: Mapping[str, Any], *, by: Person | None, at: datetime
) -> None:
    """Of these checks, open an order for each on which `sheet` has a finding, and cancel the open ones of the others.

    In a transaction that holds the record.
    """
    wanting = critical_findings(record, sheet)
    if fresh := sorted(wanting.intersection(codes)):
        _open(record, fresh, sheet, by=by, at=at)
    if gone := set(codes) - wanting:
        drop_orders(record, gone, TAKEN_BACK, by=by, at=at)


def follow_found(*, record: VisitRecord, at: datetime) -> int:
    """Give the orders that follow from what phones recorded, or take them back, if that was not done yet; how many.

    Photos that have arrived are put on record first, so that the orders name them. Not in a transaction.
    """
    settle(subjects=[record.subject], at=at)
    with transaction.atomic():
        rows = VisitRecord.objects.select_for_update(of=("self",)).select_related(*ORDERED)
        current = rows.get(pk=record.pk)
        waiting = current.following or {}
        if not waiting:
            return 0
        current.following = None
        current.save(update_fields=["following"])
        people = Person.objects.in_bulk([key for key in waiting.values() if key])
        for key in dict.fromkeys(waiting.values()):
            codes = [code for code, brought in waiting.items() if brought == key]
            follow_critical(current, codes, current.sheet_document, by=people.get(key), at=at)
    return len(waiting)


def follow_findings(*, at: datetime) -> bool:
    """The worker's chore: the orders that follow from what phones recorded, record by record; was there anything?

    A phone is not kept waiting for them, and they are not lost: what is to follow stands in the record's row.
    """
    waiting = VisitRecord.objects.filter(following__isnull=False).only("pk").order_by("pk")[:LOT]
    records = {record.subject: record for record in waiting}
    return each_alone(records, lambda subject: _followed(records[subject], at))


def _followed(record: VisitRecord, at: datetime) -> int:
    with turn_to_write():
        return follow_found(record=record, at=at)


def drop_orders(record: VisitRecord, codes: Collection[str], why: str, *, by: Person | None, at: datetime) -> None:
    """Cancel the open orders about these checks of a record, all of them locked before the first fact is told."""
    subjects = [order_subject(record, code) for code in sorted(codes)]
    found = Case.objects.open().filter(programme="assessments", subject__in=subjects).order_by("id")
    for case in list(found.select_for_update(of=("self",))):
        cancel_case(case=case, note=why, by=by, at=at)


def due_at(scheme: Scheme, at: datetime, area: Area | None = None) -> datetime:
    """When an order given at `at` is due: as the scheme says, by the area's calendar; else by the end of the day."""
    entry = next((entry for entry in scheme.document.get("deadlines", ()) if entry["code"] == DEADLINE), None)
    if entry is None:
        return timezone.localtime(at).replace(hour=23, minute=59, second=59, microsecond=0)
    days = int(entry["days"])
    if entry["calendar"] == "calendar":
        return at + timedelta(days=days)
    return deadline(area, at, days=max(days, 1)).at


def critical_findings(record: VisitRecord, sheet: Mapping[str, Any]) -> set[str]:
    """The critical checks on which something was found."""
    checks = scheme_of(record.round.scheme).rubrics[record.entry.class_code].checks
    found = {entry["check"] for entry in sheet.get("findings", ()) if entry["steps"]}
    return {code for code in found if checks[code].critical}


def _open(
    record: VisitRecord, codes: Sequence[str], sheet: Mapping[str, Any], *, by: Person | None, at: datetime
) -> None:
    """The lead of the round follows them, so anybody else may confirm that they were met; none where one is open.

    They are for the company that was visited: who was there on that day, whoever the roster names.
    """
    scheme = scheme_of(record.round.scheme)
    found = {code: _on(sheet, code) for code in codes}
    lead, visit = record.round.lead, record.visit
    company = visit.organisation_id if visit else record.entry.company_id
    shown = _exhibits(record, [entry for entries in found.values() for entry in entries])
    checks = scheme.rubrics[record.entry.class_code].checks
    openings = [
        Opening(
            subject=order_subject(record, code), site=record.entry.community.site_id, organisation=company,
            title=f"{record.entry.name} {code} {in_language(checks[code].title.texts, 'zh-Hans')}"[:300],
            note="\n".join(text for entry in entries for text in (entry["place"], entry["note"]) if text)[:2000],
            shown=[exhibit for entry in entries for digest in entry["evidence"] for exhibit in shown.get(digest, ())],
        )
        for code, entries in found.items()
    ]  # fmt: skip
    owner, due = lead if lead.is_active else None, due_at(scheme, at, record.round.area)
    open_cases(
        openings=openings, programme="assessments", kind=RECTIFICATION, area=record.round.area, owner=owner, due_at=due,
        once=True, by=by, at=at,
    )  # fmt: skip


_SHOWN = Prepared(lambda subject, digests: exhibits_of(subject).filter(sha256__in=digests).only("sha256"))


def _on(sheet: Mapping[str, Any], code: str) -> list[Mapping[str, Any]]:
    return [entry for entry in sheet["findings"] if entry["check"] == code]


def _exhibits(record: VisitRecord, entries: Sequence[Mapping[str, Any]]) -> dict[str, list[Exhibit]]:
    """By digest the record's exhibits that these findings name."""
    digests = sorted({digest for entry in entries for digest in entry["evidence"]})
    shown: dict[str, list[Exhibit]] = {}
    for one in _SHOWN.ask(subject=record.subject, digests=digests) if digests else ():
        shown.setdefault(one.sha256, []).append(one)
    return shown
