"""Plans on the desk: a list, one plan with its firms and what it would raise, its steps, and draws.

Drafts are seen by their own authority only. Not here: tasks (desk.tasks).
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused, searched
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.parties.guard import areas_where, guarded, may
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.inspections.actions import lots
from mingjing.programmes.inspections.actions import plans as actions
from mingjing.programmes.inspections.desk.acting import Act, act_on, offered
from mingjing.programmes.inspections.desk.plan_forms import (
    DrawForm,
    FileForm,
    LinesForm,
    LotForm,
    PlanForm,
    PublishForm,
    ReasonForm,
    ReferenceForm,
)
from mingjing.programmes.inspections.models import Firm, Plan
from mingjing.programmes.inspections.models.plans import PlanKind
from mingjing.programmes.inspections.queries.due import plans_waiting
from mingjing.programmes.inspections.queries.foresight import blanket, of_plan, spared_of_plan
from mingjing.programmes.inspections.queries.lots import document_of, file_name, shown
from mingjing.programmes.inspections.queries.posts import authorities_of
from mingjing.programmes.inspections.queries.seen import plans_seen

VIEW, DRAFT, APPROVE, FILE = (
    "inspections.plan.view", "inspections.plan.draft", "inspections.plan.approve", "inspections.plan.file",
)  # fmt: skip
TONES = {"draft": "plain", "approved": "info", "filed": "info", "published": "good", "withdrawn": "plain"}
STATES = {
    "draft": _("Draft"), "approved": _("Approved"), "filed": _("Filed with the bureau"), "published": _("Published"),
    "withdrawn": _("Plan withdrawn"),
}  # fmt: skip
MOST_FORESEEN = 50


def _lines(plan: Plan, data: Mapping[str, Any], by: Person, at: datetime) -> object:
    new = [
        actions.Line(firm, item, data["first_day"], data["last_day"])
        for firm in data["firms"]
        for item in data["items"]
    ]
    held = [] if data["replace"] else plan.lines.select_related("firm", "item")
    kept = [actions.Line(one.firm, one.item, one.first_day, one.last_day) for one in held]
    return actions.set_lines(plan=plan, lines=[*kept, *new], by=by, at=at)


def _committed(plan: Plan, data: Mapping[str, Any], by: Person, at: datetime) -> object:
    firms = Firm.objects.filter(area__path__startswith=plan.authority.area.path)
    return lots.commit_lot(
        plan=plan, firms=list(firms), wanted=data["wanted"], items=list(data["items"]), first_day=data["first_day"],
        last_day=data["last_day"], by=by, at=at,
    )  # fmt: skip


def _drawn(plan: Plan, data: Mapping[str, Any], by: Person, at: datetime) -> object:
    lot = plan.lots.filter(drawn_at=None).order_by("-pk").first()
    if lot is None:
        raise Http404
    return lots.draw_lot(lot=lot, witness=data["witness"], by=by, at=at)


ACTS: Mapping[str, Act] = {
    "lines": Act(
        title=_("Put firms in"), done=_("The firms stand in the plan."), permission=DRAFT, form=LinesForm, do=_lines,
        states=("draft",), own=True, icon="plus",
    ),
    "approve": Act(
        title=_("Approve the plan"), done=_("The plan is approved."), permission=APPROVE, form=ReferenceForm,
        do=lambda plan, data, by, at: actions.approve_plan(plan=plan, by=by, at=at, **data), states=("draft",),
        own=True, main=True,
    ),
    "commit": Act(
        title=_("Prepare the draw"), done=_("The list and the seed are bound; a second person draws."),
        permission=DRAFT, form=LotForm, do=_committed, states=("approved", "filed"), own=True,
        hint=_("Drawn from all firms where the authority inspects, and its officers with a valid certificate."),
    ),
    "draw": Act(
        title=_("Draw"), done=_("It was drawn; drafts of the tasks are made."), permission=DRAFT, form=DrawForm,
        do=_drawn, states=("approved", "filed"), own=True,
        hint=_("The seed was bound before; with the words of the witness nobody alone can choose."),
    ),
    "file": Act(
        title=_("File the plan"), done=_("The plan is filed."), permission=FILE, form=FileForm,
        do=lambda plan, data, by, at: actions.file_plan(plan=plan, by=by, at=at, **data), states=("approved",),
        main=True,
    ),
    "publish": Act(
        title=_("Say where it is published"), done=_("The plan is published."), permission=DRAFT, form=PublishForm,
        do=lambda plan, data, by, at: actions.publish_plan(plan=plan, by=by, at=at, **data), states=("filed",),
        own=True, main=True,
    ),
    "withdraw": Act(
        title=_("Withdraw the plan"), done=_("The plan is withdrawn."), permission=DRAFT, form=ReasonForm,
        do=lambda plan, data, by, at: actions.withdraw_plan(plan=plan, by=by, at=at, **data),
        states=("draft", "approved", "filed", "published"), own=True, icon="minus",
    ),
}  # fmt: skip


def find_plan(pk: int) -> Plan:
    """A plan with its authority; raises Http404."""
    related = ("authority__organisation", "authority__area", "replaces", "drafted_by", "approved_by", "filed_by")
    return get_object_or_404(Plan.objects.select_related(*related), pk=pk)


def plan_area(request: HttpRequest, pk: int, **_rest: Any) -> Area:
    """Where the plan's authority inspects."""
    return find_plan(pk).authority.area


