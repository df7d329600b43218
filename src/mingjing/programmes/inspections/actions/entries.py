"""Every write of an entry: scanned in and out, recorded late or without a code, its result, corrected, voided.

An entry is kernel.visits' row and one of this programme, with their facts, in one transaction. Red stops nobody at the
door: it is recorded with the reason, and raises a warning. Not here: who may (adapters), warnings (actions.warnings),
refusals and reports of firms (actions.refusals).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Person
from mingjing.kernel.visits.actions import end_visit, start_visit, void_visit
from mingjing.kernel.visits.models import Part
from mingjing.programmes.inspections.models import Entry, EntryItem, Finding, Task
from mingjing.programmes.inspections.models.entries import Colour, Door, ItemResult, Signed
from mingjing.programmes.inspections.policy.texts import said
from mingjing.programmes.inspections.queries.gate import Arrival, Decision, decide

__all__ = [
    "Result", "correct", "file_result", "record_late", "record_without_code", "scan_in", "scan_out", "settle_finding",
    "void",
]  # fmt: skip

GATE_DIFFERS = "gate_differs"
"""The signal of a visit whose phone, without a signal, showed another colour than the rules give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of one item (its key): `result` is an ItemResult, `findings` are (what was found, until when)."""

    item: int
    result: str
    note: str = ""
    findings: Sequence[tuple[str, date | None]] = ()


def scan_in(
    *, arrival: Arrival, door: str = Door.SCAN, shown: Mapping[str, Any] | None = None, reason: str = "",
    position: Mapping[str, Any] | None = None, external: str = "", by: Person | None, at: datetime,
) -> Entry:  # fmt: skip
    """Record that officers entered: by a scan, without signal (`offline`, with what the phone `shown`), or `pushed`.

    The gate is asked as of `arrival.at`; its answer is kept with what it knew. `position` is the visit's `arrival`
    (kernel.visits). Raises Refusal: red at the door without a `reason`, no officer, a task that is entered already.
    """
    with transaction.atomic():
        return _entered(arrival, door, shown, reason, position or {}, external, None, by, at)


def record_late(*, arrival: Arrival, reason: str, by: Person | None, at: datetime) -> Entry:
    """Record an entry that nobody scanned when it happened, and why (C2 says what follows). Raises Refusal."""
    _reasoned(reason)
    with transaction.atomic():
        return _entered(arrival, Door.LATE, None, reason, {}, "", None, by, at)


def record_without_code(*, arrival: Arrival, reason: str, by: Person | None, at: datetime) -> Entry:
    """Record an entry for which no code could be shown, and why (C3 gives it three working days). Raises Refusal."""
    _reasoned(reason)
    with transaction.atomic():
        return _entered(arrival, Door.NO_CODE, None, reason, {}, "", None, by, at)


def scan_out(
    *, entry: Entry, left_at: datetime, results: Sequence[Result] = (), guidance: str = "", signed: str = "",
    signed_by: str = "", sign_reason: str = "", by: Person | None, at: datetime,
) -> Entry:  # fmt: skip
    """Record that they left, with what came of each item as far as it is known, and whether the firm signed.

    What is not told yet is told by `file_result`. Raises Refusal.
    """
    with transaction.atomic():
        end_visit(visit=entry.visit, left_at=left_at, by=by, at=at)
        found = _standing(entry)
        _tell(found, "left", {"left": instant_text(left_at)}, by, at)
        _sign(found, signed, signed_by, sign_reason)
        _file(found, results, guidance, by, at)
    return found


def file_result(
    *, entry: Entry, results: Sequence[Result], guidance: str = "", by: Person | None, at: datetime
) -> Entry:
    """Tell what came of items; told once for each, and the result is filed when the last one is. Raises Refusal."""
    with transaction.atomic():
        found = _standing(entry)
        _file(found, results, guidance, by, at)
    return found


def settle_finding(*, finding: Finding, followed: str, by: Person | None, at: datetime) -> Finding:
    """Say that what was found is put right, and what followed. Raises Refusal."""
    followed = said(followed, 300, "followed")
    with transaction.atomic():
        found = Finding.objects.select_for_update().get(pk=finding.pk)
        if found.settled_at:
            raise Refusal([Problem("inspections.finding.settled", N_("This finding is settled already."))])
        found.followed, found.settled_at = followed, at
        found.save(update_fields=["followed", "settled_at"])
        entry = Entry.objects.select_related("firm__area").get(items__findings=found)
        data = {"finding": found.pk, "entry": entry.pk}
        writer.append(
            kind="inspections.finding.settled", subject=entry.subject, data=data, area=entry.firm.area, by=by, at=at
        )
    return found


def correct(
    *, entry: Entry, arrival: Arrival, reason: str, left_at: datetime | None = None, by: Person | None, at: datetime
) -> Entry:
    """Replace an entry by one that is right; both stay, and what was found there goes with it. Raises Refusal.

    The old one counts no longer. How late it was told is told of the first of them.
    """
    reason = said(reason, 300, "reason")
    with transaction.atomic():
        old = _standing(entry)
        void_visit(visit=old.visit, reason=reason, by=by, at=at)
        new = _entered(arrival, old.door, old.shown, old.reason or reason, {}, "", old, by, at)
        ended = left_at or old.visit.left_at
        if ended:
            end_visit(visit=new.visit, left_at=ended, by=by, at=at)
        _carry(old, new)
        _tell(old, "corrected", {"by": new.pk}, by, at)
    return new


def void(*, entry: Entry, reason: str, by: Person | None, at: datetime) -> Entry:
    """Say that an entry never happened; it stays, with the reason, and counts no longer. Raises Refusal."""
    reason = said(reason, 300, "reason")
    with transaction.atomic():
        found = _standing(entry)
        void_visit(visit=found.visit, reason=reason, by=by, at=at)
        _tell(found, "voided", {}, by, at)
    return found


def _entered(
    arrival: Arrival, door: str, shown: Mapping[str, Any] | None, reason: str, position: Mapping[str, Any],
    external: str, corrects: Entry | None, by: Person | None, at: datetime,
) -> Entry:  # fmt: skip
    """The visit, the entry, its items and their facts, in the caller's transaction."""
    if problems := _unfit(arrival, door, at):
        raise Refusal(problems)
    decision = decide(arrival, warn=False)
    colour, reason = str(decision.admission.colour), reason.strip()[:500]
    if door == Door.SCAN and colour == Colour.RED and not reason and corrects is None:
        text = N_("The code is red. Whoever enters all the same says why.")
        raise Refusal([Problem("inspections.entry.red", text, {}, "reason")])
    task = arrival.task
    visit = start_visit(
        programme="inspections", purpose=decision.facts["purpose"], subject=arrival.firm.subject,
        area=arrival.firm.area, site=arrival.firm.site, organisation=arrival.firm.organisation,
        people=[(one, Part.MEMBER if at_ else Part.LEAD) for at_, one in enumerate(arrival.officers)],
        joint=arrival.joint or (task.joint if task else None), arrival=_signalled(position, shown, colour),
        entered_at=arrival.at, by=by, at=at,
    )  # fmt: skip
    entry = Entry(
        visit=visit, authority=arrival.authority, firm=arrival.firm, task=task, door=door, colour=colour,
        rules_id=decision.version, facts=_kept(decision, door, corrects), answers=decision.answers,
        purpose=decision.facts["purpose"], trigger=decision.facts["trigger"], method=decision.facts["method"],
        shown=dict(shown) if shown is not None else None, reason=reason, helpers=arrival.helpers, external=external,
        corrects=corrects, recorded_at=at,
    )  # fmt: skip
    entry.save(force_insert=True)
    EntryItem.objects.bulk_create(EntryItem(entry=entry, item=item) for item in decision.items)
    data = {
        "authority": arrival.authority.pk, "firm": arrival.firm.pk, "visit": str(visit.pk), "door": str(door),
        "task": str(task.pk) if task else None, "colour": colour, "rules": decision.version,
        "answers": [[one["rule"], one["level"]] for one in decision.answers],
        "corrects": corrects.pk if corrects else None,
    }  # fmt: skip
    _tell(entry, "recorded", data, by, at)
    return entry


