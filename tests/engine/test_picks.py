"""What a seed asks of a team: repeatable, no choice favoured, and unrelated from label to label."""

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing.engine.picks import LETTERS, asks, challenge_of, code_word, pick, seed_of

SEED = "5a" * 32
seeds = st.binary(min_size=32, max_size=32).map(bytes.hex)
labels = st.text(max_size=20)


@given(seeds, labels, st.integers(0, 300), st.integers(0, 40))
def test_picks_are_distinct_sorted_and_as_many_as_there_can_be(
    seed: str, label: str, population: int, count: int
) -> None:
    found = pick(seed, label, population, count)
    assert len(found) == min(population, count)
    assert list(found) == sorted(set(found))
    assert set(found) <= set(range(1, population + 1))
    assert found == pick(seed, label, population, count)


def test_every_choice_is_as_likely_as_the_next() -> None:
    turns = 6_000
    found = Counter(pick(SEED, f"visit {number}", 6, 3) for number in range(turns))
    assert found.keys() == set(combinations(range(1, 7), 3))
    expected = turns / 20
    distance = sum((count - expected) ** 2 / expected for count in found.values())
    assert distance < 43.8, "chi square with 19 degrees of freedom, one in a thousand"


def test_labels_and_seeds_ask_for_themselves() -> None:
    words = {code_word(SEED, f"A5.2/{number}") for number in range(1_000)}
    assert len(words) > 980
    assert {len(word) for word in words} == {4}
    assert set("".join(words)) == set(LETTERS)
    own = {seed_of(SEED, f"assessments.visit:{number}") for number in range(100)}
    assert len(own) == 100
    assert len({pick(seed, "A4.3", 9_999, 5) for seed in own}) == 100


def test_one_in_so_many_is_asked_and_nobody_where_none_is() -> None:
    asked = [asks(SEED, f"photo {number}", 10) for number in range(5_000)]
    assert 420 < sum(asked) < 580
    assert not any(asks(SEED, f"photo {number}", 0) for number in range(100))
    assert all(asks(SEED, f"photo {number}", 1) for number in range(100))


def test_a_challenge_is_a_word_or_an_angle() -> None:
    found = [challenge_of(SEED, f"photo {number}", 1) for number in range(400)]
    kinds = Counter(challenge["kind"] for challenge in found if challenge)
    assert kinds.keys() == {"word", "angle"}
    assert min(kinds.values()) > 150
    assert all(c["word"] == code_word(SEED, f"photo {n}") for n, c in enumerate(found) if c and c["kind"] == "word")
    assert challenge_of(SEED, "photo 1", 0) is None


@pytest.mark.parametrize("seed", ["", "5a", "5A" * 32, "zz" * 32, "5a" * 33])
def test_only_32_bytes_in_hex_are_a_seed(seed: str) -> None:
    with pytest.raises(ValueError, match="seed"):
        pick(seed, "label", 5, 2)
