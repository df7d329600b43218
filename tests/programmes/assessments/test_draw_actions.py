"""The writes of draws: what is committed to before anything is drawn, who may not be drawn, and what stays sealed."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from tests.programmes.assessments import drawing as rounds
from tests.programmes.assessments.drawing import DAYS, Drawn

from mingjing.engine.outcome import Refusal
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Person
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.actions import draws
from mingjing.programmes.assessments.models import TeamDay, TeamMember, VisitRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(hetang: Version, people: dict[str, Person], at: datetime) -> Drawn:
    """A frozen round, planned, with everybody it needs."""
    return rounds.build(hetang, people, at)


def test_a_round_is_drawn_whole(ready: Drawn) -> None:
    draw = ready.draw()
    assert draw.state == "drawn", draw.told_problems
    assert TeamDay.objects.filter(draw=draw).count() == 6
    assert VisitRecord.objects.standing().filter(round=ready.round).count() == 24
    members = TeamMember.objects.filter(team_day__draw=draw)
    assert members.filter(part="expert").count() == 18
    assert members.filter(part="staff").count() == 12
