"""Bonuses that a company claims for its communities while a round is under way, with the proof that the scheme asks.

Not here: who approves them (desk), bonuses that rest on data of others and cannot be claimed (policy.filings).
"""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from mingjing.engine.outcome import in_language
from mingjing.faces.portal.door import actor, companies_only
from mingjing.faces.portal.handing import FilesField, HandInForm, handed_in
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.parties.mandates import Acting
from mingjing.programmes.assessments.actions.filings import claim_bonus
from mingjing.programmes.assessments.models import Entry, Filing
from mingjing.programmes.assessments.policy.filings import claimable
from mingjing.programmes.assessments.portal.forms import offered
from mingjing.programmes.assessments.portal.found import find_claimable
from mingjing.programmes.assessments.queries.form_papers import forms_for
from mingjing.programmes.assessments.queries.own import judged_of, under_way_for
from mingjing.programmes.assessments.queries.schemes import scheme_of


class ClaimForm(HandInForm):
    """Which bonus, by what paper, with the paper itself."""

    code = forms.ChoiceField(label=_("Bonus"), widget=forms.RadioSelect)
    document = forms.CharField(label=_("Title and number of the paper that proves it"), max_length=300)
    papers = FilesField(label=_("The paper itself"), required=True)

    def __init__(self, request: HttpRequest, entry: Entry) -> None:
        super().__init__(request)
        language = "zh-Hans" if (get_language() or "").startswith("zh") else "en"
        rubric = scheme_of(entry.round.scheme).rubrics[entry.class_code]
        choices = [(item.code, in_language(item.title.texts, language)) for item in claimable(rubric)]
        self.fields["code"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField


@companies_only
@require_safe
def claims(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Where something can be claimed, and what was."""
    page = page_of(under_way_for(acting), request.GET, order=("round", "number"))
    made = Filing.objects.filter(claimed_by__in=acting.everything_of).select_related("entry__round", "entry")
    judged = judged_of(page.rows)
    rows = [(entry, acting.covers(there.pk if (there := judged[entry.pk]) else None)) for entry in page.rows]
    context = {"page": page, "rows": rows, "made": made.order_by("-filed_at")[:50]}
    return render(request, "assessments/portal/claims.html", context)


@companies_only
def claim(request: HttpRequest, acting: Acting, pk: int) -> HttpResponse:
    """Claim one."""
    entry = find_claimable(acting, pk)
    form = ClaimForm(request, entry)

    def take() -> Any:
        data = form.cleaned_data
        told = {"code": data["code"], "document": data["document"], "files": data["papers"], "key": data["key"]}
        return claim_bonus(entry=entry, by=actor(request), at=timezone.now(), **told)

    context = {"entry": entry, "title": _("Claim a bonus"), "offered": offered("bonus", pk)}
    context["forms"] = forms_for(acting, [entry.subject], ["bonus_claim"])
    return handed_in(request, form, "assessments/portal/hand_in.html", context, take)
