"""What a visit through sync costs, in what no other load changes: statements (goal G5) and bytes (goal G4)."""

import json
from hashlib import sha256
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.phones import picture
from tests.programmes.assessments.test_field_commands import Day, _checks, day  # noqa: F401 - `day` is a fixture

from mingjing.kernel.cases.models import Case
from mingjing.kernel.jobs.worker import do_chores
from mingjing.programmes.assessments.models import SheetEdit
from mingjing.programmes.assessments.queries.schemes import scheme_of

pytestmark = pytest.mark.django_db
BOUNDS = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
STATEMENTS = 9
"""A visit's, however many edits and photos there are, and whatever they bring about."""
ROW, EDIT, PHOTO = 18_000, 260, 2_800
"""Bytes in the database, with what every index holds: the sheet's row, an edit in the log, all that names a photo."""


@pytest.mark.parametrize("arrived", [False, True])
@pytest.mark.parametrize("photos", [1, 20])
def test_a_visit_with_photos_costs_nine_statements_however_many(
    day: Day,  # noqa: F811
    photos: int,
    arrived: bool,
) -> None:
    day.begun()
    raws = [picture(200 + n) for n in range(photos)]
    if arrived:
        assert {day.phones[0].upload(raw).status_code for raw in raws} == {201}
    finds = [day.find("A3.1", evidence=[sha256(raw).hexdigest()], note="见照片") for raw in raws]
    found = asked(day, [day.photo(raw) for raw in raws] + finds)
    assert len(found) <= STATEMENTS, "\n".join(found)
    kept = [one["state"] for one in day.send(watch=(day.subject,))["states"][day.subject]["captures"].values()]
    assert kept == ["kept" if arrived else "promised"] * photos


def test_photos_are_looked_for_where_one_was_ever_promised(day: Day) -> None:  # noqa: F811
    day.begun()
    found = asked(day, [day.find("A3.1"), day.find("A3.1")])
    assert len(found) <= 7, "\n".join(found)
    raw = picture(400)
    assert day.states(day.photo(raw, phone=1), phone=1) == ["applied"]
    (told,) = day.send(day.find("A3.1"), worker=False)["states"].values()
    assert told["captures"] == {sha256(raw).hexdigest(): {"state": "promised", "about": ""}}


def test_orders_cost_a_phone_nothing_and_name_the_photos(day: Day) -> None:  # noqa: F811
    day.begun()
    codes = critical(day)
    assert len(codes) >= 4
    raws = [picture(300 + n) for n in range(4)]
    assert {day.phones[0].upload(raw).status_code for raw in raws} == {201}
    lot = [day.photo(raw) for raw in raws]
    finds = [day.find(code, evidence=[sha256(raws[n]).hexdigest()]) for n, code in enumerate(codes[:4])]
    found = asked(day, lot + finds)
    assert len(found) <= STATEMENTS, "\n".join(found)
    assert not Case.objects.exists()
    with CaptureQueriesContext(connection) as captured:
        assert do_chores()
    assert len(bare(captured)) <= CHORES, "\n".join(bare(captured))
    assert Case.objects.count() == 4
    assert all(case.steps.get().exhibits for case in Case.objects.all())


CHORES = 40
"""What the worker asks to make exhibits of a visit's photos and to give its orders, however many there are."""


@pytest.mark.parametrize("photos", [1, 20])
def test_a_photo_is_uploaded_with_one_statement(day: Day, photos: int) -> None:  # noqa: F811
    for n in range(photos):
        with CaptureQueriesContext(connection) as captured:
            assert day.phones[0].upload(picture(400 + n)).status_code == 201
        assert len(captured) <= 1, [one["sql"] for one in captured]


def test_a_visit_takes_little_room_and_its_photos_none(day: Day) -> None:  # noqa: F811
    if connection.vendor != "sqlite":
        pytest.skip("pages are counted by SQLite's dbstat")
    day.begun()
    raws = [picture(500 + n, size=(900, 700)) for n in range(20)]
    assert sum(map(len, raws)) > 100_000
    for raw in raws:
        assert day.phones[0].upload(raw).status_code == 201
    empty = room()
    looks = [day.edit("looked", code) for code, kind in _checks(day) if kind not in ("RATIO", "SCALE")][:25]
    finds = [day.find("A3.1", evidence=[sha256(raws[n % 20]).hexdigest()], note="见照片") for n in range(40)]
    looks = [one for one in looks if one["payload"]["check"] != "A3.1"]
    assert set(day.states(*looks, *[day.photo(raw) for raw in raws], *finds)) == {"applied"}
    grown = room()
    edits = SheetEdit.objects.count()
    assert grown["edits"] - empty["edits"] <= EDIT * edits
    assert grown["row"] - empty["row"] <= ROW
    assert grown["photos"] - empty["photos"] <= PHOTO * 20
    assert grown["all"] - empty["all"] <= ROW + EDIT * edits + PHOTO * 20
    assert grown["row"] - empty["row"] <= ARRAYS * array_row(day.record.sheet_document)


ARRAYS = 2
"""Goal G4: what the row of a visit may take, as many times an array row with the same in it."""


def array_row(sheet: dict[str, list[dict[str, Any]]]) -> int:
    """Bytes of a row that holds the same sheet as arrays, a column for each part of its entries."""
    columns = {
        f"{name}_{part}": json.dumps([one[part] for one in entries], ensure_ascii=False, separators=(",", ":"))
        for name, entries in sheet.items()
        for part in entries[0]
    }
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE array_row ({', '.join(f'{one} TEXT' for one in columns)})")
        cursor.execute(f"INSERT INTO array_row VALUES ({', '.join(['%s'] * len(columns))})", list(columns.values()))
        cursor.execute("SELECT SUM(payload) FROM dbstat WHERE name = 'array_row'")
        (found,) = cursor.fetchone()
        cursor.execute("DROP TABLE array_row")
    return int(found)


def room() -> dict[str, int]:
    """Bytes that stand in the tables of a visit and their indexes, without what is free on their pages."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.tbl_name, SUM(s.payload) FROM dbstat s JOIN sqlite_master m ON m.name = s.name GROUP BY 1"
        )
        found = dict(cursor.fetchall())
    photos = ("sync_capture", "evidence_exhibit", "evidence_custody", "ledger_fact", "ledger_head", "jobs_delivery")
    return {
        "row": found["assessments_visitrecord"], "edits": found["assessments_sheetedit"],
        "photos": sum(found.get(name, 0) for name in photos), "all": sum(found.values()),
    }  # fmt: skip


def critical(day: Day) -> list[str]:  # noqa: F811
    rubric = scheme_of(day.record.round.scheme).rubrics[day.record.entry.class_code]
    return [code for code, check in rubric.checks.items() if check.critical and check.rule.kind in ("PI", "BIN")]


def asked(day: Day, commands: list[dict[str, Any]]) -> list[str]:  # noqa: F811
    """The statements of a sync in which everything is applied."""
    with CaptureQueriesContext(connection) as captured:
        answer = day.send(*commands, worker=False)
    assert {one["state"] for one in answer["outcomes"]} == {"applied"}, answer["outcomes"]
    return bare(captured)


def bare(captured: CaptureQueriesContext) -> list[str]:
    """What was asked, without the bounds of transactions."""
    return [one["sql"][:140] for one in captured if not one["sql"].startswith(BOUNDS)]
