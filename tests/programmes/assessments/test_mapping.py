"""A mapping is read whole or refused with every mistake, and its cells say exactly one thing or why not."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.programmes.assessments.drawn_schemes import SCHEMES, shipped

from mingjing.engine.mappings import forms
from mingjing.engine.mappings.texts import Unreadable, normal
from mingjing.engine.outcome import Problem, Refusal
from mingjing.engine.scoring import Check
from mingjing.programmes.assessments.policy import mapping_file
from mingjing.programmes.assessments.policy.cells import ABSENT, CheckCell
from mingjing.programmes.assessments.policy.intake import bind
from mingjing.programmes.assessments.policy.mapping_file import parse_mapping
from mingjing.programmes.assessments.policy.scheme import compile_scheme

HETANG = compile_scheme(shipped("hetang-2024"))
TORONTO = compile_scheme(shipped("toronto-rentsafe"))
HEAD = 'format = "mingjing.assessments.mapping/1"\n[key]\ncolumns = "key"\n'
PAGE = Path(__file__).parents[3] / "docs" / "reference" / "mapping-format.md"


def places(text: str) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as caught:
        parse_mapping(text)
    return sorted((problem.code, problem.place) for problem in caught.value.problems)


def bound(text: str, header: list[str], scheme: object = HETANG) -> list[Problem]:
    with pytest.raises(Refusal) as caught:
        bind(parse_mapping(text), scheme, header)  # type: ignore[arg-type]
    return list(caught.value.problems)


@pytest.mark.parametrize("name", ["hetang-2024", "toronto-rentsafe"])
def test_what_ships_is_whole(name: str) -> None:
    mapping = parse_mapping((SCHEMES.parent / "mappings" / f"{name}.toml").read_text("utf-8"))
    assert mapping.scheme == name


FAULTY = """
format = "mingjing.assessments.mapping/2"
colour = "red"
[file]
layout = "broad"
header = -1
delimiter = "::"
[key]
repeats = "maybe"
[values]
blnak = "refused"
sentinels = { "-1" = "nothing" }
[checks]
pattern = "code"
columns = { "A1.1" = { reads = "feeling" } }
[attributes]
fee = { column = "x", text = "y" }
[bonus.party_branch]
proof = "p"
[period]
first = "2024-13-01"
last = "2024-12-31"
[rows]
skip = "all"
[long]
check = "c"
"""


def test_every_mistake_is_reported_at_once() -> None:
    assert places(FAULTY) == [
        ("mapping.unknown_key", "colour"),
        ("mapping.unknown_key", "values.blnak"),
        ("mapping.value", "attributes.fee.column"),
        ("mapping.value", "bonus.party_branch.column"),
        ("mapping.value", "checks.columns.A1.1.reads"),
        ("mapping.value", "checks.pattern"),
        ("mapping.value", "file.delimiter"),
        ("mapping.value", "file.header"),
        ("mapping.value", "file.layout"),
        ("mapping.value", "format"),
        ("mapping.value", "key.columns"),
        ("mapping.value", "key.repeats"),
        ("mapping.value", "long"),
        ("mapping.value", "period.first"),
        ("mapping.value", "rows.skip"),
        ("mapping.value", "values.sentinels.-1"),
    ]


def test_an_unknown_key_suggests_the_nearest() -> None:
    with pytest.raises(Refusal, match="did you mean blank"):
        parse_mapping(HEAD + '[values]\nblnak = "refused"\n')


@pytest.mark.parametrize("text", ["a = " + "[" * 100_000, "a = " + "9" * 5000], ids=["too deep", "too long"])
def test_toml_beyond_what_python_reads_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_mapping(text, "evil.toml")
    assert refused.value.problems[0].code == "mapping.toml"


def test_broken_toml_says_where() -> None:
    with pytest.raises(Refusal, match="line 1"):
        parse_mapping("format = = 1")


KINDS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2),
    max_leaves=3,
)


@given(
    st.dictionaries(
        st.sampled_from(["file", "key", "values", "checks", "long", "rows", "class", "expect", "bonus"]), KINDS
    )
)
def test_values_of_the_wrong_kind_never_crash(document: dict[str, object]) -> None:
    lines = [f"{key} = {toml(value)}" for key, value in document.items() if value is not None]
    with pytest.raises(Refusal):
        parse_mapping("\n".join(lines))


def toml(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(toml(entry) for entry in value if entry is not None) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else '"' + "".join(f"\\U{ord(c):08x}" for c in str(value)) + '"'


def test_columns_and_codes_that_do_not_exist_are_named_with_the_nearest() -> None:
    text = (
        HEAD
        + """
