"""Issued documents: the register, one document with its proof of service, what is taken away of its case.

Not here: issuing (the programmes), templates (document_kinds), the page for everybody (document_verifying).
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.case_list import areas_to_choose
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused, searched
from mingjing.faces.ui.paging import page_of
from mingjing.faces.ui.uploads import ExhibitsField
from mingjing.kernel.documents import actions
from mingjing.kernel.documents.bundles import Entry, stream
from mingjing.kernel.documents.kinds import kinds, title_of
from mingjing.kernel.documents.manifest import RECEIPT
from mingjing.kernel.documents.models import Document, DocumentQuerySet, Method, Service
from mingjing.kernel.documents.queries import (
    agreements_of,
    documents_of,
    documents_seen,
    file_of,
    letterhead_of,
    template_bytes,
    template_of,
    verify_address,
)
from mingjing.kernel.documents.rendering import render as filled_in
from mingjing.kernel.evidence import store
from mingjing.kernel.evidence.access import home_of
from mingjing.kernel.evidence.models import Access, Exhibit
from mingjing.kernel.evidence.queries import exhibits_seen, summaries
from mingjing.kernel.parties.guard import areas_where, guarded, may
from mingjing.kernel.places.models import Area, within_subtree

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NOSNIFF = {"X-Content-Type-Options": "nosniff"}
STATES = (
    ("", _("Any state")),
    ("unserved", _("Not served yet")),
    ("served", _("Served")),
    ("withdrawn", _("Withdrawn or replaced")),
)


class FilterForm(forms.Form):
    """Which documents to list."""

    q = forms.CharField(label=_("Search"), required=False, max_length=50)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)
    area = forms.ChoiceField(label=_("Area"), required=False)
    first = forms.DateField(label=_("Issued from"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: object, areas: list[tuple[str, str]]) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a QueryDict
        self.fields["area"].choices = areas  # type: ignore[attr-defined]  # a ChoiceField
        every = [(code, gettext(one.title)) for code, one in kinds().items() if one.numbered]
        self.fields["kind"].choices = [("", gettext("Any kind")), *every]  # type: ignore[attr-defined]
        self.fields["q"].widget.attrs["placeholder"] = gettext("Number, title or company")


class ServiceForm(forms.Form):
    """How a document was served; which fields a method needs, the action says."""

    credit_code = forms.CharField(
        label=_("Credit code of whom it was served on"),
        max_length=40,
        help_text=_("As on the receipt: the addressee itself, no branch, no parent."),
    )
    method = forms.ChoiceField(label=_("Method"), choices=Method.choices)
    sent_at = forms.DateTimeField(
        label=_("Sent or put up"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text=_("By post, electronically or by public notice."),
    )
    served_at = forms.DateTimeField(
        label=_("Served"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text=_("As on the receipt. A public notice counts 30 days after it was put up; leave this empty."),
    )
    received_by = forms.CharField(label=_("Taken by"), required=False, max_length=100)
    note = forms.CharField(label=_("Note"), required=False, max_length=300)
    shown = ExhibitsField(label=_("What shows it"), required=False)

    def __init__(self, request: HttpRequest, document: Document) -> None:
        super().__init__(*((request.POST, request.FILES) if request.method == "POST" else ()))
        said = list(agreements_of([document.addressee_id])) if document.addressee_id else []
        method = self.fields["method"]
        assert isinstance(method, forms.ChoiceField)
        method.help_text = _agreed_text(said)
        if not said:
            method.choices = [(code, name) for code, name in Method.choices if code != Method.ELECTRONIC]


def _agreed_text(said: Sequence[Document]) -> str:
    """What the addressee agreed to of electronic service, before somebody chooses a method; the newest first."""
    standing = next((one for one in said if one.withdrawn_at is None), None)
    if standing:
        text = gettext("It agreed to electronic service on %(day)s, at %(address)s.")
        return text % {"day": _day(standing.issued_at), "address": standing.values()["address"]}
    if said and said[0].withdrawn_at:
        text = gettext(
            "It took back on %(day)s that it agreed to electronic service: only what was sent before counts."
        )
        return text % {"day": _day(said[0].withdrawn_at)}
    return gettext("The addressee has not agreed to electronic service, so it is not offered.")


def _day(at: datetime) -> str:
    return date_format(timezone.localtime(at), "SHORT_DATE_FORMAT")


class ReasonForm(forms.Form):
    """Why something is withdrawn or voided."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


