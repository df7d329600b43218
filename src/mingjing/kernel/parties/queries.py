"""Which people and organisations a reader sees, given where their right holds. Not here: the right (guard)."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from mingjing.kernel.parties.guard import Scope
from mingjing.kernel.parties.models import (
    Organisation,
    OrganisationQuerySet,
    Person,
    PersonQuerySet,
    RoleGrant,
)
from mingjing.kernel.places.models import within_subtrees

__all__ = ["grants_seen", "organisations_seen", "people_seen"]


def grants_seen(scope: Scope) -> "QuerySet[RoleGrant]":
    """The roles, held or ended, that lie within `scope` or cover it from above."""
    if not scope:
        return RoleGrant.objects.none()
    return RoleGrant.objects.filter(within_subtrees(scope.paths, "area") | Q(area__path__in=scope.above))


def people_seen(scope: Scope) -> PersonQuerySet:
    """The people with such a role, and those who were never given any: they wait for their first."""
    if not scope:
        return PersonQuerySet(Person).none()
    theirs = Q(person=OuterRef("pk"))
    return PersonQuerySet(Person).filter(
        Exists(grants_seen(scope).filter(theirs)) | ~Exists(RoleGrant.objects.filter(theirs))
    )


def organisations_seen(scope: Scope) -> OrganisationQuerySet:
    """The organisations registered within `scope`, and those of which no area is recorded."""
    if not scope:
        return OrganisationQuerySet(Organisation).none()
    return OrganisationQuerySet(Organisation).filter(within_subtrees(scope.paths, "area") | Q(area=None))
