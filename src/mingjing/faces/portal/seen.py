"""What of the kernel's rows people of companies see. Not here: what programmes have for them."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from mingjing.kernel.documents.models import Document, Service
from mingjing.kernel.parties.mandates import Acting

__all__ = ["documents_for"]


def documents_for(acting: Acting, now: datetime) -> "QuerySet[Document]":
    """The documents that were served on the organisations they act for, or in their case, newest first.

    What was issued and not served yet is not theirs to see: it may be withdrawn before it reaches anybody.
    """
    served = Service.objects.standing().filter(served_at__lte=now)
    theirs = Q(addressee__in=acting.everything_of)
    theirs |= Q(addressee__in=acting.organisations, subject__in=acting.matters)
    found = Document.objects.filter(theirs, Exists(served.filter(document=OuterRef("pk"))))
    return found.select_related("addressee").prefetch_related(Prefetch("services", served, to_attr="served"))
