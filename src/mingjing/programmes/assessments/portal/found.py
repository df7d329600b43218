"""Finds what an address of the portal names among what somebody's mandates cover; everything else is not there."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from mingjing.kernel.cases.models import Case
from mingjing.kernel.parties.mandates import Acting
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.kernel.proceedings.queries import stands
from mingjing.programmes.assessments.models import Entry, VisitRecord
from mingjing.programmes.assessments.queries.answering import answers_for, orders_for
from mingjing.programmes.assessments.queries.contests import records_for
from mingjing.programmes.assessments.queries.own import (
    HEARD,
    cases_for,
    entry_behind,
    entry_for,
    judged_of,
    under_way_for,
)

__all__ = [
    "entry_of", "find_answerable", "find_case", "find_claimable", "find_entry", "find_entry_of_order", "find_order",
    "find_order_to_meet", "find_recorded", "find_whole",
]  # fmt: skip


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


def find_whole(acting: Acting, pk: int) -> Entry:
    """A community in a decided round for whose company they do everything; raises Http404."""
    found = find_entry(acting, pk)
    if not acting.covers(found.company_id):
        raise Http404
    return found


def find_recorded(acting: Acting, pk: int) -> Entry:
    """The community of a visit record that reached them; raises Http404."""
    return _entry(get_object_or_404(records_for(acting), pk=pk).entry_id)


def find_answerable(acting: Acting, pk: int) -> Entry:
    """The community of a case in which they were told by a notice; raises Http404."""
    found = find_case(acting, pk)
    if found.kind not in HEARD:
        raise Http404
    return _entry(entry_behind(found).pk)


def find_claimable(acting: Acting, pk: int) -> Entry:
    """A community of theirs in a round under way whose work is theirs to be judged; raises Http404."""
    found = get_object_or_404(under_way_for(acting), pk=pk)
    there = judged_of([found])[found.pk]
    if not acting.covers(there.pk if there else None):
        raise Http404
    return _entry(found.pk)


def find_entry_of_order(acting: Acting, pk: int) -> Entry:
    """The community of a round that an order is about which is for them to meet; raises Http404."""
    if (found := entry_of(find_order_to_meet(acting, pk))) is None:
        raise Http404
    return _entry(found.pk)


def entry_of(case: Case) -> Entry | None:
    """The community of the round that an order is about; None for one that is about no visit."""
    about, _colon, key = case.subject.partition("/")[0].partition(":")
    records = VisitRecord.objects.filter(pk=int(key) if about == "assessments.visit" else 0)
    found = records.select_related("entry").first()
    return found.entry if found else None


def _entry(pk: int) -> Entry:
    return Entry.objects.select_related("round__area", "round__scheme__rulebook", "community", "company").get(pk=pk)


def find_order_to_meet(acting: Acting, pk: int) -> Case:
    """An order that is for them to meet today; raises Http404, also once another company looks after the community."""
    found = find_order(acting, pk)
    there = answers_for(found, timezone.localdate())
    if not acting.covers(there.pk if there else None):
        raise Http404
    return found
