"""Whole files scored and listed, with the plain functions as judge; what a bad row gets."""

import io
import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.programmes.assessments.drawn_schemes import shipped
from tests.programmes.assessments.replaying import HETANG, HETANG_MAPPING, TORONTO, problems_of, run

from mingjing.engine.lists import Distribution, decide, ranks
from mingjing.engine.mappings.texts import normal, parse_number
from mingjing.engine.outcome import Problem, Refusal
from mingjing.engine.scoring import score
from mingjing.programmes.assessments.policy.intake import bind
from mingjing.programmes.assessments.policy.mapping_file import parse_mapping
from mingjing.programmes.assessments.policy.replay import COLUMNS, explained, replay, visits
from mingjing.programmes.assessments.policy.scheme import compile_scheme

HEADER = [
    "小区编号",
    "竣工年份",
    "收费标准",
    "服务月数",
    "入住率",
    "不适用",
    "已整改",
    "三零",
    "三零证明",
    "三零审核人",
]
HEADER += ["安全事故", "安全事故文件", "安全事故审核人", "安全事故日期", *HETANG.checks]
EXTRA = ["考核日期", "考核组", "整改逾期", "整改未履行", "投诉率前十分之一", "低于60分组数", "连续重点监管轮数"]
EXTRA += [
    "拒绝进入次数",
    "党支部",
    "党支部证明",
    "党支部审核人",
    "红色物业示范",
    "红色物业示范证明",
    "红色物业示范审核人",
]
for ground in ("重大不稳定隐患", "重大有效投诉", "严重安全事故", "严重不稳定事件", "严重有效投诉"):
    EXTRA += [ground, f"{ground}文件", f"{ground}审核人", f"{ground}日期"]


def site(key: str, **cells: str) -> list[str]:
    base = {"小区编号": key, "竣工年份": "1998", "收费标准": "0.6"} | cells
    return [base.get(name, "") for name in [*HEADER, *EXTRA]]


def hetang(*rows: list[str]) -> dict[str, dict[str, str]]:
    found, _ = run(HETANG, HETANG_MAPPING, [*HEADER, *EXTRA], list(enumerate(rows, start=2)))
    return {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in found}


def test_a_hetang_sheet_by_hand() -> None:
    found = hetang(
        # A1.1: 2 places at 1; A3.1: 3 at 0.5; A1.2 half of 4; A2.2 at 95 % half of 4; A4.3 (4 points) does not exist
        site("a", **{"A1.1": "2", "A3.1": "３", "A1.2": "部分", "A2.2": "19/20", "不适用": "A4.3"}),
        site("b", **{"A7.1": "1", "三零": "是", "三零证明": "比对表", "三零审核人": "中心"}),
        site("c", **{"A7.1": "1", "三零": "是", "三零证明": "比对表"}),
        site("d"),
        site("e", **{"A5.1": "1"}),
        site("f", **{"A5.1": "1", "已整改": "A5.1"}),
        site("g", **{"B1.1": "4", "竣工年份": "2015-06-30", "收费标准": "2.1元/㎡·月"}),
        site("h", **{"A7.1": "1", "服务月数": "5个月"}),
        site(
            "i",
            **{"A7.1": "1", "安全事故": "有", "安全事故文件": "文", "安全事故审核人": "局", "安全事故日期": "2024/8/1"},
        ),
    )
    assert found["a"] == {
        "key": "a", "class": "A", "base": "92.19", "bonus": "0.00", "total": "92.19", "tier": "RED", "rank": "6",
        "checks": "26",
    }  # fmt: skip
    shown = {key: (row["class"], row["base"], row["total"], row["tier"], row["rank"]) for key, row in found.items()}
    assert shown == {
        "a": ("A", "92.19", "92.19", "RED", "6"),
        "b": ("A", "99.50", "102.50", "RED", "1"),
        "c": ("A", "99.50", "99.50", "RED", "2"),
        "d": ("A", "", "", "NOT_ASSESSED", ""),
        "e": ("A", "98.00", "98.00", "ORDINARY", "4"),
        "f": ("A", "98.00", "98.00", "RED", "4"),
        "g": ("B", "97.00", "97.00", "RED", "1"),
        "h": ("A", "99.50", "99.50", "OBSERVATION", ""),
        "i": ("A", "99.50", "99.50", "ORDINARY", "2"),
    }


