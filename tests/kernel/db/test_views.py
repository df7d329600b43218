"""Views made by migrations, lifted where a later migration alters what they read."""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from mingjing.kernel.db.guards import Lift
from mingjing.kernel.db.views import View

VIEW = View(
    "shown_thing", sqlite="SELECT upper(title) AS t FROM thing", postgresql="SELECT upper(title) AS t FROM thing"
)


@pytest.fixture
def table(transactional_db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE thing (id integer PRIMARY KEY, title varchar(9))")
        cursor.execute("INSERT INTO thing VALUES (1, 'a')")
    yield "thing"
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE thing")


def run(operation, back=False):
    with connection.schema_editor() as editor:
        move = operation.database_backwards if back else operation.database_forwards
        move("db", editor, ProjectState(), ProjectState())


def shown():
    with connection.cursor() as cursor:
        cursor.execute("SELECT t FROM shown_thing")
        return cursor.fetchall()


def test_a_view_is_made_lifted_while_its_table_is_rebuilt_and_repeated(table):
    run(VIEW)
    assert shown() == [("A",)]
    run(Lift(VIEW))
    with connection.cursor() as cursor:  # as Django rebuilds a table on SQLite
        cursor.execute("CREATE TABLE new_thing (id integer PRIMARY KEY, title text)")
        cursor.execute("INSERT INTO new_thing SELECT * FROM thing")
        cursor.execute("DROP TABLE thing")
        cursor.execute("ALTER TABLE new_thing RENAME TO thing")
    run(VIEW)
    assert shown() == [("A",)]
    run(VIEW, back=True)


@pytest.mark.django_db
def test_every_view_of_the_migrations_stands():
    operations = [
        one for migration in MigrationLoader(connection).disk_migrations.values() for one in migration.operations
    ]
    views = {one.table for one in operations if isinstance(one, View)}
    with connection.cursor() as cursor:
        found = {info.name for info in connection.introspection.get_table_list(cursor) if info.type == "v"}
        assert views
        assert views <= found
        for view in views:
            cursor.execute(f"SELECT count(*) FROM {view}")
