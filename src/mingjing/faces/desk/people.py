"""People and the roles they hold, with the acts that gave them: registering, granting and ending, departures."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.fields import AreaField
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused, searched
from mingjing.faces.ui.paging import page_of
from mingjing.kernel import registry
from mingjing.kernel.parties.actions import end_role, grant_role, issue_link, record_departure, register_person
from mingjing.kernel.parties.guard import Scope, areas_where, guarded, may
from mingjing.kernel.parties.models import Person, RoleGrant
from mingjing.kernel.parties.queries import grants_ending_soon, grants_seen, people_seen
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


class RegistrationForm(forms.Form):
    """Who somebody is, and what they sign in with. Their password is theirs to set."""

    display_name = forms.CharField(label=_("Full name"), max_length=100)
    username = forms.CharField(
        label=_("Username"), max_length=60, help_text=_("2 to 60 letters, digits and the signs . @ - _")
    )
    area = AreaField(
        label=_("Area code"),
        help_text=_("Where they will work. Until they have a role, only those responsible there see them."),
    )
    preferred_language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class ReasonForm(forms.Form):
    """Why a role ends, or somebody leaves."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


@guarded("parties.person.view")
def people(request: HttpRequest) -> HttpResponse:
    """The people of the reader's areas with the roles they hold there today."""
    text, scope = searched(request), _scope(request)
    roles = Prefetch("role_grants", grants_seen(scope).select_related("area"))
    found = people_seen(scope).search(text).prefetch_related(roles)
    ending = request.GET.get("ending") == "soon"
    if ending:
        grants = grants_ending_soon(_manage_scope(request), timezone.localdate())
        found = found.filter(Exists(grants.filter(person=OuterRef("pk"))))
    page = page_of(found, request.GET, order=("username",))
    today = timezone.localdate()
    rows = [(one, [grant for grant in one.role_grants.all() if grant.as_value().holds(today)]) for one in page.rows]
    context = {"page": page, "rows": rows, "q": text, "ending": ending, "titles": _titles()}
    context["manages"] = may(request.user, "parties.person.manage", on=today)
    return render(request, "desk/people.html", context)


@guarded("parties.person.view")
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person and every role they were ever given in the reader's areas, or above them."""
    return _person_page(request, get_object_or_404(people_seen(_scope(request)), pk=pk), GrantForm())


def _scope(request: HttpRequest) -> Scope:
    return areas_where(request.user, "parties.person.view", on=timezone.localdate())


@guarded("parties.person.manage")
@never_cache
def register(request: HttpRequest) -> HttpResponse:
    """Register somebody, and show once the link with which they set their password."""
    scope = _manage_scope(request)
    form = RegistrationForm(request.POST or None, initial={"area": _only_area(scope)})
    if form.is_valid() and not scope.covers(form.cleaned_data["area"]):
        form.add_error("area", _("Your own right does not cover this area."))
    if request.method == "POST" and form.is_valid():
        try:
            someone = register_person(**form.cleaned_data, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            return _link_page(request, someone)
    return render(request, "desk/person_form.html", {"form": form}, status=422 if form.is_bound else 200)


@guarded("parties.person.manage")
@never_cache
@require_POST
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """Show once a link with which somebody who forgot their password sets another."""
    try:
        return _link_page(request, _managed(request, pk))
    except Refusal as refusal:
        for problem in refusal.problems:
            messages.error(request, problem.say(gettext))
    return redirect("desk:person", pk)


def _link_page(request: HttpRequest, someone: Person) -> HttpResponse:
    secret = issue_link(person=someone, by=actor(request), at=timezone.now())
    address = request.build_absolute_uri(reverse("desk:password-link", args=[someone.pk, secret]))
    context = {"someone": someone, "address": address, "days": settings.PASSWORD_RESET_TIMEOUT // 86400}
    return render(request, "desk/person_link.html", context)


@guarded("parties.person.manage")
def depart(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that somebody leaves, saying why; their roles end with it."""
    someone, form = _managed(request, pk), ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            record_departure(person=someone, **form.cleaned_data, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("The departure was recorded."))
            return redirect("desk:person", pk)
    context = {"someone": someone, "form": form}
    return render(request, "desk/person_depart.html", context, status=422 if form.is_bound else 200)


def _managed(request: HttpRequest, pk: int) -> Person:
    """Somebody whose affairs are the administrator's own (see `_manages`); raises PermissionDenied otherwise."""
    someone = get_object_or_404(people_seen(_scope(request)), pk=pk)
    if not _manages(request, someone):
        raise PermissionDenied(_("Your own right does not cover every area in which this person holds a role."))
    return someone


def _manages(request: HttpRequest, someone: Person) -> bool:
    """Whether every role somebody holds, or without any the area they belong to, lies in the administrator's areas."""
    scope, held = _manage_scope(request), someone.role_grants.filter(ended_at=None).select_related("area")
    areas: list[Area | None] = [one.area for one in held] or [someone.home]
    return bool(scope) and all(area is not None and scope.covers(area) for area in areas)


def _manage_scope(request: HttpRequest) -> Scope:
    return areas_where(request.user, "parties.person.manage", on=timezone.localdate())


def _only_area(scope: Scope) -> str:
    """The code of the area of an administrator's right, where it is a single one."""
    return Area.objects.get(path=scope.paths[0]).code if len(scope.paths) == 1 else ""


@guarded("parties.person.manage")
@require_POST
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Grant a role, within the administrator's own areas."""
    scope = _manage_scope(request)
    someone, form = get_object_or_404(people_seen(scope), pk=pk), GrantForm(request.POST)
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
    form = ReasonForm(request.POST or None)
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
    today, grants = timezone.localdate(), grants_seen(_scope(request)).filter(person=someone)
    grants = grants.select_related("area", "granted_by", "ended_by")
    rows = [(grant, grant.as_value().holds(today)) for grant in grants]
    manages = may(request.user, "parties.person.manage", on=today)
    context = {"someone": someone, "rows": rows, "form": form if manages else None, "titles": _titles()}
    context["manages"] = someone.is_active and _manages(request, someone)
    return render(request, "desk/person.html", context, status=422 if form.is_bound else 200)


def _titles() -> dict[str, str]:
    return {code: kind.title for code, kind in registry.roles().items()}
