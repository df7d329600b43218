"""Promises the database itself keeps: migration operations that add triggers, the same on SQLite and PostgreSQL.

A broken promise raises django.db.IntegrityError with the guard's sentence. SQLite drops a table's triggers when a later
migration rebuilds that table (AlterField, AddConstraint …): such a migration lifts the guard before and repeats it
after, and a test compares what the migrations promise with what the database holds. Not here: which tables are guarded.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.migrations.operations.base import Operation

__all__ = ["AppendOnly", "FrozenWhen", "Lift", "Refuse", "guards_on"]


@dataclass(frozen=True, slots=True)
class Trigger:
    """Refuses `event` on `table` with `message`, whenever `condition` (SQL over OLD and NEW) holds."""

    table: str
    name: str
    event: str
    message: str
    condition: str = "TRUE"

    def create(self, vendor: str) -> Iterator[str]:
        """The statements that add it."""
        message = self.message.replace("'", "''")
        name, on = f"{self.table}_{self.name}", f"BEFORE {self.event} ON {self.table}"
        if vendor == "sqlite":
            yield f"CREATE TRIGGER {name} {on} WHEN {self.condition} BEGIN SELECT RAISE(ABORT, '{message}'); END"
            return
        # The condition stands in the function, because a trigger's own WHEN may hold no subquery.
        refuse = f"RAISE EXCEPTION USING MESSAGE = '{message}', ERRCODE = 'integrity_constraint_violation'"
        proceed = "OLD" if self.event == "DELETE" else "NEW"
        body = f"BEGIN IF {self.condition} THEN {refuse}; END IF; RETURN {proceed}; END"
        each = "STATEMENT" if self.event == "TRUNCATE" else "ROW"
        yield f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$"
        yield f"CREATE TRIGGER {name} {on} FOR EACH {each} EXECUTE FUNCTION {name}()"

    def drop(self, vendor: str) -> Iterator[str]:
        """The statements that take it away."""
        name = f"{self.table}_{self.name}"
        yield f"DROP TRIGGER {name}" if vendor == "sqlite" else f"DROP FUNCTION {name}() CASCADE"


class _Guard(Operation):
    """A migration operation that adds triggers to `table`."""

    reversible = True

    def __init__(self, table: str, *args: Any, **kwargs: Any) -> None:
        self.table = table

    def triggers(self, vendor: str) -> Sequence[Trigger]:
        """The triggers this guard consists of on `vendor`."""
        raise NotImplementedError

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Triggers are no part of Django's model state."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        vendor = schema_editor.connection.vendor
        for trigger in self.triggers(vendor):
            for statement in trigger.create(vendor):
                schema_editor.execute(statement, params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        vendor = schema_editor.connection.vendor
        for trigger in reversed(self.triggers(vendor)):
            for statement in trigger.drop(vendor):
                schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return f"Guard {self.table} with {type(self).__name__}"


class AppendOnly(_Guard):
    """Rows of `table` are added, never changed or deleted (nor truncated)."""

    def triggers(self, vendor: str) -> Sequence[Trigger]:
        message = f"{self.table} is append-only: its rows are never changed or deleted"
        events = ["UPDATE", "DELETE", *(["TRUNCATE"] if vendor == "postgresql" else [])]
        return [Trigger(self.table, f"no_{event.lower()}", event, message) for event in events]


class FrozenWhen(_Guard):
    """Once `condition` holds for a row, its `columns` (all, when empty) never change and the row is never deleted.

    `condition` is SQL over OLD, such as `OLD.published_at IS NOT NULL`.
    """

    def __init__(self, table: str, condition: str, columns: Sequence[str] = ()) -> None:
        super().__init__(table)
        self.condition, self.columns = condition, tuple(columns)

    def triggers(self, vendor: str) -> Sequence[Trigger]:
        differs = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
        touched = " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in self.columns) or "TRUE"
        message = f"this row of {self.table} is final: it is never changed or deleted"
        frozen = [
            Trigger(self.table, "frozen_update", "UPDATE", message, f"({self.condition}) AND ({touched})"),
            Trigger(self.table, "frozen_delete", "DELETE", message, self.condition),
        ]
        truncate = Trigger(self.table, "frozen_truncate", "TRUNCATE", f"{self.table} holds final rows: never truncated")
        return [*frozen, truncate] if vendor == "postgresql" else frozen


class Refuse(_Guard):
    """`event` on a row of `table` is refused with `message` when `condition` (SQL over OLD and NEW) holds.

    `name` tells the table's guards apart. What goes into SQL comes from migrations, never from input.
    """

    def __init__(self, table: str, name: str, event: str, message: str, condition: str = "TRUE") -> None:
        super().__init__(table)
        self.trigger = Trigger(table, name, event, message, condition)

    def triggers(self, vendor: str) -> Sequence[Trigger]:
        return [self.trigger]


class Lift(Operation):
    """Takes `guard` away, so that the same migration can alter its table and then guard it anew."""

    reversible = True

    def __init__(self, guard: _Guard) -> None:
        self.guard = guard

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Triggers are no part of Django's model state."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self.guard.database_backwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self.guard.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Lift from {self.guard.table} its {type(self.guard).__name__}"


def guards_on(table: str) -> frozenset[str]:
    """The names (without the table's) of the triggers that stand on `table` now and are in force."""
    if connection.vendor == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgenabled <> 'D'"
    else:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
    with connection.cursor() as cursor:
        cursor.execute(query, [table])
        return frozenset(name.removeprefix(f"{table}_") for (name,) in cursor.fetchall())
