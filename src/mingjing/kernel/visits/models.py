"""Visits: who went where, why, in and out; one table for every programme.

A row is made when somebody enters (or is turned away at the door), never from a plan. Not here: what was found (each
programme's own rows), evidence, plans and draws.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingjing.kernel.db.ids import uuid7
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area, Site

__all__ = ["Participant", "Visit"]


class Visit(models.Model):
    """One entry to one place.

    `programme` is the code of a manifest and `purpose` that programme's word for why, which decides what rules count
    it. `subject` names what it is about there, as facts do. `organisation` is the legal entity that was entered.
    Visits made together (by several programmes, or to several places) share `joint`. `recorded_at` is when the system
    learned of it: later than `entered_at` for work without a signal.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    programme = models.CharField(max_length=40)
    purpose = models.CharField(max_length=40)
    subject = models.CharField(max_length=160)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="visits")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="visits")
    joint = models.UUIDField(null=True)
    entered_at = models.DateTimeField(_("entered"))
    left_at = models.DateTimeField(_("left"), null=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    voided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    voided_at = models.DateTimeField(null=True)
    void_reason = models.CharField(_("reason"), max_length=300, blank=True)

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
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.subject}"


class Participant(models.Model):
    """Somebody who was on a visit, and as what (`lead`, `member`, `assistant`: the programme's word)."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="participants")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    part = models.CharField(max_length=20)

    class Meta:
        ordering = ["visit_id", "id"]
        constraints = [models.UniqueConstraint(fields=["visit", "person"], name="visits_participant_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.part}"
