"""Two people do different things in the same second: whoever holds the ledger waits for nobody, and nothing slips by.

An action that has appended its first fact keeps everybody else from the ledger until it ends. If it then waited for a
row that somebody holds who waits for the ledger, PostgreSQL would end one of them. So rows are locked before, and rows
that others point to are locked so that pointing to them waits for nobody (`no_key`): PostgreSQL looks at commit. On
SQLite whoever writes is alone, and there is nothing to try.
"""

import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.programmes.assessments import drawn_rounds, judged, rounds
from tests.races import at_once, failures

from mingjing.engine.outcome import Refusal
from mingjing.kernel.cases import actions as cases
from mingjing.kernel.cases.models import Case
from mingjing.kernel.evidence.actions import record_exhibits
from mingjing.kernel.evidence.models import Origin
from mingjing.kernel.ledger import writer
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.actions import grant_role
from mingjing.kernel.parties.models import Person
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.actions import communities, decisions, reviews, visits
from mingjing.programmes.assessments.actions import entries as entry_actions
from mingjing.programmes.assessments.actions import rounds as round_actions
from mingjing.programmes.assessments.models import Community, VisitRecord

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.other_database]
HOUR = timedelta(hours=1)
Act = Callable[[], object]
Crossed = Callable[[Act, Act], list[object]]


@pytest.fixture
def crossed(monkeypatch: pytest.MonkeyPatch) -> Crossed:
    """Runs two acts so that the first has the ledger while the second stands before it with all that it locked."""
    append, at_the_door, inside = writer.append_many, threading.Event(), threading.Event()
    first: list[int] = []

    def slowly(**fact: Any) -> list[Fact]:
        if threading.get_ident() not in first:
            at_the_door.set()
            return append(**fact)
        made = append(**fact)
        inside.set()
        at_the_door.wait(2)
        return made

    def run(one: Act, other: Act) -> list[object]:
        def holder() -> object:
            first.append(threading.get_ident())
            return one()

        def waiter() -> object:
            inside.wait(2)
            return other()

        monkeypatch.setattr(writer, "append_many", slowly)
        return at_once(holder, waiter)

    return run


@pytest.fixture
def drawn(people: dict[str, Person], at: datetime) -> drawn_rounds.Drawn:
    return drawn_rounds.build(people, at)


@pytest.fixture
def ordered(drawn: drawn_rounds.Drawn, at: datetime) -> VisitRecord:
    """A record with two critical findings, and so with two open orders."""
    record, officer = drawn.records[0], drawn.people["officer"]
    visits.begin_visit(record=record, entered_at=at, by=officer, at=at)
    for check in ("A1.1", "A1.3", "A3.1", "A3.3", "A5.1", "A5.2"):
        payload = {"check": check, "finding": str(uuid.uuid4())}
        visits.edit_sheet(record=record, kind="find", payload=payload, by=officer, at=at)
    assert Case.objects.count() == 2
    return record


def nobody_was_ended(results: list[object]) -> None:
    assert all(isinstance(failure, Refusal) for failure in failures(results)), results
    assert verify().whole


@pytest.mark.parametrize("last", [False, True])
def test_a_record_is_voided_while_somebody_notes_on_its_order(
    ordered: VisitRecord, drawn: drawn_rounds.Drawn, crossed: Crossed, at: datetime, last: bool
) -> None:
    case = Case.objects.order_by("id")[int(last)]
    nobody_was_ended(
        crossed(
            lambda: reviews.void_record(record=ordered, reason="错", by=drawn.people["director"], at=at + HOUR),
            lambda: cases.note_on_case(case=case, note="去过", by=drawn.people["officer"], at=at + HOUR),
        )
    )


def test_a_record_is_voided_while_the_round_is_written_to(
    ordered: VisitRecord, drawn: drawn_rounds.Drawn, crossed: Crossed, at: datetime
) -> None:
    usual: Any = {"reason": "封路", "by": drawn.people["director"], "at": at + HOUR}
    nobody_was_ended(
        crossed(
            lambda: reviews.void_record(record=ordered, reason="错", by=drawn.people["director"], at=at + HOUR),
            lambda: entry_actions.declare_not_assessed(entry=drawn.others[0].entry, **usual),
        )
    )


def test_a_round_is_decided_while_a_record_is_voided(people: dict[str, Person], crossed: Crossed, at: datetime) -> None:
    round_ = judged.in_review(people, at, judged.register(3, at))
    record = round_.records.order_by("id")[0]
    results = crossed(
        lambda: decisions.request_decision(round=round_, by=people["director"], at=at + HOUR),
        lambda: reviews.void_record(record=record, reason="错", by=people["director"], at=at + HOUR),
    )
    nobody_was_ended(results)
    assert isinstance(results[1], Refusal)
    assert VisitRecord.objects.get(pk=record.pk).voided_at is None


def test_somebody_is_given_a_role_while_they_enter(drawn: drawn_rounds.Drawn, crossed: Crossed, at: datetime) -> None:
    officer, area = drawn.people["officer2"], drawn.round.area
    act: Any = {"first_day": at.date(), "act": "任命", "act_reference": "1号", "by": None, "at": at + HOUR}
    nobody_was_ended(
        crossed(
            lambda: visits.begin_visit(record=drawn.records[0], entered_at=at, by=officer, at=at + HOUR),
            lambda: grant_role(person=officer, role="auditor", area=area, **act),
        )
    )


def test_two_send_the_same_photos_in_another_order(drawn: drawn_rounds.Drawn, crossed: Crossed, at: datetime) -> None:
    def send(record: VisitRecord, *texts: str) -> Act:
        files = [SimpleUploadedFile(f"{text}.txt", text.encode()) for text in texts]
        usual: Any = {"area": drawn.round.area, "origin": Origin.UPLOAD, "by": drawn.people["officer"], "at": at}
        return lambda: record_exhibits(files=files, subject=record.subject, **usual)

    results = crossed(send(drawn.records[0], "first", "second"), send(drawn.records[1], "second", "first"))
    nobody_was_ended(results)
    assert [len(found) for found in results] == [2, 2]  # type: ignore[arg-type]


def test_a_round_is_opened_while_a_community_is_taken_off_the_register(
    hetang: Version, people: dict[str, Person], crossed: Crossed, at: datetime
) -> None:
    rounds.register(3, at)
    community = Community.objects.order_by("number")[0]
    nobody_was_ended(
        crossed(
            lambda: rounds.opened(hetang, people["director"], at),
            lambda: communities.remove_community(community=community, reason="拆迁", by=people["officer"], at=at),
        )
    )


def test_a_draft_is_changed_while_a_community_is_taken_off_the_register(
    hetang: Version, people: dict[str, Person], crossed: Crossed, at: datetime
) -> None:
    rounds.register(3, at)
    draft, community = rounds.opened(hetang, people["director"], at), Community.objects.order_by("number")[2]
    rounds.register(2, at, start=4)
    fresh = Community.objects.order_by("-number")[0]
    assert community.pk != fresh.pk
    nobody_was_ended(
        crossed(
            lambda: round_actions.change_round(
                round=draft, title="改", scheme=hetang, first_day=rounds.FIRST, last_day=rounds.LAST,
                by=people["director"], at=at,
            ),
            lambda: communities.remove_community(community=fresh, reason="拆迁", by=people["officer"], at=at),
        )
    )  # fmt: skip
