"""Conditions as people write them, and tables that are read step by step."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mingjing.engine.outcome import Phrase, Refusal, Titled
from mingjing.engine.rules import Interval, Measure, OneOf, Row, Table, Undetermined, parse_condition

NUMBER = Measure("n", Titled({"en": "number"}))
FLAG = Measure("f", Titled({"en": "flag"}), ("yes", "no"))
FUEL = Measure("fuel", Titled({"en": "fuel"}), ("gas", "steam", "oil"))

ends = st.none() | st.integers(-3_000, 3_000).map(lambda n: Fraction(n, 100))
intervals = st.builds(Interval, ends, ends, st.booleans(), st.booleans())
values = st.integers(-3_100, 3_100).map(lambda n: Fraction(n, 100))


def empty(interval: Interval) -> bool:
    if interval.low is None or interval.high is None:
        return False
    both = interval.low_included and interval.high_included
    return interval.low > interval.high or (interval.low == interval.high and not both)


@given(intervals)
def test_a_condition_is_read_as_it_is_written(interval: Interval) -> None:
    assume(not empty(interval) and (interval.low, interval.high) != (None, None))
    found = parse_condition(str(interval), NUMBER)
    assert isinstance(found, Interval)
    assert str(found) == str(interval)
    for value in {end for end in (interval.low, interval.high) if end is not None}:
        for near in (value - Fraction(1, 100), value, value + Fraction(1, 100)):
            assert found.holds(near) == interval.holds(near)


@given(intervals, intervals, values)
def test_what_two_intervals_share_is_what_lies_in_both(one: Interval, other: Interval, value: Fraction) -> None:
    assert one.meet(other).holds(value) == (one.holds(value) and other.holds(value))


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        (">=75 <90", ["75", "89.99"], ["74.99", "90"]),
        ("≥75且＜90", ["75"], ["90"]),
        (">=75, <90", ["75"], ["90"]),
        (">= 75 and < 90", ["75"], ["90"]),
        ("0", ["0"], ["0.01"]),
        ("= 3", ["3"], ["2"]),
        (">=95%", ["95"], ["94"]),
        ("<6", ["5.99", "-1"], ["6"]),
        (">-2.5", ["-2.4"], ["-2.5"]),
    ],
)
def test_conditions_as_people_write_them(text: str, inside: list[str], outside: list[str]) -> None:
    condition = parse_condition(text, NUMBER)
    assert all(condition.holds(Fraction(value)) for value in inside)
    assert not any(condition.holds(Fraction(value)) for value in outside)


@pytest.mark.parametrize(
    "text", ["", " ", "yes", ">=", ">=x", "75-90", "> 90 < 75", ">5 <5", ">=5 <5", "=5 >5", "3 4", "1.2.3", "=>3"]
)
def test_what_no_number_can_meet_or_nobody_can_read_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_condition(text, NUMBER, "here")
    assert [(problem.code, problem.place) for problem in refused.value.problems] == [("rules.condition", "here")]


@pytest.mark.parametrize(
    ("text", "code"), [("yes", "yes"), ("是", "yes"), ("TRUE", "yes"), (" No ", "no"), ("否", "no")]
)
def test_flags_in_either_language(text: str, code: str) -> None:
    assert parse_condition(text, FLAG) == OneOf((code,))


@pytest.mark.parametrize("word", ["TRUE", "否", "No"])
def test_a_choice_that_is_a_word_for_yes_or_no_stays_itself(word: str) -> None:
    measure = Measure("colour", Phrase("colour"), (word, "other"))
    assert parse_condition(word, measure) == OneOf((word,))


def test_choices_are_codes_joined_by_bars() -> None:
    assert parse_condition("gas | oil", FUEL) == OneOf(("gas", "oil"))
    for text in ("coal", "gas|coal", "", "gas,oil"):
        with pytest.raises(Refusal):
            parse_condition(text, FUEL)


def table(*rows: Row) -> Table:
    return Table({"n": NUMBER, "fuel": FUEL}, rows)


LOW, HIGH = Interval(high=Fraction(5), high_included=False), Interval(low=Fraction(5))


def test_the_first_step_with_a_match_decides() -> None:
    first, second = Row("A", {"n": LOW}, 1), Row("B", {}, 2)
    assert table(second, first).decide({"n": Fraction(4)}) == (first,)
    assert table(second, first).decide({"n": Fraction(5)}) == (second,)


def test_an_unknown_value_stands_in_the_way_only_where_it_matters() -> None:
    rows = (Row("A", {"n": LOW, "fuel": OneOf(("gas",))}, 1), Row("B", {"n": HIGH}, 1), Row("C", {}, 2))
    assert table(*rows).decide({"n": Fraction(7)}) == (rows[1],)
    assert table(*rows).decide({"n": Fraction(3)}) == Undetermined(("fuel",))
    assert table(*rows).decide({"n": Fraction(3), "fuel": "oil"}) == (rows[2],)
    assert table(*rows).decide({}) == Undetermined(("n", "fuel"))


def test_nothing_matching_is_undetermined_by_nothing() -> None:
    assert table(Row("A", {"n": LOW})).decide({"n": Fraction(9)}) == Undetermined(())


def test_defaults_fill_in_for_values_that_were_not_given() -> None:
    measure = Measure("n", NUMBER.title, default=Fraction(6))
    assert Table({"n": measure}, ()).complete({}) == {"n": Fraction(6)}
    assert Table({"n": measure}, ()).complete({"n": Fraction(1)}) == {"n": Fraction(1)}


def test_reasons_name_each_condition_with_the_value_it_met() -> None:
    row = Row("A", {"n": LOW, "fuel": OneOf(("gas", "oil"))})
    said = [reason.say() for reason in table(row).reasons(row, {"n": Fraction(7, 2), "fuel": "gas"})]
    assert said == ["number is 3.5; the rule asks for < 5.", "fuel is gas; the rule asks for gas | oil."]


def test_unmet_reasons_are_only_those_that_do_not_hold() -> None:
    row = Row("A", {"n": LOW, "fuel": OneOf(("gas",))})
    assert [r.params["measure"] for r in table(row).unmet(row, {"n": Fraction(9), "fuel": "gas"})] == [NUMBER.title]
    (unknown,) = table(row).unmet(row, {"n": Fraction(1)})
    assert unknown.params["found"] == Phrase("not known")
