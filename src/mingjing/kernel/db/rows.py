"""Rows written on the hot paths: many in one statement, without an object for each.

Everything the database checks it checks here too; what only a model does (defaults, signals) it does not. Not here:
reads (prepared).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain
from json import JSONEncoder
from typing import Any, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import format_number
from django.db.models import BinaryField, DateTimeField, DecimalField, FloatField, JSONField, Model, UUIDField
from django.db.models.base import ModelState
from msgspec import Raw
from msgspec.json import encode

from mingjing.kernel.db.fields import InstantField, instant_text, plain_text
from mingjing.kernel.db.prepared import Statement, adapted

__all__ = ["Rows", "change", "insert", "insert_objects", "made"]

Row = TypeVar("Row", bound=Model)

MOST = 30_000
"""Values of one statement; SQLite takes 32,766 and PostgreSQL 65,535."""
FEW = 200
"""Rows up to which the statement for so many is kept: a visit's. Larger lots come seldom, and their text is long."""
_JSON = JSONEncoder(check_circular=False).encode
"""As the ORM writes it; a value that holds itself ends in a RecursionError."""


def insert(
    model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, keys: bool = False
) -> list[Any]:
    """Insert rows of the named fields (foreign keys by their `_id`), in one statement unless there are very many.

    With `keys`, those that the database gave them, in the order of the rows.
    """
    return Rows.ready(model, columns, rows).insert(keys=keys)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one model as the database takes them: made ready before, so that to write them is all that is left."""

    table: "_Table"
    values: Sequence[Sequence[Any]]

    @classmethod
    def ready(cls, model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> "Rows":
        """Rows of the named fields, as `insert` takes them. No statement."""
        table = _table(model, tuple(columns), connections[DEFAULT_DB_ALIAS].vendor)
        by_column = list(zip(*rows, strict=True))
        for n, way in table.ways if by_column else ():
            by_column[n] = tuple([None if value is None else way(value) for value in by_column[n]])
        return cls(table, list(zip(*by_column, strict=True)))

    def __bool__(self) -> bool:
        return bool(self.values)

    def insert(self, *, keys: bool = False) -> list[Any]:
        """Write them; see `insert`."""
        connection = connections[DEFAULT_DB_ALIAS]
        lot, given = max(1, MOST // self.table.columns), list[Any]()
        for start in range(0, len(self.values), lot):
            statement, values = self._said(self.values[start : start + lot], keys)
            given += [key for (key,) in statement.say(connection, values)]
        return given

    def _said(self, part: Sequence[Sequence[Any]], keys: bool) -> tuple[Statement, Sequence[Any]]:
        """The statement that writes these, and its values."""
        document = self.table.document
        if document and len(part) > 1:
            return document.keyed if keys else document.plain, [document.of(part)]
        statement = (_many if len(part) <= FEW else _many.__wrapped__)(self.table, len(part), keys)
        return statement, list(chain.from_iterable(part))


@lru_cache(maxsize=256)
def _many(table: "_Table", rows: int, keys: bool) -> Statement:
    """The statement for so many rows."""
    return Statement(table.begin + ", ".join([table.marks] * rows) + (table.returning if keys else ""))


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """How rows of these columns are written: the statement's parts, and how values go in that do not as they are."""

    begin: str
    marks: str
    returning: str
    ways: Sequence[tuple[int, Callable[[Any], Any]]]
    columns: int
    document: "_Document | None"


@dataclass(frozen=True, slots=True, eq=False)
class _Document:
    """How PostgreSQL takes many rows: as one value, a JSON document, by one statement for any number of them.

    A value of its own for each cell takes the driver and the server longer than to write the row.
    """

    plain: Statement
    keyed: Statement
    names: Sequence[str]
    ways: Sequence[tuple[int, Callable[[Any], Any]]]

    def of(self, rows: Sequence[Sequence[Any]]) -> str:
        """The rows in their order, each cell as the type of its column reads it."""
        if self.ways:
            columns = list(zip(*rows, strict=True))
            for n, way in self.ways:
                columns[n] = tuple([None if value is None else way(value) for value in columns[n]])
            rows = list(zip(*columns, strict=True))
        names = self.names
        return encode([dict(zip(names, row, strict=True)) for row in rows], enc_hook=plain_text).decode()


@lru_cache(maxsize=256)
def _table(model: type[Model], columns: tuple[str, ...], vendor: str) -> _Table:
    connection = connections[DEFAULT_DB_ALIAS]
    fields = [model._meta.get_field(name) for name in columns]
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)  # type: ignore[union-attr]  # concrete ones
    into = f"INSERT INTO {quote(model._meta.db_table)} ({names}) "
    returning = f" RETURNING {quote(str(model._meta.pk.column))}"
    return _Table(
        f"{into}VALUES ", f"({', '.join(['%s'] * len(fields))})", returning,
        [(n, way) for n, field in enumerate(fields) if (way := _way(field, vendor))], len(fields),
        _document(into, returning, fields, connection) if vendor == "postgresql" else None,
    )  # fmt: skip


