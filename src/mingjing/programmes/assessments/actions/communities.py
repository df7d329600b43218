"""A community is taken off the register, or put back, with a reason. What a roster changes is in `registering`."""

from datetime import datetime

from django.db import transaction

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.db.locks import exclusive
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.actions.registering import register_lock
from mingjing.programmes.assessments.models import Community

__all__ = ["remove_community", "return_community"]


def remove_community(*, community: Community, reason: str, by: Person | None, at: datetime) -> None:
    """Take a community off the register from now on; rounds that have it keep it. Raises Refusal."""
    reason = _reason(reason)
    with transaction.atomic():
        found = _locked(community)
        if found.removed_at:
            raise Refusal([Problem("community.removed", N_("The community was taken off the register already."))])
        found.removed_by, found.removed_at, found.removal_reason = by, at, reason
        _keep(found, "removed", by, at)


def return_community(*, community: Community, reason: str, by: Person | None, at: datetime) -> None:
    """Put a community back on the register. Raises Refusal."""
    _reason(reason)
    with transaction.atomic():
        found = _locked(community)
        if not found.removed_at:
            raise Refusal([Problem("community.current", N_("The community is on the register."))])
        found.removed_by, found.removed_at, found.removal_reason = None, None, ""
        _keep(found, "returned", by, at)


def _reason(text: str) -> str:
    text = " ".join(text.split())
    if not text or len(text) > 300 or not text.isprintable():
        raise Refusal([Problem("community.reason", N_("Say why, in at most 300 characters."), {}, "reason")])
    return text


def _locked(community: Community) -> Community:
    exclusive(register_lock(community.area_id))
    return Community.objects.select_for_update(of=("self",), no_key=True).select_related("area").get(pk=community.pk)


def _keep(found: Community, what: str, by: Person | None, at: datetime) -> None:
    found.changed_at = at
    found.save(update_fields=["removed_by", "removed_at", "removal_reason", "changed_at"])
    data = {"community": found.pk, "area": found.area.code}
    kind = f"assessments.community.{what}"
    writer.append(kind=kind, subject=found.subject, data=data, area=found.area, by=by, at=at)
