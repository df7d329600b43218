"""Orders to put a critical finding right at once: opened with the finding, cancelled when it is taken back.

Not here: how an order goes on (kernel.cases).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from mingjing.engine.outcome import N_, in_language
from mingjing.kernel.calendar.queries import deadline
from mingjing.kernel.cases.actions import Opening, cancel_case, open_cases
from mingjing.kernel.cases.models import Case
from mingjing.kernel.db.prepared import Prepared
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.evidence.queries import exhibits_of
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.actions.records import Held
from mingjing.programmes.assessments.models import VisitRecord
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.sheets import order_subject

__all__ = ["DEADLINE", "RECTIFICATION", "drop_orders", "due_at", "follow_critical"]

RECTIFICATION = "rectification"
"""The kind of case that an order is."""
DEADLINE = "critical_rectification"
"""The deadline of a scheme that such an order is due by."""
TAKEN_BACK = N_("The finding was taken back on the visit record.")
VOIDED = N_("The visit record was voided.")


def follow_critical(
    record: VisitRecord,
    scheme: Scheme,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    held: Held | None = None,
    by: Person | None,
    at: datetime,
) -> None:
    """Open an order for each critical check newly found wanting, and cancel those of checks that no longer are.

    What the ledger is told of orders that are opened is left with `held`, where there is one.
    """
    had, has = _wanting(scheme, record, before), _wanting(scheme, record, after)
    if fresh := sorted(has - had):
        _open(record, scheme, fresh, after, held, by=by, at=at)
    if gone := had - has:
        if held:
            held.tell(by, at)
        drop_orders(record, gone, TAKEN_BACK, by=by, at=at)


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


def _wanting(scheme: Scheme, record: VisitRecord, document: Mapping[str, Any]) -> set[str]:
    """The critical checks on which something was found."""
    checks = scheme.rubrics[record.entry.class_code].checks
    found = {entry["check"] for entry in document.get("findings", ()) if entry["steps"]}
    return {code for code in found if checks[code].critical}


def _open(
    record: VisitRecord,
    scheme: Scheme,
    codes: Sequence[str],
    sheet: Mapping[str, Any],
    held: Held | None,
    *,
    by: Person | None,
    at: datetime,
) -> None:
    """The lead of the round follows them, so anybody else may confirm that they were met; none where one is open.

    They are for the company that was visited: who was there on that day, whoever the roster names.
    """
    found = {code: _on(sheet, code) for code in codes}
    lead, visit = record.round.lead, record.visit
    company = visit.organisation_id if visit else record.entry.company_id
    shown = _exhibits(record, [entry for entries in found.values() for entry in entries], held)
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
    area = record.round.area
    open_cases(
        openings=openings, programme="assessments", kind=RECTIFICATION, area=area, owner=owner, due_at=due, once=True,
        facts=held.facts if held else None, by=by, at=at,
    )  # fmt: skip


_SHOWN = Prepared(lambda subject, digests: exhibits_of(subject).filter(sha256__in=digests).only("sha256"))


def _on(sheet: Mapping[str, Any], code: str) -> list[Mapping[str, Any]]:
    return [entry for entry in sheet["findings"] if entry["check"] == code]


def _exhibits(record: VisitRecord, entries: Sequence[Mapping[str, Any]], held: Held | None) -> dict[str, list[Exhibit]]:
    """By digest the record's exhibits that these findings name; those that were kept just now are not asked for."""
    digests = {digest for entry in entries for digest in entry["evidence"]}
    shown = {digest: [held.exhibits[digest]] for digest in digests & held.exhibits.keys()} if held else {}
    asked = sorted(digests - shown.keys())
    for one in _SHOWN.ask(subject=record.subject, digests=asked) if asked else ():
        shown.setdefault(one.sha256, []).append(one)
    return shown
