"""A file for the register on the desk: read, looked at, then taken in whole or not at all.

The file is kept under its digest between the two; what was looked at must still stand. Not here: what a row does.
"""

from typing import Any, BinaryIO

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.signing import Signer
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.faces.desk.session import actor
from mingjing.kernel.evidence.store import open_original, store
from mingjing.kernel.parties.guard import areas_where, guarded, require
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.inspections.actions.rosters import take_roster
from mingjing.programmes.inspections.desk.catalogue import MANAGE
from mingjing.programmes.inspections.desk.catalogue_forms import WithArea
from mingjing.programmes.inspections.policy.rosters import RosterMapping, parse_roster_mapping
from mingjing.programmes.inspections.queries.rosters import Preview, preview, shipped_rosters

SHOWN = 200
KINDS = {
    "authorities": _("Authorities"), "officers": _("Officers and certificates"), "items": _("Inspection items"),
    "firms": _("Firms"),
}  # fmt: skip
SIGNS = {"added": (_("New"), "good"), "changed": (_("Changed"), "watch")}


class RosterForm(WithArea):
    """A file, and the mapping that says which column is what."""

    mapping = forms.ChoiceField(label=_("What the file holds"), choices=tuple(KINDS.items()))
    file = forms.FileField(
        label=_("File"), help_text=_("A workbook (.xlsx) or a table of text (.csv)."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv,.gz"}),
    )  # fmt: skip
    mapping_file = forms.FileField(
        label=_("Or a mapping file"), required=False, help_text=_("A .toml file that says what the columns mean."),
        widget=forms.ClearableFileInput(attrs={"accept": ".toml"}),
    )  # fmt: skip


class TakeForm(forms.Form):
    """The file that was looked at, and what it was looked at against."""

    area = forms.ModelChoiceField(queryset=Area.objects.all(), widget=forms.HiddenInput())
    mapping_text = forms.CharField(max_length=50_000, strip=False, widget=forms.HiddenInput())
    digest = forms.RegexField(regex=r"^[0-9a-f]{64}$", widget=forms.HiddenInput())
    name = forms.CharField(max_length=200, widget=forms.HiddenInput())
    expected = forms.RegexField(regex=r"^[0-9a-f]{64}$", widget=forms.HiddenInput())
    seal = forms.CharField(max_length=100, widget=forms.HiddenInput())


@guarded(MANAGE)
def files(request: HttpRequest) -> HttpResponse:
    """Hand a file in: what it would change is shown, and nothing is changed yet."""
    scope = areas_where(request.user, MANAGE, on=timezone.localdate())
    form = RosterForm(request.POST or None, request.FILES or None, scope=scope)
    context: dict[str, Any] = {"form": form, "problems": ()}
    if form.is_bound and form.is_valid():
        try:
            context |= _looked_at(form.cleaned_data, actor(request))
        except Refusal as refusal:
            context["problems"] = refusal.problems
    bad = form.is_bound and "found" not in context
    return render(request, "inspections/files.html", context, status=422 if bad else 200)


def _seal(person: Person, digest: str) -> str:
    """That this person handed this file in: a digest alone opens nobody else's."""
    return Signer(salt="inspections.roster").signature(f"{person.pk}:{digest}")


def _looked_at(data: dict[str, Any], person: Person) -> dict[str, Any]:
    text, upload = _mapping_text(data), data["file"]
    digest = store(upload, settings.UPLOAD_LIMIT).sha256
    with open_original(digest) as file:
        found = preview(file=file, name=upload.name, mapping=parse_roster_mapping(text), area=data["area"])
    held = {
        "area": data["area"].pk, "mapping_text": text, "digest": digest, "name": upload.name[-200:],
        "expected": found.digest, "seal": _seal(person, digest),
    }  # fmt: skip
    return {"found": found, "take": TakeForm(initial=held), **_shown(found)}


def _shown(found: Preview) -> dict[str, Any]:
    rows = [(line, *SIGNS[line.kind], sorted(line.before.items())) for line in found.news[:SHOWN]]
    return {"rows": rows, "more": max(0, len(found.news) - SHOWN), "title": KINDS[found.kind]}


def _mapping_text(data: dict[str, Any]) -> str:
    own = data.get("mapping_file")
    if not own:
        return shipped_rosters()[data["mapping"]].read_text("utf-8")
    try:
        return str(own.read().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        said = N_("The mapping is not UTF-8 text; save it as UTF-8.")
        raise Refusal([Problem("mapping.encoding", said, {}, own.name)]) from error


@guarded(MANAGE)
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Take in the file that was looked at."""
    form = TakeForm(request.POST)
    if not form.is_valid():
        return redirect("inspections:files")
    data, person = form.cleaned_data, actor(request)
    if not constant_time_compare(data["seal"], _seal(person, data["digest"])):
        return redirect("inspections:files")
    require(person, MANAGE, area=data["area"], on=timezone.localdate())
    try:
        with open_original(data["digest"], verified=True) as file:
            found = _taken(file, parse_roster_mapping(data["mapping_text"]), data, person)
    except FileNotFoundError:
        messages.error(request, gettext("The file is not here any more; hand it in again."))
        return redirect("inspections:files")
    except Refusal as refusal:
        scope = areas_where(person, MANAGE, on=timezone.localdate())
        context = {"form": RosterForm(scope=scope), "problems": refusal.problems}
        return render(request, "inspections/files.html", context, status=422)
    said = gettext("The file was taken in: {added} new, {changed} changed, {same} as they were.")
    messages.success(request, said.format(**found.counts))
    return redirect("inspections:files")


def _taken(file: BinaryIO, mapping: RosterMapping, data: dict[str, Any], person: Any) -> Preview:
    return take_roster(
        file=file, name=data["name"], mapping=mapping, area=data["area"], expected=data["expected"], by=person,
        at=timezone.now(),
    )  # fmt: skip
