"""Every write of an objection: a company contests a complaint of an edition in check; somebody uninvolved decides.

An upheld one is a decision on the complaint like any other, and the ranking must be worked out again. Not here: what
the company is shown (desk).
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Person
from mingjing.programmes.complaints.actions.decisions import note
from mingjing.programmes.complaints.actions.editions import request_ranking
from mingjing.programmes.complaints.models import Complaint, Edition, Matter, Objection, Ruling
from mingjing.programmes.complaints.policy.rules import COMPANY
from mingjing.programmes.complaints.queries.rulebooks import rules_of

__all__ = ["decide_objection", "file_objection"]


@transaction.atomic
def file_objection(
    *, edition: Edition, complaint: Complaint, claims: str, statement: str, document: str,
    by: Person | None, at: datetime,
) -> Objection:  # fmt: skip
    """Put on record that the company contests a complaint: it is `invalid`, or another's duty (a code of the rules).

    Raises Refusal outside the check, for a complaint that does not count there, and for a second one still open.
    """
    found = Edition.objects.select_for_update(of=("self",)).select_related("area", "rules").get(pk=edition.pk)
    problems = _unfit(found, complaint, claims, statement, at)
    if problems:
        raise Refusal(problems)
    objection = Objection.objects.create(
        edition=found, complaint=complaint, claims=claims, statement=statement.strip()[:1000],
        document=document.strip()[:200], filed_by=by, filed_at=at,
    )  # fmt: skip
    told = {"complaint": complaint.pk, "claims": claims, "statement": _digest(objection.statement)}
    _tell(objection, "filed", told, by, at)
    return objection


def _unfit(edition: Edition, complaint: Complaint, claims: str, statement: str, at: datetime) -> list[Problem]:
    problems = []
    until = edition.check_until
    if edition.state != "checking" or until is None:
        problems.append(Problem("objection.no_check", N_("The edition is not in the companies’ check.")))
    elif at >= until:
        text = N_("The companies’ check is over; what comes later leads to a correction.")
        problems.append(Problem("objection.late", text))
    if not _counts(edition, complaint):
        text = N_("This complaint does not count in the edition, so there is nothing to object to.")
        problems.append(Problem("objection.not_counted", text))
    if claims != "invalid" and claims not in rules_of(edition.rules).duties:
        problems.append(Problem("objection.claims", N_("Say what the company claims."), {}, "claims"))
    if len(statement.strip()) < 2:
        problems.append(Problem("objection.statement", N_("Write down what the company says."), {}, "statement"))
    if Objection.objects.filter(edition=edition, complaint=complaint, decided_at=None).exists():
        problems.append(Problem("objection.open", N_("An objection to this complaint is still open.")))
    return problems


def _counts(edition: Edition, complaint: Complaint) -> bool:
    row = edition.rows.filter(site=complaint.site_id).first() if complaint.site_id else None
    return row is not None and complaint.pk in row.cases.get("counted", [])


@transaction.atomic
def decide_objection(
    *, objection: Objection, ruling: Ruling, reason: str, by: Person | None, at: datetime
) -> Objection:  # fmt: skip
    """Decide on an objection. An upheld one changes the complaint as it claims; the edition is ranked again.

    Raises Refusal where somebody involved would decide: who filed it, or who decided on the complaint last.
    """
    edition = Edition.objects.select_for_update(of=("self",)).select_related("area").get(pk=objection.edition_id)
    found = Objection.objects.select_for_update(of=("self",)).get(pk=objection.pk)
    found.edition = edition
    complaint = Complaint.objects.select_for_update(of=("self",)).select_related("area").get(pk=found.complaint_id)
    if problems := _undecidable(found, complaint, edition, reason, by):
        raise Refusal(problems)
    found.ruling, found.reason, found.decided_by, found.decided_at = ruling, reason.strip()[:500], by, at
    found.save(update_fields=["ruling", "reason", "decided_by", "decided_at"])
    _tell(found, "decided", {"ruling": str(ruling), "reason": _digest(found.reason)}, by, at)
    if ruling == Ruling.UPHELD:
        _follow(found, complaint, by, at)
        request_ranking(edition=edition, by=by, at=at)
    return found


def _undecidable(
    found: Objection, complaint: Complaint, edition: Edition, reason: str, by: Person | None
) -> list[Problem]:
    if found.decided_at:
        return [Problem("objection.decided", N_("This objection is decided already."))]
    problems = []
    if edition.state != "checking":
        problems.append(Problem("objection.no_check", N_("The edition is not in the companies’ check.")))
    if by and by.pk == found.filed_by_id:
        problems.append(Problem("objection.own", N_("Somebody else decides on what you filed.")))
    last = complaint.decisions.exclude(matter=Matter.REPEAT).order_by("-number").first()
    if by and last and last.by_id == by.pk:
        text = N_("You decided on the complaint; somebody uninvolved decides on the objection.")
        problems.append(Problem("objection.involved", text))
    if len(reason.strip()) < 2:
        problems.append(Problem("decision.reason", N_("Give the reason."), {}, "reason"))
    return problems


def _follow(found: Objection, complaint: Complaint, by: Person | None, at: datetime) -> None:
    """The complaint as the objection claims it is."""
    if complaint.validity != "valid" or complaint.duty != COMPANY:
        return  # somebody revised it meanwhile
    if found.claims == "invalid":
        complaint.validity, complaint.duty = "invalid", ""
        note(complaint, Matter.VALIDITY, "invalid", None, found.reason, by, at)
    else:
        complaint.duty = found.claims
        note(complaint, Matter.DUTY, found.claims, complaint.site_id, found.reason, by, at)
    complaint.save(update_fields=["validity", "duty"])


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _tell(objection: Objection, what: str, more: Mapping[str, Any], by: Person | None, at: datetime) -> None:
    data = {"objection": objection.pk, "edition": objection.edition_id, **more}
    kind = f"complaints.objection.{what}"
    writer.append(kind=kind, subject=objection.subject, data=data, area=objection.edition.area, by=by, at=at)
