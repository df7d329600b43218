"""Who answers for a community on a day: whose duty an order is, and what of it each company sees.

An order is opened for the company whose work the finding was about; while it is open and another comes, it is for that
one to meet. Not here: whose work was judged (queries.sourced), how an order goes on (kernel.cases).
"""

from collections.abc import Sequence
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from mingjing.kernel.cases.models import Case, CaseQuerySet, Step, StepKind
from mingjing.kernel.parties.mandates import Acting
from mingjing.kernel.parties.models import Organisation
from mingjing.programmes.assessments.models import Engagement, Entry

__all__ = ["answers_for", "answers_now", "orders_for", "orders_to_meet", "steps_for"]


def answers_for(case: Case, day: date) -> Organisation | None:
    """Whose it is on a day to put right what an order is about."""
    return _on(_held(Q(community__site=case.site_id)), day) or case.organisation


def answers_now(entry: Entry, day: date) -> Organisation | None:
    """Who looks after the community of an entry on a day; where nobody is on record, the company of the roster."""
    return _on(_held(Q(community=entry.community_id)), day) or entry.company


def orders_for(acting: Acting, today: date) -> CaseQuerySet:
    """The orders that their companies were given, and those of communities that they came to before they were met."""
    whole = acting.everything_of
    came = _current(today).filter(company__in=whole)
    since = Q(first_day=None) | Q(first_day__lte=OuterRef("closed_at__date"))
    theirs = Q(Exists(came), closed_at=None) | Q(Exists(came.filter(since)), closed_at__isnull=False)
    found: CaseQuerySet = Case.objects.filter(Q(organisation__in=whole) | theirs, programme="assessments")
    return found.select_related("site", "organisation", "area")


def orders_to_meet(acting: Acting, today: date) -> CaseQuerySet:
    """Those that are open and for one of their companies to meet now."""
    others = _current(today).exclude(company__in=acting.everything_of)
    found: CaseQuerySet = orders_for(acting, today).open().exclude(Exists(others))
    return found


def steps_for(acting: Acting, case: Case) -> list[Step]:
    """The opening of an order, and what happened to it on the days on which a company of theirs answered for it."""
    held = _held(Q(community__site=case.site_id))
    return [
        step
        for step in case.steps.order_by("number")
        if step.kind == StepKind.OPENED or _their(acting, case, held, step)
    ]


def _their(acting: Acting, case: Case, held: Sequence[Engagement], step: Step) -> bool:
    there = _on(held, timezone.localdate(step.at))
    return acting.covers(there.pk if there else case.organisation_id)


def _current(today: date) -> QuerySet[Engagement]:
    """Who looks after the site of an outer row on a day."""
    found = Engagement.objects.filter(community__site=OuterRef("site"), company__isnull=False)
    return found.filter(Q(first_day=None) | Q(first_day__lte=today), Q(last_day=None) | Q(last_day__gte=today))


def _held(about: Q) -> list[Engagement]:
    """Who looked after a community, the latest first."""
    found = Engagement.objects.filter(about, company__isnull=False).select_related("company")
    return list(found.order_by(F("first_day").desc(nulls_last=True), "-id"))


def _on(held: Sequence[Engagement], day: date) -> Organisation | None:
    for one in held:
        if (one.first_day is None or one.first_day <= day) and (one.last_day is None or day <= one.last_day):
            return one.company
    return None