def _unfit(arrival: Arrival, door: str, at: datetime) -> list[Problem]:
    problems = []
    if not arrival.officers:
        text = N_("Helpers enter beside an officer only; name the officers.")
        problems.append(Problem("inspections.entry.nobody", text, {}, "officers"))
    if not arrival.firm.organisation_id or arrival.at > at:
        text = N_("Nobody has entered yet: this time lies in the future.")
        problems.append(Problem("inspections.entry.future", text, {}, "at"))
    task = arrival.task
    if task is None:
        return problems
    if task.cancelled_at and task.cancelled_at <= arrival.at:
        text = N_("This task was cancelled; nobody enters on it.")
        problems.append(Problem("inspections.entry.cancelled", text))
    if door in (Door.SCAN, Door.OFFLINE):
        Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
        inside = Entry.objects.filter(task=task, visit__voided_at=None, visit__left_at=None)
        if inside.exists():
            text = N_("Somebody has entered on this task and not left yet; scan out first.")
            problems.append(Problem("inspections.entry.inside", text))
    return problems


def _kept(decision: Decision, door: str, corrects: Entry | None) -> dict[str, Any]:
    """What the entry keeps: the facts of the gate, and beside them what else the rules ask for later."""
    about = dict(decision.about)
    if corrects is not None:
        before = corrects.facts.get("about", {}).get("first_told")
        about["first_told"] = before or instant_text(corrects.recorded_at)
    facts = dict(decision.facts)
    if door == Door.NO_CODE:
        facts["code"] = "no"
    if door == Door.PUSHED:
        facts.pop("code")
    return {**facts, "about": about}


