"""Taking the database's guards away for a moment, to play the forger; emptying it after a test that really commits.

Not here: any guard; those are migrations (mingjing.kernel.db.guards).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.core.management.commands.flush import Command as FlushCommand
from django.db import connection, transaction

from mingjing.kernel.calendar.models import Notice
from mingjing.kernel.calendar.shipped import seed
from mingjing.kernel.ledger.models import Head
from tests.installations import put_back

MADE_BY_MIGRATING = {"django_content_type", "auth_permission"}
"""Tables that only Django writes, whenever the models change."""


@contextmanager
def guards_lifted() -> Iterator[None]:
    """Every trigger of every table is out of force inside; afterwards all stand again."""
    with connection.cursor() as cursor:
        taken = _lift(cursor)
    yield
    with connection.cursor() as cursor:
        for statement in taken:
            cursor.execute(statement)


def _lift(cursor) -> list[str]:
    """Take the triggers away; returns the statements that put them back."""
    if connection.vendor == "sqlite":
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        return [sql for _name, sql in triggers]
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
    tables = [table for (table,) in cursor.fetchall()]
    for table in tables:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    return ["SET CONSTRAINTS ALL IMMEDIATE", *(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables)]


@contextmanager
def flushing_allowed() -> Iterator[None]:
    """Django empties the database after a test that commits: inside, it is put back as migrations left it instead."""

    def flush(command: FlushCommand, **options: Any) -> None:
        if connection.vendor == "sqlite":
            put_back()
            return
        with transaction.atomic():  # one commit instead of hundreds
            _empty()
            Head.objects.create()
            seed(Notice, 2022, 2026)

    with patch.object(FlushCommand, "handle", flush):
        yield


def _empty() -> None:
    """Delete every row that is not Django's, past triggers and foreign keys: TRUNCATE would make each table anew."""
    quote = connection.ops.quote_name
    names = {*connection.introspection.django_table_names(include_views=False)} - MADE_BY_MIGRATING
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {quote(name)})" for name in names)
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {quote(name)}")
        cursor.execute("SET LOCAL session_replication_role = origin")
