"""Rounds in a row: as worked out by hand, the same however they are counted, and without a trace of what was undone."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing.programmes.assessments.policy.streaks import Families, Held, Streak, extended, of_community, streak

CASES = json.loads((Path(__file__).parents[2] / "vectors" / "streaks.json").read_text("utf-8"))["cases"]


def held(text: str) -> Held:
    round_, company, state = text.split()
    return Held(round_, company, f"{company}物业", adverse=state == "黑", listed=state != "未")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_as_worked_out_by_hand(case: dict[str, Any]) -> None:
    history = [held(text) for text in case["history"]]
    families = Families(tuple((one, other) for one, other in (pair.split() for pair in case["同一"])))
    found = streak(history, families)
    assert (found.count, found.company) == (case["count"], case["company"])
    assert of_community(history) == case["community"]
    assert len(found.reasons) == len(history)
    assert len(found.rounds) == found.count


COMPANIES = st.sampled_from("ABCDE")
HELD = st.builds(
    Held, round=st.just("r"), company=COMPANIES, name=st.just("n"), adverse=st.booleans(), listed=st.booleans()
)
HISTORIES = st.lists(HELD, max_size=9)
FAMILIES = st.builds(Families, st.lists(st.tuples(COMPANIES, COMPANIES), max_size=4).map(tuple))


def counted_otherwise(history: list[Held], families: Families) -> int:
    """Read backwards, as a person would: rounds that listed nobody are left out, the row goes on to its first break."""
    rows = [one for one in history if one.listed]
    count, last = 0, None
    for one in reversed(rows):
        if not one.adverse or (last is not None and last not in families.of(one.company)):
            break
        count, last = count + 1, one.company
    return count


@given(HISTORIES, FAMILIES)
def test_from_scratch_and_round_by_round_is_the_same(history: list[Held], families: Families) -> None:
    grown = Streak()
    for number, one in enumerate(history):
        grown = extended(grown, one, families)
        assert grown == streak(history[: number + 1], families)
    assert grown.count == counted_otherwise(history, families)
    assert grown.count <= of_community(history)


@given(HISTORIES, FAMILIES, st.data())
def test_what_was_not_listed_leaves_no_trace(history: list[Held], families: Families, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(history)))
    more = [*history[:at], replace(data.draw(HELD), listed=False), *history[at:]]
    one, other = streak(history, families), streak(more, families)
    assert (one.count, one.rounds, one.company) == (other.count, other.rounds, other.company)
    assert of_community(history) == of_community(more)


@given(HISTORIES, FAMILIES, COMPANIES, COMPANIES)
def test_a_finding_of_common_control_never_shortens_a_row(
    history: list[Held], families: Families, one: str, other: str
) -> None:
    wider = Families((*families.links, (one, other)))
    assert streak(history, families).count <= streak(history, wider).count


@given(FAMILIES, COMPANIES, COMPANIES, COMPANIES)
def test_counting_as_one_is_mutual_and_carries_over(families: Families, a: str, b: str, c: str) -> None:
    assert families.same(a, a)
    assert families.same(a, b) == families.same(b, a)
    if families.same(a, b) and families.same(b, c):
        assert families.same(a, c)
