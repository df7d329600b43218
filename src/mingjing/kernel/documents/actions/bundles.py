"""Taking a bundle away is written down: of each exhibit in its custody, of the whole in the ledger."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from mingjing.kernel.documents.bundles import Entry
from mingjing.kernel.documents.models import Document
from mingjing.kernel.evidence.actions import note_custody
from mingjing.kernel.evidence.models import CustodyKind, Exhibit
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area

__all__ = ["note_bundle", "note_file"]


@transaction.atomic
def note_bundle(
    *, document: Document, entries: Sequence[Entry], exhibits: Sequence[Exhibit], by: Person, at: datetime
) -> None:
    """Write down that `by` takes these files of the case of `document` away. Sealed exhibits are none of them."""
    data = {"of": document.subject, "files": len(entries), "exhibits": len(exhibits)}
    _note(document.ledger_subject, document.area, data, exhibits, by, at)


@transaction.atomic
def note_file(
    *, subject: str, area: Area, entries: Sequence[Entry], exhibits: Sequence[Exhibit], by: Person, at: datetime
) -> None:
    """The same of everything that belongs to `subject`, whatever documents it has."""
    _note(subject, area, {"of": subject, "files": len(entries), "exhibits": len(exhibits)}, exhibits, by, at)


def _note(
    subject: str, area: Area, data: Mapping[str, object], exhibits: Sequence[Exhibit], by: Person, at: datetime
) -> None:
    for exhibit in exhibits:
        note_custody(exhibit=exhibit, kind=CustodyKind.EXPORTED, by=by, at=at)
    writer.append(kind="documents.document.taken", subject=subject, data=dict(data), area=area, by=by, at=at)
