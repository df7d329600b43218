"""A form that the company fills in, made by itself when it is time: numbered, with code and what is on record.

Not here: handing it in, or doing so without one (contests, cases, orders, claims).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from mingjing.engine.outcome import Problem, Refusal
from mingjing.faces.portal.door import actor, companies_only
from mingjing.kernel.documents.kinds import title_of
from mingjing.kernel.parties.mandates import Acting
from mingjing.programmes.assessments.actions.papers import draw_form
from mingjing.programmes.assessments.models import Entry
from mingjing.programmes.assessments.portal.found import (
    find_answerable,
    find_claimable,
    find_entry_of_order,
    find_recorded,
    find_whole,
)
from mingjing.programmes.assessments.queries.form_papers import (
    ABOUT_ORDERS,
    case_to_answer,
    forms_for,
    ready_to_fill_in,
    too_early,
)

__all__ = ["form", "offered"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where forms are offered: which, how the page finds its community among what is theirs, and the page's route."""

    kinds: frozenset[str]
    find: Callable[[Acting, int], Entry]
    page: str


PLACES: Mapping[str, Place] = {
    "orders": Place(ABOUT_ORDERS, find_entry_of_order, "order"),
    "communities": Place(frozenset({"appeal_form"}), find_whole, "community"),
    "records": Place(frozenset({"objection_form"}), find_recorded, "record"),
    "cases": Place(frozenset({"statement_form"}), find_answerable, "case"),
    "bonus": Place(frozenset({"bonus_claim"}), find_claimable, "claim"),
}
"""By the word that the address of such a page begins with."""


def offered(about: str, pk: int) -> list[tuple[str, str]]:
    """The forms that a page offers: title (a msgid) and address of each."""
    return [
        (title_of(f"assessments.{kind}"), reverse("assessments_portal:form", args=[about, pk, kind]))
        for kind in sorted(PLACES[about].kinds)
    ]


@companies_only
def form(request: HttpRequest, acting: Acting, about: str, pk: int, kind: str) -> HttpResponse:
    """Whether it is time for a form, and why not; once asked for, the form itself to take away."""
    place = PLACES.get(about)
    if place is None or kind not in place.kinds:
        raise Http404
    entry, problems = place.find(acting, pk), list[Problem]()
    if request.method == "POST":
        try:
            made = draw_form(entry=entry, kind=kind, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            problems = list(refusal.problems)
        else:
            messages.success(
                request, gettext("The form is ready: {number}. Take it away below.").format(number=made.number)
            )
            return redirect("assessments_portal:form", about, pk, kind)
    elif kind not in ready_to_fill_in(entry, timezone.now()):
        problems = [too_early(kind)]
    context = {
        "entry": entry, "title": gettext(title_of(f"assessments.{kind}")), "problems": problems,
        "forms": forms_for(acting, _subjects(entry), [kind]),
        "back": reverse(f"assessments_portal:{place.page}", args=[pk]),
    }  # fmt: skip
    return render(request, "assessments/portal/form.html", context, status=422 if request.method == "POST" else 200)


def _subjects(entry: Entry) -> Iterable[str]:
    return {entry.subject, case_to_answer(entry, timezone.now()) or entry.subject}
