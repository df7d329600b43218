"""The receipts of what a company handed in. Not here: handing in (the programmes' pages, kernel.submissions)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from mingjing.faces.portal.door import companies_only
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.parties.mandates import Acting
from mingjing.kernel.submissions.queries import submissions_seen


@companies_only
@require_safe
def receipts(request: HttpRequest, acting: Acting) -> HttpResponse:
    """All of them, the newest first."""
    page = page_of(submissions_seen(acting), request.GET, order=("-at", "-key"))
    return render(request, "portal/receipts.html", {"page": page})


@companies_only
@require_safe
def receipt(request: HttpRequest, acting: Acting, key: UUID) -> HttpResponse:
    """One, to keep or to print: number, time, what was taken and what happens next."""
    return render(request, "portal/receipt.html", {"receipt": get_object_or_404(submissions_seen(acting), pk=key)})
