"""Signing in and out, and the language of the pages. Not here: who people are and what they may do (parties)."""

from collections.abc import Mapping
from datetime import timedelta
from math import ceil

from axes.helpers import get_client_username, get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import login, logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from mingjing.faces.ui.signing import SignInForm, in_language, onward
from mingjing.kernel.parties import demo
from mingjing.kernel.parties.guard import public
from mingjing.kernel.parties.models import Person


def actor(request: HttpRequest) -> Person:
    """Who acts, for the `by` of an action."""
    if not isinstance(request.user, Person):
        raise PermissionDenied
    return request.user


@public("nobody is signed in yet")
@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page; answers 422 to a wrong try, and django-axes answers 429 to too many."""
    if request.user.is_authenticated:
        return redirect("desk:home")
    after = _safe(request, request.POST.get("next") or request.GET.get("next", ""))
    form = SignInForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid() and form.person is not None:
        login(request, form.person)
        return in_language(HttpResponseRedirect(after), form.person.preferred_language)
    context = {"form": form, "next": after} | _demonstration()
    return render(request, "desk/sign_in.html", context, status=422 if form.is_bound else 200)


def _demonstration() -> dict[str, object]:
    """The logins that a demonstration shows to everybody."""
    if settings.MODE != "demo":
        return {}
    return {"demo_people": Person.objects.filter(is_demo=True, left_at=None), "demo_password": demo.PASSWORD}


def locked_out(request: HttpRequest, _answer: object, credentials: Mapping[str, str] | None) -> HttpResponse:
    """What django-axes answers to too many wrong tries: when the next one counts, for people and for programs."""
    name = get_client_username(request, dict(credentials) if credentials else None)
    tries = AccessAttempt.objects.filter(username=name, ip_address=getattr(request, "axes_ip_address", None))
    last = tries.order_by("-attempt_time").values_list("attempt_time", flat=True).first() or timezone.now()
    until = last + (get_cool_off(request) or timedelta())
    seconds = max(1, ceil((until - timezone.now()).total_seconds()))
    context = {"until": until, "minutes": ceil(seconds / 60)}
    answer = render(request, "desk/locked_out.html", context, status=settings.AXES_HTTP_RESPONSE_CODE)
    answer.headers["Retry-After"] = str(seconds)
    return answer


@public("signing out needs no right")
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("desk:sign-in")


@public("the sign-in page speaks both languages too")
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language, for this browser and, when signed in, for the person."""
    chosen = request.POST.get("language", "")
    response = HttpResponseRedirect(_safe(request, request.POST.get("next", "")))
    if chosen not in dict(settings.LANGUAGES):
        return response
    if isinstance(request.user, Person):
        request.user.prefer_language(chosen)
    return in_language(response, chosen)


def _safe(request: HttpRequest, address: str) -> str:
    """`address` if it lies on this site, else the start page."""
    return onward(request, address, settings.LOGIN_REDIRECT_URL)
