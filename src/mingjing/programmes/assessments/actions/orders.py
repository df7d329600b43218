"""Orders to put a critical finding right at once: opened with the finding, cancelled when it is taken back.

With an edit at a desk; within a second of a phone's, by the worker (`follow_findings`). Not here: how an order goes on
(kernel.cases).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from mingjing.engine.outcome import N_, in_language
from mingjing.engine.scoring import Rubric
from mingjing.kernel.calendar.queries import deadline
from mingjing.kernel.cases.actions import Opening, cancel_case, open_cases
from mingjing.kernel.cases.models import Case
from mingjing.kernel.db.prepared import Prepared
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.jobs.worker import together
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.sync.actions import settle
from mingjing.kernel.sync.turns import turn_to_write
from mingjing.programmes.assessments.actions.growing import critical_findings
from mingjing.programmes.assessments.actions.records import HEAVY
from mingjing.programmes.assessments.models import Round, VisitRecord
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.sheets import order_subject

__all__ = [
    "DEADLINE", "RECTIFICATION", "Turned", "drop_orders", "due_at", "follow_critical", "follow_findings",
    "follow_found",
]  # fmt: skip

LOT = 20
"""Records whose orders are given together, in one transaction."""
ORDERED = ("round__area", "round__lead", "round__scheme", "entry__community", "visit")
RECTIFICATION = "rectification"
"""The kind of case that an order is."""
DEADLINE = "critical_rectification"
"""The deadline of a scheme that such an order is due by."""
TAKEN_BACK = N_("The finding was taken back on the visit record.")
VOIDED = N_("The visit record was voided.")


@dataclass(frozen=True, slots=True)
class Turned:
    """A critical check of a record that was found wanting, or no longer is, and who brought that about."""

    record: VisitRecord
    code: str
    by: Person | None


def follow_critical(*, turned: Sequence[Turned], at: datetime) -> None:
    """Open an order for each check on which its record has a finding, and cancel the open ones of the others.

    In a transaction that holds the records.
    """
    records = {one.record.pk: one.record for one in turned}
    sheets = {key: record.sheet_document for key, record in records.items()}
    wanting = {key: critical_findings(_rubric(record), sheets[key]) for key, record in records.items()}
    stands = [one for one in turned if one.code in wanting[one.record.pk]]
    fallen = {order_subject(one.record, one.code): one.by for one in turned if one not in stands}
    falling = _held(fallen)
    found = [_Finding(one, _on(sheets[one.record.pk], one.code)) for one in stands]
    for round_ in {one.record.round_id: one.record.round for one in stands}.values():
        _open(round_, [one for one in found if one.turned.record.round_id == round_.pk], at)
    for case in falling:
        cancel_case(case=case, note=TAKEN_BACK, by=fallen[case.subject], at=at)


def follow_found(*, subjects: Collection[str], at: datetime) -> int:
    """Give the orders that follow from what phones recorded on these records, or take them back, where that was not
    done yet; for how many checks.

    Photos that have arrived are put on record first, so that the orders name them. Not in a transaction.
    """
    settle(subjects=subjects, at=at)
    keys = [int(subject.partition(":")[2]) for subject in subjects]
    with transaction.atomic():
        records = _TO_FOLLOW.ask(keys=keys)
        waiting = [(record, code, key) for record in records for code, key in (record.following or {}).items()]
        people = Person.objects.in_bulk({key for _record, _code, key in waiting if key})
        turned = [Turned(record, code, people.get(key)) for record, code, key in waiting]
        VisitRecord.objects.filter(pk__in=[record.pk for record in records]).update(following=None)
        follow_critical(turned=turned, at=at)
    return len(turned)


def follow_findings(*, at: datetime) -> bool:
    """The worker's chore: the orders that follow from what phones recorded; was there anything?

    A phone is not kept waiting for them, and they are not lost: what is to follow stands in the record's row. The
    newest records first: a lot that fails again and again keeps no others waiting.
    """
    waiting = VisitRecord.objects.filter(following__isnull=False).only("pk").order_by("-pk")[:LOT]
    return together([record.subject for record in waiting], lambda subjects: _followed(subjects, at))


def _followed(subjects: Collection[str], at: datetime) -> int:
    with turn_to_write():
        return follow_found(subjects=subjects, at=at)


def drop_orders(record: VisitRecord, codes: Collection[str], why: str, *, by: Person | None, at: datetime) -> None:
    """Cancel the open orders about these checks of a record, all of them locked before the first fact is told."""
    for case in _held([order_subject(record, code) for code in codes]):
        cancel_case(case=case, note=why, by=by, at=at)


def _held(subjects: Collection[str]) -> Sequence[Case]:
    """The open orders about these checks, all of them locked."""
    found = Case.objects.open().filter(programme="assessments", subject__in=sorted(subjects)).order_by("id")
    return list(found.select_for_update(of=("self",))) if subjects else []


def due_at(scheme: Scheme, at: datetime, area: Area | None = None) -> datetime:
    """When an order given at `at` is due: as the scheme says, by the area's calendar; else by the end of the day."""
    entry = next((entry for entry in scheme.document.get("deadlines", ()) if entry["code"] == DEADLINE), None)
    if entry is None:
        return timezone.localtime(at).replace(hour=23, minute=59, second=59, microsecond=0)
    days = int(entry["days"])
    if entry["calendar"] == "calendar":
        return at + timedelta(days=days)
    return deadline(area, at, days=max(days, 1)).at


