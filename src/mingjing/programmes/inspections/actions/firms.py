"""Whom: firms with their registered place and fixed code, their grades and exemptions; quiet days of an area.

Grades are only added. Not here: visits, and the organisation itself (kernel.parties).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.db.rows import Rows, change, insert
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.actions import record_organisations
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.actions import NewSite, issue_entry_codes, record_site, record_sites
from mingjing.kernel.places.models import Area, Site
from mingjing.programmes.inspections.actions.told import check, days, digest, tell
from mingjing.programmes.inspections.models import Authority, Exemption, Firm, Grade, QuietDays, Roster
from mingjing.programmes.inspections.models.firms import RiskGrade
from mingjing.programmes.inspections.policy.texts import said

__all__ = [
    "ChangedFirm", "NewFirm", "change_firms", "correct_firm", "end_quiet_days", "exempt_firm", "grade_firm",
    "grades_of_new_firms", "record_quiet_days", "register_firm", "register_firms",
]  # fmt: skip


@transaction.atomic
def register_firm(
    *, organisation: Organisation, area: Area, site: Site | None = None, address: str = "", industry: str = "",
    above_scale: bool = False, hazard: bool = False, by: Person | None, at: datetime,
) -> Firm:  # fmt: skip
    """Record an enterprise; the place where it is registered gets a fixed code, if it has none. Raises Refusal.

    Without a `site` one is recorded at the `address`, where that is given.
    """
    check(*_known({organisation.credit_code: "organisation"}))
    if site is None and address.strip():
        site = record_site(name=organisation.name, address=address, area=area, by=by, at=at)
    made = Firm.objects.create(
        organisation=organisation, area=area, site=site, industry=industry.strip()[:60], above_scale=above_scale,
        hazard=hazard, recorded_by=by, recorded_at=at,
    )  # fmt: skip
    if site:
        issue_entry_codes(sites=[site], by=by, at=at)
    _recorded("firm.registered", made, by, at)
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFirm:
    """A firm as a file names it, in its `row`; with a `grade` from a day on, or without one."""

    row: int
    credit_code: str
    name: str
    address: str = ""
    industry: str = ""
    above_scale: bool = False
    hazard: bool = False
    grade: str = ""
    graded_from: date | None = None
    grade_basis: str = ""

    def graded(self) -> dict[str, str]:
        """What the fact of its registration tells of its grade."""
        if not self.grade or self.graded_from is None:
            return {}
        return {"grade": self.grade, "first": self.graded_from.isoformat(), "basis": digest(self.grade_basis)}


@transaction.atomic
def register_firms(
    *, told: Sequence[NewFirm], area: Area, roster: Roster, by: Person | None, at: datetime
) -> list[Firm]:
    """As `register_firm`, for many that are new, in so many statements however many they are.

    Nobody sees them before all of the `roster` that brings them is taken in; then come their grades
    (`grades_of_new_firms`). Raises Refusal, by row: one that is on the register already.
    """
    check(*_known({one.credit_code: f"row {one.row}" for one in told}))
    bodies = record_organisations(named={one.credit_code: one.name for one in told}, area=area, by=by, at=at)
    placed = [one for one in told if one.address.strip()]
    places = (NewSite(name=bodies[one.credit_code].name, area=area.pk, address=one.address.strip()) for one in placed)
    keys = record_sites(sites=places, within=area, by=by, at=at)
    sites = dict(zip((one.credit_code for one in placed), keys, strict=True))
    made = Firm.every.bulk_create(
        Firm(
            organisation=bodies[one.credit_code], area=area, site_id=sites.get(one.credit_code),
            industry=one.industry.strip()[:60], above_scale=one.above_scale, hazard=one.hazard, roster=roster,
            recorded_by=by, recorded_at=at,
        )
        for one in told
    )  # fmt: skip
    issue_entry_codes(sites=Site.objects.filter(pk__in=keys), by=by, at=at)
    facts = [_told("firm.registered", firm, one.graded()) for one, firm in zip(told, made, strict=True)]
    writer.append_many(facts=facts, by=by, at=at)
    return made


def _known(places: Mapping[str, str]) -> Iterator[Problem]:
    """Those of these credit codes, each with its place, that are on the register or coming to it."""
    rows = Firm.every.filter(organisation__credit_code__in=list(places))
    for firm in rows.select_related("organisation"):
        code, text = "inspections.firm.known", N_("This enterprise is on the register already; open its page.")
        if firm.roster_id:
            code = "inspections.firm.coming"
            text = N_("A file that is being taken in brings this enterprise; wait until that is done.")
        yield Problem(code, text, {}, places[firm.organisation.credit_code])


@transaction.atomic
def grades_of_new_firms(*, told: Sequence[NewFirm], roster: Roster, by: Person | None, at: datetime) -> Rows:
    """The grades of firms that were registered with them; the facts of that have told them (`register_firms`).

    Grades are never taken back, so they are only made ready here: they are written when the firms come on the register.
    """
    graded = [one for one in told if one.grade]
    rows = Firm.every.filter(roster=roster, organisation__credit_code__in=[one.credit_code for one in graded])
    firms = dict(rows.values_list("organisation__credit_code", "pk"))
    recorded = by.pk if by else None
    return Rows.ready(
        Grade, ("firm_id", "grade", "first_day", "basis", "recorded_by_id", "recorded_at"),
        ((firms[one.credit_code], one.grade, one.graded_from, one.grade_basis, recorded, at)
         for one in graded if one.credit_code in firms),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedFirm:
    """What a file says anew of a firm that is on the register: what is None, or no grade, stays. `row` is its line."""

    credit_code: str
    row: int
    industry: str | None = None
    above_scale: bool | None = None
    hazard: bool | None = None
    grade: str = ""
    graded_from: date
    grade_basis: str = ""

    def corrected(self, firm: Firm) -> bool:
        """Whether it says something else than is known of the firm, which then knows it."""
        said_now = {"industry": self.industry, "above_scale": self.above_scale, "hazard": self.hazard}
        other = {name: value for name, value in said_now.items() if value not in (None, getattr(firm, name))}
        for name, value in other.items():
            setattr(firm, name, value)
        return bool(other)


@transaction.atomic
def change_firms(*, told: Sequence[ChangedFirm], by: Person | None, at: datetime) -> None:
    """As `correct_firm` and `grade_firm`, for many.

    One statement for each that is corrected; the others are as many however many firms there are. Raises Refusal, by
    row: a grade of that day is held already.
    """
    rows = Firm.objects.filter(organisation__credit_code__in=[one.credit_code for one in told])
    locked = rows.select_for_update(of=("self",)).select_related("organisation", "area", "site").order_by("pk")
    held = {firm.organisation.credit_code: firm for firm in locked}
    lines = [(one, held[one.credit_code]) for one in told]
    check(*_graded_before(lines), *_unsaid(told))
    facts, placed = list[writer.Told](), list[Site]()
    for one, firm in lines:
        if one.corrected(firm):
            change(firm, "industry", "above_scale", "hazard")
            placed += [firm.site] if firm.site else []
            facts.append(_told("firm.corrected", firm))
        facts += [_told_grade(one, firm)] if one.grade else []
    issue_entry_codes(sites=placed, by=by, at=at)
    recorded = by.pk if by else None
    insert(
        Grade, ("firm_id", "grade", "first_day", "basis", "recorded_by_id", "recorded_at"),
        ((firm.pk, one.grade, one.graded_from, one.grade_basis, recorded, at) for one, firm in lines if one.grade),
    )  # fmt: skip
    writer.append_many(facts=facts, by=by, at=at)


def _graded_before(lines: Sequence[tuple[ChangedFirm, Firm]]) -> Iterator[Problem]:
    """Those of these firms that have a grade from that day already."""
    graded = {(firm.pk, one.graded_from): one.row for one, firm in lines if one.grade}
    if not graded:
        return
    rows = Grade.objects.filter(firm__in={firm for firm, _ in graded}, first_day__in={day for _, day in graded})
    for firm, day in rows.values_list("firm", "first_day"):
        if (firm, day) in graded:
            yield _grade_held(f"row {graded[firm, day]}")


def _unsaid(told: Sequence[ChangedFirm]) -> Iterator[Problem]:
    """Why a grade's basis is not taken."""
    for one in told:
        try:
            said(one.grade_basis if one.grade else "--", 300, f"row {one.row}")
        except Refusal as refusal:
            yield from refusal.problems


