"""The register of communities a district keeps, who manages them, and the rosters it is brought up to date from.

A community is a site with what the district knows of it; an engagement carries all blame and credit of a company.
Rounds copy what they freeze (models.rounds), so a later change here never reaches back. Not here: reading a roster
file (policy.rosters), deciding a class (policy.classes).
"""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingjing.kernel.intakes.models import Intake, LineKind
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area, Site, within_subtree

__all__ = ["Community", "CommunityQuerySet", "Engagement", "Management", "Roster", "RosterLine"]


class Management(models.TextChoices):
    """Who looks after a community."""

    COMPANY = "company", _("Property company")
    SELF = "self", _("Managed by its owners")
    NONE = "none", _("Nobody yet")


class CommunityQuerySet(models.QuerySet["Community"]):
    def current(self) -> Self:
        """Those still on the register."""
        return self.filter(removed_at=None)

    def under(self, area: Area) -> Self:
        """Those that lie in the subtree of `area`."""
        return self.filter(within_subtree(area.path, "place"))


class Community(models.Model):
    """An estate (小区) on the register of the district `area`, known there by `number`.

    `place` is the neighbourhood (or the subdistrict) it lies in. `company_name` is as the roster writes it; `company`
    is the legal entity once it is known. Fees are yuan per square metre and month, the lowest and the highest charged.
    Communities of one `group` are visited together.
    `attributes` are further values that schemes ask for, texts by attribute code. `words` is what it is searched by.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    number = models.CharField(_("number"), max_length=40)
    name = models.CharField(_("name"), max_length=200)
    words = models.TextField(editable=False, default="")
    site = models.OneToOneField(Site, models.PROTECT, related_name="community")
    place = models.ForeignKey(Area, models.PROTECT, related_name="+")
    management = models.CharField(max_length=10, choices=Management.choices, default=Management.COMPANY)
    company = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="communities")
    company_name = models.CharField(_("company"), max_length=200, blank=True)
    completed_year = models.PositiveSmallIntegerField(_("year completed"), null=True)
    fee_low = models.DecimalField(_("lowest fee"), max_digits=8, decimal_places=4, null=True)
    fee_high = models.DecimalField(_("highest fee"), max_digits=8, decimal_places=4, null=True)
    buildings = models.PositiveIntegerField(_("buildings"), null=True)
    households = models.PositiveIntegerField(_("households"), null=True)
    floor_area = models.DecimalField(_("floor area"), max_digits=12, decimal_places=2, null=True)
    group = models.CharField(_("visited together with"), max_length=40, blank=True)
    attributes = models.JSONField(default=dict)
    recorded_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    removed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True)
    removal_reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = CommunityQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["area", "number"], name="assessments_community_number_once"),
            models.CheckConstraint(
                condition=Q(fee_low=None, fee_high=None)
                | Q(fee_low__isnull=False, fee_high__isnull=False, fee_low__gte=0, fee_high__gte=F("fee_low")),
                name="assessments_community_fees_in_order",
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None, removal_reason="")
                | (Q(removed_at__isnull=False, removed_at__gte=F("recorded_at")) & ~Q(removal_reason="")),
                name="assessments_community_removed_whole",
            ),
            models.CheckConstraint(
                condition=Q(management__in=Management.values), name="assessments_community_management_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        """How facts name it."""
        return f"assessments.community:{self.pk}"

    @property
    def fee(self) -> str:
        """What is charged, as people write it: 0.3–0.5; empty where nobody said."""
        if self.fee_low is None or self.fee_high is None:
            return ""
        return "–".join(f"{fee.normalize():f}" for fee in sorted({self.fee_low, self.fee_high}))


class Engagement(models.Model):
    """A company looked after a community between two days (both included; None: not known, or still)."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="engagements")
    company = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="engagements")
    company_name = models.CharField(max_length=200)
    first_day = models.DateField(_("from"), null=True)
    last_day = models.DateField(_("until"), null=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["community_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community"], condition=Q(last_day=None), name="assessments_engagement_one_open"
            ),
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(first_day=None) | Q(last_day__gte=F("first_day")),
                name="assessments_engagement_days_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company_name} {self.community_id}"


class Roster(Intake):
    """A file that brings the register of `area` up to date.

    `counts` are how many lines of each kind there are, and of how many registered communities the file says nothing.
    """

    named = "assessments.roster"


class RosterLine(models.Model):
    """A line of a previewed roster: the `values` it would write, and for a change what stood there `before`.

    `warnings` are kept reasons (engine.kept) a person should look at before approving: a renamed community, a company
    that is not known, a fee that may be in the wrong unit.
    """

    roster = models.ForeignKey(Roster, models.PROTECT, related_name="lines")
    row = models.PositiveIntegerField()
    number = models.CharField(max_length=40)
    kind = models.CharField(max_length=8, choices=LineKind.choices)
    community = models.ForeignKey(Community, models.PROTECT, null=True, related_name="+")
    values = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    warnings = models.JSONField(default=list)

    class Meta:
        ordering = ["roster_id", "row"]
        constraints = [
            models.UniqueConstraint(fields=["roster", "number"], name="assessments_rosterline_number_once"),
            models.CheckConstraint(condition=Q(kind__in=LineKind.values), name="assessments_rosterline_kind_known"),
        ]
        indexes = [models.Index(fields=["roster", "kind", "row"], name="assessments_rosterline_kind")]

    def __str__(self) -> str:
        return f"{self.roster_id} {self.row} {self.kind}"
