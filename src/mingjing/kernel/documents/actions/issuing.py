"""Issuing and withdrawing. A number is taken in the transaction that records the document: none is ever missing.

Whoever issues in a series waits for whoever issues in it now; the file is made and kept before the transaction ends. A
process that is killed in between leaves no document, no number, and at most a file that nothing names.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from mingjing.engine.chain import canonical, content_digest
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.db.locks import exclusive
from mingjing.kernel.documents.kinds import DocumentKind, chinese_title, kinds
from mingjing.kernel.documents.models import CODE, Document
from mingjing.kernel.documents.queries import keep, letterhead_of, template_bytes, template_of, verify_address
from mingjing.kernel.documents.rendering import render
from mingjing.kernel.documents.samples import checked, dated
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.actions.people import is_line
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area

__all__ = ["issue_document", "withdraw_document"]


def issue_document(
    *,
    kind: str,
    area: Area,
    subject: str,
    context: Mapping[str, Any],
    addressee: Organisation | None = None,
    title: str = "",
    replaces: Document | None = None,
    reason: str = "",
    by: Person | None,
    at: datetime,
) -> Document:
    """Issue a document of `kind` about `subject`: give it the next number, fill in the template, keep the file.

    `context` gives the kind's own fields; `title` stands instead of the kind's. With `replaces` an earlier document of
    the same kind is withdrawn for `reason` and points here. Raises Refusal for what a person can put right, ValueError
    for a kind, fields or an addressee that a program made up.
    """
    found = kinds().get(kind)
    if found is None or not found.numbered or found.addressed != (addressee is not None):
        raise ValueError(f"{kind!r} is no kind of numbered document with{'' if addressee else 'out'} an addressee.")
    values, title = checked(found, context), " ".join((title or chinese_title(found)).split())
    if not is_line(title, 200):
        raise Refusal([Problem("documents.document.title", N_("Give a title of 1 to 200 characters."), {}, "title")])
    document = Document(area=area, kind=kind, series=found.series, subject=subject, addressee=addressee, title=title)
    document.issued_by, document.issued_at = by, at
    own = template_of(area, found)
    template = template_bytes(found, own)
    document.template, document.template_sha256 = own, keep(template).sha256
    with transaction.atomic():
        _number(document, found, at)
        _fill_in(document, template, values)
        document.save(force_insert=True)
        _told(document, by, at)
        if replaces is not None:
            _withdraw(replaces, reason, document, by, at)
    return document


def _number(document: Document, kind: DocumentKind, at: datetime) -> None:
    """The next number of the area's series and year; nobody else takes one until this transaction ends."""
    head = letterhead_of(document.area, kind)
    document.letters, document.office, document.year = head.letters, head.office, timezone.localdate(at).year
    exclusive(f"documents.series:{document.area_id}:{kind.series}:{document.year}")
    series = Document.objects.filter(area=document.area, series=kind.series, year=document.year)
    document.serial = (series.aggregate(last=Max("serial"))["last"] or 0) + 1
    document.number = document.numbered()


def _fill_in(document: Document, template: bytes, values: dict[str, Any]) -> None:
    """Context, code and file. The code covers what the document says and a salt, so nobody guesses or reuses one."""
    to = document.addressee
    frame: dict[str, Any] = {"number": document.number, "title": document.title, "office": document.office}
    frame["addressee"] = {"name": to.name if to else "", "credit_code": to.credit_code if to else ""}
    frame |= dated(timezone.localdate(document.issued_at))
    said = {"salt": document.salt, "kind": document.kind, "values": {**frame, **values}}
    document.code = content_digest(said)[:CODE]
    frame |= {"code": document.printed_code, "verify": verify_address(document.code)}
    document.context = canonical({**frame, **values}).decode()
    content = render(template, document.values(), qr=frame["verify"])
    document.sha256, document.size = sha256(content).hexdigest(), len(content)
    keep(content)


def _told(document: Document, by: Person | None, at: datetime) -> None:
    data: dict[str, Any] = {
        "number": document.number,
        "kind": document.kind,
        "code": document.code,
        "about": document.subject,
    }
    data |= {
        "addressee": document.addressee_id,
        "sha256": document.sha256,
        "template": document.template_sha256,
        "context": document.context_digest(),
    }
    subject = document.ledger_subject
    writer.append(kind="documents.document.issued", subject=subject, data=data, area=document.area, by=by, at=at)


def withdraw_document(*, document: Document, reason: str, by: Person | None, at: datetime) -> Document:
    """Say that it no longer counts; it, its number and its services stay on record. Raises Refusal."""
    with transaction.atomic():
        return _withdraw(document, reason, None, by, at)


def _withdraw(document: Document, reason: str, instead: Document | None, by: Person | None, at: datetime) -> Document:
    reason = " ".join(reason.split())
    if not is_line(reason, 300):
        raise Refusal([Problem("documents.document.reason", N_("Say why, in 1 to 300 characters."), {}, "reason")])
    found = Document.objects.select_for_update(of=("self",)).select_related("area").get(pk=document.pk)
    if found.withdrawn_at:
        text = N_("{number} was withdrawn already.")
        raise Refusal([Problem("documents.document.withdrawn", text, {"number": found.number})])
    if instead and (instead.kind, instead.area_id) != (found.kind, found.area_id):
        raise ValueError("A document is replaced by one of the same kind and area.")
    found.withdrawn_by, found.withdrawn_at, found.withdrawal_reason, found.replaced_by = by, at, reason, instead
    found.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawal_reason", "replaced_by"])
    data = {"number": found.number, "replaced_by": instead.pk if instead else None}
    data["reason"] = content_digest({"salt": found.salt, "reason": reason})
    subject = found.ledger_subject
    writer.append(kind="documents.document.withdrawn", subject=subject, data=data, area=found.area, by=by, at=at)
    return found
