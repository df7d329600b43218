"""Phones: binding one's own by a code shown once, those of the area, a lost one revoked, photos still promised.

Not here: what a phone does (the field face), what a photo shows (evidence).
"""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.codes import qr
from mingjing.faces.ui.forms import refused
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.parties.guard import areas_where, guarded, may, public
from mingjing.kernel.parties.models import Person, RoleGrant
from mingjing.kernel.places.models import Area
from mingjing.kernel.sync.actions import make_enrolment, release_capture, revoke_device
from mingjing.kernel.sync.models import Capture, Device

__all__ = ["bind", "capture_release", "phones", "promised", "revoke"]

OWN = "everyone who has signed in may bind a phone to themselves, and revoke one of their own"


class ReasonForm(forms.Form):
    """Why a phone is revoked, or a photo given up."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


@public(OWN)
@login_required
@never_cache
@require_POST
def bind(request: HttpRequest) -> HttpResponse:
    """A code for one's own phone: shown here and never again."""
    person = actor(request)
    try:
        enrolment, code = make_enrolment(person=person, by=person, at=timezone.now())
    except Refusal as refusal:
        for problem in refusal.problems:
            messages.error(request, problem.say(gettext))
        return redirect("desk:account")
    address = request.build_absolute_uri(reverse("field:app"))
    picture = qr(f"{address}#enrol={code}", gettext("Code to bind a phone"))
    context = {"code": code, "address": address, "picture": picture, "enrolment": enrolment}
    return render(request, "desk/phone_bind.html", context)


@guarded("sync.device.view")
@require_safe
def phones(request: HttpRequest) -> HttpResponse:
    """The phones of the people of one's areas, newest first."""
    today = timezone.localdate()
    scope = areas_where(request.user, "sync.device.view", on=today)
    within = scope.within(RoleGrant.objects.all()).values("person")
    rows = Device.objects.filter(person__in=within).select_related("person", "revoked_by")
    page = page_of(rows, request.GET, order=("-enrolled_at", "-id"))
    return render(request, "desk/phones.html", {"page": page, "revoke_form": ReasonForm()})


@public(OWN)
@login_required
@require_POST
def revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A phone is lost: nothing more is taken from it. One's own, or one of the area for who may manage phones."""
    device = get_object_or_404(Device.objects.select_related("person"), pk=pk)
    person = actor(request)
    if device.person_id != person.pk and not _manages(person, device.person):
        raise PermissionDenied(_("This phone is not yours to revoke."))
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            revoke_device(device=device, reason=form.cleaned_data["reason"], by=person, at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("The phone was revoked: nothing it sends is taken any more."))
    for faults in form.errors.values():
        messages.error(request, " ".join(map(str, faults)))
    return redirect("desk:account" if device.person_id == person.pk else "desk:phones")


def _manages(person: Person, owner: Person) -> bool:
    home = owner.home
    return home is not None and may(person, "sync.device.manage", area=home, on=timezone.localdate())


@guarded("sync.device.view")
@require_safe
def promised(request: HttpRequest) -> HttpResponse:
    """Photos that phones have promised and still hold, the oldest first."""
    scope = areas_where(request.user, "sync.device.view", on=timezone.localdate())
    rows = scope.within(Capture.objects.promised()).select_related("person", "device")
    page = page_of(rows, request.GET, order=("promised_at", "id"))
    releases = may(request.user, "sync.capture.release", on=timezone.localdate())
    return render(request, "desk/promised.html", {"page": page, "releases": releases})


def capture_area(request: HttpRequest, pk: UUID) -> Area:
    """Where a promised photo belongs, or a 404."""
    found = Capture.objects.select_related("area").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found.area


@guarded("sync.capture.release", area=capture_area)
@require_POST
def capture_release(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give up a photo that was lost with its phone, for a reason that stays on record."""
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            capture = Capture.objects.get(pk=pk)
            release_capture(capture=capture, reason=form.cleaned_data["reason"], by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("The photo is not waited for any more."))
    for faults in form.errors.values():
        messages.error(request, " ".join(map(str, faults)))
    return redirect("desk:promised")