[checks]
missing = "no_finding"
columns = { "A1.1" = "公示 拦", "A99" = "x" }
[class]
column = "class"
words = { C = ["c"] }
[attributes]
feee = "fee"
[bonus.party]
column = "party"
[vetoes.accident]
column = "accident"
[expect]
tiers = { GREEN = ["g"] }
"""
    )
    found = bound(text, ["key", "公示　栏", "class", "fee", "party", "accident", "fee "])
    shown = {(p.code, p.place, str(p.params.get("nearest", ""))) for p in found}
    assert shown == {
        ("mapping.column", "checks.columns.A1.1", "公示 栏"),
        ("mapping.unknown_code", "checks.columns", "A9.2"),
        ("mapping.unknown_code", "class", "–"),
        ("mapping.unknown_code", "attributes.feee", "fee"),
        ("mapping.column", "attributes.feee", "fee"),
        ("mapping.unknown_code", "bonus.party", "party_branch"),
        ("mapping.unknown_code", "vetoes.accident", "safety_accident"),
        ("mapping.unknown_code", "expect.tiers", "RED"),
    }
    assert not any("–" in problem.say() for problem in found), "the nearest is nothing, which helps nobody"


def test_a_mapping_for_another_scheme_is_refused() -> None:
    (problem,) = bound('scheme = "hetang-2024"\n' + HEAD + '[checks]\nmissing = "not_applicable"\n', ["key"], TORONTO)
    assert problem.code == "mapping.scheme"


def test_a_check_without_a_column_must_be_allowed_to_be_absent() -> None:
    codes = {p.params["check"] for p in bound(HEAD + '[checks]\nmissing = "not_applicable"\n', ["key"])}
    assert codes == {code for code, check in HETANG.checks.items() if not check.na}


def test_ways_of_reading_fit_the_rule() -> None:
    found = bound(
        HEAD + '[checks]\nmissing = "no_finding"\nreads = "mark"\ncolumns = { "A1.1" = { reads = "percent" } }', ["key"]
    )
    assert len(found) == len(HETANG.checks)
    assert {p.code for p in found} == {"mapping.reads"}


def test_headers_match_without_differences_nobody_sees() -> None:
    header = ["\ufeffkey", *(f" {code}\n" for code in TORONTO.checks)]
    assert bind(parse_mapping(HEAD), TORONTO, header).keys == (0,)


VALUES = parse_mapping(
    HEAD
    + """
