"""What follows from a phone's commands is done by the worker: soon, once, by whom it was, and not lost on the way."""

from hashlib import sha256
from typing import Any

import pytest
from django.utils import timezone
from tests.phones import picture, worker_came
from tests.programmes.assessments.conftest import SignedIn
from tests.programmes.assessments.test_field_commands import Day, Sent, day  # noqa: F401 - `day` is a fixture
from tests.programmes.assessments.test_field_costs import critical

from mingjing.engine.outcome import Refusal
from mingjing.kernel.cases.models import Case
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.jobs.worker import do_chores
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.actions import orders
from mingjing.programmes.assessments.actions.orders import follow_findings
from mingjing.programmes.assessments.actions.reviews import lock_record, void_record
from mingjing.programmes.assessments.actions.visits import edit_sheet
from mingjing.programmes.assessments.models import VisitRecord
from mingjing.programmes.assessments.queries.schemes import scheme_of

pytestmark = pytest.mark.django_db


def quietly(day: Day, *commands: Sent, phone: int = 0) -> None:  # noqa: F811
    """Sent and applied, and the worker has not come yet."""
    answer = day.send(*commands, phone=phone, worker=False)
    assert {one["state"] for one in answer["outcomes"]} == {"applied"}, answer["outcomes"]


def taken_back(day: Day, find: Sent) -> Sent:  # noqa: F811
    payload = find["payload"]
    return day.told("edit", edit="remove", check=payload["check"], finding=payload["finding"], expected=1)


def test_an_order_waits_for_the_worker_and_for_nothing_else(day: Day) -> None:  # noqa: F811
    day.begun()
    code = critical(day)[0]
    quietly(day, day.find(code))
    assert day.record.following == {code: day.team[0].pk}
    assert not Case.objects.exists()
    worker_came()
    case = Case.objects.get()
    assert (case.subject, case.opened_by, case.steps.get().by) == (f"{day.subject}/{code}", day.team[0], day.team[0])
    assert Fact.objects.get(kind="cases.case.opened").by == day.team[0].token
    assert day.record.following is None
    worker_came()
    assert Case.objects.count() == 1


def test_each_order_is_of_whoever_found_it(day: Day) -> None:  # noqa: F811
    day.begun()
    first, second = critical(day)[:2]
    quietly(day, day.find(first))
    quietly(day, day.find(second, phone=1), phone=1)
    before = Fact.objects.count()
    worker_came()
    told = [(case.subject.rpartition("/")[2], case.opened_by) for case in Case.objects.order_by("serial")]
    assert told == [(first, day.team[0]), (second, day.team[1])]
    assert {one.by for one in Fact.objects.order_by("seq")[before:]} == {person.token for person in day.team[:2]}


def test_what_is_taken_back_before_the_worker_comes_is_no_order(day: Day) -> None:  # noqa: F811
    day.begun()
    find = day.find(critical(day)[0])
    quietly(day, find)
    quietly(day, taken_back(day, find))
    worker_came()
    assert not Case.objects.exists()
    assert day.record.following is None


def test_what_is_taken_back_after_it_is_cancelled_by_whoever_did(day: Day) -> None:  # noqa: F811
    day.begun()
    find = day.find(critical(day)[0])
    day.send(find)
    quietly(day, taken_back(day, find))
    assert Case.objects.get().closed_at is None
    worker_came()
    case = Case.objects.get()
    assert case.outcome == "cancelled"
    assert case.steps.latest("number").by == day.team[0]


def test_a_desk_that_comes_between_gives_the_order_once(day: Day) -> None:  # noqa: F811
    day.begun()
    code = critical(day)[0]
    quietly(day, day.find(code))
    more = {"check": code, "finding": "01a22947-0000-7000-8000-000000000001", "count": 1, "place": "5栋"}
    edit_sheet(record=day.record, kind="find", payload=more, by=day.team[1], at=timezone.now())
    worker_came()
    assert Case.objects.count() == 1


def test_a_record_at_which_the_worker_fails_holds_up_no_other(
    day: Day,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    day.begun()
    begun = day.told("begin", subject=day.records[1].subject, entered_at=timezone.now().isoformat(), people=[])
    quietly(day, begun, day.find(critical(day)[0]))
    other = day.records[1]
    checks = scheme_of(other.round.scheme).rubrics[other.entry.class_code].checks
    code = next(code for code, check in checks.items() if check.critical and check.rule.kind in ("PI", "BIN"))
    quietly(day, day.find(code) | {"subject": other.subject})
    plain = orders.open_cases

    def broken(*, openings: Any, **named: Any) -> Any:
        if any(one.subject.startswith(f"{day.subject}/") for one in openings):
            raise RuntimeError("a fault of ours")
        return plain(openings=openings, **named)

    with monkeypatch.context() as patch:
        patch.setattr(orders, "open_cases", broken)
        with pytest.raises(RuntimeError):
            follow_findings(at=timezone.now())
    assert Case.objects.get().subject.startswith(f"{other.subject}/")
    assert day.record.following
    worker_came()
    assert Case.objects.count() == 2


def test_a_record_is_locked_with_its_orders_given(day: Day, people: dict[str, Person]) -> None:  # noqa: F811
    day.begun()
    quietly(day, day.find(critical(day)[0]))
    at = timezone.now()
    done = {"submitted_at": at, "company_stance": "signed", "company_at": at, "reviewed_at": at}
    VisitRecord.objects.filter(pk=day.record.pk).update(**done)
    lock_record(record=day.record, by=people["director"], at=timezone.now())
    assert day.record.locked_at
    assert Case.objects.count() == 1


def test_a_record_is_not_locked_between_a_finding_and_its_order(
    day: Day,  # noqa: F811
    people: dict[str, Person],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    day.begun()
    quietly(day, day.find(critical(day)[0]))
    at = timezone.now()
    done = {"submitted_at": at, "company_stance": "signed", "company_at": at, "reviewed_at": at}
    VisitRecord.objects.filter(pk=day.record.pk).update(**done)
    monkeypatch.setattr("mingjing.programmes.assessments.actions.reviews.follow_found", lambda **_named: 0)
    with pytest.raises(Refusal) as refusal:
        lock_record(record=day.record, by=people["director"], at=timezone.now())
    assert [problem.code for problem in refusal.value.problems] == ["visit.following"]


def test_of_a_void_record_nothing_follows(day: Day, people: dict[str, Person]) -> None:  # noqa: F811
    day.begun()
    quietly(day, day.find(critical(day)[0]))
    void_record(record=day.record, reason="重来", by=people["director"], at=timezone.now())
    worker_came()
    assert not Case.objects.exists()


def test_pages_say_that_a_photo_has_arrived_until_it_is_on_record(
    day: Day,  # noqa: F811
    signed_in: SignedIn,
) -> None:
    day.begun()
    raw = picture(5)
    assert day.phones[0].upload(raw).status_code == 201
    quietly(day, day.photo(raw, about="A1.1"), day.find("A1.1", evidence=[sha256(raw).hexdigest()]))
    client = signed_in("director")
    photos, sheet = (f"/assessments/visits/{day.record.pk}/{page}" for page in ("photos/", ""))

    def shown(url: str) -> str:
        return str(client.get(url, headers={"accept-language": "en"}).content.decode())

    assert "It is being put on record" in shown(photos)
    assert "1 photo has arrived and is being put on record" in shown(sheet)
    assert "still on a phone" not in shown(sheet) + shown(photos)
    assert not Exhibit.objects.exists()
    assert do_chores()
    assert "being put on record" not in shown(sheet) + shown(photos)
    assert Exhibit.objects.get().recorded_by == day.team[0]
