"""Objections to findings and appeals against published entries: those of a round, each with its page and decision."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from mingjing.engine.outcome import Refusal, spoken
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused
from mingjing.kernel.parties.guard import guarded, may
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.kernel.proceedings.queries import Stands, stands, stands_of
from mingjing.programmes.assessments.actions.appeals import APPEAL, decide_appeal
from mingjing.programmes.assessments.actions.appeals import file_appeal as filed
from mingjing.programmes.assessments.actions.disputes import excuse_lateness
from mingjing.programmes.assessments.actions.objections import OBJECTION, decide_objection
from mingjing.programmes.assessments.desk.found import find_round, round_area
from mingjing.programmes.assessments.desk.publishing.forms import AppealForm, FilingForm, ObjectionForm
from mingjing.programmes.assessments.desk.publishing.shown import clock_of, clocks, timeline, way
from mingjing.programmes.assessments.desk.publishing.steps import Place, keep_files, offered, step_page
from mingjing.programmes.assessments.models import Edition, Entry, Filing, Listed, Round, VisitRecord
from mingjing.programmes.assessments.policy.corrections import amended
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.amendments import amendments_of
from mingjing.programmes.assessments.queries.editions import newest_of
from mingjing.programmes.assessments.queries.overturns import overturns
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["dispute_rows"]

REFUSED = 422
RIGHTS = dict.fromkeys(("excuse", "decision"), "appeal.decide")


def dispute_rows(found: Round) -> list[dict[str, Any]]:
    """Every objection and appeal of a round with where it stands: a constant number of queries."""
    now = timezone.now()
    editions = {f"assessments.edition:{pk}" for pk in Edition.objects.filter(round=found).values_list("pk", flat=True)}
    records = {f"assessments.visit:{pk}" for pk in VisitRecord.objects.filter(round=found).values_list("pk", flat=True)}
    asked = Proceeding.objects.filter(programme="assessments", kind__in=(APPEAL, OBJECTION), area=found.area)
    mine = [
        one
        for one in asked.select_related("area", "organisation").order_by("id")
        if one.subject.partition("/")[0] in editions | records
    ]
    return [_row(one) for one in stands_of(mine, now).values()]


def _row(one: Stands) -> dict[str, Any]:
    standing, kind = one.standing, one.proceeding.kind
    return {
        "one": one, "proceeding": one.proceeding, "clock": clock_of(standing), "appeal": kind == APPEAL,
        "said": standing.process.step("decision").stances.get(standing.said.get("decision", ""), ""),
        "upheld": standing.said.get("decision") == "upheld",
        "late": kind in standing.late and kind not in standing.done,
    }  # fmt: skip


@guarded("assessments.round.view", area=round_area)
@require_safe
def disputes(request: HttpRequest, pk: int) -> HttpResponse:
    """Every objection and appeal of the round: what is contested, what was decided, what waits."""
    found = find_round(request, pk)
    context: dict[str, Any] = {"round": found, "rows": dispute_rows(found)}
    known = overturns(found.area, timezone.now())
    titles = {
        code: check.title for one in scheme_of(found.scheme).rubrics.values() for code, check in one.checks.items()
    }
    context["checks"] = [(code, titles.get(code, ""), rate) for code, rate in sorted(known.checks.items())]
    if may(request.user, "parties.person.view", area=found.area, on=timezone.localdate()):
        context["people"] = [(known.named.get(token), rate) for token, rate in sorted(known.people.items())]
    return render(request, "assessments/publishing/disputes.html", context)


def _entry_of(found: Round, proceeding: Proceeding) -> Entry:
    """The entry that a dispute of this round is about; raises Http404 for one of another round."""
    subject, _, rest = proceeding.subject.partition("/")
    entries = Entry.objects.filter(round=found)
    if proceeding.kind == APPEAL:
        return get_object_or_404(entries, pk=int(rest))
    return get_object_or_404(entries, records=int(subject.partition(":")[2]))


def _find(request: HttpRequest, pk: int, dispute: int) -> tuple[Entry, Place]:
    found = find_round(request, pk)
    rows = Proceeding.objects.select_related("area", "organisation")
    one = get_object_or_404(rows, pk=dispute, programme="assessments", kind__in=(APPEAL, OBJECTION))
    entry = _entry_of(found, one)
    home = reverse("assessments:dispute", args=[pk, dispute])

    def url(step: str) -> str:
        return reverse("assessments:dispute-decide", args=[pk, dispute, step])

    return entry, Place(found, stands(one, timezone.now()), one.title, home, url)


@guarded("assessments.round.view", area=round_area)
@require_safe
def dispute(request: HttpRequest, pk: int, dispute: int) -> HttpResponse:
    """What is contested with the grounds, whether in time, who may decide, and what was decided."""
    entry, place = _find(request, pk, dispute)
    standing = place.stands.standing
    row = _row(place.stands)
    rights = RIGHTS if row["late"] else {"decision": RIGHTS["decision"]}
    context = row | {
        "round": place.round, "place": place, "about": entry, "timeline": timeline(request, place.stands),
        "way": way(standing), "clocks": list(clocks(standing)),
        "steps": offered(request, place, rights, _form(entry, place)),
        "editions": Edition.objects.filter(cause=place.stands.proceeding),
        "finding": _contested(place.stands.proceeding) if not row["appeal"] else None,
    }  # fmt: skip
    return render(request, "assessments/publishing/dispute.html", context)


def _contested(proceeding: Proceeding) -> dict[str, Any] | None:
    """The finding that an objection is about, as it was recorded."""
    subject, _, finding = proceeding.subject.partition("/")
    record = VisitRecord.objects.get(pk=int(subject.partition(":")[2]))
    return next((one for one in record.sheet_document.get("findings", ()) if one["id"] == finding), None)


def _form(entry: Entry, place: Place) -> Callable[..., Any]:
    """The form of a decision: what an upheld one can change."""
    proceeding = place.stands.proceeding
    if proceeding.kind == OBJECTION:
        line = _contested(proceeding)
        return partial(ObjectionForm, now=line["steps"] if line else 0)
    filings = [
        (filing.pk, f"{filing.get_kind_display()} · {filing.document}")
        for filing in Filing.objects.filter(entry=entry, approved=True)
    ]
    newest = newest_of(place.round)
    adverse = bool(newest and newest.rows.filter(entry=entry, adverse=True).exists())
    lines = list(_findings(entry, scheme_of(place.round.scheme)))
    return partial(AppealForm, findings=lines, filings=filings, adverse=adverse)


def _findings(entry: Entry, scheme: Scheme) -> Iterator[tuple[int, str, str, int]]:
    """Every finding that still costs points: record, key, label, steps as they count."""
    known = amendments_of([entry.pk], timezone.now()).findings
    checks = scheme.rubrics[entry.class_code].checks
    for record in VisitRecord.objects.done().filter(entry=entry).select_related("team_day").order_by("id"):
        for one in amended(record.sheet_document, known.get(record.pk, {})).get("findings", ()):
            if one["steps"]:
                title = spoken(checks[one["check"]].title, gettext) if one["check"] in checks else ""
                where = " · ".join(filter(None, (f"{one['check']} {title}", one["place"], one["note"])))
                yield record.pk, one["id"], where, one["steps"]


@guarded("assessments.appeal.decide", area=round_area)
def decide(request: HttpRequest, pk: int, dispute: int, step: str) -> HttpResponse:
    """Decide it, or excuse that it came late: by somebody who had no part in it."""
    entry, place = _find(request, pk, dispute)
    proceeding = place.stands.proceeding

    def take(*, step: str, exhibits: list[str], **brought: Any) -> object:
        if step == "excuse":
            return excuse_lateness(proceeding=proceeding, **brought)
        if proceeding.kind == OBJECTION:
            return decide_objection(proceeding=proceeding, exhibits=exhibits, **brought)
        return decide_appeal(proceeding=proceeding, exhibits=exhibits, **brought)

    return step_page(request, place, step, RIGHTS, take, _form(entry, place))


@guarded("assessments.appeal.receive", area=round_area)
def file_appeal(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    """Record an appeal against a row of the list that counts, as it was received."""
    found = find_round(request, pk)
    newest = newest_of(found)
    if newest is None:
        raise Http404
    row = get_object_or_404(Listed.objects.select_related("entry", "company"), edition=newest, entry__number=number)
    form = FilingForm(*((request.POST, request.FILES) if request.method == "POST" else ()))

    def take(**brought: Any) -> Proceeding:
        return filed(row=row, **brought)

    context = {"round": found, "about": row.entry, "company": row.company, "title": gettext("Record an appeal")}
    return file_page(request, pk, form, take, context)


def file_page(
    request: HttpRequest, pk: int, form: FilingForm, take: Callable[..., Proceeding], context: dict[str, Any]
) -> HttpResponse:
    """The form of an appeal or objection that somebody handed in, and recording it with its files."""
    if form.is_bound and form.is_valid():
        try:
            proceeding = _filed(request, form, take)
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("It is recorded; somebody who had no part in it decides."))
            return redirect("assessments:dispute", pk, proceeding.pk)
    status = REFUSED if form.is_bound else 200
    return render(request, "assessments/publishing/filing.html", context | {"form": form}, status=status)


@transaction.atomic
def _filed(request: HttpRequest, form: FilingForm, take: Callable[..., Proceeding]) -> Proceeding:
    given = {name: value for name, value in form.cleaned_data.items() if name != "shown" and value}
    by, at = actor(request), timezone.now()
    proceeding = take(**given, by=by, at=at)
    keep_files(request, proceeding, form.cleaned_data["shown"])
    return proceeding
