"""Files of complaints taken in: read in the background, previewed, then applied whole or not at all.

What is kept of a file is a table in which callers are tokens already; the original is known by its digest only. Not
here: reading one (policy.reading).
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mingjing.kernel.intakes import models as intakes
from mingjing.kernel.intakes.models import LineKind

__all__ = ["Intake", "IntakeLine"]


class Intake(intakes.Intake):
    """A file of complaints of `area`.

    `original_digest` is of the file as it came, which is not kept. `counts` are how many lines of each kind there are,
    and of how many nobody knows the community.
    """

    named = "complaints.intake"

    mapping_name = models.CharField(_("mapping"), max_length=60)
    mapping_text = models.TextField()
    original_digest = models.CharField(max_length=64)


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