def home(subject: str) -> tuple[str, str] | None:
    """The number and the page of the document that evidence belongs to, for the manifest of documents."""
    name = subject.partition(":")[2]
    found = Document.objects.filter(pk=int(name)).first() if name.isdecimal() else None
    return (found.number, reverse("desk:document", args=[found.pk])) if found else None


def area_of_document(request: HttpRequest, pk: int) -> Area:
    """Where a document was issued, or a 404."""
    return get_object_or_404(Document.objects.select_related("area"), pk=pk).area


def area_of_service(request: HttpRequest, pk: int) -> Area:
    """Where the document of a service was issued, or a 404."""
    return get_object_or_404(Service.objects.select_related("document__area"), pk=pk).document.area


@guarded("documents.document.view")
def documents(request: HttpRequest) -> HttpResponse:
    """The register: the newest first, of the kind, state, area and days asked for."""
    scope = areas_where(request.user, "documents.document.view", on=timezone.localdate())
    form = FilterForm(request.GET, areas_to_choose(scope))
    asked = form.cleaned_data if form.is_valid() else {}
    found = _narrowed(documents_seen(scope).search(searched(request)), asked)
    page = page_of(found, request.GET, order=("-issued_at", "-id"))
    rows = [(document, title_of(document.kind)) for document in page.rows]
    context = {"page": page, "rows": rows, "form": form, "narrowed": any(asked.values())}
    return render(request, "desk/documents.html", context)


def _narrowed(found: DocumentQuerySet, asked: dict[str, Any]) -> DocumentQuerySet:
    served = Service.objects.standing().values("document")
    match asked.get("state"):
        case "unserved":
            found = found.standing().exclude(addressee=None).exclude(pk__in=served)
        case "served":
            found = found.standing().filter(pk__in=served)
        case "withdrawn":
            found = found.exclude(withdrawn_at=None)
    if asked.get("kind"):
        found = found.filter(kind=asked["kind"])
    if asked.get("area"):
        found = found.filter(within_subtree(Area.objects.get(code=asked["area"]).path, "area"))
    if asked.get("first"):
        found = found.filter(issued_at__gte=_midnight(asked["first"]))
    if asked.get("last"):
        found = found.filter(issued_at__date__lte=asked["last"])
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001 - made aware at once


@guarded("documents.document.view", area=area_of_document)
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """One document: what it is about, its file and code, on whom it was served, what replaced it."""
    seen = Document.objects.select_related("area", "addressee", "issued_by", "withdrawn_by", "template", "replaced_by")
    found = get_object_or_404(seen, pk=pk)
    today, services = (
        timezone.localdate(),
        list(found.services.select_related("organisation", "recorded_by", "voided_by")),
    )
    exhibits = list(exhibits_seen(request.user, found.ledger_subject, today))
    hidden = summaries([found.ledger_subject])[found.ledger_subject].standing - len(exhibits)
    rights = {right: may(request.user, f"documents.{right}", area=found.area, on=today) for right in RIGHTS}
    context = {
        "document": found,
        "services": services,
        "exhibits": exhibits,
        "hidden": hidden,
        "kind": title_of(found.kind),
    }
    context |= {"standing": next((one for one in services if not one.voided_at), None), "home": home_of(found.subject)}
    context["before"] = Document.objects.filter(replaced_by=found).first()
    context["may_serve"] = rights["service.record"] and found.addressee and not found.withdrawn_at
    context["may_void"] = rights["service.record"]
    context["may_withdraw"] = rights["document.withdraw"] and not found.withdrawn_at
    context["may_export"] = rights["document.export"]
    return render(request, "desk/document.html", context)


RIGHTS = ("service.record", "document.withdraw", "document.export")


