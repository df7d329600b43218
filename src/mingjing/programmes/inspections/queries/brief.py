"""The monthly brief of an area: visits beside what they found, warnings by rule, how fast they are put right.

Fewer visits are no merit by themselves: the finding rate stands beside every count. A fixed number of statements,
whatever is stored. Not here: how figures are worked out (policy.figures).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.timezone import localdate

from mingjing.kernel.places.models import Area, within_subtree
from mingjing.programmes.inspections.models import Authority, Entry, EntryItem, Refusal, Warning, WarningAct
from mingjing.programmes.inspections.models.entries import Door, ItemResult
from mingjing.programmes.inspections.policy.figures import Shares, percent, ranked
from mingjing.programmes.inspections.policy.ratings import Group
from mingjing.programmes.inspections.queries.ratings import rated

__all__ = ["Brief", "Line", "brief_of", "months_before"]

SCANNED = (Door.SCAN, Door.OFFLINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Shares):
    """Figures of one authority, or of all: `visits` on site, and what belongs to them.

    `ratings` are the last that are shown together and were not all given after the month: they come late.
    """

    authority: Authority | None
    visits: int
    before: int
    joint: int
    off_site: int
    found: int
    scanned: int
    every: int
    unscanned: int
    warnings: int
    refusals: int
    ratings: Group | None = None

    @property
    def scan_share(self) -> Fraction | None:
        """Percent of the visits that are known, reports without an entry among them, that were scanned."""
        return percent(self.scanned, self.every + self.unscanned)


@dataclass(frozen=True, slots=True)
class Brief:
    """The figures of a month."""

    area: Area
    first: date
    last: date
    total: Line
    lines: tuple[Line, ...]
    median: int | None
    upper: int | None
    firms: int
    rules: tuple[tuple[str, int, int], ...]
    correcting: int | None
    open: int


def months_before(day: date, count: int) -> Iterator[date]:
    """The first days of so many months, the month of `day` first."""
    number = day.year * 12 + day.month - 1
    for back in range(count):
        year, month = divmod(number - back, 12)
        yield date(year, month + 1, 1)


def brief_of(area: Area, first: date, *, only: frozenset[int] | None = None) -> Brief:
    """The brief of the month that begins on `first`; of some authorities only where `only` names them."""
    start, end = _bounds(first)
    entries = _within(Entry.objects.filter(visit__voided_at=None), area, only)
    now = entries.filter(visit__entered_at__gte=start, visit__entered_at__lt=end)
    warnings = _within(Warning.objects.filter(lapsed_at=None, raised_at__gte=start, raised_at__lt=end), area, only)
    lines = _lines(now, _year_before(entries, first), warnings, area, only, start, end)
    on_site = now.filter(method="on_site").order_by().values("firm").annotate(n=_UNITS)
    loads = list(on_site.values_list("n", flat=True))
    rules = warnings.order_by("rule", "level").values_list("rule", "level").annotate(n=Count("pk"))
    return Brief(
        area, first, timezone.localdate(end) - timedelta(days=1), _sum(lines), tuple(lines), ranked(loads, 50),
        ranked(loads, 95), len(loads), tuple(rules), _correcting(area, only, start, end),
        _within(Warning.objects.filter(lapsed_at=None, merged_into=None).exclude(state="closed"), area, only).count(),
    )  # fmt: skip


_UNITS = Count("visit__joint", distinct=True) + Count("pk", filter=Q(visit__joint=None))
"""A joint visit is one for the firm."""


def _lines(
    now: QuerySet[Entry], before: Mapping[int, int], warnings: QuerySet[Warning], area: Area,
    only: frozenset[int] | None, start: datetime, end: datetime,
) -> list[Line]:  # fmt: skip
    finding = Exists(EntryItem.objects.filter(entry=OuterRef("pk"), result=ItemResult.FINDING))
    counts = now.annotate(has_found=finding).order_by().values("authority").annotate(
        every=Count("pk"), visits=Count("pk", filter=Q(method="on_site")),
        joint=Count("pk", filter=Q(visit__joint__isnull=False)), off_site=Count("pk", filter=~Q(method="on_site")),
        found=Count("pk", filter=Q(has_found=True)), scanned=Count("pk", filter=Q(door__in=SCANNED)),
    )  # fmt: skip
    rows: dict[int, Mapping[str, Any]] = {row["authority"]: row for row in counts}
    by_rule = warnings.order_by().values("authority").annotate(
        n=Count("pk"), unscanned=Count("pk", filter=Q(rule="C1"))
    )  # fmt: skip
    told: dict[int, Mapping[str, Any]] = {row["authority"]: row for row in by_rule if row["authority"]}
    refused = _within(Refusal.objects.filter(kind="refusal", at__gte=start, at__lt=end), area, only, "firm__area")
    refusals = dict(refused.order_by().values_list("authority").annotate(n=Count("pk")))
    keys = {*rows, *before, *told, *(key for key in refusals if key)}
    ratings = _ratings(keys, localdate(end))
    bodies = Authority.objects.filter(pk__in=keys).select_related("organisation")
    return [
        _line(
            body,
            rows.get(body.pk, {}),
            before.get(body.pk, 0),
            told.get(body.pk, {}),
            refusals.get(body.pk, 0),
            ratings.get(body.pk),
        )
        for body in bodies
    ]


def _ratings(authorities: Collection[int], after: date) -> dict[int, Group]:
    """Of each authority what is shown today of the ratings up to a day."""
    shown = {one.authority.pk: one.groups for one in rated(None, localdate(), only=authorities)}
    until = {key: [group for group in groups if group.first < after] for key, groups in shown.items()}
    return {key: groups[-1] for key, groups in until.items() if groups}


def _line(
    body: Authority, row: Mapping[str, Any], before: int, told: Mapping[str, Any], refusals: int, ratings: Group | None
) -> Line:
    counted = {name: int(row.get(name, 0)) for name in ("visits", "joint", "off_site", "found", "scanned", "every")}
    return Line(
        authority=body, before=before, unscanned=told.get("unscanned", 0), warnings=told.get("n", 0),
        refusals=refusals, ratings=ratings, **counted,
    )  # fmt: skip


def _sum(lines: Sequence[Line]) -> Line:
    names = [name for name in Line.__slots__ if name not in ("authority", "ratings")]
    told = {name: sum(getattr(line, name) for line in lines) for name in names}
    return Line(authority=None, **told)


def _year_before(entries: QuerySet[Entry], first: date) -> dict[int, int]:
    """On-site visits of the same month of the year before, by authority."""
    start, end = _bounds(first.replace(year=first.year - 1))
    rows = entries.filter(visit__entered_at__gte=start, visit__entered_at__lt=end, method="on_site")
    return dict(rows.order_by().values_list("authority").annotate(n=Count("pk")))


def _correcting(area: Area, only: frozenset[int] | None, start: datetime, end: datetime) -> int | None:
    """The median of days from the order to the report of what was corrected in the month."""
    acts = _within(WarningAct.objects.all(), area, only, "warning__area", "warning__authority")
    done = acts.filter(act="corrected", at__gte=start, at__lt=end)
    orders = acts.filter(act="to_correct", warning__in=done.values("warning")).order_by("at")
    ordered = dict(orders.values_list("warning", "at"))
    days = [(at - ordered[key]).days for key, at in done.values_list("warning", "at") if key in ordered]
    return ranked(days, 50)


def _within(rows: Any, area: Area, only: frozenset[int] | None, field: str = "", authority: str = "authority") -> Any:
    where = field or ("firm__area" if rows.model is Entry else "area")
    rows = rows.filter(within_subtree(area.path, where))
    return rows if only is None else rows.filter(**{f"{authority}__in": only})


def _bounds(first: date) -> tuple[datetime, datetime]:
    """When the month begins, and when the next one does."""
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    start, end = (timezone.make_aware(datetime.combine(day, time())) for day in (first, after))
    return start, end
