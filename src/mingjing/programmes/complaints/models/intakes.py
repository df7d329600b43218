"""Files of complaints taken in: read in the background, previewed, then applied whole or not at all.

What is kept of a file is a table in which callers are tokens already; the original is known by its digest only. Not
here: reading one (policy.reading).
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingjing.kernel.intakes import models as intakes
from mingjing.kernel.intakes.models import LineKind

__all__ = ["Intake", "IntakeLine", "Origin"]


class Origin(models.TextChoices):
    """Who keeps the records of a file (policy.mapping.ORIGINS)."""

    HOTLINE = "hotline", _("Complaint of the hotline")
    PETITION = "petition", _("Petition")
    LAWSUIT = "lawsuit", _("Lawsuit")


class Intake(intakes.Intake):
    """A file of complaints of `area`.

    `original_digest` is of the file as it came, which is not kept. `counts` are how many lines of each kind there are,
    and of how many nobody knows the community. The file has every record of its `origin` from `first_day` to `last_day`
    (both none: it does not say of which days), so that a community without one is known to have none.
    """

    named = "complaints.intake"

    mapping_name = models.CharField(_("mapping"), max_length=60)
    mapping_text = models.TextField()
    original_digest = models.CharField(max_length=64)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.HOTLINE)
    first_day = models.DateField(_("first day"), null=True)
    last_day = models.DateField(_("last day"), null=True)

    class Meta(intakes.Intake.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *intakes.Intake.Meta.constraints,
            models.CheckConstraint(condition=Q(origin__in=Origin.values), name="complaints_intake_origin_known"),
            models.CheckConstraint(
                condition=Q(first_day=None, last_day=None, origin=Origin.HOTLINE)
                | Q(first_day__isnull=False, last_day__isnull=False, first_day__lte=F("last_day")),
                name="complaints_intake_days_whole",
            ),
        ]


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
