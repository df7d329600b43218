"""The start page: who you are here, and the ways into what you may open."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from mingjing.kernel import registry
from mingjing.kernel.parties.guard import public
from mingjing.kernel.parties.models import Person


@public("shows only what the person may open; visitors are sent to sign in")
def home(request: HttpRequest) -> HttpResponse:
    """The parts of the house that the person may open, and the roles they hold today."""
    if not isinstance(request.user, Person):
        return redirect(settings.LOGIN_URL)
    kinds, today = registry.roles(), timezone.localdate()
    held = request.user.role_grants.select_related("area").order_by("role", "area__path")
    roles = [(kinds[grant.role], grant.area) for grant in held if grant.role in kinds and grant.as_value().holds(today)]
    return render(request, "desk/home.html", {"roles": roles})
