"""Kinds of documents and their templates: download the default, upload one's own, preview; letterheads of a series.

Not here: issued documents (documents).
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.case_list import areas_to_choose
from mingjing.faces.desk.documents import NOSNIFF, WORD, word_file
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused
from mingjing.kernel.documents import actions
from mingjing.kernel.documents.kinds import FRAME, DocumentKind, chinese_title, kinds
from mingjing.kernel.documents.models import Template
from mingjing.kernel.documents.queries import letterhead_of, letterheads_of, template_bytes, template_of, templates_of
from mingjing.kernel.documents.rendering import render as filled_in
from mingjing.kernel.documents.samples import sample_values
from mingjing.kernel.evidence import store
from mingjing.kernel.parties.guard import areas_where, guarded, may
from mingjing.kernel.places.models import Area

UPLOAD, HEAD = "upload", "head"
"""The two forms of a kind's page, by the name of the button."""


class TemplateForm(forms.Form):
    """One's own template."""

    file = forms.FileField(
        label=_("Word file (.docx)"),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".docx"}),
        help_text=_("Edited from the one in use: it must print every field marked as needed."),
    )


class LetterheadForm(forms.Form):
    """What stands on every document of the series."""

    letters = forms.CharField(label=_("Letters of the number"), max_length=20, help_text=_("Such as 荷物考."))
    office = forms.CharField(label=_("Issuing office"), max_length=100)


def _kind(code: str) -> DocumentKind:
    if code not in kinds():
        raise Http404
    return kinds()[code]


def area_asked(request: HttpRequest, code: str, area: str) -> Area:
    """The area whose templates are meant, or a 404."""
    return get_object_or_404(Area, code=area)


def area_of_template(request: HttpRequest, pk: int) -> Area:
    """Where a template is used, or a 404."""
    return get_object_or_404(Template.objects.select_related("area"), pk=pk).area


@guarded("documents.document.view")
def all_kinds(request: HttpRequest) -> HttpResponse:
    """Every kind with the template that is used in one of the reader's areas."""
    scope = areas_where(request.user, "documents.document.view", on=timezone.localdate())
    choices = [choice for choice in areas_to_choose(scope) if choice[0]]
    wanted = request.GET.get("area", "")
    here = get_object_or_404(Area, code=wanted if wanted in dict(choices) else choices[0][0])
    own, heads = templates_of(here), letterheads_of(here, kinds().values())
    rows = [(kind, own.get(code), heads[code]) for code, kind in kinds().items()]
    context = {"rows": rows, "area": here, "choices": choices}
    return render(request, "desk/document_kinds.html", context)


@guarded("documents.document.view", area=area_asked)
def kind(request: HttpRequest, code: str, area: str) -> HttpResponse:
    """One kind in one area: its fields, the template in use and the earlier ones, the letterhead."""
    return _page(request, _kind(code), area_asked(request, code, area))


def _page(
    request: HttpRequest, found: DocumentKind, here: Area, upload: Any = None, head: Any = None, status: int = 200
) -> HttpResponse:
    standing = letterhead_of(here, found)
    versions = Template.objects.filter(area=here, kind=found.code).select_related("recorded_by").order_by("-version")
    manages = may(request.user, "documents.template.manage", area=here, on=timezone.localdate())
    context = {"kind": found, "area": here, "own": template_of(here, found), "versions": versions, "head": standing}
    context |= {"upload_form": upload or TemplateForm(), "may_manage": manages}
    context["head_form"] = head or LetterheadForm(initial={"letters": standing.letters, "office": standing.office})
    context["frame"] = [(name, title, name in found.must_print) for name, title in FRAME.items() if name in found.names]
    return render(request, "desk/document_kind.html", context, status=status)


@guarded("documents.template.manage", area=area_asked)
@require_POST
def upload(request: HttpRequest, code: str, area: str) -> HttpResponse:
    """Use an uploaded template from now on."""
    found, here = _kind(code), area_asked(request, code, area)
    form = TemplateForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        given = {"kind": found, "area": here, "file": file, "file_name": file.name or ""}
        try:
            actions.record_template(**given, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("The template was recorded; documents issued from now on use it."))
            return redirect("desk:document-kind", code, area)
    return _page(request, found, here, upload=form, status=422)


@guarded("documents.template.manage", area=area_asked)
@require_POST
def letterhead(request: HttpRequest, code: str, area: str) -> HttpResponse:
    """Give the series of a kind other letters or another office."""
    found, here = _kind(code), area_asked(request, code, area)
    form = LetterheadForm(request.POST)
    if form.is_valid():
        try:
            actions.record_letterhead(kind=found, area=here, **form.cleaned_data, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("The letterhead was recorded; numbers go on counting."))
            return redirect("desk:document-kind", code, area)
    return _page(request, found, here, head=form, status=422)


@guarded("documents.document.view", area=area_asked)
def preview(request: HttpRequest, code: str, area: str) -> HttpResponse:
    """The template in use, filled in with a sample."""
    found, here = _kind(code), area_asked(request, code, area)
    head = letterhead_of(here, found)
    values = sample_values(found, head.letters, head.office)
    address = request.build_absolute_uri(reverse("desk:document-look-up"))
    content = filled_in(template_bytes(found, template_of(here, found)), values, qr=address)
    return word_file(content, f"{chinese_title(found)}（样张）.docx")


@guarded("documents.document.view", area=area_asked)
def in_use(request: HttpRequest, code: str, area: str) -> HttpResponse:
    """The template in use, to be edited."""
    found, here = _kind(code), area_asked(request, code, area)
    return word_file(template_bytes(found, template_of(here, found)), f"{chinese_title(found)}（模板）.docx")


@guarded("documents.document.view", area=area_of_template)
def template(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A version of a template as it was uploaded."""
    found = get_object_or_404(Template, pk=pk)
    name = found.file_name or f"{found.kind}-{found.version}.docx"
    kept = store.open_original(found.sha256, verified=True)
    return FileResponse(kept, as_attachment=True, filename=name, content_type=WORD, headers=NOSNIFF)


@guarded("documents.template.manage", area=area_of_template)
@require_POST
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Use a template no longer."""
    found = get_object_or_404(Template.objects.select_related("area"), pk=pk)
    try:
        actions.retire_template(template=found, by=actor(request), at=timezone.now())
    except Refusal as refusal:
        messages.error(request, " ".join(problem.say(gettext) for problem in refusal.problems))
    else:
        messages.success(request, gettext("The template was retired; the one before it counts again."))
    return redirect("desk:document-kind", found.kind, found.area.code)
