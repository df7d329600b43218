"""Appeals against published entries: one for each row and company, in time, decided by somebody uninvolved.

An upheld one publishes the next edition at once, in which the row stands where the rules put it without what was wrong;
the edition that was wrong stays as it was. Not here: the rules (policy.procedures), how a row moves
(policy.corrections), who holds the right (the desk, the portal).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.parties.models import Person
from mingjing.kernel.proceedings.models import Proceeding, Taken
from mingjing.programmes.assessments.actions.disputes import correct, decide, receive
from mingjing.programmes.assessments.actions.editions import correct_list
from mingjing.programmes.assessments.models import (
    Correction,
    Edition,
    Entry,
    Filing,
    Listed,
    Round,
    VisitRecord,
)
from mingjing.programmes.assessments.policy.corrections import Remedy, amended
from mingjing.programmes.assessments.policy.procedures import UPHELD
from mingjing.programmes.assessments.queries.amendments import amendments_of
from mingjing.programmes.assessments.queries.editions import first_of, newest_of
from mingjing.programmes.assessments.queries.listings import involved_in
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["APPEAL", "decide_appeal", "file_appeal"]

APPEAL = "appeal"
"""The kind of proceeding (policy.procedures)."""
NOTHING = Remedy()


@transaction.atomic
def file_appeal(
    *,
    row: Listed,
    grounds: str,
    exhibits: Iterable[UUID | str] = (),
    received_at: datetime | None = None,
    on_behalf: str = "",
    by: Person,
    at: datetime,
) -> Proceeding:
    """Appeal against a row of the newest edition, for the company it names; by it, or by whoever received it.

    The clock runs from the edition that first said of the entry what the row says. A minute late it is kept, and
    decided only once somebody uninvolved has excused that. Raises Refusal.
    """
    found = Listed.objects.select_related("edition__round__area", "edition__round__scheme", "company", "entry").get(
        pk=row.pk
    )
    round_ = Round.objects.select_for_update(of=("self",), no_key=True).get(pk=found.edition.round_id)
    newest = newest_of(round_)
    if newest is None or newest.pk != found.edition_id:
        text = N_("Edition {number} has been corrected since; appeal against what stands now.")
        raise Refusal([Problem("appeal.edition", text, {"number": found.edition.number})])
    if found.company is None:
        text = N_("No legal entity with a credit code is known as the company; name it in the register first.")
        raise Refusal([Problem("listing.entity", text, {}, "company")])
    origin = first_of(found)
    return receive(
        kind=APPEAL, begun="published", begun_at=origin.edition.published_at,
        subject=f"{origin.edition.subject}/{found.entry_id}", title=found.entry.name, area=found.edition.round.area,
        organisation=found.company, scheme=scheme_of(found.edition.round.scheme), involved=_involved(found),
        grounds=grounds, exhibits=exhibits, received_at=received_at, on_behalf=on_behalf, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def decide_appeal(
    *,
    proceeding: Proceeding,
    stance: str,
    note: str,
    remedy: Remedy = NOTHING,
    exhibits: Iterable[UUID | str] = (),
    revision: int | None = None,
    by: Person,
    at: datetime,
) -> tuple[Taken, Edition | None]:
    """Decide an appeal (`upheld` or `rejected`); upheld with what it changes, and with the edition that follows.

    Raises Refusal, with nothing changed.
    """
    edition, entry = (int(part.rpartition(":")[2]) for part in proceeding.subject.split("/"))
    found = Entry.objects.select_related("round").get(pk=entry)
    round_ = Round.objects.select_for_update(of=("self",), no_key=True).select_related("area").get(pk=found.round_id)
    found.round, newest = round_, newest_of(round_)
    assert newest is not None, f"edition {edition} of an appeal was published"
    asked = list(_corrections(proceeding, found, newest, remedy, at)) if stance == UPHELD else []
    if problems := [one for one in asked if isinstance(one, Problem)]:
        raise Refusal(problems)
    taken = decide(proceeding=proceeding, stance=stance, note=note, exhibits=exhibits, revision=revision, by=by, at=at)
    if stance != UPHELD:
        return taken, None
    for one in asked:
        if isinstance(one, Correction):
            correct(one, found, by=by, at=at)
    reason = N_("An appeal against the entry was upheld.")
    return taken, correct_list(round=round_, number=newest.number, reason=reason, cause=proceeding, by=by, at=at)


def _corrections(
    proceeding: Proceeding, entry: Entry, newest: Edition, remedy: Remedy, at: datetime
) -> Iterator[Correction | Problem]:
    """What the remedy comes to, or what is wrong with it."""
    row = newest.rows.get(entry=entry)
    if not remedy or (remedy.listing and not row.adverse):
        text = N_("Say what changes: which findings weigh less, which filing falls, or that the listing falls.")
        yield Problem("appeal.remedy", text, {}, "remedy")
    records = {record.pk: record for record in VisitRecord.objects.done().filter(entry=entry)}
    known = amendments_of([entry.pk], at).findings
    for (key, finding), steps in sorted(remedy.findings.items()):
        record = records.get(key)
        sheet = amended(record.sheet_document, known.get(key, {})) if record else {}
        line = next((one for one in sheet.get("findings", ()) if one["id"] == finding), None)
        if line is None:
            text = N_("There is no such finding in this record, or it was struck.")
            yield Problem("objection.finding", text, {}, finding)
        elif not 0 <= steps < line["steps"]:
            text = N_("A finding that was contested with reason weighs less than its {steps} steps, or nothing.")
            yield Problem("objection.steps", text, {"steps": line["steps"]}, finding)
        else:
            yield Correction(
                proceeding=proceeding, record=record, finding=finding, check_code=line["check"],
                steps_before=line["steps"], steps=steps,
            )  # fmt: skip
    filings = {one.pk: one for one in Filing.objects.filter(entry=entry, approved=True)}
    for pk in sorted(remedy.filings):
        if pk in filings:
            yield Correction(proceeding=proceeding, filing=filings[pk])
        else:
            yield Problem("appeal.filing", N_("This filing does not count for the community."), {}, "remedy")
    if remedy.listing:
        yield Correction(proceeding=proceeding)


def _involved(row: Listed) -> list[Person]:
    """Who visited, and who heard, answered or decided in the proceeding about the listing."""
    keys = set(involved_in([row.entry]).get(row.entry_id, ()))
    if row.proceeding:
        steps = row.proceeding.steps.filter(step__in=("hearing", "reply", "decision", "excuse"), by__isnull=False)
        keys |= set(steps.values_list("by", flat=True))
    return list(Person.objects.filter(pk__in=keys).order_by("pk"))
