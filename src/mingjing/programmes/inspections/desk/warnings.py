"""Warnings on the desk: the queue with what is due, one that explains itself, and what people do about it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused, searched, sentence
from mingjing.faces.ui.paging import page_of
from mingjing.faces.ui.uploads import ExhibitsField
from mingjing.kernel.evidence.actions import record_exhibits
from mingjing.kernel.evidence.models import Origin
from mingjing.kernel.evidence.queries import exhibits_seen
from mingjing.kernel.parties.guard import guarded, may
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.tables import csv_pieces
from mingjing.programmes.inspections.actions.supervision import EXPLAIN, SUPERVISE, act_on, take_together
from mingjing.programmes.inspections.models import Warning, WarningAct
from mingjing.programmes.inspections.models.warnings import Act, Severity
from mingjing.programmes.inspections.policy.supervision import ACTS, REASONS, STATES, Move, moves_from
from mingjing.programmes.inspections.queries.posts import authorities_of, warnings_seen
from mingjing.programmes.inspections.queries.warnings import OPEN, counted, narrowed, reasons_of

VIEW = "inspections.warning.view"
LEVELS = {
    Severity.INFO: _("Hint only"), Severity.YELLOW: _("Yellow warning"), Severity.RED: _("Red warning"),
}  # fmt: skip
TONES = {Severity.INFO: "info", Severity.YELLOW: "watch", Severity.RED: "bad"}
MOST_EXPORTED = 20_000
COLUMNS = ("number", "rule", "level", "firm", "authority", "first_day", "last_day", "count", "state", "due", "lapsed")


class FilterForm(forms.Form):
    """Which warnings to list."""

    state = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[("", _("Open")), ("overdue", _("Overdue")),
                 *((code, _(title)) for code, title in STATES.items()),
                 ("lapsed", _("No longer hold")), ("all", _("All"))],
    )  # fmt: skip
    level = forms.ChoiceField(label=_("Level"), required=False, choices=[("", _("All")), *LEVELS.items()])
    of = forms.ChoiceField(
        label=_("Whose turn"), required=False,
        choices=[("", _("Everybody’s")), ("mine", _("My authority’s")), ("supervise", _("The supervisor’s"))],
    )  # fmt: skip


class ActForm(forms.Form):
    """What somebody does about a warning; `seen` is how many acts they have read."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    act = forms.ChoiceField(label=_("What you do"), widget=forms.RadioSelect)
    reason_code = forms.ChoiceField(label=_("Reason that justifies it"), required=False)
    text = forms.CharField(label=_("In words"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    exhibits = ExhibitsField(label=_("Evidence attached"), required=False)

    def __init__(self, *args: Any, moves: Iterable[Move], **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [(move.act, gettext(ACTS[move.act])) for move in moves]
        self.fields["act"] = forms.ChoiceField(label=_("What you do"), choices=choices, widget=forms.RadioSelect)
        reasons = [("", "—"), *((code, gettext(title)) for code, title in REASONS.items())]
        self.fields["reason_code"] = forms.ChoiceField(
            label=_("Reason that justifies it"), required=False, choices=reasons
        )
        if not any(move.act == "justified" for move in moves):
            del self.fields["reason_code"]
        if len(choices) == 1:
            self.fields["act"].initial = choices[0][0]


def find_warning(pk: int) -> Warning:
    """A warning with what its page names; raises Http404."""
    related = ("area", "authority__organisation", "firm__organisation", "merged_into")
    return get_object_or_404(Warning.objects.select_related(*related), pk=pk)


def warning_area(request: HttpRequest, pk: int, **_rest: Any) -> Area:
    """The area it is supervised in. Whoever may not see it is told that there is none."""
    found = find_warning(pk)
    if isinstance(request.user, Person) and not warnings_seen(request.user, timezone.localdate()).filter(pk=pk):
        raise Http404
    return found.area


def _listed(request: HttpRequest) -> tuple[FilterForm, QuerySet[Warning], bool]:
    person, now = actor(request), timezone.now()
    today, form, text = timezone.localdate(), FilterForm(request.GET), searched(request)
    asked = form.cleaned_data if form.is_valid() else {}
    rows = narrowed(
        warnings_seen(person, today), state=asked.get("state", ""), level=asked.get("level", ""), text=text,
        rule=request.GET.get("rule", "")[:20], at=now,
    )  # fmt: skip
    match asked.get("of"):
        case "mine":
            rows = rows.filter(authority__in=authorities_of(person, today))
            rows = rows.filter(state__in=("raised", "to_correct", "interview"))
        case "supervise":
            rows = rows.exclude(state="raised", due__gt=now).exclude(state="to_correct", due__gt=now)
    return form, rows, any(asked.values()) or bool(text or request.GET.get("rule"))


@guarded(VIEW)
@require_safe
def warnings(request: HttpRequest) -> HttpResponse:
    """The queue: open warnings of the reader's authority, or of all where they watch over all, what is late first."""
    form, rows, filtered = _listed(request)
    page, now = page_of(rows, request.GET, order=("-level", "-last_day", "-id")), timezone.now()
    overdue = warnings_seen(actor(request), timezone.localdate()).filter(OPEN, due__lte=now).count()
    context = {
        "page": page, "form": form, "filtered": filtered, "q": searched(request), "overdue": overdue,
        "rows": [line_of(row, now) for row in page.rows],
        "supervises": may(request.user, SUPERVISE, on=timezone.localdate()), "query": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "inspections/warnings.html", context)


def line_of(row: Warning, now: datetime) -> dict[str, Any]:
    """A warning as lists and its own page show it."""
    return {
        "row": row, "title": reasons_of(row)["rule"], "tone": TONES[Severity(row.level)],
        "level": LEVELS[Severity(row.level)],
        "state": _("No longer holds") if row.lapsed_at else _(STATES.get(row.state, row.state)),
        "late": bool(row.due and row.due <= now and not row.lapsed_at),
    }  # fmt: skip


@guarded(VIEW, area=warning_area)
def warning(request: HttpRequest, pk: int) -> HttpResponse:
    """One warning: the rule and its source, the records counted, what would have avoided it, and what was done."""
    found, person, now = find_warning(pk), actor(request), timezone.now()
    acts = list(found.acts.select_related("by").order_by("number"))
    moves = _moves(found, person, now)
    post = request.method == "POST" and bool(moves)
    form = ActForm(
        request.POST if post else None, request.FILES if post else None, moves=moves, initial={"seen": len(acts)}
    )
    if post and form.is_valid() and _act(found, form, person):
        messages.success(request, gettext("It was recorded."))
        return redirect("inspections:warning", pk)
    head, records = found.merged_into, counted(found)
    context = {
        **line_of(found, now), "warning": found, "reasons": reasons_of(found), "records": records,
        "corrected": any(one.entry and one.entry.is_corrected for one in records),
        "history": _history(found, acts, person), "form": form, "moves": moves, "head": head,
        "parts": [line_of(part, now) for part in found.parts.select_related("firm__organisation").order_by("pk")],
        "others": _others(found, person) if moves and may(person, SUPERVISE, area=found.area, on=now.date()) else [],
    }  # fmt: skip
    return render(request, "inspections/warning.html", context, status=422 if form.is_bound else 200)


def _history(found: Warning, acts: Sequence[WarningAct], person: Person) -> list[tuple[WarningAct, str, str, Any]]:
    """What was done: each act with what it is called, the reason that justifies it, and the evidence to be seen."""
    shown = {str(one.pk): one for one in exhibits_seen(person, found.subject, timezone.localdate())}
    return [
        (one, str(Act(one.act).label), gettext(REASONS[one.reason_code]) if one.reason_code in REASONS else "",
         [shown[key] for key in one.evidence if key in shown])
        for one in acts
    ]  # fmt: skip


def _moves(found: Warning, person: Person, now: datetime) -> tuple[Move, ...]:
    """What the reader can do now."""
    if found.merged_into_id and not found.lapsed_at:
        return ()
    today = timezone.localdate(now)
    own = found.authority_id in authorities_of(person, today)
    supervises = may(person, SUPERVISE, area=found.area, on=today) and not own
    explains = may(person, EXPLAIN, area=found.area, on=today) and (own or found.authority_id is None)
    rights = {"authority": explains and not supervises, "supervisor": supervises}
    overdue = found.due is not None and found.due <= now
    return tuple(move for move in moves_from(found.state, overdue=overdue) if rights[move.by])


def _act(found: Warning, form: ActForm, person: Person) -> bool:
    data, now = form.cleaned_data, timezone.now()
    try:
        with transaction.atomic():
            kept = record_exhibits(
                files=data["exhibits"], subject=found.subject, area=found.area, origin=Origin.UPLOAD, by=person, at=now
            )
            act_on(
                warning=found, act=data["act"], text=data["text"], reason_code=data.get("reason_code", ""),
                evidence=[str(one.pk) for one in kept], seen=data["seen"], by=person, at=now,
            )  # fmt: skip
    except Refusal as refusal:
        refused(form, refusal)
        return False
    return True


def _others(found: Warning, person: Person) -> list[dict[str, Any]]:
    """Warnings that could be handled together with this one."""
    rows = warnings_seen(person, timezone.localdate()).filter(OPEN, authority=found.authority_id, state=found.state)
    rows = rows.filter(area=found.area_id).exclude(pk=found.pk).order_by("-level", "-last_day", "-id")
    return [line_of(row, timezone.now()) for row in rows[:30]]


@guarded(SUPERVISE, area=warning_area)
@require_POST
def together(request: HttpRequest, pk: int) -> HttpResponse:
    """Handle the chosen warnings together with this one."""
    keys = [int(key) for key in request.POST.getlist("id") if key.isdecimal() and len(key) < 19][:30]
    person = actor(request)
    parts = list(warnings_seen(person, timezone.localdate()).filter(pk__in=keys))
    try:
        take_together(warning=find_warning(pk), parts=parts, by=person, at=timezone.now())
    except Refusal as refusal:
        for problem in refusal.problems:
            messages.error(request, sentence(problem))
    else:
        messages.success(request, gettext("They are handled together from now on."))
    return redirect("inspections:warning", pk)


@guarded(VIEW)
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The listed warnings as CSV, a row for each."""
    _form, rows, _filtered = _listed(request)
    headers = {"Content-Disposition": f'attachment; filename="warnings-{timezone.localdate()}.csv"'}
    lines = csv_pieces(_cells(rows.order_by("-level", "-last_day", "-id")[:MOST_EXPORTED]))
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


def _cells(rows: QuerySet[Warning]) -> Iterator[Iterable[object]]:
    yield COLUMNS
    for row in rows.iterator(chunk_size=500):
        yield (
            row.pk, row.rule, Severity(row.level).name.lower(), row.firm, row.authority, row.first_day, row.last_day,
            row.count, row.state, row.due, row.lapsed_at,
        )  # fmt: skip
