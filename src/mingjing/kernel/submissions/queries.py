"""Which submissions somebody sees. Not here: whether they may act (parties.mandates)."""

from django.db.models import Q, QuerySet

from mingjing.kernel.parties.mandates import Acting
from mingjing.kernel.submissions.models import Submission

__all__ = ["submissions_seen"]


def submissions_seen(acting: Acting) -> "QuerySet[Submission]":
    """What was handed in for the organisations they act for, or in the matters they act in, newest first."""
    seen = Q(organisation__in=acting.everything_of)
    seen |= Q(organisation__in=acting.organisations, matter__in=acting.matters)
    return Submission.objects.filter(seen).select_related("organisation", "by")
