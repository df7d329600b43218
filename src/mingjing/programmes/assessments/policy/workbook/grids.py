"""A document as grids of text cells, one grid a sheet: what the workbook shows, before it is a file."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mingjing.programmes.assessments.policy.workbook.layout import (
    BASICS,
    CHECKS,
    LISTS,
    Column,
    Plan,
    computed_titles,
)

__all__ = ["FLAGS", "Grid", "columns_of", "grids", "value_at"]

Grid = list[list[str]]
FLAGS = {"zh-Hans": ("否", "是"), "en": ("no", "yes")}


def grids(document: Mapping[str, Any], language: str) -> dict[str, Grid]:
    """The cells of every sheet of `document` by sheet name; the first row is the header."""
    found = {BASICS.name(language): _basics(document, language)}
    for plan in LISTS:
        columns = columns_of(plan, document)
        rows = [[_shown(value_at(entry, c.path), c, language) for c in columns] for entry in _entries(document, plan)]
        found[plan.name(language)] = [[column.header for column in columns], *rows]
    return found


def _basics(document: Mapping[str, Any], language: str) -> Grid:
    cells = [[c.header, _shown(value_at(document, c.path), c, language)] for c in BASICS.columns]
    return [["项目\nField", "内容\nValue"], *cells]


def columns_of(plan: Plan, document: Mapping[str, Any]) -> tuple[Column, ...]:
    """The columns of a sheet: the fixed ones, and one for each measure its conditions may ask about."""
    if not plan.measures:
        return plan.columns
    attributes = {str(entry.get("code")): entry.get("title") for entry in _objects(document.get("attributes"))}
    whens = [value_at(entry, ("when",)) for entry in _entries(document, plan)]
    used = [code for when in whens if isinstance(when, Mapping) for code in when]
    titles = {**attributes, **computed_titles()}
    codes = dict.fromkeys([*(attributes if plan.measures == "attributes" else ()), *used])
    return (*plan.columns, *(_condition(code, titles.get(code)) for code in codes))


def _condition(code: str, title: object) -> Column:
    texts = title if isinstance(title, Mapping) else {}
    english = " ".join(filter(None, [str(texts.get("en", "")), f"[{code}]"]))
    return Column(("when", code), str(texts.get("zh-Hans", "")) or "条件", english, "condition", 16)


def _entries(document: Mapping[str, Any], plan: Plan) -> Iterator[Mapping[str, Any]]:
    if plan is CHECKS:
        for item in _objects(document.get("items")):
            yield from ({**check, "item": item.get("code")} for check in _objects(item.get("checks")))
        return
    found = value_at(document, plan.path)
    if plan.keyed and isinstance(found, Mapping):
        yield from ({"code": code, "title": title} for code, title in found.items())
    else:
        yield from _objects(found)


def _objects(raw: object) -> list[Mapping[str, Any]]:
    return [entry for entry in raw if isinstance(entry, Mapping)] if isinstance(raw, list) else []


def value_at(value: Any, path: Sequence[str]) -> Any:
    """What stands at `path` below `value`, or None."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if path else None


def _shown(value: object, column: Column, language: str) -> str:
    match value:
        case None:
            return ""
        case bool():
            return FLAGS[language][value]
        case str():
            return value
        case list() if all(isinstance(part, str) for part in value):
            return (" | " if column.kind == "choices" else ", ").join(value)
        case _:
            return json.dumps(value, ensure_ascii=False)
