"""A proceeding as its page shows it: every act in order, every step with what it waits for, the clock that runs.

Constant query counts. Not here: taking a step (steps), which proceedings there are.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from mingjing.engine.process import Standing, Step
from mingjing.faces.ui.forms import sentence
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.evidence.queries import exhibits_seen
from mingjing.kernel.proceedings.models import Taken
from mingjing.kernel.proceedings.queries import StandsTold

__all__ = ["Told", "Way", "clock_of", "clocks", "last_day", "timeline", "way"]


@dataclass(frozen=True, slots=True)
class Told:
    """An act as a line of the timeline: what it was, whether it counts, what was brought."""

    taken: Taken
    title: str
    stance: str
    mark: str
    moment: datetime
    exhibits: tuple[Exhibit, ...]
    hidden: int
    can_fall: bool

    @property
    def later(self) -> bool:
        """Whether it was recorded later than it happened."""
        return self.taken.at - self.moment > timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Way:
    """A step on the way: `state` is done, open, waiting, optional or idle; what is missing, in sentences."""

    step: Step
    state: str
    at: datetime | None
    said: str
    missing: tuple[str, ...]
    votes: int = 0


def timeline(request: HttpRequest, stands: StandsTold) -> list[Told]:
    """Every act, oldest first, with the exhibits that the reader may see: two queries."""
    names = {name for taken in stands.steps for name in taken.exhibits}
    shown = _exhibits(request, names)
    marks = _marks(stands)
    return [_told(stands, taken, shown, marks) for taken in stands.steps]


def _told(stands: StandsTold, taken: Taken, shown: Mapping[str, Exhibit], marks: Mapping[int, str]) -> Told:
    named = stands.standing.process.step(taken.step) if taken.step else None
    exhibits = tuple(shown[name] for name in taken.exhibits if name in shown)
    return Told(
        taken=taken, title=named.title if named else "", stance=named.stances.get(taken.stance, "") if named else "",
        mark=marks.get(taken.number, ""), moment=taken.happened_at or taken.at, exhibits=exhibits,
        hidden=len(taken.exhibits) - len(exhibits), can_fall=bool(named) and marks.get(taken.number) != "back",
    )  # fmt: skip


def _marks(stands: StandsTold) -> dict[int, str]:
    """By number why an act does not count: taken back, without ground, or late."""
    back = {taken.takes_back for taken in stands.steps if taken.takes_back}
    late = {
        act.number for step, acts in stands.standing.late.items() for act in acts if step not in stands.standing.done
    }
    found = dict.fromkeys(stands.standing.void, "void") | dict.fromkeys(late, "late")
    return found | {number: "back" for number in back if number is not None}


def _exhibits(request: HttpRequest, names: set[str]) -> dict[str, Exhibit]:
    if not names:
        return {}
    subjects = list(Exhibit.objects.filter(pk__in=names).order_by().values_list("subject", flat=True).distinct())
    seen = exhibits_seen(request.user, subjects, timezone.localdate(), withdrawn=True)
    return {str(exhibit.pk): exhibit for exhibit in seen.filter(pk__in=names)}


def way(standing: Standing) -> list[Way]:
    """Every step of the process in the order in which it is gone."""
    return [_way(standing, step) for step in standing.process.steps]


def _way(standing: Standing, step: Step) -> Way:
    missing = standing.missing(step.code)
    votes = len(standing.votes.get(step.code, ()))
    said = step.stances.get(standing.said.get(step.code, ""), "")
    if step.code in standing.done:
        state = "done"
    elif not missing:
        state = "optional" if step.optional else "open"
    else:
        idle = {"process.not_called_for", "process.ended", "process.over"}
        off = bool(step.needed_if or step.optional) and not standing.needed(step.code)
        state = "idle" if off or any(one.code in idle for one in missing) else "waiting"
    told = tuple(sentence(one) for one in missing) if state == "waiting" else ()
    return Way(step, state, standing.done.get(step.code), said, told, votes)


def last_day(due: datetime) -> date:
    """The last day of a clock that has run out at `due`, the first instant that is too late."""
    return timezone.localdate(due - timedelta(microseconds=1))


def clock_of(standing: Standing) -> dict[str, Any] | None:
    """The clock that runs now and ends first, if one does."""
    running = [clock for clock in clocks(standing) if not clock["over"]]
    return min(running, key=lambda clock: clock["due"]) if running else None


def clocks(standing: Standing) -> Iterator[dict[str, Any]]:
    """Every clock that has begun: its step, days, last day, and whether it has run out."""
    for step in standing.process.steps:
        due = standing.due(step.code)
        if step.clock and due:
            waits = [other for other in standing.process.steps if step.code in {*other.waits_for, other.within}]
            settled = bool(waits) and all(other.code in standing.done for other in waits)
            settled = settled or "decision" in standing.done or bool(standing.ended)
            yield {
                "step": step, "days": step.clock.days, "working": step.clock.calendar == "working", "due": due,
                "last": last_day(due), "ran_out": due <= standing.now,
                "over": due <= standing.now or settled, "begun": standing.done[step.code],
            }  # fmt: skip
