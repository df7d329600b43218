"""What is under way after published lists, in the areas of the reader: the next step of each, what is late first."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from mingjing.faces.desk.session import actor
from mingjing.kernel.parties.guard import areas_where, guarded
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.programmes.assessments.desk.measures.entry import KINDS
from mingjing.programmes.assessments.desk.measures.shown import Line, lines
from mingjing.programmes.assessments.models import Entry
from mingjing.programmes.assessments.queries.measures import Followed, followed, unfinished

MOST = 200
"""So many are shown at once; more than that, late ones first, are not under way at one time in a district."""


@dataclass(frozen=True, slots=True)
class Row:
    """A proceeding with its next step."""

    one: Followed
    kind: str
    line: Line | None

    @property
    def due(self) -> date | None:
        """The last day of the step."""
        return self.line.due if self.line else None


@guarded("assessments.measure.view")
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The list of what is under way."""
    scope = areas_where(actor(request), "assessments.measure.view", on=timezone.localdate())
    open_ones = unfinished(scope.within(Proceeding.objects.all())).order_by("-pk")[:MOST]
    keys = {int(one.subject.rpartition(":")[2]) for one in open_ones}
    related = ("round__scheme", "round__area", "stratum", "company")
    found = followed(list(Entry.objects.filter(pk__in=keys).select_related(*related)), timezone.now())
    wanted = {(one.subject, one.kind) for one in open_ones}
    rows = [_row(one, kind) for one in found.values() for kind in KINDS if (one.entry.subject, kind) in wanted]
    rows.sort(key=lambda row: (row.due is None, row.due or date.max, row.one.entry.name))
    return render(request, "assessments/measures/overview.html", {"rows": rows, "most": MOST})


def _row(one: Followed, kind: str) -> Row:
    steps = lines(one, kind, {})
    return Row(one, kind, next((line for line in steps if line.state in {"open", "waiting"}), None))
