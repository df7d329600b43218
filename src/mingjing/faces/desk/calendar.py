"""The calendar of working days: a year as months, closures of the reader's areas, the notices that it rests on.

Not here: how deadlines are counted (engine.workdays), what they are of (the programmes).
"""

import calendar as months_of_python
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingjing.engine.outcome import Refusal
from mingjing.engine.workdays import HOLIDAYS, Calendar, Mark, is_working, working_days_between
from mingjing.faces.desk.case_list import areas_to_choose
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused
from mingjing.kernel.calendar import actions
from mingjing.kernel.calendar.models import Closure, Notice
from mingjing.kernel.calendar.queries import calendar_of, closures_seen, lacking, newest_notices
from mingjing.kernel.parties.guard import areas_where, guarded, may
from mingjing.kernel.places.models import Area

WEEKDAYS = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
SIGNS = {Mark.OFF: _("day off"), Mark.WORKING: _("make-up working day"), Mark.CLOSED: _("office closed")}
SHORT = {Mark.OFF: _("off"), Mark.WORKING: _("work"), Mark.CLOSED: _("closed")}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the grid: how it looks, its sign, and all that is said of it."""

    day: date
    look: str
    short: object = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """A month as weeks of seven cells (None before its first day and after its last), and its working days."""

    first: date
    weeks: list[list[Cell | None]]
    working: int


class YearForm(forms.Form):
    """Which year, of which area."""

    year = forms.IntegerField(label=_("Year"), required=False, min_value=2000, max_value=2200)
    area = forms.ChoiceField(label=_("Area"), required=False)


class ClosureForm(forms.Form):
    """Which offices were closed, when and why."""

    area = forms.ChoiceField(label=_("Area"), help_text=_("The offices of this area and of all areas below it."))
    first_day = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("It is shown beside deadlines that the closure moves.")
    )


class WithdrawalForm(forms.Form):
    """Why a closure is taken back."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class NoticeForm(forms.Form):
    """A notice as it is printed: a first and a last day for each holiday, and the make-up days."""

    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2200)
    reference = forms.CharField(label=_("Number of the notice"), max_length=100)
    published_on = forms.DateField(label=_("Published on"), widget=forms.DateInput(attrs={"type": "date"}))
    working = forms.CharField(
        label=_("Make-up working days"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One below the other, such as 2026-02-14."),
    )

    def __init__(self, data: Any = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        for code, title in HOLIDAYS.items():
            if code != "other":
                self.fields[code] = forms.CharField(
                    label=gettext(title), required=False, max_length=40,
                    help_text=gettext("First and last day, such as 2026-02-15 2026-02-23; a joint holiday once only."),
                )  # fmt: skip
        self.order_fields(["year", "reference", "published_on", *HOLIDAYS, "working"])

    def clean(self) -> dict[str, Any]:
        """Every cell read as days."""
        read = {code: self._days(code) for code in (*HOLIDAYS, "working") if self.cleaned_data.get(code)}
        for code in HOLIDAYS:
            if code in read and len(read[code]) not in (1, 2):
                self.add_error(code, _("Write one day, or the first and the last one."))
        self.cleaned_data["read"] = read
        return self.cleaned_data

    def _days(self, code: str) -> list[date]:
        found: list[date] = []
        for word in self.cleaned_data[code].replace("~", " ").split():
            try:
                found.append(date.fromisoformat(word if _DAY.fullmatch(word) else ""))
            except ValueError:
                self.add_error(code, _("Write days as 2026-02-15, with a space between them."))
                return []
        return found

    def given(self) -> dict[str, Any]:
        """What the action takes."""
        read = dict(self.cleaned_data["read"])
        working = [(day, "other") for day in read.pop("working", [])]
        off = [(days[0], days[-1], code) for code, days in read.items()]
        kept = {name: self.cleaned_data[name] for name in ("year", "reference", "published_on")}
        return {**kept, "off": off, "working": working}


def months(calendar: Calendar, year: int) -> Iterator[Month]:
    """The months of `year`, their weeks from Monday on."""
    for number in range(1, 13):
        weeks = months_of_python.Calendar().monthdatescalendar(year, number)
        cells = [[_cell(calendar, day) if day.month == number else None for day in week] for week in weeks]
        first = date(year, number, 1)
        last = date(year, number, months_of_python.monthrange(year, number)[1])
        yield Month(first, cells, working_days_between(calendar, first - timedelta(days=1), last))


def _cell(calendar: Calendar, day: date) -> Cell:
    special = calendar.special.get(day)
    if special is None:
        return Cell(day, "plain" if is_working(calendar, day) else "weekend")
    why = special.why if special.mark == Mark.CLOSED else gettext(HOLIDAYS.get(special.why, HOLIDAYS["other"]))
    words = f"{SIGNS[special.mark]}{gettext(': ')}{why}"
    return Cell(day, special.mark.value, SHORT[special.mark], words)


@guarded("calendar.day.view")
def year(request: HttpRequest) -> HttpResponse:
    """A year of the reader's area, or of another one of theirs."""
    today, scope = timezone.localdate(), areas_where(request.user, "calendar.day.view", on=timezone.localdate())
    choices = [choice for choice in areas_to_choose(scope) if choice[0]]
    form = YearForm({"year": today.year, **request.GET.dict()})
    form.fields["area"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
    asked = form.cleaned_data if form.is_valid() else {}
    shown = asked.get("year") or today.year
    here = get_object_or_404(Area, code=asked.get("area") or choices[0][0])
    context = {"form": form, "year": shown, "area": here, "weekdays": WEEKDAYS, "lacking": lacking(today)}
    closures = closures_seen(scope, first_day__lte=date(shown, 12, 31), last_day__gte=date(shown, 1, 1))
    context |= {"closures": [(one, _may_withdraw(request, one)) for one in closures], "today": today}
    context["may_close"] = may(request.user, "calendar.closure.record", on=today)
    context["may_record"] = may(request.user, "calendar.notice.record", on=today)
    return render(request, "desk/calendar.html", context | _grid(here, shown))


def _grid(here: Area, shown: int) -> dict[str, Any]:
    """The months and what they rest on."""
    grid = list(months(calendar_of(here), shown))
    notices = newest_notices(Notice.objects.filter(year__in=(shown, shown + 1)).select_related("recorded_by"))
    known = {"notice": notices.get(shown), "next": notices.get(shown + 1)}
    return {"months": grid, "working": sum(month.working for month in grid), **known}


def _may_withdraw(request: HttpRequest, closure: Closure) -> bool:
    today = timezone.localdate()
    return closure.withdrawn_at is None and may(request.user, "calendar.closure.record", area=closure.area, on=today)


@guarded("calendar.closure.record")
def close(request: HttpRequest) -> HttpResponse:
    """Record days on which the offices of one of the reader's areas are closed."""
    scope = areas_where(request.user, "calendar.closure.record", on=timezone.localdate())
    form = ClosureForm(request.POST or None)
    form.fields["area"].choices = [one for one in areas_to_choose(scope) if one[0]]  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data | {"area": get_object_or_404(Area, code=form.cleaned_data["area"])}
        try:
            closure = actions.record_closure(**given, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("The closure was recorded. Deadlines told from now on know it."))
            return _back(closure.first_day.year)
    return render(request, "desk/closure_form.html", {"form": form}, status=422 if form.is_bound else 200)


def area_of_closure(request: HttpRequest, pk: int) -> Area:
    """Where a closure belongs, or a 404."""
    return get_object_or_404(Closure.objects.select_related("area"), pk=pk).area


@guarded("calendar.closure.record", area=area_of_closure)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a closure back, with the reason."""
    found = get_object_or_404(Closure.objects.select_related("area"), pk=pk)
    form = WithdrawalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw_closure(closure=found, **form.cleaned_data, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("The closure was withdrawn."))
            return _back(found.first_day.year)
    context = {"form": form, "closure": found}
    return render(request, "desk/closure_withdrawal.html", context, status=422 if form.is_bound else 200)


@guarded("calendar.notice.record")
def record_notice(request: HttpRequest) -> HttpResponse:
    """Record the State Council's notice for a year; it holds for the whole installation."""
    wanted = lacking(timezone.localdate())
    form = NoticeForm(request.POST or None, initial={"year": wanted[0]} if wanted else None)
    if request.method == "POST" and form.is_valid():
        try:
            notice = actions.record_notice(**form.given(), by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("The notice was recorded. Compare the months below with the paper."))
            return _back(notice.year)
    return render(request, "desk/notice_form.html", {"form": form}, status=422 if form.is_bound else 200)


def _back(shown: int) -> HttpResponse:
    response = redirect("desk:calendar")
    response["Location"] += f"?year={shown}"
    return response
