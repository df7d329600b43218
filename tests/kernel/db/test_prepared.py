"""Prepared queries answer as the ORM does, whatever values they are asked with; rows go in as the ORM writes them."""

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import Error, IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef
from django.forms import model_to_dict
from django.test.utils import CaptureQueriesContext

from mingjing.kernel.db.prepared import Prepared
from mingjing.kernel.db.rows import insert, insert_objects
from mingjing.kernel.evidence.models import Custody, Exhibit
from mingjing.kernel.ledger.models import Head
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area, Level

AT = datetime(2026, 11, 28, 9, 30, 0, 123456, tzinfo=UTC)


def area() -> Area:
    return Area.objects.get_or_create(
        code="43", defaults={"name": "湖南省", "level": Level.PROVINCE, "path": "43", "source": "s", "version": "1"}
    )[0]


def exhibit(n: int, **more: Any) -> Exhibit:
    kept = {"sha256": f"{n:064x}", "size": n, "media_type": "image/jpeg", "subject": "cases.case:1", "origin": "upload"}
    return Exhibit(**kept | {"area": area(), "recorded_at": AT + timedelta(seconds=n)} | more)


@pytest.fixture
def exhibits() -> list[Exhibit]:
    return Exhibit.objects.bulk_create(exhibit(n) for n in range(1, 9))


@pytest.mark.usefixtures("exhibits")
@pytest.mark.django_db
def test_it_answers_as_the_query_does() -> None:
    for seed in range(60):
        chance = Random(seed)
        sizes = [chance.randint(0, 12) for _ in range(chance.randint(1, 9))]
        instant = AT + timedelta(seconds=chance.randint(0, 8))
        built, found = list(asked(sizes, instant)), ASKED.ask(sizes=sizes, since=instant)
        assert [model_to_dict(one) for one in found] == [model_to_dict(one) for one in built], seed
        assert [(one.pk, one.area.name, one.held) for one in found] == [
            (one.pk, one.area.name, one.held) for one in built
        ]


@pytest.mark.usefixtures("exhibits")
@pytest.mark.django_db
def test_what_was_seen_serves_until_anything_of_its_row_changes() -> None:
    before = ASKED.look(sizes=[3], since=AT)
    assert before is not None
    assert before.one.size == 3
    assert ASKED.look(before, sizes=[3], since=AT) is before
    other = ASKED.look(before, sizes=[4], since=AT)
    assert other is not None
    assert other.one.size == 4
    Area.objects.update(name="湖南")  # of a joined table
    after = ASKED.look(before, sizes=[3], since=AT)
    assert after is not None
    assert (after.one.area.name, before.one.area.name) == ("湖南", "湖南省")
    assert ASKED.look(before, sizes=[99], since=AT) is None


@pytest.mark.usefixtures("exhibits")
@pytest.mark.django_db
def test_it_asks_once_and_loads_what_is_joined() -> None:
    ASKED.ask(sizes=[1], since=AT)
    with CaptureQueriesContext(connection) as captured:
        assert [one.area.name for one in ASKED.ask(sizes=[1, 2, 3], since=AT)] == ["湖南省"] * 3
    assert len(captured) == 1


@pytest.mark.django_db
def test_what_was_deferred_is_read_when_it_is_asked_for(exhibits: list[Exhibit]) -> None:
    found = Prepared(lambda key: Exhibit.objects.filter(pk=key).defer("facts")).first(key=exhibits[0].pk)
    assert found is not None
    assert "facts" not in found.__dict__
    assert found.facts == {}


def asked(sizes: list[int], since: datetime) -> Any:
    held = Exists(Custody.objects.filter(exhibit=OuterRef("pk")))
    rows = Exhibit.objects.filter(size__in=sizes, recorded_at__gte=since).select_related("area")
    return rows.annotate(held=held).order_by("size")


ASKED = Prepared(asked)


@pytest.mark.django_db
def test_a_value_that_does_not_come_through_is_said_at_once() -> None:
    with pytest.raises(TypeError, match="name"):
        Prepared(lambda name: Person.objects.filter(username__startswith=name)).ask(name="a")
    with pytest.raises(TypeError, match="float"):
        Prepared(lambda size: Exhibit.objects.filter(size=size)).ask(size=1.0)


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_in_a_transaction_only() -> None:
    locked = Prepared(lambda: Head.objects.select_for_update())
    with transaction.atomic():
        assert locked.ask()
    with pytest.raises(transaction.TransactionManagementError):
        locked.ask()


@pytest.mark.django_db(transaction=True)
def test_every_thread_has_its_own() -> None:
    found: list[Any] = []
    heads = Prepared(lambda: Head.objects.all())
    heads.ask()

    def elsewhere() -> None:
        found.extend(heads.ask())
        connection.close()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert found == list(Head.objects.all())


@pytest.mark.django_db
def test_rows_go_in_as_the_orm_writes_them() -> None:
    full = {
        "latitude": Decimal("27.8312345"), "longitude": Decimal("113.1612345"), "taken_at": AT, "caption": "100% “红”",
        "facts": {"make": "华为", "list": [1, None, True]}, "file_name": "a'b\".jpg",
    }  # fmt: skip
    one, other = exhibit(1, **full), exhibit(2, **full)
    insert_objects([one])
    other.save(force_insert=True)
    same = [
        model_to_dict(Exhibit.objects.get(pk=row.pk), exclude=["sha256", "size", "recorded_at"]) for row in (one, other)
    ]
    assert same[0] == same[1]
    with connection.cursor() as cursor:
        cursor.execute("SELECT latitude, longitude, taken_at, caption, facts, file_name FROM evidence_exhibit")
        raw = cursor.fetchall()
    assert raw[0] == raw[1]
    assert not one._state.adding