def _rubric(record: VisitRecord) -> Rubric:
    return scheme_of(record.round.scheme).rubrics[record.entry.class_code]


@dataclass(frozen=True, slots=True)
class _Finding:
    """A critical check that turned, and what its record says on it."""

    turned: Turned
    entries: Sequence[Mapping[str, Any]]

    def opening(self, shown: Mapping[tuple[str, str], Exhibit]) -> Opening:
        """The order, for the company that was visited: who was there on that day, whoever the roster names."""
        record, code = self.turned.record, self.turned.code
        title = in_language(_rubric(record).checks[code].title.texts, "zh-Hans")
        named = [(record.subject, digest) for entry in self.entries for digest in entry["evidence"]]
        return Opening(
            subject=order_subject(record, code), site=record.entry.community.site_id,
            organisation=record.visit.organisation_id if record.visit else record.entry.company_id,
            title=f"{record.entry.name} {code} {title}"[:300],
            note="\n".join(text for entry in self.entries for text in (entry["place"], entry["note"]) if text)[:2000],
            shown=[shown[name] for name in named if name in shown], by=self.turned.by,
        )  # fmt: skip


def _open(round_: Round, found: Sequence[_Finding], at: datetime) -> None:
    """The lead of the round follows them, so anybody else may confirm that they were met; none where one is open."""
    lead, area, shown = round_.lead, round_.area, _exhibits(found)
    open_cases(
        openings=[one.opening(shown) for one in found], programme="assessments", kind=RECTIFICATION, area=area,
        owner=lead if lead.is_active else None, due_at=due_at(scheme_of(round_.scheme), at, area), once=True, by=None,
        at=at,
    )  # fmt: skip


def _on(sheet: Mapping[str, Any], code: str) -> list[Mapping[str, Any]]:
    return [entry for entry in sheet["findings"] if entry["check"] == code]


def _exhibits(found: Sequence[_Finding]) -> dict[tuple[str, str], Exhibit]:
    """By subject and digest the records' exhibits that these findings name."""
    named = {
        (one.turned.record.subject, digest) for one in found for entry in one.entries for digest in entry["evidence"]
    }
    if not named:
        return {}
    subjects, digests = ([*dict.fromkeys(part)] for part in zip(*sorted(named), strict=True))
    return {(one.subject, one.sha256): one for one in _SHOWN.ask(subjects=subjects, digests=digests)}


def _to_follow(keys: Collection[int]) -> QuerySet[VisitRecord]:
    rows = VisitRecord.objects.filter(pk__in=keys, following__isnull=False).select_related(*ORDERED)
    return rows.defer(*HEAVY).select_for_update(of=("self",)).order_by("pk")


_TO_FOLLOW = Prepared(_to_follow)
_SHOWN = Prepared(
    lambda subjects, digests: (
        Exhibit.objects.standing().filter(subject__in=subjects, sha256__in=digests).only("subject", "sha256")
    )
)
