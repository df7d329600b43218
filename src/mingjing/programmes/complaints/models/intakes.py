"""Files of complaints taken in: read in the background, previewed, then applied whole or not at all.

What is kept of a file is a table in which callers are tokens already; the original is known by its digest only. Not
here: reading one (policy.reading).
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mingjing.engine.kept import recall
from mingjing.engine.outcome import Problem
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area

__all__ = ["Intake", "IntakeLine", "LineKind"]


class Intake(models.Model):
    """A file of complaints of `area`. Finished means applied, discarded or failed (with every problem).

    `original_digest` is of the file as it came, which is not kept; `input_digest` names what was kept of it. `counts`
    are how many lines of each kind there are, and of how many nobody knows the community. `attempt` counts readings.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    file_name = models.CharField(_("file"), max_length=200)
    mapping_name = models.CharField(_("mapping"), max_length=60)
    mapping_text = models.TextField()
    original_digest = models.CharField(max_length=64)
    input_digest = models.CharField(max_length=64)
    requested_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField()
    attempt = models.PositiveIntegerField(default=0)
    read_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    discarded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    discarded_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(applied_at=None) | Q(applied_at__isnull=False, approved_at__isnull=False, failed_at=None),
                name="complaints_intake_applied_whole",
            ),
            models.CheckConstraint(
                condition=Q(approved_at=None) | Q(approved_at__isnull=False, read_at__isnull=False, discarded_at=None),
                name="complaints_intake_approved_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.file_name}"

    @property
    def subject(self) -> str:
        """How facts name it."""
        return f"complaints.intake:{self.pk}"

    @property
    def state(self) -> str:
        """`reading`, `previewed`, `applying`, `applied`, `discarded` or `failed`."""
        ends = (("failed", self.failed_at), ("discarded", self.discarded_at), ("applied", self.applied_at))
        steps = (*ends, ("applying", self.approved_at), ("previewed", self.read_at))
        return next((name for name, moment in steps if moment), "reading")

    @property
    def told_problems(self) -> tuple[Problem, ...]:
        """The problems of a failed one, to be said in the reader's language."""
        problems: tuple[Problem, ...] = recall(self.problems)
        return problems


class LineKind(models.TextChoices):
    """What a line would do."""

    ADDED = "added", _("New")
    CHANGED = "changed", _("Changed")
    SAME = "same", _("Unchanged")


class IntakeLine(models.Model):
    """A line of a previewed file: the `values` it would write, and for a change what stood there `before`.

    `site` is the community its text means, where one is known. Lines that say what is known already are counted only.
    """

    intake = models.ForeignKey(Intake, models.PROTECT, related_name="lines")
    row = models.PositiveIntegerField()
    number = models.CharField(max_length=60)
    kind = models.CharField(max_length=8, choices=LineKind.choices)
    site = models.ForeignKey("places.Site", models.PROTECT, null=True, related_name="+")
    values = models.JSONField(default=dict)
    before = models.JSONField(default=dict)

    class Meta:
        ordering = ["intake_id", "row"]
        constraints = [
            models.UniqueConstraint(fields=["intake", "number"], name="complaints_intakeline_number_once"),
            models.CheckConstraint(condition=Q(kind__in=LineKind.values), name="complaints_intakeline_kind_known"),
        ]
        indexes = [models.Index(fields=["intake", "kind", "row"], name="complaints_intakeline_kind")]

    def __str__(self) -> str:
        return f"{self.intake_id} {self.row} {self.kind}"
