"""What people do with background work: start again what failed."""

from datetime import datetime

from django.db import transaction

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.jobs.models import Delivery
from mingjing.kernel.ledger import writer

__all__ = ["retry_delivery"]


@transaction.atomic
def retry_delivery(*, delivery: Delivery, by: writer.Actor | None, at: datetime) -> Delivery:
    """Let a failed delivery be tried again, with all its attempts; refuses one that did not fail."""
    delivery = Delivery.objects.select_for_update(of=("self",)).select_related("fact").get(pk=delivery.pk)
    if delivery.failed_at is None:
        text = N_("This work did not fail, or somebody has started it again: reload the page to see where it stands.")
        raise Refusal([Problem("jobs.delivery.not_failed", text)])
    attempts, delivery.attempts = delivery.attempts, 0
    delivery.failed_at, delivery.due_at = None, at
    delivery.save(update_fields=["attempts", "failed_at", "due_at"])
    writer.append(
        kind="jobs.delivery.retried",
        subject=f"jobs.delivery:{delivery.pk}",
        data={"reaction": delivery.reaction, "fact": delivery.fact_id, "attempts": attempts},
        area=delivery.fact.within,
        by=by,
        at=at,
    )
    return delivery
