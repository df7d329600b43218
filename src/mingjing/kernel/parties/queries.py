"""Which people and organisations a reader sees, given where their right holds. Not here: the right (guard)."""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from mingjing.kernel.jobs.models import Delivery, DeliveryQuerySet
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.guard import Scope
from mingjing.kernel.parties.models import (
    Organisation,
    OrganisationQuerySet,
    Person,
    PersonQuerySet,
    RoleGrant,
)
from mingjing.kernel.places.models import within_subtrees

__all__ = ["deliveries_seen", "facts_seen", "grants_ending_soon", "grants_seen", "organisations_seen", "people_seen"]

SOON = timedelta(days=14)
"""How long before a role ends those who manage people hear of it."""


def facts_seen(scope: Scope) -> "QuerySet[Fact]":
    """The facts that belong to an area within `scope`, and those of the installation as a whole."""
    return Fact.objects.filter(scope.of_facts()) if scope else Fact.objects.none()


def deliveries_seen(scope: Scope) -> DeliveryQuerySet:
    """The background work that follows from such facts."""
    return Delivery.objects.filter(scope.of_facts("fact__")) if scope else Delivery.objects.none()


def grants_seen(scope: Scope) -> "QuerySet[RoleGrant]":
    """The roles, held or ended, that lie within `scope` or cover it from above."""
    return scope.reached(RoleGrant.objects.all())


def grants_ending_soon(scope: Scope, today: date) -> "QuerySet[RoleGrant]":
    """The roles within `scope` that end of themselves from today on within SOON."""
    ending = RoleGrant.objects.filter(ended_at=None, last_day__range=(today, today + SOON), person__left_at=None)
    return scope.within(ending)


def people_seen(scope: Scope) -> PersonQuerySet:
    """The people with such a role, and those registered within `scope` who wait for their first.

    Who was registered nowhere (at the command line) and has no role is seen by nobody.
    """
    if not scope:
        return PersonQuerySet(Person).none()
    theirs = Q(person=OuterRef("pk"))
    return PersonQuerySet(Person).filter(
        Exists(grants_seen(scope).filter(theirs))
        | (within_subtrees(scope.paths, "area") & ~Exists(RoleGrant.objects.filter(theirs)))
    )


def organisations_seen(scope: Scope) -> OrganisationQuerySet:
    """The organisations registered within `scope`, and those of which no area is recorded.

    Those without an area everybody may see, by decision: names and credit codes of bodies are public, and an
    organisation that works in many districts (a company, a ministry) must be found in each of them.
    """
    if not scope:
        return OrganisationQuerySet(Organisation).none()
    return OrganisationQuerySet(Organisation).filter(within_subtrees(scope.paths, "area") | Q(area=None))