@pytest.mark.parametrize(
    ("cells", "code", "column"),
    [
        ({"A1.1": "two"}, "cell.impossible", "A1.1"),
        ({"A1.1": "1.5"}, "cell.impossible", "A1.1"),
        ({"A1.1": "-1"}, "cell.impossible", "A1.1"),
        ({"A1.1": "99999"}, "cell.impossible", "A1.1"),
        ({"A1.1": "=1+1"}, "cell.impossible", "A1.1"),
        ({"A1.2": "3"}, "cell.impossible", "A1.2"),
        ({"A2.2": "101%"}, "cell.impossible", "A2.2"),
        ({"A2.2": "5/4"}, "cell.impossible", "A2.2"),
        ({"A1.1": "N/A"}, "cell.refused", "A1.1"),
        ({"A1.1": "1", "不适用": "A1.1"}, "row.not_applicable", "不适用"),
        ({"A4.3": "80%", "A1.1": "1", "不适用": "A4.3"}, "row.contradiction", "不适用"),
        ({"A1.1": "1", "不适用": "B1.1、A9.9"}, "row.unknown_check", "不适用"),
        ({"A1.1": "1", "B1.1": "1"}, "row.foreign_check", "B1.1"),
        ({"竣工年份": "很老"}, "cell.not_a_number", "竣工年份"),
        ({"竣工年份": ""}, "row.class_undetermined", ""),
        ({"入住率": "-5"}, "attribute.out_of_range", "入住率"),
        ({"三零": "也许"}, "cell.not_a_flag", "三零"),
        ({"安全事故": "是", "安全事故日期": "2024-02-30"}, "cell.not_a_day", "安全事故日期"),
        ({"小区编号": " "}, "row.no_key", ""),
    ],
)
def test_a_bad_row_is_named_and_nothing_comes_out(cells: dict[str, str], code: str, column: str) -> None:
    rows = [(2, site("a", **{"A1.1": "1"})), (3, site("b", **cells))]
    found = problems_of(HETANG, HETANG_MAPPING, [*HEADER, *EXTRA], rows)
    assert (code, f"row 3, column {column}" if column else "row 3") in found


def test_all_bad_rows_are_counted_and_the_first_are_shown() -> None:
    rows = [(number, [str(number), "7"]) for number in range(2, 502)]
    with pytest.raises(Refusal) as caught:
        run(TORONTO, marks(1), ["RSN", "SECURITY"], rows)
    assert len(caught.value.problems) == 201
    assert caught.value.problems[-1].params["count"] == 500


def marks(count: int, extra: str = "") -> str:
    """A mapping of the first areas only; the others do not exist in the file."""
    return f"""
format = "mingjing.assessments.mapping/1"
[key]
columns = "RSN"
[values]
blank = "not_applicable"
[checks]
missing = "not_applicable"
{extra}
"""


def test_repeated_keys_name_both_rows() -> None:
    rows = [(2, ["x", "5"]), (3, ["y", "5"]), (5, ["x ", "4"]), (6, ["x", "3"])]
    found = problems_of(TORONTO, marks(1), ["RSN", "SECURITY"], rows)
    assert found == [("row.repeated_key", "row 5"), ("row.repeated_key", "row 6")]
    allowed = marks(1).replace('columns = "RSN"', 'columns = "RSN"\nrepeats = "allowed"')
    assert [row[4] for row in run(TORONTO, allowed, ["RSN", "SECURITY"], rows)[0]] == ["100", "100", "80", "60"]


@pytest.mark.parametrize(("text", "read"), [("5²", None), ("5①", None), ("５", 5), ("㎡", None)])
def test_the_mark_of_a_footnote_is_no_digit(text: str, read: int | None) -> None:
    assert parse_number(normal(text)) == read
    assert normal("元/m²") == normal("元/㎡")


def test_problems_stand_in_the_order_of_the_file() -> None:
    """Whatever the column, whatever the hash of the key."""
    twice = [(number, [f"k{number % 50}", "5"]) for number in range(2, 102)]
    assert [place for _, place in problems_of(TORONTO, marks(1), ["RSN", "SECURITY"], twice)] == [
        f"row {number}" for number in range(52, 102)
    ]
    wrong = [(2, ["a", "9"]), (3, ["", "5"]), (4, ["c", "9"])]
    found = [place for _, place in problems_of(TORONTO, marks(1), ["RSN", "SECURITY"], wrong)]
    assert found == ["row 2, column SECURITY", "row 3", "row 4, column SECURITY"]


def test_problems_of_the_table_are_problems_of_the_file() -> None:
    rows = [(2, ["x", "5"]), Problem("tables.ragged", "torn", {}, "row 3")]
    assert problems_of(TORONTO, marks(1), ["RSN", "SECURITY"], rows) == [("tables.ragged", "row 3")]


def test_a_table_without_rows_is_refused_rather_than_an_empty_list() -> None:
    with pytest.raises(Refusal) as refused:
        run(TORONTO, marks(1), ["RSN", "SECURITY"], [])
    assert [problem.code for problem in refused.value.problems] == ["replay.no_rows"]


