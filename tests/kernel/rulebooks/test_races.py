"""Two people at once, with real threads and real commits: exactly one gets through, the other is told who did."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from tests import children
from tests.races import at_once, failures

from mingjing.engine.outcome import Refusal
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.signals import fact_appended
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.models import Person
from mingjing.kernel.rulebooks import actions
from mingjing.kernel.rulebooks.models import Version

pytestmark = pytest.mark.django_db(transaction=True)


def split(results: list[object]) -> tuple[list[Version], list[Refusal]]:
    assert all(isinstance(failure, Refusal) for failure in failures(results)), results
    return [r for r in results if isinstance(r, Version)], [r for r in results if isinstance(r, Refusal)]


@pytest.mark.parametrize("attempt", range(3))
def test_two_publish_the_same_draft(
    draft: Version, officer: Person, director: Person, at: datetime, attempt: int
) -> None:
    def publish(by: Person) -> Callable[[], Version]:
        return lambda: actions.publish_version(
            version=draft, effective_from=date(2024, 10, 1), expected_digest=draft.digest, by=by, at=at
        )

    won, refused = split(at_once(publish(officer), publish(director)))
    assert (len(won), len(refused)) == (1, 1)
    winner = Version.objects.get().published_by
    assert winner == won[0].published_by
    assert [problem.code for problem in refused[0].problems] == ["rulebooks.already_published"]
    assert str(winner) in refused[0].problems[0].say()
    assert Fact.objects.filter(kind="rulebooks.version.published").count() == 1


def test_two_drafts_for_the_same_day(draft: Version, director: Person, at: datetime) -> None:
    other = actions.start_draft(base=draft, by=director, at=at)

    def publish(version: Version) -> Callable[[], Version]:
        return lambda: actions.publish_version(
            version=version, effective_from=date(2024, 10, 1), expected_digest=version.digest, by=director, at=at
        )

    won, refused = split(at_once(publish(draft), publish(other)))
    assert (len(won), len(refused)) == (1, 1)
    assert [problem.code for problem in refused[0].problems] == ["rulebooks.day_taken"]


def test_one_saves_while_another_publishes(draft: Version, officer: Person, director: Person, at: datetime) -> None:
    def save() -> Version:
        return actions.save_draft(version=draft, document={"parts": [7]}, expected_revision=1, by=officer, at=at)

    def publish() -> Version:
        return actions.publish_version(
            version=draft, effective_from=date(2024, 10, 1), expected_digest=draft.digest, by=director, at=at
        )

    won, refused = split(at_once(save, publish))
    assert (len(won), len(refused)) == (1, 1)
    stored = Version.objects.get()
    assert stored.is_published == (stored.content == {"parts": [1, 2]})


@pytest.mark.parametrize("attempt", range(3))
def test_one_withdraws_while_another_publishes(
    draft: Version, officer: Person, director: Person, at: datetime, attempt: int
) -> None:
    def withdraw() -> Version:
        return actions.withdraw_draft(version=draft, reason="Begun twice", by=officer, at=at)

    def publish() -> Version:
        return actions.publish_version(
            version=draft, effective_from=date(2024, 10, 1), expected_digest=draft.digest, by=director, at=at
        )

    won, refused = split(at_once(withdraw, publish))
    assert (len(won), len(refused)) == (1, 1)
    stored = Version.objects.get()
    assert stored.is_published == (stored.withdrawn_at is None)
    expected = "rulebooks.already_published" if stored.is_published else "rulebooks.withdrawn"
    assert [problem.code for problem in refused[0].problems] == [expected]


def test_one_withdraws_while_another_saves(draft: Version, officer: Person, director: Person, at: datetime) -> None:
    def withdraw() -> Version:
        return actions.withdraw_draft(version=draft, reason="Begun twice", by=director, at=at)

    def save() -> Version:
        return actions.save_draft(version=draft, document={"parts": [7]}, expected_revision=1, by=officer, at=at)

    won, refused = split(at_once(withdraw, save))
    assert Version.objects.get().withdrawn_at is not None  # withdrawn after the other saved, or the other was told
    assert len(won) + len(refused) == 2
    assert {problem.code for refusal in refused for problem in refusal.problems} <= {"rulebooks.withdrawn"}


def test_drafts_begun_at_once_get_different_numbers(draft: Version, director: Person, at: datetime) -> None:
    begin = [lambda: actions.start_draft(base=draft, by=director, at=at) for _ in range(4)]
    won, refused = split(at_once(*begin))
    assert not refused
    assert {version.number for version in won} == {2, 3, 4, 5}


def test_a_process_killed_while_publishing_leaves_nothing(draft: Version, director: Person, at: datetime) -> None:
    facts = Fact.objects.count()

    def publish() -> None:
        fact_appended.connect(children.die, weak=False)
        actions.publish_version(
            version=draft, effective_from=date(2024, 10, 1), expected_digest=draft.digest, by=director, at=at
        )

    children.killed(publish)
    assert not Version.objects.get().is_published
    assert Fact.objects.count() == facts
    assert verify().whole
    assert actions.publish_version(
        version=draft, effective_from=date(2024, 10, 1), expected_digest=draft.digest, by=director, at=at
    ).is_published
