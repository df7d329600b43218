"""What each test of the first pass asks the database, and which tests the second pass can therefore do without.

The second pass, on PostgreSQL, looks for what only PostgreSQL shows. Where each statement of a test is asked by tests
that stay, another run of it shows little more; so it is left out, after the first pass of the same run has shown it.
Nothing is kept from one run to the next: what is new or changed is judged as it is. There always stays what commits
for others to see (races, locks), what made the database refuse something, and what did not pass.

Not here: which tests belong to a pass in the first place (tests/conftest).
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, wraps
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

__all__ = ["Listening", "dispensable", "left_out", "shape"]

Asking = Callable[[pytest.Item], bool]
ALIKE = (
    (re.compile(r"'(?:[^']|'')*'|%s|\b\d+\b"), "?"),  # values
    (re.compile(r"\?(?:, ?\?)+"), "?"),  # however many there are of them
    (re.compile(r"\(\?\)(?:, ?\(\?\))+"), "(?)"),  # in however many rows
    (re.compile(r'"s\d+_x\d+"'), "savepoint"),
)


@cache
def shape(statement: str) -> str:
    """The statement without its values."""
    for pattern, instead in ALIKE:
        statement = pattern.sub(instead, statement)
    return statement


def dispensable(asked: Mapping[str, Collection[Any]], stays: Collection[str] = ()) -> set[str]:
    """The tests, by name, each of whose statements tests that stay ask too; who asks most is left out first."""
    times = Counter(statement for statements in asked.values() for statement in set(statements))
    found = set()
    for test in sorted(asked, key=lambda test: (-len(asked[test]), test)):
        if test not in stays and all(times[statement] > 1 for statement in asked[test]):
            times.subtract(set(asked[test]))
            found.add(test)
    return found


def left_out(file: Path) -> set[str]:
    """The tests that the first pass showed to be dispensable; none where it has not been there."""
    if not file.exists():
        return set()
    told = json.loads(file.read_text("utf-8"))
    return dispensable(told["asked"], told["stays"])


class Listening:
    """A plugin of the first pass: writes down what every test asks that is in the second pass too."""

    def __init__(
        self, file: Path, again: Callable[[pytest.Item], bool], commits: Callable[[pytest.Item], bool]
    ) -> None:
        self.file, self.again, self.commits = file, again, commits
        self.asked: dict[str, set[str]] = {}
        self.stays: set[str] = set()
        self.now = ""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Iterator[None]:
        with heard(self.hear):
            result = yield
        places = {statement: place for place, statement in enumerate(sorted(set().union(*self.asked.values())))}
        asked = {test: sorted(places[one] for one in statements) for test, statements in self.asked.items()}
        self.file.write_text(json.dumps({"asked": asked, "stays": sorted(self.stays)}), "utf-8")
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        if self.again(item):
            self.now = item.nodeid
            self.asked[self.now] = set()
        if self.commits(item):
            self.stays.add(item.nodeid)
        try:
            return (yield)
        finally:
            self.now = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not report.passed:
            self.stays.add(report.nodeid)

    def hear(self, statement: str, refused: bool) -> None:
        """Note what is asked now, by whatever thread."""
        if self.now:
            self.asked[self.now].add(shape(statement))
            if refused:
                self.stays.add(self.now)


@contextmanager
def heard(hear: Callable[[str, bool], None]) -> Iterator[None]:
    """Tell `hear` of every statement, with the lock it asks for, and whether the database refused it."""
    from django.db.backends.utils import CursorWrapper
    from django.db.models.sql.compiler import SQLCompiler

    from mingjing.kernel.db.prepared import Statement, _Plan

    locks: list[str] = []
    """Of the queries that are being asked: SQLite's statements do not say which rows they lock."""
    ask = SQLCompiler.execute_sql

    def compiled(compiler: Any, *values: Any, **named: Any) -> Any:
        locks.append(lock_of(compiler.query))
        try:
            return ask(compiler, *values, **named)
        finally:
            locks.pop()

    def by_cursor(cursor: Any, statement: Any, *values: Any) -> str:
        return f"{statement}{locks[-1] if locks else ''}"

    def by_plan(plan: Any, *values: Any) -> str:
        return f"{plan.statement.sql}{lock_of(plan.compiler.query)}"

    def past_cursor(statement: Any, *values: Any) -> str:
        return str(statement.sql)

    with (
        patch.object(CursorWrapper, "execute", telling(hear, CursorWrapper.execute, by_cursor)),
        patch.object(CursorWrapper, "executemany", telling(hear, CursorWrapper.executemany, by_cursor)),
        patch.object(_Plan, "found", telling(hear, _Plan.found, by_plan)),
        patch.object(Statement, "say", telling(hear, Statement.say, past_cursor)),
        patch.object(SQLCompiler, "execute_sql", compiled),
    ):
        yield


def telling(hear: Callable[[str, bool], None], ask: Callable[..., Any], said: Callable[..., str]) -> Callable[..., Any]:
    """`ask`, telling `hear` of it; `said` makes the statement of what `ask` is called with."""
    from django.db import Error

    @wraps(ask)
    def told(*values: Any, **named: Any) -> Any:
        statement, refused = said(*values, *named.values()), False
        try:
            return ask(*values, **named)
        except Error:
            refused = True
            raise
        finally:
            hear(statement, refused)

    return told


def lock_of(query: Any) -> str:
    """How a query locks the rows it reads, in words."""
    if not query.select_for_update:
        return ""
    kinds = [kind for kind in ("nowait", "skip_locked") if getattr(query, f"select_for_update_{kind}")]
    kinds += ["no_key"] if query.select_for_no_key_update else []
    return f" FOR UPDATE {kinds} OF {query.select_for_update_of}"