def test_rows_can_be_skipped_and_visits_not_made() -> None:
    extra = '[visit]\nassessed = "done"\n[rows]\nskip = [{ column = "RSN", words = ["total", ""] }]'
    rows = [(2, ["x", "5", "yes"]), (3, ["y", "1", "no"]), (4, ["Total", "3", "yes"]), (5, ["total", "9", "?"])]
    header = ["RSN", "SECURITY", "done"]
    found, made = run(TORONTO, marks(1, extra), header, [*rows[:2], rows[3]])
    assert [(row[0], row[4], row[5]) for row in found] == [
        ("x", "100", "Evaluation needs to be conducted in 3 years"),
        ("y", "", "NOT_ASSESSED"),
    ]
    assert made.summary.tiers["ALL"]["NOT_ASSESSED"] == 1


def test_published_results_that_differ_are_listed() -> None:
    extra = '[expect]\ntotal = "SCORE"\ntier = "BAND"\ntiers = { "Building Audit" = ["audit"] }'
    rows = [(2, ["x", "5", "100.0", ""]), (3, ["y", "2", "40", "audit"]), (4, ["z", "2", "41", "audit"])]
    _, made = run(TORONTO, marks(1, extra), ["RSN", "SECURITY", "SCORE", "BAND"], rows)
    summary = made.summary
    assert (summary.compared, summary.agreed) == (3, 2)
    assert [(entry.row, entry.key, entry.published[0], entry.found[0]) for entry in summary.differences] == [
        (4, "z", "41", "40")
    ]


FINDINGS = """
format = "mingjing.assessments.mapping/1"
[file]
layout = "long"
[key]
columns = "site"
[class]
column = "class"
words = { A = ["old"], B = ["new"] }
[long]
check = "check"
amount = "count"
fact = "fact"
place = "place"
evidence = "photos"
resolved = "done"
words = { "A1.1" = ["notice board"] }
"""
FINDING_HEADER = ["site", "class", "check", "count", "fact", "place", "photos", "done"]


def test_findings_gather_by_site_wherever_they_stand() -> None:
    rows = [
        ["p", "old", "Notice Board", "1", "", "gate", "ab、cd", ""],
        ["q", "new", "", "", "", "", "", ""],
        ["p", "old", "A1.1", "1", "f1", "hall", "", ""],
        ["p", "old", "A3.1", "2", "f1", "hall", "", ""],  # the same fact: not deducted again
        ["p", "old", "A5.1", "1", "", "lane", "", "2024-09-05"],
    ]
    found, _ = run(HETANG, FINDINGS, FINDING_HEADER, list(enumerate(rows, start=2)))
    assert [(row[0], row[1], row[2], row[5]) for row in found] == [
        ("p", "A", "96.00", "RED"),
        ("q", "B", "100.00", "RED"),
    ]
    intake = bind(parse_mapping(FINDINGS), HETANG, FINDING_HEADER)
    lines = list(explained(intake, list(enumerate(rows, start=2))))
    assert [(line[3], line[6], line[9]) for line in lines] == [
        ("A1.1", "-1", "gate"), ("A1.1", "-1", "hall"), ("A3.1", "0", "hall"), ("A5.1", "-2", "lane"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["p", "old", "A9.9", "1"], "row.unknown_check"),
        (["p", "old", "B1.1", "1"], "row.unknown_check"),
        (["p", "new", "A1.1", "1"], "row.differs"),
        (["q", "young", "", ""], "row.class"),
        (["p", "old", "A2.2", "80%"], "row.twice"),
        (["p", "old", "A1.1", "many"], "cell.impossible"),
    ],
)
def test_a_bad_finding_is_named(row: list[str], code: str) -> None:
    rows = [(2, ["p", "old", "A2.2", "95%", "", "", "", ""]), (3, [*row, "", "", "", ""])]
    assert code in {found for found, _ in problems_of(HETANG, FINDINGS, FINDING_HEADER, rows)}


def drawn_rows(seed: int, count: int) -> Iterator[list[str]]:
    """Sites with all kinds of findings, gaps and claims, valid or not assessed."""
    chance = random.Random(seed)
    for number in range(count):
        old = chance.random() < 0.5
        cells = {"竣工年份": "1998" if old else "2015", "收费标准": "1.5"}
        own = HETANG.rubrics["A" if old else "B"].checks
        for code, check in own.items():
            kind = {"PI": str(chance.randint(0, 5)), "BIN": str(chance.randint(0, 1)), "TIER": chance.choice("012")}
            value = kind.get(check.rule.kind, f"{chance.randint(60, 100)}%")
            cells[code] = "不适用" if check.na and chance.random() < 0.2 else value if chance.random() < 0.4 else ""
        if chance.random() < 0.1:
            cells = {name: text for name, text in cells.items() if name not in own}
        if chance.random() < 0.3:
            cells |= {"三零": "是", "三零证明": chance.choice(["", "证明"]), "三零审核人": "中心"}
        if chance.random() < 0.1:
            day = chance.choice(["2024-08-01", "2023.12.31"])
            cells |= {"安全事故": "1", "安全事故文件": "文", "安全事故审核人": "局", "安全事故日期": day}
        cells |= {"服务月数": str(chance.choice([3, 24])), "入住率": chance.choice(["45%", "", "97.5"])}
        cells["已整改"] = chance.choice(["", "", "A5.1 A5.2" if old else "B10.2"])
        yield site(f"k{number}", **cells)


