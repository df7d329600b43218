"""What keeps a company from being told that it will be listed; and where it stands when it is not listed after all."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.programmes.assessments.replaying import HETANG

from mingjing.engine.lists import decide
from mingjing.engine.scoring import Score
from mingjing.programmes.assessments.policy.listings import Case, Visited, adverse_tiers, gaps, without_adverse

RULES = HETANG.list_rules
FIRST, SECOND = Visited("1", date(2026, 3, 2), 5_500), Visited("2", date(2026, 3, 9), 5_900)
SOUND = Case("示例物业有限公司", "91430200MA4L000000", True, (FIRST, SECOND), gap=800)


def test_a_sound_case_may_be_told() -> None:
    assert gaps(SOUND) == ()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"credit_code": ""}, ["listing.entity"]),
        ({"engaged": False}, ["listing.engagement"]),
        ({"unshown": ("A1.1",)}, ["listing.evidence"]),
        ({"open_objections": 2}, ["listing.objections"]),
        ({"visits": (FIRST,)}, ["listing.revisit"]),
        ({"visits": (FIRST, replace(SECOND, team="1"))}, ["listing.revisit"]),
        ({"visits": (FIRST,), "revisit": False}, []),
        ({"visits": (FIRST, replace(SECOND, base=6_301))}, ["listing.gap"]),
        ({"visits": (FIRST, replace(SECOND, base=6_300))}, []),
        ({"visits": (FIRST, replace(SECOND, base=9_000)), "settled": True}, []),
        ({"credit_code": "", "unshown": ("A1.1",), "visits": ()},
         ["listing.entity", "listing.evidence", "listing.revisit"]),
    ],
)  # fmt: skip
def test_what_stands_in_the_way_is_all_told(changes: dict[str, object], told: list[str]) -> None:
    assert [problem.code for problem in gaps(replace(SOUND, **changes))] == told  # type: ignore[arg-type]


def test_the_black_list_takes_rights_and_no_other() -> None:
    assert list(adverse_tiers(RULES)) == ["BLACK"]


@given(
    st.integers(0, 10_000), st.integers(0, 500), st.sampled_from([0, 1, 2]), st.integers(0, 3), st.integers(0, 3),
    st.integers(0, 4),
)  # fmt: skip
def test_who_is_not_listed_stands_nowhere_that_takes_rights(
    base: int, bonus: int, veto: int, critical: int, teams: int, streak: int
) -> None:
    score = Score(0, 0, base, bonus, base + bonus, 27, veto, critical)
    values = {"service_months": Fraction(40), "occupancy": Fraction(80), "failed_teams": Fraction(teams)}
    values |= {"watch_streak": Fraction(streak)}
    found, before = without_adverse(RULES, score, values, None), decide(RULES, score, values, None)
    assert found.tier not in adverse_tiers(RULES)
    assert RULES.place(found.tier) < len(RULES.tiers)
    assert found.reasons
    if before.tier not in adverse_tiers(RULES):
        assert found.tier == before.tier
