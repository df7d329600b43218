"""Warnings as they stand: raised by the rules, never by a person, never deleted; and what people did about each.

`policy.warnings` says what one is; this is where it is kept. Not here: judging, deadlines.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.inspections.models.catalogue import Authority
from mingjing.programmes.inspections.models.firms import Firm

__all__ = ["Act", "Severity", "Warning", "WarningAct", "WarningRecord"]


class Severity(models.IntegerChoices):
    """As policy.rules.Level."""

    INFO = 1, _("Information")
    YELLOW = 2, _("Yellow")
    RED = 3, _("Red")


class Warning(models.Model):
    """What a rule found, about a firm's visits or an authority's; the engine is its author.

    `identity` is a digest of rule, firm, authority, key and the run of records it began with: judging again finds the
    same row. `reasons` are engine.outcome reasons as kept. Where several authorities take part `authority` is the one
    that made it worse (the last to come). `lapsed_at` and `lapse` say that the records no longer bear it out, and why;
    it stays. `merged_into` is the warning that people took it together with.
    """

    identity = models.CharField(max_length=64, unique=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    firm = models.ForeignKey(Firm, models.PROTECT, null=True, related_name="warnings")
    authority = models.ForeignKey(Authority, models.PROTECT, null=True, related_name="warnings")
    rules = models.ForeignKey(Version, models.PROTECT, null=True, related_name="+")
    rule = models.CharField(max_length=20)
    level = models.PositiveSmallIntegerField(choices=Severity.choices)
    key = models.JSONField(default=list)
    first_day = models.DateField()
    last_day = models.DateField()
    count = models.PositiveIntegerField()
    reasons = models.JSONField()
    raised_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    lapsed_at = models.DateTimeField(null=True)
    lapse = models.JSONField(null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="parts")
    state = models.CharField(max_length=24, default="raised")
    due = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-level", "due", "-id"]
        indexes = [
            models.Index(fields=["area", "state", "due"], name="inspections_warning_queue"),
            models.Index(fields=["authority", "state", "due"], name="inspections_warning_authority"),
            models.Index(fields=["firm", "last_day"], name="inspections_warning_firm"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(level__in=Severity.values), name="inspections_warning_level_known"),
            models.CheckConstraint(
                condition=Q(firm__isnull=False) | Q(authority__isnull=False), name="inspections_warning_about_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.firm_id or self.authority_id}"

    @property
    def subject(self) -> str:
        """How facts name it."""
        return f"inspections.warning:{self.pk}"


class WarningRecord(models.Model):
    """A record that a warning counts, as facts name it (an entry, or another programme's visit)."""

    warning = models.ForeignKey(Warning, models.PROTECT, related_name="records")
    record = models.CharField(max_length=160)
    day = models.DateField()

    class Meta:
        ordering = ["warning_id", "day", "id"]
        indexes = [models.Index(fields=["record"], name="inspections_warningrecord_by")]
        constraints = [models.UniqueConstraint(fields=["warning", "record"], name="inspections_warningrecord_once")]

    def __str__(self) -> str:
        return self.record


class Act(models.TextChoices):
    """What people can do about a warning."""

    EXPLAINED = "explained", _("Explained by the authority")
    VERIFIED = "verified", _("Verified by the supervisor")
    JUSTIFIED = "justified", _("Found justified")
    TO_CORRECT = "to_correct", _("To be corrected")
    CORRECTED = "corrected", _("Corrected")
    REFERRED = "referred", _("Referred")
    CLOSED = "closed", _("Closed")
    INTERVIEW = "interview", _("Interview of the head")
    REPORTED = "reported_to_government", _("Reported to the government")


class WarningAct(models.Model):
    """One act of one person on one warning, with its reason; only added. `evidence` names exhibits."""

    warning = models.ForeignKey(Warning, models.PROTECT, related_name="acts")
    number = models.PositiveIntegerField()
    act = models.CharField(max_length=24, choices=Act.choices)
    reason_code = models.CharField(max_length=40, blank=True)
    text = models.CharField(max_length=1000)
    evidence = models.JSONField(default=list)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["warning_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["warning", "number"], name="inspections_warningact_number_once"),
            models.CheckConstraint(condition=Q(act__in=Act.values), name="inspections_warningact_known"),
        ]

    def __str__(self) -> str:
        return f"{self.warning_id} {self.act}"
