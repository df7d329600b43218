"""Taking a bundle away is written down: of each exhibit in its custody, of the whole in the ledger."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from mingjing.kernel.documents.bundles import Entry
from mingjing.kernel.documents.models import Document
from mingjing.kernel.evidence.actions import note_custody
from mingjing.kernel.evidence.models import CustodyKind, Exhibit
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Person

__all__ = ["note_bundle"]


@transaction.atomic
def note_bundle(
    *, document: Document, entries: Sequence[Entry], exhibits: Sequence[Exhibit], by: Person, at: datetime
) -> None:
    """Write down that `by` takes these files of the case of `document` away. Sealed exhibits are none of them."""
    for exhibit in exhibits:
        note_custody(exhibit=exhibit, kind=CustodyKind.EXPORTED, by=by, at=at)
    data = {"of": document.subject, "files": len(entries), "exhibits": len(exhibits)}
    subject = document.ledger_subject
    writer.append(kind="documents.document.taken", subject=subject, data=data, area=document.area, by=by, at=at)
