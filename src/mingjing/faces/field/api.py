"""What phones ask: to be bound, a session, the pack of the day, and what becomes of their commands.

docs/reference/field-protocol.md. Not here: bytes of photos (uploads), pages (shell).
"""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from msgspec.json import encode

from mingjing.engine.outcome import N_, Problem
from mingjing.faces.field.door import REVOKED, answered, device_only, header, problems, read_json
from mingjing.kernel import keys
from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.ledger.heads import signed_head
from mingjing.kernel.sync import actions, sessions
from mingjing.kernel.sync.envelopes import LARGEST
from mingjing.kernel.sync.models import Device
from mingjing.kernel.sync.packs import pack_for, person_told

__all__ = ["challenge", "enrolment", "pack", "session", "sync"]


@require_POST
@answered
def enrolment(request: HttpRequest) -> HttpResponseBase:
    """Bind this phone to whom the code was made for."""
    code, public_key, label, signature = read_json(request, "code", "public_key", "label", "signature")
    at = timezone.now()
    device = actions.enrol_device(code=code, public_key=public_key, label=label, signature=signature, at=at)
    person, key = person_told(device.person), keys.public_key()
    told = {"device": str(device.pk), "person": person, "server_key": key, "now": instant_text(at)}
    return JsonResponse(told, status=201)


@require_POST
@answered
def challenge(request: HttpRequest) -> HttpResponseBase:
    """Something for the phone to sign; says nothing of whether there is such a phone."""
    return JsonResponse({"challenge": sessions.made_challenge(_uuid(read_json(request, "device")[0]))})


@require_POST
@answered
def session(request: HttpRequest) -> HttpResponseBase:
    """A token for a phone that signed its challenge."""
    named, given, signature = read_json(request, "device", "challenge", "signature")
    device, at = Device.objects.select_related("person").filter(pk=_uuid(named)).first(), timezone.now()
    if device is None or not sessions.took_challenge(device, given, signature):
        text = N_("The phone could not be recognised; scan a new code on the desk to bind it again.")
        return problems([Problem("field.unknown", text)], 401)
    if device.revoked_at or not device.person.is_active:
        return problems([REVOKED], 403)
    token, expires = sessions.made_token(device, at)
    told = {"token": token, "expires": instant_text(expires), "person": person_told(device.person)}
    told |= {"server_key": keys.public_key(), "now": instant_text(at)}
    return JsonResponse({**told, "head": signed_head(at=at)})


@require_GET
@device_only
def pack(request: HttpRequest, device: Device) -> HttpResponseBase:
    """What the phone brings along for the day."""
    return JsonResponse(pack_for(device.person, timezone.now()))


@require_POST
@device_only
def sync(request: HttpRequest, device: Device) -> HttpResponseBase:
    """Commands up; what became of each, and what stands now, down."""
    body = request.read(LARGEST + 1)
    signature = header(request, "Mingjing-Signature")
    answer = actions.receive(body=body, signature=signature, device=device, at=timezone.now())
    return HttpResponse(encode(answer), content_type="application/json")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
