"""What people of a company see first: what they can do and until when, their cases, what was served on them last.

Not here: what any of it is about (the programmes).
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from mingjing.faces.portal.door import companies_only
from mingjing.faces.portal.seen import documents_for
from mingjing.kernel import registry
from mingjing.kernel.parties.mandates import Acting
from mingjing.kernel.parties.models import Organisation
from mingjing.kernel.submissions.queries import submissions_seen

FEW = 3
"""How many of the newest documents and receipts the first page names."""


@companies_only
@require_safe
def home(request: HttpRequest, acting: Acting) -> HttpResponse:
    """The first page."""
    now = timezone.now()
    duties = registry.duties_for(acting, now)
    context = {
        "companies": Organisation.objects.filter(pk__in=acting.organisations),
        "open": [one for one in duties if one.open],
        "cases": [one for one in duties if not one.open],
        "documents": documents_for(acting, now)[:FEW],
        "receipts": submissions_seen(acting)[:FEW],
        "now": now,
    }
    return render(request, "portal/home.html", context)