def _document(into: str, returning: str, fields: Sequence[Any], connection: Any) -> _Document:
    names = [f"c{n}" for n in range(len(fields))]
    types = ", ".join(f"{name} {field.rel_db_type(connection)}" for name, field in zip(names, fields, strict=True))
    plain = f"{into}SELECT {', '.join(names)} FROM json_to_recordset(%s::json) AS given({types})"  # noqa: S608 - our own names
    ways = [(n, way) for n, field in enumerate(fields) if (way := _way_in_json(field))]
    return _Document(Statement(plain), Statement(plain + returning), names, ways)


def made(model: type[Row], /, **values: Any) -> Row:
    """A new object as the model makes one of these values and its defaults, at a tenth of the price.

    For `insert_objects`: nobody is told of it (signals). Raises TypeError for a name that is no field's.
    """
    one = model.__new__(model)
    one._state = ModelState()
    told = one.__dict__
    plain, asked = _defaults(model)
    told.update(plain)
    for name, given in asked:
        told[name] = given()
    related = _relations(model)
    for name, value in values.items():
        if name in related:
            told[related[name]] = None if value is None else value.pk
            one._state.fields_cache[name] = value
        elif name in told:
            told[name] = value
        else:
            raise TypeError(f"{model.__name__} has no field {name!r}.")
    return one


@lru_cache(maxsize=64)
def _defaults(model: type[Model]) -> tuple[dict[str, Any], Sequence[tuple[str, Callable[[], Any]]]]:
    """What each column holds unless it is said; what a callable gives is asked for anew, so it stands apart."""
    plain: dict[str, Any] = {}
    asked = []
    for field in model._meta.concrete_fields:
        given = field.default if field.has_default() else field.get_default()
        plain[field.attname] = None if callable(given) else given
        if callable(given):
            asked.append((field.attname, given))
    return plain, asked


@lru_cache(maxsize=64)
def _relations(model: type[Model]) -> dict[str, str]:
    return {field.name: field.attname for field in model._meta.concrete_fields if field.is_relation}


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
    statement, values = _changing(type(one), names, connection.vendor)
    told = one.__dict__
    given = [way(told[name]) if way is not None and told[name] is not None else told[name] for name, way in values]
    statement.say(connection, given)


@lru_cache(maxsize=64)
def _changing(
    model: type[Model], names: tuple[str, ...], vendor: str
) -> tuple[Statement, Sequence[tuple[str, Callable[[Any], Any] | None]]]:
    """The statement, and the columns whose values it takes, with how they go in."""
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    key: Any = model._meta.pk
    marks, table = ", ".join(f"{quote(field.column)} = %s" for field in fields), quote(model._meta.db_table)
    statement = Statement(f"UPDATE {table} SET {marks} WHERE {quote(key.column)} = %s")  # noqa: S608 - our own names
    return statement, [(field.attname, _way(field, vendor)) for field in (*fields, key)]


def _way(field: Any, vendor: str) -> Callable[[Any], Any] | None:
    """How values of a field go in, where they do not go in as they are."""
    field = _target(field)
    if isinstance(field, JSONField):
        return field.encoder().encode if field.encoder else _JSON
    if isinstance(field, UUIDField | DateTimeField):
        return _plain(field, vendor)
    if isinstance(field, InstantField):
        return instant_text
    if isinstance(field, DecimalField):
        return _decimal(field, vendor)
    if type(field).get_prep_value is not _base(field).get_prep_value:
        return lambda value: field.get_db_prep_save(value, connections[DEFAULT_DB_ALIAS])
    return None


def _target(field: Any) -> Any:
    """The field that says of what kind the values are: of a relation that of the key it leads to."""
    while field.remote_field:
        field = field.target_field
    return field


def _way_in_json(field: Any) -> Callable[[Any], Any] | None:
    """How cells go into a JSON document, where JSON would say something else than they do."""
    match _target(field):
        case JSONField():
            return lambda text: Raw(text.encode())
        case BinaryField():
            return lambda value: f"\\x{bytes(value).hex()}"
        case FloatField():
            return repr
    return None


def _plain(field: Any, vendor: str) -> Callable[[Any], Any] | None:
    """UUIDs and instants as `adapted` gives them, for many: PostgreSQL takes both as they are."""
    if vendor == "postgresql":
        return None
    return _hex if isinstance(field, UUIDField) else _instant


def _decimal(field: Any, vendor: str) -> Callable[[Any], Any]:
    """Decimals as the ORM writes them: SQLite keeps a text with all places."""
    if vendor == "postgresql":
        return lambda value: field.to_python(value)
    return lambda value: format_number(field.to_python(value), field.max_digits, field.decimal_places)


def _hex(value: Any) -> Any:
    return value.hex if type(value) is UUID else adapted(value, connections[DEFAULT_DB_ALIAS])


def _instant(value: Any) -> Any:
    if type(value) is datetime and value.tzinfo is UTC:
        return encode(value)[1:-2].decode().replace("T", " ")
    return adapted(value, connections[DEFAULT_DB_ALIAS])


def _base(field: Any) -> Any:
    """The class of Django's that a field is of."""
    return next(cls for cls in type(field).__mro__ if cls.__module__.startswith("django.db.models"))
