"""Exhibits by what they belong to: all of them, those a person may see, and figures for many subjects at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet

from mingjing.kernel.evidence.access import PERMISSIONS, admitted
from mingjing.kernel.evidence.models import Access, Exhibit
from mingjing.kernel.parties.guard import areas_where
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import within_subtrees

__all__ = ["Summary", "exhibits_of", "exhibits_seen", "summaries"]


@dataclass(frozen=True, slots=True)
class Summary:
    """How many exhibits of a subject stand, how many of them not everybody sees, and how many were withdrawn."""

    standing: int = 0
    closed: int = 0
    withdrawn: int = 0


def exhibits_of(subject: str) -> QuerySet[Exhibit]:
    """The exhibits of `subject` that stand, in the order in which they were recorded, whoever asks."""
    return Exhibit.objects.standing().filter(subject=subject)


def exhibits_seen(
    person: Person | AnonymousUser, subjects: str | Iterable[str], on: date, *, withdrawn: bool = False
) -> QuerySet[Exhibit]:
    """The exhibits of these subjects that `person` may see that day; withdrawn ones too if asked.

    One query, besides what the door of a subject's own part of the house asks for each subject.
    """
    wanted = [subjects] if isinstance(subjects, str) else list(dict.fromkeys(subjects))
    wanted = [subject for subject in wanted if admitted(person, subject, on)]
    scopes = ((access, areas_where(person, code, on=on)) for access, code in PERMISSIONS.items())
    allowed = [Q(access=access) & within_subtrees(scope.paths, "area") for access, scope in scopes if scope]
    if not wanted or not allowed:
        return Exhibit.objects.none()
    found = Exhibit.objects.all() if withdrawn else Exhibit.objects.standing()
    return found.filter(reduce(or_, allowed), subject__in=wanted)


def summaries(subjects: Iterable[str]) -> Mapping[str, Summary]:
    """The figures of each of these subjects, in one query. Figures only: they say nothing of what is shown."""
    wanted = list(dict.fromkeys(subjects))
    stands = Q(withdrawn_at=None)
    rows = (
        Exhibit.objects.filter(subject__in=wanted)
        .order_by()
        .values_list("subject")
        .annotate(
            standing=Count("id", filter=stands),
            closed=Count("id", filter=stands & ~Q(access=Access.INTERNAL)),
            withdrawn=Count("id", filter=~stands),
        )
    )
    found = {subject: Summary(*figures) for subject, *figures in rows}
    return {subject: found.get(subject, Summary()) for subject in wanted}
