"""Second visits by lot, committed to before: which communities another team looks at again, and who where none can.

The secret is told when a lot is drawn; what was drawn stays sealed until its last day: the first team is never told.
Not here: the lots (policy.seconds, policy.crews), who may know what when (queries.seconds, queries.crews).
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.models.draws import TeamDay
from mingjing.programmes.assessments.models.rounds import Entry, Round

__all__ = ["CrewDraw", "SecondDraw"]


class _Lot(models.Model):
    """What is drawn from inputs that are fixed, by a seed that was committed to; both texts are canonical JSON."""

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
        abstract = True
        ordering = ["round_id", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(drawn_at=None, document="", document_digest="")
                | (Q(drawn_at__gte=F("committed_at")) & ~Q(document="") & ~Q(document_digest="")),
                name="%(app_label)s_%(class)s_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inputs_digest[:12]}"


class SecondDraw(_Lot):
    """A lot for the blind second visits of a round."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="second_draws")

    class Meta(_Lot.Meta):
        constraints = [
            models.UniqueConstraint(fields=["round"], name="assessments_seconddraw_once"),
            *_Lot.Meta.constraints,
        ]

    @property
    def subject(self) -> str:
        """How facts name it."""
        return f"assessments.seconds:{self.pk}"


class CrewDraw(_Lot):
    """A crew called together for one community to which no team can go on that day, saying why; drawn, its team-day."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="crew_draws")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="crew_draws")
    day = models.DateField()
    reason = models.CharField(_("reason"), max_length=300)
    team_day = models.OneToOneField(TeamDay, models.PROTECT, null=True, related_name="crew")

    class Meta(_Lot.Meta):
        constraints = [
            models.UniqueConstraint(fields=["entry", "day"], name="assessments_crewdraw_once"),
            models.CheckConstraint(
                condition=Q(drawn_at=None, team_day=None) | Q(drawn_at__isnull=False, team_day__isnull=False),
                name="assessments_crewdraw_goes",
            ),
            *_Lot.Meta.constraints,
        ]

    @property
    def subject(self) -> str:
        """How facts name it."""
        return f"assessments.crew:{self.pk}"
