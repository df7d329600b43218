"""Objections to single findings: the record reaches the company, which contests one, and somebody off the team decides.

An upheld one changes what the finding comes to, beside the record, which stays as it was locked: before the round is
decided the decision goes by it; between decision and publication the list does; after publication the next edition
follows at once. Not here: the rules (policy.procedures), who holds the right (the desk, the portal).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.ledger import writer
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.actions.people import is_line
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.proceedings.models import Proceeding, Taken
from mingjing.programmes.assessments.actions.disputes import correct, decide, receive
from mingjing.programmes.assessments.actions.editions import correct_list
from mingjing.programmes.assessments.models import Correction, Delivery, Round, SheetEdit, TeamMember, VisitRecord
from mingjing.programmes.assessments.policy.corrections import amended
from mingjing.programmes.assessments.policy.procedures import UPHELD
from mingjing.programmes.assessments.queries.amendments import amendments_of
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.sourced import company_on

__all__ = ["OBJECTION", "SEEN", "decide_objection", "deliver_record", "file_objection", "note_seen"]

OBJECTION = "objection"
"""The kind of proceeding (policy.procedures)."""
HOW = 300
SEEN = "assessments.visit.seen"
"""The kind of the fact that a company opened a record."""


@transaction.atomic
def deliver_record(
    *, record: VisitRecord, how: str, delivered_at: datetime | None = None, by: Person, at: datetime
) -> Delivery:
    """Note that the submitted record reached its company; the time to object runs from then. Raises Refusal.

    `delivered_at` is when it was handed over, where that was before it is recorded.
    """
    found, company = _submitted(record)
    how, moment = " ".join(how.split()), delivered_at or at
    problems = []
    if Delivery.objects.filter(record=found).exists():
        problems.append(
            Problem("delivery.once", N_("This record reached the company already; the time runs from then."))
        )
    if found.submitted_at is None or not found.submitted_at <= moment <= at:
        text = N_("A record is delivered after it was handed in, and not in the future.")
        problems.append(Problem("delivery.moment", text, {}, "delivered_at"))
    if not is_line(how, HOW):
        text = N_("Say how it reached the company, in 1 to {longest} characters.")
        problems.append(Problem("delivery.how", text, {"longest": HOW}, "how"))
    if problems:
        raise Refusal(problems)
    delivery = Delivery.objects.create(record=found, organisation=company, delivered_at=moment, how=how, by=by, at=at)
    data = {"record": found.pk, "organisation": company.pk, "sheet": found.sheet_digest}
    area = found.round.area
    writer.append(kind="assessments.visit.delivered", subject=found.subject, data=data, area=area, by=by, at=at)
    return delivery


@transaction.atomic
def note_seen(*, record: VisitRecord, by: Person, at: datetime) -> bool:
    """Somebody of the company opened a delivered record at its own door: the first time is a fact, and evidence of it.

    It is no delivery: that a record may be served so, a company must have agreed to. Returns whether it was the first.
    """
    seen = Fact.objects.filter(kind=SEEN, subject=record.subject, by=by.token)
    if seen.exists():
        return False
    data = {"record": record.pk, "organisation": record.delivery.organisation_id, "sheet": record.sheet_digest}
    writer.append(kind=SEEN, subject=record.subject, data=data, area=record.round.area, by=by, at=at)
    return True


@transaction.atomic
def file_objection(
    *,
    record: VisitRecord,
    finding: str,
    grounds: str,
    exhibits: Iterable[UUID | str] = (),
    received_at: datetime | None = None,
    on_behalf: str = "",
    by: Person,
    at: datetime,
) -> Proceeding:
    """Contest the finding of this key (`id` in the sheet) of a submitted record; by the company, or by who received it.

    Where no delivery is on record, whoever objects has the record: the clock begins with the objection. One that comes
    late is kept, and decided once somebody uninvolved has excused that. Raises Refusal.
    """
    found, company = _submitted(record)
    entry, line = found.entry, _finding(found, finding, at)
    delivery = Delivery.objects.filter(record=found).first()
    return receive(
        kind=OBJECTION, begun="delivered", begun_at=delivery.delivered_at if delivery else (received_at or at),
        subject=f"{found.subject}/{finding}", title=f"{entry.name} {line['check']}", area=found.round.area,
        organisation=company, scheme=scheme_of(found.round.scheme), involved=_team(found), grounds=grounds,
        exhibits=exhibits, received_at=received_at, on_behalf=on_behalf, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def decide_objection(
    *,
    proceeding: Proceeding,
    stance: str,
    note: str,
    steps: int = 0,
    exhibits: Iterable[UUID | str] = (),
    revision: int | None = None,
    by: Person,
    at: datetime,
) -> Taken:
    """Decide an objection (`upheld` or `rejected`); upheld, the finding comes to so many `steps` (0: it is struck).

    Where the list is published, its next edition is published with it. Raises Refusal.
    """
    key, finding = proceeding.subject.split("/", 1)
    record = VisitRecord.objects.select_related("round__area", "entry").get(pk=int(key.partition(":")[2]))
    round_ = Round.objects.select_for_update(of=("self",), no_key=True).select_related("area").get(pk=record.round_id)
    record.entry.round = round_
    if round_.deciding_at and not round_.decided_at:
        text = N_("The round is being decided at this moment; decide the objection when it is.")
        raise Refusal([Problem("objection.deciding", text)])
    asked = _striking(proceeding, record, _finding(record, finding, at), steps) if stance == UPHELD else None
    taken = decide(proceeding=proceeding, stance=stance, note=note, exhibits=exhibits, revision=revision, by=by, at=at)
    if asked:
        correct(asked, record.entry, by=by, at=at)
        if newest := round_.editions.order_by("-number").first():
            reason = N_("An objection to a finding was upheld.")
            correct_list(round=round_, number=newest.number, reason=reason, cause=proceeding, by=by, at=at)
    return taken


def _striking(proceeding: Proceeding, record: VisitRecord, line: dict[str, Any], steps: int) -> Correction:
    if not 0 <= steps < line["steps"]:
        text = N_("A finding that was contested with reason weighs less than its {steps} steps, or nothing.")
        raise Refusal([Problem("objection.steps", text, {"steps": line["steps"]}, "steps")])
    return Correction(
        proceeding=proceeding, record=record, finding=line["id"], check_code=line["check"], steps_before=line["steps"],
        steps=steps,
    )  # fmt: skip


def _submitted(record: VisitRecord) -> tuple[VisitRecord, Organisation]:
    """The record, locked, and the company it is about; raises Refusal where there is neither to deliver nor whom to."""
    rows = VisitRecord.objects.select_for_update(of=("self",), no_key=True)
    found = rows.select_related("round__area", "round__scheme", "entry__company", "team_day").get(pk=record.pk)
    if found.voided_at or found.submitted_at is None:
        text = N_("The record is not handed in, or void; nothing in it can be contested.")
        raise Refusal([Problem("objection.record", text)])
    before = Delivery.objects.filter(record=found).select_related("organisation").first()
    known = found.round.deciding_at or timezone.now()
    company = before.organisation if before else company_on(found.entry, found.team_day.day, known)
    if company is None:
        text = N_("No legal entity with a credit code is known as the company; name it in the register first.")
        raise Refusal([Problem("listing.entity", text, {}, "company")])
    return found, company


def _finding(record: VisitRecord, finding: str, at: datetime) -> dict[str, Any]:
    """The finding as it counts now; raises Refusal where there is none (any more)."""
    steps = amendments_of([record.entry_id], at).findings.get(record.pk, {})
    sheet = amended(record.sheet_document, steps)
    found: dict[str, Any] | None = next((one for one in sheet.get("findings", ()) if one["id"] == finding), None)
    if found is None:
        raise Refusal([Problem("objection.finding", N_("There is no such finding in this record, or it was struck."))])
    return found


def _team(record: VisitRecord) -> list[Person]:
    """Everybody who was on the team or wrote on the record."""
    keys = set(TeamMember.objects.filter(team_day=record.team_day_id).values_list("person", flat=True))
    keys |= set(SheetEdit.objects.filter(record=record, by__isnull=False).values_list("by", flat=True))
    keys |= {key for key in (record.started_by_id, record.submitted_by_id) if key}
    return list(Person.objects.filter(pk__in=keys).order_by("pk"))
