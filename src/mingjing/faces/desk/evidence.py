"""One exhibit: its page, the copy to look at, the thumbnail, the original; and what may be done with it.

Nothing of an exhibit is shown that `access` does not allow, and no original is ever shown by the browser itself: it
sees a copy, or saves a file. Lists of exhibits are the include desk/exhibits.html, on the pages of programmes.
"""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from mingjing.engine.outcome import Problem, Refusal
from mingjing.faces.desk.captures import capture_of
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused, sentence
from mingjing.kernel.evidence import copies, store
from mingjing.kernel.evidence.access import home_of, may_manage, may_see
from mingjing.kernel.evidence.actions import (
    change_access,
    note_custody,
    note_look,
    verify_exhibit,
    withdraw_exhibit,
)
from mingjing.kernel.evidence.media import outgoing_name
from mingjing.kernel.evidence.models import Access, CustodyKind, Exhibit
from mingjing.kernel.evidence.queries import likenesses
from mingjing.kernel.parties.guard import guarded
from mingjing.kernel.places.models import Area
from mingjing.kernel.sync import uploads
from mingjing.kernel.sync.models import Capture

APART = timedelta(minutes=5)
"""How far the clock of a camera and the time of its satellites may differ before the page says so."""

SIDES = ("left", "top", "width", "height")
"""The fields of a box of a mask, in hundredths of the picture with two decimals."""

MOST_ALIKE = 12
"""Pictures that look alike that the page shows, the nearest; each may cost the page a query for its name."""

LAST_HANDS = 100
"""Lines of custody that the page shows, the newest; the count says how many there are."""


class ReasonForm(forms.Form):
    """Why a seal is opened, or an exhibit withdrawn."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class AccessForm(ReasonForm):
    """Who may see it from now on, and why."""

    access = forms.ChoiceField(label=_("Access"), choices=Access.choices)
    field_order = ("access", "reason")


def find_area(request: HttpRequest, pk: UUID) -> Area:
    """The area of the exhibit, or a 404."""
    return get_object_or_404(Exhibit.objects.select_related("area"), pk=pk).area


def seen_exhibit(request: HttpRequest, pk: UUID) -> Exhibit:
    """The exhibit, if its access class and the part of the house it belongs to let this person see it."""
    related = ("area", "recorded_by", "withdrawn_by")
    found = get_object_or_404(Exhibit.objects.select_related(*related), pk=pk)
    if not may_see(request.user, found, timezone.localdate()):
        raise PermissionDenied(_("This exhibit is not open to you."))
    return found


def managed_exhibit(request: HttpRequest, pk: UUID) -> Exhibit:
    found = seen_exhibit(request, pk)
    if not may_manage(request.user, found, timezone.localdate()):
        raise PermissionDenied(_("This exhibit is not yours to change."))
    return found


@guarded("evidence.exhibit.view", area=find_area)
@require_safe
def exhibit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What it is, what it says of itself, where it belongs and who ever held it."""
    found = seen_exhibit(request, pk)
    note_look(exhibit=found, by=actor(request), at=timezone.now())
    return exhibit_page(request, found)


def exhibit_page(
    request: HttpRequest, found: Exhibit, picture: str = "", mask_problems: Sequence[Problem] = (),
    mask_rows: Sequence[Mapping[str, str]] = (), **forms_shown: forms.Form,
) -> HttpResponse:  # fmt: skip
    """The page; `picture` is the address of the copy where a seal was opened for it; the rest is what was refused."""
    hands = found.custody.select_related("by").order_by("-id")
    shown = list(hands[:LAST_HANDS])
    checked = hands.filter(kind__in=(CustodyKind.VERIFIED, CustodyKind.DAMAGED)).first()
    today, sealed = timezone.localdate(), found.access == Access.SEALED
    manages = may_manage(request.user, found, today) and found.withdrawn_at is None
    context = {
        "exhibit": found,
        "sealed": sealed,
        "closed": sealed and not picture,
        "picture": picture or reverse("desk:exhibit-copy", args=[found.pk]),
        "home": home_of(found.subject),
        "hands": shown,
        "count": hands.count(),
        "checked": checked,
        "damaged": checked is not None and checked.kind == CustodyKind.DAMAGED,
        "says": _claims(found),
        "open_form": ReasonForm(prefix="open"),
        "manages": manages,
        "access_form": AccessForm(initial={"access": found.access}, prefix="access"),
        "withdraw_form": ReasonForm(prefix="withdraw"),
    }
    context |= _copies(found, mask_problems, mask_rows) | _compared(request, found)
    refused_one = forms_shown or mask_problems
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused_one else HTTPStatus.OK
    return render(request, "desk/exhibit.html", context | forms_shown, status=status)


