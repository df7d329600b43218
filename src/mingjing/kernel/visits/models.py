"""Visits: who went where, why, in and out; one table for every programme.

A row is made when somebody enters (or is turned away at the door), never from a plan. Not here: what was found (each
programme's own rows), evidence, plans and draws.
"""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingjing.kernel.db.ids import uuid7
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area, Site

__all__ = ["Part", "Participant", "Visit", "VisitQuerySet"]

LATE = timedelta(hours=24)
"""A visit recorded this long after it began is shown as recorded late."""


class VisitQuerySet(models.QuerySet["Visit"]):
    def standing(self) -> "VisitQuerySet":
        """Those that were not voided."""
        return self.filter(voided_at=None)

    def told(self) -> "VisitQuerySet":
        """With everything a line about a visit names: a constant number of queries, whatever their number."""
        return self.select_related("area", "site__area", "organisation").prefetch_related("participants__person")


class Visit(models.Model):
    """One entry to one place.

    `programme` is the code of a manifest and `purpose` that programme's word for why, which decides what rules count
    it. `subject` names what it is about there, as facts do. `organisation` is the legal entity that was entered.
    Visits made together (by several programmes, or to several places) share `joint`. `arrival` is what a phone said on
    entering: {"how": "code"|"position"|"none", "latitude", "longitude" (decimal texts, WGS-84), "accuracy" and
    "distance" to the site (whole metres), "clock_offset" (whole seconds the phone's clock was ahead), "signals":
    [codes]}; a claim that reviewers see, never a condition. `recorded_at` is when the system learned of it: later than
    `entered_at` for work without a signal.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    programme = models.CharField(max_length=40)
    purpose = models.CharField(max_length=40)
    subject = models.CharField(max_length=160)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="visits")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="visits")
    joint = models.UUIDField(null=True)
    arrival = models.JSONField(default=dict)
    entered_at = models.DateTimeField(_("entered"))
    left_at = models.DateTimeField(_("left"), null=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    voided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    voided_at = models.DateTimeField(null=True)
    void_reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering = ["-entered_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=F("entered_at")), name="visits_visit_in_before_out"
            ),
            models.CheckConstraint(
                condition=Q(voided_at=None, voided_by=None, void_reason="")
                | (Q(voided_at__isnull=False, voided_at__gte=F("recorded_at")) & ~Q(void_reason="")),
                name="visits_visit_voided_whole",
            ),
            models.CheckConstraint(
                condition=Q(site__isnull=False) | Q(organisation__isnull=False), name="visits_visit_somewhere"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "entered_at"], name="visits_visit_organisation"),
            models.Index(fields=["site", "entered_at"], name="visits_visit_site"),
            models.Index(fields=["subject"], name="visits_visit_subject"),
            models.Index(fields=["entered_at", "id"], name="visits_visit_entered"),
            models.Index(fields=["joint"], name="visits_visit_joint", condition=Q(joint__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.subject}"

    @property
    def late(self) -> bool:
        """Whether the system learned of it a day or more after it began."""
        return self.recorded_at - self.entered_at >= LATE


class Part(models.TextChoices):
    """As what somebody was on a visit."""

    LEAD = "lead", _("Leads the visit")
    MEMBER = "member", _("Member")
    ASSISTANT = "assistant", _("Assistant")


class Participant(models.Model):
    """Somebody who was on a visit, and as what (a `Part`)."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="participants")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    part = models.CharField(max_length=20)

    class Meta:
        ordering = ["visit_id", "id"]
        constraints = [models.UniqueConstraint(fields=["visit", "person"], name="visits_participant_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.part}"

    @property
    def title(self) -> str:
        """As what, in the language of the reader."""
        return str(Part(self.part).label) if self.part in Part.values else self.part
