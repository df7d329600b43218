"""What the pages of a draw ask of the database: no more when there is more."""

from collections.abc import Callable
from datetime import datetime

import pytest
from tests.programmes.assessments import drawing as rounds
from tests.programmes.assessments.conftest import SignedIn
from tests.programmes.assessments.drawing import DAYS
from tests.programmes.assessments.test_draw_desk import On, address, on  # noqa: F401 - `on` is a fixture

from mingjing.kernel.parties.models import Person
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.actions import draws

pytestmark = pytest.mark.django_db


def test_pages_ask_no_more_of_the_database_when_there_is_more(
    hetang: Version, people: dict[str, Person], at: datetime, signed_in: SignedIn, on: On,  # noqa: F811
    django_assert_max_num_queries: Callable[..., object],
) -> None:  # fmt: skip
    made = rounds.build(hetang, people, at, sites=60, experts=12)
    draws.plan_draw(round=made.round, settings=rounds.settings(most=12), by=made.by, at=at)
    draw = made.draw()
    assert draw.state == "drawn", draw.told_problems
    on(DAYS[-1])
    client = signed_in("director")
    for name, most in (("round-teams", 24), ("round-draw", 20), ("team-days", 22)):
        with django_assert_max_num_queries(most):
            assert client.get(address(name, made.round.pk)).status_code == 200
