"""Two people on one record in the same moment, with real threads and commits: nothing lost, nothing twice."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.programmes.assessments import drawn_rounds
from tests.races import at_once

from mingjing.engine.outcome import Refusal
from mingjing.kernel.cases.models import Case
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.models import Person
from mingjing.kernel.visits.models import Visit
from mingjing.programmes.assessments.actions import visits
from mingjing.programmes.assessments.models import VisitRecord
from mingjing.programmes.assessments.policy.recording import Conflict

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


@pytest.fixture
def drawn(people: dict[str, Person], at: datetime) -> drawn_rounds.Drawn:
    return drawn_rounds.build(people, at)


@pytest.fixture
def edit(drawn: drawn_rounds.Drawn, at: datetime) -> Callable[..., Callable[[], int]]:
    """An edit of the first record, to be made later."""
    visits.begin_visit(record=drawn.records[0], entered_at=at, by=drawn.people["officer"], at=at)

    def later(who: str, kind: str, **payload: Any) -> Callable[[], int]:
        more = {name: payload.pop(name) for name in ("expected", "command") if name in payload}
        usual = {"record": drawn.records[0], "kind": kind, "by": drawn.people[who], "at": at + HOUR}
        return lambda: visits.edit_sheet(payload=payload, **usual, **more)

    return later


def test_two_who_edit_different_checks_never_disturb_each_other(edit: Any, drawn: drawn_rounds.Drawn) -> None:
    checks = ("A1.1", "A1.3", "A3.1", "A3.3", "A5.1", "A5.2")
    acts = [
        edit("officer" if place % 2 else "officer2", "find", check=check, finding=str(uuid.uuid4()))
        for place, check in enumerate(checks)
    ]
    results = at_once(*acts)
    assert sorted(results) == [1, 2, 3, 4, 5, 6], results  # type: ignore[type-var]
    sheet = VisitRecord.objects.get(pk=drawn.records[0].pk).sheet_document
    assert sorted(finding["check"] for finding in sheet["findings"]) == sorted(checks)
    assert Case.objects.count() == 2
    assert verify().whole


@pytest.mark.parametrize("attempt", range(3))
def test_of_two_who_edit_one_finding_the_later_is_told(edit: Any, drawn: drawn_rounds.Drawn, attempt: int) -> None:
    finding = str(uuid.uuid4())
    edit("officer", "find", check="A3.1", finding=finding, count=1)()
    results = at_once(
        edit("officer", "change", finding=finding, count=2, expected=1),
        edit("officer2", "change", finding=finding, count=5, expected=1),
        edit("supervisor", "remove", finding=finding, expected=1),
    )
    assert sum(isinstance(result, int) for result in results) == 1, results
    assert sum(isinstance(result, Conflict) for result in results) == 2, results


def test_one_command_sent_twice_at_once_is_applied_once(edit: Any, drawn: drawn_rounds.Drawn) -> None:
    command, finding = uuid.uuid4(), str(uuid.uuid4())
    sent = edit("officer", "find", check="A5.1", finding=finding, command=command)
    assert at_once(sent, sent, sent) == [1, 1, 1]
    record = VisitRecord.objects.get(pk=drawn.records[0].pk)
    assert record.revision == record.edits.count() == Case.objects.count() == 1


def test_one_begins_and_the_other_is_told_when(drawn: drawn_rounds.Drawn, at: datetime) -> None:
    def begin(who: str) -> Callable[[], None]:
        usual = {"record": drawn.records[1], "entered_at": at, "at": at + HOUR}
        return lambda: visits.begin_visit(by=drawn.people[who], **usual)

    results = at_once(begin("officer"), begin("officer2"))
    assert sum(isinstance(result, Refusal) for result in results) == 1, results
    assert Visit.objects.count() == 1
    assert Fact.objects.filter(kind="assessments.visit.started").count() == 1
