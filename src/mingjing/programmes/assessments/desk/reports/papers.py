"""The papers of a round and of one community of it, issued with a click; and the file of a case to take away whole.

Not here: what a paper says (queries.round_papers, queries.entry_papers), the documents themselves (faces.desk).
"""

import json
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, override
from django.views.decorators.http import require_POST, require_safe

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.session import actor
from mingjing.kernel.documents import bundles
from mingjing.kernel.documents.actions import note_file
from mingjing.kernel.documents.kinds import title_of
from mingjing.kernel.documents.models import Document
from mingjing.kernel.documents.queries import documents_of
from mingjing.kernel.evidence import store
from mingjing.kernel.evidence.models import Access, Exhibit
from mingjing.kernel.evidence.queries import exhibits_seen, summaries
from mingjing.kernel.parties.guard import areas_where, guarded, may
from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.actions.papers import issue_entry_paper, issue_round_paper
from mingjing.programmes.assessments.desk.found import find_round, round_area
from mingjing.programmes.assessments.models import Edition, Entry, Result, Round
from mingjing.programmes.assessments.queries.decisions import decision_file
from mingjing.programmes.assessments.queries.entry_papers import ENTRY_PAPERS, case_subjects, ready_of
from mingjing.programmes.assessments.queries.follow_papers import ASKED
from mingjing.programmes.assessments.queries.form_papers import cases_heard
from mingjing.programmes.assessments.queries.lists import decision_of
from mingjing.programmes.assessments.queries.round_papers import ROUND_PAPERS, ready_for


def _entry(found: Round, number: str) -> Entry:
    return get_object_or_404(
        Entry.objects.select_related("round__scheme", "round__area", "round__lead", "company"),
        round=found,
        number=number,
    )


def _shown(request: HttpRequest, area: Area, about: Q, kinds: Iterable[str], ready: frozenset[str]) -> Any:
    """Each kind with the document that stands, and whether it is time for it."""
    scope = areas_where(request.user, "documents.document.view", on=timezone.localdate())
    stand = {
        paper.kind: paper
        for paper in scope.within(Document.objects.filter(about).order_by("issued_at", "id"))
        if paper.withdrawn_at is None
    }
    today = timezone.localdate()
    return {
        "papers": [
            {"kind": kind, "title": title_of(f"assessments.{kind}"), "document": stand.get(f"assessments.{kind}"),
             "ready": kind in ready, "asked": ASKED.get(kind, ())}
            for kind in kinds
        ],
        "may_issue": may(request.user, "assessments.round.manage", area=area, on=today),
        "may_take": may(request.user, "documents.document.export", area=area, on=today),
    }  # fmt: skip


@guarded("assessments.round.view", area=round_area)
@require_safe
def papers(request: HttpRequest, pk: int) -> HttpResponse:
    """The papers of a round."""
    found = find_round(request, pk)
    context = _shown(request, found.area, Q(subject=found.subject), ROUND_PAPERS, ready_for(found))
    return render(request, "assessments/reports/papers.html", {"round": found, **context})


