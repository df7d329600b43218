"""Who may see an exhibit, look at what it shows, and handle it: asked here for every page and every byte.

An exhibit is as open as its area, its access class and the part of the house it belongs to allow, all three. What is
sealed is shown to those who may open it, and opening it takes a reason. Not here: what is written down when somebody
looks (actions).
"""

from collections.abc import Iterable
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.utils.module_loading import import_string

from mingjing.kernel import registry
from mingjing.kernel.evidence.models import Access, Exhibit
from mingjing.kernel.parties.guard import may
from mingjing.kernel.parties.models import Person

__all__ = ["MANAGE", "PERMISSIONS", "admitted", "admitted_to", "home_of", "may_manage", "may_see", "words_for"]

MANAGE = "evidence.exhibit.manage"
PERMISSIONS = {
    Access.INTERNAL: "evidence.exhibit.view",
    Access.RESTRICTED: "evidence.exhibit.view_restricted",
    Access.SEALED: "evidence.exhibit.open_sealed",
}
"""The permission that each access class takes."""


def admitted(person: Person | AnonymousUser, subject: str, on: date) -> bool:
    """Whether the part of the house that `subject` is of lets `person` near its evidence that day."""
    owner = registry.owner_of(subject)
    if owner is None or not isinstance(person, Person):
        return False
    return not owner.evidence_door or bool(import_string(owner.evidence_door)(person, subject, on))


def admitted_to(person: Person | AnonymousUser, subjects: Iterable[str], on: date) -> set[str]:
    """Those of `subjects` whose part of the house lets `person` near their evidence that day.

    In a number of queries that does not grow, where that part answers for many at once (`evidence_doors`).
    """
    by_owner: dict[str, set[str]] = {}
    for subject in subjects:
        if owner := registry.owner_of(subject):
            by_owner.setdefault(owner.code, set()).add(subject)
    found: set[str] = set()
    for code, wanted in by_owner.items():
        if (doors := registry.manifests()[code].evidence_doors) and isinstance(person, Person):
            found |= import_string(doors)(person, wanted, on)
        else:
            found |= {subject for subject in wanted if admitted(person, subject, on)}
    return found


def may_see(person: Person | AnonymousUser, exhibit: Exhibit, on: date) -> bool:
    """Whether `person` may see that day that `exhibit` is there, and what it is; sealed ones open with a reason."""
    permission = PERMISSIONS[Access(exhibit.access)]
    return may(person, permission, area=exhibit.area, on=on) and admitted(person, exhibit.subject, on)


def may_manage(person: Person | AnonymousUser, exhibit: Exhibit, on: date) -> bool:
    """Whether `person` may withdraw `exhibit` or change its access that day."""
    return may_see(person, exhibit, on) and may(person, MANAGE, area=exhibit.area, on=on)


def home_of(subject: str) -> tuple[str, str] | None:
    """The title and address of the page that `subject` has, if its part of the house says one."""
    owner = registry.owner_of(subject)
    if owner is None or not owner.evidence_home:
        return None
    found: tuple[str, str] | None = import_string(owner.evidence_home)(subject)
    return found


def words_for(exhibit: Exhibit, about: str = "") -> list[str]:
    """What the part of the house that an exhibit belongs to writes on the watermark of its copies: where, what for.

    `about` is what it was taken for, as that part names it; nothing personal stands in it.
    """
    owner = registry.owner_of(exhibit.subject)
    if owner is None or not owner.evidence_words:
        return [exhibit.area.name]
    return list(import_string(owner.evidence_words)(exhibit.subject, about))
