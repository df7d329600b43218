"""The evidence of a deduction, as the company that it concerns may look at it: a copy, with faces and plates covered.

Papers with names and pictures on which nobody has decided what to cover are looked at in the office. Not here: which
evidence a line has (communities).
"""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from mingjing.engine.outcome import Refusal
from mingjing.faces.portal.door import actor, companies_only
from mingjing.kernel.evidence import copies, store
from mingjing.kernel.evidence.actions import note_look
from mingjing.kernel.evidence.models import Access, Exhibit
from mingjing.kernel.parties.mandates import Acting
from mingjing.programmes.assessments.portal.found import find_entry
from mingjing.programmes.assessments.queries.accounts import shown
from mingjing.programmes.assessments.queries.own import shown_of


@companies_only
@require_safe
def picture(request: HttpRequest, acting: Acting, pk: int, exhibit: UUID) -> HttpResponse:
    """The copy to look at."""
    found = _cited(acting, pk, exhibit)
    note_look(exhibit=found, by=actor(request), at=timezone.now())
    return copy_answer(found, copies.VIEWING)


@companies_only
@require_safe
def small(request: HttpRequest, acting: Acting, pk: int, exhibit: UUID) -> HttpResponse:
    """The same, small."""
    return copy_answer(_cited(acting, pk, exhibit), copies.THUMBNAIL)


def _cited(acting: Acting, pk: int, exhibit: UUID) -> Exhibit:
    """An exhibit that a line of the community's account rests on; raises Http404."""
    entry = find_entry(acting, pk)
    if shown_of(entry, timezone.now()).result is None:
        raise Http404
    try:
        about = shown(entry.round, entry)
    except Refusal as error:
        raise Http404 from error
    standing = Exhibit.objects.standing().exclude(access=Access.SEALED)
    found = get_object_or_404(standing, pk=exhibit, subject__in=about.subjects)
    if not any(found.sha256 in line.evidence for line in about.worked.account.lines):
        raise Http404
    return found


def copy_answer(exhibit: Exhibit, longest: int = copies.VIEWING) -> HttpResponse:
    """The copy as an answer; raises Http404 where nobody may look at one here."""
    try:
        content = copies.covered_copy(exhibit, longest).read_bytes()
    except (copies.NotPublic, copies.NotViewable, store.Damaged, FileNotFoundError) as error:
        raise Http404 from error
    return HttpResponse(content, content_type="image/jpeg", headers={"X-Content-Type-Options": "nosniff"})
