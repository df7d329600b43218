"""Rows written on the hot paths: many in one statement, without an object for each.

Everything the database checks it checks here too; what only a model does (defaults, signals) it does not. Not here:
reads (prepared).
"""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import DateTimeField, DecimalField, JSONField, Model, UUIDField

from mingjing.kernel.db.prepared import adapted

__all__ = ["change", "insert", "insert_objects"]

MOST = 30_000
"""Values of one statement; SQLite takes 32,766 and PostgreSQL 65,535."""


def insert(
    model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, keys: bool = False
) -> list[Any]:
    """Insert rows of the named fields (foreign keys by their `_id`), in one statement unless there are very many.

    With `keys`, those that the database gave them, in the order of the rows.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    fields = [model._meta.get_field(name) for name in columns]
    ways = [(n, way) for n, field in enumerate(fields) if (way := _way(field, connection))]
    ready: list[list[Any]] = []
    for row in map(list, rows):
        for n, way in ways:
            if row[n] is not None:
                row[n] = way(row[n])
        ready.append(row)
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)  # type: ignore[union-attr]  # concrete ones
    begin = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES "  # noqa: S608 - names of our own columns
    marks = f"({', '.join(['%s'] * len(fields))})"
    lot, given = max(1, MOST // len(fields)), list[Any]()
    end = f" RETURNING {quote(str(model._meta.pk.column))}" if keys else ""
    with connection.cursor() as cursor:
        for start in range(0, len(ready), lot):
            part = ready[start : start + lot]
            cursor.execute(begin + ", ".join([marks] * len(part)) + end, [value for row in part for value in row])
            given += [key for (key,) in cursor.fetchall()] if keys else ()
    return given


def insert_objects(objects: Sequence[Model], *, keys: bool = False) -> None:
    """Insert new objects of one model; with `keys` they get those that the database gave them."""
    if not objects:
        return
    model = type(objects[0])
    generated = model._meta.auto_field
    names = [field.attname for field in model._meta.concrete_fields if field is not generated]
    given = insert(model, names, ([one.__dict__[name] for name in names] for one in objects), keys=keys)
    for one, key in zip(objects, given, strict=True) if keys else ():
        one.pk = key
    for one in objects:
        one._state.adding, one._state.db = False, DEFAULT_DB_ALIAS


def change(one: Model, *names: str) -> None:
    """Write these fields of an object's row, as `save(update_fields=…)` does."""
    connection = connections[DEFAULT_DB_ALIAS]
    fields: list[Any] = [one._meta.get_field(name) for name in names]
    key: Any = one._meta.pk
    quote = connection.ops.quote_name
    told = [_ready(field, one.__dict__[field.attname], connection) for field in (*fields, key)]
    marks = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    table = quote(one._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {marks} WHERE {quote(key.column)} = %s", told)  # noqa: S608 - our own names


def _ready(field: Any, value: Any, connection: Any) -> Any:
    way = _way(field, connection)
    return way(value) if way and value is not None else value


def _way(field: Any, connection: Any) -> Callable[[Any], Any] | None:
    """How values of a field go in, where they do not go in as they are."""
    while field.remote_field:
        field = field.target_field
    if isinstance(field, JSONField):
        return json.dumps
    if isinstance(field, UUIDField | DateTimeField):
        return lambda value: adapted(value, connection)
    if isinstance(field, DecimalField) or type(field).get_prep_value is not _base(field).get_prep_value:
        return lambda value: field.get_db_prep_save(value, connection)
    return None


def _base(field: Any) -> Any:
    """The class of Django's that a field is of."""
    return next(cls for cls in type(field).__mro__ if cls.__module__.startswith("django.db.models"))
