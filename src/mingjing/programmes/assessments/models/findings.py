"""Findings of visit records as rows, for questions across sheets: a view of the database, read and never written.

A record keeps its sheet as one JSON text (ADR 0006), and the view says what stands there now. Void records have their
findings too: ask for `record__voided_at=None`. Not here: what a sheet comes to (policy, queries.sheets).
"""

from django.db import models

from mingjing.programmes.assessments.models.rounds import Entry, Round
from mingjing.programmes.assessments.models.visits import VisitRecord

__all__ = ["Finding"]


class Finding(models.Model):
    """One finding as it stands: on which check, how often or how much (`steps` of its rule), where, by whom, when.

    `n` is its place on the sheet. `fact` joins findings that are one fact, deducted once. `by_token` names a person.
    """

    id = models.CharField(primary_key=True, max_length=100)
    record = models.ForeignKey(VisitRecord, models.DO_NOTHING, related_name="+")
    entry = models.ForeignKey(Entry, models.DO_NOTHING, related_name="+")
    round = models.ForeignKey(Round, models.DO_NOTHING, related_name="+")
    n = models.PositiveIntegerField()
    version = models.PositiveIntegerField()
    check_code = models.CharField(max_length=40)
    steps = models.PositiveBigIntegerField()
    fact = models.CharField(max_length=60)
    place = models.CharField(max_length=200)
    note = models.TextField()
    by_token = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "assessments_finding"
        ordering = ["record_id", "n"]

    def __str__(self) -> str:
        return f"{self.record_id} {self.check_code}"
