"""The database itself refuses to change the past, on SQLite and on PostgreSQL alike."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from mingjing.kernel.db import guards
from mingjing.kernel.db.guards import AppendOnly, FrozenWhen, Lift, guards_on

TABLE = "guarded_thing"


@pytest.fixture
def table(transactional_db):
    """A plain table, outside any transaction because SQLite rebuilds schemas only there."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {TABLE} (id integer PRIMARY KEY, title text, published_at text, note text)")
        cursor.execute(f"INSERT INTO {TABLE} VALUES (1, 'draft', NULL, NULL), (2, 'final', '2024', NULL)")
    yield TABLE
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {TABLE}")


def execute(sql):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.rowcount


def forwards(operation):
    with connection.schema_editor() as editor:
        operation.database_forwards("db", editor, ProjectState(), ProjectState())


def backwards(operation):
    with connection.schema_editor() as editor:
        operation.database_backwards("db", editor, ProjectState(), ProjectState())


def test_append_only_takes_rows_and_refuses_to_change_them(table):
    forwards(AppendOnly(table))
    assert execute(f"INSERT INTO {table} VALUES (3, 'new', NULL, NULL)") == 1
    for sql in (f"UPDATE {table} SET title = 'x' WHERE id = 3", f"DELETE FROM {table} WHERE id = 3"):
        with pytest.raises(IntegrityError, match="guarded_thing is append-only"):
            execute(sql)
    backwards(AppendOnly(table))
    assert guards_on(table) == frozenset()
    assert execute(f"DELETE FROM {table} WHERE id = 3") == 1


def test_append_only_refuses_truncate(table):
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL has TRUNCATE")
    forwards(AppendOnly(table))
    with pytest.raises(IntegrityError, match="append-only"):
        execute(f"TRUNCATE {table}")
    backwards(AppendOnly(table))


def test_frozen_rows_keep_their_columns_and_stay(table):
    frozen = FrozenWhen(table, "OLD.published_at IS NOT NULL", ["title", "published_at"])
    forwards(frozen)
    assert execute(f"UPDATE {table} SET title = 'still a draft' WHERE id = 1") == 1
    assert execute(f"UPDATE {table} SET title = title, note = 'seen' WHERE id = 2") == 1, "same title, free column"
    for sql in (
        f"UPDATE {table} SET title = 'x' WHERE id = 2",
        f"UPDATE {table} SET published_at = NULL WHERE id = 2",
        f"DELETE FROM {table} WHERE id = 2",
    ):
        with pytest.raises(IntegrityError, match="is final"):
            execute(sql)
    assert execute(f"DELETE FROM {table} WHERE id = 1") == 1
    backwards(frozen)
    assert guards_on(table) == frozenset()


def test_a_guard_is_lifted_and_put_back(table):
    frozen = FrozenWhen(table, "OLD.published_at IS NOT NULL")
    forwards(frozen)
    forwards(Lift(frozen))
    assert guards_on(table) == frozenset()
    backwards(Lift(frozen))
    with pytest.raises(IntegrityError, match="is final"):
        execute(f"UPDATE {table} SET note = 'seen' WHERE id = 2")
    backwards(frozen)


def test_frozen_without_columns_freezes_the_row(table):
    forwards(FrozenWhen(table, "OLD.published_at IS NOT NULL"))
    with pytest.raises(IntegrityError, match="is final"):
        execute(f"UPDATE {table} SET note = 'seen' WHERE id = 2")
    backwards(FrozenWhen(table, "OLD.published_at IS NOT NULL"))


@pytest.mark.django_db
def test_every_guard_of_the_migrations_stands():
    """A migration that rebuilds a table on SQLite drops its triggers silently: this test is what notices."""
    for migration in MigrationLoader(connection).disk_migrations.values():
        for operation in migration.operations:
            if isinstance(operation, guards._Guard):
                promised = {trigger.name for trigger in operation.triggers(connection.vendor)}
                assert promised <= guards_on(operation.table), f"{migration}: {operation.describe()}"


def test_guards_leave_the_model_state_alone():
    state = ProjectState()
    AppendOnly(TABLE).state_forwards("db", state)
    assert state.models == {}
    assert AppendOnly(TABLE).reversible