@given(st.integers(0, 10**9), st.integers(1, 12))
def test_bulk_and_plain_give_the_same_list(seed: int, count: int) -> None:
    header, rows = [*HEADER, *EXTRA], list(enumerate(drawn_rows(seed, count), start=2))
    mapping = HETANG_MAPPING + '\n[period]\nfirst = "2024-07-01"\nlast = "2024-12-31"\n'
    found, made = run(HETANG, mapping, header, rows)
    scored = [(v, score(HETANG.rubrics[v.class_code], v.sheet)) for v in visits(made.intake, rows)]
    rules = HETANG.list_rules
    ranked = [(v, s) for v, s in scored if ranks(rules, s, v.sheet.attributes)]
    totals = {code: Distribution(s.total or 0 for v, s in ranked if v.class_code == code) for code in HETANG.classes}
    text = HETANG.rounding.text
    for row, (visit, one) in zip(found, scored, strict=True):
        if one.base is None or one.total is None:
            assert row[2:] == ("", "", "", "NOT_ASSESSED", "", "0")
            continue
        standing = totals[visit.class_code].standing(one.total) if (visit, one) in ranked else None
        tier = decide(rules, one, visit.sheet.attributes, standing).tier
        rank = str(standing.rank) if standing else ""
        expected = (text(one.base), text(one.bonus), text(one.total), tier, rank, str(one.checks))
        assert row == (visit.key, visit.class_code, *expected)


def test_rubrics_beyond_the_bulk_kernel_are_scored_singly() -> None:
    document = shipped("toronto-rentsafe")
    owners = {"code": "owners", "title": {"en": "Owners", "zh-Hans": "业主"}}
    document["attributes"] = [{**owners, "type": "number"}]
    document["aggregation"]["components"] = [
        {"code": "site", "title": owners["title"], "weight": "60"},
        {**owners, "weight": "40"},
    ]
    extra = '[attributes]\nowners = "OWNERS"'
    rows = [(2, ["x", "5", "50"]), (3, ["y", "4", ""])]
    found, _ = run(compile_scheme(document), marks(1, extra), ["RSN", "SECURITY", "OWNERS"], rows)
    assert [(row[0], row[4], row[6]) for row in found] == [("x", "80", "1"), ("y", "80", "1")]


def test_memory_does_not_grow_with_the_rows() -> None:
    """What is held between the passes is a hash per row; everything else is spilled."""
    rows = ((number, [str(number), "4"]) for number in range(2, 30_002))
    spill = io.BytesIO()
    made = replay(bind(parse_mapping(marks(1)), TORONTO, ["RSN", "SECURITY"]), rows, spill)
    assert made.count == 30_000
    assert len(made._hashes) * made._hashes.itemsize == 8 * 30_000
    assert len(made._tiers.decided) == 0
    assert sum(1 for _ in made.rows()) == 30_000
    assert len(made._tiers.decided) == 1


FOUND = st.tuples(
    st.sampled_from("pqr"),
    st.just("old"),
    st.sampled_from(["", "A1.1", "A1.2", "A3.1", "A5.1", "A5.2"]),
    st.sampled_from(["", "0", "1", "2"]),
    st.sampled_from(["", "", "f1", "f2"]),
    st.sampled_from(["", "gate"]),
    st.just(""),
    st.sampled_from(["", "2024-09-05"]),
)


@given(st.lists(FOUND, min_size=1, max_size=12))
def test_bulk_and_plain_agree_on_findings_one_a_row(entries: list[tuple[str, ...]]) -> None:
    """Repeated facts, instances that add up, grades of which the worst counts, orders that were met."""
    mapping = FINDINGS + '[values]\nblank = "no_finding"\n'
    rows = list(enumerate(entries, start=2))
    found, made = run(HETANG, mapping, FINDING_HEADER, rows)
    for row, visit in zip(found, visits(made.intake, rows), strict=True):
        one = score(HETANG.rubrics["A"], visit.sheet)
        if one.base is None or one.total is None:
            assert row[2:6] == ("", "", "", "NOT_ASSESSED")
            continue
        assert row[2] == HETANG.rounding.text(one.base)
        assert (row[5] == "RED") == (one.total >= 9_000 and not one.open_critical)
