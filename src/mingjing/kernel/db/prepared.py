"""Queries of the hot paths: built by the ORM once, then asked again and again with other values.

To build a query of several joins takes the ORM ten times as long as the database takes to answer it. A `Prepared` keeps
what was built, for each connection and each kind of values, and asks the driver past Django's cursor. Not here: writes
(rows), and queries that are asked now and then: those are built when they are asked.
"""

import json
import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from threading import local
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, Error, connections, transaction
from django.db.backends.sqlite3.base import FORMAT_QMARK_REGEX
from django.db.models import DateTimeField, JSONField, Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.expressions import Col
from django.db.models.query import get_related_populators
from msgspec import DecodeError
from msgspec.json import decode

__all__ = ["Prepared", "Seen", "Statement", "adapted"]

Row = TypeVar("Row")


class Prepared(Generic[Row]):
    """`build` makes the query of its named values: numbers, texts, UUIDs, days, instants, or lists of them, not empty.

    A value must reach the database as it is: as a pattern, say, or as half of a pair it would not be found again, and
    the first use says so. A list is filled up with its last value, to the next power of two or, beyond 32, multiple
    of 32, so that few queries are kept: it may only say `in`.
    """

    def __init__(self, build: Callable[..., "QuerySet[Any, Row]"]) -> None:
        self._build, self._kept = build, local()

    def ask(self, **values: Any) -> list[Row]:
        """The rows, with what `select_related` and `annotate` bring along; of `values_list` tuples. One statement."""
        plan, filled = self._plan(values)
        return list(plan.rows(filled))

    def any(self, **values: Any) -> bool:
        """Whether there is a row at all. One statement."""
        plan, filled = self._plan(values)
        return bool(plan.found(filled))

    def _plan(self, values: Mapping[str, Any]) -> "tuple[_Plan, Mapping[str, Any]]":
        kinds: tuple[Any, ...] = tuple(map(type, values.values()))
        filled, shape = values, (*values, *kinds)
        if list in kinds:
            filled = {name: _filled(value) if type(value) is list else value for name, value in values.items()}
            shape = tuple([(name, *_kind(value)) for name, value in filled.items()])
        connection = connections[DEFAULT_DB_ALIAS]
        plans: dict[Any, _Plan] = self._kept.__dict__.setdefault("plans", {})
        plan = plans.get(shape)
        if plan is None or plan.connection is not connection:
            plan = plans[shape] = _planned(self._build, filled, connection)
        return plan, filled

    def first(self, **values: Any) -> Row | None:
        """The first row, or None. The query itself says that one is enough."""
        return next(iter(self.ask(**values)), None)

    def look(self, known: "Seen[Row] | None" = None, /, **values: Any) -> "Seen[Row] | None":
        """The first row with what the database said of it; `known` itself where it says the same as then."""
        plan, filled = self._plan(values)
        found = plan.found(filled)[:1]
        if known is not None and found == [known.row]:
            return known
        return next((Seen(row, one) for row, one in zip(found, plan.made_of(found), strict=True)), None)


@dataclass(frozen=True, slots=True)
class Seen(Generic[Row]):
    """A row as the database said it, and what was made of it."""

    row: Sequence[Any]
    one: Row


class Statement:
    """A statement as Django's cursor takes it and, `marked`, as SQLite's driver does; whether it only `reads`."""

    __slots__ = ("marked", "reads", "sql")

    def __init__(self, sql: str) -> None:
        self.sql, self.marked = sql, FORMAT_QMARK_REGEX.sub("?", sql).replace("%%", "%")
        self.reads = sql.startswith("SELECT")

    def say(self, connection: Any, given: Sequence[Any]) -> list[Any]:
        """What the database answers, asked past Django's cursor unless somebody listens there.

        PostgreSQL plans what it is asked again and again once (`prepare_threshold`).
        """
        if connection.connection is None or connection.queries_logged or connection.execute_wrappers:
            return self.say_by_cursor(connection, given)
        connection.validate_no_broken_transaction()
        try:
            if connection.vendor == "sqlite":
                found: list[Any] = connection.connection.execute(self.marked, given).fetchall()
                return found
            cursor = _cursor(connection, kept=self.reads).execute(self.sql, given)
            return cursor.fetchall() if cursor.pgresult.nfields else []  # its description makes an object a column
        except connection.Database.Error:
            with connection.wrap_database_errors:  # as Django tells of it
                raise

    def say_by_cursor(self, connection: Any, given: Sequence[Any]) -> list[Any]:
        """The same by Django's cursor."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, given)
            found: list[Any] = cursor.fetchall() if cursor.description else []
        return found


def _cursor(connection: Any, *, kept: bool) -> Any:
    """A cursor of psycopg; one is `kept` for what only reads, for to make one takes a third of a small statement.

    What writes has one of its own: the kept one holds on to what it was last given until it is given something else.
    """
    line = connection.connection
    cursor = connection.__dict__.get("kept_cursor") if kept else None
    if cursor is None or cursor.connection is not line:
        cursor = connection.Database.Cursor(line)
        if kept:
            connection.kept_cursor = cursor
    return cursor


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where a value goes in: by its name, and its place where it is one of a list."""

    name: str
    place: int | None = None

    def of(self, value: Any) -> Any:
        """What goes in; of many UUIDs as one value the text, which is read sooner than each is sent by itself."""
        if self.place is not None:
            return value[self.place]
        return f"{{{','.join([one.hex for one in value])}}}" if _are_uuids(value) else value


