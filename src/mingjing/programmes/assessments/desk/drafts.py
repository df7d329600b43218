"""Drafts of schemes and what becomes of them: begin, bring a workbook, look at the changes, publish or withdraw."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from mingjing.engine.outcome import Problem, Refusal
from mingjing.faces.ui.forms import refused
from mingjing.kernel.parties.guard import areas_where, guarded
from mingjing.kernel.places.models import Area
from mingjing.kernel.rulebooks import actions
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.desk.forms import NoteForm, PublishForm, SchemeForm, WithdrawForm, WorkbookForm
from mingjing.programmes.assessments.desk.schemes import actor, area_of, find_version
from mingjing.programmes.assessments.policy.changes import changes
from mingjing.programmes.assessments.queries.schemes import KIND, read_scheme, shipped_schemes

REFUSED = 422


@guarded("rulebooks.version.draft")
def add(request: HttpRequest) -> HttpResponse:
    """A scheme that is new here: one that ships, or a workbook; it begins as a draft."""
    areas = areas_where(request.user, "rulebooks.version.draft", on=timezone.localdate())
    choices = [(area.code, area.name) for area in Area.objects.filter(path__in=areas.paths)]
    form = SchemeForm(request.POST or None, request.FILES or None, shipped=list(shipped_schemes()), areas=choices)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            draft = _create(request, form.cleaned_data)
        except Refusal as refusal:
            problems = refusal.problems
        else:
            messages.success(request, gettext("The scheme was added as a draft."))
            return redirect("assessments:version", draft.rulebook.code, draft.number)
    context = {"form": form, "problems": problems}
    return render(request, "assessments/scheme_form.html", context, status=REFUSED if form.is_bound else 200)


def _create(request: HttpRequest, data: dict[str, Any]) -> Version:
    if data["shipped"]:
        path = shipped_schemes()[data["shipped"]]
        with path.open("rb") as file:
            document = read_scheme(file, path.name)
    else:
        document = read_scheme(data["file"], data["file"].name)
    area = Area.objects.get(code=data["area"])
    return actions.create_rulebook(
        kind=KIND, code=document["code"], titles=document["title"], area=area, document=document,
        by=actor(request), at=timezone.now(),
    )  # fmt: skip


@guarded("rulebooks.version.draft", area=area_of)
@require_POST
def begin(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Begin a draft from this version."""
    form = NoteForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    draft = actions.start_draft(base=find_version(code, number), note=note, by=actor(request), at=timezone.now())
    messages.success(request, gettext("Draft %(number)s was begun.") % {"number": draft.number})
    return redirect("assessments:version", code, draft.number)


@guarded("rulebooks.version.draft", area=area_of)
def upload(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Bring an edited workbook into a draft: all of it, or nothing and every mistake by sheet and cell."""
    draft = find_version(code, number)
    form = WorkbookForm(request.POST or None, request.FILES or None, initial={"revision": draft.revision})
    problems: tuple[Problem, ...] = ()
    if form.is_bound and form.is_valid():
        try:
            _save(request, draft, form.cleaned_data)
        except Refusal as refusal:
            problems = refusal.problems
        else:
            messages.success(request, gettext("The workbook was taken into the draft. These are its changes."))
            return redirect(_comparison(draft))
    context = {"version": draft, "rulebook": draft.rulebook, "form": form, "problems": problems}
    return render(request, "assessments/upload.html", context, status=REFUSED if form.is_bound else 200)


def _save(request: HttpRequest, draft: Version, data: dict[str, Any]) -> None:
    document = read_scheme(data["file"], data["file"].name)
    actions.save_draft(
        version=draft, document=document, expected_revision=data["revision"], by=actor(request), at=timezone.now()
    )


def _comparison(draft: Version) -> str:
    """The address of what the draft changes; a first draft changes nothing, so its own page."""
    code = draft.rulebook.code
    if draft.based_on is None:
        return reverse("assessments:version", args=[code, draft.number])
    return f"{reverse('assessments:compare', args=[code])}?old={draft.based_on.number}&new={draft.number}"


@guarded("rulebooks.version.publish", area=area_of)
def publish(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The second look: what changes against the version in force, from when; then publish."""
    draft = find_version(code, number)
    day = timezone.localdate() + timedelta(days=1)
    form = PublishForm(request.POST or None, initial={"effective_from": day, "digest": draft.digest})
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            _publish(request, draft, form.cleaned_data)
        except Refusal as refusal:
            problems = refusal.problems
        else:
            messages.success(request, gettext("Version %(number)s was published.") % {"number": number})
            return redirect("assessments:version", code, number)
    old = draft.rulebook.versions.published().order_by("-effective_from").first()
    found = changes(old.content, draft.content) if old else ()
    context = {"version": draft, "rulebook": draft.rulebook, "form": form, "problems": problems}
    context |= {"old": old, "changes": found}
    return render(request, "assessments/publish.html", context, status=REFUSED if form.is_bound else 200)


def _publish(request: HttpRequest, draft: Version, data: dict[str, Any]) -> None:
    actions.publish_version(
        version=draft, effective_from=data["effective_from"], expected_digest=data["digest"],
        by=actor(request), at=timezone.now(),
    )  # fmt: skip


@guarded("rulebooks.version.draft", area=area_of)
def withdraw(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Close a draft that nobody wants any more, saying why."""
    draft, form = find_version(code, number), WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw_draft(version=draft, **form.cleaned_data, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("Draft %(number)s was withdrawn.") % {"number": number})
            return redirect("assessments:version", code, number)
    context = {"version": draft, "rulebook": draft.rulebook, "form": form}
    return render(request, "assessments/withdraw.html", context, status=REFUSED if form.is_bound else 200)
