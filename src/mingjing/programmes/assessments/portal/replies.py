"""What a company says to the public beside its entry on the list. Not here: the board, where it stands."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mingjing.faces.portal.door import actor, companies_only
from mingjing.faces.portal.handing import HandInForm, handed_in
from mingjing.kernel.parties.mandates import Acting
from mingjing.programmes.assessments.actions.companies import PUBLIC, reply_in_public
from mingjing.programmes.assessments.portal.found import find_entry
from mingjing.programmes.assessments.queries.replies import reply_to


class ReplyForm(HandInForm):
    """The words, and that everybody may read them."""

    text = forms.CharField(
        label=_("What everybody shall read beside your entry"), max_length=PUBLIC, widget=forms.Textarea,
        help_text=_("No names, telephone numbers or photos of people: such a reply is taken off the list."),
    )  # fmt: skip
    public = forms.BooleanField(label=_("I mark this text as public, in the name of the company."))


@companies_only
def reply(request: HttpRequest, acting: Acting, pk: int) -> HttpResponse:
    """Give or replace it; counsel of a single case does not speak to the public for the company."""
    entry = find_entry(acting, pk)
    if not acting.covers(entry.company_id):
        raise Http404
    form = ReplyForm(request)

    def take() -> Any:
        data = form.cleaned_data
        return reply_in_public(entry=entry, text=data["text"], key=data["key"], by=actor(request), at=timezone.now())

    context = {"entry": entry, "title": _("Public reply"), "standing": reply_to(entry)}
    return handed_in(request, form, "assessments/portal/hand_in.html", context, take)
