"""Which template, letters and office an area has, which documents a reader sees, and when something was served."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from io import BytesIO
from typing import Any, BinaryIO

from django.conf import settings
from django.db.models import Prefetch, Q
from django.urls import reverse

from mingjing.kernel.documents.kinds import DocumentKind
from mingjing.kernel.documents.models import Document, DocumentQuerySet, Letterhead, Service, Template
from mingjing.kernel.documents.names import AGREEMENT
from mingjing.kernel.documents.rendering import render
from mingjing.kernel.evidence import store
from mingjing.kernel.evidence.contents import Original
from mingjing.kernel.parties.guard import Scope, may
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area, steps_of

__all__ = [
    "AGREEMENT", "Head", "agreed", "agreements_of", "documents_of", "documents_seen", "file_of", "letterhead_of",
    "letterheads_of", "near_evidence",
    "rendered_again", "served", "served_on", "template_bytes", "template_of", "templates_of", "verify_address",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """Letters of the numbers and name of the office, and whether somebody recorded them."""

    letters: str
    office: str
    recorded: bool = False


def _above(area: Area) -> list[str]:
    """The paths of `area` and of what it lies in, the nearest first."""
    steps = steps_of(area.path)
    return ["".join(steps[:count]) for count in range(len(steps), 0, -1)]


def letterhead_of(area: Area, kind: DocumentKind) -> Head:
    """What stands on documents of this kind's series: the newest of `area`, or what kind and name of the area give."""
    return letterheads_of(area, [kind])[kind.code]


def letterheads_of(area: Area, wanted: Iterable[DocumentKind]) -> Mapping[str, Head]:
    """The letterhead of each of these kinds, by code. One query."""
    every = list(wanted)
    rows = Letterhead.objects.filter(area=area, series__in={kind.series for kind in every}).order_by("id")
    found = {row.series: Head(row.letters, row.office, True) for row in rows}
    usual = {kind.code: Head(f"{area.name[:1]}{kind.letters}", f"{area.name}{kind.office}") for kind in every}
    return {kind.code: found.get(kind.series, usual[kind.code]) for kind in every}


def templates_of(area: Area) -> dict[str, Template]:
    """One's own template that is used in `area`, by kind: the newest of the nearest area that has one. One query."""
    paths = {path: place for place, path in enumerate(_above(area))}
    rows = Template.objects.filter(area__path__in=paths, retired_at=None).select_related("area")
    found = sorted(rows, key=lambda row: (paths[row.area.path], -row.version), reverse=True)
    return {row.kind: row for row in found}


def template_of(area: Area, kind: DocumentKind) -> Template | None:
    """The one for a kind; None where the default is used."""
    return templates_of(area).get(kind.code)


def template_bytes(kind: DocumentKind, own: Template | None) -> bytes:
    """The file that is filled in."""
    if own is None:
        return kind.default_template()
    with store.open_original(own.sha256, verified=True) as file:
        return file.read()


def documents_seen(scope: Scope) -> DocumentQuerySet:
    """The documents issued within `scope`, with what a line about one names, and the service that stands."""
    standing = Prefetch("services", Service.objects.standing(), to_attr="standing_services")
    found = scope.within(Document.objects.select_related("area", "addressee", "issued_by"))
    return found.prefetch_related(standing)  # type: ignore[return-value]


def documents_of(subjects: Iterable[str]) -> DocumentQuerySet:
    """The documents about these subjects, oldest first, whoever asks."""
    return Document.objects.filter(subject__in=set(subjects)).order_by("issued_at", "id")


def served(document: Document) -> Service | None:
    """The service that stands: from its `served_at` clocks run. None while nobody was served."""
    return document.services.standing().first()


def agreements_of(organisations: Iterable[int]) -> DocumentQuerySet:
    """What these organisations agreed to of electronic service, the newest first; some were taken back."""
    found = Document.objects.filter(kind=AGREEMENT, addressee__in=list(organisations))
    return found.select_related("addressee", "area").order_by("-issued_at", "-id")


def agreed(organisation: Organisation, moment: datetime) -> bool:
    """Whether it had agreed to electronic service by then, and had not taken that back."""
    given = agreements_of([organisation.pk]).filter(issued_at__lte=moment)
    return given.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=moment)).exists()


def served_on(documents: Iterable[Document], moment: datetime) -> Mapping[int, Service]:
    """The services that had taken effect at `moment`, by document. One query."""
    rows = Service.objects.standing().filter(document__in=list(documents), served_at__lte=moment)
    return {row.document_id: row for row in rows}


def near_evidence(person: Person, subject: str, today: date) -> bool:
    """The manifest's door to exhibits of a document: for those who may see it."""
    name = subject.partition(":")[2]
    found = Document.objects.select_related("area").filter(pk=int(name)).first() if name.isdecimal() else None
    return found is not None and may(person, "documents.document.view", area=found.area, on=today)


def verify_address(code: str) -> str:
    """The address that a document's QR code says: under the first host name that people use."""
    origins = settings.CSRF_TRUSTED_ORIGINS
    base = origins[0] if origins else "http://localhost:8000"
    return f"{base}{reverse('desk:document-verify', args=[code])}"


def rendered_again(document: Document) -> bytes:
    """The file made anew from what is on record: the same bytes, unless a library writes Word files otherwise now.

    The default template is kept in the store like an uploaded one, so a later version of it changes nothing here.
    """
    with store.open_original(document.template_sha256, verified=True) as file:
        values: dict[str, Any] = json.loads(document.context)
        return render(file.read(), values, qr=values["verify"])


def file_of(document: Document) -> BinaryIO:
    """The file as it was issued: from the store, or made anew where the store lost or damaged it.

    Raises store.Damaged where that does not give the same bytes, and FileNotFoundError without the template.
    """
    try:
        return store.open_original(document.sha256, verified=True)
    except (store.Damaged, FileNotFoundError):
        content = rendered_again(document)
        if sha256(content).hexdigest() != document.sha256:
            raise store.Damaged(document.sha256) from None
        return BytesIO(content)


def keep(content: bytes) -> Original:
    """Put bytes into the store of originals."""
    return store.store(BytesIO(content), len(content))
