"""What a proposal of joint inspections is made from, and who sees which part of one.

Approved tasks that the firm was not told of yet are matched; whoever oversees tasks sees the whole proposal, an
authority the visits that its own tasks are part of. Not here: matching (policy.together).
"""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Count, Prefetch, Q, QuerySet

from mingjing.engine.workdays import is_working
from mingjing.kernel.calendar.queries import calendar_of
from mingjing.kernel.parties.guard import areas_where
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import within_subtree, within_subtrees
from mingjing.programmes.inspections.models import (
    Authority,
    Certificate,
    Firm,
    Match,
    MatchTask,
    MatchVisit,
    QuietDays,
    Task,
)
from mingjing.programmes.inspections.models.catalogue import Method
from mingjing.programmes.inspections.policy.together import Terms, Wanted
from mingjing.programmes.inspections.queries.posts import authorities_of

__all__ = ["matches_seen", "tasks_of", "terms_of", "visits_seen", "wanted_of"]

VIEW, OVERSEE = "inspections.together.view", "inspections.together.propose"
TEAM = 2
"""Officers who go together at least (administrative penalty law, art. 42)."""
ONE = timedelta(days=1)


def tasks_of(match: Match) -> QuerySet[Task]:
    """The tasks that a proposal is about, as they stand now."""
    return Task.objects.filter(
        within_subtree(match.area.path, "authority__area"), approved_at__isnull=False, noticed_at=None, coded_at=None,
        door_reason="",
        cancelled_at=None, joint=None, emergency=False, method=Method.ON_SITE, first_day__lte=match.last_day,
        last_day__gte=match.first_day, entries=None,
    ).select_related("authority__organisation", "firm__organisation", "firm__area").order_by("pk")  # fmt: skip


def wanted_of(match: Match, tasks: Iterable[Task], today: date) -> list[Wanted]:
    """Each task as a visit that is wanted, within the days of the proposal."""
    first = max(match.first_day, today)
    return [
        Wanted(
            key=str(task.pk), authority=f"a{task.authority_id}", firm=f"f{task.firm_id}",
            first=max(first, task.first_day), last=min(match.last_day, task.last_day), protected=not task.exception,
        )
        for task in tasks
        if max(first, task.first_day) <= min(match.last_day, task.last_day)
    ]  # fmt: skip


def terms_of(match: Match, tasks: Iterable[Task], today: date) -> Terms:
    """Days off, quiet days of these firms, and how many firms each authority's officers can visit. Four queries."""
    tasks = list(tasks)
    calendar = calendar_of(match.area)
    days = [match.first_day + ONE * number for number in range((match.last_day - match.first_day).days + 1)]
    firms = {task.firm_id: task.firm for task in tasks}
    authorities = {task.authority_id: task.authority for task in tasks}
    return Terms(
        off=frozenset(day for day in days if not is_working(calendar, day)),
        quiet={f"f{pk}": _quiet(firm, days, rules) for rules in [_rules(match)] for pk, firm in firms.items()},
        loads=_loads(match, authorities.values(), today), most=match.most,
        names={f"f{pk}": str(firm) for pk, firm in firms.items()}
        | {f"a{pk}": str(authority) for pk, authority in authorities.items()},
    )  # fmt: skip


def _rules(match: Match) -> list[QuietDays]:
    held = Q(last_day=None) | Q(last_day__gte=match.first_day)
    return list(QuietDays.objects.filter(held, first_day__lte=match.last_day).select_related("area"))


def _quiet(firm: Firm, days: Iterable[date], rules: Iterable[QuietDays]) -> frozenset[date]:
    near = [rule for rule in rules if rule.area.contains(firm.area)]
    return frozenset(day for day in days if any(rule.protects(firm, day) for rule in near))


def _loads(match: Match, authorities: Iterable[Authority], today: date) -> dict[str, int]:
    """So many firms a day for each team of two officers with a valid certificate; one team at least."""
    valid = Q(first_day__lte=today, last_day__gte=today) & (Q(revoked_on=None) | Q(revoked_on__gt=today))
    held = Certificate.objects.filter(valid, authority__in=authorities).values("authority")
    officers = dict(held.annotate(people=Count("person", distinct=True)).values_list("authority", "people"))
    return {f"a{one.pk}": match.load * max(1, officers.get(one.pk, 0) // TEAM) for one in authorities}


def matches_seen(person: Person, on: date) -> QuerySet[Match]:
    """The proposals that this person may see: of their areas, or with a task of their own authority."""
    wide, held = areas_where(person, OVERSEE, on=on), areas_where(person, VIEW, on=on)
    rows = Match.objects.select_related("area", "asked_by")
    overseen = within_subtrees(wide.paths, "area") if wide else Q(pk__in=())
    own = MatchTask.objects.filter(authority__in=authorities_of(person, on)).values("visit__match")
    return rows.filter(overseen | Q(pk__in=own)) if held else rows.filter(overseen)


def visits_seen(match: Match, person: Person, on: date) -> QuerySet[MatchVisit]:
    """The visits of a proposal that this person may see, with who takes part."""
    parts = MatchTask.objects.select_related("authority__organisation", "task", "said_by").order_by(
        "authority_id", "pk"
    )
    rows = match.visits.select_related("firm__organisation").prefetch_related(Prefetch("parts", parts))
    if areas_where(person, OVERSEE, on=on).covers(match.area):
        return rows
    return rows.filter(parts__authority__in=authorities_of(person, on)).distinct()
