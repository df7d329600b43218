"""The page that the QR code of a document leads to: whether it was issued, and whether it still counts.

For everybody who holds the paper: number, kind, office, date, hash, state. Nothing of whom it is for or what it says.
"""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from mingjing.kernel.documents.kinds import title_of
from mingjing.kernel.documents.models import CODE, Document
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.guard import public

__all__ = ["look_up", "verify"]

WHY = "whoever holds a document may ask whether it was issued and still counts; the answer names nobody"
_CODE = re.compile(rf"[0-9a-f]{{{CODE}}}")


@public(WHY)
@require_safe
def look_up(request: HttpRequest) -> HttpResponse:
    """Write the code of a document down, to be told about it."""
    code = "".join(request.GET.get("code", "").split()).lower()
    if _CODE.fullmatch(code):
        return redirect("desk:document-verify", code)
    return render(request, "desk/document_verify.html", {"typed": code[:80], "wrong": bool(code)})


@public(WHY)
@require_safe
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """What is on record of the document with this code."""
    found = Document.objects.select_related("replaced_by").filter(code=code).first() if _CODE.fullmatch(code) else None
    context: dict[str, Any] = {"document": found, "typed": code[:80], "asked": True}
    if found:
        facts = Fact.objects.filter(subject=found.ledger_subject, kind="documents.document.issued")
        context |= {"kind": title_of(found.kind), "fact": facts.first()}
    return render(request, "desk/document_verify.html", context, status=200 if found else 404)
