"""A round worked by the real actions from the frozen roster on, so that an auditor finds it whole; small and quick.

Not here: rounds made as rows, of any size (judged), rounds told in a browser (tests/journeys).
"""

from collections.abc import MutableMapping
from datetime import datetime, timedelta

from tests.faces import district
from tests.programmes.assessments import drawing, rounds

from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.parties.models import Person
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.actions import draws, reviews, signatures, visits
from mingjing.programmes.assessments.actions.rounds import begin_fieldwork, freeze_round
from mingjing.programmes.assessments.demo.fieldwork import _answer
from mingjing.programmes.assessments.models import Round, TeamDay, TeamMember, VisitRecord
from mingjing.programmes.assessments.policy.answers import terms_of
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["in_fieldwork", "noon", "visited"]


def noon(at: datetime, team_day: TeamDay) -> datetime:
    """Noon of the day of a team."""
    day = team_day.day
    return at.replace(year=day.year, month=day.month, day=day.day, hour=12)


def in_fieldwork(scheme: Version, people: MutableMapping[str, Person], at: datetime) -> Round:
    """A round of six communities, frozen, drawn for two teams on three days and begun; its staff join `people`."""
    by = people["director"]
    rounds.register(6, at)
    round_ = freeze_round(round=rounds.opened(scheme, by, at), by=by, at=at)
    for n in range(7):
        person = district.staff("supervisor", f"督导{n:02}", round_.area, at, f"s{n}")
        draws.list_expert(round=round_, person=person, by=by, at=at)
    for n in range(5):
        person = people[f"staff{n}"] = district.staff("officer", f"科员{n:02}", round_.area, at, f"o{n}")
        if n < 4:
            draws.staff_team(round=round_, team=1 + n % 2, person=person, by=by, at=at)
    draws.plan_draw(round=round_, settings=drawing.settings(), by=by, at=at)
    draw = draws.commit_draw(round=round_, by=by, at=at)
    draws.reveal_draw(draw=draw, by=by, at=at + timedelta(minutes=1))
    drain()
    draw.refresh_from_db()
    assert draw.state == "drawn", draw.told_problems
    return begin_fieldwork(round=round_, by=by, at=at)


def visited(record: VisitRecord, people: MutableMapping[str, Person], at: datetime) -> None:
    """From the door to the locked record."""
    scheme = scheme_of(record.round.scheme)
    rubric = scheme.rubrics[record.entry.class_code]
    members = TeamMember.objects.filter(team_day=record.team_day, part="staff", removed_at=None)
    staff = [member.person for member in members.select_related("person")]
    if record.team_day.opened_at is None:
        record.team_day = draws.open_team_day(team_day=record.team_day, by=staff[0], at=at)
    visits.begin_visit(record=record, entered_at=at, by=staff[0], at=at)
    for number, (code, terms) in enumerate(terms_of(scheme, rubric).items()):
        if terms.measured:
            answer = {
                "check": code, "finding": f"00000000-0000-7000-8000-{number:012x}",
                **_answer(rubric.checks[code], 0, terms.sample),
            }  # fmt: skip
            visits.edit_sheet(record=record, kind="find", payload=answer, by=staff[0], at=at)
    for item in rubric.items:
        visits.edit_sheet(record=record, kind="looked_rest", payload={"item": item.code}, by=staff[1], at=at)
    visits.submit_record(record=record, left_at=at, by=staff[0], at=at)
    for person in staff:
        signatures.sign_record(record=record, by=person, at=at)
    signatures.record_manager(record=record, name="刘经理", stance="signed", by=staff[0], at=at)
    reviews.review_record(record=record, by=people["director"], at=at)
    reviews.lock_record(record=record, by=people["director"], at=at)
