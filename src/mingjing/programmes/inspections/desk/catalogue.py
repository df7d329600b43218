"""The register of who may inspect what, on the desk: authorities with their people and certificates, and items.

Not here: firms and quiet days (desk.firms).
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused, searched
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.parties.guard import areas_where, guarded, may
from mingjing.kernel.places.models import Area
from mingjing.programmes.inspections.actions import authorities as actions
from mingjing.programmes.inspections.actions.items import publish_item, withdraw_item
from mingjing.programmes.inspections.desk.acting import Act, act_on, offered
from mingjing.programmes.inspections.desk.catalogue_forms import (
    AuthorityForm,
    CertificateForm,
    EndForm,
    ItemForm,
    ListingForm,
    PostForm,
    ReasonedEndForm,
)
from mingjing.programmes.inspections.models import Authority, Item
from mingjing.programmes.inspections.queries.seen import authorities_named

VIEW, MANAGE, OFFICERS = (
    "inspections.catalogue.view", "inspections.catalogue.manage", "inspections.officer.manage",
)  # fmt: skip

ACTS: Mapping[str, Act] = {
    "list": Act(
        title=_("Put on the published list"), done=_("It is on the list."), permission=MANAGE, form=ListingForm,
        do=lambda found, data, by, at: actions.list_authority(authority=found, by=by, at=at, **data),
    ),
    "post": Act(
        title=_("Record who works there"), done=_("It was recorded."), permission=OFFICERS, form=PostForm, own=True,
        do=lambda found, data, by, at: actions.give_post(authority=found, by=by, at=at, **data), icon="plus",
    ),
    "certificate": Act(
        title=_("Record a certificate"), done=_("It was recorded."), permission=OFFICERS, form=CertificateForm,
        do=lambda found, data, by, at: actions.issue_certificate(authority=found, by=by, at=at, **data), icon="plus",
        own=True,
    ),
    "item": Act(
        title=_("Publish an item"), done=_("The item is published."), permission=MANAGE, form=ItemForm, icon="plus",
        do=lambda found, data, by, at: publish_item(authority=found, by=by, at=at, **data),
    ),
}  # fmt: skip

PARTS: Mapping[str, Act] = {
    "listing": Act(
        title=_("End the listing"), done=_("It ends on that day."), permission=MANAGE, form=EndForm,
        do=lambda part, data, by, at: actions.end_listing(listing=part, by=by, at=at, **data),
    ),
    "post": Act(
        title=_("End the post"), done=_("It ends on that day."), permission=OFFICERS, form=EndForm, own=True,
        do=lambda part, data, by, at: actions.end_post(post=part, by=by, at=at, **data),
    ),
    "certificate": Act(
        title=_("Revoke the certificate"), done=_("It is worth nothing from that day on."), permission=OFFICERS,
        form=ReasonedEndForm, own=True, hint=_("The last day is the last on which it was valid."),
        do=lambda part, data, by, at: actions.revoke_certificate(
            certificate=part, day=data["last_day"] + timedelta(days=1), reason=data["reason"], by=by, at=at
        ),
    ),
}  # fmt: skip

ITEM_ACTS: Mapping[str, Act] = {
    "withdraw": Act(
        title=_("Withdraw the item"), done=_("Nobody may inspect it after that day."), permission=MANAGE,
        form=ReasonedEndForm, icon="minus",
        do=lambda found, data, by, at: withdraw_item(item=found, by=by, at=at, **data),
    ),
}  # fmt: skip


def find_authority(pk: int) -> Authority:
    """An authority with its area and body; raises Http404."""
    related = ("organisation", "area", "delegated_by__organisation")
    return get_object_or_404(Authority.objects.select_related(*related), pk=pk)


def authority_area(request: HttpRequest, pk: int, **_rest: Any) -> Area:
    """Where the authority that is asked for inspects."""
    return find_authority(pk).area


@guarded(VIEW)
@require_safe
def authorities(request: HttpRequest) -> HttpResponse:
    """Authorities of the reader’s area, found by name, pinyin or credit code, and whether they are listed today."""
    today, text = timezone.localdate(), searched(request)
    rows = areas_where(request.user, VIEW, on=today).within(authorities_named(text))
    page = page_of(rows, request.GET, order=("field", "id"))
    listed = set(
        Authority.objects.listed(today).filter(pk__in=[one.pk for one in page.rows]).values_list("pk", flat=True)
    )
    context = {
        "page": page, "rows": [(one, one.pk in listed) for one in page.rows], "q": text,
        "may_manage": may(request.user, MANAGE, on=today),
    }  # fmt: skip
    return render(request, "inspections/authorities.html", context)


@guarded(VIEW, area=authority_area)
@require_safe
def authority(request: HttpRequest, pk: int) -> HttpResponse:
    """One authority: the days on which it is listed, its people and their certificates."""
    found, person, today = find_authority(pk), actor(request), timezone.localdate()
    context = {
        "authority": found, "listings": list(found.listings.order_by("-first_day")),
        "posts": list(found.posts.select_related("person").order_by("person__display_name", "first_day")),
        "certificates": [
            (one, one.holds(today)) for one in found.certificates.select_related("person").order_by("number")
        ],
        "items": found.items.published(today).count(), "acts": offered(ACTS, person, found, found.area, found),
        "parts": dict.fromkeys((code for code, _act in offered(PARTS, person, found, found.area, found)), True),
    }  # fmt: skip
    return render(request, "inspections/authority.html", context)


@guarded(MANAGE)
def authority_add(request: HttpRequest) -> HttpResponse:
    """Register a body that inspects."""
    scope = areas_where(request.user, MANAGE, on=timezone.localdate())
    form = AuthorityForm(request.POST or None, scope=scope)
    if form.is_bound and form.is_valid():
        try:
            made = actions.register_authority(**form.cleaned_data, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            return redirect("inspections:authority", made.pk)
    context = {
        "form": form, "title": _("Register an authority"), "list_title": _("Authorities"),
        "back": reverse("inspections:authorities"),
    }  # fmt: skip
    return render(request, "inspections/add.html", context, status=422 if form.is_bound else 200)


@guarded(VIEW, area=authority_area)
def authority_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Do something to an authority: list it, record people and certificates, publish an item."""
    found = find_authority(pk)
    return act_on(
        request, ACTS, act, found, found.area, found, back=reverse("inspections:authority", args=[pk]),
        list_title=_("Authorities"), list_url=reverse("inspections:authorities"),
    )  # fmt: skip


