"""A company objects to a finding, or appeals against its entry on a published list: once, receipted, with its papers.

The proceeding itself is opened as the office opens one that came by post (actions.objections, actions.appeals). What
comes late is kept with the reason, and decided once somebody uninvolved has excused it. Not here: who decides.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from mingjing.engine.outcome import N_, Problem, Reason, Refusal
from mingjing.kernel.evidence.actions import record_exhibits
from mingjing.kernel.evidence.models import Access
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.kernel.proceedings.queries import stands
from mingjing.kernel.submissions.actions import hand_in
from mingjing.kernel.submissions.models import Submission
from mingjing.programmes.assessments.actions.appeals import file_appeal
from mingjing.programmes.assessments.actions.objections import file_objection
from mingjing.programmes.assessments.models import Listed, VisitRecord
from mingjing.programmes.assessments.queries.contests import appeal_due, objection_due

__all__ = ["appeal_listing", "object_to_finding"]

Files = Iterable["UploadedFile[Any]"]


def object_to_finding(
    *, record: VisitRecord, finding: str, text: str, late_because: str = "", files: Files = (), key: UUID, by: Person,
    at: datetime,
) -> Submission:  # fmt: skip
    """Contest one finding of a record that reached the company. Raises Refusal."""
    company, area = record.delivery.organisation, record.round.area
    about = f"{record.subject}/{finding}"

    def take() -> Iterator[Reason]:
        grounds = _grounds(text, objection_due(record), late_because, at)
        kept = _keep(files, about, area, by, at)
        case = file_objection(
            record=record, finding=finding, grounds=grounds, exhibits=kept, on_behalf=f"{company.name} {by}", by=by,
            at=at,
        )  # fmt: skip
        yield from _next(case, "objection", at)

    return hand_in(
        key=key, kind="assessments.objection", about=about, title=record.entry.name, what=N_("Objection to a finding"),
        organisation=company, area=area, take=take, content={"text": text, "late": late_because}, by=by, at=at,
    )  # fmt: skip


def appeal_listing(
    *, row: Listed, text: str, late_because: str = "", files: Files = (), key: UUID, by: Person, at: datetime
) -> Submission:
    """Appeal against what the newest edition says of the company's community. Raises Refusal."""
    company, area = _whose(row.company), row.entry.round.area

    def take() -> Iterator[Reason]:
        grounds = _grounds(text, appeal_due(row), late_because, at)
        record = VisitRecord.objects.filter(entry=row.entry).order_by("id").first()
        subject = f"{record.subject}/appeal" if record else row.entry.subject
        kept = _keep(files, subject, area, by, at)
        case = file_appeal(row=row, grounds=grounds, exhibits=kept, on_behalf=f"{company.name} {by}", by=by, at=at)
        yield from _next(case, "appeal", at)

    return hand_in(
        key=key, kind="assessments.appeal", about=row.entry.subject, title=row.entry.name, what=N_("Appeal"),
        organisation=company, area=area, take=take, content={"text": text, "late": late_because}, by=by, at=at,
    )  # fmt: skip


def _whose(company: Organisation | None) -> Organisation:
    if company is None:
        raise Refusal([Problem("company.nobody", N_("No company is known in this case."))])
    return company


def _grounds(text: str, due: datetime | None, because: str, at: datetime) -> str:
    """What was said, after the time has run out with why it is late; raises Refusal where that is missing."""
    if due is None or at < due:
        return text
    if not because.strip():
        told = N_(
            "The time ran out at {due}. You can still hand it in: say why it is late, and somebody of the office "
            "decides whether that excuses it."
        )
        moment = f"{timezone.localtime(due - timedelta(seconds=1)):%Y-%m-%d %H:%M:%S}"
        raise Refusal([Problem("company.late", told, {"due": moment}, "late_because")])
    return f"{text.strip()}\n\n逾期理由：{because.strip()}"


def _keep(files: Files, subject: str, area: Area, by: Person, at: datetime) -> list[UUID]:
    kept = record_exhibits(
        files=files, subject=subject, area=area, origin="upload", access=Access.RESTRICTED, by=by, at=at
    )
    return [one.pk for one in kept]


def _next(case: Proceeding, kind: str, at: datetime) -> Iterator[Reason]:
    standing = stands(case, at).standing
    if kind not in standing.done:
        text = N_("It came after the time had run out. It counts once somebody of the office has excused that.")
        yield Reason("company.excuse", text)
    due = standing.due(kind)
    text = N_("Somebody who had no part in it decides, with reasons in writing.")
    if due is None:
        yield Reason("company.decided", text)
        return
    told = N_("Somebody who had no part in it decides by {day}, with reasons in writing.")
    yield Reason("company.decided_by", told, {"day": f"{timezone.localtime(due - timedelta(seconds=1)):%Y-%m-%d}"})
