"""Files that bring the register up to date: read in the background, previewed, then applied whole or not at all.

Not here: what a row is (policy.rosters).
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mingjing.kernel.intakes import models as intakes
from mingjing.kernel.intakes.models import LineKind

__all__ = ["Roster", "RosterLine"]


class Roster(intakes.Intake):
    """A file of authorities, officers, items or firms (`kind`) of `area`, with the mapping of its columns.

    `taken` is the last row whose new firm is recorded, while they are recorded part by part (docs/adr/0018).
    """

    named = "inspections.roster"

    kind = models.CharField(max_length=12)
    mapping_text = models.TextField()
    taken = models.PositiveIntegerField(default=0)


class RosterLine(models.Model):
    """A line of a previewed file: the `values` it would write, and for a change what stood there `before`.

    `key` names it in the file; lines that say what is known already are counted only.
    """

    roster = models.ForeignKey(Roster, models.PROTECT, related_name="lines")
    row = models.PositiveIntegerField()
    key = models.CharField(max_length=120)
    kind = models.CharField(_("kind"), max_length=8, choices=LineKind.choices)
    values = models.JSONField(default=dict)
    before = models.JSONField(default=dict)

    class Meta:
        ordering = ["roster_id", "row"]
        constraints = [
            models.UniqueConstraint(fields=["roster", "key"], name="inspections_rosterline_key_once"),
            models.CheckConstraint(condition=Q(kind__in=LineKind.values), name="inspections_rosterline_kind_known"),
        ]
        indexes = [models.Index(fields=["roster", "kind", "row"], name="inspections_rosterline_kind")]

    def __str__(self) -> str:
        return f"{self.roster_id} {self.row} {self.kind}"

    @property
    def named(self) -> str:
        """How a reader finds it in the file."""
        return str(self.values.get("name") or self.values.get("title") or "")
