"""What other systems ask with a key: what it reads, and what they name here.

Not here: what they send (policy.pushed), and writing it (actions.pushing).
"""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import get_default_timezone

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import within_subtrees
from mingjing.programmes.inspections.models import Authority, Entry, Firm, Key, Warning
from mingjing.programmes.inspections.policy.pushed import Pushed
from mingjing.programmes.inspections.queries.gate import Arrival, firm_by_code
from mingjing.programmes.inspections.queries.known import Known

__all__ = ["arrival_of", "entries_seen", "warnings_seen"]

_AREA: Any = Firm._meta.get_field("area")


def entries_seen(key: Key) -> QuerySet[Entry]:
    """The entries that a key reads: of its authority, or of its area."""
    found = Entry.objects.select_related("visit", "firm__organisation", "authority__organisation", "corrected_by")
    if key.authority_id:
        return found.filter(authority=key.authority_id)
    return found.filter(within_subtrees([key.area.path], "firm__area"))


def warnings_seen(key: Key) -> QuerySet[Warning]:
    """The warnings that a key reads: of its authority, or of its area."""
    found = Warning.objects.select_related("firm__organisation", "authority__organisation")
    if key.authority_id:
        return found.filter(authority=key.authority_id)
    return found.filter(within_subtrees([key.area.path], "area"))


def arrival_of(key: Key, pushed: Pushed, at: datetime, known: Known | None = None) -> Arrival:
    """Who stands at whose door, as another system says. Raises Refusal for what is not known here, and Outdated."""
    known, problems, day = known or Known(), list[Problem](), at.astimezone(get_default_timezone()).date()
    authority = known.authority(key, pushed.authority)
    if authority is None:
        text = N_("{code} is no authority for which this key may speak.")
        problems.append(Problem("push.authority", text, {"code": pushed.authority}, "authority"))
    held = known.items(authority, pushed.items, day) if authority else {}
    items = [held[code] for code in pushed.items if code in held]
    firm = firm_by_code(pushed.firm, authority, day, items, at)
    if firm is not None:
        known.heed(firm.__dict__.get("newest_then", ""))
        _AREA.set_cached_value(firm, known.area(firm.area_id))
    if firm is None or not key.area.contains(firm.area):
        text = N_("No firm with the code {code} is on record in the area of this key.")
        problems.append(Problem("push.firm", text, {"code": pushed.firm}, "firm"))
    officers = _officers(known, authority, pushed.officers, problems) if authority else []
    if authority and (unknown := tuple(code for code in pushed.items if code not in held)):
        text = N_("This authority has no inspection item with the code {codes}.")
        problems.append(Problem("push.items", text, {"codes": unknown}, "items"))
    if problems or authority is None or firm is None:
        raise Refusal(problems)
    return Arrival(
        firm=firm, authority=authority, officers=officers, at=at, purpose=pushed.purpose, trigger=pushed.trigger,
        method=pushed.method, items=items, helpers=pushed.helpers,
    )  # fmt: skip


def _officers(known: Known, authority: Authority, numbers: tuple[str, ...], problems: list[Problem]) -> list[Person]:
    by_number = known.holders(authority, numbers)
    if unknown := tuple(number for number in numbers if number not in by_number):
        text = N_("No certificate of this authority has the number {numbers}.")
        problems.append(Problem("push.officers", text, {"numbers": unknown}, "officers"))
    return list({person.pk: person for number in numbers if (person := by_number.get(number))}.values())
