"""Proof of service: on whom, how and when. On nobody but the addressee, and on paper or film.

By what a method needs the Civil Procedure Law goes (art. 87 to 95), which the Administrative Penalty Law art. 61 names:
a public notice counts as served 30 days after it; from then on the clocks of what it started run.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.timezone import get_default_timezone

from mingjing.engine.outcome import N_, Phrase, Problem, Refusal
from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.documents.models import Document, Method, Service
from mingjing.kernel.documents.queries import agreed
from mingjing.kernel.evidence.actions import record_exhibits
from mingjing.kernel.evidence.models import Exhibit, Origin
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.actions.people import is_line
from mingjing.kernel.parties.credit_codes import read_credit_code
from mingjing.kernel.parties.models import Organisation, Person

__all__ = ["NOTICE_DAYS", "record_service", "void_service"]

NOTICE_DAYS = 30
"""Days after which a public notice counts as served (Civil Procedure Law art. 95)."""
SENT = {Method.POST, Method.ELECTRONIC, Method.NOTICE}
TAKEN = {Method.DIRECT, Method.POST}


@dataclass(frozen=True, slots=True)
class _Given:
    """What was said of a service; `served_at` of a public notice follows from when it was put up."""

    method: Method
    sent_at: datetime | None
    served_at: datetime | None
    received_by: str
    note: str


def record_service(
    *,
    document: Document,
    credit_code: str,
    method: str,
    served_at: datetime | None,
    sent_at: datetime | None = None,
    received_by: str = "",
    note: str = "",
    exhibits: Iterable[UUID | str] = (),
    files: Iterable["UploadedFile[Any]"] = (),
    by: Person | None,
    at: datetime,
) -> Service:
    """Record that `document` was served on the organisation with this credit code, which must be its addressee.

    `exhibits` are ids of what shows it, `files` are recorded as such. `served_at` is left out for a public notice
    (`sent_at` gives it). Raises Refusal with every problem: a branch or parent is somebody else; what was served once
    is not served again unless that record is voided; nothing is served before it was issued or after now.
    """
    given = _Given(Method(method), sent_at, served_at, " ".join(received_by.split()), " ".join(note.split()))
    given = _with_effect(given)
    with transaction.atomic():
        found = Document.objects.select_for_update(of=("self",)).select_related("area", "addressee").get(pk=document.pk)
        problems = [*_whom(found, credit_code), *_state(found), *_how(given), *_unagreed(given, found)]
        problems += _when(given, found, at)
        shown = _known(exhibits)
        uploads = list(files)
        if not shown and not uploads:
            text = N_("Add what shows it: the signed receipt, the postal proof, photos or film.")
            problems.append(Problem("documents.service.unshown", text, {}, "shown"))
        if problems:
            raise Refusal(problems)
        if uploads:
            where = {"subject": found.ledger_subject, "area": found.area, "origin": Origin.SCAN}
            shown += [str(one.pk) for one in record_exhibits(files=uploads, **where, by=by, at=at)]  # type: ignore[arg-type]
        return _entered(found, given, shown, by, at)


def _with_effect(given: _Given) -> _Given:
    if given.method == Method.ELECTRONIC and given.served_at is None:  # it counts when it reached the system
        return replace(given, served_at=given.sent_at)
    if given.method != Method.NOTICE or given.sent_at is None:
        return given
    zone = get_default_timezone()
    day = given.sent_at.astimezone(zone).date() + timedelta(days=NOTICE_DAYS)
    served = datetime.combine(day, time(23, 59, 59), zone)
    return _Given(given.method, given.sent_at, served, given.received_by, given.note)


def _whom(document: Document, credit_code: str) -> Iterator[Problem]:
    to = document.addressee
    if to is None:
        text = N_("{number} is for everybody; it is not served on anyone.")
        yield Problem("documents.service.no_addressee", text, {"number": document.number})
        return
    try:
        code = read_credit_code(credit_code)
    except Refusal as refusal:
        for one in refusal.problems:
            yield Problem(one.code, one.text, one.params, "credit_code")
        return
    if code == to.credit_code:
        return
    other = Organisation.objects.filter(credit_code=code).first()
    name = other.name if other else code
    params = {"number": document.number, "to": to.name, "code": to.credit_code, "other": name}
    if other and (other.branch_of_id == to.pk or to.branch_of_id == other.pk):
        text = N_(
            "{number} is for {to} ({code}). {other} is its branch or parent, another legal entity: that serves nobody."
        )
    else:
        text = N_("{number} is for {to} ({code}), not for {other}: serving somebody else starts no clock.")
    yield Problem("documents.service.wrong_entity", text, params, "credit_code")


def _state(document: Document) -> Iterator[Problem]:
    if document.withdrawn_at:
        text = N_("{number} was withdrawn; it is not served any more.")
        yield Problem("documents.service.withdrawn", text, {"number": document.number})
    if before := document.services.standing().first():
        text = N_("{number} was served on {day}; clocks run from then. Void that record first if it is wrong.")
        day = before.served_at.astimezone(get_default_timezone()).date().isoformat()
        yield Problem("documents.service.twice", text, {"number": document.number, "day": day})


def _how(given: _Given) -> Iterator[Problem]:
    method = Phrase(str(given.method.label))
    if given.method in TAKEN and not is_line(given.received_by, 100):
        text = N_("Say who took it, as signed on the receipt.")
        yield Problem("documents.service.received_by", text, {"method": method}, "received_by")
    if given.method == Method.LEFT and not is_line(given.note, 300):
        text = N_("Say why it was refused, and who was witness or what was filmed.")
        yield Problem("documents.service.note", text, {}, "note")
    if given.method in SENT and given.sent_at is None:
        yield Problem("documents.service.sent", N_("Say when it was sent or put up."), {}, "sent_at")
    long = len(given.received_by) > 100 or len(given.note) > 300
    if long or not (given.received_by + given.note).isprintable():
        text = N_("At most 100 characters for who took it and 300 for the note, of plain text.")
        yield Problem("documents.service.text", text, {}, "note")


def _unagreed(given: _Given, document: Document) -> Iterator[Problem]:
    """Electronically nobody is served who has not agreed, or has taken that back before it was sent."""
    to, sent = document.addressee, given.sent_at
    if given.method == Method.ELECTRONIC and to and sent and not agreed(to, sent):
        text = N_(
            "{name} had not agreed to electronic service when it was sent, or had taken that back. Serve it on paper, "
            "or by public notice."
        )
        yield Problem("documents.service.not_agreed", text, {"name": to.name}, "method")


def _when(given: _Given, document: Document, at: datetime) -> Iterator[Problem]:
    first = given.sent_at or given.served_at
    if given.served_at is None:
        if given.method != Method.NOTICE:
            yield Problem("documents.service.when", N_("Say when it was served."), {}, "served_at")
        return
    place = "sent_at" if given.sent_at else "served_at"
    if first and first < document.issued_at:
        text = N_("{number} was issued later than that; look at the day again.")
        yield Problem("documents.service.before", text, {"number": document.number}, place)
    if (given.served_at if given.method != Method.NOTICE else first or at) > at:
        yield Problem("documents.service.future", N_("This moment has not come yet; look at the day again."), {}, place)
    if given.sent_at and given.served_at < given.sent_at:
        yield Problem("documents.service.order", N_("It arrived before it was sent; look again."), {}, "served_at")


def _known(exhibits: Iterable[UUID | str]) -> list[str]:
    wanted = list(dict.fromkeys(map(str, exhibits)))
    found = Exhibit.objects.standing().filter(pk__in=wanted).count()
    if found < len(wanted):
        text = N_("{count} of the exhibits are not on record, or were withdrawn; choose others.")
        raise Refusal([Problem("documents.service.exhibits", text, {"count": len(wanted) - found}, "shown")])
    return wanted


def _entered(document: Document, given: _Given, shown: list[str], by: Person | None, at: datetime) -> Service:
    assert document.addressee
    assert given.served_at
    service = Service.objects.create(
        document=document, organisation=document.addressee, method=given.method, sent_at=given.sent_at, exhibits=shown,
        served_at=given.served_at, received_by=given.received_by, note=given.note, recorded_by=by, recorded_at=at,
    )  # fmt: skip
    data = {"document": document.pk, "number": document.number, "organisation": document.addressee.pk}
    data |= {"method": given.method.value, "served": instant_text(given.served_at), "exhibits": shown}
    data["digest"] = service.digest()
    subject = f"documents.service:{service.pk}"
    writer.append(kind="documents.service.recorded", subject=subject, data=data, area=document.area, by=by, at=at)
    return service


def void_service(*, service: Service, reason: str, by: Person | None, at: datetime) -> Service:
    """Say that the record was wrong; another can then be made. Clocks that ran from it lose their start.

    Raises Refusal.
    """
    reason = " ".join(reason.split())
    if not is_line(reason, 300):
        raise Refusal([Problem("documents.service.reason", N_("Say why, in 1 to 300 characters."), {}, "reason")])
    with transaction.atomic():
        Document.objects.select_for_update(of=("self",)).get(pk=service.document_id)
        found = Service.objects.select_for_update(of=("self",)).select_related("document__area").get(pk=service.pk)
        if found.voided_at:
            raise Refusal([Problem("documents.service.voided", N_("This record was voided already."))])
        found.voided_by, found.voided_at, found.void_reason = by, at, reason
        found.save(update_fields=["voided_by", "voided_at", "void_reason"])
        data = {"document": found.document_id, "number": found.document.number}
        subject = f"documents.service:{found.pk}"
        area = found.document.area
        writer.append(kind="documents.service.voided", subject=subject, data=data, area=area, by=by, at=at)
    return found
