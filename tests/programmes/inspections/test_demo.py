"""The demonstration stands in seconds, once, and its gate answers green for the tasks that have a code."""

from datetime import datetime

import pytest
from django.utils import timezone
from tests.faces import district

from mingjing.programmes.inspections.demo import build
from mingjing.programmes.inspections.models import Authority, Firm, Item, Match, MatchVisit, Plan, Task
from mingjing.programmes.inspections.queries.gate import Arrival, decide


def test_the_demonstration_is_built_once_and_its_tasks_open_doors(db: None, at: datetime) -> None:
    district.build(at)
    said: list[str] = []
    build(said.append)
    build(said.append)
    assert len(said) == 2
    match = Match.objects.get()
    assert (match.before, match.after) == (31, 12)
    assert said[1].count("31") == said[1].count("12") == 1
    agreed, declined = MatchVisit.objects.exclude(agreed_at=None), MatchVisit.objects.filter(parts__accepted=False)
    assert agreed.exists()
    assert declined.count() == 1
    first = Authority.objects.order_by("pk").first()
    assert MatchVisit.objects.filter(parts__authority=first, parts__accepted=None).exists(), "its head is asked"
    assert (Authority.objects.count(), Item.objects.count(), Firm.objects.count()) == (6, 30, 60)
    assert {plan.state for plan in Plan.objects.all()} == {"published"}
    assert Plan.objects.filter(kind="campaign").exists()
    now = timezone.now()
    coded = Task.objects.filter(code__isnull=False).select_related("firm__area", "firm__organisation", "authority")
    assert len(coded) == 12
    arrivals = [
        Arrival(firm=one.firm, authority=one.authority, officers=list(one.officers.all()), at=now, task=one, distance=9)
        for one in coded
    ]
    assert "green" in {str(decide(one).admission.colour) for one in arrivals}


def test_without_a_solver_the_demonstration_stands_and_says_how_to_go_on(
    db: None, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    district.build(at)
    monkeypatch.setattr("mingjing.programmes.inspections.demo.together.find_spec", lambda _name: None)
    said: list[str] = []
    build(said.append)
    assert "script/setup together" in said[1]
    assert not Match.objects.exists()


def test_no_one_of_it_has_the_name_of_somebody_of_another_demonstration() -> None:
    from mingjing.programmes.assessments.demo.people import SIGN_IN
    from mingjing.programmes.inspections.demo import LOGINS

    assert not set(LOGINS) & {*SIGN_IN, "admin", "director", "officer", "auditor", "company", "company02", "lawyer"}
