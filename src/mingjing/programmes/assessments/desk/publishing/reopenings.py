"""What was established after the decision: all of a round, and the case of one from its notice to both signatures."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.documents import ServiceForm
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused, sentence
from mingjing.faces.ui.paging import PAGE_SIZE, page_of
from mingjing.kernel.documents.actions import record_service
from mingjing.kernel.documents.models import Document, Service
from mingjing.kernel.documents.queries import served
from mingjing.kernel.evidence.queries import exhibits_seen
from mingjing.kernel.parties.guard import guarded
from mingjing.kernel.proceedings.queries import told
from mingjing.programmes.assessments.actions.reopenings import issue_reopening_notice, take_reopening_step
from mingjing.programmes.assessments.desk.found import find_round, round_area
from mingjing.programmes.assessments.desk.lists.lists import shown_tier
from mingjing.programmes.assessments.desk.publishing.overview import next_of
from mingjing.programmes.assessments.desk.publishing.shown import clock_of, clocks, timeline, way
from mingjing.programmes.assessments.desk.publishing.steps import Place, allowed, back, offered, step_page
from mingjing.programmes.assessments.models import Filing, Reopening
from mingjing.programmes.assessments.policy.filings import title_of
from mingjing.programmes.assessments.policy.procedures import DROP
from mingjing.programmes.assessments.policy.reopenings import late_gaps
from mingjing.programmes.assessments.queries.contradicted import Contradicted, contradicted_in
from mingjing.programmes.assessments.queries.late_filings import late_of
from mingjing.programmes.assessments.queries.reopening_papers import notice_of
from mingjing.programmes.assessments.queries.reopenings import Reopened, reopened_of, with_standing
from mingjing.programmes.assessments.queries.schemes import scheme_of

REFUSED = 422
FOLLOW = dict.fromkeys(("statement", "hearing_asked", "hearing", "reply"), "listing.follow")
DECIDE = dict.fromkeys(("excuse", "decision", "withdrawn"), "listing.decide")
PREPARE = dict.fromkeys(("public_notice", "public_objection", "public_reply"), "list.prepare")
CENTRE, BUREAU = {"signed_centre": "list.sign_centre"}, {"signed_bureau": "list.sign_bureau"}
STEPS = {
    **dict.fromkeys(FOLLOW, "follow"), **dict.fromkeys(DECIDE, "decide"), **dict.fromkeys(PREPARE, "prepare"),
    **dict.fromkeys(CENTRE, "centre"), **dict.fromkeys(BUREAU, "bureau"),
}  # fmt: skip
"""By step the end of the name of its route."""


@guarded("assessments.round.view", area=round_area)
@require_safe
def reopenings(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that was filed after the decision: what is to be decided on, and where each other case stands."""
    found, now = find_round(request, pk), timezone.now()
    late = Filing.objects.filter(entry__round=found, filed_at__gt=found.deciding_at or now, decided_at=None)
    scheme = scheme_of(found.scheme)
    all_of_it = Reopening.objects.filter(entry__round=found, at__lte=now)
    page = page_of(all_of_it, request.GET, order=("id",), size=PAGE_SIZE)
    listed = Reopening.objects.filter(pk__in=[row.pk for row in page.rows]).select_related("filing__entry")
    shown = with_standing(listed.order_by("id"), now)
    against = contradicted_in(found, now) if found.decided_at else ()
    context = {
        "round": found, "page": page, "rows": [_row(one) | shown_tier(scheme, one.reopening.tier) for one in shown],
        "waiting": late.select_related("entry").order_by("id")[:PAGE_SIZE], "waiting_more": late.count() - PAGE_SIZE,
        "against": _said(against[:PAGE_SIZE]), "against_more": len(against) - PAGE_SIZE,
    }  # fmt: skip
    return render(request, "assessments/publishing/reopenings.html", context)


def _said(against: Iterable[Contradicted]) -> list[dict[str, Any]]:
    """Bonuses that records speak against, each with what the record says."""
    return [{"entry": one.filing.entry, "filing": one.filing, "text": sentence(one.problem)} for one in against]


