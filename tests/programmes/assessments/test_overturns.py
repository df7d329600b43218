"""How often findings are overturned, by check and by supervisor: exact, and alarming by a stated rule."""

from datetime import datetime
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from tests.faces import district
from tests.programmes.assessments.contested import findings, known, reviewed

from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.actions.objections import decide_objection, file_objection
from mingjing.programmes.assessments.models import TeamMember, VisitRecord
from mingjing.programmes.assessments.policy.overturns import LEVEL, Verdict, at_least, rates
from mingjing.programmes.assessments.queries.overturns import overturns

COUNTS = st.dictionaries(
    st.sampled_from([f"A{n}" for n in range(9)]),
    st.integers(0, 25).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))), max_size=9,
)  # fmt: skip


@pytest.mark.parametrize(
    ("counts", "verdicts"),
    [
        ({"A1": (1, 1), "A2": (0, 2)}, {"A1": "too_few", "A2": "too_few"}),
        ({"A1": (6, 6), "A2": (1, 30), "A3": (2, 40)}, {"A1": "alarm", "A2": "quiet", "A3": "quiet"}),
        ({"A1": (3, 30), "A2": (4, 40)}, {"A1": "quiet", "A2": "quiet"}),
        ({"A1": (30, 30)}, {"A1": "alarm"}),
        ({"A1": (2, 3)}, {"A1": "too_few"}),
        ({}, {}),
    ],
)
def test_what_is_said_of_known_counts(counts: dict[str, tuple[int, int]], verdicts: dict[str, str]) -> None:
    assert {name: rate.verdict for name, rate in rates(counts).items()} == verdicts


@given(st.integers(0, 20), st.fractions(0, 1, max_denominator=50), st.data())
def test_chances_are_chances(of: int, rate: Fraction, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, of))
    assert at_least(0, of, rate) == 1
    assert 0 <= at_least(count + 1, of, rate) <= at_least(count, of, rate) <= 1


@given(COUNTS)
def test_an_alarm_is_rarer_than_the_level_says_and_never_rests_on_too_little(
    counts: dict[str, tuple[int, int]],
) -> None:
    limit = LEVEL / max(len(counts), 1)
    for name, rate in rates(counts).items():
        assert (rate.overturned, rate.decided) == counts[name]
        if rate.verdict == Verdict.ALARM:
            assert rate.chance < limit
            assert Fraction(rate.overturned, rate.decided) > rate.others
        if rate.verdict == Verdict.TOO_FEW:
            assert at_least(rate.decided, rate.decided, rate.others) >= limit


@pytest.mark.django_db
def test_objections_count_for_their_check_and_their_supervisors_in_as_many_queries_as_one(
    people: dict[str, Person], at: datetime
) -> None:
    area = Area.objects.get(code="430202")
    expert, other = (district.staff("director", name, area, at, name) for name in ("expert", "other"))
    round_ = reviewed(people, at, 12, 0)
    record = next(one for one in VisitRecord.objects.filter(round=round_) if len(findings(one)) > 2)
    known(record.entry, at)
    TeamMember.objects.create(team_day=record.team_day, person=expert, part="expert", added_at=at)
    counts = []
    for number, stance in enumerate(("upheld", "rejected")):
        finding = str(findings(record)[number]["id"])
        asked = file_objection(record=record, finding=finding, grounds="不实", by=people["officer"], at=at)
        with CaptureQueriesContext(connection) as captured:
            overturns(area, at)
        decide_objection(proceeding=asked, stance=stance, note="已核", by=other, at=at)
        with CaptureQueriesContext(connection) as captured:
            found = overturns(area, at)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 9
    told = {name: (rate.overturned, rate.decided) for name, rate in found.checks.items()}
    checks = [str(one["check"]) for one in findings(record)[:2]]
    assert told == {checks[0]: (1, 1), checks[1]: (0, 1)}
    assert [(rate.overturned, rate.decided) for rate in found.people.values()] == [(1, 2)]
    assert list(found.named.values()) == [expert]
