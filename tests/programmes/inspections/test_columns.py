"""Over whole files in columns, and plainly over one firm's records: the same warnings, whatever the history."""

import errno
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from duckdb import OutOfMemoryException
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.programmes.inspections.packs import pack, vectors, visit

from mingjing.engine.outcome import Refusal
from mingjing.programmes.inspections.policy.answerable import APPLIED
from mingjing.programmes.inspections.policy.conduct import Report
from mingjing.programmes.inspections.policy.judging import judge, judge_all, judge_with
from mingjing.programmes.inspections.policy.rules import Pack, read_rules
from mingjing.programmes.inspections.policy.visits import Visit
from mingjing.programmes.inspections.queries.columns import Columns, Statements, opened, query, statements
from mingjing.programmes.inspections.queries.days import day_of, number

TITLE = {"en": "x"}
START = date(2024, 11, 20)


def rule(code: str, levels: list[dict[str, Any]], since: str = "2024-01-01", **more: Any) -> dict[str, Any]:
    kind = "count" if "count" in more else "visit"
    return {"code": code, "kind": kind, "title": TITLE, "avoid": TITLE, "source": "test", "from": since,
            "levels": levels, **more}  # fmt: skip


ONLY = {"only": {"purpose": ["routine"]}}
CAP = {"per": ["authority"], "window": "year", "visits": {}}
ODD = read_rules({
    "format": "mingjing.inspections.rules/1", "title": TITLE, "rules": [
        rule("month", [{"level": "red", "at_least": 4}, {"level": "yellow", "at_least": 2, "when": ONLY},
                       {"level": "info", "at_least": 2}], count={"per": ["site"], "window": "month", "visits": {}}),
        rule("week", [{"level": "info", "at_least": 2}],
             count={"per": ["item"], "window": {"days": 7}, "visits": {}, "judged": ONLY}),
        rule("one day", [{"level": "info", "at_least": 2}], count={"window": {"days": 1}, "visits": {}}),
        rule("single", [{"level": "info"}], count={"per": ["field"], "window": "quarter", "visits": ONLY}),
        rule("cap", [{"level": "red"}], to="2025-01-15", count={**CAP, "cap": {"": 2, "A": 0, "D": "none"}}),
        rule("cap", [{"level": "red"}], since="2025-01-16", count={**CAP, "cap": {"": 1, "A": 1}}),
        rule("reached", [{"level": "info"}], count={**CAP, "when": "reached", "cap": {"": 2, "A": 0, "B": 1}}),
        rule("apart", [{"level": "red"}],
             count={"what": "authorities", "window": {"days": 5}, "visits": {}, "judged": ONLY}),
        rule("apart in a month", [{"level": "red"}],
             count={"what": "authorities", "per": ["site"], "window": "month", "visits": ONLY}),
        {**rule("drawn", [{"level": "yellow"}], to="2025-01-20", count={
            "per": ["item"], "window": "year", "visits": {"only": {"draw": ["yes"]}}}), "kind": "streak", "times": 2},
        {**rule("shared", [{"level": "red", "at_least": 2, "when": ONLY}], count={
            "per": ["authority", "site"], "window": "month", "visits": {}}), "kind": "share", "percent": 30},
        {**rule("told", [{"level": "red"}], to="2025-01-20"), "kind": "unscanned", "days": 3},
        {**rule("all", [{"level": "info"}], since="2024-12-01"), "kind": "blanket", "percent": 60},
        rule("late", [{"level": "red", "when": {"only": {"days_late": {"from": 5}}}},
                      {"level": "info", "when": {"only": {"days_late": {"to": 3}, "reason": ["yes", ""]},
                                                 "unless": [{"grade": ["A"]}]}}]),
    ],
})  # fmt: skip