def _row(one: Reopened) -> dict[str, Any]:
    standing, entry = one.stands.standing, one.reopening.filing.entry
    return {
        "one": one, "entry": entry, "counts": one.counts, "dropped": one.settled == DROP, "next": next_of(standing),
        "clock": None if one.counts else clock_of(standing),
    }  # fmt: skip


def _case(request: HttpRequest, pk: int, filing: int) -> tuple[Reopened, Place]:
    """The reopening and its page; raises Http404."""
    found = find_round(request, pk)
    row = get_object_or_404(Reopening, filing=filing, entry__round=found)
    one = next(one for one in reopened_of([row.entry_id], timezone.now()) if one.reopening.pk == row.pk)
    entry = one.reopening.filing.entry

    def url(step: str) -> str:
        return reverse(f"assessments:reopening-{STEPS[step]}", args=[pk, filing, step])

    return one, Place(found, told(one.stands), entry.name, reverse("assessments:reopening", args=[pk, filing]), url)


@guarded("assessments.round.view", area=round_area)
@require_safe
def reopening(request: HttpRequest, pk: int, filing: int) -> HttpResponse:
    """Every act of the case, what is missing exactly, the clock, and the step that is next as a form."""
    return _page(request, *_case(request, pk, filing))


def _page(request: HttpRequest, one: Reopened, place: Place, problems: tuple[Any, ...] = ()) -> HttpResponse:
    found, standing, filing = place.round, place.stands.standing, one.reopening.filing
    scheme = scheme_of(found.scheme)
    subject = place.stands.proceeding.ledger_subject
    papers = list(Document.objects.filter(subject=subject).order_by("issued_at", "id"))
    notice = next((paper for paper in papers if paper.kind == notice_of(filing) and not paper.withdrawn_at), None)
    service = served(notice) if notice else None
    gaps = late_gaps(late_of(filing, timezone.now())) if "notice" in standing.open and not notice else ()
    context = _row(one) | shown_tier(scheme, one.reopening.tier) | {
        "round": found, "place": place, "filing": filing, "papers": papers, "notice": notice, "service": service,
        "veto": title_of(scheme.rubrics[filing.entry.class_code], filing.kind, filing.code),
        "evidence": list(exhibits_seen(request.user, [filing.subject], timezone.localdate())),
        "timeline": timeline(request, place.stands), "way": way(standing), "clocks": list(clocks(standing)),
        "early": bool(service and service.served_at > timezone.now()), "missing": [sentence(gap) for gap in gaps],
        "refused": [sentence(problem) for problem in problems], "to_notice": "notice" in standing.open,
        "steps": offered(request, place, FOLLOW | DECIDE | PREPARE | CENTRE | BUREAU), "keyed": {"number": filing.pk},
        "may_follow": allowed(request, "listing.follow", found.area), "back_name": "assessments:reopening-back",
        "may_back": allowed(request, "list.publish", found.area),
    }  # fmt: skip
    return render(request, "assessments/publishing/reopening.html", context, status=REFUSED if problems else 200)


@guarded("assessments.listing.follow", area=round_area)
@require_POST
def notice(request: HttpRequest, pk: int, filing: int) -> HttpResponse:
    """Issue the notice, or say everything that stands in its way."""
    one, place = _case(request, pk, filing)
    try:
        document = issue_reopening_notice(reopening=one.reopening, by=actor(request), at=timezone.now())
    except Refusal as refusal:
        return _page(request, one, place, refusal.problems)
    messages.success(request, gettext("{number} was issued. Print it and serve it.").format(number=document.number))
    return redirect(place.home)


