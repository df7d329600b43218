"""What a district has of entries and warnings (tests/districts.py): an entry despite red, and the warning it raised."""

from collections.abc import Iterator
from datetime import date

from tests.districts import District, Routes

from mingjing.programmes.inspections.actions.corrections import ask_correction
from mingjing.programmes.inspections.actions.entries import scan_in
from mingjing.programmes.inspections.actions.warnings import judge_firm
from mingjing.programmes.inspections.models import Authority, Firm, Item, Post, Warning
from mingjing.programmes.inspections.queries.corrections import now_of
from mingjing.programmes.inspections.queries.gate import Arrival

__all__ = ["entered"]

FIRST = date(2024, 1, 1)
ROLES = ("authority_head", "authority_staff", "inspector", "officer")


def entered(district: District, authority: Authority, firm: Firm) -> Iterator[Routes]:
    """An entry with an item, made by one officer alone; whoever has a role of authorities works for this one."""
    at, secret = district.at, district.secret
    for role in ROLES:
        Post.objects.get_or_create(
            authority=authority, person=district.people[role], first_day=FIRST, defaults={"recorded_at": at}
        )
    item = Item.objects.create(
        authority=authority, code=f"{secret}B", title=f"{secret}事项", first_day=FIRST, recorded_at=at
    )
    officer = district.people["inspector"]
    arrival = Arrival(
        firm=firm, authority=authority, officers=[officer], at=at, purpose="case", trigger="complaint", items=[item]
    )
    entry = scan_in(arrival=arrival, reason=f"{secret}线索", by=officer, at=at)
    yield {f"inspections:{name}": {"pk": entry.pk} for name in ("entry", "entry-results", "entry-settle", "entry-void")}
    told = {"after": {**now_of(entry), "helpers": 1}, "reason": f"{secret}人数有误"}
    asked = ask_correction(entry=entry, **told, by=officer, at=at)
    yield {"inspections:entry-correct": {"pk": entry.pk}, "inspections:correction": {"pk": entry.pk, "key": asked.pk}}
    judge_firm(firm=firm, at=at)
    warning = Warning.objects.get(firm=firm, rule="B7")
    yield {f"inspections:{name}": {"pk": warning.pk} for name in ("warning", "warning-together")}
