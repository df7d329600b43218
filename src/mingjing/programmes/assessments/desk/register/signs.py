"""Entry signs: the code that hangs at a community, printed as a QR code, issued and withdrawn.

Whoever scans it with the app has been there; visits say so when it was not the code of the place. Only who keeps the
register sees a code. Not here: what a phone makes of it (field.arrivals).
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.codes import qr
from mingjing.faces.ui.forms import searched
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.parties.guard import areas_where, guarded
from mingjing.kernel.places.actions import issue_entry_codes, withdraw_entry_code
from mingjing.kernel.places.models import EntryCode, Site
from mingjing.programmes.assessments.desk.register.communities import MANAGE, community_area, find_community
from mingjing.programmes.assessments.models import Community, CommunityQuerySet
from mingjing.programmes.assessments.queries.communities import communities_called

__all__ = ["issue", "issue_all", "sign", "signs", "withdraw"]

PAGE = 40
"""Signs of one page: each is a sheet of paper."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What is printed: the community, its code, and the picture that holds the address."""

    community: Community
    code: EntryCode
    picture: SafeString


@guarded(MANAGE, area=community_area)
@never_cache
@require_safe
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """The sign of one community, to be printed."""
    found = find_community(pk)
    codes = _codes([found])
    context = {"community": found, "signs": [_sign(request, found, codes)] if codes else []}
    return render(request, "assessments/register/sign.html", context)


@guarded(MANAGE)
@never_cache
@require_safe
def signs(request: HttpRequest) -> HttpResponse:
    """The signs of the register, by number, a sheet each; `q` narrows them."""
    page = page_of(_kept(request), request.GET, order=("number", "id"), size=PAGE)
    codes = _codes(page.rows)
    shown = [_sign(request, one, codes) for one in page.rows if one.site_id in codes]
    context = {"page": page, "signs": shown, "without": _without(_kept(request)).count(), "q": searched(request)}
    return render(request, "assessments/register/signs.html", context)


@guarded(MANAGE)
@require_POST
def issue_all(request: HttpRequest) -> HttpResponse:
    """A code for every community of the reader's areas that has none."""
    sites = Site.objects.filter(pk__in=_without(_kept(request)).values("site"))
    issued = issue_entry_codes(sites=list(sites), by=actor(request), at=timezone.now())
    text = ngettext("{count} code was issued.", "{count} codes were issued.", len(issued))
    messages.success(request, text.format(count=len(issued)))
    return redirect("assessments:signs")


@guarded(MANAGE, area=community_area)
@require_POST
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """A code for this community, unless one hangs."""
    issue_entry_codes(sites=[find_community(pk).site], by=actor(request), at=timezone.now())
    return redirect("assessments:community-sign", pk)


@guarded(MANAGE, area=community_area)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The sign was lost or copied: its code is the community's no more."""
    code = _codes([find_community(pk)])
    try:
        for standing in code.values():
            withdraw_entry_code(code=standing, by=actor(request), at=timezone.now())
            messages.success(request, gettext("The code was withdrawn; issue another and hang up its sign."))
    except Refusal as refusal:
        for problem in refusal.problems:
            messages.error(request, problem.say(gettext))
    return redirect("assessments:community", pk)


def _kept(request: HttpRequest) -> CommunityQuerySet:
    """The communities whose register the reader keeps, those called so that are searched."""
    scope = areas_where(request.user, MANAGE, on=timezone.localdate())
    kept: CommunityQuerySet = scope.within(Community.objects.current(), "place")  # type: ignore[assignment]
    return communities_called(kept, searched(request)).select_related("place__parent")


def _without(communities: CommunityQuerySet) -> CommunityQuerySet:
    return communities.exclude(Exists(EntryCode.objects.filter(site=OuterRef("site"), withdrawn_at=None)))


def _codes(communities: Any) -> dict[int, EntryCode]:
    """The code that hangs at each place, by site: one statement."""
    sites = [one.site_id for one in communities]
    return {code.site_id: code for code in EntryCode.objects.filter(site__in=sites, withdrawn_at=None)}


def _sign(request: HttpRequest, community: Community, codes: dict[int, EntryCode]) -> Sign:
    code = codes[community.site_id]
    address = request.build_absolute_uri(reverse("field:app"))
    return Sign(community, code, qr(f"{address}#entry={code.code}", gettext("Entry code of the community")))
