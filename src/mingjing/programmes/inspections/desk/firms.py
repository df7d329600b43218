"""The register of firms on the desk, with grades, exemptions and the sheet of the fixed code; and quiet days."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.codes import qr
from mingjing.faces.ui.forms import refused, searched
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.parties.guard import areas_where, guarded, may
from mingjing.kernel.places.models import Area, EntryCode
from mingjing.programmes.inspections.actions import firms as actions
from mingjing.programmes.inspections.desk.acting import Act, act_on, offered
from mingjing.programmes.inspections.desk.catalogue import MANAGE, VIEW
from mingjing.programmes.inspections.desk.catalogue_forms import (
    CorrectFirmForm,
    EndForm,
    ExemptionForm,
    FirmForm,
    GradeForm,
    QuietForm,
)
from mingjing.programmes.inspections.models import Firm, QuietDays
from mingjing.programmes.inspections.queries.posts import authorities_of
from mingjing.programmes.inspections.queries.ratings import word_of
from mingjing.programmes.inspections.queries.seen import firms_named

ACTS: Mapping[str, Act] = {
    "grade": Act(
        title=_("Grade the firm"), done=_("The grade was recorded."), permission=MANAGE, form=GradeForm,
        do=lambda found, data, by, at: actions.grade_firm(firm=found, by=by, at=at, **data),
        hint=_("Grades are only added: the latest before a day holds on it."),
    ),
    "exempt": Act(
        title=_("Exempt from routine visits"), done=_("The exemption was recorded."), permission=MANAGE,
        form=ExemptionForm, do=lambda found, data, by, at: actions.exempt_firm(firm=found, by=by, at=at, **data),
    ),
    "correct": Act(
        title=_("Correct what is known"), done=_("It was corrected."), permission=MANAGE, form=CorrectFirmForm,
        do=lambda found, data, by, at: actions.correct_firm(firm=found, site=found.site, by=by, at=at, **data),
        icon="pencil",
    ),
}  # fmt: skip

QUIET_ACTS: Mapping[str, Act] = {
    "end": Act(
        title=_("End quiet days"), done=_("They end on that day."), permission=MANAGE, form=EndForm,
        do=lambda found, data, by, at: actions.end_quiet_days(quiet=found, by=by, at=at, **data),
    ),
}  # fmt: skip


def find_firm(pk: int) -> Firm:
    """A firm with its body, place and area; raises Http404."""
    return get_object_or_404(Firm.objects.select_related("organisation", "site", "area"), pk=pk)


def firm_area(request: HttpRequest, pk: int, **_rest: Any) -> Area:
    """The area of the firm that is asked for."""
    return find_firm(pk).area


@guarded(VIEW)
@require_safe
def firms(request: HttpRequest) -> HttpResponse:
    """The firms of the reader's area, found by name, pinyin or credit code."""
    today, text = timezone.localdate(), searched(request)
    rows = areas_where(request.user, VIEW, on=today).within(firms_named(text))
    page = page_of(rows.prefetch_related("grades"), request.GET, order=("organisation__name", "id"))
    context = {
        "page": page, "rows": [(one, _grade(one, today)) for one in page.rows], "q": text,
        "may_manage": may(request.user, MANAGE, on=today),
    }  # fmt: skip
    return render(request, "inspections/firms.html", context)


def _grade(firm: Firm, today: Any) -> str:
    return next((one.grade for one in firm.grades.all() if one.first_day <= today), "")


@guarded(VIEW, area=firm_area)
@require_safe
def firm(request: HttpRequest, pk: int) -> HttpResponse:
    """One firm: its place and flags, its grades and exemptions."""
    found, person, today = find_firm(pk), actor(request), timezone.localdate()
    context = {
        "firm": found, "grade": _grade(found, today), "grades": list(found.grades.all()),
        "exemptions": list(found.exemptions.select_related("authority__organisation").order_by("-first_day")),
        "acts": offered(ACTS, person, found, found.area),
    }  # fmt: skip
    return render(request, "inspections/firm.html", context)


@guarded(MANAGE)
def firm_add(request: HttpRequest) -> HttpResponse:
    """Register an enterprise with its place, whose fixed code is issued at once."""
    scope = areas_where(request.user, MANAGE, on=timezone.localdate())
    form = FirmForm(request.POST or None, scope=scope)
    if form.is_bound and form.is_valid():
        try:
            made = actions.register_firm(**form.cleaned_data, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            return redirect("inspections:firm", made.pk)
    context = {
        "form": form, "title": _("Register a firm"), "list_title": _("Firms"), "back": reverse("inspections:firms"),
    }  # fmt: skip
    return render(request, "inspections/add.html", context, status=422 if form.is_bound else 200)


@guarded(VIEW, area=firm_area)
def firm_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Grade a firm, exempt it, correct what is known of it."""
    found = find_firm(pk)
    return act_on(
        request, ACTS, act, found, found.area, back=reverse("inspections:firm", args=[pk]), list_title=_("Firms"),
        list_url=reverse("inspections:firms"),
    )  # fmt: skip


@guarded(MANAGE, area=firm_area)
@require_safe
def firm_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet with the fixed code, to be printed and put up at the door. Whoever has it could say they were there."""
    found = find_firm(pk)
    code = EntryCode.objects.filter(site=found.site, withdrawn_at=None).first() if found.site else None
    if code is None:
        raise Http404
    address = request.build_absolute_uri(reverse("inspections_board:firm-door", args=[code.code]))
    picture = qr(address, gettext("Fixed code of {firm}").format(firm=found))
    own = authorities_of(actor(request), timezone.localdate())  # whoever inspects does not see the firm's word
    context = {"firm": found, "code": code.code, "picture": picture, "word": "" if own else word_of(found)}
    return render(request, "inspections/firm_sheet.html", context)


@guarded(VIEW)
@require_safe
def quiet_days(request: HttpRequest) -> HttpResponse:
    """The quiet days of the reader's area, and of the areas that it lies in."""
    today = timezone.localdate()
    rows = areas_where(request.user, VIEW, on=today).reached(QuietDays.objects.select_related("area"))
    page = page_of(rows, request.GET, order=("-first_day", "-id"))
    manages = areas_where(request.user, MANAGE, on=today)
    shown = [(one, manages.covers(one.area)) for one in page.rows]
    context = {"page": page, "rows": shown, "may_manage": bool(manages)}
    return render(request, "inspections/quiet_days.html", context)


@guarded(MANAGE)
def quiet_add(request: HttpRequest) -> HttpResponse:
    """Record quiet days, by an act."""
    scope = areas_where(request.user, MANAGE, on=timezone.localdate())
    form = QuietForm(request.POST or None, scope=scope)
    if form.is_bound and form.is_valid():
        try:
            actions.record_quiet_days(**form.cleaned_data, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            return redirect("inspections:quiet-days")
    context = {
        "form": form, "title": _("Record quiet days"), "list_title": _("Quiet days"),
        "back": reverse("inspections:quiet-days"),
    }  # fmt: skip
    return render(request, "inspections/add.html", context, status=422 if form.is_bound else 200)


def quiet_area(request: HttpRequest, pk: int, **_rest: Any) -> Area:
    """Whose firms are left alone."""
    return get_object_or_404(QuietDays.objects.select_related("area"), pk=pk).area


@guarded(MANAGE, area=quiet_area)
def quiet_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """End quiet days."""
    found = get_object_or_404(QuietDays.objects.select_related("area"), pk=pk)
    url = reverse("inspections:quiet-days")
    return act_on(request, QUIET_ACTS, act, found, found.area, back=url, list_title=_("Quiet days"), list_url=url)
