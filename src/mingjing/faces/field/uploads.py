"""Bytes of photos by tus 1.0: core, creation, creation-with-upload, checksum, expiration, termination.

https://tus.io/protocols/resumable-upload. Not here: where bytes lie and what a receipt is (kernel.sync.uploads).
"""

from base64 import b64decode
from collections.abc import Callable
from datetime import UTC
from email.utils import format_datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.faces.field.door import answered, header, problems, standing_only, token_only
from mingjing.kernel.sync import uploads
from mingjing.kernel.sync.sessions import Pass

__all__ = ["receipt", "upload", "uploads_of"]

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,expiration,termination"
OCTETS = "application/offset+octet-stream"
OFFERED = {
    "Tus-Resumable": VERSION, "Tus-Version": VERSION, "Tus-Extension": EXTENSIONS,
    "Tus-Max-Size": str(uploads.LIMIT), "Tus-Checksum-Algorithm": ",".join(uploads.HASHES),
}  # fmt: skip


STATUS = {"upload.size": 413, "upload.disk_full": 507, "evidence.disk_full": 507, "evidence.store": 503}
"""What a refusal answers with where it is not 422: from 500 on the phone tries again by itself."""


def spoken(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The version is agreed first; what goes wrong has the status that tus gives it."""

    @wraps(view)
    def told(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if header(request, "Tus-Resumable") != VERSION:
            response: HttpResponseBase = HttpResponse(status=412)
        else:
            response = _tried(view, request, *args, **kwargs)
        response.headers["Tus-Resumable"] = VERSION
        if response.status_code == 412:
            response.headers["Tus-Version"] = VERSION
        return response

    return told


def _tried(view: Callable[..., HttpResponseBase], request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    try:
        return view(request, *args, **kwargs)
    except uploads.NotThere:
        text = N_("There is no such upload (any more); the app begins it anew.")
        return problems([Problem("upload.gone", text)], 404)
    except uploads.Busy:
        text = N_("Another request is writing to this upload; the app tries again.")
        return problems([Problem("upload.busy", text)], 423)
    except uploads.Corrupt:
        text = N_("What arrived is not what was sent; the app sends it again.")
        return problems([Problem("upload.checksum", text)], 460)
    except uploads.WrongOffset as wrong:
        text = N_("The upload stands elsewhere; the app goes on from there.")
        response = problems([Problem("upload.offset", text)], 409)
        response.headers["Upload-Offset"] = str(wrong.args[0])
        return response
    except Refusal as refusal:
        return problems(refusal.problems, STATUS.get(refusal.problems[0].code, 422))


def uploads_of(request: HttpRequest) -> HttpResponseBase:
    """OPTIONS says what is spoken; POST begins an upload, with its first bytes if they come along."""
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers=OFFERED)
    return _begin(request) if request.method == "POST" else HttpResponse(status=405, headers={"Allow": "OPTIONS, POST"})


uploads_of = answered(uploads_of)  # type: ignore[assignment]


@standing_only
@spoken
def _begin(request: HttpRequest, given: Pass) -> HttpResponseBase:
    at = timezone.now()
    length, digest = _number(request, "Upload-Length"), _metadata(request).get("sha256", "")
    usual: dict[str, Any] = {"device": given.device, "length": length, "digest": digest, "at": at}
    if header(request, "Content-Type") == OCTETS:
        begun = uploads.begin_with(request, checksum=_checksum(request), **usual)
    else:
        begun = uploads.begin(**usual)
    response = HttpResponse(status=201, headers=_headers(begun))
    response.headers["Location"] = f"{request.path}{begun.name}/"
    return response


def upload(request: HttpRequest, name: str) -> HttpResponseBase:
    """HEAD says how far it is; PATCH goes on from there; DELETE forgets it."""
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers=OFFERED)
    known = {"HEAD": _asked, "PATCH": _continued, "DELETE": _discarded}
    method = header(request, "X-HTTP-Method-Override") or request.method
    if method not in known:
        return HttpResponse(status=405, headers={"Allow": "OPTIONS, HEAD, PATCH, DELETE"})
    return known[method](request, name)


upload = answered(upload)  # type: ignore[assignment]


@token_only
@spoken
def _asked(request: HttpRequest, given: Pass, name: str) -> HttpResponseBase:
    found = uploads.found(name, device=given.device, at=timezone.now())
    return HttpResponse(headers={**_headers(found), "Upload-Length": str(found.length)})


@token_only
@spoken
def _continued(request: HttpRequest, given: Pass, name: str) -> HttpResponseBase:
    if header(request, "Content-Type") != OCTETS:
        return HttpResponse(status=415)
    at = timezone.now()
    offset, checksum = _number(request, "Upload-Offset"), _checksum(request)
    found = uploads.found(name, device=given.device, at=at)
    now = uploads.receive(found, request, offset=offset, checksum=checksum, at=at)
    return HttpResponse(status=204, headers=_headers(now))


@token_only
@spoken
def _discarded(request: HttpRequest, given: Pass, name: str) -> HttpResponseBase:
    uploads.discard(uploads.found(name, device=given.device, at=timezone.now()))
    return HttpResponse(status=204)


@token_only
def receipt(request: HttpRequest, given: Pass, digest: str) -> HttpResponseBase:
    """The receipt this phone was given for these bytes, should the answer have been lost."""
    if found := uploads.receipt_of(given.device, digest):
        return HttpResponse(status=204, headers={"Mingjing-Receipt": found})
    return problems([Problem("upload.no_receipt", N_("These bytes have not arrived; the app sends them."))], 404)


def _headers(of: uploads.Upload) -> dict[str, str]:
    headers = {"Upload-Offset": str(of.offset)}
    if of.receipt:
        headers["Mingjing-Receipt"] = of.receipt
    else:
        headers["Upload-Expires"] = format_datetime(of.expires.astimezone(UTC), usegmt=True)
    return headers


def _number(request: HttpRequest, name: str) -> int:
    text = header(request, name)
    if text.isascii() and text.isdecimal() and len(text) < 16:
        return int(text)
    said = N_("The upload does not say its {header} as a whole number; update the app.")
    raise Refusal([Problem("upload.header", said, {"header": name})])


def _metadata(request: HttpRequest) -> dict[str, str]:
    """`name base64,name base64`; what cannot be read is left out."""
    found = {}
    for pair in header(request, "Upload-Metadata").split(","):
        name, _, value = pair.strip().partition(" ")
        try:
            found[name] = b64decode(value, validate=True).decode()
        except ValueError:
            continue
    return found


def _checksum(request: HttpRequest) -> tuple[str, bytes] | None:
    given = header(request, "Upload-Checksum")
    if not given:
        return None
    name, _, value = given.partition(" ")
    try:
        if name in uploads.HASHES:
            return name, b64decode(value, validate=True)
    except ValueError:
        pass
    text = N_("The checksum of the upload is of a kind that is not known here ({kind}); update the app.")
    raise Refusal([Problem("upload.checksum_kind", text, {"kind": name[:20]})])
