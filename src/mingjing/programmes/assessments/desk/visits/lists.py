"""The list of the visit records of a round, and a record as a line of any list. Not here: one's own (mine)."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingjing.engine.outcome import spoken
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import searched
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.parties.guard import guarded
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.desk.found import find_round, round_area
from mingjing.programmes.assessments.desk.visits.recording import late_days
from mingjing.programmes.assessments.models import Round, TeamMember, VisitRecord
from mingjing.programmes.assessments.policy.answers import Terms, terms_of, unanswered
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.visits import (
    Wanted,
    members_by_day,
    records_seen,
    to_sign,
    with_state,
)

__all__ = ["Line", "lines_of", "round_visits"]

STATES = (
    ("late", _("Late")), ("planned", _("To be visited")), ("started", _("On site")), ("submitted", _("Submitted")),
    ("returned", _("Sent back")), ("waiting", _("Waiting for review")), ("done", _("Done")), ("void", _("Void")),
)  # fmt: skip


@dataclass(slots=True)
class Line:
    """A record as a line of a list: its state, how far it is, whether it is the reader's own."""

    record: VisitRecord
    state: str
    late_days: int
    answered: int
    checks: int
    team: list[TeamMember]
    mine: bool
    unsigned: bool = False


def lines_of(records: Sequence[VisitRecord], person: Person, today: date) -> list[Line]:
    """The lines of a page of records: two queries, whatever their number."""
    keys = [record.pk for record in records]
    teams, unsigned = members_by_day(records), to_sign(person, VisitRecord.objects.filter(pk__in=keys))
    lines = []
    forms: dict[tuple[str, str], dict[str, Terms]] = {}
    for record in records:
        scheme, class_code = scheme_of(record.round.scheme), record.entry.class_code
        if (terms := forms.get((scheme.digest, class_code))) is None:
            terms = forms[scheme.digest, class_code] = terms_of(scheme, scheme.rubrics[class_code])
        left, team = len(unanswered(terms, record.sheet_document)), teams[record.team_day_id]
        mine = person.pk in {member.person_id for member in team}
        late = 0 if record.voided_at else late_days(record, today)
        state, done = record.state_on(today), len(terms) - left
        lines.append(Line(record, state, late, done, len(terms), team, mine, mine and record.pk in unsigned))
    return lines


class WantedForm(forms.Form):
    """What of a round's records to list. The team is typed: a city has hundreds."""

    state = forms.ChoiceField(label=_("State"), required=False)
    team = forms.IntegerField(label=_("Team"), required=False, min_value=1)
    stratum = forms.ChoiceField(label=_("Subdistrict"), required=False)
    class_code = forms.ChoiceField(label=_("Class"), required=False)

    def __init__(self, data: Any, round_: Round) -> None:
        super().__init__(data)
        everything = [("", _("All"))]
        strata = round_.entries.order_by("stratum__code").values_list("stratum__code", "stratum__name").distinct()
        classes = scheme_of(round_.scheme).classes.items()
        choices: dict[str, list[tuple[Any, Any]]] = {
            "state": list(STATES),
            "stratum": list(strata),
            "class_code": [(code, spoken(title, gettext)) for code, title in classes],
        }
        for name, found in choices.items():
            self.fields[name] = forms.ChoiceField(
                label=self.fields[name].label, required=False, choices=[*everything, *found]
            )

    def wanted(self, text: str) -> Wanted:
        """What is asked for beside the words of a search; what makes no sense narrows nothing."""
        if not self.is_valid():
            return Wanted(text=text)
        asked = self.cleaned_data
        return Wanted(text=text, **asked | {"team": str(asked["team"] or "")})


@guarded("assessments.round.view", area=round_area)
def round_visits(request: HttpRequest, pk: int) -> HttpResponse:
    """The records of a round whose day has come."""
    found, today = find_round(request, pk), timezone.localdate()
    form, text = WantedForm(request.GET, found), searched(request)
    wanted = form.wanted(text)
    records = with_state(records_seen(request.user, today).filter(round=found), wanted, today)
    page = page_of(records, request.GET, order=("-team_day_id", "id"))
    context = {"round": found, "form": form, "page": page, "lines": lines_of(page.rows, actor(request), today)}
    context |= {"q": text, "filtered": any(astuple(wanted)), "today": today}
    return render(request, "assessments/visits/round.html", context)
