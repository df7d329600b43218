"""The ledger to read: newest facts first, one fact with its hashes, checks and downloads. Nothing here writes.

A reader sees the facts of their own areas and those of the installation as a whole. Of all others they learn that there
is a fact, its digest and its place in the chain: checks, checkpoints and proofs are over everything.
"""

import json
from collections.abc import Iterable

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingjing.faces.ui.paging import page_of
from mingjing.kernel import registry
from mingjing.kernel.ledger import queries
from mingjing.kernel.ledger.checkpoints import take_checkpoint
from mingjing.kernel.ledger.exports import export
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.guard import Scope, areas_where, guarded
from mingjing.kernel.parties.queries import facts_seen, people_seen
from mingjing.kernel.tables import in_pieces

INLINE_LIMIT = 100_000
"""Facts that are checked while a reader waits (seconds); a longer ledger is checked with the command."""


SHORT = 12
"""Characters of a subject's number that lists show; the machine's name of it stands on the fact's own page."""


class FilterForm(forms.Form):
    """Which facts to list."""

    kind = forms.ChoiceField(label=_("Kind"), required=False)
    subject = forms.CharField(label=_("Subject"), required=False, max_length=160)

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a QueryDict
        kinds = [(code, gettext(kind.title)) for code, kind in registry.fact_kinds().items()]
        self.fields["kind"] = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All kinds")), *kinds])


@guarded("ledger.fact.view")
def facts(request: HttpRequest) -> HttpResponse:
    """The facts that the reader sees, newest first, of one kind or subject when asked."""
    form = FilterForm(request.GET)
    wanted = {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    page = page_of(facts_seen(_scope(request)).filter(**wanted), request.GET, order=("-seq",))
    rows = _told(request, page.rows)
    context = {"page": page, "rows": rows, "form": form, "head": queries.head(), "filtered": bool(wanted)}
    return render(request, "desk/ledger.html", context)


@guarded("ledger.fact.view")
def fact(request: HttpRequest, seq: int) -> HttpResponse:
    """One fact: what was hashed, its digest and its links."""
    seen = facts_seen(_scope(request))
    found = get_object_or_404(seen, seq=seq)
    ((_fact, title, subject, by),) = _told(request, [found])
    values = json.dumps(found.values, ensure_ascii=False, indent=2, sort_keys=True)
    context = {"fact": found, "kind_title": title, "subject": subject, "by": by, "values": values}
    context |= {
        "before": seen.filter(seq__lt=seq).order_by("-seq").values_list("seq", flat=True).first(),
        "after": seen.filter(seq__gt=seq).order_by("seq").values_list("seq", flat=True).first(),
        "taken_up": Fact.objects.filter(seq=seq + 1).values_list("previous", flat=True).first(),
    }
    return render(request, "desk/fact.html", context)


@guarded("ledger.fact.view")
def verification(request: HttpRequest) -> HttpResponse:
    """Check the whole ledger now, if it is short enough to wait for."""
    size = queries.head().seq
    report = verify() if size <= INLINE_LIMIT else None
    return render(request, "desk/verification.html", {"report": report, "size": size, "at": timezone.now()})


@guarded("ledger.fact.view")
def download(request: HttpRequest) -> HttpResponseBase:
    """The whole ledger as lines of JSON that anyone can check; what the reader may not see is withheld in it."""
    lines = in_pieces(export(at=timezone.now(), sees=_scope(request).sees))
    return StreamingHttpResponse(lines, content_type="application/x-ndjson", headers=_file("ledger.jsonl"))


@guarded("ledger.fact.view")
def checkpoint(request: HttpRequest) -> HttpResponse:
    """Where the ledger ends now: to be kept where the ledger's keeper cannot reach it."""
    return JsonResponse(take_checkpoint(at=timezone.now()), headers=_file("checkpoint.json"))


@guarded("ledger.fact.view")
def proof(request: HttpRequest, seq: int) -> HttpResponse:
    """What shows that one fact stands in the ledger, for `mingjing verify`."""
    found = get_object_or_404(facts_seen(_scope(request)), seq=seq)
    return JsonResponse(queries.proof_of(found), headers=_file(f"proof-{seq}.json"))


def _scope(request: HttpRequest) -> Scope:
    return areas_where(request.user, "ledger.fact.view", on=timezone.localdate())


def _told(request: HttpRequest, rows: Iterable[Fact]) -> list[tuple[Fact, str, str, str]]:
    """Each fact with the title of its kind, what it is about, and who did it where the reader may know the person."""
    rows, kinds = list(rows), registry.fact_kinds()
    tokens = {row.by for row in rows if row.by}
    seen = people_seen(areas_where(request.user, "parties.person.view", on=timezone.localdate()))
    names = dict(seen.filter(token__in=tokens).values_list("token", "display_name")) if tokens else {}
    titles = [kinds[row.kind].title if row.kind in kinds else row.kind for row in rows]
    return [(row, title, _about(row), names.get(row.by, "")) for row, title in zip(rows, titles, strict=True)]


def _about(fact: Fact) -> str:
    """What a fact is about, in words: the kind of thing and its number, of a long one the beginning; else empty."""
    title, (_kind, _colon, number) = registry.title_of_subject(fact.subject), fact.subject.partition(":")
    return f"{gettext(title)} {number[:SHORT]}{'…' if len(number) > SHORT else ''}" if title else ""


def _file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