words = st.sampled_from
RECORDS = st.fixed_dictionaries({
    "firm": words("甲乙"), "after": st.integers(0, 12), "site": words(["", "一", "二"]),
    "authorities": st.lists(words(["市监", "消防", "环保", ""]), min_size=1, max_size=3, unique=True),
    "items": st.lists(words(["冷链", "标签", "计量"]), max_size=2), "joint": words(["", "", "", "J1", "J2"]),
    "officers": st.lists(words("赵钱孙"), max_size=2), "report": words([False] * 5 + [True]),
    "corrects": st.none() | st.integers(0, 30), "void": words([False] * 9 + [True]),
    "facts": st.fixed_dictionaries({}, optional={
        "purpose": words(["routine", "campaign", "case", "service", ""]), "method": words(["on_site", "off_site", ""]),
        "trigger": words(["plan", "complaint", "emergency", ""]), "grade": words(["A", "B", "C", "D", ""]),
        "level": words(["city", "district", ""]), "field": words(["食品", "消防", ""]),
        "clue": words(["yes", "no", ""]),
        "open_finding": words(["yes", "no", ""]), "gate": words(["red", "green", ""]), "reason": words(["yes", ""]),
        "draw": words(["yes", "yes", "no"]), "campaign": words(["春", "秋", ""]),
        "eligible": st.none() | st.integers(0, 3),
        "finding": words(["yes", "no"]), "days_late": st.none() | st.integers(0, 12),
    }),
})  # fmt: skip


def history(told: list[dict[str, Any]]) -> list[Visit | Report]:
    """Records one after another; a record of several authorities is a joint visit, as the reader makes it."""
    made: list[Visit | Report] = []
    day = START
    for at, one in enumerate(told):
        day += timedelta(days=one["after"])
        if one["report"]:
            made.append(Report(str(at), day, one["firm"], one["authorities"][0]))
            continue
        joint = f"{one['firm']}{one['joint']}" if one["joint"] else f"r{at}" if len(one["authorities"]) > 1 else ""
        corrects = str(one["corrects"]) if one["corrects"] is not None and one["corrects"] < at else ""
        made += [
            Visit(record=str(at), day=day, firm=one["firm"], site=one["site"], authority=authority, joint=joint,
                  items=tuple(one["items"]), officers=tuple(one["officers"]), order=at, corrects=corrects,
                  void=one["void"], facts=one["facts"])
            for authority in one["authorities"]
        ]  # fmt: skip
    return made


def plainly(rules: Pack, told: Sequence[Visit | Report]) -> list[str]:
    """A correction may move a visit to another firm, so what stands is told before firms are told apart."""
    visits = [one for one in told if isinstance(one, Visit)]
    return sorted(repr(one) for one in judge_all(rules, visits, (one for one in told if isinstance(one, Report))))


@pytest.fixture(scope="module")
def columns() -> Any:
    with opened() as made:
        yield made


DEFAULT = pack()
PACKS = {"default": DEFAULT, "odd": ODD}


@cache
def ready(name: str) -> Statements:
    """The statements of a pack, which take a while to write and are the same for every history."""
    return statements(PACKS[name])


@pytest.mark.parametrize("name", PACKS)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(told=st.lists(RECORDS, max_size=40))
def test_columns_and_plain_functions_agree(name: str, told: list[dict[str, Any]], columns: Columns) -> None:
    visits = history(told)
    columns.add(visits)
    found = sorted(repr(warning) for warning in columns.warnings(PACKS[name], ready(name)))
    event(f"{min(len(found), 20) // 5 * 5} or more warnings")
    assert found == plainly(PACKS[name], visits)


@pytest.mark.parametrize("joint", [True, False])
def test_every_rule_reads_the_table_once(joint: bool) -> None:
    """An expression that Ibis writes out twice is sorted twice, and takes twice as long over a hundred million."""
    twice = [one.code for one in DEFAULT.of(*APPLIED) if query(one, joint=joint).count('"visits"') != 1]
    assert not twice


