"""People, organisations, the roles people hold, and for which organisation somebody acts.

Not here: what a role allows (declared by manifests, asked at `guard`), what somebody may do for an organisation
(`mandates`), employers' internal structure, contact lists.
"""

import secrets
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mingjing.engine.chain import content_digest
from mingjing.kernel.db.prepared import Prepared
from mingjing.kernel.db.search import SearchWords, matching
from mingjing.kernel.places.models import Area, within_subtree


def new_token() -> str:
    """128 random bits: the name facts know a person by, or the salt without which a fact's digest tells nothing."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a role grant comes to when a permission is asked for: a role, a subtree, and days (both ends included)."""

    role: str
    path: str
    first: date
    last: date | None
    ended: date | None

    def holds(self, on: date) -> bool:
        """Whether the role is held on that day; on the day it is ended it no longer is."""
        if self.ended is not None and on >= self.ended:
            return False
        return self.first <= on and (self.last is None or on <= self.last)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a mandate comes to: for which organisation, as what, in which matter (empty: in all), on which days."""

    organisation: int
    capacity: str
    matter: str
    first: date
    last: date | None
    ended: date | None

    def holds(self, on: date) -> bool:
        """Whether it holds on that day; on the day it is revoked it no longer does."""
        if self.ended is not None and on >= self.ended:
            return False
        return self.first <= on and (self.last is None or on <= self.last)


class PersonQuerySet(models.QuerySet["Person"]):
    def search(self, text: str) -> Self:
        """People found by name, pinyin, initials or username."""
        return self.filter(matching(text))


PersonManager = BaseUserManager.from_queryset(PersonQuerySet)  # what sign-in asks for, and the searches above


class Person(AbstractBaseUser):
    """Someone who signs in. Facts name people by `token` only, so a person's data can go and the facts stay.

    `area` is where they were registered: until they are given a role, only those whose right covers it see them.
    Whoever was registered without one (at the command line, to become the first administrator) nobody sees until then.
    """

    username = models.CharField(_("username"), max_length=60, unique=True)
    display_name = models.CharField(_("name"), max_length=100)
    token = models.CharField(max_length=32, unique=True, editable=False, default=new_token)
    preferred_language = models.CharField(_("language"), max_length=16, default="zh-hans")
    is_demo = models.BooleanField(default=False)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    registered_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    registered_at = models.DateTimeField()
    left_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    left_at = models.DateTimeField(null=True)
    left_reason = models.CharField(_("reason"), max_length=300, blank=True)
    words = SearchWords("display_name", also=("username",))

    objects = PersonManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    class Meta:
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(
                condition=Q(left_at=None, left_by=None, left_reason="")
                | Q(left_at__isnull=False, left_at__gte=F("registered_at")),
                name="parties_person_left_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # Django's is a plain attribute; here it follows from left_at
        """Whether the person may sign in."""
        return self.left_at is None

    @cached_property
    def grants(self) -> tuple[Grant, ...]:
        """Every role this person was ever given: one query, kept as long as this object (a request)."""
        return tuple(grant.as_value() for grant in _GRANTS.ask(person=self.pk))

    @cached_property
    def mandates(self) -> tuple[Standing, ...]:
        """Every mandate this person was ever given: one query, kept as long as this object (a request)."""
        return tuple(mandate.as_value() for mandate in _MANDATES.ask(person=self.pk))

    @property
    def home(self) -> Area | None:
        """Whose affair this person is: the area of the role they hold, the newest of several; else of their last role.

        Without any role: where they were registered.
        """
        newest = self.role_grants.order_by(F("ended_at").asc(nulls_first=True), "-granted_at", "-id")
        grant = newest.select_related("area").first()
        return grant.area if grant else self.area

    def prefer_language(self, code: str) -> None:
        """Remember the language this person reads in: a habit of theirs, no fact for the ledger."""
        self.preferred_language = code
        self.save(update_fields=["preferred_language"])

    def forget_grants(self) -> None:
        """Read roles and mandates anew the next time they are asked for."""
        self.__dict__.pop("grants", None)
        self.__dict__.pop("mandates", None)


class OrganisationKind(models.TextChoices):
    """What kind of body an organisation is, as the first two characters of its credit code tell (GB 32100)."""

    AUTHORITY = "authority", _("Public authority")
    INSTITUTION = "institution", _("Public institution")
    ENTERPRISE = "enterprise", _("Enterprise")
    INDIVIDUAL = "individual", _("Individual business")
    COOPERATIVE = "cooperative", _("Farmers' cooperative")
    SOCIAL = "social", _("Social organisation")
    COLLECTIVE = "collective", _("Village collective")
    OTHER = "other", _("Other body")


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def under(self, area: Area) -> Self:
        """Organisations registered in the subtree of `area`."""
        return self.filter(within_subtree(area.path, "area"))

    def search(self, text: str) -> Self:
        """Organisations found by name, pinyin or initials, or whose credit code begins with `text`."""
        return self.filter(matching(text, codes=["credit_code"]))


class Organisation(models.Model):
    """A body with a unified social credit code. A branch has its own code and its own row, below its parent's."""

    credit_code = models.CharField(_("unified social credit code"), max_length=18, unique=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=OrganisationKind.choices)
    branch_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="branches")
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="organisations")
    salt = models.CharField(max_length=32, editable=False, default=new_token)
    recorded_at = models.DateTimeField()
    words = SearchWords()

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=Exact(Length("credit_code"), 18), name="parties_organisation_code_whole"),
            models.CheckConstraint(
                condition=Q(kind__in=OrganisationKind.values), name="parties_organisation_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(branch_of=None) | ~Q(branch_of=F("id")), name="parties_organisation_not_own_branch"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def digest(self) -> str:
        """What the ledger keeps of this row: salted, for the name of an individual business is a person's."""
        parent = self.branch_of.credit_code if self.branch_of else None
        area = self.area.code if self.area else None
        described = {"code": self.credit_code, "name": self.name, "kind": self.kind, "parent": parent, "area": area}
        return content_digest({"salt": self.salt, **described})


class RoleGrant(models.Model):
    """A person holds a role within an area, for certain days, by an appointing act. Ended, never deleted."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="role_grants")
    role = models.CharField(_("role"), max_length=40)
    area = models.ForeignKey(Area, models.PROTECT, related_name="role_grants")
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until"), null=True, blank=True)
    act = models.CharField(_("appointing act"), max_length=200)
    act_reference = models.CharField(_("reference of the act"), max_length=100)
    salt = models.CharField(max_length=32, editable=False, default=new_token)
    granted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField()
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-first_day", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")), name="parties_rolegrant_days_in_order"
            ),
            models.CheckConstraint(condition=~Q(act="") & ~Q(act_reference=""), name="parties_rolegrant_act_named"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, end_reason="")
                | (Q(ended_at__isnull=False, ended_at__gte=F("granted_at")) & ~Q(end_reason="")),
                name="parties_rolegrant_end_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.area_id}"

    def digest(self) -> str:
        """What the ledger keeps of the appointing act: it names people, so salted."""
        return content_digest({"salt": self.salt, "act": self.act, "reference": self.act_reference})

    def as_value(self) -> Grant:
        """This grant as the guard weighs it."""
        ended = timezone.localdate(self.ended_at) if self.ended_at else None
        return Grant(self.role, self.area.path, self.first_day, self.last_day, ended)


_GRANTS = Prepared(lambda person: RoleGrant.objects.filter(person=person).select_related("area"))


class Capacity(models.TextChoices):
    """As what somebody acts for an organisation."""

    HEAD = "head", _("Head: acts in everything, and lets others act")
    STAFF = "staff", _("Staff: acts in everything")
    COUNSEL = "counsel", _("Counsel: acts in one case only")


class Mandate(models.Model):
    """A person acts for an organisation, for certain days, by an act. Revoked, never deleted.

    `matter` names the one case that counsel acts in, as facts name it (`proceedings.proceeding:7`); others act in all.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="mandates_held")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="mandates")
    capacity = models.CharField(_("capacity"), max_length=10, choices=Capacity.choices)
    matter = models.CharField(max_length=160, blank=True)
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until"), null=True, blank=True)
    act = models.CharField(_("act of appointment"), max_length=200)
    act_reference = models.CharField(_("reference of the act"), max_length=100)
    salt = models.CharField(max_length=32, editable=False, default=new_token)
    given_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField()
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-first_day", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(capacity__in=Capacity.values), name="parties_mandate_capacity_known"),
            models.CheckConstraint(
                condition=Q(capacity=Capacity.COUNSEL) ^ Q(matter=""), name="parties_mandate_counsel_has_matter"
            ),
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")), name="parties_mandate_days_in_order"
            ),
            models.CheckConstraint(condition=~Q(act="") & ~Q(act_reference=""), name="parties_mandate_act_named"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, end_reason="")
                | (Q(ended_at__isnull=False, ended_at__gte=F("given_at")) & ~Q(end_reason="")),
                name="parties_mandate_end_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.capacity} {self.organisation_id}"

    def digest(self) -> str:
        """What the ledger keeps of the act: it names people, so salted."""
        return content_digest({"salt": self.salt, "act": self.act, "reference": self.act_reference})

    def as_value(self) -> Standing:
        """This mandate as `mandates` weighs it."""
        ended = timezone.localdate(self.ended_at) if self.ended_at else None
        return Standing(self.organisation_id, self.capacity, self.matter, self.first_day, self.last_day, ended)


_MANDATES = Prepared(lambda person: Mandate.objects.filter(person=person))
