"""Due process as data: which steps a proceeding takes, what each waits for, who may take it, what is missing now.

A proceeding is what happened (`Act`, in order) read by its rules (`Process`). An act counts only if it was allowed when
it was taken, given the acts before it that count: who takes one back, takes with it whatever rested on it, and nothing
else. Nothing is stored that could disagree with the acts. Not here: working days (engine.workdays), which processes
there are (programmes), keeping acts (kernel.proceedings).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from mingjing.engine.outcome import N_, Phrase, Problem

__all__ = ["Act", "Clock", "Process", "Standing", "Step", "check_process", "stand"]

Due = Callable[[datetime, "Clock", datetime], datetime]
"""When a clock that began at the first instant has run out (the first instant that is too late), as was known at the
second: a day on which the office turns out to be closed moves what still runs, and undoes nothing that was done."""


@dataclass(frozen=True, slots=True)
class Clock:
    """So many days from an act on: `calendar` is "working" or "calendar"."""

    days: int
    calendar: str = "working"


@dataclass(frozen=True, slots=True)
class Step:
    """One step. Codes name other steps of the same process.

    `after`: taken before this one. `waits_for`: whose clock has run out before it. `within`: whose clock it must be
    taken in; later, it is kept and does not count unless `excused_by` was taken. `clock` begins with this step (its
    last vote). `needed_if`: it must be taken only where one of these was, and again after each of them that comes
    later. `needs`: what it must bring (document, exhibit, reason). `votes`: so many people who say the same; `stances`:
    what may be said, by code and title. `uninvolved`: not by those whom the proceeding concerns; `apart_from`: nor by
    who took these. `until`: not once one of these was taken. `once`: not again. `dated`: it may have happened before it
    was recorded (served, received).
    """

    code: str
    title: str
    after: tuple[str, ...] = ()
    waits_for: tuple[str, ...] = ()
    within: str = ""
    excused_by: str = ""
    clock: Clock | None = None
    optional: bool = False
    needed_if: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    votes: int = 1
    stances: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    uninvolved: bool = False
    apart_from: tuple[str, ...] = ()
    until: tuple[str, ...] = ()
    once: bool = True
    dated: bool = False


@dataclass(frozen=True, slots=True)
class Process:
    """Steps in the order in which a page shows them. `ends` are (step, stance) after which nothing follows."""

    code: str
    steps: tuple[Step, ...]
    ends: tuple[tuple[str, str], ...] = ()

    def step(self, code: str) -> Step:
        """The step of this code; raises KeyError."""
        try:
            return next(step for step in self.steps if step.code == code)
        except StopIteration:
            raise KeyError(code) from None


@dataclass(frozen=True, slots=True)
class Act:
    """A step that somebody took: `by` is a token of the person, `has` what it brought. `number` names it.

    `at` is when it was recorded, `happened` when it happened where that was before: clocks go by the latter. One with
    `takes_back` takes the act of that number back, whatever its step.
    """

    number: int
    step: str
    at: datetime
    by: str
    stance: str = ""
    has: frozenset[str] = frozenset()
    takes_back: int | None = None
    happened: datetime | None = None

    @property
    def moment(self) -> datetime:
        """When it happened."""
        return self.happened or self.at


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a proceeding stands at an instant. Steps not in `done` may have votes; `late` acts came after their clock.

    `done` has the instant of each completed step, `said` the stance that prevailed, `void` the numbers of acts that do
    not count.
    """

    process: Process
    now: datetime
    done: Mapping[str, datetime]
    said: Mapping[str, str]
    reckon: Due
    votes: Mapping[str, tuple[Act, ...]]
    late: Mapping[str, tuple[Act, ...]]
    void: frozenset[int]
    last: datetime | None
    involved: frozenset[str]
    actors: Mapping[str, frozenset[str]]

    def due(self, code: str) -> datetime | None:
        """When the clock that began with this step runs out, as is known now; None while it has not begun."""
        clock = self.process.step(code).clock if code else None
        return self.reckon(self.done[code], clock, self.now) if clock and code in self.done else None

    @property
    def ended(self) -> str:
        """The code of the step that ended it before its last one; empty while it goes on."""
        return next((step for step, stance in self.process.ends if self.said.get(step) == stance), "")

    def needed(self, code: str) -> bool:
        """Whether the step must be taken before others that come after it."""
        step = self.process.step(code)
        if step.needed_if:
            return any(other in self.done for other in step.needed_if)
        return not step.optional

    def missing(self, code: str) -> tuple[Problem, ...]:
        """What stands in the way of the step now, whoever takes it."""
        return tuple(_missing(self, self.process.step(code)))

    def refusals(self, act: Act) -> tuple[Problem, ...]:
        """Why this act cannot be taken now."""
        if act.takes_back is not None:
            return tuple(_taking_back(self, act))
        step = self.process.step(act.step)
        return (*_missing(self, step), *_personal(self, step, act))

    @property
    def open(self) -> tuple[str, ...]:
        """The steps that somebody could take now."""
        return tuple(step.code for step in self.process.steps if not self.missing(step.code))


