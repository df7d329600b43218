"""What is worked out before a phone's turn to write decides nothing: what happened meanwhile counts."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from tests.phones import bound, picture
from tests.programmes.assessments.test_field_commands import Day, _checks, day  # noqa: F401 - `day` is a fixture

from mingjing.engine.outcome import Refusal
from mingjing.kernel.parties.models import Person
from mingjing.kernel.sync.envelopes import read_envelope
from mingjing.kernel.sync.models import Device
from mingjing.kernel.sync.values import Outcome
from mingjing.programmes.assessments.actions import growing
from mingjing.programmes.assessments.actions.growing import log_of
from mingjing.programmes.assessments.field import apply
from mingjing.programmes.assessments.models import TeamDay, TeamMember
from mingjing.programmes.assessments.policy.recording import apply_log
from mingjing.programmes.assessments.queries.schemes import scheme_of

pytestmark = pytest.mark.django_db


def test_what_was_worked_out_is_used_if_nothing_happened(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    if connection.vendor != "sqlite":
        pytest.skip("where many write at a time nothing is worked out before")
    day.begun()
    grown: list[int] = []
    grow = growing.grow
    for place in ("actions.visits", "field.ahead"):
        monkeypatch.setattr(f"mingjing.programmes.assessments.{place}.grow", lambda *a: grown.append(1) or grow(*a))
    raw = picture(7)
    digest = sha256(raw).hexdigest()
    assert set(day.states(day.photo(raw), day.find(evidence=[digest]), *looks(day))) == {"applied"}
    assert len(grown) == 1
    assert played(day) == day.record.sheet_document
    assert day.record.sheet_document["findings"][0]["evidence"] == [digest]


def test_what_another_phone_entered_meanwhile_stands(day: Day) -> None:  # noqa: F811
    day.begun()
    mine = [day.find(), *looks(day)]
    work = waiting(day, mine)
    assert day.states(day.find(phone=1), phone=1) == ["applied"]
    assert {one.state for one in done(work)} == {"applied"}
    assert [entry["n"] for entry in day.record.sheet_document["findings"]] == [1, 2]
    assert played(day) == day.record.sheet_document
    assert day.record.revision == day.record.edits.count() == len(mine) + 1


def test_who_is_taken_off_the_team_meanwhile_enters_nothing(day: Day) -> None:  # noqa: F811
    day.begun()
    work = waiting(day, [day.find()])
    member = TeamMember.objects.filter(team_day=day.day, person=day.team[0])
    member.update(removed_at=timezone.now(), removed_by=day.team[1], removal_reason="病")
    (outcome,) = done(work)
    assert [problem.code for problem in outcome.problems] == ["visit.not_of_team"]
    assert day.record.revision == 0


def test_a_record_handed_in_meanwhile_grows_no_more(day: Day) -> None:  # noqa: F811
    day.begun()
    work = waiting(day, [day.find()])
    type(day.record).objects.filter(pk=day.record.pk).update(submitted_at=timezone.now(), submitted_by=day.team[1])
    (outcome,) = done(work)
    assert [problem.code for problem in outcome.problems] == ["visit.submitted"]
    assert day.record.revision == 0


def test_a_photo_refused_in_its_turn_is_no_evidence(day: Day) -> None:  # noqa: F811
    day.begun()
    raw = picture(8)
    digest = sha256(raw).hexdigest()
    photo = day.photo(raw, about="Z9.9")
    outcomes = done(waiting(day, [photo, day.find(evidence=[digest])]))
    assert [[problem.code for problem in one.problems] for one in outcomes] == [
        ["capture.about"], ["visit.foreign_evidence"],
    ]  # fmt: skip
    assert day.record.revision == 0


def test_a_sealed_record_is_unknown_even_to_who_may_record_nowhere(day: Day) -> None:  # noqa: F811
    day.phones[0] = bound(Person.objects.get(username="auditor"), timezone.now())
    today = timezone.localdate()
    for date, code in ((today + timedelta(days=1), "visit.unknown"), (today, "visit.not_yours")):
        TeamDay.objects.filter(pk=day.day.pk).update(day=date)
        with pytest.raises(Refusal) as refused:
            done(waiting(day, [day.find()]))
        assert [problem.code for problem in refused.value.problems] == [code]


def looks(day: Day) -> list[dict[str, Any]]:  # noqa: F811
    """Three checks looked at."""
    plain = [code for code, kind in _checks(day) if kind not in ("RATIO", "SCALE") and code != "A1.1"]
    return [day.edit("looked", code) for code in plain[:3]]


def waiting(day: Day, commands: list[dict[str, Any]]) -> Callable[[], Sequence[Outcome]]:  # noqa: F811
    """What the phone sent, with all that is done before its turn."""
    at = timezone.now()
    phone = day.phones[0]
    body = phone.body(commands, at)
    device = Device.objects.select_related("person").get(pk=phone.device.pk)
    lot = read_envelope(body, phone.sign(body), device, at).commands
    return apply(day.subject, lot, by=device.person, device=device, at=at)


def done(work: Callable[[], Sequence[Outcome]]) -> Sequence[Outcome]:
    """Its turn."""
    with transaction.atomic():
        return work()


def played(day: Day) -> Any:  # noqa: F811
    """The sheet as its log says it grew."""
    scheme, record = scheme_of(day.record.round.scheme), day.record
    return apply_log(scheme, scheme.rubrics[record.entry.class_code], log_of(record), seed=record.seed)
