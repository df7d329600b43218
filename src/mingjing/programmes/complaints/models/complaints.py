"""Complaints as the hotline tells them, and what people decided on each: valid or not, whose duty, a repeat or not.

What the hotline says may change with a later file; decisions are only added, and the latest of each matter counts. Who
called is a token (policy.texts). Not here: which complaint repeats which (policy.repeats).
"""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mingjing.kernel.db.search import SearchWords, matching
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area, Site
from mingjing.programmes.complaints.models.intakes import Intake, Origin

__all__ = ["Complaint", "ComplaintQuerySet", "Decision", "Matter", "Validity"]


class Validity(models.TextChoices):
    """What people found a complaint to be."""

    UNDECIDED = "", _("Still undecided")
    VALID = "valid", _("Valid")
    INVALID = "invalid", _("Invalid")


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    def of_hotline(self) -> Self:
        """Those that the hotline passed on: only they are ranked."""
        return self.filter(origin=Origin.HOTLINE)

    def undecided(self) -> Self:
        """Those on which somebody must still decide."""
        return self.filter(Q(validity="") | Q(validity="valid", duty="") | Q(validity="valid", site=None))

    def called(self, text: str) -> Self:
        """Those whose community (by name, pinyin or initials), category or number `text` means."""
        return self.filter(matching(text, codes=("number",))) if text else self


class Complaint(models.Model):
    """A complaint of `area`, known there by the `number` that whoever keeps it gives: the hotline, or its `origin`.

    `site` is the community it is about, `community_text` what the hotline wrote. `duty` says whose it is: `company`, or
    a code of the rules. `said_valid` and `said_duty` are what the hotline claims, which decides nothing. `apart` is a
    person's word that it repeats nothing. `caller` is a token, empty where callers cannot be told apart.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.HOTLINE)
    number = models.CharField(_("number"), max_length=60)
    opened_on = models.DateField(_("opened"))
    closed_on = models.DateField(_("closed"), null=True)
    community_text = models.CharField(max_length=200, blank=True)
    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="complaints")
    category = models.CharField(_("category"), max_length=100, blank=True)
    place = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    channel = models.CharField(max_length=60, blank=True)
    caller = models.CharField(max_length=22, blank=True)
    said_valid = models.CharField(max_length=8, blank=True)
    said_duty = models.CharField(max_length=20, blank=True)
    said_repeat = models.BooleanField(default=False)
    validity = models.CharField(max_length=8, blank=True, choices=Validity.choices)
    duty = models.CharField(max_length=20, blank=True)
    apart = models.BooleanField(default=False)
    intake = models.ForeignKey(Intake, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    words = SearchWords("community_text", also=("category", "number"))

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["area", "origin", "number"], name="complaints_complaint_number_once"),
            models.CheckConstraint(condition=Q(origin__in=Origin.values), name="complaints_complaint_origin_known"),
            models.CheckConstraint(
                condition=Q(validity__in=Validity.values), name="complaints_complaint_validity_known"
            ),
            models.CheckConstraint(
                condition=Q(duty="") | Q(validity="valid"), name="complaints_complaint_duty_of_valid_only"
            ),
        ]
        indexes = [
            models.Index(fields=["area", "opened_on", "id"], name="complaints_complaint_by_day"),
            models.Index(fields=["site", "caller", "category", "opened_on"], name="complaints_complaint_issue"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """How facts name it."""
        return f"complaints.complaint:{self.pk}"

    @property
    def needs_decision(self) -> bool:
        """Whether somebody must still decide on it."""
        return not self.validity or (self.validity == "valid" and (not self.duty or self.site_id is None))


class Matter(models.TextChoices):
    """What a decision is about."""

    VALIDITY = "validity", _("Validity")
    DUTY = "duty", _("Whose duty")
    REPEAT = "repeat", _("Repeat or not")


class Decision(models.Model):
    """One decision of one person on one matter, with the reason; never changed. The latest of a matter counts.

    `verdict` is `valid` or `invalid`; a code of a duty (then `site` is the community); `apart` or `merged`.
    """

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="decisions")
    number = models.PositiveIntegerField()
    matter = models.CharField(max_length=8, choices=Matter.choices)
    verdict = models.CharField(max_length=20)
    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=500)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["complaint_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["complaint", "number"], name="complaints_decision_number_once"),
            models.CheckConstraint(condition=Q(matter__in=Matter.values), name="complaints_decision_matter_known"),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(verdict=""), name="complaints_decision_reasoned"),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.matter} {self.verdict}"