def _are_uuids(value: Any) -> bool:
    return type(value) is list and type(value[0]) is UUID


@dataclass(frozen=True, slots=True)
class _Plan:
    """A query as its connection takes it, and how its rows become objects: what Django's ModelIterable does."""

    connection: Any
    compiler: Any
    statement: Statement
    params: Sequence[Any]
    slots: Sequence[tuple[int, _Slot]]
    """The places of `params` where a value goes in."""
    adapts: Sequence[str]
    """The values that the database does not take as they are."""
    locks: bool
    converters: "Sequence[tuple[int, Callable[[Any], Any]]]"
    made: "_Made | None"

    def found(self, values: Mapping[str, Any]) -> list[Any]:
        """What the database answers."""
        connection = self.connection
        if self.locks and not connection.in_atomic_block:
            raise transaction.TransactionManagementError("Rows are locked until a transaction ends; there is none.")
        given = list(self.params)
        ready = values
        if self.adapts:
            ready = {**values, **{name: adapted(values[name], connection) for name in self.adapts}}
        for place, slot in self.slots:
            value = ready[slot.name]
            given[place] = slot.of(value) if type(value) is list else value
        try:
            return self.statement.say(connection, given)
        except Error:  # the line may be gone: Django looks, opens another
            if connection.in_atomic_block:
                raise
            return self.statement.say_by_cursor(connection, given)

    def rows(self, values: Mapping[str, Any]) -> Iterable[Any]:
        """The same as objects, or as tuples."""
        return self.made_of(self.found(values))

    def made_of(self, found: Sequence[Sequence[Any]]) -> Iterable[Any]:
        """What the database answered as objects, or as tuples."""
        rows = self._converted(found) if self.converters and found else found
        return rows if self.made is None else map(self.made.of, rows)

    def _converted(self, found: Sequence[Sequence[Any]]) -> Iterable[Sequence[Any]]:
        """What the compiler's `apply_converters` makes of the rows, a column at a time; null is None in all."""
        if len(found) == 1:
            row = list(found[0])
            for place, convert in self.converters:
                if row[place] is not None:
                    row[place] = convert(row[place])
            return [row]
        columns: list[Sequence[Any]] = list(zip(*found, strict=True))
        for place, convert in self.converters:
            columns[place] = [None if value is None else convert(value) for value in columns[place]]
        return zip(*columns, strict=True)


@dataclass(frozen=True, slots=True)
class _Made:
    """How a row becomes an object."""

    model: type[Model]
    own: slice
    names: Sequence[str]
    beside: Sequence[Any]
    """Django's RelatedPopulators: what they know is read, what they do is done by `_bring`."""
    annotations: Mapping[str, int]

    def of(self, row: Sequence[Any]) -> Any:
        made = _object(self.model, self.names, row[self.own])
        for related in self.beside:
            _bring(related, row, made)
        for name, place in self.annotations.items():
            setattr(made, name, row[place])
        return made


def _object(model: type[Model], names: Sequence[str], values: Sequence[Any]) -> Any:
    """As from_db makes it; nobody here is told of it (signals)."""
    made = model.__new__(model)
    made._state = ModelState()
    made._state.adding, made._state.db = False, DEFAULT_DB_ALIAS
    made.__dict__.update(zip(names, values, strict=True))
    return made


def _bring(related: Any, row: Sequence[Any], of: Any) -> None:
    """The object beside `of` in this row, and those beside it; None where there is none."""
    reorder = related.reorder_for_init
    values = reorder(row) if reorder else row[related.cols_start : related.cols_end]
    if values[related.pk_idx] is None:
        related.local_setter(of, None)
        return
    made = _object(related.model_cls, related.init_list, values)
    for further in related.related_populators:
        _bring(further, row, made)
    related.local_setter(of, made)
    related.remote_setter(made, of)


