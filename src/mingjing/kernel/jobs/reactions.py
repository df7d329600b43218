"""From facts to work: listens to the ledger and writes down who reacts, in the same transaction."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from mingjing.kernel import registry
from mingjing.kernel.db.rows import insert_objects, made
from mingjing.kernel.jobs.models import Delivery
from mingjing.kernel.ledger.models import Fact

__all__ = ["note_reactions"]


def note_reactions(sender: type[Fact], facts: Sequence[Fact], **_more: Any) -> None:
    """One delivery for each reaction to each of `facts`, in one statement; none where nothing reacts.

    Of facts that a reaction takes once for all (`once_for`), the last alone brings it about.
    """
    now = timezone.now()
    wanted: dict[tuple[str, object], Delivery] = {}
    reactions = {kind: registry.reactions_to(kind) for kind in {fact.kind for fact in facts}}
    for fact in facts:
        for reaction in reactions[fact.kind]:
            lot = fact.values.get(reaction.once_for) if reaction.once_for else fact.seq
            wanted[reaction.code, lot] = made(Delivery, fact=fact, reaction=reaction.code, due_at=now)
    if wanted:
        insert_objects(list(wanted.values()))
