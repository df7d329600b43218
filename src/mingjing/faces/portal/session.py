"""Signing in and out, first passwords, language and letters for people of companies. Not here: who they act for."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from mingjing.faces.portal.door import actor, companies_only
from mingjing.faces.ui.signing import (
    LANGUAGE_SECONDS,
    ChangeForm,
    PasswordForm,
    SignInForm,
    in_language,
    onward,
    password_by_link,
    password_taken,
)
from mingjing.kernel.parties import demo
from mingjing.kernel.parties.actions.passwords import barred, link_holds
from mingjing.kernel.parties.guard import public
from mingjing.kernel.parties.mandates import Acting
from mingjing.kernel.parties.models import Person

LETTERS = "mingjing_letters"
"""The cookie that remembers that somebody reads large letters."""


@public("nobody is signed in yet")
@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page; answers 422 to a wrong try, and django-axes answers 429 to too many."""
    if request.user.is_authenticated:
        return redirect("portal:home")
    after = onward(request, request.POST.get("next") or request.GET.get("next", ""), settings.PORTAL_URL)
    form = SignInForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid() and form.person is not None:
        login(request, form.person)
        return in_language(HttpResponseRedirect(after), form.person.preferred_language)
    context: dict[str, object] = {"form": form, "next": after}
    if settings.MODE == "demo":
        people = Person.objects.filter(is_demo=True, left_at=None, mandates_held__ended_at=None)
        context |= {"demo_people": people.exclude(mandates_held=None).distinct(), "demo_password": demo.PASSWORD}
    return render(request, "portal/sign_in.html", context, status=422 if form.is_bound else 200)


@public("signing out needs no right")
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("portal:sign-in")


@public("the sign-in page speaks both languages too")
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language, for this browser and, when signed in, for the person."""
    chosen = request.POST.get("language", "")
    response = HttpResponseRedirect(onward(request, request.POST.get("next", ""), settings.PORTAL_URL))
    if chosen not in dict(settings.LANGUAGES):
        return response
    if isinstance(request.user, Person):
        request.user.prefer_language(chosen)
    return in_language(response, chosen)


@public("the sign-in page has large letters too")
@require_POST
def letters(request: HttpRequest) -> HttpResponse:
    """Large letters on this browser, or usual ones again."""
    response = HttpResponseRedirect(onward(request, request.POST.get("next", ""), settings.PORTAL_URL))
    size = "large" if request.POST.get("letters") == "large" else ""
    response.set_cookie(
        LETTERS, size, max_age=LANGUAGE_SECONDS, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response


@public("whoever holds a password link has no password yet")
@never_cache
@sensitive_post_parameters()
def password_link(request: HttpRequest, pk: int, secret: str) -> HttpResponse:
    """Set one's password by a link that works once; whoever it is for signs in with it next."""
    person = Person.objects.filter(pk=pk).first()
    if person is None or not link_holds(person, secret):
        return render(request, "portal/password_link_over.html", status=404)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and password_by_link(person, form):
        messages.success(request, gettext("Your password is set. Sign in with it."))
        return redirect("portal:sign-in")
    context = {"someone": person, "form": form}
    return render(request, "portal/password_link.html", context, status=422 if form.is_bound else 200)


@companies_only
@sensitive_post_parameters()
def account(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Who one is and for whom one acts; a new password ends every other session and keeps this one."""
    person = actor(request)
    form = ChangeForm(request, person, request.POST or None)
    if request.method == "POST" and form.is_valid() and password_taken(form.person, form, by=person):
        update_session_auth_hash(request, form.person)
        messages.success(request, gettext("Your password was changed. Other sessions have ended."))
        return redirect("portal:account")
    held = [one for one in person.mandates_held.select_related("organisation") if one.as_value() in acting.held]
    context = {"form": form, "barred": barred(person), "held": held}
    return render(request, "portal/account.html", context, status=422 if form.is_bound else 200)