def stand(
    process: Process, acts: Sequence[Act], now: datetime, due: Due, *, involved: frozenset[str] = frozenset()
) -> Standing:
    """Read the acts, in their order, by the rules of the process. `involved` are the people it concerns."""
    taken_back = {act.takes_back for act in acts if act.takes_back is not None}
    standing = _begin(process, now, due, involved)
    void = set[int]()
    for act in acts:
        if act.takes_back is None and act.number not in taken_back:
            before = _at(standing, act.at)
            if before.refusals(act):
                void.add(act.number)
            else:
                standing = _take(before, act)
    kept = frozenset(void | {number for number in taken_back if number is not None})
    return _at(standing, now, void=kept, last=max((act.at for act in acts), default=None))


def _begin(process: Process, now: datetime, reckon: Due, involved: frozenset[str]) -> Standing:
    return Standing(process, now, {}, {}, reckon, {}, {}, frozenset(), None, involved, {})


def _at(standing: Standing, now: datetime, **changes: Any) -> Standing:
    names = ("process", "done", "said", "reckon", "votes", "late", "void", "last", "involved", "actors")
    return Standing(**{name: getattr(standing, name) for name in names} | changes | {"now": now})


def _take(standing: Standing, act: Act) -> Standing:
    """The standing with an act that is allowed."""
    step = standing.process.step(act.step)
    if _is_late(standing, step, act.moment):
        return _at(standing, act.at, late={**standing.late, step.code: (*standing.late.get(step.code, ()), act)})
    actors = {**standing.actors, step.code: standing.actors.get(step.code, frozenset()) | {act.by}}
    before = [vote for vote in standing.votes.get(step.code, ()) if vote.by != act.by]
    votes = {**standing.votes, step.code: (*before, act)}
    changes: dict[str, Any] = {"actors": actors, "votes": votes}
    if sum(vote.stance == act.stance for vote in votes[step.code]) >= step.votes:
        excused = _excused(standing, step.code)
        done = {**excused, **standing.done, step.code: act.moment}
        said = {**standing.said, step.code: act.stance}
        changes |= _called_anew(standing.process, {step.code, *excused}, done, said, votes)
    return _at(standing, act.at, **changes)


def _excused(standing: Standing, code: str) -> dict[str, datetime]:
    """What came late and counts after all, now that this step excuses it: since when."""
    excused = {s.code for s in standing.process.steps if s.excused_by == code and s.code in standing.late}
    return {other: standing.late[other][0].moment for other in excused}


def _called_anew(
    process: Process, came: Set[str], done: Mapping[str, datetime], said: Mapping[str, str],
    votes: Mapping[str, tuple[Act, ...]],
) -> dict[str, Any]:  # fmt: skip
    """What was an answer to less than has come now is to be given anew; votes that rested on it fall until they are."""
    again = {step.code for step in process.steps if not came.isdisjoint(step.needed_if)}
    rested = {step.code for step in process.steps if not again.isdisjoint(step.after) and step.code not in done}
    return {
        "done": {code: moment for code, moment in done.items() if code not in again},
        "said": {code: stance for code, stance in said.items() if code not in again},
        "votes": {code: cast for code, cast in votes.items() if code not in again | rested},
    }


def _is_late(standing: Standing, step: Step, at: datetime) -> bool:
    due = standing.due(step.within)
    return due is not None and at >= due and step.excused_by not in standing.done


def _missing(standing: Standing, step: Step) -> Iterator[Problem]:
    if standing.last and standing.now < standing.last:
        text = N_("The clock of the server stands before the last step of this case; set it right first.")
        yield Problem("process.clock", text)
    if standing.ended:
        text = N_("The case has ended with “{step}”; nothing follows.")
        yield Problem("process.ended", text, {"step": _title(standing, standing.ended)})
    if step.once and step.code in standing.done:
        text = N_("“{step}” has been done; it is not done again.")
        yield Problem("process.done", text, {"step": Phrase(step.title)}, step.code)
    for other in step.until:
        if other in standing.done:
            text = N_("“{step}” is no longer possible after “{other}”.")
            yield Problem("process.over", text, {"step": Phrase(step.title), "other": _title(standing, other)}, other)
    yield from _before(standing, step)
    for other in step.waits_for:
        if (due := standing.due(other)) and standing.now < due:
            text = N_("“{step}” waits until {due}: the time that “{other}” gave has not run out.")
            params = {"step": Phrase(step.title), "due": _minute(due), "other": _title(standing, other)}
            yield Problem("process.clock_runs", text, params, other)


