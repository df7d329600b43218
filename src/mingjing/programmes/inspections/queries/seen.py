"""Which plans and tasks a reader sees: their own authority's from the draft on, others' only once they are approved.

A task of another authority is for those who oversee it: nobody learns from here who is visited next. Not here: rights.
"""

from datetime import date

from django.db.models import Q, QuerySet

from mingjing.kernel.db.search import matching
from mingjing.kernel.parties.guard import Scope, areas_where
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import within_subtrees
from mingjing.programmes.inspections.models import Authority, Firm, Plan, Task
from mingjing.programmes.inspections.queries.posts import authorities_of

__all__ = ["authorities_named", "firms_named", "of_own", "plans_seen", "tasks_seen"]

PLANS, TASKS, OVERSEE = "inspections.plan.view", "inspections.task.view", "inspections.task.oversee"


def plans_seen(person: Person, on: date) -> QuerySet[Plan]:
    """Plans of one's own authority, and approved ones of all, where the reader may see plans."""
    held = areas_where(person, PLANS, on=on)
    own = Q(authority__in=authorities_of(person, on)) | Q(approved_at__isnull=False)
    rows = Plan.objects.filter(_within(held, "authority__area"), own)
    return rows.select_related("authority__organisation", "authority__area")


def tasks_seen(person: Person, on: date) -> QuerySet[Task]:
    """Tasks of one's own authority; for those who oversee all of them, approved ones and those opened at the door."""
    own = _within(areas_where(person, TASKS, on=on), "authority__area") & Q(authority__in=authorities_of(person, on))
    told = Q(approved_at__isnull=False) | ~Q(door_reason="")
    wide = _within(areas_where(person, OVERSEE, on=on), "authority__area") & told
    rows = Task.objects.filter(own | wide)
    return rows.select_related("authority__organisation", "authority__area", "firm__organisation", "firm__area")


def of_own(person: Person, authority: Authority, on: date) -> bool:
    """Whether `person` works for that authority."""
    return authority.pk in authorities_of(person, on)


def firms_named(text: str) -> QuerySet[Firm]:
    """Firms by name, pinyin, initials or credit code."""
    found = matching(text, "organisation__words", codes=["organisation__credit_code"])
    return Firm.objects.filter(found).select_related("organisation", "area", "site")


def authorities_named(text: str) -> QuerySet[Authority]:
    """Authorities by name, pinyin, initials or credit code."""
    found = matching(text, "organisation__words", codes=["organisation__credit_code"])
    return Authority.objects.filter(found).select_related("organisation", "area", "delegated_by__organisation")


def _within(scope: Scope, field: str) -> Q:
    return within_subtrees(scope.paths, field) if scope else Q(pk__in=())
