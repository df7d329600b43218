"""Finds what an address of the portal names among what somebody's mandates cover; everything else is not there."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from mingjing.kernel.cases.models import Case
from mingjing.kernel.parties.mandates import Acting
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.kernel.proceedings.queries import stands
from mingjing.programmes.assessments.models import Entry
from mingjing.programmes.assessments.queries.own import HEARD, cases_for, entry_for, orders_for

__all__ = ["find_case", "find_entry", "find_order"]


def find_entry(acting: Acting, pk: int) -> Entry:
    """A community in a decided round that is theirs; raises Http404."""
    if (found := entry_for(acting, pk)) is None:
        raise Http404
    return found


def find_case(acting: Acting, pk: int) -> Proceeding:
    """A proceeding of theirs that they were told of; raises Http404."""
    found = get_object_or_404(cases_for(acting), pk=pk)
    if found.kind in HEARD and "notice" not in stands(found, timezone.now()).standing.done:
        raise Http404
    return found


def find_order(acting: Acting, pk: int) -> Case:
    """An order that is theirs to meet; raises Http404."""
    return get_object_or_404(orders_for(acting), pk=pk)
