"""Every write to proceedings: opened with their rules fixed, and moved by steps that the rules allow.

A step that something stands in the way of is refused with everything that does, and so is one of somebody who has not
seen the last step. Not here: who holds the right (the programmes), what follows from an outcome.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from unicodedata import category
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.engine.process import Clock, check_process
from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.db.rows import insert_objects
from mingjing.kernel.documents.models import Service
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.proceedings.models import Proceeding, Taken
from mingjing.kernel.proceedings.queries import process_of, stands

__all__ = ["Opening", "open_proceeding", "open_proceedings", "take_back", "take_step"]

NOTE_LIMIT = 5000


@dataclass(frozen=True, slots=True)
class Opening:
    """A proceeding to be opened: its kind, what it is about, whose rights hang on it, the days its steps give."""

    programme: str
    kind: str
    subject: str
    title: str
    area: Area
    organisation: Organisation | None
    clocks: Mapping[str, Clock]
    involved: Collection[Person] = ()


def open_proceeding(
    *,
    programme: str,
    kind: str,
    subject: str,
    title: str,
    area: Area,
    organisation: Organisation | None,
    clocks: Mapping[str, Clock],
    involved: Collection[Person] = (),
    by: Person | None,
    at: datetime,
) -> Proceeding:
    """Open a proceeding of a kind about a subject, of which there is one. `clocks` are the days its steps give."""
    one = Opening(programme, kind, subject, title, area, organisation, clocks, involved)
    return open_proceedings(openings=[one], by=by, at=at)[0]


def open_proceedings(*, openings: Sequence[Opening], by: Person | None, at: datetime) -> list[Proceeding]:
    """Open many at once, in their order, in a number of statements that is the same however many they are."""
    made = [
        Proceeding(
            programme=one.programme, kind=one.kind, subject=one.subject, title=" ".join(one.title.split())[:300],
            area=one.area, organisation=one.organisation, involved=sorted(person.token for person in one.involved),
            clocks={step: [clock.days, clock.calendar] for step, clock in sorted(one.clocks.items())},
            opened_by=by, opened_at=at,
        )
        for one in openings
    ]  # fmt: skip
    checked = set[str]()
    for one in made:
        if (rules := f"{one.process} {one.clocks}") not in checked:
            check_process(process_of(one))
            checked.add(rules)
    with transaction.atomic():
        insert_objects(made, keys=True)
        writer.append_many(facts=[_opened(one) for one in made], by=by, at=at)
    return made


def _opened(one: Proceeding) -> writer.Told:
    data = {
        "proceeding": one.pk, "about": one.subject, "process": one.process, "clocks": one.clocks,
        "involved": one.involved, "organisation": one.organisation_id,
    }  # fmt: skip
    return writer.Told(kind="proceedings.proceeding.opened", subject=one.ledger_subject, data=data, area=one.area)


def take_step(
    *,
    proceeding: Proceeding,
    step: str,
    stance: str = "",
    note: str = "",
    on_behalf: str = "",
    exhibits: Iterable[UUID | str] = (),
    service: Service | None = None,
    happened_at: datetime | None = None,
    by: Person,
    at: datetime,
) -> Taken:
    """Take a step. Raises Refusal with everything that stands in the way of it.

    `service` is the proof that a document of this proceeding was served on its organisation; the step then happened
    when that took effect.
    """
    if service and (problems := tuple(_misses(service, proceeding, at))):
        raise Refusal(problems)
    taken = Taken(
        step=step, stance=stance, note=_text(note), on_behalf=" ".join(on_behalf.split())[:120], service=service,
        exhibits=list(dict.fromkeys(map(str, exhibits))), happened_at=service.served_at if service else happened_at,
    )  # fmt: skip
    return _take(proceeding, taken, by, at)


def _misses(service: Service, proceeding: Proceeding, at: datetime) -> Iterator[Problem]:
    """Why the service of a document starts nothing in this proceeding."""
    document = service.document
    if document.subject != proceeding.ledger_subject:
        text = N_("{number} is no document of this case.")
        yield Problem("proceedings.service.other_case", text, {"number": document.number}, "service")
    if proceeding.organisation_id is None or service.organisation_id != proceeding.organisation_id:
        text = N_("{number} was served on {name}, which is not the company of this case; that starts no clock.")
        params = {"number": document.number, "name": service.organisation.name}
        yield Problem("proceedings.service.other_entity", text, params, "service")
    if service.voided_at:
        text = N_("The record of the service was voided; record it anew.")
        yield Problem("proceedings.service.voided", text, {}, "service")
    if service.served_at > at:
        text = N_("{number} counts as served from {moment} on; the step can be taken then.")
        told: dict[str, Any] = {
            "number": document.number,
            "moment": f"{timezone.localtime(service.served_at):%Y-%m-%d %H:%M}",
        }
        yield Problem("proceedings.service.early", text, told, "service")


def take_back(*, proceeding: Proceeding, number: int, note: str, by: Person, at: datetime) -> Taken:
    """Take the step of this number back, for a reason; what rested on it falls with it. Raises Refusal."""
    found = proceeding.steps.filter(number=number, takes_back=None).first()
    if found is None or proceeding.steps.filter(takes_back=number).exists():
        text = N_("There is no step {number} that could be taken back.")
        raise Refusal([Problem("proceedings.step.none", text, {"number": number})])
    return _take(proceeding, Taken(takes_back=number, note=_text(note)), by, at)


def _take(proceeding: Proceeding, taken: Taken, by: Person, at: datetime) -> Taken:
    with transaction.atomic():
        current = Proceeding.objects.select_for_update(of=("self",)).select_related("area").get(pk=proceeding.pk)
        if current.revision != proceeding.revision:
            text = N_("Somebody took a step in this case since you opened it. Read it, then decide again.")
            raise Refusal([Problem("proceedings.step.changed", text)])
        _known(taken.exhibits)
        taken.proceeding, taken.number, taken.by, taken.at = current, current.revision + 1, by, at
        if problems := stands(current, at).standing.refusals(taken.act):
            raise Refusal(problems)
        taken.save(force_insert=True)
        current.revision = taken.number
        current.save(update_fields=["revision"])
        kind = "proceedings.step.taken" if taken.takes_back is None else "proceedings.step.taken_back"
        writer.append(kind=kind, subject=current.ledger_subject, data=_told(taken), area=current.area, by=by, at=at)
    proceeding.revision = current.revision
    return taken


def _told(taken: Taken) -> dict[str, Any]:
    """What the ledger says of a step: all that its rules go by (queries.retold), and no free text."""
    data: dict[str, Any] = {"proceeding": taken.proceeding_id, "number": taken.number, "digest": taken.digest()}
    data["brought"] = sorted(taken.act.has)
    data |= {"happened": instant_text(taken.happened_at)} if taken.happened_at else {}
    named = {"step": taken.step, "stance": taken.stance, "takes_back": taken.takes_back, "service": taken.service_id}
    return data | {name: value for name, value in named.items() if value} | {"exhibits": taken.exhibits}


def _known(exhibits: Sequence[str]) -> None:
    """Every exhibit is on record and not withdrawn."""
    found = Exhibit.objects.filter(pk__in=exhibits, withdrawn_at=None).count() if exhibits else 0
    if found != len(exhibits):
        text = N_("{count} of the exhibits are not on record, or were withdrawn; choose others.")
        raise Refusal([Problem("proceedings.step.exhibits", text, {"count": len(exhibits) - found}, "exhibits")])


def _text(note: str) -> str:
    note = note.strip().replace("\r\n", "\n")
    if len(note) > NOTE_LIMIT or any(category(sign) in {"Cc", "Cs"} for sign in note if sign not in "\n\t"):
        text = N_("A note has at most {limit} characters, of plain text.")
        raise Refusal([Problem("proceedings.step.note", text, {"limit": NOTE_LIMIT}, "note")])
    return note