@guarded(VIEW, area=authority_area)
def authority_part(request: HttpRequest, pk: int, part: str, key: int) -> HttpResponse:
    """End a listing or a post, revoke a certificate."""
    found = find_authority(pk)
    rows: Mapping[str, QuerySet[Any]] = {
        "listing": found.listings.all(), "post": found.posts.all(), "certificate": found.certificates.all(),
    }  # fmt: skip
    if part not in rows:
        raise Http404
    thing = get_object_or_404(rows[part], pk=key)
    return act_on(
        request, PARTS, part, thing, found.area, found, back=reverse("inspections:authority", args=[pk]),
        list_title=_("Authorities"), list_url=reverse("inspections:authorities"), named=_part_named(found, thing),
    )  # fmt: skip


def _part_named(found: Authority, part: Any) -> str:
    person = getattr(part, "person", None)
    return f"{found} · {person}" if person else str(found)


@guarded(VIEW)
@require_safe
def items(request: HttpRequest) -> HttpResponse:
    """The items of the reader's area, found by title, pinyin or code; those in force unless all are asked for."""
    today, text = timezone.localdate(), searched(request)
    every = request.GET.get("all") == "1"
    rows = areas_where(request.user, VIEW, on=today).within(Item.objects.search(text), "authority__area")
    if request.GET.get("authority", "").isdecimal():
        rows = rows.filter(authority=int(request.GET["authority"]))
    if not every:
        rows = rows.filter(pk__in=Item.objects.published(today).values("pk"))
    page = page_of(rows.select_related("authority__organisation").defer("words"), request.GET, order=("code", "id"))
    context = {"page": page, "q": text, "every": every, "authority": request.GET.get("authority", "")}
    return render(request, "inspections/items.html", context)


def find_item(pk: int) -> Item:
    """An item with its authority; raises Http404."""
    return get_object_or_404(Item.objects.select_related("authority__area", "authority__organisation"), pk=pk)


def item_area(request: HttpRequest, pk: int, **_rest: Any) -> Area:
    """Where the item is inspected."""
    return find_item(pk).authority.area


@guarded(VIEW, area=item_area)
@require_safe
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """One item: its basis, what is checked, and the versions of the same code."""
    found, person = find_item(pk), actor(request)
    versions = found.authority.items.filter(code=found.code).order_by("-first_day")
    acts = offered(ITEM_ACTS, person, found, found.authority.area, found.authority)
    context = {"item": found, "versions": list(versions), "acts": acts}
    return render(request, "inspections/item.html", context)


@guarded(VIEW, area=item_area)
def item_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Withdraw an item."""
    found = find_item(pk)
    return act_on(
        request, ITEM_ACTS, act, found, found.authority.area, found.authority,
        back=reverse("inspections:item", args=[pk]), list_title=_("Inspection items"),
        list_url=reverse("inspections:items"),
    )  # fmt: skip
