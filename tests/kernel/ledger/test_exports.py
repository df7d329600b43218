"""An exported ledger can be checked without the database, by the written format alone."""

import hashlib
import io
import json

import pytest

from mingjing.engine.chain import Mark
from mingjing.kernel.ledger import queries
from mingjing.kernel.ledger.exports import export
from mingjing.kernel.ledger.models import Subtree
from mingjing.kernel.ledger.verify import verify_export

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines(append, at):
    for number in range(6):
        append(subject=f"jobs.delivery:{number}", data={"n": number, "字": '"\\\n'}, by=None)
    return list(export(at=at))


def found(lines, *marks):
    report = verify_export(io.BytesIO(b"".join(lines)), marks)
    return [(fault.code, fault.params.get("seq")) for fault in report.problems]


def test_export_is_whole_and_ends_at_the_head(lines):
    report = verify_export(io.BytesIO(b"".join(lines)), [queries.head()])
    assert (report.whole, report.count, report.end) == (True, 6, queries.head())


@pytest.fixture
def partial(append, at):
    """The ledger as a reader gets it who sees the second and fourth fact only."""
    for number in range(5):
        append(data={"n": number}, area=Subtree("4302" if number % 2 else "4303"))
    return list(export(at=at, sees="4302".__eq__))


def test_an_export_that_withholds_contents_leads_to_the_same_head(partial):
    report = verify_export(io.BytesIO(b"".join(partial)), [queries.head()])
    assert (report.whole, report.count, report.withheld, report.end) == (True, 5, 3, queries.head())
    assert json.loads(partial[0])["format"] == "mingjing.ledger.export/2"
    assert set(json.loads(partial[1])) == {"digest", "hash", "previous", "seq"}
    assert json.loads(partial[2])["content"]["data"] == {"n": 1}


def test_forgery_shows_in_an_export_that_withholds_contents(partial):
    assert found([*partial[:2], partial[2].replace(b'"n":1', b'"n":9'), *partial[3:]]) == [("ledger.changed", 2)]
    assert found([*partial[:3], *partial[4:]]) == [("ledger.missing", 3)]
    assert found([*partial[:2], partial[3], partial[2], *partial[4:]]) == [("ledger.moved", 2)]
    digest = json.loads(partial[1])["digest"].encode()
    assert found([partial[0], partial[1].replace(digest, b"ab" * 32), *partial[2:]]) == [("ledger.changed", 1)]
    renumbered = [partial[0], partial[1].replace(b'"seq":1}', b'"seq":7}'), *partial[2:]]
    assert found(renumbered)


def test_a_whole_export_withholds_nothing(partial):
    whole = partial[0].replace(b"export/2", b"export/1")
    assert found([whole, *partial[1:]]) == [("ledger.export.unreadable", None)]


def test_export_of_an_empty_ledger_is_whole(at):
    assert found(export(at=at)) == []


def test_a_stranger_checks_an_export_by_the_written_format(lines):
    """docs/reference/ledger-format.md, followed with the standard library only."""
    previous = "0" * 64
    for number, line in enumerate(lines[1:], 1):
        fact = json.loads(line)
        content = json.dumps(fact["content"], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        assert fact["content"]["seq"] == number
        assert fact["digest"] == hashlib.sha256(content).hexdigest()
        assert fact["previous"] == previous
        joined = b"\x02" + bytes.fromhex(fact["previous"]) + bytes.fromhex(fact["digest"])
        previous = fact["hash"]
        assert previous == hashlib.sha256(joined).hexdigest()
    assert json.loads(lines[0])["head"] == {"seq": len(lines) - 1, "hash": previous}


def test_verify_names_the_fact_in_a_forged_export(lines):
    assert found([*lines[:3], lines[3].replace(b'"n":2', b'"n":9'), *lines[4:]]) == [("ledger.changed", 3)]
    assert found([*lines[:3], *lines[4:]]) == [("ledger.missing", 3)]
    assert found(lines[:-1]) == [("ledger.missing", 6)]
    assert found([*lines[:2], lines[3], lines[2], *lines[4:]]) == [("ledger.moved", 2)]
    assert found([*lines, lines[4]]) == [("ledger.duplicate", 4)]
    assert found(lines, Mark(6, "ab" * 32)) == [("ledger.rewritten", 6)]


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        (lambda lines: [], 1),
        (lambda lines: lines[1:], 1),
        (lambda lines: [b"\xff\xfe", *lines], 1),
        (lambda lines: [b"[" * 100_000 + b"\n"], 1),
        (lambda lines: [*lines[:-1], lines[-1][:-20]], 7),
        (lambda lines: [*lines[:2], b"\n", *lines[2:]], 3),
        (lambda lines: [*lines[:2], lines[2].replace(b'"n":1', b'"n": 1'), *lines[3:]], 3),
        (lambda lines: [*lines[:2], lines[2].replace(b'"seq":2', b'"seq":"2"'), *lines[3:]], 3),
        (lambda lines: [*lines[:2], b"x" * 10_000_000], 3),
    ],
)
def test_verify_names_the_line_of_a_damaged_export(lines, damage, line):
    report = verify_export(io.BytesIO(b"".join(damage(lines))))
    assert [(fault.code, fault.place) for fault in report.problems] == [("ledger.export.unreadable", str(line))]
