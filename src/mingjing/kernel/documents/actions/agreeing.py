"""A company agrees that papers reach it electronically, and takes that back: a confirmation with a number.

The Civil Procedure Law art. 90: only with the consent of whoever is served, and confirmed by them. The agreement counts
from the moment it was given until it is taken back. Not here: proof of one service (serving).
"""

from datetime import datetime

from django.db import transaction

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.db.locks import exclusive
from mingjing.kernel.documents.actions.issuing import issue_document, withdraw_document
from mingjing.kernel.documents.models import Document
from mingjing.kernel.documents.queries import AGREEMENT, agreements_of
from mingjing.kernel.parties.actions.people import is_line
from mingjing.kernel.parties.models import Organisation, Person

__all__ = ["agree_to_electronic_service", "end_agreement"]


@transaction.atomic
def agree_to_electronic_service(*, organisation: Organisation, address: str, by: Person, at: datetime) -> Document:
    """Confirm that papers may be sent to `address`; a new address replaces the one before. Raises Refusal.

    Who may bind the company is asked before.
    """
    exclusive(f"documents.agreement:{organisation.pk}")
    address = " ".join(address.split())
    if not is_line(address, 200):
        text = N_("Say in 1 to 200 characters where papers may be sent: an address of mail, or this door.")
        raise Refusal([Problem("documents.agreement.address", text, {}, "address")])
    if organisation.area is None:
        text = N_("The register does not say in which district the company is; ask the office first.")
        raise Refusal([Problem("documents.agreement.area", text)])
    before = agreements_of([organisation.pk]).standing().select_for_update(of=("self",)).first()
    return issue_document(
        kind=AGREEMENT, area=organisation.area, subject=f"parties.organisation:{organisation.pk}",
        context={"address": address}, addressee=organisation, replaces=before,
        reason="送达地址变更" if before else "", by=by, at=at,
    )  # fmt: skip


def end_agreement(*, agreement: Document, reason: str, by: Person, at: datetime) -> Document:
    """Take it back: what is sent from now on is served on paper again. Raises Refusal."""
    return withdraw_document(document=agreement, reason=reason, by=by, at=at)
