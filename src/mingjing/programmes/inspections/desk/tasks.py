"""Tasks on the desk: a list, one task with its steps and what it would raise, and the sheet with its code.

A task is its own authority's; who oversees all sees it once it is approved. Not here: the entry itself (desk.entries).
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

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
from mingjing.kernel.db.search import matching
from mingjing.kernel.parties.guard import areas_where, guarded, may
from mingjing.kernel.places.models import Area
from mingjing.programmes.inspections.actions import tasks as actions
from mingjing.programmes.inspections.desk.acting import Act, act_on, offered
from mingjing.programmes.inspections.desk.plan_forms import ReasonForm, ReferenceForm
from mingjing.programmes.inspections.desk.task_forms import TaskForm
from mingjing.programmes.inspections.models import Entry, Task
from mingjing.programmes.inspections.models.plans import TaskState
from mingjing.programmes.inspections.queries.due import tasks_waiting
from mingjing.programmes.inspections.queries.foresight import of_task, spared_of_task
from mingjing.programmes.inspections.queries.posts import authorities_of
from mingjing.programmes.inspections.queries.seen import of_own, tasks_seen

VIEW, DRAFT, APPROVE = "inspections.task.view", "inspections.plan.draft", "inspections.plan.approve"
TONES = {
    TaskState.DRAFT: "plain", TaskState.APPROVED: "info", TaskState.NOTICED: "info", TaskState.CODED: "good",
    TaskState.CANCELLED: "plain",
}  # fmt: skip

ACTS: Mapping[str, Act] = {
    "approve": Act(
        title=_("Approve the task"), done=_("The task is approved."), permission=APPROVE, form=ReferenceForm,
        do=lambda task, data, by, at: actions.approve_task(task=task, by=by, at=at, **data), own=True, main=True,
        states=("draft", "coded"),
    ),
    "notice": Act(
        title=_("Give the firm notice"), done=_("The notice is on record."), permission=DRAFT, own=True, main=True,
        do=lambda task, _data, by, at: actions.notice_task(task=task, by=by, at=at), states=("approved",),
        hint=_("The firm is told who comes, for what and when; the gate compares. Skip it for a surprise visit."),
    ),
    "code": Act(
        title=_("Issue the code"), done=_("The code is issued."), permission=DRAFT, own=True, main=True, icon="scan",
        do=lambda task, _data, by, at: actions.issue_code(task=task, by=by, at=at),
        states=("draft", "approved", "noticed"), hint=_("The officers show it; the firm scans it."),
    ),
    "cancel": Act(
        title=_("Cancel the task"), done=_("The task is cancelled."), permission=DRAFT, form=ReasonForm, own=True,
        do=lambda task, data, by, at: actions.cancel_task(task=task, by=by, at=at, **data), icon="minus",
        states=("draft", "approved", "noticed", "coded"),
    ),
}  # fmt: skip


def find_task(pk: UUID) -> Task:
    """A task with its authority, firm and plan; raises Http404."""
    related = (
        "authority__organisation", "authority__area", "firm__organisation", "firm__area", "firm__site", "plan",
        "drafted_by", "approved_by",
    )  # fmt: skip
    return get_object_or_404(Task.objects.select_related(*related), pk=pk)


def task_area(request: HttpRequest, pk: UUID, **_rest: Any) -> Area:
    """Where the task's authority inspects."""
    return find_task(pk).authority.area


def _seen(request: HttpRequest, pk: UUID) -> Task:
    if not tasks_seen(actor(request), timezone.localdate()).filter(pk=pk).exists():
        raise Http404
    return find_task(pk)


def _acts(request: HttpRequest, task: Task) -> dict[str, Act]:
    """Those that lead on from where it stands: no code before approval but in an emergency."""
    found = dict(offered(ACTS, actor(request), task, task.authority.area, task.authority))
    if task.approved_at:
        found.pop("approve", None)
    if not task.approved_at and not task.emergency:
        found.pop("code", None)
    return found


@guarded(VIEW)
@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """Tasks, the latest days first, found by firm: name, pinyin, initials or credit code."""
    today, text = timezone.localdate(), searched(request)
    rows = tasks_seen(actor(request), today)
    waits = request.GET.get("waits") == "approve"
    if waits:
        waiting = tasks_waiting(actor(request), today, authorities_of(actor(request), today))
        rows = rows.filter(pk__in=waiting["approve"].values("pk"))
    if text:
        rows = rows.filter(matching(text, "firm__organisation__words", codes=["firm__organisation__credit_code"]))
    page = page_of(rows, request.GET, order=("-first_day", "-id"))
    context = {
        "page": page, "rows": [(one, one.state.label, TONES[one.state]) for one in page.rows], "q": text,
        "waits": waits, "may_draft": may(request.user, DRAFT, on=today),
    }  # fmt: skip
    return render(request, "inspections/tasks.html", context)


@guarded(VIEW, area=task_area)
@require_safe
def task(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One task: who, whom, what for, how far it has come, and what it would raise."""
    found = _seen(request, pk)
    entered = Entry.objects.filter(task=found).select_related("visit").order_by("-pk")
    coming = found.state != TaskState.CANCELLED and not entered
    context = {
        "task": found, "state": found.state.label, "tone": TONES[found.state],
        "acts": list(_acts(request, found).items()),
        "items": [row.item for row in found.taskitem_set.select_related("item")],
        "officers": [row.person for row in found.taskofficer_set.select_related("person")],
        "entries": list(entered), "foreseen": of_task(found) if coming else [],
        "spared": list(spared_of_task(found)) if coming else [],
        "shows_code": bool(found.code) and of_own(actor(request), found.authority, timezone.localdate()),
    }  # fmt: skip
    return render(request, "inspections/task.html", context)


@guarded(DRAFT)
def task_add(request: HttpRequest) -> HttpResponse:
    """Draft a task of one's own authority."""
    person = actor(request)
    form = TaskForm(request.POST or None, person=person, scope=areas_where(person, DRAFT, on=timezone.localdate()))
    if form.is_bound and form.is_valid():
        try:
            made = actions.draft_task(**form.cleaned_data, by=person, at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            return redirect("inspections:task", made.pk)
    context = {
        "form": form, "title": _("Draft a task"), "list_title": _("Inspection tasks"),
        "back": reverse("inspections:tasks"),
    }  # fmt: skip
    return render(request, "inspections/add.html", context, status=422 if form.is_bound else 200)


@guarded(VIEW, area=task_area)
def task_act(request: HttpRequest, pk: UUID, act: str) -> HttpResponse:
    """A step of a task."""
    found = _seen(request, pk)
    shown = _acts(request, found) or {code: one for code, one in ACTS.items() if code == act}
    return act_on(
        request, shown, act, found, found.authority.area, found.authority,
        back=reverse("inspections:task", args=[pk]), list_title=_("Inspection tasks"),
        list_url=reverse("inspections:tasks"), named=found.firm,
    )  # fmt: skip


@guarded(VIEW, area=task_area)
@require_safe
def task_sheet(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The task on paper with its code, which the firm scans: for its own authority."""
    found = _seen(request, pk)
    if not found.code or found.cancelled_at or not of_own(actor(request), found.authority, timezone.localdate()):
        raise Http404
    address = request.build_absolute_uri(reverse("inspections_board:door", args=[found.code]))
    context = {
        "task": found, "picture": qr(address, gettext("Code of the task")), "address": address,
        "items": [row.item for row in found.taskitem_set.select_related("item")],
        "officers": [row.person for row in found.taskofficer_set.select_related("person")],
    }  # fmt: skip
    return render(request, "inspections/task_sheet.html", context)
