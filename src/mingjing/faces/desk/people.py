"""People and the roles they hold, with the acts that gave them; granting and ending roles. Registering is a command."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.fields import AreaField
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused, searched
from mingjing.faces.ui.paging import page_of
from mingjing.kernel import registry
from mingjing.kernel.parties.actions import end_role, grant_role
from mingjing.kernel.parties.guard import areas_where, guarded, may
from mingjing.kernel.parties.models import Person, PersonQuerySet, RoleGrant
from mingjing.kernel.places.models import Area


class GrantForm(forms.Form):
    """A role, where, from when, and by what act."""

    role = forms.ChoiceField(label=_("Role"))
    area = AreaField(label=_("Area code"), help_text=_("The role covers this area and all below it."))
    first_day = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(label=_("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    act = forms.CharField(label=_("Appointing act"), max_length=200)
    act_reference = forms.CharField(label=_("Reference of the act"), max_length=100)

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a QueryDict or None
        choices = [(code, gettext(kind.title)) for code, kind in registry.roles().items()]
        self.fields["role"] = forms.ChoiceField(label=_("Role"), choices=choices)


class EndForm(forms.Form):
    """Why a role ends."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


@guarded("parties.person.view")
def people(request: HttpRequest) -> HttpResponse:
    """The people registered here with the roles they hold today."""
    text = searched(request)
    found = PersonQuerySet(Person).search(text).prefetch_related("role_grants__area")
    page = page_of(found, request.GET, order=("username",))
    today = timezone.localdate()
    rows = [(one, [grant for grant in one.role_grants.all() if grant.as_value().holds(today)]) for one in page.rows]
    context = {"page": page, "rows": rows, "q": text, "titles": _titles()}
    return render(request, "desk/people.html", context)


@guarded("parties.person.view")
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person and every role they were ever given."""
    return _person_page(request, get_object_or_404(Person, pk=pk), GrantForm())


@guarded("parties.person.manage")
@require_POST
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Grant a role, within the administrator's own areas."""
    someone, form = get_object_or_404(Person, pk=pk), GrantForm(request.POST)
    scope = areas_where(request.user, "parties.person.manage", on=timezone.localdate())
    if form.is_valid() and not scope.covers(form.cleaned_data["area"]):
        form.add_error("area", _("Your own right does not cover this area."))
    if form.is_valid():
        try:
            grant_role(person=someone, **form.cleaned_data, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("The role was granted."))
            return redirect("desk:person", pk)
    return _person_page(request, someone, form)


def _granted_area(request: HttpRequest, pk: int) -> Area:
    return get_object_or_404(RoleGrant.objects.select_related("area"), pk=pk).area


@guarded("parties.person.manage", area=_granted_area)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a role, saying why."""
    held = get_object_or_404(RoleGrant.objects.select_related("area", "person"), pk=pk)
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            end_role(grant=held, **form.cleaned_data, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("The role has ended."))
            return redirect("desk:person", held.person.pk)
    context = {"grant": held, "form": form, "titles": _titles()}
    return render(request, "desk/role_end.html", context, status=422 if form.is_bound else 200)


def _person_page(request: HttpRequest, someone: Person, form: GrantForm) -> HttpResponse:
    today, grants = timezone.localdate(), someone.role_grants.select_related("area", "granted_by", "ended_by")
    rows = [(grant, grant.as_value().holds(today)) for grant in grants]
    manages = may(request.user, "parties.person.manage", on=today)
    context = {"someone": someone, "rows": rows, "form": form if manages else None, "titles": _titles()}
    return render(request, "desk/person.html", context, status=422 if form.is_bound else 200)


def _titles() -> dict[str, str]:
    return {code: kind.title for code, kind in registry.roles().items()}
