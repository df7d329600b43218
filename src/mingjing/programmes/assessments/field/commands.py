"""Commands of phones about one visit or one day, applied or refused one by one, in the order in which they came.

docs/reference/field-protocol.md, Assessments. Not here: what a step asks (actions), the envelope (kernel.sync).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from msgspec.structs import replace

from mingjing.engine.chain import content_digest
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.evidence.models import Access
from mingjing.kernel.parties.guard import may
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Site
from mingjing.kernel.sync.actions import promise_photos
from mingjing.kernel.sync.models import Capture, Device
from mingjing.kernel.sync.records import Signed
from mingjing.kernel.sync.turns import one_writes_at_a_time
from mingjing.kernel.sync.values import APPLIED, CONFLICT, Command, Outcome, refused
from mingjing.programmes.assessments.actions.draws import open_team_day
from mingjing.programmes.assessments.actions.records import Held, live, seen, take, team_only
from mingjing.programmes.assessments.actions.signatures import record_manager, sign_record, witness_refusal
from mingjing.programmes.assessments.actions.visits import begin_visit, edit_sheet_many, submit_record
from mingjing.programmes.assessments.field.ahead import (
    EDIT,
    NOTHING,
    PHOTO,
    Ahead,
    ahead_of,
    entered_on,
    runs,
)
from mingjing.programmes.assessments.field.arrivals import arrival_of
from mingjing.programmes.assessments.field.states import state_of
from mingjing.programmes.assessments.models import Stance, TeamDay, TeamMember, VisitRecord
from mingjing.programmes.assessments.policy.edits import Conflict
from mingjing.programmes.assessments.policy.recording import signed_form
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["apply"]

RECORD = "assessments.visit.record"
_OTHER = N_("The phone worked by a form that is not this round's; bring the day's pack up to date and enter it anew.")
OTHER_RUBRIC = Refusal([Problem("visit.other_rubric", _OTHER)])
MANAGERS_SIGNATURE = "signature"
"""What the picture of the manager's signature is about, instead of a check."""


def apply(
    subject: str, commands: Sequence[Command], *, by: Person, device: Device, at: datetime
) -> Callable[[], Sequence[Outcome]]:
    """The manifest's `field_commands`. Raises Refusal where the person has nothing to do with the subject."""
    kind, _, key = subject.partition(":")
    if not (key.isascii() and key.isdecimal() and len(key) < 18):
        raise _unknown()
    if kind == "assessments.team_day":
        return lambda: [_one(command, partial(_open_day, command, int(key), by, at)) for command in commands]
    if kind != "assessments.visit":
        raise _unknown()
    ahead = _worked_ahead(int(key), commands, by, device, at) if one_writes_at_a_time() else NOTHING
    return partial(_visited, int(key), commands, ahead, by, device, at)


def _worked_ahead(key: int, commands: Sequence[Command], by: Person, device: Device, at: datetime) -> Ahead:
    """What can be worked out before the turn; nothing for a record that is sealed, or not there: it is refused then."""
    found = seen(key, by)
    if found is None or found.one.team_day.is_sealed(timezone.localdate(at)):
        return NOTHING
    _may(by, found.one.round.area, at)  # what it asks is remembered with `by`
    return ahead_of(found, commands, by, device, at)


def _visited(
    key: int, commands: Sequence[Command], ahead: Ahead, by: Person, device: Device, at: datetime
) -> Sequence[Outcome]:
    """What becomes of commands about a record, in the turn."""
    visit = _Visit(_record(key, ahead, by, at), ahead, by, device, at)
    return visit.told([outcome for run in runs(commands) for outcome in visit.applied(run)])


