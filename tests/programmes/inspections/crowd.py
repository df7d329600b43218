"""Firms, items, tasks, entries, warnings in proportion to a district (tests/crowds.py), and an authority's people."""

from collections.abc import Iterator
from datetime import timedelta

from tests.districts import District
from tests.programmes.inspections.scenes import FIRST, organisation

from mingjing.kernel.visits.models import Visit
from mingjing.programmes.inspections.models import (
    Authority,
    Entry,
    EntryItem,
    Firm,
    Item,
    Post,
    Task,
    TaskItem,
    Warning,
    WarningRecord,
)

PUBLISHED = 600
"""How many items one authority publishes at most: the lists of whole ministries have some hundreds."""
Pages = Iterator[tuple[str, str, dict[str, object]]]


def crowd(place: District, size: int) -> Pages:
    """What the examples of a district begin, with much more of it."""
    body = Authority.objects.get(area=place.area)
    for role in ("authority_head", "authority_staff"):
        Post.objects.get_or_create(
            authority=body, person=place.people[role], first_day=FIRST, defaults={"recorded_at": place.at}
        )
    items = Item.objects.bulk_create(
        Item(authority=body, code=f"人群{n}", title=f"事项{n}", first_day=FIRST, recorded_at=place.at)
        for n in range(min(size, PUBLISHED))
    )
    firms = _firms(place, min(size, 60))
    _tasks(place, body, firms, items)
    _entries(place, body, firms, items)
    yield from ()


def _firms(place: District, count: int) -> list[Firm]:
    return Firm.objects.bulk_create(
        Firm(
            organisation=organisation("92", 7000 + n, f"人群商行{n}", place.area), area=place.area, recorded_at=place.at
        )
        for n in range(count)
    )


def _tasks(place: District, body: Authority, firms: list[Firm], items: list[Item]) -> None:
    today = place.at.date()
    made = Task.objects.bulk_create(
        Task(authority=body, firm=firm, purpose="routine", first_day=today, last_day=today + timedelta(days=n % 9),
             drafted_at=place.at, approved_at=place.at if n % 2 else None)
        for n, firm in enumerate(firms)
    )  # fmt: skip
    TaskItem.objects.bulk_create(TaskItem(task=task, item=items[n]) for n, task in enumerate(made))


def _entries(place: District, body: Authority, firms: list[Firm], items: list[Item]) -> None:
    visits = Visit.objects.bulk_create(
        Visit(programme="inspections", purpose="case", subject=firm.subject, area=place.area,
              organisation=firm.organisation, entered_at=place.at - timedelta(days=n), recorded_at=place.at)
        for n, firm in enumerate(firms)
    )  # fmt: skip
    entries = Entry.objects.bulk_create(
        Entry(visit=visit, authority=body, firm=firm, purpose="case", trigger="complaint", method="on_site",
              door="scan", colour=("green", "red")[n % 2], reason="x", recorded_at=place.at)
        for n, (visit, firm) in enumerate(zip(visits, firms, strict=True))
    )  # fmt: skip
    EntryItem.objects.bulk_create(EntryItem(entry=entry, item=items[n]) for n, entry in enumerate(entries))
    day, reasons = place.at.date(), Warning.objects.filter(area=place.area).earliest("pk").reasons
    warnings = Warning.objects.bulk_create(
        Warning(identity=f"{n:064x}", area=place.area, firm=entry.firm, authority=body, rule="B7", level=3,
                first_day=day, last_day=day, count=1, reasons=reasons, raised_at=place.at, changed_at=place.at)
        for n, entry in enumerate(entries)
    )  # fmt: skip
    WarningRecord.objects.bulk_create(
        WarningRecord(warning=warning, record=entry.subject, day=day)
        for warning, entry in zip(warnings, entries, strict=True)
    )