def _before(standing: Standing, step: Step) -> Iterator[Problem]:
    """The steps that must come first and have not."""
    wanted = dict.fromkeys((*step.after, *step.waits_for, *((step.within,) if step.within else ())))
    for other in wanted:
        if other not in standing.done and standing.needed(other):
            text = N_("“{other}” comes before “{step}” and is missing.")
            yield Problem(
                "process.missing", text, {"other": _title(standing, other), "step": Phrase(step.title)}, other
            )
    if step.needed_if and not standing.needed(step.code) and not step.optional:
        text = N_("“{step}” is not called for.")
        yield Problem("process.not_called_for", text, {"step": Phrase(step.title)}, step.code)


def _personal(standing: Standing, step: Step, act: Act) -> Iterator[Problem]:
    """What is wrong with who takes it and with what they bring."""
    words = {"step": Phrase(step.title)}
    if step.uninvolved and act.by in standing.involved:
        text = N_("“{step}” is for somebody who had no part in what it is about.")
        yield Problem("process.involved", text, words, step.code)
    for other in step.apart_from:
        if act.by in standing.actors.get(other, ()):
            text = N_("“{step}” is for somebody else than who did “{other}”.")
            yield Problem("process.same_person", text, words | {"other": _title(standing, other)}, step.code)
    for need in step.needs:
        if need not in act.has:
            text = N_("“{step}” needs {need}.")
            yield Problem("process.needs", text, words | {"need": Phrase(NEEDS[need])}, step.code)
    if act.happened is not None and (not step.dated or act.happened > act.at):
        text = N_("“{step}” cannot be dated {moment}.")
        yield Problem("process.dated", text, words | {"moment": _minute(act.happened)}, step.code)
    if act.stance not in (step.stances or {"": ""}):
        text = N_("“{step}” is decided by one of: {stances}.")
        stances = tuple(Phrase(title) for title in step.stances.values())
        yield Problem("process.stance", text, words | {"stances": stances}, step.code)


NEEDS = {
    "document": N_("a document"),
    "exhibit": N_("a file that shows it"),
    "reason": N_("a reason"),
    "service": N_("proof that it was served on the right company"),
}
"""What a step may ask to be brought."""


def _taking_back(standing: Standing, act: Act) -> Iterator[Problem]:
    if "reason" not in act.has:
        words = {"step": Phrase(N_("Take back")), "need": Phrase(NEEDS["reason"])}
        yield Problem("process.needs", N_("“{step}” needs {need}."), words)
    if standing.last and standing.now < standing.last:
        text = N_("The clock of the server stands before the last step of this case; set it right first.")
        yield Problem("process.clock", text)


def _minute(moment: datetime) -> str:
    """As it stands in a sentence: the clocks of the place are those of the instant."""
    return f"{moment:%Y-%m-%d %H:%M}"


def _title(standing: Standing, code: str) -> Phrase:
    return Phrase(standing.process.step(code).title)


def check_process(process: Process) -> None:
    """Raise ValueError where the rules name what is not there, or could never be satisfied."""
    codes = [step.code for step in process.steps]
    for step in process.steps:
        named = {*step.after, *step.waits_for, *step.needed_if, *step.apart_from, *step.until}
        named |= {other for other in (step.within, step.excused_by) if other}
        if unknown := named - set(codes):
            raise ValueError(f"{process.code}.{step.code} names {sorted(unknown)}, which are no steps")
        for other in {*step.waits_for, step.within} - {""}:
            if process.step(other).clock is None:
                raise ValueError(f"{process.code}.{step.code} waits for {other}, which starts no clock")
        if later := [other for other in step.after if codes.index(other) >= codes.index(step.code)]:
            raise ValueError(f"{process.code}.{step.code} comes before {later}, and after them")
        if unknown := set(step.needs) - set(NEEDS):
            raise ValueError(f"{process.code}.{step.code} needs {sorted(unknown)}, which nobody can bring")
    if len(set(codes)) != len(codes):
        raise ValueError(f"{process.code} has two steps of one code")
