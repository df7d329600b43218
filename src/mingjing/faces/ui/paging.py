"""Pages of long lists by key, not by number: page 4,000 of the ledger costs what page 1 costs, and a row that arrives
while somebody reads moves nothing. Not here: what is listed, or in which order.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, Generic, TypeVar

from django.core.exceptions import FieldError, ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

Row = TypeVar("Row", bound=Model)
Shown = TypeVar("Shown")

PAGE_SIZE = 50
"""Rows of a page: a little more than a desk screen shows without scrolling twice."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Shown]):
    """The rows of one page; `before` and `after` are query strings of the neighbouring pages, or empty."""

    rows: tuple[Shown, ...]
    before: str
    after: str


def page_of(
    rows: QuerySet[Row], params: Mapping[str, Any], *, order: tuple[str, ...], size: int = PAGE_SIZE, of: str = ""
) -> Page[Row]:
    """The page of `rows` that `params` (request.GET) asks for with `after` or `before`.

    A second list beside one is asked for under a name of its own: `of` stands before both words.

    `order` names fields as `order_by` does (of rows beside them too), together unique and never null. A senseless
    cursor is the first page.
    """
    before, after = f"{of}before", f"{of}after"
    backwards = before in params
    cursor = _read(params.get(before if backwards else after, ""), len(order))
    found = _ask(rows, cursor, _reversed(order) if backwards else order, size)
    if not found and cursor:  # the cursor's neighbours are gone, or it was made up
        cursor, backwards = (), False
        found = _ask(rows, cursor, order, size)
    more, shown = len(found) > size, found[:size]
    if backwards:
        shown = shown[::-1]
    earlier, later = (more, True) if backwards else (bool(cursor), more)
    return Page(
        rows=tuple(shown),
        before=_link(params, before, after, shown[0], order) if shown and earlier else "",
        after=_link(params, after, before, shown[-1], order) if shown and later else "",
    )


def _ask(rows: QuerySet[Row], cursor: tuple[Any, ...], order: tuple[str, ...], size: int) -> list[Row]:
    try:
        return list(rows.filter(_beyond(cursor, order)).order_by(*order)[: size + 1])
    except (FieldError, ValidationError, ValueError, TypeError, OverflowError):
        return []


def _beyond(cursor: tuple[Any, ...], order: tuple[str, ...]) -> Q:
    """Rows after `cursor`: (a, b) > (x, y) written out, for databases without row comparison in mixed directions."""
    beyond, equal = Q(), Q()
    for name, value in zip(order, cursor, strict=False):
        field, test = (name[1:], "lt") if name.startswith("-") else (name, "gt")
        beyond |= equal & Q(**{f"{field}__{test}": value})
        equal &= Q(**{field: value})
    return beyond


def _reversed(order: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name[1:] if name.startswith("-") else f"-{name}" for name in order)


def _link(params: Mapping[str, Any], name: str, other: str, row: Model, order: tuple[str, ...]) -> str:
    query = QueryDict(mutable=True)
    query.update({key: value for key, value in params.items() if key not in {name, other}})
    values = [str(_value(row, field.removeprefix("-"))) for field in order]
    query[name] = base64.urlsafe_b64encode(json.dumps(values, ensure_ascii=False).encode()).decode().rstrip("=")
    return query.urlencode()


def _value(row: Model, field: str) -> Any:
    """What a row has there; of a row beside it (`area__name`) too, and the key of one that it points to."""
    value: Any = reduce(getattr, field.split("__"), row)
    return value.pk if isinstance(value, Model) else value


def _read(text: str, length: int) -> tuple[Any, ...]:
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError):
        return ()
    fits = isinstance(values, list) and len(values) == length and all(isinstance(value, str) for value in values)
    return tuple(values) if fits and not any("\0" in value for value in values) else ()
