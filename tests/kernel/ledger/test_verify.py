"""An auditor's questions: which fact was changed, which is gone, was the whole rewritten?

The forger works on the real database, with its triggers taken away.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.guarded import guards_lifted
from tests.kernel.ledger.conftest import KIND

from mingjing.engine.chain import Mark
from mingjing.kernel.ledger import queries, writer
from mingjing.kernel.ledger.models import Fact, Head
from mingjing.kernel.ledger.verify import FAULT_LIMIT, verify

START = datetime(2024, 9, 4, 1, 30, tzinfo=UTC)


def grow(size: int) -> None:
    """Append `size` facts."""
    with transaction.atomic():
        for number in range(size):
            at = START + timedelta(minutes=number)
            writer.append(kind=KIND, subject=f"jobs.delivery:{number}", data={"n": number}, area=None, by=None, at=at)


@contextmanager
def forged(*statements: str) -> Iterator[list[tuple[str, int]]]:
    """What `verify` finds after a forger's statements, guards standing again; everything is undone afterwards."""
    with guards_lifted(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    yield found()


def found(*marks: Mark) -> list[tuple[str, int]]:
    return [(fault.code, fault.params["seq"]) for fault in verify(marks).problems]


def swap(one: int, other: int) -> list[str]:
    """Two facts change places: what was number `one` is now number `other`."""
    steps = ((one, 99), (other, one), (99, other))
    return [f"UPDATE ledger_fact SET seq = {new} WHERE seq = {old}" for old, new in steps]


@pytest.mark.django_db
def test_verify_finds_an_untouched_ledger_whole():
    assert verify().whole
    grow(7)
    report = verify([queries.head()])
    assert (report.whole, report.count, report.end) == (True, 7, queries.head())


COLUMNS = {
    "kind": "'jobs.delivery.forgiven'",
    "subject": "'jobs.delivery:9999'",
    "data": """'{"n":-1}'""",
    "at": "'1999-01-01T00:00:00.000000Z'",
    "by": "'somebody-else'",
    "digest": "'" + "ab" * 32 + "'",
    "previous": "'" + "cd" * 32 + "'",
    "hash": "'" + "ef" * 32 + "'",
}


@pytest.mark.django_db
@settings(max_examples=60)
@given(
    size=st.integers(1, 9), data=st.data(), forgery=st.sampled_from([*COLUMNS, "remove", "swap", "insert", "rollback"])
)
def test_verify_names_any_single_forgery(size, data, forgery):
    with transaction.atomic():
        grow(size)
        seq = data.draw(st.integers(1, size))
        match forgery:
            case "remove":
                statements, expected = [f"DELETE FROM ledger_fact WHERE seq = {seq}"], ("ledger.missing", seq)
            case "swap":
                other = data.draw(st.integers(1, size))
                statements, expected = swap(seq, other), ("ledger.moved", min(seq, other)) if seq != other else None
            case "insert":
                columns = ", ".join((*COLUMNS, "scope"))
                copy = f"INSERT INTO ledger_fact (seq, {columns}) SELECT {size + 1}, {columns} FROM ledger_fact"
                statements, expected = [f"{copy} WHERE seq = {seq}"], ("ledger.moved", size + 1)
            case "rollback":
                statements = [f"UPDATE ledger_head SET seq = {seq - 1}"]
                expected = ("ledger.beyond", seq)
            case column:
                statements = [f"UPDATE ledger_fact SET {column} = {COLUMNS[column]} WHERE seq = {seq}"]
                expected = ("ledger.changed", seq)
        with forged(*statements) as faults:
            assert (faults[0] if faults else None) == expected
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_verify_names_facts_that_were_cut_off_with_the_head(append):
    """Only a checkpoint kept elsewhere can show this one."""
    grow(9)
    kept = queries.head()
    fifth = Fact.objects.get(seq=5)
    with forged(
        "DELETE FROM ledger_fact WHERE seq > 5", f"UPDATE ledger_head SET seq = 5, hash = '{fifth.hash}'"
    ) as faults:
        assert faults == []
        assert found(kept) == [("ledger.missing", 6)]


@pytest.mark.django_db
def test_verify_shows_a_rewritten_ledger_against_a_checkpoint():
    grow(9)
    early, kept = Mark(2, Fact.objects.get(seq=2).hash), queries.head()
    with guards_lifted():
        Fact.objects.filter(seq__gte=4).delete()
        Head.objects.update(seq=3, hash=Fact.objects.get(seq=3).hash)
    grow(6)
    assert found() == []
    (fault,) = verify([early, kept]).problems
    assert (fault.code, fault.params) == ("ledger.rewritten", {"seq": 9, "after": 2})


@pytest.mark.django_db
def test_verify_survives_columns_full_of_junk():
    grow(3)
    junk = "x'00ff'" if connection.vendor == "sqlite" else "''"
    with forged(f"UPDATE ledger_fact SET data = {junk}, digest = {junk}, hash = {junk} WHERE seq = 2") as faults:
        assert faults[0] == ("ledger.changed", 2)
    if connection.vendor == "sqlite":
        with forged("UPDATE ledger_fact SET seq = 'three' WHERE seq = 3") as faults:
            assert ("ledger.missing", 3) in faults


@pytest.mark.django_db
def test_verify_says_when_the_guards_are_gone():
    grow(1)
    with guards_lifted():
        assert [fault.code for fault in verify().problems] == ["ledger.unguarded", "ledger.unguarded"]


@pytest.mark.django_db
def test_verify_keeps_the_first_faults_and_the_first_of_each_kind():
    grow(FAULT_LIMIT + 20)
    with forged(
        "UPDATE ledger_fact SET data = '{}'", f"DELETE FROM ledger_fact WHERE seq = {FAULT_LIMIT + 10}"
    ) as faults:
        assert faults[:2] == [("ledger.changed", 1), ("ledger.changed", 2)]
        assert faults[FAULT_LIMIT:] == [("ledger.missing", FAULT_LIMIT + 10)]


@pytest.mark.django_db(transaction=True)
def test_appends_at_once_leave_no_gap_and_verify_runs_beside_them():
    """Four writers at once, each committing alone, while an auditor checks again and again."""
    failures: list[BaseException] = []

    def write(name: int) -> None:
        try:
            for number in range(12):
                with transaction.atomic():
                    at = START + timedelta(minutes=number)
                    writer.append(
                        kind=KIND, subject=f"jobs.delivery:{name}-{number}", data={}, area=None, by=None, at=at
                    )
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert verify().problems == ()
    assert failures == []
    assert [fact.seq for fact in Fact.objects.all()] == list(range(1, 49))
    assert verify().whole