def _planned(build: Callable[..., Any], values: Mapping[str, Any], connection: Any) -> _Plan:
    count = iter(range(10**6))
    told: dict[str, Any] = {}
    slots: dict[Any, _Slot] = {}
    for name, value in values.items():
        many = isinstance(value, list)
        stand_ins = [_stand_in(type(one), next(count)) for one in (value if many else [value])]
        told[name] = stand_ins if many else stand_ins[0]
        slots |= {adapted(one, connection): _Slot(name, n if many else None) for n, one in enumerate(stand_ins)}
    query = build(**told).query
    compiler = query.get_compiler(connection=connection)
    sql, raw = compiler.as_sql()
    params: Sequence[Any] = [slots.get(one, one) if isinstance(one, Hashable) else one for one in raw]
    if missing := set(slots.values()) - {one for one in params if type(one) is _Slot}:
        raise TypeError(f"{sorted(slot.name for slot in missing)} did not come through to the database as given.")
    if connection.vendor == "postgresql":
        sql, params = _by_list(sql, params, values)
    asked = compiler.get_converters([column[0] for column in compiler.select[: compiler.col_count]])
    converters = [(place, _converter(each, column, connection)) for place, (each, column) in asked.items()]
    made = _making(compiler) if query.default_cols else None
    places = [(place, one) for place, one in enumerate(params) if type(one) is _Slot]
    adapts = [name for name, value in values.items() if _kind(value)[0] not in (int, str)]
    return _Plan(
        connection, compiler, Statement(sql), params, places, adapts, query.select_for_update, converters, made
    )


def _by_list(sql: str, params: Sequence[Any], values: Mapping[str, Any]) -> tuple[str, Sequence[Any]]:
    """The same with every list as one value: one statement for lists of any length, and a fraction of the work."""
    parts, given, at = _IN.split(sql), list[Any](), 0
    for n, part in enumerate(parts):
        ours = params[at : at + part.replace("%%", "").count("%s")]
        at += len(ours)
        if n % 2 and type(ours[0]) is _Slot:
            whole = [_Slot(ours[0].name, place) for place, _one in enumerate(values[ours[0].name])]
            if ours == whole:
                kind = "::uuid[]" if _are_uuids(values[ours[0].name]) else ""
                parts[n], ours = f"= ANY(%s{kind})", [_Slot(ours[0].name)]
        given += ours
    return "".join(parts), given


_IN = re.compile(r"(IN \(%s(?:, %s)*\))")


def _converter(each: Sequence[Any], column: Any, connection: Any) -> Callable[[Any], Any]:
    """What Django's converters of a column do, at one stroke for the kinds that hot paths read most."""

    def convert(value: Any) -> Any:
        for one in each:
            value = one(value, column, connection)
        return value

    kind, zone = type(column.output_field) if isinstance(column, Col) else None, connection.timezone
    if kind is JSONField and column.output_field.decoder is None:
        return lambda value: _read(value) if type(value) is str else convert(value)
    if kind is DateTimeField and connection.vendor == "sqlite":
        return lambda value: value.replace(tzinfo=zone) if type(value) is datetime else convert(value)
    return convert


def _making(compiler: Any) -> _Made:
    fields = compiler.klass_info["select_fields"]
    own = slice(fields[0], fields[-1] + 1)
    return _Made(
        compiler.klass_info["model"], own, [column[0].target.attname for column in compiler.select[own]],
        get_related_populators(compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS),  # type: ignore[call-arg]  # Django 6's
        compiler.annotation_col_map,
    )  # fmt: skip


def _read(text: str) -> Any:
    """JSON as the standard library reads it, which takes half of a pair too: one such row must not stop the others."""
    try:
        return decode(text)
    except DecodeError:
        return json.loads(text)


def _filled(value: list[Any]) -> list[Any]:
    wanted = -len(value) // 32 * -32 if len(value) > 32 else 1 << (len(value) - 1).bit_length()
    return value + [value[-1]] * (wanted - len(value))


def _kind(value: Any) -> tuple[type, int]:
    return (type(value[0]), len(value)) if isinstance(value, list) else (type(value), 0)


def _stand_in(kind: type, number: int) -> Any:
    """A value of this kind like no other of the query."""
    match kind.__name__:
        case "int":
            return 1_900_000_000 + number
        case "str":
            return f"\x1f{number}"
        case "UUID":
            return UUID(int=0x5EED << 112 | number)
        case "date":
            return date(1000, 1, 1) + timedelta(days=number)
        case "datetime":
            return datetime(1000, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
    raise TypeError(f"A prepared query takes no {kind.__name__}.")


def adapted(value: Any, connection: Any) -> Any:
    """A value as the database of this connection takes it."""
    kind = type(value)
    if kind is list:
        if type(value[0]) is UUID:  # of one kind all, and often many
            return value if connection.features.has_native_uuid_field else [one.hex for one in value]
        return [adapted(one, connection) for one in value]
    if kind is UUID:
        return value if connection.features.has_native_uuid_field else value.hex
    if kind is datetime:
        if value.tzinfo is UTC and connection.vendor == "sqlite" and connection.timezone is UTC:
            return str(value.replace(tzinfo=None))
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if kind is date else value