@pytest.mark.django_db
def test_keys_come_back_in_order_however_many() -> None:
    exhibits = [exhibit(n) for n in range(1, 4)]
    insert_objects(exhibits)
    lines = [Custody(exhibit=exhibits[n % 3], kind="viewed", at=AT, note=str(n)) for n in range(7000)]
    insert_objects(lines, keys=True)
    notes = dict(Custody.objects.values_list("pk", "note"))
    assert [notes[line.pk] for line in lines] == [str(n) for n in range(7000)]


@pytest.mark.django_db
def test_the_database_still_refuses() -> None:
    there = exhibit(1)
    insert_objects([there])
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_objects([exhibit(1)])
    insert(Custody, ("exhibit_id", "kind", "at", "note"), [])


@pytest.mark.django_db(transaction=True)
def test_a_line_that_was_cut_is_opened_again() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("A file is never away.")
    heads = Prepared(lambda: Head.objects.all())
    there = heads.ask()
    connection.connection.close()  # as when the database was started anew: Django knows nothing of it yet
    connection.health_check_done = False
    assert heads.ask() == there


@pytest.mark.one_database  # PostgreSQL takes no half of a character into JSON
@pytest.mark.django_db
def test_half_a_character_in_one_row_stops_no_other() -> None:
    Exhibit.objects.bulk_create([exhibit(1, facts={"note": "\ud83d"}), exhibit(2, facts={"note": "红榜"})])
    assert [one.facts for one in ASKED.ask(sizes=[1, 2], since=AT)] == [{"note": "\ud83d"}, {"note": "红榜"}]


@pytest.mark.usefixtures("exhibits")
@pytest.mark.django_db
def test_lists_of_every_kind_and_length_are_found_and_nothing_besides() -> None:
    by_kind: list[tuple[str, Any]] = [
        ("pk", lambda one: one.pk), ("size", lambda one: one.size), ("sha256", lambda one: one.sha256),
        ("recorded_at", lambda one: one.recorded_at),
    ]  # fmt: skip
    there = list(Exhibit.objects.order_by("size"))
    for name, of in by_kind:
        asked = Prepared(lambda keys, name=name: Exhibit.objects.filter(**{f"{name}__in": keys}).order_by("size"))
        for count in (1, 2, 3, 5, 8):
            assert asked.ask(keys=[of(one) for one in there[:count]]) == there[:count], (name, count)
        part = Prepared(lambda keys, name=name: Exhibit.objects.exclude(**{f"{name}__in": keys}).order_by("size"))
        assert part.ask(keys=[of(one) for one in there[2:]]) == there[:2]


@pytest.mark.usefixtures("exhibits")
@pytest.mark.django_db
def test_a_part_of_a_list_stays_a_part() -> None:
    halves = Prepared(lambda sizes: Exhibit.objects.filter(size__in=sizes[:2]).exclude(size__in=sizes[2:]))
    with pytest.raises(TypeError):
        Prepared(lambda sizes: Exhibit.objects.filter(size__in=sizes[:2])).ask(sizes=[1, 2, 3, 4])
    assert {one.size for one in halves.ask(sizes=[1, 2, 2, 3])} == {1}


WHOLE = datetime(1999, 1, 1, tzinfo=UTC)
HARD = [
    {"facts": {"note": "100% “红”\\ \" ' \u2028", "list": [1, None, True, {"x": 0.1}]}, "caption": "{\"a\": 1}\n\t\\"},
    {"facts": {}, "latitude": Decimal("-0.0000001"), "longitude": Decimal(180), "taken_at": WHOLE},
    {"facts": {"n": 2**53}, "latitude": None, "taken_at": None, "caption": "😀" * 40, "file_name": "null"},
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 2, 3])
def test_many_rows_go_in_as_the_orm_writes_each(count: int) -> None:
    ours = [exhibit(n, **hard) for n, hard in enumerate(HARD[:count])]
    theirs = [exhibit(100 + n, **hard) for n, hard in enumerate(HARD[:count])]
    insert_objects(ours)
    for one in theirs:
        one.save(force_insert=True)
    fields = "latitude, longitude, taken_at, caption, facts, file_name, media_type, access, recorded_by_id"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {fields} FROM evidence_exhibit ORDER BY size")
        rows = cursor.fetchall()
    assert rows[:count] == rows[count:]


@pytest.mark.django_db
@pytest.mark.parametrize("fault", [{"caption": "a\0b"}, {"media_type": "x" * 1000}, {"size": "many"}])
def test_what_no_column_takes_stops_all_of_a_lot(fault: dict[str, Any]) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite takes texts of any length, and into columns of numbers too.")
    with pytest.raises((Error, ValueError)), transaction.atomic():
        insert_objects([exhibit(1), exhibit(2, **fault), exhibit(3)])
    assert not Exhibit.objects.exists()
