"""Who may inspect, and what: authorities on the published list, their people and certificates, inspection items.

Everything has days: what held on the day of a visit can be told years later. Not here: whom (firms), when (plans).
"""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingjing.kernel.db.search import SearchWords, matching
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area

__all__ = ["Authority", "Certificate", "Item", "Level", "Listing", "Method", "Post", "holding"]


def holding(day: date, *, first: str = "first_day", last: str = "last_day") -> Q:
    """The condition "holds on that day", both ends included."""
    return Q(**{f"{first}__lte": day}) & (Q(**{last: None}) | Q(**{f"{last}__gte": day}))


class Level(models.TextChoices):
    """Whose authority it is; B3 adds up the levels in one field."""

    CITY = "city", _("City")
    DISTRICT = "district", _("District")


class AuthorityQuerySet(models.QuerySet["Authority"]):
    def listed(self, on: date) -> Self:
        """Those on the published list of that day."""
        return self.filter(models.Exists(Listing.objects.filter(holding(on), authority=models.OuterRef("pk"))))


class Authority(models.Model):
    """A body that inspects (执法主体): one by law, or a body to which `delegated_by` delegated (受委托组织).

    `area` is where it inspects and whose supervisors watch it; `field` its field of law, in the words of the rules.
    """

    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="authority")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    level = models.CharField(_("level"), max_length=10, choices=Level.choices)
    field = models.CharField(_("field of law"), max_length=60)
    delegated_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="delegates")
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    objects = AuthorityQuerySet.as_manager()

    class Meta:
        ordering = ["organisation__name", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(level__in=Level.values), name="inspections_authority_level_known"),
            models.CheckConstraint(
                condition=Q(delegated_by=None) | ~Q(delegated_by=F("id")), name="inspections_authority_not_by_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.organisation.name

    @property
    def subject(self) -> str:
        """How facts name it."""
        return f"inspections.authority:{self.pk}"


class Listing(models.Model):
    """An authority stands on the published list, for certain days, by an act (A1)."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="listings")
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until"), null=True, blank=True)
    basis = models.CharField(_("legal basis"), max_length=300)
    reference = models.CharField(_("where it is published"), max_length=300)
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["authority_id", "first_day"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "first_day"], name="inspections_listing_once"),
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")), name="inspections_listing_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authority_id} {self.first_day}"


class Post(models.Model):
    """A person works for an authority, for certain days: they see its drafts, and may be sent with a certificate."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="posts")
    person = models.ForeignKey(Person, models.PROTECT, related_name="posts")
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until"), null=True, blank=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["authority_id", "person_id", "first_day"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "person", "first_day"], name="inspections_post_once"),
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")), name="inspections_post_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authority_id} {self.person_id}"


class Certificate(models.Model):
    """An officer's certificate (执法证): for which fields of law (`scope`, empty: all of the authority's) and days.

    From `revoked_on` it is worth nothing.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="certificates")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="certificates")
    number = models.CharField(_("number of the certificate"), max_length=40, unique=True)
    scope = models.JSONField(_("scope"), default=list)
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until"))
    revoked_on = models.DateField(_("revoked"), null=True)
    revoke_reason = models.CharField(_("reason"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        indexes = [models.Index(fields=["person", "last_day"], name="inspections_certificate_holder")]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="inspections_certificate_days_in_order"
            ),
            models.CheckConstraint(
                condition=Q(revoked_on=None, revoke_reason="") | (Q(revoked_on__isnull=False) & ~Q(revoke_reason="")),
                name="inspections_certificate_revoked_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def holds(self, day: date) -> bool:
        """Whether it is valid on that day."""
        return self.first_day <= day <= self.last_day and (self.revoked_on is None or day < self.revoked_on)


class Method(models.TextChoices):
    """How an item is inspected."""

    ON_SITE = "on_site", _("On site")
    OFF_SITE = "off_site", _("Off site")
    WRITTEN = "written", _("In writing")


class ItemQuerySet(models.QuerySet["Item"]):
    def published(self, on: date) -> Self:
        """Those that may be inspected on that day."""
        return self.filter(holding(on))

    def search(self, text: str) -> Self:
        """Items found by title, pinyin, initials or code."""
        return self.filter(matching(text, codes=["code"]))


class Item(models.Model):
    """An inspection item of the published list (检查事项): nothing off the list may be inspected (A3).

    A changed item is a new row from its first day on; the old one ends the day before. `legal_basis` and `checklist`
    are lists of texts; `cap` the most visits a year for this item, where the law names one.
    """

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="items")
    code = models.CharField(_("code"), max_length=40)
    title = models.CharField(_("title"), max_length=300)
    legal_basis = models.JSONField(_("legal basis"), default=list)
    object_class = models.CharField(_("whom it concerns"), max_length=200, blank=True)
    method = models.CharField(_("method"), max_length=10, choices=Method.choices, default=Method.ON_SITE)
    checklist = models.JSONField(_("what is checked"), default=list)
    cap = models.PositiveIntegerField(_("most visits a year"), null=True, blank=True)
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until"), null=True, blank=True)
    published_at_url = models.CharField(_("where it is published"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    words = SearchWords("title", also=("code",))

    objects = ItemQuerySet.as_manager()

    class Meta:
        ordering = ["authority_id", "code", "first_day"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "code", "first_day"], name="inspections_item_once"),
            models.CheckConstraint(condition=Q(method__in=Method.values), name="inspections_item_method_known"),
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")), name="inspections_item_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.title
