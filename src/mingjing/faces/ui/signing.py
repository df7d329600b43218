"""Signing in, passwords and languages, as every face asks for them. Not here: the pages (the faces' own)."""

from typing import Any

from axes.utils import reset as forgive_attempts
from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from mingjing.engine.outcome import Refusal
from mingjing.faces.ui.forms import refused
from mingjing.kernel.parties.actions import set_password
from mingjing.kernel.parties.models import Person

__all__ = [
    "ChangeForm", "PasswordForm", "SignInForm", "in_language", "onward", "password_by_link", "password_taken",
]  # fmt: skip

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


def _box(purpose: str, **told: Any) -> forms.CharField:
    return forms.CharField(
        max_length=128, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": purpose}), **told
    )


class PasswordForm(forms.Form):
    """A new password, twice, because nobody sees what they type."""

    new = _box(
        "new-password", label=_("New password"), help_text=_("At least 10 characters, and none that many others use.")
    )
    again = _box("new-password", label=_("New password once more"))

    def clean(self) -> dict[str, object]:
        data = self.cleaned_data
        if {"new", "again"} <= data.keys() and data["new"] != data["again"]:
            self.add_error("again", _("The two passwords differ; type both again."))
        return data


class ChangeForm(PasswordForm):
    """One's present password as well: an unlocked screen is no proof."""

    old = _box("current-password", label=_("Present password"))
    field_order = ("old", "new", "again")

    def __init__(self, request: HttpRequest, person: Person, *args: object) -> None:
        self.request, self.person = request, person
        super().__init__(*args)  # type: ignore[arg-type]  # passed through as they came

    def clean_old(self) -> str:
        """Asked as at sign-in, so that guesses are counted and locked out together with those there."""
        old = str(self.cleaned_data["old"])
        found = authenticate(self.request, username=self.person.username, password=old)
        if not isinstance(found, Person):
            raise forms.ValidationError(_("This is not your present password."))
        self.person = found
        return old


def password_taken(person: Person, form: PasswordForm, *, by: Person) -> bool:
    """Whether the password was set; else `form` says why not."""
    try:
        set_password(person=person, password=form.cleaned_data["new"], by=by, at=timezone.now())
    except Refusal as refusal:
        refused(form, refusal)
        return False
    return True


def password_by_link(person: Person, form: PasswordForm) -> bool:
    """The same for whoever holds their link, who may have been locked out by trying the one they forgot."""
    if not password_taken(person, form, by=person):
        return False
    forgive_attempts(username=person.username)
    return True


def in_language(response: HttpResponseRedirect, code: str) -> HttpResponseRedirect:
    """The answer, after which this browser reads in that language."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=LANGUAGE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def onward(request: HttpRequest, address: str, otherwise: str) -> str:
    """`address` if it lies on this site, else the page `otherwise`: no open redirect."""
    if url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure()):
        return address
    return resolve_url(otherwise)
