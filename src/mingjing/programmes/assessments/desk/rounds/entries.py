"""The communities of a round: the list, and one of them with everything known and everything that can be done to it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from mingjing.engine.outcome import Refusal, Titled
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused, searched
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.evidence.queries import exhibits_seen
from mingjing.kernel.parties.guard import guarded
from mingjing.programmes.assessments.actions import entries as actions
from mingjing.programmes.assessments.actions import filings
from mingjing.programmes.assessments.desk.found import find_round, round_area
from mingjing.programmes.assessments.desk.rounds.forms import (
    DecisionForm,
    DeclarationForm,
    FilingForm,
    GroupForm,
    PapersForm,
    ValueForm,
    VoteForm,
)
from mingjing.programmes.assessments.desk.rounds.overview import rights
from mingjing.programmes.assessments.models import RECORD_STATES, Entry, Filing, FilingKind, FilingVote, Round
from mingjing.programmes.assessments.policy.classes import class_measures
from mingjing.programmes.assessments.policy.filings import effect, title_of
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.entries import Wanted, entries_wanted, records_beside, strata_in, values_of
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.sourced import sourced_of

REFUSED = 422
STATE_TITLES = {
    "unclassed": gettext_lazy("Class not settled"),
    "open": gettext_lazy("Day has come, not done"),
    "late": gettext_lazy("Late"),
    "done": gettext_lazy("Done"),
    "not_assessed": gettext_lazy("Not assessed"),
    "filed": gettext_lazy("With bonus or veto"),
}
TONES = {
    "planned": "open", "started": "info", "submitted": "info", "returned": "watch", "signed": "info",
    "refused": "watch", "reviewed": "info", "locked": "good",
}  # fmt: skip
"""How the state of a record looks."""


@guarded("assessments.round.view", area=round_area)
def entries(request: HttpRequest, pk: int) -> HttpResponse:
    """The communities of a round, found by Chinese or pinyin, by subdistrict, class and state."""
    round_, today = find_round(request, pk), timezone.localdate()
    scheme = scheme_of(round_.scheme)
    asked = {name: request.GET.get(name, "").replace("\0", "")[:60] for name in ("stratum", "class_code", "state")}
    wanted = Wanted(searched(request), **asked)
    page = page_of(entries_wanted(round_, wanted, today), request.GET, order=("number",))
    records = records_beside(page.rows, today)
    context = {
        "round": round_,
        "page": page,
        "rows": [(entry, state_of(entry, records.get(entry.pk), today)) for entry in page.rows],
        "q": wanted.text,
        "wanted": wanted,
        "strata": strata_in(round_),
        "classes": scheme.classes,
        "states": STATE_TITLES,
        "drawn": round_.state != "draft",
    }
    return render(request, "assessments/rounds/entries.html", context)


def state_of(entry: Entry, record: Any, today: Any) -> dict[str, Any] | None:
    """What a list says of an entry's record; None where nothing may be known yet."""
    if entry.not_assessed_at is not None:
        return {"title": gettext("Not assessed"), "tone": "open", "record": record}
    if record is None:
        return None
    state = record.state_on(today)
    late = record.submitted_at is None and record.team_day.day < today
    return {"title": RECORD_STATES[state], "tone": TONES.get(state, "plain"), "record": record, "late": late}


def find_entry(round_: Round, number: str) -> Entry:
    """An entry of the round by its number; raises Http404."""
    related = ("place", "stratum", "community", "engagement", "not_assessed_by")
    entries = Entry.objects.select_related(*related).prefetch_related("votes__by")
    return get_object_or_404(entries, round=round_, number=number)