class _Visit:
    """One record, and who acts on it with which phone. Its row is held from the first command to the last."""

    def __init__(self, held: Held, ahead: Ahead, by: Person, device: Device, at: datetime) -> None:
        self.key, self.ahead, self.by, self.device, self.at = held.record.pk, ahead, by, device, at
        self._held: Held | None = held
        self.photos: list[Capture] = []
        held.ahead = ahead.grown

    @property
    def held(self) -> Held:
        """The record, read anew after a step that wrote to it by itself."""
        if self._held is None:
            self._held = take(self.key, self.by)
        if self._held is None:
            raise _unknown()
        return self._held

    @property
    def record(self) -> VisitRecord:
        """The record as it is now."""
        return self.held.record

    def told(self, outcomes: Sequence[Outcome]) -> Sequence[Outcome]:
        """The outcomes, the last with what tells what stands now, where that is known."""
        held = self._held
        if held is None or not held.of_team or not outcomes:
            return outcomes
        standing = partial(state_of, held, self.by, self.at)
        photos = self.photos or (None if held.pictured else ())
        return [*outcomes[:-1], replace(outcomes[-1], standing=standing, photos=photos)]

    def applied(self, run: Sequence[Command]) -> Sequence[Outcome]:
        """What becomes of commands of one kind that follow one another."""
        form = f"{self.record.round.scheme.digest}/{self.record.entry.class_code}"
        # A phone may say by which form it worked; by another than this round's it is refused.
        rest = [one for one in run if one.payload.get("rubric", form) == form]
        if len(rest) == len(run):
            return self._applied(run)
        outcomes = {one.id: one for one in (self._applied(rest) if rest else ())}
        return [outcomes.get(one.id) or refused(one, OTHER_RUBRIC) for one in run]

    def _applied(self, run: Sequence[Command]) -> Sequence[Outcome]:
        many = {EDIT: self._edits, PHOTO: self._photos}.get(run[0].kind)
        if many is not None:
            try:
                return many(run)
            except Refusal as refusal:  # nothing of this kind can be done to the record now; what was done is undone
                return [refused(command, refusal) for command in run]
        step = _STEPS.get(run[0].kind)
        if step is None:
            return [refused(command, _unknown()) for command in run]
        return [self._stepped(command, step) for command in run]

    def _stepped(self, command: Command, step: "Callable[[_Visit, Command], None]") -> Outcome:
        outcome = _one(command, partial(step, self, command))
        self._held = None
        return outcome

    def _edits(self, run: Sequence[Command]) -> Sequence[Outcome]:
        given = self.ahead.edits(run, entered_on(self.record, self.at))
        answers = edit_sheet_many(record=self.record, edits=given, held=self.held, by=self.by, at=self.at)
        return [_outcome(command, answer) for command, answer in zip(run, answers, strict=True)]

    def _photos(self, run: Sequence[Command]) -> Sequence[Outcome]:
        live(self.record, self.at)
        if not self.held.of_team:
            team_only(self.record, self.by)
        site, area = self.record.entry.community.site, self.record.round.area
        outcomes = promise_photos(
            subject=self.record.subject, area=area, commands=run, read=self.ahead.reader(self.device, site.position),
            allowed=self._photo_allowed, photos=self.photos, device=self.device, by=self.by, at=self.at,
        )  # fmt: skip
        taken = {outcome.id for outcome in outcomes if outcome.state == APPLIED}
        self.held.evidence |= {one.payload["record"]["sha256"] for one in run if one.id in taken}
        return outcomes

    def _photo_allowed(self, signed: Signed) -> Problem | None:
        """Why the scheme does not take this photo; pictures out of a gallery only for checks that say so."""
        about = str(signed.values.get("about", ""))
        scheme = scheme_of(self.record.round.scheme)
        if about and about != MANAGERS_SIGNATURE and about not in scheme.rubrics[self.record.entry.class_code].checks:
            text = N_("{code} is no check of this form; take the photo again from the form.")
            return Problem("capture.about", text, {"code": about}, about)
        if about == MANAGERS_SIGNATURE and signed.values.get("access") != Access.RESTRICTED:
            text = N_("The picture of a signature is for those who work on the record only; update the app.")
            return Problem("capture.access", text, {}, about)
        if signed.values["origin"] == "gallery" and not _gallery(scheme.document, about):
            text = N_("For {code} the scheme takes live photos only; take it with the app's camera.")
            return Problem("capture.gallery", text, {"code": about or "–"}, about)
        return None

    def begin(self, command: Command) -> None:
        """The team has entered."""
        if self.record.started_at and self.record.visit:
            return  # by a colleague, or by this phone before: the visit is what is wanted
        tokens = _tokens(command.payload.get("people", []))
        people = [member.person for member in _members(self.record) if member.person.token in tokens]
        entered, by, at = min(_instant(command, "entered_at"), self.at), self.by, self.at
        arrival = arrival_of(command, self.record.entry.community.site, _together(self.record))
        begin_visit(record=self.record, entered_at=entered, people=people, arrival=arrival, by=by, at=at)

    def submit(self, command: Command) -> None:
        """The team hands its record in."""
        left = min(max(_instant(command, "left_at"), command.made_at, entered_on(self.record, self.at)), self.at)
        submit_record(record=self.record, left_at=left, by=self.by, at=self.at)

    def sign(self, command: Command) -> None:
        """A member signs, on their own phone."""
        self._same_form(command)
        sign_record(record=self.record, by=self.by, at=self.at)

    def manager(self, command: Command) -> None:
        """The manager signed on the glass, commented or refused."""
        self._same_form(command)
        payload = command.payload
        name, comment, stance = (str(payload.get(field) or "") for field in ("name", "comment", "stance"))
        if stance not in Stance.values:
            text = N_("Say whether the manager signed, commented or refused.")
            raise Refusal([Problem("visit.stance", text, {}, "stance")])
        image = str(payload.get("image") or "")
        record_manager(
            record=self.record, name=name, stance=stance, comment=comment, image=image, by=self.by, at=self.at
        )

    def witness(self, command: Command) -> None:
        """A second member was there when the manager refused."""
        self._same_form(command)
        witness_refusal(record=self.record, by=self.by, at=self.at)

    def _same_form(self, command: Command) -> None:
        """Raise Refusal unless what was signed on the phone is what stands here."""
        live(self.record, self.at)
        if command.payload.get("form") != content_digest(signed_form(self.record.sheet_document)):
            text = N_("The sheet is not the one that was signed on the phone; show what stands now, and sign that.")
            raise Refusal([Problem("visit.other_form", text)])


