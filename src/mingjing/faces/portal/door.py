"""The one door of the portal: only people who act for a company pass, and each view is given for whom they do.

What a view shows or changes it finds among what those mandates cover; everything else does not exist (404), so nobody
learns what others have. Not here: what there is (the programmes), how mandates are given (kernel.parties).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from mingjing.kernel.parties.guard import View, public
from mingjing.kernel.parties.mandates import acting_for
from mingjing.kernel.parties.models import Person

__all__ = ["actor", "companies_only", "is_companies_only"]

COMPANIES = "people of companies only: what it shows or changes must be covered by their mandate"


def companies_only(view: Callable[..., HttpResponseBase]) -> View:
    """Only somebody with a mandate of today may call the view, which gets it as its second argument."""

    @wraps(view)
    def passed(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _sign_in(request)
        acting = acting_for(request.user, on=timezone.localdate())
        if not acting:
            raise PermissionDenied(_("This door is for people of companies. Yours is the desk of the office."))
        response = view(request, acting, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    passed.for_companies = True  # type: ignore[attr-defined]  # read by is_companies_only
    return public(COMPANIES)(passed)


def is_companies_only(view: Callable[..., Any]) -> bool:
    """Whether a view stands behind this door."""
    return bool(getattr(view, "for_companies", False))


def actor(request: HttpRequest) -> Person:
    """Who acts, for the `by` of an action."""
    if not isinstance(request.user, Person):
        raise PermissionDenied
    return request.user


def _sign_in(request: HttpRequest) -> HttpResponse:
    address = f"{resolve_url('portal:sign-in')}?{urlencode({'next': request.get_full_path()})}"
    return HttpResponse(status=302, headers={"Location": address})
