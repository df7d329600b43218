"""The results of a replay: lists by class and tier, one result with every line explained, and files to take away."""

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingjing.engine.outcome import Refusal, spoken
from mingjing.faces.ui.forms import sentence
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.parties.guard import guarded
from mingjing.kernel.tables import csv_pieces
from mingjing.programmes.assessments.desk.replays import area_of, find_replay
from mingjing.programmes.assessments.desk.shown import tier_title, tones
from mingjing.programmes.assessments.models import Replay, Result
from mingjing.programmes.assessments.policy.decisions import result_row
from mingjing.programmes.assessments.policy.replay import COLUMNS
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.decisions import decision_file
from mingjing.programmes.assessments.queries.results import completion_of, row_of, worked_out
from mingjing.programmes.assessments.queries.schemes import scheme_of


class FilterForm(forms.Form):
    """Which results of a class to list."""

    tier = forms.ChoiceField(label=_("Tier"), required=False)
    q = forms.CharField(label=_("Key or name"), required=False, max_length=100)

    def __init__(self, data: Any, tiers: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["tier"] = forms.ChoiceField(label=_("Tier"), required=False, choices=[("", _("All tiers")), *tiers])


@guarded("assessments.replay.view", area=area_of)
def results(request: HttpRequest, pk: int, class_code: str) -> HttpResponse:
    """The results of one class, by rank, of one tier, key or name when asked."""
    found = _completed(pk)
    scheme = scheme_of(found.scheme)
    if class_code not in scheme.classes:
        raise Http404
    counts = completion_of(found).values["tiers"].get(class_code, {})
    form = FilterForm(request.GET, _tier_choices(scheme, counts))
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = found.results.of_class(class_code).without_sheets()
    rows = rows.filter(tier=wanted["tier"]) if wanted.get("tier") else rows
    rows = rows.called(wanted["q"].strip()) if wanted.get("q") else rows
    page = page_of(rows, request.GET, order=("standing", "index"))
    context = {"replay": found, "scheme": scheme, "form": form, "page": page, "classes": scheme.classes.items()}
    context |= {"class_code": class_code, "rows": _told(scheme, page.rows), "filtered": any(wanted.values())}
    context["compared"] = any(row.agrees is not None for row in page.rows)
    return render(request, "assessments/results.html", context)


def _completed(pk: int) -> Replay:
    found = find_replay(pk)
    if found.completed_at is None:
        raise Http404
    return found


def _tier_choices(scheme: Scheme, counts: dict[str, int]) -> list[tuple[str, str]]:
    """The tiers that occur, best first, with how many there are of each."""
    place = scheme.list_rules.place
    codes = sorted(counts, key=lambda code: (place(code), code))
    titles = ((code, spoken(tier_title(scheme.list_rules, code), gettext)) for code in codes)
    return [(code, f"{title} ({counts[code]})") for code, title in titles]


def _told(scheme: Scheme, rows: tuple[Result, ...]) -> list[dict[str, Any]]:
    shades = tones(scheme.list_rules)
    return [
        {"result": row, "tier": tier_title(scheme.list_rules, row.tier), "tone": shades.get(row.tier, "plain")}
        for row in rows
    ]


@guarded("assessments.replay.view", area=area_of)
def result(request: HttpRequest, pk: int, index: int) -> HttpResponse:
    """One result: every point with its reason, the tier with its reasons, and the way out."""
    found = _completed(pk)
    row = get_object_or_404(found.results.all(), index=index)
    row.replay = found
    scheme, worked = scheme_of(found.scheme), worked_out(row)
    (told,) = _told(scheme, (row,))
    way = worked.way_out
    context = {
        "replay": found,
        "scheme": scheme,
        "row": row,
        "worked": worked,
        **told,
        "rulebook": found.scheme.rulebook,
    }
    context["class_title"] = scheme.classes[row.class_code]
    context["way_title"] = way and tier_title(scheme.list_rules, way.tier)
    context["holds"] = row_of(scheme, row) == result_row(scheme, worked)
    return render(request, "assessments/result.html", context)


@guarded("assessments.replay.view", area=area_of)
def decision(request: HttpRequest, pk: int, index: int) -> HttpResponse:
    """The decision file of one result: rules, sheet, arithmetic and proof, for `mingjing verify`."""
    found = _completed(pk)
    row = get_object_or_404(found.results.all(), index=index)
    row.replay = found
    return decision_answer(row, f"decision-{pk}-{index}.json")


def decision_answer(row: Result, name: str) -> HttpResponse:
    """The decision file of a result, to save as `name`; a plain sentence where there can be none."""
    try:
        return JsonResponse(decision_file(row), headers=_file(name))
    except Refusal as refusal:
        said = "\n".join(sentence(problem) for problem in refusal.problems)
        return HttpResponse(said, status=HTTPStatus.CONFLICT, content_type="text/plain; charset=utf-8")


@guarded("assessments.replay.view", area=area_of)
def table(request: HttpRequest, pk: int) -> HttpResponseBase:
    """All results as CSV, in the order of the file."""
    found = _completed(pk)
    lines = csv_pieces(_rows(scheme_of(found.scheme), found))
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=_file(f"results-{pk}.csv"))


def _rows(scheme: Scheme, found: Replay) -> Iterator[Iterable[object]]:
    """The rows of the file. The columns are those of the command's output, with the name after the key."""
    key, *others = COLUMNS
    yield [key, "name", *others]
    for row in found.results.without_sheets().order_by("index").iterator(chunk_size=2000):
        values = row_of(scheme, row)
        yield [values[key], row.name, *(values[name] for name in others)]


def _file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
