"""The queue of communities whose class the rule leaves open: one form for each, the next one ready after every vote."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.parties.guard import guarded
from mingjing.programmes.assessments.actions.entries import confirm_class
from mingjing.programmes.assessments.desk.found import find_round, round_area
from mingjing.programmes.assessments.desk.rounds.entries import find_entry, votes_shown
from mingjing.programmes.assessments.desk.rounds.forms import VoteForm
from mingjing.programmes.assessments.desk.rounds.overview import rights
from mingjing.programmes.assessments.models import ClassVote, Entry, Round
from mingjing.programmes.assessments.queries.entries import queue_counts, queue_of
from mingjing.programmes.assessments.queries.schemes import scheme_of

REFUSED = 422
PAGE = 20
"""Communities of one page of the queue: each is a form."""
PARTS = {
    "mine": gettext_lazy("To confirm by me"),
    "others": gettext_lazy("Waiting for somebody else"),
    "settled": gettext_lazy("Settled by two people"),
}


@guarded("assessments.round.view", area=round_area)
def classes(request: HttpRequest, pk: int) -> HttpResponse:
    """The communities whose class people settle."""
    return _shown(request, find_round(request, pk))


@guarded("assessments.class.confirm", area=round_area)
def confirm(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    """Take one vote, and come back to the queue with the next community ready."""
    round_ = find_round(request, pk)
    found = find_entry(round_, number)
    form = VoteForm(request.POST or None, scheme=scheme_of(round_.scheme), auto_id=f"e{found.pk}_%s")
    if request.method == "POST" and form.is_valid():
        try:
            entry = confirm_class(entry=found, **form.cleaned_data, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            _say(request, entry)
            query = urlencode({"from": number, "show": request.POST.get("show", "mine")})
            return redirect(f"{reverse('assessments:round-classes', args=[pk])}?{query}#queue")
    return _shown(request, round_, found, form)


def _say(request: HttpRequest, entry: Entry) -> None:
    if entry.class_code:
        text = gettext("%(name)s: two people agree, so its class is settled.")
    else:
        text = gettext("%(name)s: your view was kept; somebody else must look at it too.")
    messages.success(request, text % {"name": entry.name})


def _shown(
    request: HttpRequest, round_: Round, refused_entry: Entry | None = None, form: VoteForm | None = None
) -> HttpResponse:
    scheme, person = scheme_of(round_.scheme), actor(request)
    show = request.GET.get("show") or request.POST.get("show", "")
    show = show if show in PARTS else "mine"
    page = page_of(queue_of(round_, person, show), request.GET, order=("number",), size=PAGE)
    rows = [_row(entry, scheme, refused_entry, form) for entry in page.rows]
    after = request.GET.get("from", "")
    focus = next((row["entry"].pk for row in rows if row["entry"].number > after), rows[0]["entry"].pk if rows else 0)
    context: dict[str, Any] = {
        "round": round_, "page": page, "rows": rows, "show": show, "parts": PARTS,
        "counts": queue_counts(round_, person), "focus": refused_entry.pk if refused_entry else focus,
        "classes": scheme.classes, "reasons": _reasons(round_), "open": round_.frozen_at is None,
        **rights(request, round_),
    }  # fmt: skip
    return render(request, "assessments/rounds/classes.html", context, status=REFUSED if form else 200)


def _row(entry: Entry, scheme: Any, refused_entry: Entry | None, form: VoteForm | None) -> dict[str, Any]:
    again = refused_entry is not None and entry.pk == refused_entry.pk
    return {
        "entry": entry,
        "votes": votes_shown(entry, scheme),
        "form": form if again else VoteForm(scheme=scheme, auto_id=f"e{entry.pk}_%s"),
        "title": scheme.classes.get(entry.class_code),
    }


def _reasons(round_: Round) -> list[str]:
    """Reasons given before in this round, offered while typing: many estates are alike."""
    votes = ClassVote.objects.filter(entry__round=round_).order_by("-id").values_list("reason", flat=True)
    return list(dict.fromkeys(votes[:50]))[:10]
