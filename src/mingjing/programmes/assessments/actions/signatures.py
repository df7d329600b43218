"""Signatures under a sheet: the members' from their own accounts, the manager's, and a refusal with two witnesses.

What is signed is the digest of the sheet: an edit afterwards leaves the signature under a sheet that is no more, and
shown so. Names and comments stay in the rows, out of the facts. Not here: the record's own steps (visits, reviews).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, BinaryIO

from django.db import transaction

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.evidence.actions import record_exhibit
from mingjing.kernel.evidence.models import Access, Origin
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.actions.people import is_line
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.actions.records import hold, team_only
from mingjing.programmes.assessments.models import Signature, SignaturePart, Stance, VisitRecord
from mingjing.programmes.assessments.queries.visits import evidence_of

__all__ = ["record_manager", "sign_record", "witness_refusal"]

COMMENT = 1000


def sign_record(*, record: VisitRecord, by: Person | None, at: datetime) -> None:
    """A member of the team signs the sheet as it is now, from their own account. Raises Refusal."""
    with transaction.atomic():
        current = hold(record, at)
        team_only(current, by)
        if current.started_at is None:
            text = N_("The visit has not begun; there is nothing to sign yet.")
            raise Refusal([Problem("visit.nothing_to_sign", text)])
        if _signed(current, SignaturePart.MEMBER).filter(person=by).exists():
            text = N_("You signed this sheet already; your signature stands.")
            raise Refusal([Problem("visit.signed_before", text)])
        _sign(current, by, at, part=SignaturePart.MEMBER, person=by, stance=Stance.SIGNED)
        _told("signed", current, {"part": SignaturePart.MEMBER.value, "stance": Stance.SIGNED.value}, by, at)


def record_manager(
    *,
    record: VisitRecord,
    name: str,
    stance: str,
    comment: str = "",
    scan: tuple[BinaryIO, str] | None = None,
    image: str = "",
    by: Person | None,
    at: datetime,
) -> None:
    """What the manager called `name` did with the submitted record: signed, commented or refused. Raises Refusal.

    `scan` is the signed paper (a file and its name), kept for whoever works on the record only; `image` the SHA-256 of
    a signature on glass, a picture that a phone promised for this record. A refusal makes the recorder its first
    witness and holds once another member has confirmed it (`witness_refusal`).
    """
    chosen = Stance(stance)
    with transaction.atomic():
        current = hold(record, at)
        team_only(current, by)
        name, comment = _manager_words(current, name, chosen, comment)
        if scan:
            record_exhibit(
                file=scan[0], file_name=scan[1], subject=current.subject, area=current.round.area,
                origin=Origin.SCAN, access=Access.RESTRICTED, by=by, at=at,
            )  # fmt: skip
        if image and (len(image) > 64 or not evidence_of(current, {image})):
            text = N_("The picture of the signature is not on this record; send it first, then the signature.")
            raise Refusal([Problem("visit.signature_image", text, {}, "image")])
        words = {"name": name, "stance": chosen, "comment": comment, "image_digest": image}
        _sign(current, by, at, part=SignaturePart.MANAGER, **words)
        if chosen == Stance.REFUSED:
            _witness(current, by, at)
            return
        current.company_stance, current.company_at = chosen.value, at
        current.save(update_fields=["company_stance", "company_at"])
        _told("signed", current, {"part": SignaturePart.MANAGER.value, "stance": chosen.value}, by, at)


def witness_refusal(*, record: VisitRecord, by: Person | None, at: datetime) -> None:
    """A second member confirms that the manager refused to sign; now the refusal stands. Raises Refusal."""
    with transaction.atomic():
        current = hold(record, at)
        team_only(current, by)
        witnesses = list(_signed(current, SignaturePart.WITNESS).values_list("person_id", flat=True))
        if not witnesses or current.company_at:
            text = N_("No refusal waits for a second witness here.")
            raise Refusal([Problem("visit.no_refusal", text)])
        if by and by.pk in witnesses:
            text = N_("You are the first witness; another member of the team confirms it.")
            raise Refusal([Problem("visit.first_witness", text)])
        _witness(current, by, at)
        current.company_stance, current.company_at = Stance.REFUSED.value, at
        current.save(update_fields=["company_stance", "company_at"])
        _told("refused", current, {"witnesses": 2}, by, at)


def _manager_words(record: VisitRecord, name: str, stance: Stance, comment: str) -> tuple[str, str]:
    """The name and the comment as they are kept; raises Refusal for what is missing or out of turn."""
    name, comment = name.strip(), comment.strip().replace("\r\n", "\n")
    problems = []
    if record.submitted_at is None:
        text = N_("The record is not submitted yet; the manager signs what was handed in.")
        problems.append(Problem("visit.not_submitted", text))
    elif record.reviewed_at or (record.company_at and record.company_stance != Stance.REFUSED):
        text = N_("What the manager did is on the record already; it stays as it is.")
        problems.append(Problem("visit.manager_before", text))
    if not is_line(name, 100):
        text = N_("Write the name of the manager, or of who stood in for them, in 1 to 100 characters.")
        problems.append(Problem("visit.manager_name", text, {}, "name"))
    if stance == Stance.COMMENTED and not comment:
        text = N_("Write down what the manager remarked.")
        problems.append(Problem("visit.no_comment", text, {}, "comment"))
    if len(comment) > COMMENT or not comment.replace("\n", "").replace("\t", "").isprintable():
        text = N_("A comment has at most {longest} characters of plain text.")
        problems.append(Problem("visit.comment", text, {"longest": COMMENT}, "comment"))
    if problems:
        raise Refusal(problems)
    return name, comment


def _signed(record: VisitRecord, part: SignaturePart) -> Any:
    """The signatures of that part under the sheet as it is now, since it was last submitted anew."""
    found = record.signatures.filter(part=part, sheet_digest=record.sheet_digest)
    if part == SignaturePart.WITNESS and record.returned_at:
        found = found.filter(at__gte=record.returned_at)
    return found


def _witness(record: VisitRecord, by: Person | None, at: datetime) -> None:
    if not _signed(record, SignaturePart.WITNESS).filter(person=by).exists():
        _sign(record, by, at, part=SignaturePart.WITNESS, person=by, stance=Stance.REFUSED)


def _sign(record: VisitRecord, by: Person | None, at: datetime, **columns: Any) -> None:
    Signature.objects.create(record=record, sheet_digest=record.sheet_digest, recorded_by=by, at=at, **columns)


def _told(verb: str, record: VisitRecord, data: Mapping[str, Any], by: Person | None, at: datetime) -> None:
    what = {"record": record.pk, "sheet": record.sheet_digest, **data}
    area = record.round.area
    writer.append(kind=f"assessments.visit.{verb}", subject=record.subject, data=what, area=area, by=by, at=at)
