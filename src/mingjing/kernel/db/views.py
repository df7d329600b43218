"""Views of the database, made by migrations, the same on SQLite and PostgreSQL.

Neither database lets a table be altered under a view in every way (SQLite rebuilds the table, PostgreSQL refuses to
change a column's type): such a migration lifts the view before and repeats it after, as it does with guards
(`guards.Lift`). Not here: what a view tells (the model that reads it).
"""

from typing import Any

from django.db.migrations.operations.base import Operation

__all__ = ["View"]


class View(Operation):
    """The view `table`, by the SELECT of each vendor. What goes into SQL comes from migrations, never from input."""

    reversible = True

    def __init__(self, table: str, *, sqlite: str, postgresql: str) -> None:
        self.table, self.queries = table, {"sqlite": sqlite, "postgresql": postgresql}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """A view is no part of Django's model state; the model that reads it is not managed."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        query = self.queries[schema_editor.connection.vendor]
        schema_editor.execute(f"CREATE VIEW {self.table} AS {query}", params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        schema_editor.execute(f"DROP VIEW {self.table}", params=None)

    def describe(self) -> str:
        return f"Make the view {self.table}"