def _copies(found: Exhibit, problems: Sequence[Problem], typed: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """What is covered for the public, as the page draws and lists it, and whether there is a public copy."""
    mask = found.masks.select_related("by").order_by("-id").first() if found.is_picture else None
    rows = typed or [
        {side: f"{part // 100}.{part % 100:02d}" for side, part in zip(SIDES, box, strict=True)}
        for box in (mask.boxes if mask else ())
    ]
    return {
        "mask": mask, "mask_rows": [*rows, {}], "mask_problems": problems,
        "public": found.is_picture and copies.may_be_public(found),
    }  # fmt: skip


def _compared(request: HttpRequest, found: Exhibit) -> dict[str, Any]:
    """What a phone signed about it, and what looks like it."""
    alike = likenesses(actor(request), [found], timezone.localdate()).get(found.pk)
    homes: dict[str, str] = {}
    if alike:
        alike.unlisted, alike.seen = len(alike.seen[MOST_ALIKE:]), alike.seen[:MOST_ALIKE]
        for subject in {found.subject, *(other.subject for other, _ in alike.seen)}:
            home = home_of(subject)
            homes[subject] = home[0] if home else found.area.name
    return {"capture": capture_of(found), "alike": alike, "homes": homes}


def _claims(found: Exhibit) -> dict[str, Any]:
    """What the file says of itself, as the page shows it."""
    facts = found.facts
    satellites = parse_datetime(facts.get("gps_at", ""))
    apart = satellites and found.taken_at and abs(satellites - found.taken_at) > APART
    camera = " ".join(part for part in (facts.get("make"), facts.get("model")) if part)
    return {"camera": camera, "satellites": satellites, "apart": bool(apart), "faults": set(facts.get("faults", ()))}


@guarded("evidence.exhibit.view", area=find_area)
def copy(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The copy to look at; of what is sealed only by POST and with a reason, each time."""
    found = seen_exhibit(request, pk)
    if not found.is_picture:
        raise Http404
    if found.access == Access.SEALED:
        return _opened(request, found, CustodyKind.VIEWED) or exhibit_page(request, found, _seen_once(found))
    note_look(exhibit=found, by=actor(request), at=timezone.now())
    return _picture(found, copies.VIEWING)


def _seen_once(found: Exhibit) -> str:
    """The copy as part of the page that answers a reason, so that nothing of it has an address of its own."""
    content = _picture(found, copies.VIEWING).content
    return f"data:image/jpeg;base64,{b64encode(content).decode()}"


@guarded("evidence.exhibit.view", area=find_area)
@require_safe
def thumbnail(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The small picture of lists, or a middling one that is a look like the copy's; what is sealed has none."""
    found = seen_exhibit(request, pk)
    if found.access == Access.SEALED:
        raise PermissionDenied(_("This exhibit is sealed."))
    if request.GET.get("size") != "middle":
        return _picture(found, copies.THUMBNAIL)
    note_look(exhibit=found, by=actor(request), at=timezone.now())
    return _picture(found, copies.MIDDLE)


@guarded("evidence.exhibit.view", area=find_area)
def original(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The untouched file, to save; of what is sealed only by POST and with a reason."""
    found = seen_exhibit(request, pk)
    if found.access == Access.SEALED:
        if refused_page := _opened(request, found, CustodyKind.DOWNLOADED):
            return refused_page
    else:
        note_custody(exhibit=found, kind=CustodyKind.DOWNLOADED, by=actor(request), at=timezone.now())
    try:
        file = store.open_original(found.sha256, verified=True)
    except (store.Damaged, FileNotFoundError):
        return _checked(request, found)
    name = outgoing_name(found.file_name, found.media_type, f"exhibit-{found.sha256[:12]}")
    return FileResponse(file, as_attachment=True, filename=name, content_type=found.media_type, headers=NOSNIFF)


NOSNIFF = {"X-Content-Type-Options": "nosniff"}


def _opened(request: HttpRequest, found: Exhibit, kind: CustodyKind) -> HttpResponse | None:
    """Write down why a seal is opened; the page to answer with when it is not."""
    form = ReasonForm(request.POST if request.method == "POST" else None, prefix="open")
    if request.method != "POST":
        return redirect("desk:exhibit", found.pk)
    if not form.is_valid():
        return exhibit_page(request, found, open_form=form)
    try:
        note_custody(exhibit=found, kind=kind, note=form.cleaned_data["reason"], by=actor(request), at=timezone.now())
    except Refusal as refusal:
        refused(form, refusal)
        return exhibit_page(request, found, open_form=form)
    return None


def _picture(found: Exhibit, longest: int) -> HttpResponse:
    try:
        content = copies.copy_of(found.sha256, longest).read_bytes()
    except (copies.NotViewable, store.Damaged, FileNotFoundError) as error:
        raise Http404 from error
    return HttpResponse(content, content_type="image/jpeg", headers=NOSNIFF)


@guarded("evidence.exhibit.view", area=find_area)
@require_POST
def verification(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Read the original again and say whether it is as it came."""
    return _checked(request, seen_exhibit(request, pk))


def _checked(request: HttpRequest, found: Exhibit) -> HttpResponse:
    try:
        whole = verify_exhibit(exhibit=found, by=actor(request), at=timezone.now())
    except Refusal as refusal:  # the store does not answer: nobody knows
        for problem in refusal.problems:
            messages.error(request, sentence(problem))
        return redirect("desk:exhibit", found.pk)
    if whole:
        messages.success(request, gettext("The original is exactly what was recorded."))
    else:
        messages.error(request, gettext("The original is NOT what was recorded. Tell the administrator at once."))
    return redirect("desk:exhibit", found.pk)


@guarded("evidence.exhibit.manage", area=find_area)
@require_POST
def access(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change who may see it, saying why."""
    found, form = managed_exhibit(request, pk), AccessForm(request.POST, prefix="access")
    if form.is_valid():
        try:
            change_access(exhibit=found, **form.cleaned_data, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("Access to the exhibit was changed."))
            return _back(request, pk)
    return exhibit_page(request, found, access_form=form)


def _back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """To the exhibit's page, or home for who has just closed it to themselves."""
    now = Exhibit.objects.select_related("area").get(pk=pk)
    open_to_them = may_see(request.user, now, timezone.localdate())
    return redirect("desk:exhibit", pk) if open_to_them else redirect("desk:home")


@guarded("evidence.exhibit.manage", area=find_area)
@require_POST
def withdrawal(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Withdraw it, saying why."""
    found, form = managed_exhibit(request, pk), ReasonForm(request.POST, prefix="withdraw")
    if form.is_valid():
        try:
            withdraw_exhibit(exhibit=found, **form.cleaned_data, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("The exhibit was withdrawn."))
            return redirect("desk:exhibit", pk)
    return exhibit_page(request, found, withdraw_form=form)


@guarded("evidence.exhibit.view", area=find_area)
@require_safe
def record(request: HttpRequest, pk: UUID) -> JsonResponse:
    """The record that the phone signed, its signature, the phone's public key and our receipt: for anybody to check."""
    found = seen_exhibit(request, pk)
    row = Capture.objects.filter(exhibit=found).select_related("device").first()
    if row is None:
        raise Http404
    document = {
        "format": "mingjing.capture.proof/1",
        "record": json.loads(row.record),
        "signature": row.signature,
        "public_key": row.device.public_key,
        "receipt": uploads.receipt_of(row.device_id, row.sha256) or None,
    }
    name = f"capture-{row.sha256[:12]}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return JsonResponse(document, headers=headers, json_dumps_params={"ensure_ascii": False, "indent": 2})
