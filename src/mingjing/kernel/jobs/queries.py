"""Reads of the background work."""

from mingjing.kernel.jobs.models import Delivery, DeliveryQuerySet

__all__ = ["deliveries_about"]


def deliveries_about(subject: str) -> DeliveryQuerySet:
    """What follows, or followed, from the facts about `subject`; newest first, with their facts."""
    return Delivery.objects.filter(fact__subject=subject).select_related("fact").order_by("-fact_id", "id")
