"""Which cases a reader sees, whose they are, what is late. Constant query counts, whatever the number of cases."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from mingjing.kernel.cases.models import Case, CaseQuerySet, Step, StepKind
from mingjing.kernel.parties.guard import Scope
from mingjing.kernel.parties.models import Person

__all__ = ["awaiting", "cases_seen", "open_of", "overdue"]


def cases_seen(scope: Scope) -> CaseQuerySet:
    """The cases within `scope`, with everything a line about one names."""
    return scope.within(Case.objects.select_related("area", "site", "organisation", "owner"))  # type: ignore[return-value]


def overdue(scope: Scope, at: datetime) -> CaseQuerySet:
    """The cases within `scope` that are open after their time, the longest overdue first: what is escalated."""
    return cases_seen(scope).overdue(at)


def open_of(person: Person) -> CaseQuerySet:
    """The open cases that `person` owns and that wait for them, the earliest deadline first."""
    return Case.objects.open().filter(owner=person, claimed_at=None).select_related("site", "organisation")


def awaiting(person: Person, scope: Scope) -> CaseQuerySet:
    """The cases within `scope` reported as done that `person` could confirm: neither theirs nor claimed by them."""
    claimed = Step.objects.filter(case=OuterRef("pk"), kind=StepKind.CLAIMED, by=person)
    others = cases_seen(scope).open().filter(claimed_at__isnull=False)
    return others.filter(Q(owner=None) | ~Q(owner=person)).filter(~Exists(claimed))
