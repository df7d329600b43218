"""What a phone brings along for the day: each programme's part. Not here: what stands in it (programmes)."""

from datetime import datetime
from typing import Any

from django.utils.module_loading import import_string

from mingjing.kernel import registry
from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.ledger.heads import signed_head
from mingjing.kernel.parties.models import Person

__all__ = ["pack_for", "person_told"]


def pack_for(person: Person, at: datetime) -> dict[str, Any]:
    """`mingjing.pack/1`: for the person, now."""
    parts = {one.code: import_string(one.field_pack)(person, at) for one in registry.programmes() if one.field_pack}
    head, told = signed_head(at=at), person_told(person)
    return {"format": "mingjing.pack/1", "now": instant_text(at), "head": head, "person": told, "programmes": parts}


def person_told(person: Person) -> dict[str, str]:
    """A person as their own phone knows them."""
    return {"token": person.token, "name": person.display_name, "language": person.preferred_language}
