"""What changes a decision afterwards: what upheld objections and appeals change, what was established later.

A correction keeps what it corrects: the record stays as it was locked, and its sheet as it counts is worked out anew
(policy.corrections). Not here: proceedings (kernel.proceedings), the lists that follow (models.editions).
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.programmes.assessments.models.rounds import Entry, Filing
from mingjing.programmes.assessments.models.visits import VisitRecord

__all__ = ["Correction", "Delivery", "Reopening"]


class Delivery(models.Model):
    """A visit record reached the company it is about: objections to its findings run from `delivered_at`. Append-only.

    `how` is free text for the file: handed over, by post, opened at the company's own door.
    """

    record = models.OneToOneField(VisitRecord, models.PROTECT, related_name="delivery")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    delivered_at = models.DateTimeField(_("delivered"))
    how = models.CharField(_("how"), max_length=300)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["record_id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(delivered_at__lte=models.F("at")), name="assessments_delivery_not_ahead"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.organisation_id}"


class Correction(models.Model):
    """What an upheld objection or appeal (`proceeding`) changes about an entry, one thing a row. Append-only.

    Either a finding of a record (`finding` is its key, `steps` what it comes to; 0 strikes it), or a filing that no
    longer counts, or neither: the listing itself falls. It counts while its proceeding stands decided as upheld; of
    several on one finding the newest.
    """

    proceeding = models.ForeignKey(Proceeding, models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="corrections")
    record = models.ForeignKey(VisitRecord, models.PROTECT, null=True, related_name="corrections")
    finding = models.CharField(max_length=40, blank=True)
    check_code = models.CharField(max_length=40, blank=True)
    steps_before = models.PositiveIntegerField(null=True)
    steps = models.PositiveIntegerField(null=True)
    filing = models.ForeignKey(Filing, models.PROTECT, null=True, related_name="corrections")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(record=None, finding="", check_code="", steps_before=None, steps=None)
                | (Q(record__isnull=False, filing=None, steps__lt=models.F("steps_before")) & ~Q(finding="")),
                name="assessments_correction_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.finding or self.filing_id or ''}".strip()


class Reopening(models.Model):
    """A veto, or a contradiction of a bonus, approved only after the decision (`filing`), with its `proceeding`.

    Append-only.
    `tier` is where the rules put the entry with it, as its company is told. It counts once its proceeding stands
    decided, shown to the public and signed.
    """

    filing = models.OneToOneField(Filing, models.PROTECT, related_name="reopening")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="reopenings")
    proceeding = models.OneToOneField(Proceeding, models.PROTECT, related_name="+")
    tier = models.CharField(_("tier"), max_length=40)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.filing_id}"
