"""The case of one proposed listing: noticed, served, heard, answered and decided, one act after the other."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.documents import ServiceForm
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused, sentence
from mingjing.kernel.documents.actions import record_service
from mingjing.kernel.documents.models import Document, Service
from mingjing.kernel.documents.queries import served
from mingjing.kernel.parties.guard import guarded
from mingjing.kernel.proceedings.queries import told
from mingjing.programmes.assessments.actions.listings import issue_notice, take_listing_step
from mingjing.programmes.assessments.desk.found import find_round, round_area
from mingjing.programmes.assessments.desk.lists.lists import shown_tier
from mingjing.programmes.assessments.desk.publishing.overview import NOTICE, case_row
from mingjing.programmes.assessments.desk.publishing.shown import clocks, timeline, way
from mingjing.programmes.assessments.desk.publishing.steps import Place, allowed, back, offered, step_page
from mingjing.programmes.assessments.models import Entry, Round
from mingjing.programmes.assessments.queries.listings import Proposed, proposed_of
from mingjing.programmes.assessments.queries.lists import decision_of
from mingjing.programmes.assessments.queries.schemes import scheme_of

REFUSED = 422
FOLLOW = dict.fromkeys(("statement", "hearing_asked", "hearing", "reply"), "listing.follow")
DECIDE = dict.fromkeys(("excuse", "decision", "withdrawn"), "listing.decide")


def _case(request: HttpRequest, pk: int, number: str) -> tuple[Round, Proposed, Place]:
    """The round, what is known of the entry, and its page; raises Http404 where nothing is proposed for it."""
    found = find_round(request, pk)
    entry = get_object_or_404(Entry, round=found, number=number)
    replay = decision_of(found)
    proposed = proposed_of(found, replay, timezone.now(), only=[entry.pk]) if replay else ()
    if not proposed or proposed[0].stands is None:
        raise Http404
    one = proposed[0]
    home = reverse("assessments:listing", args=[pk, number])
    assert one.stands is not None

    def url(step: str) -> str:
        return reverse(f"assessments:listing-{'follow' if step in FOLLOW else 'decide'}", args=[pk, number, step])

    return found, one, Place(found, told(one.stands), one.entry.name, home, url)


@guarded("assessments.round.view", area=round_area)
@require_safe
def listing(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    """Every act of the case, what is missing exactly, the clock, and the step that is next as a form."""
    return _page(request, *_case(request, pk, number))


def _page(
    request: HttpRequest, found: Round, one: Proposed, place: Place, problems: tuple[Any, ...] = ()
) -> HttpResponse:
    standing = place.stands.standing
    papers = list(Document.objects.filter(subject=place.stands.proceeding.ledger_subject).order_by("issued_at", "id"))
    notice = next((paper for paper in papers if paper.kind == NOTICE and not paper.withdrawn_at), None)
    service = served(notice) if notice else None
    context = case_row(one, {notice.subject: notice} if notice else {}) | shown_tier(
        scheme_of(found.scheme), one.result.tier
    )
    context |= {
        "round": found, "place": place, "proceeding": place.stands.proceeding, "papers": papers, "notice": notice,
        "timeline": timeline(request, place.stands), "way": way(standing), "clocks": list(clocks(standing)),
        "service": service, "early": bool(service and service.served_at > timezone.now()),
        "refused": [sentence(problem) for problem in problems],
        "steps": offered(request, place, FOLLOW | DECIDE), "to_notice": "notice" in standing.open,
        "may_follow": allowed(request, "listing.follow", found.area),
        "may_back": allowed(request, "list.publish", found.area), "back_name": "assessments:listing-back",
    }  # fmt: skip
    return render(request, "assessments/publishing/listing.html", context, status=REFUSED if problems else 200)


@guarded("assessments.listing.follow", area=round_area)
@require_POST
def notice(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    """Issue the notice, or say everything that stands in its way."""
    found, one, place = _case(request, pk, number)
    try:
        document = issue_notice(round=found, entry=one.entry, by=actor(request), at=timezone.now())
    except Refusal as refusal:
        return _page(request, found, one, place, refusal.problems)
    messages.success(request, gettext("{number} was issued. Print it and serve it.").format(number=document.number))
    return redirect(place.home)


@guarded("assessments.listing.follow", area=round_area)
def service(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    """Record that the notice was served on the company; the clock begins with it."""
    found, one, place = _case(request, pk, number)
    subject = place.stands.proceeding.ledger_subject
    papers = Document.objects.standing().select_related("area", "addressee")
    document = get_object_or_404(papers, kind=NOTICE, subject=subject)
    form = ServiceForm(request, document)
    if form.is_bound and form.is_valid():
        try:
            begun = _serve(request, found, one, document, form)
        except Refusal as refusal:
            refused(form, refusal)
        else:
            text = (
                gettext("Served. The clock runs from the day after.") if begun else gettext("The service is recorded.")
            )
            messages.success(request, text)
            return redirect(place.home)
    context = {"form": form, "document": document, "place": place, "round": found}
    return render(request, "assessments/publishing/service.html", context, status=REFUSED if form.is_bound else 200)


@transaction.atomic
def _serve(request: HttpRequest, found: Round, one: Proposed, document: Document, form: ServiceForm) -> bool:
    """Record the service and, where it has taken effect, the step that begins the clock."""
    given = {("files" if name == "shown" else name): value for name, value in form.cleaned_data.items()}
    at = timezone.now()
    made = record_service(document=document, **given, by=actor(request), at=at)
    if made.served_at > at:
        return False
    take_listing_step(round=found, entry=one.entry, step="notice", service=made, by=actor(request), at=at)
    return True


@guarded("assessments.listing.follow", area=round_area)
@require_POST
def begin(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    """Begin the clock with a service that was recorded before and has taken effect."""
    found, one, place = _case(request, pk, number)
    rows = Service.objects.standing().select_related("document", "organisation")
    kept = rows.filter(document__subject=place.stands.proceeding.ledger_subject, document__withdrawn_at=None).first()
    try:
        take_listing_step(
            round=found, entry=one.entry, step="notice", service=kept, by=actor(request), at=timezone.now()
        )
    except Refusal as refusal:
        return _page(request, found, one, place, refusal.problems)
    messages.success(request, gettext("Served. The clock runs from the day after."))
    return redirect(place.home)


@guarded("assessments.listing.follow", area=round_area)
def follow(request: HttpRequest, pk: int, number: str, step: str) -> HttpResponse:
    """Record a statement, a wish to be heard, a hearing with its minutes, the written reply."""
    return _step(request, pk, number, step, FOLLOW)


@guarded("assessments.listing.decide", area=round_area)
def decide(request: HttpRequest, pk: int, number: str, step: str) -> HttpResponse:
    """Vote on the panel, or excuse that something came late."""
    return _step(request, pk, number, step, DECIDE)


def _step(request: HttpRequest, pk: int, number: str, step: str, codes: dict[str, str]) -> HttpResponse:
    found, one, place = _case(request, pk, number)

    def take(**brought: Any) -> object:
        return take_listing_step(round=found, entry=one.entry, **brought)

    return step_page(request, place, step, codes, take)


@guarded("assessments.list.publish", area=round_area)
def take_back(request: HttpRequest, pk: int, number: str, act: int) -> HttpResponse:
    """Take a step of the case back, for a reason."""
    return back(request, _case(request, pk, number)[2], act)