@pytest.mark.parametrize("name", PACKS)
@settings(max_examples=40, deadline=None)
@given(told=st.lists(RECORDS, min_size=1, max_size=30), at=st.integers(0, 30))
def test_the_gate_tells_what_the_plain_function_finds_of_a_visit(
    name: str, told: list[dict[str, Any]], at: int
) -> None:
    """Of one that comes after all others, or between them: then what is planned after it is known."""
    every = sorted((one for one in history(told) if isinstance(one, Visit)), key=lambda one: one.day)
    assume(every)
    coming = replace(every[-1 - at // 2 % len(every)], record="coming", corrects="", order=10**6, void=False)
    before = [one for one in every if one.firm == coming.firm]
    found = judge(PACKS[name], [*before, coming])
    expected = [one for one in found if one.last == coming.day and "coming" in one.records]
    event(f"{min(len(expected), 6)} warnings")
    assert judge_with(PACKS[name], before, coming) == expected


def test_columns_agree_on_every_vector_of_table_b(columns: Columns) -> None:
    said = vectors("load")
    visits = []
    for at, case in enumerate(said["cases"]):
        for order, one in enumerate(case["visits"]):
            named = {key: f"{at}.{one[key]}" for key in ("record", "joint", "corrects") if key in one}
            visits.append(visit(one | named, said["usual"], firm=f"firm {at}", order=order))
    assert columns.add(visits) == len(visits)
    assert sorted(repr(warning) for warning in columns.warnings(DEFAULT, ready("default"))) == plainly(DEFAULT, visits)


def test_a_joint_visit_counts_where_it_began(columns: Columns) -> None:
    """Its later part, in the next year, counts no second time: what is left out early must not hide its first part."""
    days = [("1", "2024-12-30", "J"), ("2", "2025-01-12", ""), ("3", "2025-01-23", "J"), ("4", "2025-02-17", "")]
    visits = [
        visit({"record": record, "day": day, "joint": joint}, {"authority": "市监局"}, order=at)
        for at, (record, day, joint) in enumerate(days)
    ]
    columns.add(visits)
    found = sorted(repr(warning) for warning in columns.warnings(ODD, ready("odd")))
    assert found == plainly(ODD, visits)
    assert {2} == {one.count for one in columns.warnings(ODD, ready("odd")) if one.rule.code == "cap"}


def test_the_order_of_rows_changes_nothing(columns: Columns) -> None:
    said = vectors("load")
    visits = [visit(one, said["usual"], order=at) for at, one in enumerate(said["cases"][-20]["visits"])]
    columns.add(visits)
    once = list(columns.warnings(DEFAULT, ready("default")))
    columns.add(reversed(visits))
    assert list(columns.warnings(DEFAULT, ready("default"))) == once


def test_only_the_last_row_of_a_record_counts_where_asked(columns: Columns) -> None:
    told = {"record": "1", "day": "2025-06-01", "gate": "red"}
    columns.add([visit(told, order=2), visit({**told, "gate": "green"}, order=3)], latest=True)
    assert not list(columns.warnings(DEFAULT, ready("default")))


def test_where_no_authority_is_known_none_is_named(columns: Columns) -> None:
    usual = vectors("load")["usual"] | {"authority": ""}
    columns.add(visit({"record": day, "day": f"2026-03-{day}"}, usual) for day in ("01", "02", "03"))
    found = list(columns.warnings(DEFAULT, ready("default")))
    assert [(one.rule.code, one.authorities) for one in found] == [("B4", ())]


def test_texts_arrive_as_they_are(columns: Columns) -> None:
    names = ['a,"b"', "\\N", "NULL", "'; DROP TABLE loaded; --", "中 国\n公司", " x ", ""]
    columns.add(visit({"record": name, "day": "2025-06-01", "gate": "red"}, firm=name) for name in names)
    assert {(one.firm, one.records) for one in columns.warnings(DEFAULT, ready("default"))} == {
        (name, (name,)) for name in names
    }


def test_an_empty_table_has_no_warnings(columns: Columns) -> None:
    assert columns.add([]) == 0
    assert not list(columns.warnings(DEFAULT, ready("default")))


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, "full"), Refusal),
        (OSError(errno.EACCES, "x"), OSError),
        (OutOfMemoryException(), Refusal),
    ],
)
def test_a_full_disk_is_told_as_such(error: Exception, told: type[Exception]) -> None:
    def visits() -> Any:
        yield visit({"record": "1", "day": "2025-06-01"})
        raise error

    with pytest.raises(told), opened() as made:
        made.add(visits())


@given(st.dates())
def test_days_and_numbers(day: date) -> None:
    assert day_of(number(day)) == day
