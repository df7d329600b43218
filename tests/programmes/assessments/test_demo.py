"""The demonstration: made up, labelled so, the same every time, and through the doors everybody uses."""

from datetime import datetime
from random import Random

import pytest
from django.utils.translation import gettext
from tests.programmes.assessments.conftest import published

from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties import demo as parties_demo
from mingjing.kernel.parties.guard import may
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places import demo as places_demo
from mingjing.kernel.places.models import Site
from mingjing.programmes.assessments import demo
from mingjing.programmes.assessments.demo.invented import communities
from mingjing.programmes.assessments.demo.replayed import rows
from mingjing.programmes.assessments.models import Replay
from mingjing.programmes.assessments.queries.results import completion_of
from mingjing.programmes.assessments.queries.schemes import scheme_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def said() -> list[str]:
    """The whole demonstration, and the lines it showed."""
    lines: list[str] = []
    for build in (places_demo.build, parties_demo.build, demo.build):
        build(lines.append)
    return lines


def test_a_round_of_136_communities(said: list[str]) -> None:
    replay = Replay.objects.get()
    counts = completion_of(replay).values["tiers"]
    together = {tier: sum(of.get(tier, 0) for of in counts.values()) for of in counts.values() for tier in of}
    assert replay.result_count == Site.objects.count() == 136
    assert together["NOT_ASSESSED"] == 14
    assert set(together) == {"RED", "ORDINARY", "WATCH", "BLACK", "OBSERVATION", "NOT_ASSESSED"}
    assert set(counts) == {"A", "B"}
    assert together["BLACK"] <= 6 < together["RED"] < together["ORDINARY"]
    assert verify().whole


def test_it_is_not_called_ready_while_the_round_is_being_scored(
    said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo.replayed, "FILE", "of a demo that was killed.xlsx")
    monkeypatch.setattr(demo, "drain", lambda: 0)
    lines: list[str] = []
    demo.build(lines.append)
    assert said[-1] == gettext("the demonstration district is ready") != lines[-1]


def test_everything_is_labelled_as_made_up(said: list[str]) -> None:
    assert all(site.name.startswith("演示") for site in Site.objects.all())
    assert all(company.name.startswith("演示") for company in Organisation.objects.all())
    assert Organisation.objects.count() == 20
    assert all(person.is_demo for person in Person.objects.all())
    assert parties_demo.PASSWORD in " ".join(said)


def test_each_role_can_sign_in(said: list[str], at: datetime) -> None:
    for username in parties_demo.PEOPLE:
        assert Person.objects.get(username=username).check_password(parties_demo.PASSWORD)
    director = Person.objects.get(username="director")
    assert may(director, "rulebooks.version.publish", on=at.date())


def test_building_again_adds_nothing(said: list[str]) -> None:
    before = Fact.objects.count()
    for build in (places_demo.build, parties_demo.build, demo.build):
        build(lambda line: None)
    assert Fact.objects.count() == before


def test_the_same_seed_gives_the_same_table(people: dict[str, Person], at: datetime) -> None:
    parties_demo.build(lambda line: None)
    scheme = scheme_of(published("hetang-2024", people["director"], at))
    first, second = (rows(scheme, communities(scheme, Random(7))) for _ in range(2))
    assert first == second
    assert first != rows(scheme, communities(scheme, Random(8)))
