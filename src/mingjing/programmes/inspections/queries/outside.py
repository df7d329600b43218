"""What other systems ask with a key: the key itself, how often it asked, and what they name here.

Not here: what they send (policy.pushed), and writing it (actions.pushing).
"""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.timezone import localdate

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import within_subtrees
from mingjing.programmes.inspections.models import Authority, Certificate, Entry, Firm, Item, Key, Warning
from mingjing.programmes.inspections.models.catalogue import holding
from mingjing.programmes.inspections.models.outside import digest_of
from mingjing.programmes.inspections.policy.pushed import Pushed
from mingjing.programmes.inspections.queries.gate import Arrival

__all__ = ["arrival_of", "asked_lately", "entries_seen", "key_of", "warnings_seen"]

MINUTE = timedelta(minutes=1)


def key_of(secret: str) -> Key | None:
    """The key that somebody shows, whether it still opens anything or not."""
    if not 20 <= len(secret) <= 100:
        return None
    return Key.objects.select_related("area", "authority").filter(digest=digest_of(secret)).first()


def asked_lately(key: Key, now: datetime) -> int:
    """How often it asked within the last minute."""
    return key.uses.filter(at__gt=now - MINUTE, at__lte=now).count()


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


def arrival_of(key: Key, pushed: Pushed, at: datetime) -> Arrival:
    """Who another system says stands at whose door; raises Refusal for whom and what is not known here."""
    problems = list[Problem]()
    authority, firm = _authority(key, pushed.authority, problems), _firm(key, pushed.firm, problems)
    officers = _officers(authority, pushed.officers, problems) if authority else []
    items = _items(authority, pushed.items, at, problems) if authority else []
    if problems or authority is None or firm is None:
        raise Refusal(problems)
    return Arrival(
        firm=firm, authority=authority, officers=officers, at=at, purpose=pushed.purpose, trigger=pushed.trigger,
        method=pushed.method, items=items, helpers=pushed.helpers,
    )  # fmt: skip


def _authority(key: Key, code: str, problems: list[Problem]) -> Authority | None:
    found = Authority.objects.select_related("organisation", "area").filter(organisation__credit_code=code)
    if key.authority_id:
        found = found.filter(pk=key.authority_id)
    else:
        found = found.filter(within_subtrees([key.area.path], "area"))
    authority = found.first()
    if authority is None:
        text = N_("{code} is no authority for which this key may speak.")
        problems.append(Problem("push.authority", text, {"code": code}, "authority"))
    return authority


def _firm(key: Key, code: str, problems: list[Problem]) -> Firm | None:
    found = Firm.objects.select_related("organisation", "area", "site").filter(organisation__credit_code=code)
    firm = found.filter(within_subtrees([key.area.path], "area")).first()
    if firm is None:
        text = N_("No firm with the code {code} is on record in the area of this key.")
        problems.append(Problem("push.firm", text, {"code": code}, "firm"))
    return firm


def _officers(authority: Authority, numbers: tuple[str, ...], problems: list[Problem]) -> list[Person]:
    held = Certificate.objects.select_related("person").filter(
        number__in=numbers, authority__in={authority.pk, authority.delegated_by_id} - {None}
    )
    by_number = {one.number: one.person for one in held}
    if unknown := tuple(number for number in numbers if number not in by_number):
        text = N_("No certificate of this authority has the number {numbers}.")
        problems.append(Problem("push.officers", text, {"numbers": unknown}, "officers"))
    return list({person.pk: person for number in numbers if (person := by_number.get(number))}.values())


def _items(authority: Authority, codes: tuple[str, ...], at: datetime, problems: list[Problem]) -> list[Item]:
    """The items with these codes as published on that day, or else as published last: A3 says what follows."""
    day, found = localdate(at), dict[str, Item]()
    named = Item.objects.filter(code__in=codes, authority__in={authority.pk, authority.delegated_by_id} - {None})
    for item in [*named.order_by("first_day"), *named.filter(holding(day)).order_by("first_day")]:
        found[item.code] = item
    if unknown := tuple(code for code in codes if code not in found):
        text = N_("This authority has no inspection item with the code {codes}.")
        problems.append(Problem("push.items", text, {"codes": unknown}, "items"))
    return [found[code] for code in codes if code in found]
