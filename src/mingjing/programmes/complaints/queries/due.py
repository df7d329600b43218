"""What of this programme waits for a person: complaints to decide on, files to approve, objections, checks that ended.

A fixed number of queries, whatever there is.
"""

from collections.abc import Iterator
from datetime import date

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mingjing.kernel.parties.guard import areas_where
from mingjing.kernel.parties.models import Person
from mingjing.kernel.registry import Due
from mingjing.programmes.complaints.models import Complaint, Edition, Intake, Objection

__all__ = ["waiting"]


def waiting(person: Person, today: date) -> Iterator[Due]:
    """The manifest's `due`."""
    if scope := areas_where(person, "complaints.complaint.decide", on=today):
        count = scope.within(Complaint.objects.undecided()).count()
        yield Due(
            title=_("Complaints to decide on"), url=f"{reverse('complaints:complaints')}?state=undecided", count=count
        )
    if scope := areas_where(person, "complaints.intake.manage", on=today):
        found = scope.within(Intake.objects.filter(
            read_at__isnull=False, approved_at=None, discarded_at=None, failed_at=None
        ))  # fmt: skip
        yield Due(title=_("Files of complaints to approve"), url=reverse("complaints:intakes"), count=found.count())
    yield from _objections(person, today)
    yield from _editions(person, today)


def _objections(person: Person, today: date) -> Iterator[Due]:
    if scope := areas_where(person, "complaints.objection.decide", on=today):
        open_ones = Objection.objects.filter(decided_at=None, edition__discarded_at=None).exclude(filed_by=person)
        found = scope.within(open_ones, "edition__area").aggregate(count=Count("pk"), edition=Min("edition"))
        if found["count"]:
            url = reverse("complaints:objections", args=[found["edition"]])
            yield Due(title=_("Objections to a ranking to decide on"), url=url, count=found["count"])


def _editions(person: Person, today: date) -> Iterator[Due]:
    if scope := areas_where(person, "complaints.edition.publish", on=today):
        ended = Edition.objects.filter(
            check_until__lte=timezone.now(), published_at=None, discarded_at=None
        )  # fmt: skip
        found = scope.within(ended).aggregate(count=Count("pk"), edition=Min("pk"))
        if found["count"]:
            url = reverse("complaints:edition", args=[found["edition"]])
            yield Due(title=_("Rankings whose check has ended"), url=url, count=found["count"])
