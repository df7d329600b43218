"""What everybody may know of a year of inspections in an area: how many, how they changed, what they found and raised.

A fixed number of statements. Figures from which a single firm could be told are left out: those of an authority that
went to fewer than `LEAST` firms, and one more where a single one is left out, for the rest could be told from the sum.
Ratings come from elsewhere. Not here: pages.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from mingjing.kernel.places.models import Area, within_subtree
from mingjing.programmes.inspections.models import Authority, Entry, EntryItem, Warning
from mingjing.programmes.inspections.models.entries import ItemResult
from mingjing.programmes.inspections.policy.figures import Shares, per_hundred, ranked

__all__ = ["LEAST", "Figures", "Row", "Rule", "areas_told", "figures_of", "years_of"]

LEAST = 5
"""Firms below which a figure could tell of one of them."""
COUNTED = ("visits", "every", "off_site", "joint", "found", "firms")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(Shares):
    """Figures of one authority, or of all together: `visits` on site, a joint one once for each authority.

    `hidden` ones are not to be shown.
    """

    name: str
    visits: int
    before: int
    every: int
    off_site: int
    joint: int
    found: int
    firms: int
    warnings: int
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """How often a rule warned, and how many warnings of it there are for a hundred inspections; hidden where few."""

    code: str
    count: int
    per_hundred: Fraction | None
    hidden: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """A year, up to `last`. `joint_once` counts a joint visit once: what firms had at their doors.

    `median` and `upper` are the visits of a firm that half, and 95 of a hundred, of those visited do not exceed.
    """

    area: Area
    first: date
    last: date
    total: Row
    rows: tuple[Row, ...]
    rules: tuple[Rule, ...]
    joint_once: int
    median: int | None
    upper: int | None


def areas_told() -> QuerySet[Area]:
    """The areas whose authorities have entered anywhere."""
    entered = Entry.objects.filter(authority__area=OuterRef("pk"))
    return Area.objects.filter(Exists(entered)).order_by("path")


def years_of(area: Area) -> list[int]:
    """The years with entries, the newest first."""
    days = _entries(area).order_by().values_list("visit__entered_at__year", flat=True).distinct()
    return sorted(days, reverse=True)


def figures_of(area: Area, year: int, today: date) -> Figures:
    """The figures of a year; of the running one those up to `today`, held against the same days of the year before."""
    last = min(date(year, 12, 31), today)
    entries, start, end = _entries(area), _instant(date(year, 1, 1)), _instant(last + timedelta(days=1))
    now = entries.filter(visit__entered_at__gte=start, visit__entered_at__lt=end)
    warned = Warning.objects.filter(within_subtree(area.path, "area"), lapsed_at=None, merged_into=None)
    warned = warned.filter(raised_at__gte=start, raised_at__lt=end)
    rows = list(_rows(now, _before(entries, last), warned))
    loads = [count for _, count in now.filter(method="on_site").order_by().values_list("firm").annotate(n=_UNITS)]
    firms, total = len(loads), _together(rows)
    median, upper = (ranked(loads, at) if firms >= LEAST else None for at in (50, 95))
    return Figures(
        area, date(year, 1, 1), last, _within_total(total, firms), tuple(_suppressed(rows)),
        tuple(_rules(warned, total.every)), sum(loads), median, upper,
    )  # fmt: skip


_UNITS = Count("visit__joint", distinct=True) + Count("pk", filter=Q(visit__joint=None))


def _entries(area: Area) -> QuerySet[Entry]:
    standing = Entry.objects.filter(visit__voided_at=None, corrected_by=None)
    return standing.filter(within_subtree(area.path, "authority__area"))


def _instant(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _before(entries: QuerySet[Entry], last: date) -> Mapping[int, int]:
    """Visits on site of the same days of the year before, by authority."""
    same = last.replace(year=last.year - 1, day=28 if (last.month, last.day) == (2, 29) else last.day)
    start, end = _instant(date(same.year, 1, 1)), _instant(same + timedelta(days=1))
    rows = entries.filter(visit__entered_at__gte=start, visit__entered_at__lt=end, method="on_site").order_by()
    return dict(rows.values_list("authority").annotate(n=Count("pk")))


def _rows(now: QuerySet[Entry], before: Mapping[int, int], warned: QuerySet[Warning]) -> Iterator[Row]:
    finding = Exists(EntryItem.objects.filter(entry=OuterRef("pk"), result=ItemResult.FINDING))
    counted = now.annotate(has_found=finding).order_by().values("authority").annotate(
        visits=Count("pk", filter=Q(method="on_site")), every=Count("pk"),
        off_site=Count("pk", filter=~Q(method="on_site")),
        joint=Count("pk", filter=Q(visit__joint__isnull=False)), found=Count("pk", filter=Q(has_found=True)),
        firms=Count("firm", distinct=True),
    )  # fmt: skip
    told: dict[int, Mapping[str, Any]] = {row["authority"]: row for row in counted}
    warnings = dict(warned.order_by().values_list("authority").annotate(n=Count("pk")))
    nothing = dict.fromkeys(COUNTED, 0)
    bodies = Authority.objects.filter(pk__in={*told, *before, *(key for key in warnings if key)})
    for body in bodies.select_related("organisation").order_by("organisation__name", "pk"):
        row = told.get(body.pk, nothing)
        figures = {name: row[name] for name in COUNTED}
        yield Row(
            name=body.organisation.name, before=before.get(body.pk, 0), warnings=warnings.get(body.pk, 0), **figures
        )


def _suppressed(rows: Sequence[Row]) -> Iterator[Row]:
    few = {at for at, row in enumerate(rows) if row.firms < LEAST}
    if len(few) == 1 and len(rows) > 1:
        few.add(min(set(range(len(rows))) - few, key=lambda at: (rows[at].firms, at)))
    for at, row in enumerate(rows):
        yield _hidden(row.name) if at in few else row


def _hidden(name: str) -> Row:
    return Row(name=name, visits=0, before=0, every=0, off_site=0, joint=0, found=0, firms=0, warnings=0, hidden=True)


def _together(rows: Sequence[Row]) -> Row:
    names = ("visits", "before", "every", "off_site", "joint", "found", "firms", "warnings")
    return Row(name="", **{name: sum(getattr(row, name) for row in rows) for name in names})


def _within_total(total: Row, firms: int) -> Row:
    """The sum with the firms counted once; nothing of it where there were too few."""
    if firms < LEAST:
        return _hidden("")
    names = ("visits", "before", "every", "off_site", "joint", "found", "warnings")
    return Row(name="", firms=firms, **{name: getattr(total, name) for name in names})


def _rules(warned: QuerySet[Warning], every: int) -> Iterator[Rule]:
    counts = warned.order_by("rule").values_list("rule").annotate(n=Count("pk"), firms=Count("firm", distinct=True))
    for code, count, firms in counts:
        few = firms < LEAST
        yield Rule(code, 0 if few else count, None if few else per_hundred(count, every), few)