def _told_grade(one: ChangedFirm, firm: Firm) -> writer.Told:
    data = {"grade": one.grade, "first": one.graded_from.isoformat(), "basis": digest(one.grade_basis)}
    return writer.Told(kind="inspections.firm.graded", subject=firm.subject, data=data, area=firm.area)


def _grade_held(place: str) -> Problem:
    text = N_("A grade from that day is recorded already; grades are only added: choose a later day.")
    return Problem("inspections.grade.held", text, {}, place)


@transaction.atomic
def correct_firm(
    *, firm: Firm, industry: str, above_scale: bool, hazard: bool, site: Site | None, by: Person | None, at: datetime
) -> Firm:
    """Bring what is known of a firm up to date. Raises Refusal where nothing would change."""
    found = Firm.objects.select_for_update(of=("self",)).select_related("area").get(pk=firm.pk)
    said_now = (industry.strip()[:60], above_scale, hazard, site.pk if site else None)
    if said_now == (found.industry, found.above_scale, found.hazard, found.site_id):
        text = N_("This is what is known already; nothing was changed.")
        raise Refusal([Problem("inspections.firm.same", text)])
    found.industry, found.above_scale, found.hazard, found.site = said_now[0], above_scale, hazard, site
    found.save(update_fields=["industry", "above_scale", "hazard", "site"])
    if site:
        issue_entry_codes(sites=[site], by=by, at=at)
    _recorded("firm.corrected", found, by, at)
    return found