def _signalled(position: Mapping[str, Any], shown: Mapping[str, Any] | None, colour: str) -> dict[str, Any]:
    """What the phone said on entering, with a signal where it showed another colour than the rules give now."""
    told = dict(position)
    if shown is not None and shown.get("colour") != colour:
        told["signals"] = [*told.get("signals", []), GATE_DIFFERS]
    return told


def _standing(entry: Entry) -> Entry:
    """The entry as it is now, held until the transaction ends; raises Refusal where it counts no longer."""
    related = ("visit__area", "firm__area", "firm__organisation", "firm__site", "authority", "task")
    found = Entry.objects.select_for_update(of=("self",)).select_related(*related).get(pk=entry.pk)
    if found.visit.voided_at:
        text = N_("This entry was voided or corrected; nothing was changed.")
        raise Refusal([Problem("inspections.entry.voided", text)])
    return found


def _sign(entry: Entry, signed: str, signed_by: str, sign_reason: str) -> None:
    if signed not in Signed.values:
        raise Refusal([Problem("inspections.entry.signed", N_("Say whether the firm signed."), {}, "signed")])
    if signed == Signed.REFUSED and not sign_reason.strip():
        text = N_("Say why the firm did not sign.")
        raise Refusal([Problem("inspections.entry.sign_reason", text, {}, "sign_reason")])
    entry.signed, entry.signed_by, entry.sign_reason = signed, signed_by.strip()[:100], sign_reason.strip()[:300]
    entry.save(update_fields=["signed", "signed_by", "sign_reason"])


def _file(entry: Entry, results: Sequence[Result], guidance: str, by: Person | None, at: datetime) -> None:
    """Write results and findings; the result is filed once every item has one."""
    rows = {row.item_id: row for row in entry.items.all()}
    if problems := [problem for one in results for problem in _wrong(one, rows.get(one.item))]:
        raise Refusal(problems)
    found = []
    for one in results:
        row = rows[one.item]
        row.result, row.note = one.result, one.note.strip()[:500]
        row.save(update_fields=["result", "note"])
        found += [
            Finding(entry_item=row, text=text.strip()[:1000], due=due, recorded_at=at) for text, due in one.findings
        ]
    Finding.objects.bulk_create(found)
    entry.guidance = guidance.strip() or entry.guidance
    if entry.result_at is None and (results or not rows) and all(row.result for row in rows.values()):
        entry.result_at = at
    entry.save(update_fields=["guidance", "result_at"])
    if results:
        data = {"results": [[one.item, one.result, len(one.findings)] for one in results]}
        _tell(entry, "result_filed", {**data, "whole": entry.result_at is not None}, by, at)


def _wrong(one: Result, row: EntryItem | None) -> list[Problem]:
    """Why a result cannot be taken."""
    if row is None:
        text = N_("This entry is not about one of the items; choose from its own.")
        return [Problem("inspections.result.item", text, {}, "items")]
    if row.result:
        text = N_("What came of this item is told already; correct the entry if it was wrong.")
        return [Problem("inspections.result.told", text, {}, "items")]
    if one.result not in ItemResult.values or not one.result:
        return [Problem("inspections.result.word", N_("Say what came of each item."), {}, "items")]
    if (one.result == ItemResult.FINDING) != bool(one.findings) or not all(text.strip() for text, _ in one.findings):
        text = N_("Say what was found where something was, and only there.")
        return [Problem("inspections.result.findings", text, {}, "items")]
    return []


def _carry(old: Entry, new: Entry) -> None:
    """Let what came of the old entry's items stand in the new one, for the items that both have."""
    rows = {row.item_id: row for row in new.items.all()}
    for before in old.items.prefetch_related("findings"):
        row = rows.get(before.item_id)
        if row is None:
            continue
        row.result, row.note = before.result, before.note
        row.save(update_fields=["result", "note"])
        Finding.objects.bulk_create(
            Finding(
                entry_item=row, text=one.text, due=one.due, followed=one.followed, settled_at=one.settled_at,
                recorded_at=one.recorded_at,
            )
            for one in before.findings.all()
        )  # fmt: skip
    told = ("result_at", "guidance", "signed", "signed_by", "sign_reason")
    for name in told:
        setattr(new, name, getattr(old, name))
    new.save(update_fields=told)


def _reasoned(reason: str) -> None:
    said(reason, 500, "reason")


def _tell(entry: Entry, what: str, more: Mapping[str, Any], by: Person | None, at: datetime) -> None:
    data = {"entry": entry.pk, **more}
    kind = f"inspections.entry.{what}"
    writer.append(kind=kind, subject=entry.subject, data=data, area=entry.firm.area, by=by, at=at)
