"""Commands of officers' phones about one task, applied or refused one by one, in the order in which they came.

docs/reference/field-protocol.md, Inspections. Not here: opening a task at the door (openings), what an entry asks
(actions.entries), the envelope (kernel.sync).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Any

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.evidence.models import Access, Origin
from mingjing.kernel.parties.models import Person
from mingjing.kernel.sync.actions import promise_photos
from mingjing.kernel.sync.models import Device
from mingjing.kernel.sync.records import Signed
from mingjing.kernel.sync.values import Command, Outcome, refused
from mingjing.programmes.inspections.actions import entries, refusals
from mingjing.programmes.inspections.field.arrivals import arrival_of
from mingjing.programmes.inspections.field.openings import OPEN, one_by_itself, opened
from mingjing.programmes.inspections.field.states import key_of
from mingjing.programmes.inspections.models import Entry, Firm, Task
from mingjing.programmes.inspections.models import Refusal as Refused
from mingjing.programmes.inspections.models.entries import Colour, Door
from mingjing.programmes.inspections.models.entries import Signed as Stance
from mingjing.programmes.inspections.queries.codes import firm_of
from mingjing.programmes.inspections.queries.gate import Arrival
from mingjing.programmes.inspections.queries.held import entries_of, of_officer

__all__ = ["apply"]

AT_ONCE = timedelta(minutes=5)
"""An entry that arrives later than this was made without a signal, whatever the phone says."""
MOST_HELPERS = 99
SIGNATURE = "signature"
"""What the picture of the firm's signature is about, instead of an item."""


def apply(
    subject: str, commands: Sequence[Command], *, by: Person, device: Device, at: datetime
) -> Callable[[], Sequence[Outcome]]:
    """The manifest's `field_commands`: everything is done in its turn."""
    return partial(_applied, subject, commands, by, device, at)


def _applied(subject: str, commands: Sequence[Command], by: Person, device: Device, at: datetime) -> Sequence[Outcome]:
    """Raises Refusal where the person does not hold the task, and opens none."""
    key, outcomes = key_of(subject), list[Outcome]()
    while key and commands and commands[0].kind == OPEN:
        outcomes.append(one_by_itself(commands[0], partial(opened, key, commands[0], by=by, at=at)))
        commands = commands[1:]
    task = of_officer(by).select_related(*_RELATED).filter(pk=key).first() if key else None
    if task is None:
        refusal = Refusal(
            [Problem("inspections.task.unknown", N_("No task of yours is behind this; fetch the pack anew."))]
        )
        if not outcomes:
            raise refusal
        return [*outcomes, *(refused(command, refusal) for command in commands)]
    Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
    desk = _Desk(task, by, device, at)
    return [*outcomes, *(outcome for run in _runs(commands) for outcome in desk.applied(run))]


_RELATED = ("firm__organisation", "firm__site", "firm__area", "authority__organisation", "plan")


