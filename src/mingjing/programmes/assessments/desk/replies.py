"""What companies say to the public about a round, on the desk: to be read, and withheld for a reason where it must be.

Not here: giving a reply (portal), where it stands (board).
"""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused
from mingjing.kernel.parties.guard import guarded, may
from mingjing.programmes.assessments.actions.companies import withhold_reply
from mingjing.programmes.assessments.desk.found import find_round, round_area
from mingjing.programmes.assessments.models import Reply, Round

MANAGE = "assessments.round.manage"


class WithholdForm(forms.Form):
    """Why a reply is taken off the board."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


@guarded("assessments.round.view", area=round_area)
@require_safe
def replies(request: HttpRequest, pk: int) -> HttpResponse:
    """Every reply that stands or stood, the newest first."""
    return _page(request, find_round(request, pk))


def _page(request: HttpRequest, found: Round, form: forms.Form | None = None) -> HttpResponse:
    rows = Reply.objects.filter(entry__round=found).select_related("entry", "company", "by", "withheld_by")
    may_withhold = may(request.user, MANAGE, area=found.area, on=timezone.localdate())
    context = {"round": found, "rows": rows.order_by("-at"), "may_withhold": may_withhold, "form": form}
    return render(request, "assessments/replies.html", context, status=422 if form else 200)


@guarded(MANAGE, area=round_area)
@require_POST
def withhold(request: HttpRequest, pk: int, reply: int) -> HttpResponse:
    """Take one off the board."""
    found, form = get_object_or_404(Reply, pk=reply, entry__round=pk), WithholdForm(request.POST)
    if form.is_valid():
        try:
            withhold_reply(reply=found, reason=form.cleaned_data["reason"], by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("The reply was taken off the board."))
            return redirect("assessments:round-replies", pk)
    return _page(request, find_round(request, pk), form)
