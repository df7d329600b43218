"""Lists: ranks against plain counting, ties at cut-offs, tiers with their reasons."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mingjing.engine.lists import (
    UNDETERMINED,
    Decision,
    Distribution,
    ListRules,
    Standing,
    Tier,
    decide,
    measured,
    ranks,
    tier_of,
)
from mingjing.engine.outcome import Titled
from mingjing.engine.rules import Condition, Interval, Measure, OneOf, Row, Table, Value
from mingjing.engine.scoring import Score

totals = st.lists(st.integers(0, 12), min_size=1, max_size=30)


@given(totals, st.booleans())
def test_ranks_are_what_counting_gives(found: list[int], lower: bool) -> None:
    distribution = Distribution(found, lower_is_better=lower)
    for total in found:
        better = sum(other < total if lower else other > total for other in found)
        worse_or_equal = len(found) - better
        assert distribution.standing(total) == Standing(better + 1, worse_or_equal, len(found))


@given(totals, st.integers(0, 12), st.booleans(), st.data())
def test_moving_one_is_counting_again(found: list[int], new: int, lower: bool, data: st.DataObject) -> None:
    old = data.draw(st.sampled_from(found))
    rest = list(found)
    rest.remove(old)
    again = Distribution([*rest, new], lower_is_better=lower)
    assert Distribution(found, lower_is_better=lower).if_moved(old, new) == again.standing(new)


def test_nobody_has_a_standing_that_nobody_has() -> None:
    with pytest.raises(KeyError):
        Distribution([1, 2]).standing(3)


RED, ORDINARY, BLACK, NEW, NONE = (
    Tier("RED", Titled({"en": "Red"})),
    Tier("ORDINARY", Titled({"en": "Ordinary"})),
    Tier("BLACK", Titled({"en": "Black"})),
    Tier("NEW", Titled({"en": "New"}), ranked=False),
    Tier("NONE", Titled({"en": "None"}), ranked=False),
)
MEASURES = {
    **measured(2),
    "months": Measure("months", Titled({"en": "Months"}), default=Fraction(12)),
    "late": Measure("late", Titled({"en": "Late"}), ("yes", "no")),
}


def rules(*rows: Row) -> ListRules:
    return ListRules((RED, ORDINARY, BLACK, NEW, NONE), Table(MEASURES, rows), "NONE")


def at_most(value: int) -> Condition:
    return Interval(high=Fraction(value))


SCORE = Score(90_00, 100_00, 90_00, 2_00, 92_00, 10, 0, 0)
BY_RANK = rules(
    Row("NEW", {"months": Interval(high=Fraction(6), high_included=False)}, 1),
    Row("BLACK", {"late": OneOf(("yes",))}, 2, unscored=True),
    Row("RED", {"rank_share": at_most(20)}, 3, Titled({"en": "the best fifth"})),
    Row("BLACK", {"bottom_share": at_most(20)}, 4),
    Row("ORDINARY", {}, 5),
)
ON_TIME: dict[str, Value] = {"late": "no"}


def tiers_of(found: list[int]) -> list[str]:
    distribution = Distribution(found)
    return [decide(BY_RANK, replace(SCORE, total=total), ON_TIME, distribution.standing(total)).tier for total in found]


def test_a_tie_at_the_cut_off_of_the_best_enters_whole() -> None:
    assert tiers_of([9, 9, 9, 5, 1]) == ["RED", "RED", "RED", "ORDINARY", "BLACK"]


def test_a_tie_at_the_cut_off_of_the_worst_forces_nobody_in() -> None:
    assert tiers_of([9, 8, 7, 1, 1]) == ["RED", "ORDINARY", "ORDINARY", "ORDINARY", "ORDINARY"]


def test_everybody_alike_is_best_and_nobody_worst() -> None:
    assert set(tiers_of([5] * 7)) == {"RED"}


def decided(score: Score = SCORE, rank: int = 2, **attributes: Value) -> Decision:
    return decide(BY_RANK, score, {**ON_TIME, **attributes}, Standing(rank, 11 - rank, 10))


@given(st.integers(1, 10), st.sampled_from(["yes", "no", None]), st.integers(0, 9), st.booleans(), st.booleans())
def test_the_tier_alone_is_the_tier_with_its_reasons(
    rank: int, late: str | None, months: int, scored: bool, ranked: bool
) -> None:
    attributes: dict[str, Value] = {"months": Fraction(months), **({"late": late} if late else {})}
    score, standing = SCORE if scored else UNSCORED, Standing(rank, 11 - rank, 10) if ranked else None
    assert tier_of(BY_RANK, score, attributes, standing) == decide(BY_RANK, score, attributes, standing).tier


def test_a_tier_comes_with_the_rule_that_chose_it_and_the_values_it_met() -> None:
    assert [reason.say() for reason in decided().reasons] == [
        "the best fifth:",
        "rank in percent of the class is 20; the rule asks for ≤ 20.",
    ]


def test_a_lesser_tier_says_what_kept_the_site_out_of_the_better() -> None:
    found = decided(rank=5)
    assert found.tier == "ORDINARY"
    ((tier, reasons),) = found.short_of
    assert tier == RED
    assert [reason.say() for reason in reasons] == ["rank in percent of the class is 50; the rule asks for ≤ 20."]


def test_a_site_that_is_not_ranked_fell_short_of_nothing() -> None:
    found = decide(BY_RANK, SCORE, {"months": Fraction(3), "late": "no"}, None)
    assert (found.tier, found.short_of) == ("NEW", ())


def test_steps_come_in_order() -> None:
    assert decided(late="yes").tier == "BLACK"
    assert decided(late="yes", months=Fraction(5)).tier == "NEW"


def test_an_unknown_value_that_matters_is_a_state_of_its_own() -> None:
    found = decide(BY_RANK, SCORE, {}, Standing(1, 10, 10))
    assert found.tier == UNDETERMINED
    assert found.reasons[0].say() == "not known, but asked for by the list rules: Late"


UNSCORED = replace(SCORE, base=None, total=None)


def test_where_nothing_was_scored_only_rules_that_say_so_hold() -> None:
    assert decide(BY_RANK, UNSCORED, ON_TIME, None).tier == "NONE"
    assert decide(BY_RANK, UNSCORED, {}, None).tier == "NONE"
    assert decide(BY_RANK, UNSCORED, {"late": "yes"}, None).tier == "BLACK"


def test_who_takes_part_in_the_ranking() -> None:
    assert ranks(BY_RANK, SCORE, ON_TIME)
    assert not ranks(BY_RANK, SCORE, {"months": Fraction(5)})
    assert not ranks(BY_RANK, UNSCORED, ON_TIME)


def test_a_tier_of_no_list_comes_last() -> None:
    assert [BY_RANK.place(tier) for tier in ("RED", "NONE", UNDETERMINED)] == [0, 4, 5]
