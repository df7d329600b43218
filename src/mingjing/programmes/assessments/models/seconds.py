"""Blind second visits: which communities another team looks at again, by lot, committed to before.

The secret is told when the lot is drawn; what was drawn stays sealed until the last of its days, for the first team is
never told. Not here: the lot (policy.seconds), who may know what when (queries.seconds).
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.models.rounds import Round

__all__ = ["SecondDraw"]


class SecondDraw(models.Model):
    """A lot for the second visits of a round. `inputs` and `document` are canonical JSON (policy.seconds)."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="second_draws")
    inputs = models.TextField()
    inputs_digest = models.CharField(max_length=64)
    commitment = models.CharField(max_length=64)
    secret = models.CharField(max_length=64)
    committed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    committed_at = models.DateTimeField()
    drawn_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    drawn_at = models.DateTimeField(_("drawn"), null=True)
    document = models.TextField(blank=True)
    document_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["round_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["round"], name="assessments_seconddraw_once"),
            models.CheckConstraint(
                condition=Q(drawn_at=None, document="", document_digest="")
                | (Q(drawn_at__gte=F("committed_at")) & ~Q(document="") & ~Q(document_digest="")),
                name="assessments_seconddraw_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.inputs_digest[:12]}"

    @property
    def subject(self) -> str:
        """How facts name it."""
        return f"assessments.seconds:{self.pk}"
