"""Published lists: every edition of a round's list with its rows, never changed; a correction is the next edition.

Not here: what had to happen before (policy.procedures, kernel.proceedings), how a list looks.
"""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingjing.engine.kept import recall
from mingjing.engine.outcome import Reason
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.programmes.assessments.models.replays import UNRANKED, Replay
from mingjing.programmes.assessments.models.rounds import Entry, Round

__all__ = ["Edition", "Listed"]


class Edition(models.Model):
    """A published list of a round, the `number`-th; the newest counts. `reason` says why an edition follows another.

    `rows_root` is the Merkle root over its rows in their order (hex), as the fact of its publication tells. `cause` is
    the appeal or objection that was upheld, where one made a correction due.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="editions")
    number = models.PositiveSmallIntegerField()
    replay = models.ForeignKey(Replay, models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    rows_root = models.CharField(max_length=64)
    cause = models.ForeignKey(Proceeding, models.PROTECT, null=True, related_name="+")
    published_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        ordering = ["round_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="assessments_edition_number"),
            models.CheckConstraint(
                condition=Q(number=1, reason="") | (Q(number__gt=1) & ~Q(reason="")),
                name="assessments_edition_reasoned",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.number}"

    @property
    def subject(self) -> str:
        """How facts name it."""
        return f"assessments.edition:{self.pk}"


class Listed(models.Model):
    """A community on a published list: points are hundredths, None where nothing was scored.

    `decided_tier` is what the round's decision gave; where `tier` is another, `reasons` (engine.kept) say why. One that
    is `adverse` has the proceeding in which it was told, heard and decided.
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="rows")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="listed")
    index = models.PositiveIntegerField()
    class_code = models.CharField(_("class"), max_length=40)
    tier = models.CharField(_("tier"), max_length=40)
    decided_tier = models.CharField(max_length=40)
    adverse = models.BooleanField(default=False)
    base = models.IntegerField(null=True)
    bonus = models.IntegerField(null=True)
    total = models.IntegerField(null=True)
    standing = models.PositiveIntegerField(default=UNRANKED)
    company = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    company_name = models.CharField(_("company"), max_length=200, blank=True)
    reasons = models.JSONField(default=list)
    proceeding = models.ForeignKey(Proceeding, models.PROTECT, null=True, related_name="+")
    leaf = models.CharField(max_length=64)

    class Meta:
        ordering = ["edition_id", "index"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "entry"], name="assessments_listed_once"),
            models.UniqueConstraint(fields=["edition", "index"], name="assessments_listed_in_order"),
            models.CheckConstraint(
                condition=Q(adverse=False) | Q(proceeding__isnull=False, company__isnull=False),
                name="assessments_listed_heard",
            ),
            models.CheckConstraint(
                condition=Q(tier=F("decided_tier")) | ~Q(reasons=[]), name="assessments_listed_moved_for_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["edition", "class_code", "standing"], name="assessments_listed_list")]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.entry_id}"

    def told_row(self, number: str) -> dict[str, Any]:
        """What its leaf holds; `number` is that of its entry."""
        return {
            "entry": self.entry_id, "number": number, "class": self.class_code, "tier": self.tier, "total": self.total,
            "base": self.base, "bonus": self.bonus, "company": self.company_id, "decided": self.decided_tier,
        }  # fmt: skip

    @property
    def told_reasons(self) -> tuple[Reason, ...]:
        """Why it stands in another tier than was decided, to be said in the reader's language."""
        reasons: tuple[Reason, ...] = recall(self.reasons)
        return reasons
