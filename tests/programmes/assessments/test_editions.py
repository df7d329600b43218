"""From a decided round to its published list: nobody who loses rights is on it unheard, and it never changes."""

from collections.abc import Callable
from datetime import datetime

import pytest
from tests.faces import district
from tests.programmes.assessments.judged import in_review, register
from tests.programmes.assessments.test_round_decisions import decided

from mingjing.engine.outcome import Refusal
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.programmes.assessments.actions.editions import publish_list, take_publication_step
from mingjing.programmes.assessments.models import Edition, Entry, Filing, Round
from mingjing.programmes.assessments.queries.listings import proposals

pytestmark = pytest.mark.django_db
People = dict[str, Person]


@pytest.fixture
def round_(people: People, at: datetime) -> Round:
    found = in_review(people, at, register(40, at))
    for entry in Entry.objects.filter(round=found, not_assessed_at=None).order_by("number")[:2]:
        Filing.objects.create(
            entry=entry, kind="veto", code="serious_safety_accident", document="事故认定书",
            occurred_on=found.first_day, filed_by=people["officer"], filed_at=at, decided_by=people["director"],
            decided_at=at, approved=True,
        )  # fmt: skip
    decided(found, people, at)
    return found


@pytest.fixture
def bureau(people: People, at: datetime) -> Person:
    return district.staff("director", "局长", Area.objects.get(code="430202"), at, username="bureau")


def codes(step: Callable[[], object]) -> list[str]:
    with pytest.raises(Refusal) as refused:
        step()
    return [problem.code for problem in refused.value.problems]


def test_the_decision_opens_a_proceeding_for_everybody_it_would_take_rights_from(round_: Round, at: datetime) -> None:
    proposed = proposals(round_, at)
    assert len(proposed) == 2
    assert all(one.stands and one.stands.standing.open == ("notice",) for one in proposed)
    assert {one.result.tier for one in proposed} == {"BLACK"}
    assert Proceeding.objects.count() == len(proposed)
    visited = {one.entry.pk: one for one in proposed}
    assert all(one.stands and one.stands.proceeding.clocks == {"notice": [5, "working"]} for one in visited.values())


def test_no_list_goes_out_while_somebody_is_unheard(round_: Round, people: People, at: datetime) -> None:
    proposed = proposals(round_, at)
    begin = {"round": round_, "step": "public_notice", "note": "公示", "by": people["director"], "at": at}
    assert codes(lambda: take_publication_step(**begin)) == ["edition.unsettled"] * len(proposed)
    told = codes(lambda: publish_list(round=round_, by=people["director"], at=at))
    assert told == ["edition.unsettled"] * len(proposed)
    assert not Edition.objects.exists()
