"""Alarms: what the tests say at known numbers, how often smooth data raises them, that what is planted is found."""

import random
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingjing.programmes.assessments.policy.alarms import (
    JUMP,
    LEVEL,
    SLOPE,
    Seen,
    bunching,
    leanings,
    needed,
)

# below, at or above, cut-offs tested, chance of as many or more, verdict
VECTORS = [
    (0, 0, 6, "1", "too_few"),
    (0, 1, 6, "3/5", "too_few"),
    (0, 10, 6, "59049/9765625", "alarm"),
    (0, 9, 6, "19683/1953125", "too_few"),
    (1, 2, 1, "81/125", "too_few"),
    (5, 5, 6, "8142201/9765625", "too_few"),
    (60, 60, 6, None, "clear"),
    (60, 80, 6, None, "clear"),
    (30, 90, 6, None, "alarm"),
]


@pytest.mark.parametrize(("below", "above", "tests", "chance", "verdict"), VECTORS)
def test_what_it_says_at_known_numbers(below: int, above: int, tests: int, chance: str | None, verdict: str) -> None:
    found = bunching({8950: below, 9000: above}, 9000, tests=tests)
    assert (found.bad_side, found.good_side, found.verdict) == (below, above, verdict)
    assert chance is None or found.chance == Fraction(chance)


def test_the_window_ends_where_it_says() -> None:
    totals = {8899: 1, 8900: 2, 8999: 4, 9000: 8, 9099: 16, 9100: 32}
    up = bunching(totals, 9000, tests=1)
    assert (up.bad_side, up.good_side) == (6, 24)
    down = bunching(totals, 9000, tests=1, lower_is_better=True)
    assert (down.good_side, down.bad_side) == (12, 48)


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_chance_is_the_binomial_tail(below: int, above: int) -> None:
    count = below + above
    plain = sum(comb(count, k) * SLOPE**k * (1 - SLOPE) ** (count - k) for k in range(above, count + 1))
    assert bunching({8990: below, 9010: above}, 9000, tests=4).chance == plain


@settings(max_examples=12, deadline=None)
@given(st.integers(1, 140), st.integers(1, 8))
def test_the_power_it_states_is_the_power_it_has(count: int, tests: int) -> None:
    """Lift the stated percentage: the outcomes that raise the alarm weigh four fifths; one less, they do not."""
    finds = bunching({8990: count}, 9000, tests=tests).finds

    def power(lifted: int) -> Fraction:
        share = Fraction(100 + lifted, 200)
        raised = (
            k for k in range(count + 1) if bunching({8990: count - k, 9010: k}, 9000, tests=tests).verdict == "alarm"
        )
        return sum((comb(count, k) * share**k * (1 - share) ** (count - k) for k in raised), Fraction(0))

    if finds is None:
        assert power(100) < Fraction(4, 5)
    else:
        assert power(finds) >= Fraction(4, 5) > power(finds - 1)


def smooth(chance: random.Random, count: int) -> dict[int, int]:
    """Totals as rounds have them: normal around 82, eight points wide, nobody above 100."""
    totals: dict[int, int] = {}
    for _ in range(count):
        total = min(10000, max(0, round(chance.gauss(8200, 800))))
        totals[total] = totals.get(total, 0) + 1
    return totals


@pytest.mark.parametrize("count", [136, 2500])
def test_smooth_rounds_raise_it_no_more_often_than_stated(count: int) -> None:
    chance, rounds, raised = random.Random(20261128), 200, 0
    for _ in range(rounds):
        totals = smooth(chance, count)
        raised += any(bunching(totals, at, tests=3).verdict == "alarm" for at in (6000, 7500, 9000))
    assert Fraction(raised, rounds) <= LEVEL


def test_half_of_those_below_lifted_is_found_four_times_in_five_where_it_says_enough() -> None:
    chance, found, tried = random.Random(7), 0, 0
    while tried < 100:
        totals = smooth(chance, 2500)
        before = bunching(totals, 7500, tests=6)
        if before.finds is None or before.finds > JUMP:
            continue
        tried += 1
        for total in [t for t in totals if 7400 <= t < 7500]:
            lifted = sum(chance.random() < (before.finds + 10) / 100 for _ in range(totals[total]))
            totals[total] -= lifted
            totals[7500] = totals.get(7500, 0) + lifted
        found += bunching(totals, 7500, tests=6).verdict == "alarm"
    assert found >= 80


def test_how_many_it_takes() -> None:
    level = LEVEL / 6
    count = needed(level)
    assert count == 103
    assert bunching({8990: count}, 9000, tests=6).finds == JUMP
    assert (bunching({8990: count - 1}, 9000, tests=6).finds or 101) > JUMP


def dealt(chance: random.Random, teams: int, each: int, shift: int = 0) -> list[Seen]:
    """Records of teams of two; the people of team 0 give `shift` hundredths more."""
    records = []
    for team in range(teams):
        for n in range(each):
            base = round(chance.gauss(8400 if n % 3 else 7600, 700)) + (shift if team == 0 else 0)
            records.append(Seen((f"{team}a", f"{team}b"), "A" if n % 3 else "B", base))
    return records


def test_a_person_far_above_everybody_is_lenient_and_the_class_is_not_held_against_them() -> None:
    records = [Seen((f"p{n % 4}",), "A", 9000 + n) for n in range(40)] + [
        Seen(("q",), "B", 6000 + n) for n in range(20)
    ]
    assert {one.verdict for one in leanings(records)} <= {"clear", "too_few"}
    planted = dealt(random.Random(3), 8, 17, shift=1500)
    found = {one.person: one for one in leanings(planted)}
    assert {name for name, one in found.items() if one.verdict == "lenient"} == {"0a", "0b"}
    assert found["0a"].mean > 1000
    strict = {one.person for one in leanings(dealt(random.Random(3), 8, 17, shift=-1500)) if one.verdict == "strict"}
    assert strict == {"0a", "0b"}
    swapped = {one.person for one in leanings(planted, lower_is_better=True) if one.verdict == "strict"}
    assert swapped == {"0a", "0b"}


def test_fair_rounds_accuse_somebody_no_more_often_than_stated() -> None:
    chance, rounds, raised = random.Random(5), 200, 0
    for _ in range(rounds):
        found = leanings(dealt(chance, 8, 17))
        raised += any(one.verdict in ("lenient", "strict") for one in found)
    assert Fraction(raised, rounds) <= LEVEL


def test_few_records_say_too_few() -> None:
    assert [one.verdict for one in leanings([Seen(("a",), "A", 9000), Seen(("b",), "A", 1000)])] == ["too_few"] * 2
    assert leanings([]) == ()
    (alone,) = leanings([Seen(("a",), "A", 9000)] * 30)
    assert (alone.verdict, alone.chance) == ("too_few", Fraction(1))
