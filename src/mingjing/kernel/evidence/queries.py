"""Exhibits by what they belong to: all of them, those a person may see, and figures for many subjects at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import or_
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet

from mingjing.kernel.evidence.access import PERMISSIONS, admitted_to
from mingjing.kernel.evidence.looks import NEAR
from mingjing.kernel.evidence.models import Access, Exhibit, Likeness
from mingjing.kernel.parties.guard import areas_where
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import within_subtrees

__all__ = ["Alike", "Summary", "exhibits_of", "exhibits_seen", "likenesses", "summaries"]


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

    One query, besides those of the doors of the parts of the house that the subjects are of.
    """
    wanted = admitted_to(person, [subjects] if isinstance(subjects, str) else set(subjects), on)
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


@dataclass(slots=True)
class Alike:
    """What looks like a picture: those the reader may see with how many bits apart, nearest first; how many they may
    not, and how many a page leaves out. `elsewhere` counts all of another subject than its own."""

    seen: list[tuple[Exhibit, int]] = field(default_factory=list)
    unseen: int = 0
    elsewhere: int = 0
    unlisted: int = 0


def likenesses(
    person: Person | AnonymousUser, exhibits: Iterable[Exhibit], on: date, *, within: int = NEAR
) -> Mapping[UUID, Alike]:
    """What looks like each of these pictures, as `person` may know it that day, by id; none for what looks like none.

    Two queries, besides those of the doors. What was withdrawn is told of all the same: that is where copies end up.
    """
    own = {exhibit.pk: exhibit for exhibit in exhibits}
    pairs = Likeness.objects.filter(Q(first__in=own) | Q(second__in=own), distance__lte=within).order_by("distance")
    other: dict[UUID, list[tuple[UUID, int]]] = {}
    for first, second, apart in pairs.values_list("first_id", "second_id", "distance"):
        for one, its in ((first, second), (second, first)):
            if one in own:
                other.setdefault(one, []).append((its, apart))
    subjects = dict(Exhibit.objects.filter(pk__in={pk for found in other.values() for pk, _ in found})
                    .values_list("pk", "subject"))  # fmt: skip
    seen = exhibits_seen(person, subjects.values(), on, withdrawn=True).filter(pk__in=subjects)
    rows = {exhibit.pk: exhibit for exhibit in seen.select_related("recorded_by", "area")}
    return {one: _alike(own[one], found, rows, subjects) for one, found in other.items()}


def _alike(
    exhibit: Exhibit, found: list[tuple[UUID, int]], rows: Mapping[UUID, Exhibit], subjects: Mapping[UUID, str]
) -> Alike:
    seen = [(rows[pk], apart) for pk, apart in found if pk in rows]
    return Alike(seen, len(found) - len(seen), sum(subjects[pk] != exhibit.subject for pk, _ in found))
