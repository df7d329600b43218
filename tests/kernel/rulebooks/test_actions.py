"""Drafting and publishing: what is published never changes, and nothing that was written is lost."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from mingjing.engine.chain import content_digest
from mingjing.engine.outcome import Refusal
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.rulebooks import actions
from mingjing.kernel.rulebooks.models import Rulebook, Version

pytestmark = pytest.mark.django_db

DAY = date(2024, 7, 1)


def publish(version: Version, by: Person, at: datetime, day: date = DAY) -> Version:
    return actions.publish_version(version=version, effective_from=day, expected_digest=version.digest, by=by, at=at)


def refused(error: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def test_create_draft_and_facts(draft: Version, officer: Person) -> None:
    assert (draft.number, draft.revision, draft.is_published) == (1, 1, False)
    assert draft.digest == content_digest({"parts": [1, 2]})
    assert draft.document == '{"parts":[1,2]}'
    facts = list(Fact.objects.all())
    assert [fact.kind for fact in facts] == ["rulebooks.rulebook.created", "rulebooks.version.drafted"]
    assert {fact.by for fact in facts} == {officer.token}
    assert facts[1].values["digest"] == draft.digest


def test_create_refuses_a_code_that_is_taken(draft: Version, area: Area, officer: Person, at: datetime) -> None:
    with pytest.raises(Refusal) as error:
        actions.create_rulebook(
            kind="sums.rule", code="sums-1", titles={"en": "Again"}, area=area, document={}, by=officer, at=at
        )
    assert refused(error) == ["rulebooks.code_taken"]
    assert Rulebook.objects.count() == 1


@pytest.mark.parametrize("code", ["", "a/b", "a b", "é", "-a", "a" * 61, "..", "a\n"])
def test_create_refuses_a_code_that_no_address_can_hold(kind: str, area: Area, at: datetime, code: str) -> None:
    with pytest.raises(Refusal) as error:
        actions.create_rulebook(kind=kind, code=code, titles={"en": "X"}, area=area, document={}, by=None, at=at)
    assert refused(error) == ["rulebooks.code"]


def test_save_draft_counts_revisions(draft: Version, officer: Person, at: datetime) -> None:
    later = at + timedelta(minutes=5)
    saved = actions.save_draft(version=draft, document={"parts": [3]}, expected_revision=1, by=officer, at=later)
    assert (saved.revision, saved.content, saved.changed_at) == (2, {"parts": [3]}, later)
    assert Fact.objects.get(kind="rulebooks.version.saved").values == {"revision": 2, "digest": saved.digest}


def test_save_draft_after_another_overwrites_nothing(
    draft: Version, officer: Person, director: Person, at: datetime
) -> None:
    actions.save_draft(version=draft, document={"parts": [3]}, expected_revision=1, by=officer, at=at)
    with pytest.raises(Refusal) as error:
        actions.save_draft(version=draft, document={"parts": [4]}, expected_revision=1, by=director, at=at)
    assert refused(error) == ["rulebooks.changed"]
    assert "Ma Officer" in error.value.problems[0].say()
    assert "2024-09-04 09:30" in error.value.problems[0].say()
    assert Version.objects.get().content == {"parts": [3]}


@pytest.mark.parametrize("document", [{"when": object()}, {"x": float("nan")}, {"x": 2**60}, {"x": "y" * 5_000_000}])
def test_save_draft_refuses_what_json_cannot_hold(draft: Version, document: dict[str, object], at: datetime) -> None:
    with pytest.raises(Refusal):
        actions.save_draft(version=draft, document=document, expected_revision=1, by=None, at=at)


def test_publish_freezes_and_records(draft: Version, director: Person, at: datetime) -> None:
    version = publish(draft, director, at)
    assert (version.published_by, version.published_at, version.effective_from) == (director, at, DAY)
    assert Fact.objects.get(kind="rulebooks.version.published").values == {
        "rulebook": version.rulebook_id, "number": 1, "digest": draft.digest, "effective_from": "2024-07-01",
    }  # fmt: skip


@pytest.mark.parametrize(
    "change", [{"document": "{}"}, {"effective_from": date(2025, 1, 1)}, {"published_at": None}, {"note": "changed"}]
)
def test_the_database_refuses_to_change_a_published_version(
    draft: Version, director: Person, at: datetime, change: dict[str, object]
) -> None:
    publish(draft, director, at)
    with pytest.raises(IntegrityError, match="final"), transaction.atomic():
        Version.objects.filter(pk=draft.pk).update(**change)
    with pytest.raises(IntegrityError, match="final"), transaction.atomic():
        Version.objects.filter(pk=draft.pk).delete()


def test_the_database_refuses_half_a_publication(draft: Version) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(pk=draft.pk).update(effective_from=DAY)


def test_publish_names_every_mistake(draft: Version, director: Person, at: datetime) -> None:
    bad = actions.save_draft(version=draft, document={"parts": [0, 5, -1]}, expected_revision=1, by=None, at=at)
    with pytest.raises(Refusal) as error:
        publish(bad, director, at)
    assert [problem.place for problem in error.value.problems] == ["parts/0", "parts/2"]
    assert not Version.objects.get().is_published


def test_publish_refuses_what_was_not_looked_at(
    draft: Version, officer: Person, director: Person, at: datetime
) -> None:
    actions.save_draft(version=draft, document={"parts": [9]}, expected_revision=1, by=officer, at=at)
    with pytest.raises(Refusal) as error:
        publish(draft, director, at)
    assert refused(error) == ["rulebooks.changed"]


def test_publish_twice_and_save_after_are_refused(
    draft: Version, officer: Person, director: Person, at: datetime
) -> None:
    publish(draft, director, at)
    with pytest.raises(Refusal) as error:
        publish(draft, officer, at)
    assert refused(error) == ["rulebooks.already_published"]
    assert "Liu Director" in error.value.problems[0].say()
    with pytest.raises(Refusal) as error:
        actions.save_draft(version=draft, document={}, expected_revision=1, by=officer, at=at)
    assert refused(error) == ["rulebooks.already_published"]


def test_a_draft_nobody_wants_is_withdrawn_and_stays(draft: Version, officer: Person, at: datetime) -> None:
    closed = actions.withdraw_draft(version=draft, reason=" Begun twice ", by=officer, at=at)
    assert (closed.withdrawn_by, closed.withdrawn_at, closed.withdrawal_reason) == (officer, at, "Begun twice")
    assert not closed.is_draft
    assert not closed.is_published
    assert list(Version.objects.drafts()) == []
    fact = Fact.objects.get(kind="rulebooks.version.withdrawn")
    assert fact.values == {"rulebook": draft.rulebook_id, "number": 1, "digest": draft.digest}
    assert fact.by == officer.token


def test_what_was_withdrawn_is_neither_saved_nor_published_nor_withdrawn_again(
    draft: Version, officer: Person, director: Person, at: datetime
) -> None:
    actions.withdraw_draft(version=draft, reason="Begun twice", by=officer, at=at)
    for act in (
        lambda: actions.save_draft(version=draft, document={}, expected_revision=1, by=director, at=at),
        lambda: publish(draft, director, at),
        lambda: actions.withdraw_draft(version=draft, reason="again", by=director, at=at),
    ):
        with pytest.raises(Refusal) as error:
            act()
        assert refused(error) == ["rulebooks.withdrawn"]
        assert "Ma Officer withdrew draft 1 on 2024-09-04 09:30" in error.value.problems[0].say()
    with pytest.raises(IntegrityError, match="final"), transaction.atomic():
        Version.objects.filter(pk=draft.pk).update(withdrawn_at=None, withdrawn_by=None, withdrawal_reason="")
    with pytest.raises(IntegrityError, match="final"), transaction.atomic():
        Version.objects.filter(pk=draft.pk).delete()


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301, "two\nlines", "nul\0"])
def test_withdrawing_needs_a_reason(draft: Version, at: datetime, reason: str) -> None:
    with pytest.raises(Refusal) as error:
        actions.withdraw_draft(version=draft, reason=reason, by=None, at=at)
    assert refused(error) == ["rulebooks.withdrawal_reason"]
    assert Version.objects.get().is_draft


def test_what_is_published_is_not_withdrawn(draft: Version, director: Person, at: datetime) -> None:
    publish(draft, director, at)
    with pytest.raises(Refusal) as error:
        actions.withdraw_draft(version=draft, reason="too late", by=director, at=at)
    assert refused(error) == ["rulebooks.already_published"]


@pytest.mark.parametrize("half", [{"withdrawal_reason": "why"}, {"withdrawn_at": datetime(2030, 1, 1, tzinfo=UTC)}])
def test_the_database_refuses_half_a_withdrawal(draft: Version, half: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(pk=draft.pk).update(**half)


def test_rules_do_not_change_after_the_event(draft: Version, director: Person, at: datetime) -> None:
    first = publish(draft, director, at)  # older than the installation: allowed for the first version
    second = actions.start_draft(base=first, note="Second round", by=director, at=at)
    with pytest.raises(Refusal) as error:
        publish(second, director, at, DAY)
    assert refused(error) == ["rulebooks.day_taken", "rulebooks.day_past"]
    assert publish(second, director, at, at.date()).is_published


def test_versions_in_force(draft: Version, director: Person, at: datetime) -> None:
    first = publish(draft, director, at)
    second = actions.start_draft(base=first, by=director, at=at)
    assert (second.number, second.based_on, second.content) == (2, first, first.content)
    publish(second, director, at, date(2025, 1, 1))
    third = actions.start_draft(base=second, by=director, at=at)
    assert list(Version.objects.in_force(date(2024, 6, 30))) == []
    assert list(Version.objects.in_force(date(2024, 12, 31))) == [first]
    assert list(Version.objects.in_force(date(2025, 1, 1))) == [second]
    assert list(Version.objects.drafts()) == [third]
    assert set(Version.objects.published()) == {first, second}


def test_an_action_that_fails_leaves_nothing(draft: Version, director: Person) -> None:
    facts = Fact.objects.count()
    naive = datetime(2024, 9, 4)  # noqa: DTZ001 - the fact refuses it, after the row was written
    with pytest.raises((ValueError, RuntimeWarning)):
        publish(draft, director, naive)
    assert not Version.objects.get().is_published
    assert Fact.objects.count() == facts
