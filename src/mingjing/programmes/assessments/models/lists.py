"""What is made of a round's results: what-if replays, and files to take away, both worked on in the background.

Not here: results themselves (models.replays).
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mingjing.engine.kept import recall
from mingjing.engine.outcome import Problem
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.models.replays import Replay
from mingjing.programmes.assessments.models.rounds import Round

__all__ = ["Export", "ExportKind", "WhatIf"]


class WhatIf(models.Model):
    """A question: what would these rounds have come to under that scheme? Touches no round.

    `scheme_text` is the document as it stood when asked, for a draft goes on changing. Each round is answered by a
    replay whose results carry the round's own figures as the expected ones.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    scheme = models.ForeignKey(Version, models.PROTECT, related_name="+")
    scheme_text = models.TextField()
    scheme_digest = models.CharField(max_length=64)
    requested_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField()
    rounds = models.ManyToManyField(Round, related_name="+")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.pk} {self.scheme_id}"

    @property
    def subject(self) -> str:
        """How facts name it."""
        return f"assessments.what_if:{self.pk}"


class ExportKind(models.TextChoices):
    """What a file to take away holds."""

    WORKBOOK = "workbook", _("Workbook for the office")
    DECISIONS = "decisions", _("All decision files")


class Export(models.Model):
    """A file made of the results of `replay` in the background and kept among the originals under its digest."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="exports")
    replay = models.ForeignKey(Replay, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=ExportKind.choices)
    requested_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField()
    attempt = models.PositiveIntegerField(default=0)
    completed_at = models.DateTimeField(null=True)
    file_name = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)
    problems = models.JSONField(default=list)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(completed_at=None, sha256="")
                | (Q(completed_at__isnull=False, failed_at=None) & ~Q(sha256="")),
                name="assessments_export_completed_whole",
            ),
            models.CheckConstraint(condition=Q(kind__in=ExportKind.values), name="assessments_export_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}"

    @property
    def subject(self) -> str:
        """How facts name it."""
        return f"assessments.export:{self.pk}"

    @property
    def told_problems(self) -> tuple[Problem, ...]:
        """The problems of a failed one, to be said in the reader's language."""
        problems: tuple[Problem, ...] = recall(self.problems)
        return problems