@guarded("assessments.listing.follow", area=round_area)
def service(request: HttpRequest, pk: int, filing: int) -> HttpResponse:
    """Record that the notice was served on the company; the clock begins with it."""
    one, place = _case(request, pk, filing)
    papers = Document.objects.standing().select_related("area", "addressee")
    document = get_object_or_404(
        papers, kind=notice_of(one.reopening.filing), subject=place.stands.proceeding.ledger_subject
    )
    form = ServiceForm(request, document)
    if form.is_bound and form.is_valid():
        try:
            begun = _serve(request, one, document, form)
        except Refusal as refusal:
            refused(form, refusal)
        else:
            begun_text, kept_text = (
                gettext("Served. The clock runs from the day after."),
                gettext("The service is recorded."),
            )
            messages.success(request, begun_text if begun else kept_text)
            return redirect(place.home)
    context = {"form": form, "document": document, "place": place, "round": place.round}
    return render(request, "assessments/publishing/service.html", context, status=REFUSED if form.is_bound else 200)


@transaction.atomic
def _serve(request: HttpRequest, one: Reopened, document: Document, form: ServiceForm) -> bool:
    """Record the service and, where it has taken effect, the step that begins the clock."""
    given = {("files" if name == "shown" else name): value for name, value in form.cleaned_data.items()}
    at = timezone.now()
    made = record_service(document=document, **given, by=actor(request), at=at)
    if made.served_at > at:
        return False
    take_reopening_step(reopening=one.reopening, step="notice", service=made, by=actor(request), at=at)
    return True


@guarded("assessments.listing.follow", area=round_area)
@require_POST
def begin(request: HttpRequest, pk: int, filing: int) -> HttpResponse:
    """Begin the clock with a service that was recorded before and has taken effect."""
    one, place = _case(request, pk, filing)
    rows = Service.objects.standing().select_related("document", "organisation")
    kept = rows.filter(document__subject=place.stands.proceeding.ledger_subject, document__withdrawn_at=None).first()
    step = {"reopening": one.reopening, "step": "notice", "service": kept}
    try:
        take_reopening_step(**step, by=actor(request), at=timezone.now())  # type: ignore[arg-type]  # as they are
    except Refusal as refusal:
        return _page(request, one, place, refusal.problems)
    messages.success(request, gettext("Served. The clock runs from the day after."))
    return redirect(place.home)


@guarded("assessments.listing.follow", area=round_area)
def follow(request: HttpRequest, pk: int, filing: int, step: str) -> HttpResponse:
    """Record a statement, a wish to be heard, a hearing with its minutes, the written reply."""
    return _step(request, pk, filing, step, FOLLOW)


@guarded("assessments.listing.decide", area=round_area)
def decide(request: HttpRequest, pk: int, filing: int, step: str) -> HttpResponse:
    """Vote on the panel, or excuse that something came late."""
    return _step(request, pk, filing, step, DECIDE)


@guarded("assessments.list.prepare", area=round_area)
def prepare(request: HttpRequest, pk: int, filing: int, step: str) -> HttpResponse:
    """Begin the public notice, record and answer objections to it."""
    return _step(request, pk, filing, step, PREPARE)


@guarded("assessments.list.sign_centre", area=round_area)
def sign_centre(request: HttpRequest, pk: int, filing: int, step: str) -> HttpResponse:
    """Sign as head of the centre."""
    return _step(request, pk, filing, step, CENTRE)


@guarded("assessments.list.sign_bureau", area=round_area)
def sign_bureau(request: HttpRequest, pk: int, filing: int, step: str) -> HttpResponse:
    """Sign for the housing bureau."""
    return _step(request, pk, filing, step, BUREAU)


def _step(request: HttpRequest, pk: int, filing: int, step: str, codes: dict[str, str]) -> HttpResponse:
    one, place = _case(request, pk, filing)

    def take(**brought: Any) -> object:
        return take_reopening_step(reopening=one.reopening, **brought)

    return step_page(request, place, step, codes, take)


@guarded("assessments.list.publish", area=round_area)
def take_back(request: HttpRequest, pk: int, filing: int, act: int) -> HttpResponse:
    """Take a step of the case back, for a reason."""
    return back(request, _case(request, pk, filing)[1], act)
