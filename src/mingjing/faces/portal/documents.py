"""The documents that were served on a company, and their files. Not here: issuing and serving (desk)."""

from urllib.parse import quote

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from mingjing.faces.portal.door import companies_only
from mingjing.faces.portal.seen import documents_for
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.documents.kinds import title_of
from mingjing.kernel.documents.queries import agreements_of, file_of
from mingjing.kernel.evidence import store
from mingjing.kernel.parties.mandates import Acting

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@companies_only
@require_safe
def documents(request: HttpRequest, acting: Acting) -> HttpResponse:
    """All of them, the newest first."""
    page = page_of(documents_for(acting, timezone.now()), request.GET, order=("-issued_at", "-id"))
    rows = [(one, title_of(one.kind)) for one in page.rows]
    return render(request, "portal/documents.html", {"page": page, "rows": rows, "headed": acting.headed})


@companies_only
@require_safe
def file(request: HttpRequest, acting: Acting, pk: int) -> HttpResponseBase:
    """The file as it was issued."""
    own = agreements_of(acting.headed).filter(pk=pk).first()
    found = own or get_object_or_404(documents_for(acting, timezone.now()), pk=pk)
    try:
        content = file_of(found)
    except (store.Damaged, FileNotFoundError) as error:
        raise Http404 from error
    response = FileResponse(content, content_type=WORD)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.file_name)}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
