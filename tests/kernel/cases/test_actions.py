"""What may happen to a case, by whom, and what stays of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from mingjing.engine.outcome import Refusal
from mingjing.kernel.cases.actions import (
    Opening,
    assign_case,
    cancel_case,
    claim_case,
    confirm_case,
    extend_case,
    note_on_case,
    open_case,
    open_cases,
    reopen_case,
    return_case,
)
from mingjing.kernel.cases.models import Case, Step
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.actions import grant_role, record_departure, register_person
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area

People = dict[str, Person]
Opened = Callable[..., Case]
Put = Callable[[], UUID]


def codes(act: Callable[[], object]) -> list[str]:
    """What `act` is refused for; it must have written nothing."""
    before = (Step.objects.count(), Fact.objects.count(), list(Case.objects.values()))
    with pytest.raises(Refusal) as refusal:
        act()
    assert (Step.objects.count(), Fact.objects.count(), list(Case.objects.values())) == before
    return [problem.code for problem in refusal.value.problems]


def test_a_case_goes_from_open_to_confirmed(opened: Opened, people: People, exhibit: Put, at: datetime) -> None:
    case, photo = opened(), exhibit()
    claim_case(case=case, note="修好了", exhibits=[exhibit()], by=people["officer"], at=at)
    assert case.state == "claimed"
    confirm_case(case=case, note="现场已看", exhibits=[photo], by=people["second"], at=at)
    assert Case.objects.get().state == case.state == "confirmed"
    steps = list(case.steps.all())
    assert [step.kind for step in steps] == ["opened", "claimed", "confirmed"]
    assert [step.number for step in steps] == [1, 2, 3]
    assert steps[2].exhibits == [str(photo)]
    facts = list(Fact.objects.filter(kind__startswith="cases."))
    assert [fact.kind for fact in facts] == ["cases.case.opened", "cases.case.claimed", "cases.case.confirmed"]
    assert {fact.subject for fact in facts} == {f"cases.case:{case.pk}"}
    assert "修好了" not in "".join(str(fact.data) for fact in facts)


def test_the_numbers_run_by_year_and_county(opened: Opened, people: People, at: datetime) -> None:
    elsewhere = Area.objects.get(code="430203")
    numbers = [opened().number, opened().number, opened(area=elsewhere).number]
    assert numbers == ["2024-430202-0001", "2024-430202-0002", "2024-430203-0001"]
    year_end = datetime(2024, 12, 31, 16, 30, tzinfo=at.astimezone().tzinfo).astimezone(at.tzinfo)
    assert opened(at=at.replace(month=12, day=31, hour=23)).number == "2024-430202-0003", year_end
    assert opened(at=at.replace(year=2025, month=1, day=1, hour=0, minute=5)).number == "2025-430202-0001"
    assert list(Case.objects.search("2024-430202-0002")) == [Case.objects.get(register="2024-430202", serial=2)]


def test_a_case_needs_a_title_and_an_owner_who_is_still_here(opened: Opened, people: People, at: datetime) -> None:
    assert codes(lambda: opened(title=" ")) == ["cases.case.title"]
    record_departure(person=people["third"], reason="调离", by=people["administrator"], at=at)
    people["third"].refresh_from_db()
    assert codes(lambda: opened(owner=people["third"])) == ["cases.case.owner_left"]


@pytest.mark.parametrize("who", ["officer", "second"])
def test_neither_its_owner_nor_who_claimed_it_confirms(
    opened: Opened, people: People, exhibit: Put, at: datetime, who: str
) -> None:
    case = opened()
    claim_case(case=case, note="done", by=people["second"], at=at)
    photo = exhibit()
    expected = {"officer": "cases.case.own", "second": "cases.case.claimed_oneself"}[who]
    assert codes(lambda: confirm_case(case=case, exhibits=[photo], by=people[who], at=at)) == [expected]


def test_who_claimed_it_once_never_confirms_it(opened: Opened, people: People, exhibit: Put, at: datetime) -> None:
    case, photo = opened(), exhibit()
    claim_case(case=case, note="done", by=people["second"], at=at)
    return_case(case=case, note="not done", by=people["director"], at=at)
    claim_case(case=case, note="done now", by=people["officer"], at=at)
    act = lambda: confirm_case(case=case, exhibits=[photo], by=people["second"], at=at)  # noqa: E731
    assert codes(act) == ["cases.case.claimed_oneself"]
    confirm_case(case=case, exhibits=[photo], by=people["third"], at=at)


def test_confirming_takes_an_exhibit_of_its_own(opened: Opened, people: People, exhibit: Put, at: datetime) -> None:
    case, shown = opened(), exhibit()
    claim_case(case=case, note="done", exhibits=[shown], by=people["officer"], at=at)
    for exhibits in ([], [shown]):
        found = codes(lambda given=exhibits: confirm_case(case=case, exhibits=given, by=people["second"], at=at))
        assert found == ["cases.case.unshown"]
    for unknown in (uuid4(), "no id"):
        found = codes(lambda given=unknown: confirm_case(case=case, exhibits=[given], by=people["second"], at=at))
        assert found == ["cases.case.exhibits"]
    confirm_case(case=case, exhibits=(one for one in [exhibit()]), by=people["second"], at=at)


def test_an_extension_is_given_once_later_and_for_a_reason(opened: Opened, people: People, at: datetime) -> None:
    case, by = opened(), people["director"]
    later = case.due_at + timedelta(days=5)
    assert codes(lambda: extend_case(case=case, due_at=case.due_at, note="x", by=by, at=at)) == ["cases.case.earlier"]
    assert codes(lambda: extend_case(case=case, due_at=later, note=" ", by=by, at=at)) == ["cases.case.note"]
    over = later + timedelta(days=9)
    assert codes(lambda: extend_case(case=case, due_at=later, note="x", by=by, at=over)) == ["cases.case.past"]
    extend_case(case=case, due_at=later, note="配件未到", by=by, at=at)
    assert case.due_at == later
    again = later + timedelta(days=1)
    assert codes(lambda: extend_case(case=case, due_at=again, note="x", by=by, at=at)) == ["cases.case.out_of_turn"]


def test_a_case_is_given_to_somebody_who_may_follow_it(opened: Opened, people: People, at: datetime) -> None:
    case = opened()
    stranger = register_person(username="stranger", display_name="外区", by=None, at=at)
    grant_role(
        person=stranger, role="officer", area=Area.objects.get(code="430203"), first_day=at.date(), act="任职",
        act_reference="1", by=None, at=at,
    )  # fmt: skip
    act = lambda: assign_case(case=case, owner=stranger, by=people["director"], at=at)  # noqa: E731
    assert codes(act) == ["cases.case.owner_elsewhere"]
    same = lambda: assign_case(case=case, owner=people["officer"], by=people["director"], at=at)  # noqa: E731
    assert codes(same) == ["cases.case.same_owner"]
    assign_case(case=case, owner=people["second"], note="休假", by=people["director"], at=at)
    assert Case.objects.get().owner == people["second"]
    assert case.steps.last().owner == people["second"]  # type: ignore[union-attr]


def test_a_closed_case_is_opened_again_with_a_new_deadline(opened: Opened, people: People, at: datetime) -> None:
    case, by = opened(), people["director"]
    cancel_case(case=case, note="重复", by=by, at=at)
    assert codes(lambda: claim_case(case=case, note="x", by=by, at=at)) == ["cases.case.out_of_turn"]
    assert codes(lambda: reopen_case(case=case, note="x", due_at=at, by=by, at=at)) == ["cases.case.past"]
    reopen_case(case=case, note="并非重复", due_at=at + timedelta(days=3), by=by, at=at)
    assert (case.state, case.reopened, case.extended) == ("open", 1, False)


def test_who_acts_on_what_they_read_before_is_told(opened: Opened, people: People, at: datetime) -> None:
    case = opened()
    earlier = Case.objects.get()
    assign_case(case=case, owner=people["second"], by=people["director"], at=at)
    assert codes(lambda: cancel_case(case=earlier, note="x", by=people["director"], at=at)) == ["cases.case.changed"]
    note_on_case(case=earlier, note="看过", by=people["director"], at=at)
    assert earlier.owner == people["second"], "a note is taken, and shows what happened meanwhile"


def test_a_note_is_plain_text_of_some_length(opened: Opened, people: People, at: datetime) -> None:
    case = opened()
    for note in ("字" * 2001, "a\x07b"):
        act = lambda given=note: note_on_case(case=case, note=given, by=people["officer"], at=at)  # noqa: E731
        assert codes(act) == ["cases.case.note_text"]
    note_on_case(case=case, note="一行\r\n二行", by=people["officer"], at=at)
    note_on_case(case=case, note="全角　空格 👍🏽", by=people["officer"], at=at)
    assert case.steps.order_by("number")[1].note == "一行\n二行"  # type: ignore[union-attr]


def test_the_database_itself_keeps_cases_and_steps(opened: Opened, people: People, exhibit: Put, at: datetime) -> None:
    case, photo = opened(), exhibit()
    claim_case(case=case, note="x", by=people["second"], at=at)
    confirmed = "UPDATE cases_case SET outcome = 'confirmed', closed_at = opened_at, closed_by_id = "
    for statement in (
        "DELETE FROM cases_step",
        "UPDATE cases_step SET note = 'other'",
        "DELETE FROM cases_case",
        "UPDATE cases_case SET serial = 9",
        f"{confirmed}{people['second'].pk}",
        f"{confirmed}{people['officer'].pk}",
        f"{confirmed}NULL",
        "INSERT INTO cases_step (case_id, number, kind, by_id, at, note, exhibits, salt) "
        "SELECT case_id, 9, 'confirmed', by_id, at, '', '[]', '' FROM cases_step WHERE kind = 'claimed'",
        "INSERT INTO cases_step (case_id, number, kind, by_id, at, note, exhibits, salt) "
        "SELECT case_id, number, 'noted', by_id, at, '', '[]', '' FROM cases_step WHERE kind = 'claimed'",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    confirm_case(case=case, exhibits=[photo], by=people["third"], at=at)


def test_a_case_that_cannot_be_opened_leaves_no_gap(opened: Opened, people: People, at: datetime) -> None:
    assert codes(lambda: opened(exhibits=[uuid4()])) == ["cases.case.exhibits"]
    assert opened(title=" 栗树山　1栋\n路灯不亮 ").title == "栗树山 1栋 路灯不亮"
    assert Case.objects.get().serial == 1
    assert open_case


def test_of_several_opened_at_once_those_that_stand_are_passed_over(
    opened: Opened, people: People, at: datetime
) -> None:
    case = opened(subject="assessments.visit:7/A1")
    closed = opened(subject="assessments.visit:7/A2")
    cancel_case(case=closed, note="误记", by=people["director"], at=at)
    other = opened(subject="assessments.visit:7/A4", programme="complaints")
    openings = [
        Opening(subject=f"assessments.visit:7/A{n}", title=f"A{n}", site=None, organisation=None) for n in range(1, 5)
    ]
    usual: dict[str, Any] = {
        "openings": openings, "programme": "assessments", "kind": "rectification", "area": case.area,
        "owner": people["officer"], "due_at": at + timedelta(days=1), "by": people["director"], "at": at,
    }  # fmt: skip
    before = Fact.objects.count()
    made = open_cases(**usual, once=True)
    assert [one.subject[-2:] for one in made] == ["A2", "A3", "A4"]
    assert [one.serial for one in made] == [other.serial + n for n in (1, 2, 3)]
    assert [fact.subject for fact in Fact.objects.order_by("seq")[before:]] == [f"cases.case:{one.pk}" for one in made]
    assert open_cases(**usual, once=True) == []
    assert len(open_cases(**usual)) == 4
