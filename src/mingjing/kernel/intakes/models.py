"""What every table of such files has. Not here: the lines, which are each programme's own."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mingjing.engine.kept import recall
from mingjing.engine.outcome import Problem
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area

__all__ = ["Intake", "LineKind"]


class Intake(models.Model):
    """A file of records of `area`. Finished means applied, discarded or failed (with every problem).

    `named` is how facts name files of this kind. `input_digest` names what was kept of the file, `counts` are how many
    lines of each kind there are, `attempt` counts readings. Its lines are its `lines`.
    """

    named: ClassVar[str]

    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    file_name = models.CharField(_("file"), max_length=200)
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
        abstract = True
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(applied_at=None) | Q(applied_at__isnull=False, approved_at__isnull=False, failed_at=None),
                name="%(app_label)s_%(class)s_applied_whole",
            ),
            models.CheckConstraint(
                condition=Q(approved_at=None) | Q(approved_at__isnull=False, read_at__isnull=False, discarded_at=None),
                name="%(app_label)s_%(class)s_approved_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.file_name}"

    @property
    def subject(self) -> str:
        """How facts name it."""
        return f"{self.named}:{self.pk}"

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

    @property
    def kept_lines(self) -> Any:
        """The manager of its lines."""
        return getattr(self, "lines")  # noqa: B009  # each programme's own relation


class LineKind(models.TextChoices):
    """What a line of a file would do."""

    ADDED = "added", _("New")
    CHANGED = "changed", _("Changed")
    SAME = "same", _("Unchanged")
