"""Taking the database's guards away for a moment: to empty it after a test that really commits, or to play the forger.

Not here: any guard; those are migrations (mingjing.kernel.db.guards).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.backends.base.operations import BaseDatabaseOperations


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
    """Django empties the database after a test that commits: let it, and begin again as migrations do."""
    original = BaseDatabaseOperations.execute_sql_flush

    def flush(self, sql_list):
        from mingjing.kernel.calendar.models import Notice
        from mingjing.kernel.calendar.shipped import seed
        from mingjing.kernel.ledger.models import Head

        with transaction.atomic():  # one commit instead of hundreds
            if connection.vendor == "sqlite":
                with guards_lifted():
                    original(self, sql_list)
            else:
                _empty()
            Head.objects.create()
            seed(Notice, 2022, 2026)

    BaseDatabaseOperations.execute_sql_flush = flush
    try:
        yield
    finally:
        BaseDatabaseOperations.execute_sql_flush = original


def _empty() -> None:
    """Delete every row there is, past triggers and foreign keys: a TRUNCATE of all tables makes each of them anew."""
    quote = connection.ops.quote_name
    names = connection.introspection.django_table_names(include_views=False)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {quote(name)})" for name in names)
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {quote(name)}")
        cursor.execute("SET LOCAL session_replication_role = origin")
