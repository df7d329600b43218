"""One's own account: who one is here, and one's password; a first or forgotten one is set by a link that works once.

Not here: signing in (session), other people's accounts (people).
"""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from mingjing.faces.desk.session import actor
from mingjing.faces.ui.signing import ChangeForm, PasswordForm, password_by_link, password_taken
from mingjing.kernel import registry
from mingjing.kernel.parties.actions.passwords import barred, link_holds
from mingjing.kernel.parties.guard import public
from mingjing.kernel.parties.mandates import acting_for
from mingjing.kernel.parties.models import Person


@public("everyone who has signed in has an account; visitors are sent to sign in")
@login_required
@never_cache
@sensitive_post_parameters()
def account(request: HttpRequest) -> HttpResponse:
    """Who one is here; a new password ends every other session and keeps this one."""
    person = actor(request)
    if not person.grants and acting_for(person, on=timezone.localdate()):
        return redirect(settings.PORTAL_URL)
    form = ChangeForm(request, person, request.POST or None)
    if request.method == "POST" and form.is_valid() and password_taken(form.person, form, by=person):
        update_session_auth_hash(request, form.person)
        messages.success(request, gettext("Your password was changed. Other sessions have ended."))
        return redirect("desk:account")
    kinds, today = registry.roles(), timezone.localdate()
    held = [grant for grant in person.role_grants.select_related("area") if grant.as_value().holds(today)]
    context = {"person": person, "held": held, "titles": {code: kind.title for code, kind in kinds.items()}}
    context |= {"form": form, "barred": barred(person), "devices": person.devices.all()}
    return render(request, "desk/account.html", context, status=422 if form.is_bound else 200)


@public("whoever holds a password link has no password yet")
@never_cache
@sensitive_post_parameters()
def password_link(request: HttpRequest, pk: int, secret: str) -> HttpResponse:
    """Set one's password by a link; whoever it is for signs in with it next."""
    person = Person.objects.filter(pk=pk).first()
    if person is None or not link_holds(person, secret):
        return render(request, "desk/password_link_over.html", status=404)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and password_by_link(person, form):
        messages.success(request, gettext("Your password is set. Sign in with it."))
        return redirect("desk:sign-in")
    context = {"someone": person, "form": form}
    return render(request, "desk/password_link.html", context, status=422 if form.is_bound else 200)
