"""Every write to visits: somebody enters, leaves, and a visit that never was is voided. Not here: what was found."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.actions.people import is_line
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area, Site
from mingjing.kernel.visits.models import Part, Participant, Visit

__all__ = ["end_visit", "start_visit", "void_visit"]

People = Sequence[tuple[Person, str]]


def start_visit(
    *,
    programme: str,
    purpose: str,
    subject: str,
    area: Area,
    site: Site | None,
    organisation: Organisation | None,
    people: People,
    joint: UUID | None = None,
    arrival: Mapping[str, Any] | None = None,
    entered_at: datetime,
    by: Person | None,
    at: datetime,
) -> Visit:
    """Record that `people` (each with a `Part`) entered a site or an organisation at `entered_at`. Raises Refusal.

    However long ago they entered, it is recorded: `Visit.late` shows it.
    """
    visit = Visit(programme=programme, purpose=purpose, subject=subject, area=area, site=site, joint=joint)
    visit.arrival = dict(arrival or {})
    visit.organisation, visit.entered_at, visit.recorded_by, visit.recorded_at = organisation, entered_at, by, at
    if problems := [*_misplaced(visit), *_unfit(people, entered_at)]:
        raise Refusal(problems)
    with transaction.atomic():
        visit.save(force_insert=True)
        Participant.objects.bulk_create(Participant(visit=visit, person=person, part=part) for person, part in people)
        data = {
            "visit": str(visit.pk),
            "programme": programme,
            "purpose": purpose,
            "about": subject,
            "site": site.pk if site else None,
            "organisation": organisation.pk if organisation else None,
            "people": [[person.token, part] for person, part in people],
            "joint": str(joint) if joint else None,
            "entered": instant_text(entered_at),
        }
        writer.append(kind="visits.visit.started", subject=_named(visit), data=data, area=area, by=by, at=at)
    return visit


def end_visit(*, visit: Visit, left_at: datetime, by: Person | None, at: datetime) -> None:
    """Record when they left. Raises Refusal when it was recorded before, or the time cannot be right."""
    with transaction.atomic():
        current = _locked(visit)
        if current.left_at:
            text = N_("When they left was recorded already; void the visit and record it anew if that was wrong.")
            raise Refusal([Problem("visits.visit.ended", text)])
        if left_at < current.entered_at:
            text = N_("They cannot have left before they entered; correct the time.")
            raise Refusal([Problem("visits.visit.left_first", text, {}, "left_at")])
        if left_at > at:
            raise Refusal([Problem("visits.visit.left_later", N_("This time lies in the future."), {}, "left_at")])
        current.left_at = left_at
        current.save(update_fields=["left_at"])
        data = {"visit": str(current.pk), "left": instant_text(left_at)}
        writer.append(kind="visits.visit.ended", subject=_named(current), data=data, area=current.area, by=by, at=at)
    visit.left_at = left_at


def void_visit(*, visit: Visit, reason: str, by: Person | None, at: datetime) -> None:
    """Say that a recorded visit never took place as recorded; it stays, with the reason. Raises Refusal."""
    reason = reason.strip()
    if not is_line(reason, 300):
        text = N_("Say in 1 to 300 characters why the visit is voided.")
        raise Refusal([Problem("visits.visit.reason", text, {}, "reason")])
    with transaction.atomic():
        current = _locked(visit)
        current.voided_at, current.voided_by, current.void_reason = at, by, reason
        current.save(update_fields=["voided_at", "voided_by", "void_reason"])
        data = {"visit": str(current.pk)}
        writer.append(kind="visits.visit.voided", subject=_named(current), data=data, area=current.area, by=by, at=at)
    visit.voided_at, visit.voided_by, visit.void_reason = at, by, reason


def _named(visit: Visit) -> str:
    return f"visits.visit:{visit.pk}"


def _locked(visit: Visit) -> Visit:
    """The row as it is now, held until the transaction ends; raises Refusal if it was voided."""
    current = Visit.objects.select_for_update(of=("self",)).select_related("area").get(pk=visit.pk)
    if current.voided_at:
        raise Refusal([Problem("visits.visit.voided", N_("This visit was voided already; nothing was changed."))])
    return current


def _misplaced(visit: Visit) -> Iterator[Problem]:
    if visit.entered_at > visit.recorded_at:
        text = N_("Nobody has entered yet: this time lies in the future.")
        yield Problem("visits.visit.future", text, {}, "entered_at")
    if not (visit.site or visit.organisation):
        yield Problem("visits.visit.nowhere", N_("Name the site or the organisation that was visited."), {}, "site")


def _unfit(people: People, entered_at: datetime) -> Iterator[Problem]:
    """What is wrong with who is said to have been there."""
    if not people:
        yield Problem("visits.visit.nobody", N_("Name at least one person who was there."), {}, "people")
    if len({person.pk for person, _part in people}) < len(people):
        yield Problem("visits.visit.twice", N_("Somebody is named twice; name each person once."), {}, "people")
    for person, part in people:
        if part not in Part.values:
            text = N_("“{part}” is no part somebody has on a visit; use one of {known}.")
            yield Problem("visits.visit.part", text, {"part": part, "known": tuple(Part.values)}, "people")
        if person.left_at and person.left_at < entered_at:
            text = N_("{name} had left before this visit; name who was there.")
            yield Problem("visits.visit.person_left", text, {"name": person.display_name}, "people")
