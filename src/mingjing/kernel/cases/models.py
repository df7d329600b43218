"""Cases: something that must be put right by somebody by a day, and is confirmed by somebody else.

A case holds where it stands now; every step that led there is a row of its own, never changed. Not here: what a
programme concludes from an open or overdue case.
"""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area, Site

__all__ = ["Case", "CaseQuerySet", "Step", "StepKind"]


class CaseQuerySet(models.QuerySet["Case"]):
    def open(self) -> "CaseQuerySet":
        """Those nobody has confirmed or cancelled."""
        return self.filter(closed_at=None)

    def overdue(self, at: datetime) -> "CaseQuerySet":
        """Those open after their time."""
        return self.open().filter(due_at__lt=at)


class Case(models.Model):
    """`kind` is the programme's word (`rectification`); `subject` names what it is about, as facts do.

    `owner` is the person of the authority who follows it; the one who puts it right is the organisation. Open until
    `closed_at`: confirmed (by somebody who is neither its owner nor claimed it was done) or cancelled with a reason.
    """

    programme = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=160)
    title = models.CharField(_("what"), max_length=300)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="cases")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="cases")
    owner = models.ForeignKey(Person, models.PROTECT, null=True, related_name="cases")
    opened_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(_("due"))
    extended = models.BooleanField(default=False)
    claimed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    claimed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)  # "confirmed" or "cancelled" once closed
    reopened = models.PositiveSmallIntegerField(default=0)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, outcome="")
                | Q(closed_at__isnull=False, closed_at__gte=F("opened_at"), outcome__in=["confirmed", "cancelled"]),
                name="cases_case_closed_whole",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="confirmed") | Q(claimed_by=None) | ~Q(closed_by=F("claimed_by")),
                name="cases_case_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="confirmed") | Q(owner=None) | ~Q(closed_by=F("owner")),
                name="cases_case_not_confirmed_by_owner",
            ),
        ]
        indexes = [
            models.Index(fields=["subject"], name="cases_case_subject"),
            models.Index(fields=["due_at", "id"], name="cases_case_due", condition=Q(closed_at=None)),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def state(self) -> str:
        """`open`, `claimed`, `confirmed` or `cancelled`."""
        return self.outcome or ("claimed" if self.claimed_at else "open")


class StepKind(models.TextChoices):
    """What happened to a case."""

    OPENED = "opened", _("Opened")
    ASSIGNED = "assigned", _("Given to somebody")
    NOTED = "noted", _("Noted")
    EXTENDED = "extended", _("Deadline extended")
    CLAIMED = "claimed", _("Reported as done")
    RETURNED = "returned", _("Not done: sent back")
    CONFIRMED = "confirmed", _("Confirmed as done")
    CANCELLED = "cancelled", _("Cancelled")
    REOPENED = "reopened", _("Opened again")


class Step(models.Model):
    """One thing that happened to a case: who, when, why, and the exhibits (their ids) that show it. Append-only."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=12, choices=StepKind.choices)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    note = models.TextField(blank=True)
    due_at = models.DateTimeField(null=True)
    exhibits = models.JSONField(default=list)

    class Meta:
        ordering = ["case_id", "id"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"
