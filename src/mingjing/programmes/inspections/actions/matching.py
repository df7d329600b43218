"""Every write of joint inspections: a proposal is asked for, worked out, and agreed to by each authority for itself.

Once all of a visit agreed, its tasks share a day and a joint visit. Not here: matching (policy.together).
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from mingjing.engine.kept import keep
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.db.ids import uuid7
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.inspections.models import Authority, Match, MatchTask, MatchVisit, Task
from mingjing.programmes.inspections.policy.texts import said
from mingjing.programmes.inspections.policy.together import Proposal, Standstill, match
from mingjing.programmes.inspections.queries.matching import tasks_of, terms_of, wanted_of

__all__ = ["answer_visit", "ask_match", "work_out"]

LONGEST = 92
"""Days that are matched at once: a quarter."""


@transaction.atomic
def ask_match(
    *, area: Area, first_day: date, last_day: date, load: int, most: int, by: Person | None, at: datetime
) -> Match:
    """Ask for a proposal; it is worked out in the background. Raises Refusal."""
    problems = []
    if not 0 <= (last_day - first_day).days < LONGEST:
        text = N_("Choose 1 to {days} days.")
        problems.append(Problem("inspections.match.days", text, {"days": LONGEST}, "last_day"))
    if last_day < localdate(at):
        problems.append(Problem("inspections.match.past", N_("These days are over."), {}, "last_day"))
    if not 1 <= load <= 20:
        problems.append(Problem("inspections.match.load", N_("A team visits 1 to 20 firms a day."), {}, "load"))
    if not 2 <= most <= 20:
        text = N_("2 to 20 authorities come together.")
        problems.append(Problem("inspections.match.most", text, {}, "most"))
    if problems:
        raise Refusal(problems)
    made = Match.objects.create(
        area=area, first_day=first_day, last_day=last_day, load=load, most=most, asked_by=by, asked_at=at
    )
    data = {"first": first_day.isoformat(), "last": last_day.isoformat(), "load": load, "most": most}
    _tell(made, "asked", data, by, at)
    return made


def work_out(*, match_id: int, at: datetime) -> None:
    """Work a proposal out, once: the search is outside of any transaction."""
    asked = Match.objects.select_related("area").get(pk=match_id)
    if asked.worked_at:
        return
    today, tasks = localdate(at), list(tasks_of(asked))
    terms = terms_of(asked, tasks, today)
    try:
        found: Proposal | Standstill | Refusal = match(wanted_of(asked, tasks, today), terms)
    except Refusal as refusal:
        found = refusal
    with transaction.atomic():
        current = Match.objects.select_for_update(of=("self",)).select_related("area").get(pk=match_id)
        if current.worked_at is None:
            current.loads, current.worked_at = dict(terms.loads), at
            _keep(current, found, {str(task.pk): task for task in tasks})
            data = {"before": current.before, "after": current.after, "bound": current.bound}
            _tell(current, "worked_out", data, None, at)


def _keep(current: Match, found: Proposal | Standstill | Refusal, tasks: Mapping[str, Task]) -> None:
    """What came of it, and the visits that several tasks go into."""
    current.reasons = keep(found.problems if isinstance(found, Refusal) else found.reasons)
    if isinstance(found, Proposal):
        current.before, current.after, current.bound = found.before, found.after, found.bound
    current.save(update_fields=["reasons", "before", "after", "bound", "loads", "worked_at"])
    if not isinstance(found, Proposal):
        return
    met = [one for one in found.visits if len(one.keys) > 1]
    visits = MatchVisit.objects.bulk_create(
        MatchVisit(match=current, firm_id=tasks[one.keys[0]].firm_id, day=one.day, joint=uuid7()) for one in met
    )
    MatchTask.objects.bulk_create(
        MatchTask(visit=visit, task=tasks[key], authority_id=tasks[key].authority_id)
        for visit, one in zip(visits, met, strict=True)
        for key in one.keys
    )


@transaction.atomic
def answer_visit(
    *, visit: MatchVisit, authority: Authority, accepted: bool, reason: str = "", by: Person | None, at: datetime
) -> MatchVisit:
    """What an authority says to a proposed visit, once; with the last yes its tasks go together. Raises Refusal."""
    reason = said(reason, 300, "reason") if not accepted else ""
    related = ("match__area", "firm")
    current = MatchVisit.objects.select_for_update(of=("self",)).select_related(*related).get(pk=visit.pk)
    parts = list(current.parts.select_related("task").select_for_update(of=("self",)))
    mine = [one for one in parts if one.authority_id == authority.pk]
    if not mine or any(one.accepted is not None for one in mine):
        text = N_("This authority answered already, or takes no part in this visit.")
        raise Refusal([Problem("inspections.match.answered", text)])
    if any(one.accepted is False for one in parts):
        text = N_("Another authority said no; this visit is not made together.")
        raise Refusal([Problem("inspections.match.declined", text)])
    for one in mine:
        one.accepted, one.reason, one.said_by, one.said_at = accepted, reason, by, at
        one.save(update_fields=["accepted", "reason", "said_by", "said_at"])
    _tell(current.match, "answered", {"visit": current.pk, "authority": authority.pk, "accepted": accepted}, by, at)
    if all(one.accepted for one in parts):
        _join(current, [one.task_id for one in parts], by, at)
    return current


def _join(visit: MatchVisit, keys: list[Any], by: Person | None, at: datetime) -> None:
    """Give the tasks their day and their joint visit; raises Refusal where one of them moved on meanwhile."""
    tasks = list(Task.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
    moved = [task for task in tasks if task.joint or task.noticed_at or task.cancelled_at or task.coded_at]
    if moved or any(not task.first_day <= visit.day <= task.last_day for task in tasks):
        text = N_("One of these tasks changed since it was proposed; ask for a new proposal.")
        raise Refusal([Problem("inspections.match.changed", text)])
    for task in tasks:
        task.first_day = task.last_day = visit.day
        task.joint = visit.joint
        task.save(update_fields=["first_day", "last_day", "joint"])
    visit.agreed_at = at
    visit.save(update_fields=["agreed_at"])
    data = {"visit": visit.pk, "joint": str(visit.joint), "day": visit.day.isoformat(), "tasks": [str(k) for k in keys]}
    _tell(visit.match, "agreed", data, by, at)


def _tell(found: Match, what: str, data: Mapping[str, Any], by: Person | None, at: datetime) -> None:
    kind = f"inspections.match.{what}"
    writer.append(kind=kind, subject=found.subject, data=data, area=found.area, by=by, at=at)
