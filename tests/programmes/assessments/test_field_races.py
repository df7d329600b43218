"""Two phones of one team at once, and one lot sent twice: nothing is lost, nothing is there twice."""

from threading import Event
from time import sleep
from typing import Any

import pytest
from django.utils import timezone
from tests.phones import picture, worker_came
from tests.programmes.assessments.test_field_commands import Day, day  # noqa: F401 - `day` is a fixture
from tests.programmes.assessments.test_field_costs import critical
from tests.races import at_once, failures

from mingjing.kernel.cases.models import Case
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.sync.actions import receiving
from mingjing.kernel.sync.models import Capture
from mingjing.programmes.assessments.actions.growing import log_of
from mingjing.programmes.assessments.actions.orders import follow_findings
from mingjing.programmes.assessments.models import SheetEdit, TeamMember
from mingjing.programmes.assessments.policy.recording import apply_log
from mingjing.programmes.assessments.queries.schemes import scheme_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_phones_send_at_once_and_neither_loses(day: Day) -> None:  # noqa: F811 - the fixture
    day.begun()
    lots = [[day.find(phone=phone) for _ in range(4)] for phone in (0, 1)]
    done = at_once(*(lambda lot=lot, phone=phone: day.send(*lot, phone=phone) for phone, lot in enumerate(lots)))
    assert not failures(done), done
    assert len(day.record.sheet_document["findings"]) == 8
    scheme = scheme_of(day.record.round.scheme)
    log = log_of(day.record)
    again = apply_log(scheme, scheme.rubrics[day.record.entry.class_code], log, seed=day.record.seed)
    assert again == day.record.sheet_document


def test_one_lot_sent_twice_at_once_is_applied_once(day: Day) -> None:  # noqa: F811 - the fixture
    day.begun()
    lot = [day.photo(picture(9)), day.find(), day.edit("looked", "Z9.9")]
    done = at_once(lambda: day.send(*lot), lambda: day.send(*lot))
    assert not failures(done), done
    assert (len(day.record.sheet_document["findings"]), Capture.objects.count()) == (1, 1)
    assert SheetEdit.objects.count() == 1


def test_a_phone_that_waited_for_another_is_told_of_its_photo(
    day: Day,  # noqa: F811 - the fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    day.begun()
    inside, kept, lot = Event(), receiving._write_down, [day.photo(picture(11))]

    def slowly(commands: Any, *others: Any) -> None:
        kept(commands, *others)
        if commands[0].kind.endswith("photo"):
            inside.set()
            sleep(0.5)  # the other phone comes meanwhile, and waits for the record

    monkeypatch.setattr(receiving, "_write_down", slowly)
    done = at_once(lambda: day.send(*lot), lambda: inside.wait(5) and day.send(day.find(phone=1), phone=1))
    assert not failures(done), done
    (told,) = done[1]["states"].values()
    assert list(told["captures"]) == [lot[0]["payload"]["record"]["sha256"]]


@pytest.mark.other_database
def test_who_was_taken_off_the_team_while_the_phone_waited_writes_nothing(
    day: Day,  # noqa: F811 - the fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On PostgreSQL, where phones wait for the record itself; on SQLite for the turn, before anything is asked."""
    day.begun()
    inside, kept, other = Event(), receiving._write_down, day.phones[1].device

    def slowly(commands: Any, *others: Any) -> None:
        kept(commands, *others)
        if others[1] != other:
            inside.set()
            sleep(0.8)

    def taken_off() -> None:
        inside.wait(5)
        sleep(0.4)  # the other phone has asked by now, and waits
        TeamMember.objects.filter(person=other.person).update(removed_at=timezone.now())

    monkeypatch.setattr(receiving, "_write_down", slowly)
    mine, late = day.find(), day.find(phone=1)
    done = at_once(lambda: day.send(mine), lambda: inside.wait(5) and day.send(late, phone=1), taken_off)
    assert not failures(done), done
    (refused,) = done[1]["outcomes"]
    assert [problem["code"] for problem in refused["problems"]] == ["visit.not_of_team"]
    assert len(day.record.sheet_document["findings"]) == 1


def test_workers_and_phones_at_once_give_each_order_once(day: Day) -> None:  # noqa: F811 - the fixture
    day.begun()
    codes = critical(day)[:4]
    day.send(*[day.find(code) for code in codes[:2]], worker=False)
    later = [day.find(code) for code in codes[2:]]
    work = [lambda: follow_findings(at=timezone.now())] * 3
    answers = at_once(*work, lambda: day.send(*later, worker=False))
    assert not failures(answers), answers
    worker_came()
    assert sorted(case.subject.rpartition("/")[2] for case in Case.objects.all()) == sorted(codes)
    assert day.record.following is None
    assert verify().whole