class _Desk:
    """One task, and who acts on it with which phone. Its row is held from the first command to the last."""

    def __init__(self, task: Task, by: Person, device: Device, at: datetime) -> None:
        self.task, self.by, self.device, self.at = task, by, device, at

    def applied(self, run: Sequence[Command]) -> Sequence[Outcome]:
        """What becomes of commands of one kind that follow one another."""
        kind = run[0].kind
        if kind == "inspections.photo":
            return self._photos(run)
        step = _STEPS.get(kind)
        if step is None:
            text = N_("Nothing here takes this command; update the app.")
            return [refused(one, Refusal([Problem("inspections.command.unknown", text)])) for one in run]
        return [one_by_itself(command, partial(step, self, command)) for command in run]

    def _photos(self, run: Sequence[Command]) -> Sequence[Outcome]:
        site = self.task.firm.site
        return promise_photos(
            subject=self.task.subject, area=self.task.firm.area, commands=run, site=site.position if site else None,
            allowed=self._photo_allowed, device=self.device, by=self.by, at=self.at,
        )  # fmt: skip

    def _photo_allowed(self, signed: Signed) -> Problem | None:
        """Why a photo is not taken: it is of no item of this task, out of a gallery, or an open signature."""
        about = str(signed.values.get("about", ""))
        if about == SIGNATURE:
            if signed.values.get("access") == Access.RESTRICTED:
                return None
            text = N_("The picture of a signature is for those who work on the record only; update the app.")
            return Problem("capture.access", text, {}, about)
        if not self.task.items.filter(code=about).exists():
            text = N_("{code} is no item of this task; take the photo again from its item.")
            return Problem("capture.about", text, {"code": about or "–"}, about)
        if signed.values["origin"] == Origin.GALLERY:
            text = N_("What was found is shown by live photos only; take it with the app's camera.")
            return Problem("capture.gallery", text, {}, about)
        return None

    @property
    def entry(self) -> Entry | None:
        """The standing entry on this task."""
        return entries_of([self.task.pk]).get(self.task.pk)

    def enter(self, command: Command) -> None:
        """Officers stand at the door, or stood there without a code, or without anybody scanning it."""
        entry = self.entry
        if entry is not None and entry.visit.left_at is None:
            return  # by a colleague, or by this phone before: the entry is what is wanted
        payload = command.payload
        code = str(payload.get("code") or "")
        scanned = firm_of(code) if code else None
        position = arrival_of(command, self.task.firm.site, known=scanned is not None)
        entered = min(_instant(command, "entered_at"), self.at)
        arrival = self._arrival(payload, scanned or self.task.firm, entered, position.get("distance"))
        reason = str(payload.get("reason") or "")
        if payload.get("how") == "late":
            entries.record_late(arrival=arrival, reason=reason, by=self.by, at=self.at)
        elif payload.get("how") == "none" or not code:
            entries.record_without_code(arrival=arrival, reason=reason, by=self.by, at=self.at)
        else:
            alone = payload.get("signal") is False or self.at - entered > AT_ONCE
            entries.scan_in(
                arrival=arrival, door=Door.OFFLINE if alone else Door.SCAN, shown=_shown(payload) if alone else None,
                reason=reason, position=position, by=self.by, at=self.at,
            )  # fmt: skip

    def _arrival(self, payload: Mapping[str, Any], firm: Firm, at: datetime, distance: int | None) -> Arrival:
        sent = [row.person for row in self.task.taskofficer_set.select_related("person")]
        present, helpers = payload.get("officers"), payload.get("helpers")
        tokens = set(map(str, present)) if isinstance(present, list) else set()
        return Arrival(
            firm=firm, authority=self.task.authority, officers=[one for one in sent if one.token in tokens], at=at,
            task=self.task, distance=distance,
            helpers=helpers if type(helpers) is int and 0 <= helpers <= MOST_HELPERS else 0,
        )  # fmt: skip

    def leave(self, command: Command) -> None:
        """They leave, with what came of each item, and whether the firm signed."""
        entry, payload = self._entered(), command.payload
        left = min(max(_instant(command, "left_at"), entry.visit.entered_at), self.at)
        entries.scan_out(
            entry=entry, left_at=left, results=_results(payload), guidance=str(payload.get("guidance") or ""),
            signed=str(payload.get("signed") or Stance.NOT_YET), signed_by=str(payload.get("signed_by") or ""),
            sign_reason=str(payload.get("sign_reason") or ""), by=self.by, at=self.at,
        )  # fmt: skip

    def result(self, command: Command) -> None:
        """What came of items that were left open when they left."""
        guidance = str(command.payload.get("guidance") or "")
        entries.file_result(
            entry=self._entered(), results=_results(command.payload), guidance=guidance, by=self.by, at=self.at
        )

    def refusal(self, command: Command) -> None:
        """The firm did not let them in: said on the officer's phone, a case for the supervisor; once for a task."""
        if Refused.objects.filter(task=self.task, kind="refusal").exists():
            return  # by the firm itself, or by a colleague: one case is what is wanted
        text = str(command.payload.get("text") or "")
        refusals.refuse(firm=self.task.firm, task=self.task, text=text, by=self.by, at=self.at)

    def _entered(self) -> Entry:
        entry = self.entry
        if entry is None:
            text = N_("Nobody has entered on this task yet; scan the firm's code first.")
            raise Refusal([Problem("inspections.entry.none", text)])
        return entry


_STEPS: Mapping[str, Callable[[_Desk, Command], None]] = {
    "inspections.enter": _Desk.enter,
    "inspections.leave": _Desk.leave,
    "inspections.result": _Desk.result,
    "inspections.refusal": _Desk.refusal,
}


def _runs(commands: Sequence[Command]) -> Iterator[Sequence[Command]]:
    """Commands of one kind that follow one another."""
    for _kind, run in groupby(commands, key=lambda command: command.kind):
        yield list(run)


def _instant(command: Command, name: str) -> datetime:
    """A time the phone wrote, by the clock of the installation. Raises Refusal."""
    try:
        written = datetime.fromisoformat(str(command.payload.get(name)))
        if written.tzinfo is not None:
            return written - (command.claimed_at - command.made_at)
    except (ValueError, OverflowError):
        pass
    text = N_("The phone wrote no time that can be read; update the app.")
    raise Refusal([Problem("inspections.instant", text, {}, name)])


def _shown(payload: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the phone showed at the door: colour, answers, by rules and facts of when."""
    told = payload.get("shown")
    if not isinstance(told, Mapping) or told.get("colour") not in Colour.values:
        return None
    answers = told.get("answers")
    kept = [dict(one) for one in answers if isinstance(one, Mapping)][:50] if isinstance(answers, list) else []
    return {
        "colour": told["colour"], "answers": kept, "known_at": str(told.get("known_at") or "")[:40],
        "rules": str(told.get("rules") or "")[:40],
    }  # fmt: skip


def _results(payload: Mapping[str, Any]) -> list[entries.Result]:
    """Raises Refusal for what cannot be read."""
    given = payload.get("results")
    try:
        return [
            entries.Result(
                item=int(one["item"]), result=str(one["result"]), note=str(one.get("note") or ""),
                findings=[(str(found["text"]), _day(found.get("due"))) for found in one.get("findings") or []],
            )
            for one in given or []
            if one.get("result")
        ]  # fmt: skip
    except (AttributeError, KeyError, TypeError, ValueError):
        text = N_("The results cannot be read as the phone wrote them; update the app.")
        raise Refusal([Problem("inspections.results", text, {}, "results")]) from None


def _day(written: Any) -> date | None:
    return date.fromisoformat(str(written)) if written else None
