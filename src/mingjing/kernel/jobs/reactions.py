"""From facts to work: listens to the ledger and writes down who reacts, in the same transaction."""

from typing import Any

from django.utils import timezone

from mingjing.kernel import registry
from mingjing.kernel.jobs.models import Delivery
from mingjing.kernel.ledger.models import Fact

__all__ = ["note_reactions"]


def note_reactions(sender: type[Fact], fact: Fact, **_more: Any) -> None:
    """One delivery for each reaction to `fact`; no statement where nothing reacts."""
    if reactions := registry.reactions_to(fact.kind):
        now = timezone.now()
        Delivery.objects.bulk_create(
            [Delivery(fact=fact, reaction=reaction.code, due_at=now) for reaction in reactions]
        )
