"""Which visits there were to a site, to an organisation, together, or within a reader's areas.

Voided ones are left out, except where a reader looks at everything. Not here: what rules count (the programmes).
"""

from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from mingjing.kernel.parties.guard import Scope
from mingjing.kernel.parties.models import Organisation
from mingjing.kernel.places.models import Site
from mingjing.kernel.visits.models import Visit, VisitQuerySet

__all__ = ["between", "joint_of", "visits_of_organisation", "visits_of_site", "visits_seen"]


def visits_of_site(site: Site) -> VisitQuerySet:
    """Every programme's visits to `site`, the last first."""
    return Visit.objects.standing().filter(site=site).told()


def visits_of_organisation(organisation: Organisation, first: date, last: date) -> VisitQuerySet:
    """Every programme's visits to `organisation` and its branches on these days, both included: its load."""
    theirs = Q(organisation=organisation) | Q(organisation__branch_of=organisation)
    return between(Visit.objects.standing().filter(theirs), first, last).told()


def joint_of(visit: Visit) -> VisitQuerySet:
    """The other visits made together with `visit`; none when it was made alone."""
    if visit.joint is None:
        return Visit.objects.none()
    return Visit.objects.standing().filter(joint=visit.joint).exclude(pk=visit.pk).told()


def visits_seen(scope: Scope) -> VisitQuerySet:
    """The visits within `scope`, voided ones too."""
    return scope.within(Visit.objects.told())  # type: ignore[return-value]  # a filter keeps the class


def between(visits: VisitQuerySet, first: date | None, last: date | None) -> VisitQuerySet:
    """Those of `visits` that began on these days, both included; without a day, open on that side."""
    if first and first > date.min:  # the ends of the calendar leave that side open: nothing lies beyond them
        visits = visits.filter(entered_at__gte=_midnight(first))
    if last and last < date.max:
        return visits.filter(entered_at__lt=_midnight(last + timedelta(days=1)))
    return visits


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
