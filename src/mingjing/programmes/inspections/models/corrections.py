"""Corrections of entries: what an authority asks for, and what somebody who watches over it decided. Only added.

Not here: the entry that takes the old one's place (entries).
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingjing.kernel.parties.models import Person
from mingjing.programmes.inspections.models.entries import Entry

__all__ = ["Correction"]


class Correction(models.Model):
    """What an entry should say, and why; two people: nobody decides on what they asked for.

    `after` is {"firm", "task", "entered_at", "left_at", "officers", "helpers", "purpose", "trigger", "items"}: keys,
    instants as texts. `made` is the entry that stands since it was agreed to; declined, it has an `answer` instead.
    """

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="corrections")
    after = models.JSONField()
    reason = models.CharField(_("reason"), max_length=300)
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    made = models.OneToOneField(Entry, models.PROTECT, null=True, related_name="+")
    answer = models.CharField(_("reason"), max_length=300, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["entry_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=Q(decided_at=None), name="inspections_correction_one_open"
            ),
            models.CheckConstraint(
                condition=Q(asked_by=None) | Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
                name="inspections_correction_two_people",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, made=None, answer="")
                | Q(decided_at__isnull=False, made__isnull=False, answer="")
                | (Q(decided_at__isnull=False, made=None) & ~Q(answer="")),
                name="inspections_correction_decided_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.asked_at}"
