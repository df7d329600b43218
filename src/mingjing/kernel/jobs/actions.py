"""Writes of the background work: people start again what failed, and each day begins once for the whole house."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel import registry
from mingjing.kernel.db.locks import exclusive
from mingjing.kernel.jobs.models import Delivery
from mingjing.kernel.ledger import writer
from mingjing.kernel.ledger.models import Fact

__all__ = ["DAY", "begin_day", "retry_delivery"]

DAY = "jobs.day.begun"
"""The fact that daily work reacts to: {"day": the day, in ISO}."""


def begin_day(*, at: datetime) -> Fact | None:
    """Record that a day has begun, once for each, where some part has work for every day; what follows are reactions.

    Workers call it, as many as there are; None where it was recorded, or nothing would follow.
    """
    if not registry.reactions_to(DAY):
        return None
    day = localdate(at).isoformat()
    with transaction.atomic():
        exclusive(DAY)
        if Fact.objects.filter(kind=DAY, subject=f"jobs.day:{day}").exists():
            return None
        return writer.append(kind=DAY, subject=f"jobs.day:{day}", data={"day": day}, area=None, by=None, at=at)


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
