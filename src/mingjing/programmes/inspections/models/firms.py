"""Whom: enterprises as inspections know them, their risk grades, exemptions, and the quiet days of an area.

The legal entity is kernel.parties' organisation, its registered place and the fixed code on its wall kernel.places'
site and entry code. Not here: visits.
"""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area, Site
from mingjing.programmes.inspections.models.catalogue import Authority
from mingjing.programmes.inspections.models.rosters import Roster

__all__ = ["Exemption", "Firm", "Grade", "QuietDays", "RiskGrade"]


class FirmManager(models.Manager["Firm"]):
    """The firms on the register: those that a file is only bringing are nobody's business yet."""

    def get_queryset(self) -> models.QuerySet["Firm"]:
        """All but those whose file is not taken in whole."""
        return super().get_queryset().filter(roster=None)


class Firm(models.Model):
    """An enterprise that may be inspected; `above_scale` (规上) and `hazard` (高危) are what quiet days ask for.

    `site` is its registered place, whose standing entry code is the firm's fixed code. `roster` is the file that brings
    it, until all of that is taken in (docs/adr/0018); `objects` are the others, `every` is all of them.
    """

    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="firm")
    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="firms")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    industry = models.CharField(_("industry"), max_length=60, blank=True)
    above_scale = models.BooleanField(_("above the statistical scale"), default=False)
    hazard = models.BooleanField(_("high hazard"), default=False)
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    roster = models.ForeignKey(Roster, models.PROTECT, null=True, related_name="+", db_index=False)

    objects: ClassVar[FirmManager] = FirmManager()
    every: ClassVar[models.Manager["Firm"]] = models.Manager()

    class Meta:
        ordering = ["organisation__name", "id"]
        indexes = [
            models.Index(fields=["roster"], condition=Q(roster__isnull=False), name="inspections_firm_coming"),
        ]

    def __str__(self) -> str:
        return self.organisation.name

    @property
    def subject(self) -> str:
        """How facts name it."""
        return f"inspections.firm:{self.pk}"


class RiskGrade(models.TextChoices):
    """Credit and risk in one letter."""

    A = "A", "A"
    B = "B", "B"
    C = "C", "C"
    D = "D", "D"


class Grade(models.Model):
    """A firm's grade from a day on, until the next; only added."""

    firm = models.ForeignKey(Firm, models.PROTECT, related_name="grades")
    grade = models.CharField(_("risk grade"), max_length=1, choices=RiskGrade.choices)
    first_day = models.DateField(_("from"))
    basis = models.CharField(_("basis"), max_length=300)
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["firm_id", "-first_day", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(grade__in=RiskGrade.values), name="inspections_grade_known"),
            models.UniqueConstraint(fields=["firm", "first_day"], name="inspections_grade_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.firm_id} {self.grade}"


class Exemption(models.Model):
    """A firm is exempt from routine visits (无事不扰), of one authority or of all, for certain days, by an act."""

    firm = models.ForeignKey(Firm, models.PROTECT, related_name="exemptions")
    authority = models.ForeignKey(Authority, models.PROTECT, null=True, blank=True, related_name="+")
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until"))
    basis = models.CharField(_("basis"), max_length=300)
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["firm_id", "first_day"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="inspections_exemption_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.firm_id} {self.first_day}"


class QuietDays(models.Model):
    """Days on which firms of an area are left alone (宁静日), by an act: from `month_from` to `month_to` of each month.

    `weekdays` (1 Monday … 7 Sunday) narrows it or, without days of the month, stands alone. `above_scale_only` protects
    firms above the scale only; firms of high hazard are not protected unless `hazard_too`.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until"), null=True, blank=True)
    month_from = models.PositiveSmallIntegerField(_("from day of the month"), null=True, blank=True)
    month_to = models.PositiveSmallIntegerField(_("to day of the month"), null=True, blank=True)
    weekdays = models.JSONField(_("days of the week"), default=list)
    above_scale_only = models.BooleanField(_("only firms above the scale"), default=False)
    hazard_too = models.BooleanField(_("firms of high hazard too"), default=False)
    basis = models.CharField(_("basis"), max_length=300)
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["area_id", "first_day", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(month_from=None, month_to=None)
                | Q(month_from__gte=1, month_to__gte=F("month_from"), month_to__lte=31),
                name="inspections_quietdays_month_in_order",
            ),
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")), name="inspections_quietdays_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.basis

    def protects(self, firm: Firm, on: date) -> bool:
        """Whether `firm` is to be left alone on that day."""
        if on < self.first_day or (self.last_day and on > self.last_day):
            return False
        if (self.above_scale_only and not firm.above_scale) or (firm.hazard and not self.hazard_too):
            return False
        if self.month_from and self.month_to and not self.month_from <= on.day <= self.month_to:
            return False
        return not self.weekdays or on.isoweekday() in self.weekdays
