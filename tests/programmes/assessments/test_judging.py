"""Notes on how checks are judged: added and withdrawn by who runs the round, shown beside checks, never rewritten."""

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from tests.programmes.assessments.conftest import SignedIn
from tests.programmes.assessments.test_field_commands import Day, day  # noqa: F401 - `day` is a fixture

from mingjing.engine.outcome import Refusal
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.actions.calibration import add_note, withdraw_note
from mingjing.programmes.assessments.models import CalibrationNote, Round

pytestmark = pytest.mark.django_db
TEXT = "楼道堆放两处以内先口头提醒，不扣分"


def url(name: str, *args: object) -> str:
    return reverse(f"assessments:{name}", args=args)


def test_a_note_is_written_on_the_desk_and_read_on_phones_and_forms(day: Day, signed_in: SignedIn) -> None:  # noqa: F811
    client, pk = signed_in("officer"), day.made.round.pk
    assert client.post(url("note-add", pk), {"check_code": "A1.1", "text": TEXT}).status_code == 302
    client.post(url("note-add", pk), {"check_code": "", "text": "一律双人确认"})
    assert TEXT in client.get(url("round-judging", pk)).content.decode()
    day.begun()
    form = client.get(url("visit", day.record.pk)).content.decode()
    assert TEXT in form
    assert "一律双人确认" in form
    phone = day.phones[0]
    pack = phone.client.get("/field/api/pack/", headers=phone.bearer).json()["programmes"]["assessments"]
    assert [(note["check"], note["text"]) for note in pack["notes"]] == [("", "一律双人确认"), ("A1.1", TEXT)]
    client.post(url("note-withdraw", pk, CalibrationNote.objects.get(check_code="A1.1").pk))
    assert f"<s>{TEXT}" in client.get(url("round-judging", pk)).content.decode()
    assert TEXT not in client.get(url("visit", day.record.pk)).content.decode()
    facts = Fact.objects.filter(kind__startswith="assessments.calibration.").order_by("seq")
    assert [fact.values["check"] for fact in facts] == ["A1.1", "", "A1.1"]
    assert not any(TEXT in fact.data for fact in facts)


@pytest.mark.parametrize(
    ("check", "text", "code"),
    [("Z9.9", TEXT, "calibration.check"), ("A1.1", " ", "calibration.text"), ("A1.1", "x" * 1001, "calibration.text"),
     ("A1.1", "a\x07b", "calibration.text")],
)  # fmt: skip
def test_a_note_that_says_nothing_useful_is_refused(day: Day, check: str, text: str, code: str) -> None:  # noqa: F811
    with pytest.raises(Refusal) as refusal:
        add_note(round=day.made.round, check_code=check, text=text, by=day.made.by, at=timezone.now())
    assert [problem.code for problem in refusal.value.problems] == [code]


def test_the_form_is_shown_again_with_what_is_wrong(day: Day, signed_in: SignedIn) -> None:  # noqa: F811
    pk = day.made.round.pk
    for data in ({"check_code": "nope", "text": TEXT}, {"check_code": "A1.1", "text": ""}, {}):
        assert signed_in("officer").post(url("note-add", pk), data).status_code == 422
    assert not CalibrationNote.objects.exists()


@pytest.mark.parametrize("role", ["auditor", "administrator"])
def test_who_does_not_run_the_round_only_reads(day: Day, signed_in: SignedIn, role: str) -> None:  # noqa: F811
    note = add_note(round=day.made.round, check_code="", text=TEXT, by=day.made.by, at=timezone.now())
    client, pk = signed_in(role), day.made.round.pk
    assert TEXT in client.get(url("round-judging", pk)).content.decode()
    assert client.post(url("note-add", pk), {"text": TEXT}).status_code == 403
    assert client.post(url("note-withdraw", pk, note.pk)).status_code == 403
    assert client.post(url("note-withdraw", pk, 10**9)).status_code == 403


def test_a_note_of_another_round_is_not_withdrawn_through_this_one(
    day: Day,  # noqa: F811
    people: dict[str, Person],
    signed_in: SignedIn,
    at: datetime,
) -> None:
    round_ = day.made.round
    other = Round.objects.create(
        area=round_.area, code="other", title="other", scheme=round_.scheme, first_day=round_.first_day,
        last_day=round_.last_day, lead=people["director"], opened_at=at,
    )  # fmt: skip
    note = add_note(round=other, check_code="", text=TEXT, by=day.made.by, at=timezone.now())
    assert signed_in("officer").post(url("note-withdraw", round_.pk, note.pk)).status_code == 404


def test_nothing_of_a_decided_round_is_judged_anew_and_no_note_is_rewritten(day: Day) -> None:  # noqa: F811
    at = timezone.now()
    note = add_note(round=day.made.round, check_code="", text=TEXT, by=day.made.by, at=at)
    for change in ({"text": "别的"}, {"check_code": "A1.1"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CalibrationNote.objects.filter(pk=note.pk).update(**change)
    Round.objects.filter(pk=day.made.round.pk).update(fieldwork_at=at, review_at=at, deciding_at=at)
    for act in (lambda: withdraw_note(note=note, by=day.made.by, at=at),
                lambda: add_note(round=note.round, check_code="", text=TEXT, by=day.made.by, at=at)):  # fmt: skip
        with pytest.raises(Refusal) as refusal:
            act()
        assert refusal.value.problems[0].code == "calibration.over"
