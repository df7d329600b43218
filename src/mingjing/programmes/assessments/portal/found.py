"""Finds what an address of the portal names among what somebody's mandates cover; everything else is not there."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from mingjing.kernel.cases.models import Case
from mingjing.kernel.parties.mandates import Acting
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.kernel.proceedings.queries import stands
from mingjing.programmes.assessments.models import Entry
from mingjing.programmes.assessments.queries.answering import answers_for, orders_for
from mingjing.programmes.assessments.queries.own import HEARD, cases_for, entry_for

__all__ = ["find_case", "find_entry", "find_order", "find_order_to_meet"]


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
    """An order that was given to them, or that they came to; raises Http404."""
    return get_object_or_404(orders_for(acting, timezone.localdate()), pk=pk)


def find_order_to_meet(acting: Acting, pk: int) -> Case:
    """An order that is for them to meet today; raises Http404, also once another company looks after the community."""
    found = find_order(acting, pk)
    there = answers_for(found, timezone.localdate())
    if not acting.covers(there.pk if there else None):
        raise Http404
    return found