def _seen(request: HttpRequest, pk: int) -> Plan:
    """The plan, if this reader sees it: another authority's draft is not there for them."""
    if not plans_seen(actor(request), timezone.localdate()).filter(pk=pk).exists():
        raise Http404
    return find_plan(pk)


def _acts(person: Person, plan: Plan) -> list[tuple[str, Act]]:
    """Those for its kind: only a plan of draws is drawn for, once its list is bound."""
    found = offered(ACTS, person, plan, plan.authority.area, plan.authority)
    if plan.kind != PlanKind.LOT:
        return [(code, act) for code, act in found if code not in ("commit", "draw")]
    held = list(plan.lots.all())
    away = {"lines"} | ({"commit", "draw"} if any(one.drawn_at for one in held) else set() if held else {"draw"})
    return [(code, act) for code, act in found if code not in away]


@guarded(VIEW)
@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    """Plans, the latest first: of one's own authority also drafts."""
    today, text = timezone.localdate(), searched(request)
    rows = plans_seen(actor(request), today)
    waits = request.GET.get("waits", "")
    waiting = plans_waiting(actor(request), today, authorities_of(actor(request), today))
    if waits in waiting:
        rows = rows.filter(pk__in=waiting[waits].values("pk"))
    if text:
        rows = rows.filter(title__icontains=text) | rows.filter(authority__organisation__words__contains=text.lower())
    page = page_of(rows, request.GET, order=("-first_day", "-id"))
    context = {
        "page": page, "rows": [(one, STATES[one.state], TONES[one.state]) for one in page.rows], "q": text,
        "waits": waits in waiting, "may_draft": may(request.user, DRAFT, on=today),
    }  # fmt: skip
    return render(request, "inspections/plans.html", context)


@guarded(VIEW, area=plan_area)
@require_safe
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """One plan: its steps, its firms, the draws, and while it is not published the warnings that it would raise."""
    found = _seen(request, pk)
    page = page_of(found.lines.select_related("firm__organisation", "item"), request.GET, order=("first_day", "id"))
    coming = found.state in ("draft", "approved", "filed")
    foreseen = of_plan(found) if coming else []
    acts = _acts(actor(request), found)
    context = {
        "plan": found, "state": STATES[found.state], "tone": TONES[found.state], "page": page,
        "foreseen": foreseen[:MOST_FORESEEN], "more": max(0, len(foreseen) - MOST_FORESEEN),
        "blanket": blanket(found), "acts": acts,
        "lots": [shown(one) for one in found.lots.select_related("committed_by")],
        "spared": list(spared_of_plan(found)[:MOST_FORESEEN]) if coming else [],
        "firms": found.lines.values("firm").distinct().count(),
    }  # fmt: skip
    return render(request, "inspections/plan.html", context)


@guarded(DRAFT)
def plan_add(request: HttpRequest) -> HttpResponse:
    """Draft a plan of one's own authority."""
    person = actor(request)
    scope = areas_where(person, DRAFT, on=timezone.localdate())
    form = PlanForm(request.POST or None, person=person, scope=scope)
    if form.is_bound and form.is_valid():
        try:
            made = actions.draft_plan(**form.cleaned_data, by=person, at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            return redirect("inspections:plan", made.pk)
    context = {
        "form": form, "title": _("Draft a plan"), "list_title": _("Inspection plans"),
        "back": reverse("inspections:plans"),
    }  # fmt: skip
    return render(request, "inspections/add.html", context, status=422 if form.is_bound else 200)


@guarded(VIEW, area=plan_area)
def plan_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """A step of a plan."""
    found = _seen(request, pk)
    acts = dict(_acts(actor(request), found)) if act in ACTS else {}
    shown = acts or {code: one for code, one in ACTS.items() if code == act}
    return act_on(
        request, shown, act, found, found.authority.area, found.authority,
        back=reverse("inspections:plan", args=[pk]), list_title=_("Inspection plans"),
        list_url=reverse("inspections:plans"),
    )  # fmt: skip


@guarded(VIEW, area=plan_area)
@require_safe
def lot(request: HttpRequest, pk: int, lot: int) -> HttpResponse:
    """A draw as a file, for whoever wants to make it again."""
    found = get_object_or_404(_seen(request, pk).lots, pk=lot)
    text = json.dumps(document_of(found), ensure_ascii=False, indent=1)
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{file_name(found)}"'
    return answer