@transaction.atomic
def grade_firm(*, firm: Firm, grade: str, first_day: date, basis: str, by: Person | None, at: datetime) -> Grade:
    """Give a firm its risk grade from a day on, until the next. Raises Refusal; a day has one grade."""
    basis = said(basis, 300, "basis")
    if grade not in RiskGrade.values:
        raise Refusal([Problem("inspections.grade.unknown", N_("A grade is A, B, C or D."), {}, "grade")])
    if firm.grades.filter(first_day=first_day).exists():
        raise Refusal([_grade_held("first_day")])
    made = Grade.objects.create(
        firm=firm, grade=grade, first_day=first_day, basis=basis, recorded_by=by, recorded_at=at
    )
    data = {"grade": grade, "first": first_day, "basis": digest(basis)}
    tell("firm.graded", firm.subject, data, firm.area, by, at)
    return made


@transaction.atomic
def exempt_firm(
    *, firm: Firm, first_day: date, last_day: date, basis: str, authority: Authority | None = None,
    by: Person | None, at: datetime,
) -> Exemption:  # fmt: skip
    """Spare a firm routine visits, of one authority or of all, for these days, by an act. Raises Refusal."""
    basis = said(basis, 300, "basis")
    check(*days(first_day, last_day))
    made = Exemption.objects.create(
        firm=firm, authority=authority, first_day=first_day, last_day=last_day, basis=basis, recorded_by=by,
        recorded_at=at,
    )  # fmt: skip
    data = {
        "exemption": made.pk, "authority": authority.pk if authority else None, "first": first_day, "last": last_day,
        "basis": digest(basis),
    }  # fmt: skip
    tell("firm.exempted", firm.subject, data, firm.area, by, at)
    return made


@transaction.atomic
def record_quiet_days(
    *, area: Area, first_day: date, last_day: date | None = None, month_from: int | None = None,
    month_to: int | None = None, weekdays: Sequence[int] = (), above_scale_only: bool = False,
    hazard_too: bool = False, basis: str, by: Person | None, at: datetime,
) -> QuietDays:  # fmt: skip
    """Leave the firms of an area alone on some days of each month, of the week, or both. Raises Refusal."""
    basis = said(basis, 300, "basis")
    check(*days(first_day, last_day), _no_days(month_from, month_to, weekdays))
    made = QuietDays.objects.create(
        area=area, first_day=first_day, last_day=last_day, month_from=month_from, month_to=month_to,
        weekdays=sorted(set(weekdays)), above_scale_only=above_scale_only, hazard_too=hazard_too, basis=basis,
        recorded_by=by, recorded_at=at,
    )  # fmt: skip
    data = {
        "first": first_day, "last": last_day, "month_from": month_from, "month_to": month_to,
        "weekdays": made.weekdays, "basis": digest(basis),
    }  # fmt: skip
    tell("quiet_days.recorded", f"inspections.quiet_days:{made.pk}", data, area, by, at)
    return made


@transaction.atomic
def end_quiet_days(*, quiet: QuietDays, last_day: date, by: Person | None, at: datetime) -> QuietDays:
    """They hold no longer after `last_day`. Raises Refusal."""
    found = QuietDays.objects.select_for_update(of=("self",)).select_related("area").get(pk=quiet.pk)
    if found.last_day and found.last_day <= last_day:
        text = N_("It ends on {day} already; name an earlier day.")
        raise Refusal([Problem("inspections.ended", text, {"day": found.last_day.isoformat()}, "last_day")])
    check(*days(found.first_day, last_day))
    found.last_day = last_day
    found.save(update_fields=["last_day"])
    tell("quiet_days.ended", f"inspections.quiet_days:{found.pk}", {"last": last_day}, found.area, by, at)
    return found


def _no_days(first: int | None, last: int | None, weekdays: Sequence[int]) -> Problem | None:
    month = first is not None and last is not None and 1 <= first <= last <= 31
    week = all(1 <= day <= 7 for day in weekdays)
    if week and (month or (first is None and last is None and weekdays)):
        return None
    text = N_("Name the days: from and to a day of the month, days of the week (1 Monday to 7 Sunday), or both.")
    return Problem("inspections.quiet_days.none", text, {}, "month_from")


def _recorded(kind: str, firm: Firm, by: Person | None, at: datetime) -> None:
    writer.append_many(facts=[_told(kind, firm)], by=by, at=at)


def _told(kind: str, firm: Firm, more: Mapping[str, str] | None = None) -> writer.Told:
    data: dict[str, Any] = {
        "organisation": firm.organisation_id, "site": firm.site_id, "industry": firm.industry,
        "above_scale": int(firm.above_scale), "hazard": int(firm.hazard), **(more or {}),
    }  # fmt: skip
    if firm.roster_id:  # on the register from the fact that this file is applied
        data["roster"] = firm.roster_id
    return writer.Told(kind=f"inspections.{kind}", subject=firm.subject, data=data, area=firm.area)
