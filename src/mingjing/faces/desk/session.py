"""Signing in and out, and the language of the pages. Not here: who people are and what they may do (parties)."""

from collections.abc import Mapping
from datetime import timedelta
from math import ceil

from axes.helpers import get_client_username, get_cool_off
from axes.models import AccessAttempt
from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from mingjing.kernel.parties import demo
from mingjing.kernel.parties.guard import public
from mingjing.kernel.parties.models import Person

LANGUAGE_SECONDS = 365 * 24 * 3600
"""How long a browser remembers the language of somebody who has not signed in."""


class SignInForm(forms.Form):
    """Name and password; one message for every way in which they can be wrong, so that names cannot be guessed."""

    username = forms.CharField(
        label=_("Username"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, request: HttpRequest, *args: object, **kwargs: object) -> None:
        self.request = request
        self.person: Person | None = None
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed through as they came

    def clean_username(self) -> str:
        """Usernames are kept in lower case; and however it is written, a wrong try counts for the same name."""
        return str(self.cleaned_data["username"]).lower()

    def clean(self) -> dict[str, object]:
        data = self.cleaned_data
        if "username" in data and "password" in data:
            self.person = authenticate(self.request, **data)
            if self.person is None:
                raise forms.ValidationError(_("The username or the password is wrong. Check both and try again."))
        return data


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
    onward = _safe(request, request.POST.get("next") or request.GET.get("next", ""))
    form = SignInForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid() and form.person is not None:
        login(request, form.person)
        return _in_language(HttpResponseRedirect(onward), form.person.preferred_language)
    context = {"form": form, "next": onward} | _demonstration()
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
    return _in_language(response, chosen)


def _in_language(response: HttpResponseRedirect, code: str) -> HttpResponseRedirect:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=LANGUAGE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def _safe(request: HttpRequest, address: str) -> str:
    """`address` if it lies on this site, else the start page: no open redirect."""
    if url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure()):
        return address
    return resolve_url(settings.LOGIN_REDIRECT_URL)