@guarded("documents.document.view", area=area_of_document)
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file as it was issued."""
    found = get_object_or_404(Document, pk=pk)
    try:
        kept = file_of(found)
    except (store.Damaged, FileNotFoundError):
        text = gettext("The file of %(number)s is damaged, and cannot be made again. Restore it from a backup.")
        messages.error(request, text % {"number": found.number})
        return redirect("desk:document", pk)
    return FileResponse(kept, as_attachment=True, filename=found.file_name, content_type=WORD, headers=NOSNIFF)


@guarded("documents.document.view", area=area_of_document)
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """The proof of service to be signed, with what is known filled in."""
    found = get_object_or_404(Document.objects.select_related("area", "addressee").exclude(addressee=None), pk=pk)
    assert found.addressee
    template = template_bytes(RECEIPT, template_of(found.area, RECEIPT))
    values = {"served": found.title, "served_number": found.number, "office": letterhead_of(found.area, RECEIPT).office}
    values |= {"to_name": found.addressee.name, "to_code": found.addressee.credit_code}
    values["served_code"] = found.printed_code
    return word_file(filled_in(template, values, qr=verify_address(found.code)), f"送达回证 {found.number}.docx")


def word_file(content: bytes, name: str) -> HttpResponse:
    """A Word file to save."""
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return HttpResponse(content, content_type=WORD, headers={**NOSNIFF, "Content-Disposition": disposition})


@guarded("documents.service.record", area=area_of_document)
def serve(request: HttpRequest, pk: int) -> HttpResponse:
    """Record on whom, how and when a document was served, with what shows it."""
    found = get_object_or_404(Document.objects.select_related("area", "addressee"), pk=pk)
    form = ServiceForm(request, found)
    if form.is_bound and form.is_valid():
        try:
            given = {("files" if name == "shown" else name): value for name, value in form.cleaned_data.items()}
            actions.record_service(document=found, **given, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("The proof of service was recorded. Clocks run from the day after."))
            return redirect("desk:document", found.pk)
    context = {"form": form, "document": found}
    return render(request, "desk/document_service.html", context, status=422 if form.is_bound else 200)


@guarded("documents.document.withdraw", area=area_of_document)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a document, with the reason."""
    found = get_object_or_404(Document.objects.select_related("area"), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw_document(document=found, **form.cleaned_data, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("%(number)s was withdrawn.") % {"number": found.number})
            return redirect("desk:document", found.pk)
    context = {"form": form, "document": found, "title": gettext("Withdraw the document")}
    return render(request, "desk/document_reason.html", context, status=422 if form.is_bound else 200)


@guarded("documents.service.record", area=area_of_service)
def void(request: HttpRequest, pk: int) -> HttpResponse:
    """Void a proof of service that was wrong."""
    found = get_object_or_404(Service.objects.select_related("document__area"), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.void_service(service=found, **form.cleaned_data, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("The proof of service was voided."))
            return redirect("desk:document", found.document_id)
    context = {"form": form, "document": found.document, "title": gettext("Void the proof of service")}
    return render(request, "desk/document_reason.html", context, status=422 if form.is_bound else 200)


@guarded("documents.document.export", area=area_of_document)
@require_POST
def bundle(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Everything of the case that a document is of: documents and evidence the reader may see, with an index."""
    found = get_object_or_404(Document.objects.select_related("area"), pk=pk)
    scope = areas_where(request.user, "documents.document.view", on=timezone.localdate())
    papers = list(scope.within(documents_of([found.subject])))
    subjects = [found.subject, *(paper.ledger_subject for paper in papers)]
    seen = exhibits_seen(request.user, subjects, timezone.localdate())
    exhibits = [exhibit for exhibit in seen if exhibit.access != Access.SEALED]
    kept = sum(summary.standing for summary in summaries(subjects).values())
    entries = [*map(_of_document, papers), *map(_of_exhibit, exhibits)]
    actions.note_bundle(document=found, entries=entries, exhibits=exhibits, by=actor(request), at=timezone.now())
    with override("zh-hans"):
        left = gettext("%(count)s exhibits are sealed or not for you to see, and not in here.") % {
            "count": kept - len(exhibits)
        }
    parts = stream(found.number, entries, [left] if kept > len(exhibits) else [])
    disposition = f"attachment; filename*=UTF-8''{quote(f'{found.number}.zip')}"
    headers = {**NOSNIFF, "Content-Disposition": disposition}
    return StreamingHttpResponse(parts, content_type="application/zip", headers=headers)


def _of_document(paper: Document) -> Entry:
    return Entry("文书", paper.file_name, paper.sha256, f"{paper.number} {paper.title}")


def _of_exhibit(exhibit: Exhibit) -> Entry:
    return Entry("证据", str(exhibit), exhibit.sha256, exhibit.caption or str(exhibit))