@guarded("assessments.round.view", area=round_area)
def entry(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    """Everything known of one community in the round."""
    round_ = find_round(request, pk)
    return shown(request, round_, find_entry(round_, number))


def shown(
    request: HttpRequest, round_: Round, found: Entry, name: str = "", form: forms.Form | None = None
) -> HttpResponse:
    """The page of an entry; the form called `name` as it was refused."""
    scheme, today = scheme_of(round_.scheme), timezone.localdate()
    measures = class_measures(scheme)
    made = _forms(found, scheme, measures)
    context: dict[str, Any] = {
        "round": round_,
        "entry": found,
        "scheme": scheme,
        "class_title": scheme.classes.get(found.class_code),
        "proposed_title": scheme.classes.get(found.proposed_class),
        "votes": votes_shown(found, scheme),
        "values": values_of(found, scheme, measures, sourced_of([found], round_, scheme)[found.pk]),
        "declarations": found.declarations.select_related("by").order_by("-id"),
        "filings": _filings(request, found, scheme),
        "state": state_of(found, records_beside([found], today).get(found.pk), today),
        "open": round_.deciding_at is None,
        "open_late": round_.decided_at is not None,
        "refused_form": name,
        **rights(request, round_),
        **made,
    }
    if form is not None:
        context[f"{name}_form"] = form
    return render(request, "assessments/rounds/entry.html", context, status=200 if form is None else REFUSED)


def _forms(found: Entry, scheme: Scheme, measures: tuple[str, ...]) -> dict[str, forms.Form]:
    locked = measures if found.frozen_at else ()
    return {
        "vote_form": VoteForm(scheme=scheme, auto_id="vote_%s"),
        "value_form": ValueForm(scheme=scheme, locked=locked, auto_id="value_%s"),
        "declaration_form": DeclarationForm(auto_id="declaration_%s"),
        "group_form": GroupForm(initial={"group": found.group}, auto_id="group_%s"),
        "filing_form": FilingForm(
            scheme=scheme,
            class_code=found.class_code,
            late=found.round.deciding_at is not None,
            granted=_granted(found),
            auto_id="filing_%s",
        ),
    }


def _granted(found: Entry) -> list[str]:
    """The bonuses that were approved."""
    return list(found.filings.filter(kind=FilingKind.BONUS, approved=True).values_list("code", flat=True))


def votes_shown(found: Entry, scheme: Scheme) -> list[dict[str, Any]]:
    """The votes on a class, newest first; `counts` is whether one still does, and why not in `stale`."""
    seen: set[int] = set()
    rows = []
    for vote in sorted(found.votes.all(), key=lambda vote: -vote.pk):
        current = vote.inputs == found.class_inputs
        rows.append(
            {"vote": vote, "title": scheme.classes.get(vote.class_code, Titled({"en": vote.class_code})),
             "stale": not current, "counts": current and vote.by_id not in seen}
        )  # fmt: skip
        seen |= {vote.by_id} if current else set()
    return rows


def _filings(request: HttpRequest, found: Entry, scheme: Scheme) -> list[dict[str, Any]]:
    rubric = scheme.rubrics.get(found.class_code)
    if rubric is None:
        return []
    rows = list(found.filings.select_related("filed_by", "decided_by", "claimed_by", "reopening").order_by("-id"))
    papers: dict[str, list[Exhibit]] = {}
    for exhibit in exhibits_seen(request.user, [filing.subject for filing in rows], timezone.localdate()):
        papers.setdefault(exhibit.subject, []).append(exhibit)
    votes: dict[int, list[FilingVote]] = {}
    for vote in FilingVote.objects.filter(filing__entry=found).select_related("by"):
        votes.setdefault(vote.filing_id, []).append(vote)
    return [
        {"filing": filing, "title": title_of(rubric, filing.kind, filing.code),
         "effect": effect(rubric, filing.kind, filing.code), "own": filing.filed_by == request.user,
         "papers": papers.get(filing.subject, ()), "votes": votes.get(filing.pk, ()),
         "open": filing.decided_at is None and _takes(found.round, filing)}
        for filing in rows
    ]  # fmt: skip


def _takes(round_: Round, filing: Filing) -> bool:
    """Whether the round still takes decisions on it: before its own, or on what was filed after that."""
    late = round_.decided_at is not None and round_.deciding_at is not None and filing.filed_at > round_.deciding_at
    return round_.deciding_at is None or late


def _act(
    request: HttpRequest, pk: int, number: str, name: str,
    make: Callable[[Entry, Scheme], forms.Form], take: Callable[..., object], said: str,
) -> HttpResponse:  # fmt: skip
    """One form of the page: what was typed is taken by an action, or shown again with what was refused."""
    round_ = find_round(request, pk)
    found = find_entry(round_, number)
    form = make(found, scheme_of(round_.scheme))
    if form.is_valid():
        try:
            take(entry=found, **form.cleaned_data, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, said)
            return redirect("assessments:entry", pk, number)
    return shown(request, round_, found, name, form)


@guarded("assessments.class.confirm", area=round_area)
@require_POST
def vote(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    """Confirm the class of this community."""

    def make(found: Entry, scheme: Scheme) -> forms.Form:
        return VoteForm(request.POST, scheme=scheme, auto_id="vote_%s")

    return _act(request, pk, number, "vote", make, actions.confirm_class, gettext("Your view of the class was kept."))


@guarded("assessments.round.manage", area=round_area)
@require_POST
def value(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    """Record a value of this community with its source."""

    def make(found: Entry, scheme: Scheme) -> forms.Form:
        locked = class_measures(scheme) if found.frozen_at else ()
        return ValueForm(request.POST, scheme=scheme, locked=locked, auto_id="value_%s")

    return _act(request, pk, number, "value", make, actions.record_attribute, gettext("The value was recorded."))


@guarded("assessments.round.manage", area=round_area)
@require_POST
def assessed(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    """Declare this community not assessed, or to be assessed after all."""
    back = request.POST.get("to_assess") == "yes"

    def make(found: Entry, scheme: Scheme) -> forms.Form:
        return DeclarationForm(request.POST, auto_id="declaration_%s")

    take = actions.declare_to_assess if back else actions.declare_not_assessed
    said = gettext("It is to be assessed.") if back else gettext("It counts as not assessed, with your reason.")
    return _act(request, pk, number, "declaration", make, take, said)


@guarded("assessments.round.manage", area=round_area)
@require_POST
def group(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    """Put this community into a group, or take it out."""

    def make(found: Entry, scheme: Scheme) -> forms.Form:
        return GroupForm(request.POST, auto_id="group_%s")

    return _act(request, pk, number, "group", make, actions.put_in_group, gettext("The group was changed."))


@guarded("assessments.filing.file", area=round_area)
@require_POST
def file(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    """File a bonus or a veto for this community."""

    def make(found: Entry, scheme: Scheme) -> forms.Form:
        late, code = found.round.deciding_at is not None, found.class_code
        return FilingForm(
            request.POST, request.FILES, scheme=scheme, class_code=code, late=late, granted=_granted(found),
            auto_id="filing_%s",
        )  # fmt: skip

    def take(*, what: str, papers: Any, **rest: Any) -> object:
        kind, _, code = what.partition(":")
        return filings.file_document(kind=kind, code=code, files=papers, **rest)

    said = gettext("It was filed; somebody else decides whether it counts.")
    return _act(request, pk, number, "filing", make, take, said)


@guarded("assessments.filing.decide", area=round_area)
@require_POST
def decide(request: HttpRequest, pk: int, filing: int) -> HttpResponse:
    """Approve or reject what somebody else filed."""
    found = get_object_or_404(Filing.objects.select_related("entry"), pk=filing, entry__round=pk)
    form = DecisionForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            filings.decide_filing(
                filing=found, approved=data["approved"] == "yes", reason=data["reason"], by=actor(request),
                at=timezone.now(),
            )  # fmt: skip
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("Decided. The decision is in the ledger."))
            return redirect("assessments:entry", pk, found.entry.number)
    round_ = find_round(request, pk)
    return shown(request, round_, find_entry(round_, found.entry.number), f"decision_{found.pk}", form)


@guarded("assessments.filing.file", area=round_area)
@require_POST
def papers(request: HttpRequest, pk: int, filing: int) -> HttpResponse:
    """Put papers on file for what somebody filed."""
    found = get_object_or_404(Filing.objects.select_related("entry"), pk=filing, entry__round=pk)
    form = PapersForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            filings.add_papers(
                filing=found, files=form.cleaned_data["papers"], by=actor(request), at=timezone.now()
            )  # fmt: skip
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("The papers are on file."))
            return redirect("assessments:entry", pk, found.entry.number)
    round_ = find_round(request, pk)
    return shown(request, round_, find_entry(round_, found.entry.number), f"papers_{found.pk}", form)
