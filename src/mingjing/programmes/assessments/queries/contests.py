"""What a company can contest and until when: records that reached it, entries on published lists.

Not here: proceedings that are under way (queries.own).
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from mingjing.kernel.parties.mandates import Acting
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.kernel.proceedings.queries import reckoning
from mingjing.programmes.assessments.models import Delivery, Listed, VisitRecord
from mingjing.programmes.assessments.policy.procedures import clocks_of
from mingjing.programmes.assessments.queries.editions import first_of
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["appeal_due", "appealed", "contested", "objection_due", "objection_dues", "records_for"]


def records_for(acting: Acting) -> "QuerySet[VisitRecord]":
    """The visit records that reached the companies they act for, the newest first."""
    found = VisitRecord.objects.filter(delivery__organisation__in=acting.everything_of, voided_at=None)
    related = ("round__area", "round__scheme", "entry__company", "delivery__organisation", "team_day")
    return found.select_related(*related).order_by("-delivery__delivered_at", "-id")


def objection_due(record: VisitRecord) -> datetime | None:
    """When the time to contest the findings of a record runs out; None where it has not begun."""
    return objection_dues([record]).get(record.pk)


def objection_dues(records: Iterable[VisitRecord]) -> dict[int, datetime]:
    """The same of each of these whose time has begun: one query, and two for the days of each area."""
    asked = {record.pk: record for record in records}
    reckon = {area.pk: reckoning(area) for area in {record.round.area for record in asked.values()}}
    found = {}
    for one in Delivery.objects.filter(record__in=asked):
        round_ = asked[one.record_id].round
        clock = clocks_of(scheme_of(round_.scheme), "objection")["delivered"]
        found[one.record_id] = reckon[round_.area_id](one.delivered_at, clock, one.delivered_at)
    return found


def appeal_due(row: Listed) -> datetime:
    """When the time to appeal against what a list says runs out."""
    round_, begun = row.entry.round, first_of(row).edition.published_at
    clock = clocks_of(scheme_of(round_.scheme), "appeal")["published"]
    return reckoning(round_.area)(begun, clock, begun)


def contested(record: VisitRecord) -> frozenset[str]:
    """The findings of a record that are contested already, by their keys."""
    about = Proceeding.objects.filter(
        programme="assessments", kind="objection", subject__startswith=f"{record.subject}/"
    )
    return frozenset(subject.partition("/")[2] for subject in about.values_list("subject", flat=True))


def appealed(row: Listed) -> Proceeding | None:
    """The appeal against what a row says, if there is one."""
    subject = f"{first_of(row).edition.subject}/{row.entry_id}"
    return Proceeding.objects.filter(programme="assessments", kind="appeal", subject=subject).first()