_STEPS: Mapping[str, Callable[[_Visit, Command], None]] = {
    "assessments.begin": _Visit.begin,
    "assessments.submit": _Visit.submit,
    "assessments.sign": _Visit.sign,
    "assessments.manager": _Visit.manager,
    "assessments.witness": _Visit.witness,
}


def _one(command: Command, step: Callable[[], None]) -> Outcome:
    """One step by itself: whatever it did before it was refused is undone."""
    try:
        with transaction.atomic():
            step()
    except Refusal as refusal:
        return refused(command, refusal)
    return Outcome(command.id, APPLIED)


def _outcome(command: Command, answer: int | Refusal) -> Outcome:
    """What became of an edit; the edits that were taken are kept with the record."""
    if isinstance(answer, int):
        return Outcome(command.id, APPLIED, logged=True)
    if isinstance(answer, Conflict):
        return Outcome(command.id, CONFLICT, answer.problems, answer.current)
    return refused(command, answer)


def _open_day(command: Command, key: int, by: Person, at: datetime) -> None:
    if command.kind != "assessments.open_day":
        raise _unknown()
    found = TeamDay.objects.select_related("draw__round__area").filter(pk=key).first()
    if found is None or not TeamMember.objects.filter(team_day=found, person=by, removed_at=None).exists():
        raise _unknown()
    _may(by, found.draw.round.area, at)
    open_team_day(team_day=found, by=by, at=at)


def _record(key: int, ahead: Ahead, by: Person, at: datetime) -> Held:
    """The record, for who may record there; a sealed one is as unknown as one that is not there."""
    found = take(key, by, ahead.seen)
    if found is not None and ahead.seen and found.record is ahead.seen.one:
        return found  # nothing has changed since all this was asked
    if found is None or found.record.team_day.is_sealed(timezone.localdate(at)):
        raise _unknown()
    _may(by, found.record.round.area, at)
    return found


def _may(by: Person, area: Any, at: datetime) -> None:
    if not may(by, RECORD, area=area, on=timezone.localdate(at)):
        text = N_("You may not record visits there (any more); ask the centre for the role.")
        raise Refusal([Problem("visit.not_yours", text)])


def _unknown() -> Refusal:
    text = N_("There is nothing of this kind for you; bring the day's pack up to date.")
    return Refusal([Problem("visit.unknown", text)])


def _members(record: VisitRecord) -> Sequence[TeamMember]:
    return list(TeamMember.objects.filter(team_day=record.team_day_id, removed_at=None).select_related("person"))


def _together(record: VisitRecord) -> Sequence[Site]:
    """The sites of the communities that are begun with this one, without its own."""
    if not record.entry.group:
        return ()
    of_group = VisitRecord.objects.filter(team_day=record.team_day_id, entry__group=record.entry.group)
    others = of_group.exclude(entry__community=record.entry.community_id)
    return list(Site.objects.filter(pk__in=others.values("entry__community__site")))


def _tokens(given: Any) -> frozenset[str]:
    return frozenset(token for token in given if isinstance(token, str)) if isinstance(given, list) else frozenset()


def _instant(command: Command, name: str) -> datetime:
    """A time the phone wrote, by the clock of the installation. Raises Refusal."""
    try:
        written = datetime.fromisoformat(str(command.payload.get(name)))
        if written.tzinfo is not None:
            return written - (command.claimed_at - command.made_at)
    except (ValueError, OverflowError):
        pass
    text = N_("The phone wrote no time that can be read; update the app.")
    raise Refusal([Problem("visit.instant", text, {}, name)])


def _gallery(document: Mapping[str, Any], about: str) -> bool:
    checks = (check for item in document["items"] for check in item["checks"])
    return any(check["code"] == about and check.get("gallery") for check in checks)
