"""A firm's records as the rules see them: its entries, and the visits of every other programme to it.

Built from what an entry keeps (`Entry.facts`) and from its visit, so that judging again finds what was found. A day
that has passed can change a record (nobody scanned out, no result came): `today` is given. Not here: judging.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.timezone import localdate
from msgspec.structs import replace

from mingjing.engine.workdays import Calendar, working_days_between
from mingjing.kernel.calendar.queries import calendar_of
from mingjing.kernel.db.prepared import Prepared
from mingjing.kernel.visits.models import Visit as Row
from mingjing.programmes.inspections.models import Authority, Entry, EntryItem, Firm, Grade, Report
from mingjing.programmes.inspections.models.entries import Door, ItemResult
from mingjing.programmes.inspections.models.plans import Purpose
from mingjing.programmes.inspections.policy import conduct
from mingjing.programmes.inspections.policy.conditions import AT_THE_GATE
from mingjing.programmes.inspections.policy.visits import Visit

__all__ = ["COMING", "as_visit", "coming", "load_of", "records_of", "reports_of", "visits_of"]

COMING = "coming"
"""The name of a record that is not one yet: an arrival at the gate, or a visit that is planned."""
LONGEST = timedelta(days=400)
"""How far back the gate looks: a calendar year, and the longest window of days before it."""
WITHOUT_RESULT = (Purpose.SERVICE, Purpose.OBSERVATION)
_KEPT_APART = frozenset((*AT_THE_GATE, "about"))

_LOAD = Prepared(
    lambda organisation, since, until: (
        Row.objects.filter(
            organisation=organisation, entered_at__gte=since, entered_at__lte=until, voided_at=None
        )
        .order_by()  # whoever judges them puts them in order
        .annotate(name=Cast("id", TextField()))
        .values_list(
            "name", "programme", "purpose", "site_id", "joint", "entered_at", "entry__id", "entry__authority_id",
            "entry__facts", "entry__colour", "entry__reason", "entry__corrects_id",
        )
    )
)  # fmt: skip


def coming(
    firm: Firm, authority: Authority, facts: Mapping[str, Any], about: Mapping[str, Any], at: datetime, day: date,
    colour: str,
) -> Visit:  # fmt: skip
    """An arrival as a visit, beside those that are recorded."""
    told = {name: value for name, value in facts.items() if name not in _KEPT_APART}
    return Visit(
        record=COMING, day=day, firm=firm.subject, authority=authority.subject,
        site=f"places.site:{firm.site_id}" if firm.site_id else "", items=tuple(about["items"]),
        officers=tuple(about["officers"]), order=int(at.timestamp()) + 1, facts={**told, "gate": colour},
    )  # fmt: skip


def load_of(firm: Firm, *, until: datetime) -> list[Visit]:
    """The standing visits that an arrival is counted together with, in no order. One statement."""
    rows = _LOAD.ask(organisation=firm.organisation_id, since=until - LONGEST, until=until)
    of = _Of(firm.subject, "", timezone.get_default_timezone())
    return [
        _visit(key, programme, purpose, site, joint, entered, False, _Part(*part) if part[0] else None, of)
        for key, programme, purpose, site, joint, entered, *part in rows
    ]


def records_of(firm: Firm, *, today: date) -> list[Visit]:
    """Every record of a firm, voided ones too, as things stand on `today`. A fixed number of statements."""
    found = ItemResult.FINDING
    rows = (
        Row.objects.filter(organisation=firm.organisation_id)
        .select_related("entry")
        .annotate(found=Exists(EntryItem.objects.filter(entry__visit=OuterRef("pk"), result=found)))
        .order_by("entered_at", "id")
    )
    calendar = calendar_of(firm.area)
    grades = list(Grade.objects.filter(firm=firm).order_by("first_day", "pk"))
    cited = {(one.authority_id, one.day) for one in Report.objects.filter(firm=firm, kind="penalty")}
    return [_record(row, firm, grades, calendar, cited, today) for row in rows]


def reports_of(firm: Firm) -> list[conduct.Report]:
    """What others say of visits to the firm."""
    return [
        conduct.Report(f"inspections.report:{one.pk}", one.day, firm.subject, _named(one.authority_id))
        for one in Report.objects.filter(firm=firm)
    ]


def visits_of(authority: Authority, first: date, last: date) -> list[Visit]:
    """The standing visits of one authority on these days, with what rules about its share ask for. One statement."""
    rows = (
        Entry.objects.filter(
            authority=authority, recorded_at__gte=_midnight(first), visit__voided_at=None,
            visit__entered_at__gte=_midnight(first), visit__entered_at__lt=_midnight(last + timedelta(days=1)),
        )
        .select_related("visit", "firm")
        .order_by("visit__entered_at", "pk")
    )  # fmt: skip
    return [as_visit(entry.visit, entry.firm.subject, grade="") for entry in rows]


def as_visit(row: Row, firm: str, *, grade: str) -> Visit:
    """A row as the rules see it, without what time or a result adds."""
    entry: Entry | None = getattr(row, "entry", None)
    part = None
    if entry is not None:
        part = _Part(entry.pk, entry.authority_id, entry.facts, entry.colour, entry.reason, entry.corrects_id)
    return _visit(
        row.pk, row.programme, row.purpose, row.site_id, row.joint, row.entered_at, row.voided_at is not None, part,
        _Of(firm, grade, timezone.get_default_timezone()),
    )  # fmt: skip


class _Part(NamedTuple):
    """What an entry adds to its visit."""

    key: int
    authority: int
    facts: Mapping[str, Any]
    colour: str
    reason: str
    corrects: int | None


class _Of(NamedTuple):
    """Whose visit it is, its grade where no entry tells it, and by which clocks days begin."""

    firm: str
    grade: str
    zone: tzinfo


def _visit(
    key: UUID | str, programme: str, purpose: str, at: int | None, together: UUID | None, entered: datetime, void: bool,
    entry: _Part | None, of: _Of,
) -> Visit:  # fmt: skip
    site, joint = f"places.site:{at}" if at else "", str(together) if together else ""
    day, order = entered.astimezone(of.zone).date(), int(entered.timestamp())
    if entry is None:
        facts = {"purpose": _purpose(purpose), "trigger": "plan", "method": "on_site", "grade": of.grade}
        return Visit(
            record=f"visits.visit:{UUID(str(key))}", day=day, firm=of.firm, authority=f"programme:{programme}",
            site=site, joint=joint, order=order, void=void, facts=facts,
        )  # fmt: skip
    number, authority, kept, colour, reason, corrects = entry
    about = kept.get("about", {})
    told = {name: value for name, value in kept.items() if name not in _KEPT_APART}
    told["gate"], told["reason"] = colour, "yes" if reason else "no"
    return Visit(
        record=f"inspections.entry:{number}", day=day, firm=of.firm, authority=_named(authority), site=site,
        joint=joint, items=tuple(about.get("items", ())), officers=tuple(about.get("officers", ())), order=order,
        void=void, corrects=f"inspections.entry:{corrects}" if corrects else "", facts=told,
    )  # fmt: skip


def _record(
    row: Any, firm: Firm, grades: Sequence[Grade], calendar: Calendar, cited: Iterable[tuple[int | None, date]],
    today: date,
) -> Visit:  # fmt: skip
    day = localdate(row.entered_at)
    held = [one.grade for one in grades if one.first_day <= day]
    visit = as_visit(row, firm.subject, grade=held[-1] if held else "none")
    entry: Entry | None = getattr(row, "entry", None)
    if entry is None:
        return visit
    finding = row.found or (entry.authority_id, day) in cited
    facts = {**visit.facts, "finding": "yes" if finding else "no", **_recorded(row, entry, calendar)}
    facts |= _stay(row, entry, today)
    if visit.facts.get("purpose") not in WITHOUT_RESULT:
        since = localdate(row.left_at or row.entered_at)
        until = localdate(entry.result_at) if entry.result_at else today
        facts["result_days"] = max(0, working_days_between(calendar, since, until))
    return replace(visit, facts=facts)


def _recorded(row: Row, entry: Entry, calendar: Calendar) -> dict[str, int]:
    """How late it was told: a correction is as late as what it corrects."""
    entered = localdate(row.entered_at)
    told = entry.facts.get("about", {}).get("first_told")
    recorded = localdate(datetime.fromisoformat(told)) if told else localdate(entry.recorded_at)
    match entry.door:
        case Door.OFFLINE:
            return {"days_late": 0}
        case Door.NO_CODE:
            return {"filed_days": max(0, working_days_between(calendar, entered, recorded))}
        case Door.PUSHED:
            return {}
        case _:
            return {"days_late": max(0, (recorded - entered).days)}


def _stay(row: Row, entry: Entry, today: date) -> dict[str, Any]:
    """When they left, how long they stayed and how many they were."""
    day, about = localdate(row.entered_at), entry.facts.get("about", {})
    facts: dict[str, Any] = {"team": about.get("team")}
    if noticed := about.get("noticed_team"):
        facts["team_over"] = facts["team"] - noticed
    if row.left_at is None:
        return facts | ({"left": "missing"} if today > day else {})
    facts["left"] = "same_day" if localdate(row.left_at) == day else "later"
    facts["minutes"] = int((row.left_at - row.entered_at).total_seconds() // 60)
    if planned := about.get("planned_minutes"):
        facts["over_plan"] = (facts["minutes"] - planned) * 100 // planned
    return facts


def _purpose(code: str) -> str:
    """Why another programme entered, in the words of the rules: as a routine, unless it uses one of these words."""
    return code if code in Purpose.values else Purpose.ROUTINE


def _named(authority: int | None) -> str:
    return f"inspections.authority:{authority}" if authority else ""


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
