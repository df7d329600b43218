"""What of the kernel's rows people of companies see. Not here: what programmes have for them."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from mingjing.kernel.documents.kinds import kinds
from mingjing.kernel.documents.models import Document, Service
from mingjing.kernel.parties.mandates import Acting

__all__ = ["documents_for"]


def documents_for(acting: Acting, now: datetime) -> "QuerySet[Document]":
    """The documents that were served on the organisations they act for, or in their case, and forms, newest first.

    What was issued and not served yet is not theirs to see: it may be withdrawn before it reaches anybody. But a form
    that they are to fill in is, as long as it stands: there is nothing to be served in it.
    """
    served = Service.objects.standing().filter(served_at__lte=now)
    theirs = Q(addressee__in=acting.everything_of)
    theirs |= Q(addressee__in=acting.organisations, subject__in=acting.matters)
    forms = Q(withdrawn_at=None, kind__in=[code for code, kind in kinds().items() if kind.handed_out])
    found = Document.objects.filter(theirs, forms | Q(Exists(served.filter(document=OuterRef("pk")))))
    return found.select_related("addressee").prefetch_related(Prefetch("services", served, to_attr="served"))