[values]
blank = "no_finding"
not_applicable = ["N/A", "不适用"]
sentinels = { "-1" = "not_applicable", "999" = "blank", "bad" = "zero", "twice" = 2, "?" = "refused" }
"""
).values
COMMA = parse_mapping(HEAD + '[values]\ndecimal = ","\npercent = "1"\n').values


def code(check: Check, text: str, reads: str = "rule", values: object = VALUES, blank: str = "no_finding") -> int | str:
    try:
        return CheckCell(check, values, reads, blank, {}).steps(text)  # type: ignore[arg-type]
    except Unreadable as error:
        return error.reason.code


PI, BIN, TIER, RATIO = (HETANG.checks[code] for code in ("A1.3", "B2.3", "A1.2", "A4.3"))
LOW = HETANG.checks["B4.2"]
SCALE = TORONTO.checks["SECURITY"]


@pytest.mark.parametrize(
    ("check", "reads", "text", "expected"),
    [
        (PI, "rule", "3", 3),
        (PI, "rule", "３", 3),
        (PI, "rule", " 3.0 ", 3),
        (PI, "rule", "400", 400),
        (PI, "rule", "", 0),
        (PI, "rule", "999", 0),
        (PI, "rule", "999.00", 0),
        (PI, "rule", "BAD", 4),
        (PI, "rule", "twice", 2),
        (PI, "rule", "?", "cell.refused"),
        (PI, "rule", "N/A", "cell.refused"),
        (PI, "rule", "3%", "cell.impossible"),
        (PI, "rule", "half", "cell.refused"),
        (PI, "points_lost", "1.5", 3),
        (PI, "points_lost", "1.3", "cell.impossible"),
        (PI, "points_lost", "2.5", "cell.impossible"),
        (PI, "points_earned", "0.5", 3),
        (PI, "level", "full", 0),
        (PI, "level", "2", "cell.impossible"),
        (BIN, "rule", "1", 1),
        (BIN, "rule", "不合格", 1),
        (TIER, "rule", "部分", 1),
        (TIER, "rule", "2", 2),
        (TIER, "rule", "3", "cell.impossible"),
        (TIER, "points_earned", "2", 1),
        (RATIO, "rule", "100%", 0),
        (RATIO, "rule", "99.99", 1),
        (RATIO, "rule", "0.95", "cell.ambiguous_share"),
        (RATIO, "rule", "1", "cell.ambiguous_share"),
        (RATIO, "rule", "1%", 2),
        (RATIO, "rule", "0", 2),
        (TIER, "rule", "无", "cell.impossible"),
        (RATIO, "rule", "4/5", 1),
        (RATIO, "rule", "0/0", 0),
        (RATIO, "rule", "6/5", "cell.impossible"),
        (RATIO, "rule", "a/5", "cell.impossible"),
        (RATIO, "rule", "-1", ABSENT),
        (RATIO, "rule", "不适用", ABSENT),
        (LOW, "rule", "5%", 0),
        (LOW, "rule", "5.1%", 1),
        (LOW, "rule", "16", 2),
        (SCALE, "rule", "5", 0),
        (SCALE, "rule", "1.0", 4),
        (SCALE, "rule", "7", "cell.impossible"),
        (SCALE, "rule", "0", "cell.impossible"),
        (SCALE, "rule", "3.5", "cell.impossible"),
        (SCALE, "steps", "1", 1),
        (SCALE, "points_lost", "2", 2),
    ],
)
def test_what_a_cell_says(check: Check, reads: str, text: str, expected: int | str) -> None:
    assert code(check, text, reads) == expected


def test_decimal_commas_and_fractions_for_percent() -> None:
    assert code(SCALE, "4,0", values=COMMA) == 1
    assert code(SCALE, "4.0", values=COMMA) == "cell.impossible"
    assert code(RATIO, "0,8", values=COMMA) == 1
    assert code(RATIO, "80%", values=COMMA) == 1


def test_a_blank_means_what_the_mapping_says() -> None:
    assert code(SCALE, "", blank="not_applicable") == ABSENT
    assert code(PI, "", blank="not_applicable") == "cell.refused"
    assert code(PI, " ", blank="refused") == "cell.refused"


def test_a_cell_remembers_and_stays_small() -> None:
    cell = CheckCell(PI, VALUES, "rule", "no_finding", {})
    for number in range(70_000):
        assert cell[str(number)] == (
            number if number not in (999,) and number <= 10_000 else 0 if number == 999 else -2
        )
    assert len(cell) <= 1 << 16


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    for check in (PI, BIN, TIER, RATIO, SCALE):
        for reads in ("rule", "steps", "points_lost", "points_earned", "level"):
            found = code(check, text, reads)
            assert isinstance(found, str) or found == ABSENT or found >= 0
    assert normal(normal(text)) == normal(text)


def test_every_key_stands_on_the_reference_page() -> None:
    source = "".join(Path(str(module.__file__)).read_text("utf-8") for module in (mapping_file, forms))
    keys = set(re.findall(r'\.(?:text|texts|choice|flag|whole|section|any)\("(\w+)"', source))
    page = PAGE.read_text("utf-8")
    assert len(keys) > 40
    assert {key for key in keys if not re.search(rf"[`\[{{ ]{key}\b", page)} == set()


def examples() -> list[str]:
    page = PAGE.read_text("utf-8")
    return [part.split("```")[0] for part in page.split("```toml\n")[1:] if part.lstrip().startswith("format =")]


@pytest.mark.parametrize("text", examples())
def test_the_worked_examples_of_the_reference_page_are_valid(text: str) -> None:
    assert parse_mapping(text).key.columns
