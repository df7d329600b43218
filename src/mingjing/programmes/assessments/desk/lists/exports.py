"""Results to take away: the office's workbook and all decision files in the background; CSV and JSON at once."""

import json
from collections.abc import Iterable, Iterator

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import sentence
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.evidence.store import Damaged, open_original
from mingjing.kernel.jobs.models import Delivery
from mingjing.kernel.parties.guard import guarded
from mingjing.kernel.tables import csv_pieces, in_pieces
from mingjing.programmes.assessments.actions.exports import note_download, request_export
from mingjing.programmes.assessments.desk.found import find_round, round_area
from mingjing.programmes.assessments.models import Export, ExportKind, Replay, Round
from mingjing.programmes.assessments.queries.exports import COLUMNS, header_of, rows_of
from mingjing.programmes.assessments.queries.lists import decision_of
from mingjing.programmes.assessments.queries.results import scheme_behind


@guarded("assessments.export.request", area=round_area)
@require_safe
def exports(request: HttpRequest, pk: int) -> HttpResponse:
    """What can be taken away, and the files that were made."""
    return _page(request, find_round(request, pk))


def _page(request: HttpRequest, found: Round, problems: tuple[Problem, ...] = (), status: int = 200) -> HttpResponse:
    page = page_of(Export.objects.filter(round=found).select_related("requested_by"), request.GET, order=("-id",))
    subjects = [export.subject for export in page.rows if not export.completed_at and not export.failed_at]
    work = Delivery.objects.filter(fact__subject__in=subjects, reaction="assessments.write_export")
    works = {delivery.fact.subject: delivery for delivery in work.select_related("fact")}
    rows = [{"export": export, "delivery": works.get(export.subject)} for export in page.rows]
    context = {"round": found, "decided": decision_of(found), "page": page, "rows": rows, "running": bool(subjects),
               "problems": problems}  # fmt: skip
    return render(request, "assessments/lists/exports.html", context, status=status)


@guarded("assessments.export.request", area=round_area)
@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a file; it is written in the background."""
    if request.POST.get("kind") not in ExportKind.values:
        raise Http404
    try:
        kind = ExportKind(request.POST["kind"])
        request_export(round=find_round(request, pk), kind=kind, by=actor(request), at=timezone.now())
    except Refusal as refusal:
        for problem in refusal.problems:
            messages.error(request, sentence(problem))
    else:
        messages.success(request, gettext("The file is being written."))
    return redirect("assessments:round-exports", pk)


@guarded("assessments.export.request", area=round_area)
@require_POST
def download(request: HttpRequest, pk: int, export: int) -> HttpResponseBase:
    """The file, checked against its digest; the ledger notes who took it away."""
    written = Export.objects.select_related("round__area").filter(round=pk, completed_at__isnull=False)
    found = get_object_or_404(written, pk=export)
    try:
        file = open_original(found.sha256, verified=True)
    except FileNotFoundError:
        text = N_("{file} is no longer kept here. Make it again, and tell an administrator.")
        problem = Problem("export.missing", text, {"file": found.file_name})
        return _page(request, find_round(request, pk), (problem,), 404)
    except Damaged:
        text = N_("{file} is not what was written, so it is not handed out. Make it again, and tell an administrator.")
        problem = Problem("export.damaged", text, {"file": found.file_name})
        return _page(request, find_round(request, pk), (problem,), 409)
    except Refusal as refusal:  # the store does not answer
        return _page(request, find_round(request, pk), refusal.problems, 503)
    note_download(export=found, by=actor(request), at=timezone.now())
    return FileResponse(file, as_attachment=True, filename=found.file_name)


def _decided(request: HttpRequest, pk: int) -> tuple[Round, Replay]:
    found = find_round(request, pk)
    decided = decision_of(found)
    if decided is None:
        raise Http404
    decided.round = found
    return found, decided


@guarded("assessments.export.request", area=round_area)
@require_safe
def table(request: HttpRequest, pk: int) -> HttpResponseBase:
    """All results as CSV."""
    found, decided = _decided(request, pk)
    lines = csv_pieces(_table(decided))
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=_file(found, "csv"))


def _table(decided: Replay) -> Iterator[Iterable[object]]:
    yield COLUMNS
    for row in rows_of(decided, scheme_behind(decided)):
        yield [row[name] for name in COLUMNS]


@guarded("assessments.export.request", area=round_area)
@require_safe
def document(request: HttpRequest, pk: int) -> HttpResponseBase:
    """All results as one JSON object that streams: what they are of, then the rows."""
    found, decided = _decided(request, pk)
    lines = in_pieces(_json(decided))
    return StreamingHttpResponse(lines, content_type="application/json", headers=_file(found, "json"))


def _json(decided: Replay) -> Iterator[str]:
    head = json.dumps(header_of(decided), ensure_ascii=False)
    yield f'{head[:-1]}, "rows": [\n'
    for at, row in enumerate(rows_of(decided, scheme_behind(decided))):
        yield f"{',' if at else ''}{json.dumps(row, ensure_ascii=False)}\n"
    yield "]}\n"


def _file(found: Round, ending: str) -> dict[str, str]:
    name = f"{found.area.code}-{found.code}-results.{ending}"
    return {"Content-Disposition": f'attachment; filename="{name}"'}
