"""Replays as rows and facts: what was asked for and what came of it never changes."""

from datetime import datetime
from hashlib import sha256
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from tests.programmes.assessments.conftest import MAPPING, TABLE, Asked

from mingjing.engine.outcome import N_, Phrase, Problem, Reason, Refusal, Titled
from mingjing.kernel.evidence.store import open_original
from mingjing.kernel.jobs.models import Delivery
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Person
from mingjing.kernel.rulebooks.actions import start_draft
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.actions import replays as actions
from mingjing.programmes.assessments.models import Replay, Result

pytestmark = pytest.mark.django_db


def test_request_keeps_the_original_and_starts_the_work(asked: Asked, people: dict[str, Person]) -> None:
    replay = asked()
    with open_original(replay.input_digest) as file:
        assert file.read() == TABLE.encode()
    fact = Fact.objects.get(kind="assessments.replay.requested")
    assert fact.by == people["officer"].token
    assert fact.values == {
        "replay": replay.pk, "scheme_version": replay.scheme_id, "input": sha256(TABLE.encode()).hexdigest(),
        "mapping": sha256(MAPPING.encode()).hexdigest(), "scheme": replay.scheme.digest,
    }  # fmt: skip
    assert "table.csv" not in fact.data
    assert Delivery.objects.get().fact == fact


def test_a_draft_scores_nothing(hetang: Version, people: dict[str, Person], at: datetime) -> None:
    draft = start_draft(base=hetang, by=people["officer"], at=at)
    with pytest.raises(Refusal) as error:
        actions.request_replay(
            scheme=draft, mapping_name="", mapping_text="", file=BytesIO(b""), file_name="", by=None, at=at
        )
    assert error.value.problems[0].code == "replay.draft"
    assert not Replay.objects.exists()


def test_a_file_that_is_too_large_is_refused(asked: Asked, settings) -> None:  # type: ignore[no-untyped-def]
    settings.UPLOAD_LIMIT = 10
    with pytest.raises(Refusal):
        asked()
    assert not Replay.objects.exists()


@pytest.mark.parametrize("change", [{"input_digest": "0" * 64}, {"mapping_text": ""}, {"file_name": "other"}])
def test_what_was_asked_for_never_changes(asked: Asked, change: dict[str, str]) -> None:
    replay = asked()
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Replay.objects.filter(pk=replay.pk).update(**change)


def test_the_database_freezes_what_is_finished(asked: Asked) -> None:
    replay = asked()
    drain()
    with pytest.raises(IntegrityError, match="final"), transaction.atomic():
        Replay.objects.filter(pk=replay.pk).update(attempt=9)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Result.objects.filter(key="third").update(tier="RED")
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        Result.objects.filter(key="third").delete()
    late = Result(replay=replay, index=99, key="late", class_code="A", tier="RED", checks=0, sheet="{}")
    with pytest.raises(IntegrityError, match="no more results"), transaction.atomic():
        late.save()


def test_problems_are_kept_to_be_told_in_any_language(asked: Asked, at: datetime) -> None:
    replay = asked()
    attempt = actions.begin_replay(replay=replay, by=None, at=at)
    title = Titled({"zh-Hans": "物业费", "en": "fee"})
    inner = Reason("x.inner", N_("{a} or {b}"), {"a": Phrase("yes"), "b": title})
    problem = Problem(
        "x.y", N_("{found} is not {allowed}, {n}"), {"found": title, "allowed": (inner, "b"), "n": 3}, "B7"
    )
    actions.fail_replay(replay=replay, attempt=attempt, problems=[problem], by=None, at=at)
    (told,) = Replay.objects.get(pk=replay.pk).told_problems
    chinese = {"language-code": "zh-Hans", "yes": "是"}
    for translate in (str, lambda text: chinese.get(text, text)):
        assert told.say(translate) == problem.say(translate)


def test_a_refused_replay_can_be_asked_for_again(asked: Asked) -> None:
    asked(TABLE.replace("half", "maybe"))
    drain()
    again = asked()
    drain()
    assert [bool(replay.completed_at) for replay in Replay.objects.order_by("id")] == [False, True]
    assert again.results.count() == 5
