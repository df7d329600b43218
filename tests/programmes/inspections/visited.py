"""A firm that was visited, with a finding that is open, and that has notice of another visit: rows, made directly.

Not here: how they come about (doors, scenes).
"""

from datetime import datetime, timedelta

from django.utils.timezone import localdate
from tests.programmes.inspections import scenes

from mingjing.kernel.parties.models import Organisation
from mingjing.kernel.places.actions import record_site
from mingjing.kernel.places.models import Area
from mingjing.kernel.visits.models import Visit
from mingjing.programmes.inspections.models import Authority, Entry, EntryItem, Finding, Firm, Item, Task, TaskItem

__all__ = ["routes_of", "visited"]


def visited(organisation: Organisation, area: Area, at: datetime) -> Finding:
    """The finding; everything else hangs on it."""
    body = _body(area, at)
    item = Item.objects.get(authority=body)
    site = record_site(name=f"{organisation.name}厂区", area=area, by=None, at=at)
    firm = Firm.objects.create(organisation=organisation, site=site, area=area, recorded_at=at)
    began = at - timedelta(days=3)
    visit = Visit.objects.create(
        programme="inspections", purpose="case", subject=firm.subject, area=area, site=site, organisation=organisation,
        entered_at=began, left_at=began + timedelta(hours=1), recorded_at=began,
    )  # fmt: skip
    entry = Entry.objects.create(
        visit=visit, authority=body, firm=firm, purpose="case", trigger="complaint", method="on_site", door="scan",
        colour="red", answers=[{"rule": "A2", "level": "red", "unknown": []}], reason="举报线索", recorded_at=began,
        facts={"purpose": "case", "trigger": "complaint", "method": "on_site"},
    )  # fmt: skip
    row = EntryItem.objects.create(entry=entry, item=item, result="finding")
    day = localdate(at)
    task = Task.objects.create(
        authority=body, firm=firm, purpose="routine", first_day=day + timedelta(days=5),
        last_day=day + timedelta(days=9), drafted_at=at, approved_at=at, noticed_at=at,
    )  # fmt: skip
    TaskItem.objects.create(task=task, item=item)
    return Finding.objects.create(entry_item=row, text=f"{organisation.name}消火栓无水", due=day, recorded_at=began)


def routes_of(finding: Finding) -> dict[str, dict[str, object]]:
    """By route of the portal what leads to the firm's own."""
    entry = finding.entry_item.entry
    task = Task.objects.get(firm=entry.firm)
    return {
        "inspections_portal:visit": {"pk": entry.pk},
        "inspections_portal:complaint": {"pk": entry.pk},
        "inspections_portal:answer": {"pk": finding.pk},
        "inspections_portal:notice": {"pk": task.pk},
        "inspections_portal:refusal": {"pk": task.pk},
        "inspections_portal:report": {"pk": entry.firm_id},
        "inspections_portal:code": {"pk": entry.firm_id},
        "inspections_portal:calendar": {"pk": entry.firm_id},
    }


def _body(area: Area, at: datetime) -> Authority:
    if known := Authority.objects.first():
        return known
    office = scenes.organisation("11", 1, "示例消防监管局", area)
    body = Authority.objects.create(organisation=office, area=area, level="district", field="消防", recorded_at=at)
    Item.objects.create(authority=body, code="X1", title="消防设施", first_day=scenes.FIRST, recorded_at=at)
    return body
