"""For which authorities a person works on a day, and what of entries and warnings they therefore see.

An officer sees their own authority's; who watches over all of them in an area sees all. Not here: rights (guard).
"""

from datetime import date

from django.db.models import Q, QuerySet

from mingjing.kernel.parties.guard import areas_where
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import within_subtrees
from mingjing.programmes.inspections.models import Entry, Post, Warning
from mingjing.programmes.inspections.models.catalogue import holding

__all__ = ["EVERY", "authorities_of", "entries_seen", "sees", "warnings_seen"]

EVERY = "inspections.warning.view_all"
"""Who holds it sees entries and warnings of every authority in the area."""


def authorities_of(person: Person, on: date) -> frozenset[int]:
    """The keys of the authorities that `person` works for that day."""
    return frozenset(Post.objects.filter(holding(on), person=person).values_list("authority", flat=True))


def warnings_seen(person: Person, on: date) -> QuerySet[Warning]:
    """The warnings that a reader sees, with what a line names."""
    related = ("authority__organisation", "firm__organisation", "area")
    return Warning.objects.filter(_seen(person, "inspections.warning.view", on)).select_related(*related)


def entries_seen(person: Person, on: date) -> QuerySet[Entry]:
    """The entries that a reader sees, with what a line names."""
    related = ("visit", "authority__organisation", "firm__organisation", "firm__area", "corrected_by")
    condition = _seen(person, "inspections.entry.view", on, area="firm__area")
    return Entry.objects.filter(condition).select_related(*related)


def sees(person: Person, row: Warning | Entry, on: date) -> bool:
    """Whether a reader sees this one."""
    found = warnings_seen(person, on) if isinstance(row, Warning) else entries_seen(person, on)
    return found.filter(pk=row.pk).exists()


def _seen(person: Person, permission: str, on: date, area: str = "area") -> Q:
    wide, own = areas_where(person, EVERY, on=on), areas_where(person, permission, on=on)
    condition = within_subtrees(wide.paths, area) if wide else Q(pk__in=())
    if own:
        condition |= within_subtrees(own.paths, area) & Q(authority__in=authorities_of(person, on))
    return condition
