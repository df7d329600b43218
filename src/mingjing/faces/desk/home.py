"""The start page: who you are here, what waits for you, and the ways into what you may open."""

from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from mingjing.kernel import registry
from mingjing.kernel.ledger.queries import head
from mingjing.kernel.parties.guard import areas_where, may, public
from mingjing.kernel.parties.mandates import acting_for
from mingjing.kernel.parties.models import Person
from mingjing.kernel.parties.queries import organisations_seen, people_seen


@public("shows only what the person may open; visitors are sent to sign in")
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """What is due for the person, the parts of the house they may open, and the roles they hold today."""
    if not isinstance(request.user, Person):
        return redirect(settings.LOGIN_URL)
    kinds, today = registry.roles(), timezone.localdate()
    if not request.user.grants and acting_for(request.user, on=today):
        return redirect(settings.PORTAL_URL)
    held = request.user.role_grants.select_related("area").order_by("role", "area__path")
    roles = [(kinds[grant.role], grant.area) for grant in held if grant.role in kinds and grant.as_value().holds(today)]
    context = {
        "roles": roles,
        "due": registry.due_for(request.user, today),
        "figures": list(_figures(request.user)),
    }
    return render(request, "desk/home.html", context)


def _figures(person: Person) -> Iterator[tuple[str, int]]:
    """How much there is of what the person may see."""
    today = timezone.localdate()
    if scope := areas_where(person, "parties.organisation.view", on=today):
        yield gettext("organisations"), organisations_seen(scope).count()
    if scope := areas_where(person, "parties.person.view", on=today):
        yield gettext("people"), people_seen(scope).filter(left_at=None).count()
    if may(person, "ledger.fact.view", on=today):
        yield gettext("facts in the ledger"), head().seq
