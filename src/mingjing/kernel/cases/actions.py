"""Every write to cases. Each takes a step: the case moves, a row says how, and a fact tells the ledger.

A case in a state from which the step does not follow, or that somebody changed since the caller read it, is refused.
Not here: who holds the right (guard), what a programme concludes.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from unicodedata import category
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet, Subquery
from django.utils import timezone

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.cases.models import Case, Step, StepKind
from mingjing.kernel.cases.queries import involvement, latest_extension, out_of_turn
from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.db.locks import exclusive
from mingjing.kernel.db.prepared import Prepared
from mingjing.kernel.db.rows import insert_objects, made
from mingjing.kernel.evidence.actions import record_exhibits
from mingjing.kernel.evidence.models import Exhibit, Origin
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.actions.people import is_line
from mingjing.kernel.parties.guard import may
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area, Level, Site

__all__ = [
    "Opening",
    "assign_case",
    "cancel_case",
    "claim_case",
    "confirm_case",
    "extend_case",
    "keep_exhibits",
    "note_on_case",
    "open_case",
    "open_cases",
    "reopen_case",
    "return_case",
]

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

NOTE_LIMIT = 2000
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Exhibits = Iterable[UUID | str]


def open_case(
    *,
    programme: str,
    kind: str,
    subject: str,
    title: str,
    area: Area,
    site: Site | None,
    organisation: Organisation | None,
    owner: Person | None,
    due_at: datetime,
    note: str = "",
    exhibits: Exhibits = (),
    by: Person | None,
    at: datetime,
) -> Case:
    """Open a case, due at `due_at` (which may have passed), under the next number of the year and county.

    `exhibits` are ids of what shows the reason. Raises Refusal.
    """
    opening = Opening(
        subject=subject, title=title, site=site.pk if site else None,
        organisation=organisation.pk if organisation else None, note=note, exhibits=exhibits,
    )  # fmt: skip
    (case,) = open_cases(
        openings=[opening], programme=programme, kind=kind, area=area, owner=owner, due_at=due_at, by=by, at=at
    )
    return case


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """One of several cases that are opened together; `site` and `organisation` are their keys.

    `shown` are exhibits that the caller read as standing in this transaction: they are not asked for again. `by` is who
    brought it about, where not all were by the same.
    """

    subject: str
    title: str
    site: int | None
    organisation: int | None
    note: str = ""
    exhibits: Exhibits = ()
    shown: Sequence[Exhibit] = ()
    by: Person | None = None


def open_cases(
    *,
    openings: Sequence[Opening],
    programme: str,
    kind: str,
    area: Area,
    owner: Person | None,
    due_at: datetime,
    once: bool = False,
    by: Person | None,
    at: datetime,
) -> list[Case]:
    """Open several cases as `open_case` would one after the other, in statements that do not grow with them.

    `once`: none where one of the programme is open about the same subject.
    """
    if owner and not owner.is_active:
        raise Refusal([_gone(owner)])
    register = f"{timezone.localtime(at).year}-{area.code[: Level.COUNTY.digits]}"
    cases = [
        made(
            Case, programme=programme, kind=kind, subject=one.subject, title=" ".join(one.title.split()), area=area,
            site_id=one.site, organisation_id=one.organisation, owner=owner, due_at=due_at,
            opened_by=one.by or by, opened_at=at, revision=1, register=register,
        )
        for one in openings
    ]  # fmt: skip
    if not all(is_line(case.title, 300) for case in cases):
        text = N_("Say in 1 to 300 characters, on one line, what must be put right.")
        raise Refusal([Problem("cases.case.title", text, {}, "title")])
    _known(list(dict.fromkeys(str(name) for one in openings for name in one.exhibits)))
    first: dict[str, Any] = {"kind": StepKind.OPENED.value, "number": 1, "owner": owner, "due_at": due_at}
    steps = [
        made(Step, **first, by=one.by or by, at=at, note=_text(one.note), exhibits=_named(one)) for one in openings
    ]
    if not cases:
        return []
    with transaction.atomic(savepoint=False):  # from here on nothing is refused: a fault undoes all
        return _open(list(zip(cases, steps, strict=True)), once, at)


def _open(lot: list[tuple[Case, Step]], once: bool, at: datetime) -> list[Case]:
    """Give them the next numbers of their register, write them with their first steps, and tell the ledger."""
    register, programme = lot[0][0].register, lot[0][0].programme
    exclusive(f"cases.register:{register}")
    subjects = [case.subject for case, _ in lot] if once else [""]
    found = _FOUND.ask(register=register, programme=programme, subjects=subjects)
    standing = {one.subject for one in found if once and one.programme == programme and one.closed_at is None}
    lot = [(case, step) for case, step in lot if case.subject not in standing]
    first = 1 + max((one.serial for one in found if one.register == register), default=0)
    for serial, (case, _) in enumerate(lot, start=first):
        case.serial = serial
    cases, steps = [case for case, _ in lot], [step for _, step in lot]
    insert_objects(cases, keys=True)
    for case, step in zip(cases, steps, strict=True):
        step.case = case
    insert_objects(steps)
    writer.append_many(facts=[_told(case, step, _more(case)) for case, step in lot], by=None, at=at)
    return cases


def _named(opening: Opening) -> list[str]:
    return list(dict.fromkeys(map(str, [*opening.exhibits, *(exhibit.pk for exhibit in opening.shown)])))


def _found(register: str, programme: str, subjects: Sequence[str]) -> "QuerySet[Case]":
    """The newest case of a register, and those that are open about these subjects."""
    newest = Case.objects.filter(register=register).order_by("-serial").values("pk")[:1]
    standing = Q(subject__in=subjects, programme=programme, closed_at=None)
    rows = Case.objects.filter(standing | Q(pk=Subquery(newest))).order_by()
    return rows.only("register", "serial", "subject", "programme", "closed_at")


_FOUND = Prepared(_found)


def _more(case: Case) -> dict[str, Any]:
    """What the fact of an opening tells besides its step."""
    return {
        "number": case.number, "about": case.subject, "programme": case.programme, "kind": case.kind,
        "site": case.site_id, "organisation": case.organisation_id,
    }  # fmt: skip


def keep_exhibits(*, case: Case, files: Iterable["UploadedFile[Any]"], by: Person | None, at: datetime) -> list[UUID]:
    """Record files as evidence of the case, and give their ids for the step that shows them.

    Called in the transaction of that step: refused together, nothing stays. The case is locked before the ledger is,
    as in every step, so that two people at once do not wait for each other. Raises Refusal.
    """
    with transaction.atomic():
        current = Case.objects.select_for_update(of=("self",)).select_related("area").get(pk=case.pk)
        subject = f"cases.case:{case.pk}"
        kept = record_exhibits(files=files, subject=subject, area=current.area, origin=Origin.UPLOAD, by=by, at=at)
    return [exhibit.pk for exhibit in kept]


def assign_case(*, case: Case, owner: Person, note: str = "", by: Person | None, at: datetime) -> None:
    """Give the case to `owner`, who must hold the right to follow cases there. Raises Refusal."""
    with transaction.atomic():
        current = _locked(case, StepKind.ASSIGNED)
        if not owner.is_active:
            raise Refusal([_gone(owner)])
        if owner.pk == current.owner_id:
            text = N_("{name} has this case already; choose somebody else.")
            raise Refusal([Problem("cases.case.same_owner", text, {"name": owner.display_name}, "owner")])
        today, programme = timezone.localdate(at), current.programme
        if not may(owner, "cases.case.follow", area=current.area, on=today, programme=programme):
            text = N_("{name} may not follow cases in {area}; choose somebody with a role there.")
            params = {"name": owner.display_name, "area": current.area.name}
            raise Refusal([Problem("cases.case.owner_elsewhere", text, params, "owner")])
        current.owner = owner
        _take(current, Step(kind=StepKind.ASSIGNED, note=note, owner=owner), (), {}, by, at)
    _shown(case, current)


def note_on_case(*, case: Case, note: str, exhibits: Exhibits = (), by: Person | None, at: datetime) -> None:
    """Add a note, open or closed, whatever happened meanwhile. Raises Refusal."""
    with transaction.atomic():
        current = _locked(case, StepKind.NOTED, as_read=False)
        _take(current, Step(kind=StepKind.NOTED, note=_said(note)), exhibits, {}, by, at)
    _shown(case, current)


def extend_case(*, case: Case, due_at: datetime, note: str, by: Person | None, at: datetime) -> None:
    """Give it more time: once, until later than now and than before, for a reason. Raises Refusal."""
    with transaction.atomic():
        current = _locked(case, StepKind.EXTENDED)
        if due_at <= current.due_at:
            text = N_("An extension ends later than the deadline it replaces; choose a later day.")
            raise Refusal([Problem("cases.case.earlier", text, {}, "due_at")])
        _in_future(due_at, at)
        if (limit := latest_extension(current, at)) and due_at > limit:
            text = N_("This can be extended until {day} at most; choose an earlier day.")
            day = timezone.localtime(limit - timedelta(microseconds=1)).date().isoformat()
            raise Refusal([Problem("cases.case.too_long", text, {"day": day}, "due_at")])
        current.due_at, current.extended = due_at, True
        _take(current, Step(kind=StepKind.EXTENDED, note=_said(note), due_at=due_at), (), {}, by, at)
    _shown(case, current)


def claim_case(*, case: Case, note: str, exhibits: Exhibits = (), by: Person | None, at: datetime) -> None:
    """Report that it is done: a claim, until somebody else confirms it. Raises Refusal."""
    with transaction.atomic():
        current = _locked(case, StepKind.CLAIMED)
        current.claimed_by, current.claimed_at = by, at
        _take(current, Step(kind=StepKind.CLAIMED, note=_said(note)), exhibits, {}, by, at)
    _shown(case, current)


def return_case(*, case: Case, note: str, by: Person | None, at: datetime) -> None:
    """Say that what was reported as done is not: the case is open again, its deadline as before. Raises Refusal."""
    with transaction.atomic():
        current = _locked(case, StepKind.RETURNED)
        current.claimed_by = current.claimed_at = None
        _take(current, Step(kind=StepKind.RETURNED, note=_said(note)), (), {}, by, at)
    _shown(case, current)


def confirm_case(*, case: Case, note: str = "", exhibits: Exhibits, by: Person, at: datetime) -> None:
    """Confirm that it is done, with exhibits of one's own, by somebody who neither owns nor ever claimed it.

    Raises Refusal.
    """
    with transaction.atomic():
        current = _locked(case, StepKind.CONFIRMED)
        if problems := list(involvement(current, by)):
            raise Refusal(problems)
        shown = {name for names in current.steps.values_list("exhibits", flat=True) for name in names}
        exhibits = list(exhibits)
        if not {str(name) for name in exhibits} - shown:
            text = N_(
                "Add at least one exhibit of your own that shows it is done; the ones above only support the claim."
            )
            raise Refusal([Problem("cases.case.unshown", text, {}, "exhibits")])
        current.closed_by, current.closed_at, current.outcome = by, at, "confirmed"
        _take(current, Step(kind=StepKind.CONFIRMED, note=note), exhibits, {}, by, at)
    _shown(case, current)


def cancel_case(*, case: Case, note: str, by: Person | None, at: datetime) -> None:
    """Close it without its being done, for a reason: it was opened in error, or fell away. Raises Refusal."""
    with transaction.atomic():
        current = _locked(case, StepKind.CANCELLED)
        current.closed_by, current.closed_at, current.outcome = by, at, "cancelled"
        _take(current, Step(kind=StepKind.CANCELLED, note=_said(note)), (), {}, by, at)
    _shown(case, current)


def reopen_case(*, case: Case, note: str, due_at: datetime, by: Person | None, at: datetime) -> None:
    """Open a closed case again with a new deadline, which may be extended once. Raises Refusal."""
    with transaction.atomic():
        current = _locked(case, StepKind.REOPENED)
        _in_future(due_at, at)
        current.closed_by = current.closed_at = current.claimed_by = current.claimed_at = None
        current.outcome, current.due_at, current.extended = "", due_at, False
        current.reopened += 1
        _take(current, Step(kind=StepKind.REOPENED, note=_said(note), due_at=due_at), (), {}, by, at)
    _shown(case, current)


def _locked(case: Case, kind: StepKind, *, as_read: bool = True) -> Case:
    """The row as it is now, held until the transaction ends; raises Refusal where the step does not follow."""
    current = Case.objects.select_for_update(of=("self",)).select_related("area").get(pk=case.pk)
    if not current.allows(kind):
        raise Refusal([out_of_turn(current, kind)])
    if as_read and current.revision != case.revision:
        text = N_("Somebody changed this case since you opened it. Read what was added, then decide again.")
        raise Refusal([Problem("cases.case.changed", text)])
    return current


def _take(case: Case, step: Step, exhibits: Exhibits, more: dict[str, Any], by: Person | None, at: datetime) -> None:
    """Save the case with its next step, and tell the ledger."""
    step.note = _text(step.note)
    step.exhibits = _known(list(dict.fromkeys(map(str, exhibits))))
    case.revision += 1
    case.save()
    step.case, step.number, step.by, step.at = case, case.revision, by, at
    step.save(force_insert=True)
    writer.append_many(facts=[_told(case, step, more)], by=by, at=at)


def _told(case: Case, step: Step, more: dict[str, Any]) -> writer.Told:
    data = {"case": case.pk, "step": step.number, "exhibits": step.exhibits, "digest": step.digest(), **more}
    if step.owner:
        data["owner"] = step.owner.token
    if step.due_at:
        data["due"] = instant_text(step.due_at)
    kind, subject = f"cases.case.{step.kind}", f"cases.case:{case.pk}"
    return writer.Told(kind=kind, subject=subject, data=data, area=case.area, by=step.by)


_SHOWN = Prepared(lambda keys: Exhibit.objects.filter(pk__in=keys, withdrawn_at=None).only("pk").order_by())


def _known(exhibits: Sequence[str]) -> list[str]:
    """The ids of `exhibits`, every one on record and not withdrawn."""
    if exhibits:
        readable = [name for name in exhibits if _UUID.fullmatch(name)]
        found = _SHOWN.ask(keys=list(map(UUID, readable))) if readable else ()
        if missing := set(exhibits) - {str(one.pk) for one in found}:
            text = N_("{count} of the exhibits are not on record, or were withdrawn; choose others.")
            raise Refusal([Problem("cases.case.exhibits", text, {"count": len(missing)}, "exhibits")])
    return list(exhibits)


def _said(note: str) -> str:
    """The note of a step that needs one."""
    if not note.strip():
        raise Refusal([Problem("cases.case.note", N_("Say why, in a few words."), {}, "note")])
    return note


def _text(note: str) -> str:
    note = note.strip().replace("\r\n", "\n")
    if len(note) > NOTE_LIMIT or any(category(sign) in {"Cc", "Cs"} for sign in note if sign not in "\n\t"):
        text = N_("A note has at most {limit} characters, of plain text.")
        raise Refusal([Problem("cases.case.note_text", text, {"limit": NOTE_LIMIT}, "note")])
    return note


def _in_future(due_at: datetime, at: datetime) -> None:
    if due_at <= at:
        text = N_("This deadline has passed already; choose a later one.")
        raise Refusal([Problem("cases.case.past", text, {}, "due_at")])


def _gone(owner: Person) -> Problem:
    text = N_("{name} has left; choose somebody else.")
    return Problem("cases.case.owner_left", text, {"name": owner.display_name}, "owner")


def _shown(case: Case, current: Case) -> None:
    """Bring the caller's row up to what was written."""
    for field in Case._meta.concrete_fields:
        setattr(case, field.attname, getattr(current, field.attname))
