"""What becomes of a submitted record: reviewed by somebody off the team, sent back, locked, or voided.

Not here: what the team does (visits, signatures).
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.actions.people import is_line
from mingjing.kernel.parties.models import Person
from mingjing.kernel.sync.actions import settle
from mingjing.kernel.visits.actions import void_visit
from mingjing.programmes.assessments.actions.orders import VOIDED, drop_orders, follow_found
from mingjing.programmes.assessments.actions.records import LIVE, hold, outsider, staff_asked
from mingjing.programmes.assessments.models import Return, Round, SignaturePart, VisitRecord
from mingjing.programmes.assessments.queries.promised import promised_of
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["lock_record", "return_record", "review_record", "void_record"]


def review_record(
    *, record: VisitRecord, absences: Collection[str] | None = None, by: Person | None, at: datetime
) -> None:
    """Somebody off the team has looked at every deduction and at every reason why a check does not apply.

    `absences` are the checks that do not apply and were looked at, all of them unless given. Raises Refusal.
    """
    with transaction.atomic():
        current = hold(record, at)
        reviewer = outsider(current, by)
        _reviewable(current)
        marked = {entry["check"] for entry in current.sheet_document.get("not_applicable", ())}
        if absences is not None and (unseen := sorted(marked - set(absences))):
            text = N_("Look at the reason why {codes} does not apply, and tick it; or send the record back.")
            raise Refusal([Problem("visit.absence_unseen", text, {"codes": tuple(unseen)}, "absences")])
        current.reviewed_by, current.reviewed_at = reviewer, at
        current.save(update_fields=["reviewed_by", "reviewed_at"])
        _told("reviewed", current, {"not_applicable": sorted(marked)}, by, at)


def lock_record(*, record: VisitRecord, by: Person | None, at: datetime) -> None:
    """The record is done: from now on the database refuses any change of it. Raises Refusal.

    Photos whose bytes have arrived are made exhibits first, and orders given that follow from what phones recorded;
    while a photo is still on a phone, nothing is locked.
    """
    follow_found(subjects=[record.subject], at=at)
    with transaction.atomic():
        current = hold(record, at)
        outsider(current, by)
        if current.reviewed_at is None:
            text = N_("Nobody has reviewed this record; that comes before locking it.")
            raise Refusal([Problem("visit.not_reviewed", text)])
        settle(subjects=[current.subject], at=at)
        if count := promised_of(current):
            text = N_(
                "{count} photos of this record are still on a phone; lock it when they have arrived. A photo that is "
                "lost with its phone is given up by the director."
            )
            raise Refusal([Problem("visit.promised", text, {"count": count})])
        if current.following:
            text = N_("What the team recorded last has just come in, and its orders are being given; lock it again.")
            raise Refusal([Problem("visit.following", text)])
        current.locked_by, current.locked_at = by, at
        current.save(update_fields=["locked_by", "locked_at"])
        _told("locked", current, {"revision": current.revision}, by, at)


def return_record(*, record: VisitRecord, reason: str, by: Person | None, at: datetime) -> None:
    """Send a submitted record back to its team, which edits it and submits anew; signatures then no longer hold."""
    reason = _why(reason, 500)
    with transaction.atomic():
        current = hold(record, at)
        outsider(current, by)
        if current.submitted_at is None:
            text = N_("The record is not submitted, so the team can still edit it; nothing was changed.")
            raise Refusal([Problem("visit.not_submitted", text)])
        digest = current.sheet_digest
        Return.objects.create(record=current, revision=current.revision, reason=reason, by=by, at=at)
        current.submitted_by = current.submitted_at = current.company_at = None
        current.reviewed_by = current.reviewed_at = None
        current.company_stance, current.returned_at = "", at
        current.save(
            update_fields=[
                "submitted_by", "submitted_at", "company_at", "company_stance", "reviewed_by", "reviewed_at",
                "returned_at",
            ]
        )  # fmt: skip
        _told("returned", current, {"revision": current.revision, "sheet": digest}, by, at)


def void_record(*, record: VisitRecord, reason: str, by: Person | None, at: datetime) -> VisitRecord:
    """Declare a record void, locked or not, and give the team a new one of the same community. Raises Refusal.

    The old one stays, with the reason; its open orders fall and its visit is voided with it.
    """
    reason = _why(reason, 300)
    with transaction.atomic():
        current = _standing(record, at)
        current.voided_by, current.voided_at, current.void_reason = by, at, reason
        current.following = None
        current.save(update_fields=["voided_by", "voided_at", "void_reason", "following"])
        codes = {entry["check"] for entry in current.sheet_document.get("findings", ())}
        drop_orders(current, codes, VOIDED, by=by, at=at)
        if current.visit:
            void_visit(visit=current.visit, reason=reason, by=by, at=at)
        fresh = VisitRecord.objects.create(
            round=current.round, entry=current.entry, team_day=current.team_day, purpose=current.purpose
        )
        _told("voided", current, {"revision": current.revision, "replaced_by": fresh.pk}, by, at)
    return fresh


def _standing(record: VisitRecord, at: datetime) -> VisitRecord:
    """The row as it is now, held with its round, so that nobody decides meanwhile; raises Refusal where it stands."""
    Round.objects.select_for_update(of=("self",), no_key=True).get(pk=record.round_id)
    rows = VisitRecord.objects.select_for_update(of=("self",))
    found = rows.select_related("round__area", "entry", "team_day", "visit__area").get(pk=record.pk)
    if found.voided_at:
        raise Refusal([Problem("visit.void", N_("This record is void; go on in the one that replaces it."))])
    if found.team_day.is_sealed(timezone.localdate(at)):
        text = N_("This assignment is sealed until its day; open your list of visits on that day.")
        raise Refusal([Problem("visit.sealed", text)])
    if found.round.state not in LIVE:
        text = N_("The round is being decided or was; its records stand. Correct the decision instead.")
        raise Refusal([Problem("visit.decided", text)])
    return found


def _reviewable(record: VisitRecord) -> None:
    """Raise Refusal where something comes before the review."""
    if record.reviewed_at:
        text = N_("This record was reviewed already; lock it, or send it back.")
        raise Refusal([Problem("visit.reviewed_before", text)])
    if record.company_at is None:
        text = N_("The manager has neither signed, commented nor refused; that comes before the review.")
        raise Refusal([Problem("visit.company_first", text)])
    asked = max(1, staff_asked(scheme_of(record.round.scheme)))
    signed = record.signatures.filter(part=SignaturePart.MEMBER, sheet_digest=record.sheet_digest)
    if (found := signed.values("person").distinct().count()) < asked:
        text = N_("{found} of {asked} members of the team have signed this sheet; ask them to sign, then review.")
        raise Refusal([Problem("visit.unsigned", text, {"found": found, "asked": asked})])


def _why(reason: str, longest: int) -> str:
    reason = " ".join(reason.split())
    if not is_line(reason, longest):
        text = N_("Say why, in 1 to {longest} characters.")
        raise Refusal([Problem("visit.reason", text, {"longest": longest}, "reason")])
    return reason


def _told(verb: str, record: VisitRecord, data: Mapping[str, Any], by: Person | None, at: datetime) -> None:
    what = {"record": record.pk, **data}
    area = record.round.area
    writer.append(kind=f"assessments.visit.{verb}", subject=record.subject, data=what, area=area, by=by, at=at)
