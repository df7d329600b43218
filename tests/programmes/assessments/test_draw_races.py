"""Draws under threat: a worker killed anywhere, two people at one draw in the same moment, with real commits."""

from datetime import datetime, timedelta

import pytest
from tests import children
from tests.programmes.assessments import drawing as rounds
from tests.programmes.assessments.drawing import Drawn
from tests.races import at_once, failures

from mingjing.engine.outcome import Refusal
from mingjing.kernel.jobs.models import Delivery
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.models import Person
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.actions import draws
from mingjing.programmes.assessments.models import Draw, TeamDay, TeamMember, VisitRecord

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ready(hetang: Version, people: dict[str, Person], at: datetime) -> Drawn:
    """A frozen round, planned, with everybody it needs."""
    return rounds.build(hetang, people, at)


def kill_at(moment: str) -> None:
    """Work, and be killed: before anything is kept, in the middle of keeping it, or once it is kept."""
    from mingjing.programmes.assessments.jobs import draws as jobs

    if moment == "drawing":
        jobs.make = children.die  # type: ignore[assignment]  # in this process only
    elif moment == "keeping":
        from mingjing.kernel.ledger.signals import fact_appended

        fact_appended.connect(children.die, weak=False)
    else:
        draws.keep_draw = children.then_die(draws.keep_draw)
    drain()


@pytest.mark.parametrize("moment", ["drawing", "keeping", "kept"])
def test_a_killed_draw_is_taken_up_again_and_made_once(ready: Drawn, moment: str) -> None:
    draw = ready.commit()
    draws.reveal_draw(draw=draw, by=ready.by, at=ready.at)
    children.killed(lambda: kill_at(moment))
    stored = VisitRecord.objects.count()
    assert stored == (24 if moment == "kept" else 0)
    Delivery.objects.update(due_at=Delivery.objects.get().due_at - timedelta(hours=1))  # its lease runs out
    assert drain() == 1
    draw.refresh_from_db()
    assert draw.state == "drawn"
    assert (TeamDay.objects.count(), TeamMember.objects.count(), VisitRecord.objects.count()) == (6, 30, 24)
    assert Fact.objects.filter(kind="assessments.draw.drawn").count() == 1
    assert verify().whole


@pytest.mark.parametrize("attempt", range(3))
def test_two_reveals_draw_once(ready: Drawn, attempt: int) -> None:
    draw = ready.commit()
    reveal = lambda: draws.reveal_draw(draw=draw, by=ready.by, at=ready.at)  # noqa: E731
    results = at_once(reveal, reveal)
    assert [type(result) for result in results].count(Refusal) == 1
    assert Fact.objects.filter(kind="assessments.draw.revealed").count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_a_reveal_and_a_call_off_in_the_same_moment_leave_one_story(ready: Drawn, attempt: int) -> None:
    draw = ready.commit()
    results = at_once(
        lambda: draws.reveal_draw(draw=draw, by=ready.by, at=ready.at),
        lambda: draws.cancel_draw(draw=draw, reason="专家生病", by=ready.by, at=ready.at),
    )
    assert not failures(results[1:])  # calling off is always possible before fieldwork
    drain()
    draw.refresh_from_db()
    assert draw.state == "cancelled"
    assert not VisitRecord.objects.standing().exists()
    assert verify().whole


def test_two_commitments_in_the_same_moment_are_one(ready: Drawn) -> None:
    results = at_once(ready.commit, ready.commit)
    assert [type(result) for result in results].count(Refusal) == 1, results
    assert Draw.objects.count() == 1


def test_a_conflict_declared_while_somebody_commits_counts_or_is_refused(ready: Drawn) -> None:
    expert, community = ready.round.experts.first(), ready.entry("C001").community
    results = at_once(
        ready.commit,
        lambda: draws.declare_conflict(expert=expert, community=community, reason="亲属", by=ready.by, at=ready.at),
    )
    counted = f'"expert":"{expert.key}","site":"C001"' in Draw.objects.get().inputs
    assert counted == (not failures(results[1:]))
