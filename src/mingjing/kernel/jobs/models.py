"""Work that follows from a fact: one row for each reaction to it, made in the transaction that appended it.

Not here: taking and running it (worker); what it does (the programmes' `jobs` modules).
"""

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from mingjing.kernel.ledger.models import Fact

__all__ = ["Delivery", "DeliveryQuerySet", "TakenIn"]


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Deliveries by what may happen to them next."""

    def due(self, at: datetime) -> "DeliveryQuerySet":
        """Those a worker may take now, the longest due first: never tried, tried and to be repeated, or let down by a
        worker that was killed."""
        return self.filter(due_at__lte=at).order_by("due_at", "id")

    def failed(self) -> "DeliveryQuerySet":
        """Those given up: only a person starts them again."""
        return self.filter(failed_at__isnull=False).order_by("-failed_at")

    def unfinished(self) -> "DeliveryQuerySet":
        """Those waiting or running."""
        return self.filter(due_at__isnull=False)


class Delivery(models.Model):
    """`reaction` (its code in the registry) to `fact`.

    `due_at` says when a worker may take it. While one runs it, that is when its lease ends, so that the work of a
    killed worker falls due by itself. Exactly one of `due_at`, `done_at` and `failed_at` is set.
    """

    fact = models.ForeignKey(Fact, on_delete=models.PROTECT, related_name="deliveries")
    reaction = models.CharField(max_length=100)
    due_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    worker = models.CharField(max_length=36, blank=True)  # who holds the lease
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)  # what the last attempt said
    steps_done = models.PositiveIntegerField(default=0)
    steps_total = models.PositiveIntegerField(default=0)  # 0: not known
    kept = models.JSONField(default=dict)  # what the handler wants to find again in its next attempt

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["fact", "reaction"], name="jobs_delivery_once_per_fact"),
            models.CheckConstraint(
                name="jobs_delivery_is_in_one_state",
                condition=Q(due_at__isnull=False, done_at__isnull=True, failed_at__isnull=True)
                | Q(due_at__isnull=True, done_at__isnull=False, failed_at__isnull=True, worker="")
                | Q(due_at__isnull=True, done_at__isnull=True, failed_at__isnull=False, worker="") & ~Q(error=""),
            ),
            models.CheckConstraint(
                name="jobs_delivery_steps_add_up", condition=Q(steps_total=0) | Q(steps_done__lte=F("steps_total"))
            ),
        ]
        indexes = [models.Index(fields=["due_at", "id"], name="jobs_delivery_due", condition=Q(due_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.reaction} to fact {self.fact_id}: {self.state}"

    @property
    def state(self) -> str:
        """`waiting`, `running`, `done` or `failed`."""
        if self.done_at:
            return "done"
        if self.failed_at:
            return "failed"
        return "running" if self.worker else "waiting"


class TakenIn(models.Model):
    """How many `bytes` of a journal's `file` the database has, noted by the transaction that took them (journals)."""

    file = models.CharField(max_length=120, primary_key=True)
    bytes = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.file} {self.bytes}"
