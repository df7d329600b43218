"""Findings that two companies are under common control: found by one person with evidence, confirmed by another.

From then on a change from one to the other is no change of company (policy.streaks). Not here: what shows it
(kernel.evidence).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.evidence.actions import record_exhibits
from mingjing.kernel.evidence.models import Exhibit, Origin
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.models import CommonControl

__all__ = ["confirm_control", "record_control", "withdraw_control"]

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

LIMIT = 2000


@transaction.atomic
def record_control(
    *, area: Area, one: Organisation, other: Organisation, reason: str, exhibits: Iterable[UUID | str] = (),
    files: Iterable["UploadedFile[Any]"] = (), by: Person, at: datetime,
) -> CommonControl:  # fmt: skip
    """Record that two companies are under common control, with what shows it. Raises Refusal."""
    reason, uploads = reason.strip(), list(files)
    shown = [str(key) for key in exhibits]
    known = Exhibit.objects.standing().filter(pk__in=shown).count() if shown else 0
    problems = []
    if one.pk == other.pk:
        problems.append(Problem("control.one", N_("Name two companies."), {}, "other"))
    if not reason or len(reason) > LIMIT:
        text = N_("Say in 1 to {limit} characters how one controls the other, or who controls both.")
        problems.append(Problem("control.reason", text, {"limit": LIMIT}, "reason"))
    if known < len(shown) or not (shown or uploads):
        text = N_("Add what shows it: an extract of the register of companies, a contract, a decision.")
        problems.append(Problem("control.unshown", text, {}, "exhibits"))
    if problems:
        raise Refusal(problems)
    if uploads:
        subject = f"parties.organisation:{one.pk}"
        kept = record_exhibits(files=uploads, subject=subject, area=area, origin=Origin.SCAN, by=by, at=at)
        shown += [str(exhibit.pk) for exhibit in kept]
    found = CommonControl.objects.create(
        area=area, one=one, other=other, reason=reason, exhibits=shown, found_by=by, found_at=at
    )
    _told(found, "found", {"one": one.pk, "other": other.pk, "exhibits": shown, "digest": found.digest()}, by, at)
    return found


@transaction.atomic
def confirm_control(*, control: CommonControl, by: Person, at: datetime) -> CommonControl:
    """Confirm a finding of somebody else; from now on it counts. Raises Refusal."""
    found = _locked(control)
    if found.confirmed_at:
        raise Refusal([Problem("control.confirmed", N_("It is confirmed already."))])
    if found.found_by_id == by.pk:
        text = N_("Who made the finding does not confirm it; ask somebody else to look at the evidence.")
        raise Refusal([Problem("control.own", text)])
    found.confirmed_by, found.confirmed_at = by, at
    found.save(update_fields=["confirmed_by", "confirmed_at"])
    _told(found, "confirmed", {}, by, at)
    return found


@transaction.atomic
def withdraw_control(*, control: CommonControl, reason: str, by: Person, at: datetime) -> CommonControl:
    """Say that a finding does not hold, or holds no longer; rows are counted without it from now on. Raises Refusal."""
    found, reason = _locked(control), " ".join(reason.split())
    if not reason or len(reason) > 300:
        raise Refusal([Problem("control.why", N_("Say why, in 1 to 300 characters."), {}, "reason")])
    found.withdrawn_by, found.withdrawn_at, found.withdrawal_reason = by, at, reason
    found.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawal_reason"])
    _told(found, "withdrawn", {}, by, at)
    return found


def _locked(control: CommonControl) -> CommonControl:
    found = CommonControl.objects.select_for_update(of=("self",)).select_related("area").get(pk=control.pk)
    if found.withdrawn_at:
        raise Refusal([Problem("control.withdrawn", N_("It was withdrawn; make a finding anew."))])
    return found


def _told(control: CommonControl, what: str, data: dict[str, Any], by: Person, at: datetime) -> None:
    kind, told = f"assessments.control.{what}", {"control": control.pk, **data}
    writer.append(kind=kind, subject=control.subject, data=told, area=control.area, by=by, at=at)