@guarded("assessments.round.view", area=round_area)
@require_safe
def of_entry(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    """The papers of one community of a round."""
    found = find_round(request, pk)
    entry = _entry(found, number)
    about = Q(subject=entry.subject) | Q(subject__in=cases_heard(entry))
    context = _shown(request, found.area, about, ENTRY_PAPERS, ready_of(entry))
    return render(request, "assessments/reports/papers.html", {"round": found, "entry": entry, **context})


@guarded("assessments.round.manage", area=round_area)
@require_POST
def issue(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Issue a paper of a round."""
    found = find_round(request, pk)
    if kind not in ROUND_PAPERS:
        raise Http404
    try:
        paper = issue_round_paper(round=found, kind=kind, by=actor(request), at=timezone.now())
    except Refusal as refusal:
        return _refused(request, refusal, "assessments:round-papers", pk)
    return redirect("desk:document", paper.pk)


@guarded("assessments.round.manage", area=round_area)
@require_POST
def issue_of_entry(request: HttpRequest, pk: int, number: str, kind: str) -> HttpResponse:
    """Issue a paper of one community of a round."""
    entry = _entry(find_round(request, pk), number)
    if kind not in ENTRY_PAPERS:
        raise Http404
    try:
        said = {name: request.POST.get(name, "").replace("\0", "") for name in ASKED.get(kind, ())}
        paper = issue_entry_paper(entry=entry, kind=kind, said=said, by=actor(request), at=timezone.now())
    except Refusal as refusal:
        return _refused(request, refusal, "assessments:entry-papers", pk, number)
    return redirect("desk:document", paper.pk)


def _refused(request: HttpRequest, refusal: Refusal, name: str, *args: object) -> HttpResponse:
    for problem in refusal.problems:
        messages.error(request, problem.say(gettext))
    return redirect(name, *args)


@guarded("documents.document.export", area=round_area)
@require_POST
def file_of_round(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Documents and evidence of a round as a whole, with an index and hashes."""
    found = find_round(request, pk)
    editions = [edition.subject for edition in Edition.objects.filter(round=found)]
    return _bundle(request, found.subject, found.area, found.title, [found.subject, *editions], ())


@guarded("documents.document.export", area=round_area)
@require_POST
def file_of_entry(request: HttpRequest, pk: int, number: str) -> HttpResponseBase:
    """The whole file of a community in a round: documents, evidence, and the decision file that checks its result."""
    found = find_round(request, pk)
    entry = _entry(found, number)
    title = f"{found.title} {entry.number} {entry.name}"
    return _bundle(request, entry.subject, found.area, title, case_subjects(entry), _decision(found, entry))


def _decision(found: Round, entry: Entry) -> Sequence[bundles.Entry]:
    rows = Result.objects.select_related("replay__scheme", "entry").filter(entry=entry, replay=decision_of(found))
    row = rows.first()
    if row is None:
        return ()
    content = json.dumps(decision_file(row), ensure_ascii=False).encode()
    kept = store.store(BytesIO(content), len(content))
    return [
        bundles.Entry("核验", f"decision-{entry.number}.json", kept.sha256, "结果核验文件，用 mingjing verify 核验")
    ]


def _bundle(
    request: HttpRequest, subject: str, area: Area, title: str, about: Sequence[str], more: Sequence[bundles.Entry]
) -> HttpResponseBase:
    """Everything about these subjects that the reader may see, while it is read; taking it is written down first."""
    scope = areas_where(request.user, "documents.document.view", on=timezone.localdate())
    papers = list(scope.within(documents_of(about)))
    subjects = [*about, *(paper.ledger_subject for paper in papers)]
    seen = exhibits_seen(request.user, subjects, timezone.localdate())
    exhibits = [exhibit for exhibit in seen if exhibit.access != Access.SEALED]
    kept = sum(summary.standing for summary in summaries(subjects).values())
    entries = [*map(_of_document, papers), *map(_of_exhibit, exhibits), *more]
    note_file(subject=subject, area=area, entries=entries, exhibits=exhibits, by=actor(request), at=timezone.now())
    with override("zh-hans"):
        left = gettext("%(count)s exhibits are sealed or not for you to see, and not in here.") % {
            "count": kept - len(exhibits)
        }
    parts = bundles.stream(title, entries, [left] if kept > len(exhibits) else [])
    name = quote(f"{title}.zip", safe="")
    headers = {"X-Content-Type-Options": "nosniff", "Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return StreamingHttpResponse(parts, content_type="application/zip", headers=headers)


def _of_document(paper: Document) -> bundles.Entry:
    return bundles.Entry("文书", paper.file_name, paper.sha256, f"{paper.number} {paper.title}")


def _of_exhibit(exhibit: Exhibit) -> bundles.Entry:
    return bundles.Entry("证据", str(exhibit), exhibit.sha256, exhibit.caption or str(exhibit))
