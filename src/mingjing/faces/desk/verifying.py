"""The page that the watermark of a photo leads to: whether an original with this digest is in the ledger, since when.

For everybody, so it shows nothing else: no picture, no place, no name, nothing that the digest does not already say.
Whoever does not hold the file (or its watermark) cannot guess a digest. Not here: the file's own page (evidence).
"""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from mingjing.kernel import keys
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.guard import public
from mingjing.kernel.sync.models import Capture

__all__ = ["look_up", "verify"]

WHY = "whoever holds a photo or its watermark may ask whether the ledger knows it; the answer says no more than that"
_SHA256 = re.compile(r"[0-9a-f]{64}")


@public(WHY)
@require_safe
def look_up(request: HttpRequest) -> HttpResponse:
    """Choose a file, or write its digest down, to be told about it."""
    digest = "".join(request.GET.get("digest", "").split()).lower()
    if _SHA256.fullmatch(digest):
        return redirect("desk:verify", digest)
    return render(request, "desk/verify.html", {"typed": digest[:80], "wrong": bool(digest)})


@public(WHY)
@require_safe
def verify(request: HttpRequest, digest: str) -> HttpResponse:
    """What the ledger says of the original with this digest."""
    if not _SHA256.fullmatch(digest):
        return render(request, "desk/verify.html", {"typed": digest[:80], "wrong": True}, status=404)
    found = _known(digest)
    status = 200 if found["fact"] or found["promised"] else 404
    return render(request, "desk/verify.html", found | {"digest": digest, "asked": True}, status=status)


def _known(digest: str) -> dict[str, Any]:
    """The first fact about the original, whether it counts today, and what a phone signed of it."""
    exhibits = list(Exhibit.objects.filter(sha256=digest).order_by("recorded_at", "id")[:100])
    subjects = [exhibit.ledger_subject for exhibit in exhibits]
    facts = Fact.objects.filter(subject__in=subjects, kind="evidence.exhibit.recorded")
    captures = Capture.objects.filter(sha256=digest, released_at=None)
    first = captures.order_by("promised_at").first()
    return {
        "fact": facts.order_by("seq").first(),
        "withdrawn": bool(exhibits) and all(exhibit.withdrawn_at for exhibit in exhibits),
        "promised": first,
        "receipt": first is not None and first.kept,
        "key": keys.public_key(),
    }
