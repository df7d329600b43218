"""What follows a listing as its page shows it: every step with its state, its paper, its clock and who took it.

Not here: taking a step (steps), reading (queries.measures).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from mingjing.engine.process import Step
from mingjing.faces.ui.forms import sentence
from mingjing.kernel.documents.models import Document, Service
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.evidence.queries import exhibits_seen
from mingjing.kernel.parties.guard import may
from mingjing.kernel.proceedings.models import Taken
from mingjing.kernel.proceedings.queries import StandsTold
from mingjing.programmes.assessments.policy.measures import DOCUMENTS, REVERSED, gaps
from mingjing.programmes.assessments.queries.measures import Followed, facts_of
from mingjing.programmes.assessments.queries.measures_due import LEADS

__all__ = ["Line", "exhibits_by_name", "last_day", "lines", "rights"]


@dataclass(slots=True)
class Line:
    """A step on the page. `state` is done, open, optional, waiting or idle; `due` the last day it should be taken on.

    `paper` is the document it is taken with (`needs_paper` where there must be one), `service` the proof of service.
    """

    step: Step
    state: str
    acts: list[Taken] = field(default_factory=list)
    exhibits: list[Exhibit] = field(default_factory=list)
    needs_paper: bool = False
    paper: Document | None = None
    service: Service | None = None
    due: date | None = None
    late: bool = False
    missing: tuple[str, ...] = ()
    approves: bool = False


def lines(one: Followed, kind: str, exhibits: Mapping[str, Exhibit]) -> list[Line]:
    """The steps of a proceeding in the order in which they are taken."""
    stands = one.proceedings[kind]
    found = [_line(one, kind, stands, step, exhibits) for step in stands.standing.process.steps]
    return [line for line in found if line.state != "idle"]


def _line(one: Followed, kind: str, stands: StandsTold, step: Step, exhibits: Mapping[str, Exhibit]) -> Line:
    standing = stands.standing
    back = {taken.takes_back for taken in stands.steps}
    acts = [taken for taken in stands.steps if taken.step == step.code and taken.number not in back]
    problems = (*gaps(kind, step.code, facts_of(one, kind, step.code)), *standing.missing(step.code))
    paper = one.document(kind, step.code)
    line = Line(
        step, "", acts, paper=paper, service=_service(paper), needs_paper=(kind, step.code) in DOCUMENTS,
        exhibits=[exhibits[name] for taken in acts for name in taken.exhibits if name in exhibits],
        approves=step.code == "approved",
    )  # fmt: skip
    if step.code in standing.done:
        line.state = "done"
    elif not standing.missing(step.code) and all(problem.code == "measures.no_document" for problem in problems):
        line.state = "optional" if step.optional else "open"
    else:
        line.state = "idle" if step.optional else "waiting"
        line.missing = tuple(sentence(problem) for problem in problems)
    if step.code == REVERSED and line.state == "waiting":
        line.state = "idle"
    due = _due(stands, step)
    if due and line.state != "done":
        line.due, line.late = last_day(due), due <= standing.now
    return line


def _due(stands: StandsTold, step: Step) -> datetime | None:
    """When the clock that leads to this step runs out: that of the step before it, which gives the time for it."""
    return stands.standing.due(LEADS.get(step.code, ""))


def last_day(due: datetime) -> date:
    """The last day of a clock that has run out at `due`, the first instant that is too late."""
    return timezone.localdate(due - timedelta(microseconds=1))


def _service(paper: Document | None) -> Service | None:
    return next((one for one in paper.services.all() if one.voided_at is None), None) if paper else None


def exhibits_by_name(request: HttpRequest, names: Iterable[str]) -> dict[str, Exhibit]:
    """Those of the exhibits with these ids that the reader may see, by id."""
    wanted = set(names)
    if not wanted:
        return {}
    subjects = list(Exhibit.objects.filter(pk__in=wanted).order_by().values_list("subject", flat=True).distinct())
    seen = exhibits_seen(request.user, subjects, timezone.localdate(), withdrawn=True)
    return {str(exhibit.pk): exhibit for exhibit in seen.filter(pk__in=wanted)}


def rights(request: HttpRequest, area: Any) -> dict[str, bool]:
    """What the reader may do here today."""
    names = ("measure.take", "measure.approve", "bar.decide", "bar.sign", "control.confirm")
    today = timezone.localdate()
    return {
        f"may_{name.replace('.', '_')}": may(request.user, f"assessments.{name}", area=area, on=today) for name in names
    }
