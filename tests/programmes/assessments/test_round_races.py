"""Two people at one round at once, and a process killed in the middle of a freeze: one gets through, or none."""

from datetime import datetime

import pytest
from tests import children
from tests.programmes.assessments import rounds
from tests.races import at_once, failures

from mingjing.engine.outcome import Refusal
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.signals import fact_appended
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.models import Person
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.actions import entries
from mingjing.programmes.assessments.actions import rounds as actions
from mingjing.programmes.assessments.models import Entry, Round

pytestmark = pytest.mark.django_db(transaction=True)
People = dict[str, Person]


@pytest.fixture
def draft(hetang: Version, people: People, at: datetime) -> Round:
    rounds.register(30, at)
    return rounds.opened(hetang, people["director"], at)


@pytest.mark.parametrize("statement", [2, 8, 11, "fact"])
def test_a_process_killed_while_freezing_leaves_a_draft(
    draft: Round, people: People, at: datetime, statement: int | str
) -> None:
    facts = Fact.objects.count()

    def freeze() -> None:
        fact_appended.connect(children.die, weak=False)
        with children.dying_after(10**6 if statement == "fact" else int(statement)):
            actions.freeze_round(round=draft, by=people["director"], at=at)

    children.killed(freeze)
    assert Round.objects.get().state == "draft"
    assert not Entry.objects.exclude(frozen_at=None).exists()
    assert Fact.objects.count() == facts
    assert verify().whole
    assert actions.freeze_round(round=draft, by=people["director"], at=at).state == "frozen"


def test_two_freeze_at_once(draft: Round, people: People, at: datetime) -> None:
    def freeze() -> Round:
        return actions.freeze_round(round=draft, by=people["director"], at=at)

    results = at_once(freeze, freeze)
    assert sorted(type(result).__name__ for result in results) == ["Refusal", "Round"]
    assert Fact.objects.filter(kind="assessments.round.frozen").count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_one_changes_the_roster_while_another_freezes(draft: Round, people: People, at: datetime, attempt: int) -> None:
    entry = draft.entries.get(number="HT-0001")

    def freeze() -> Round:
        return actions.freeze_round(round=draft, by=people["director"], at=at)

    def change() -> object:
        return entries.record_attribute(entry=entry, code="fee", text="1.3", source="合同", by=people["officer"], at=at)

    frozen, changed = at_once(freeze, change)
    found = Entry.objects.get(pk=entry.pk)
    if isinstance(changed, Refusal):
        assert (found.class_code, isinstance(frozen, Round)) == ("A", True)
    else:  # the change came first: 1998 with a high fee is borderline, so freezing was refused
        assert (found.class_code, isinstance(frozen, Refusal)) == ("", True)


def test_two_vote_at_once_and_both_count(hetang: Version, people: People, at: datetime) -> None:
    rounds.register(3, at, rounds.KINDS[:3])
    round_ = rounds.opened(hetang, people["director"], at)
    entry = round_.entries.get(number="HT-0003")

    def vote(person: Person) -> object:
        return lambda: entries.confirm_class(entry=entry, class_code="A", reason="低层", by=person, at=at)

    results = at_once(vote(people["director"]), vote(people["officer"]))  # type: ignore[arg-type]
    assert not failures(results)
    entry.refresh_from_db()
    assert (entry.class_code, entry.votes.count()) == ("A", 2)
