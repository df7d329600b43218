"""What stands near a cut-off, held against trying every number of points; bunching; what became of each community."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.programmes.assessments.replaying import HETANG

from mingjing.engine.lists import decide
from mingjing.engine.lists import tier_of as tier_without_reasons
from mingjing.engine.scoring import Finding, Score, Sheet, score
from mingjing.programmes.assessments.policy.edges import Edge, crowds, cut_offs, edges, one_more
from mingjing.programmes.assessments.policy.moves import Stood, compare, gone, tally

RULES = HETANG.list_rules
ATTRIBUTES = {"service_months": Fraction(40), "occupancy": Fraction(80)}


def scored(base: int, bonus: int, veto: int = 0, critical: int = 0) -> Score:
    return Score(0, 0, base, bonus, base + bonus, 27, veto, critical)


def with_points(found: Score, points: int) -> Score:
    assert found.base is not None
    assert found.total is not None
    return replace(found, base=found.base + points, total=found.total + points)


def place_of(found: Score, points: int) -> int:
    """Without reasons, which take most of deciding: tests/engine holds the two equal, whatever is decided."""
    return RULES.place(tier_without_reasons(RULES, with_points(found, points), ATTRIBUTES, None))


@given(st.integers(0, 10000), st.integers(0, 500), st.sampled_from([0, 0, 1]), st.sampled_from([0, 0, 2]))
def test_the_nearest_edges_are_those_found_by_trying(base: int, bonus: int, veto: int, critical: int) -> None:
    found = scored(base, bonus, veto, critical)
    near = {edge.better: edge for edge in edges(HETANG, "A", found, ATTRIBUTES, None)}
    now = place_of(found, 0)
    for better, sign in ((True, 1), (False, -1)):
        reach = range(1, min(600, 10001 - base if sign > 0 else base + 1))
        places = ((n, place_of(found, sign * n)) for n in reach)
        tried = next((n for n, place in places if place != now and (place < now) is better), None)
        if tried is not None:
            decided = decide(RULES, with_points(found, sign * tried), ATTRIBUTES, None)
            assert (near[better].points, near[better].tier) == (sign * tried, decided.tier)
        elif better in near:
            assert near[better].distance >= len(reach)


def test_cut_offs_come_from_the_rules() -> None:
    assert cut_offs(RULES, "total") == (6000, 7500, 9000)
    assert cut_offs(RULES, "base") == (8500,)


def test_a_site_without_a_rank_has_no_edge() -> None:
    assert edges(HETANG, "A", scored(8990, 0), {**ATTRIBUTES, "occupancy": Fraction(10)}, None) == ()
    assert edges(HETANG, "A", Score(0, 0, None, 0, None, 0, 0, 0), ATTRIBUTES, None) == ()


def test_one_more_finding_that_would_be_enough() -> None:
    rubric, sheet = HETANG.rubrics["A"], Sheet(findings=(Finding("A5.1", 2),), attributes=ATTRIBUTES)
    found = score(rubric, sheet)
    assert found.total is not None
    (edge,) = (e for e in edges(HETANG, "A", replace(found, open_critical=0), ATTRIBUTES, None) if not e.better)
    enough = {check.code for check in one_more(rubric, sheet, found, edge)}
    for code in rubric.checks:
        worse = score(rubric, replace(sheet, findings=(*sheet.findings, Finding(code, 1))))
        assert worse.total is not None
        assert (code in enough) == (worse.total <= found.total + edge.points and worse.total < found.total)


def test_crowds_count_half_open_ranges() -> None:
    found = {crowd.at: crowd for crowd in crowds(RULES, {8799: 1, 8800: 2, 8999: 3, 9000: 4, 9199: 5, 9200: 6}, 200)}
    assert (found[9000].below, found[9000].above) == (5, 9)


def stood(community: int, tier: str, total: int | None, company: str = "甲") -> Stood:
    return Stood(community, community, f"{community}", "", company, "A", tier, total)


def test_each_community_is_told_what_became_of_it() -> None:
    now = [stood(1, "RED", 9500), stood(2, "WATCH", 7000, "乙"), stood(3, "RED", 9100), stood(4, "NOT_ASSESSED", None),
           stood(5, "BLACK", 5000)]  # fmt: skip
    before = {n.community: n for n in (stood(1, "ORDINARY", 8800), stood(2, "ORDINARY", 8000), stood(3, "RED", 9300),
                                       stood(4, "RED", 9100), stood(9, "RED", 9900))}  # fmt: skip
    found = list(compare(now, before, RULES, RULES))
    assert [(m.kind, m.company, m.difference) for m in found] == [
        ("up", False, 700), ("down", True, -1000), ("same", False, -200), ("other", False, None), ("new", False, None),
    ]  # fmt: skip
    assert [entry.community for entry in gone(now, before)] == [9]
    assert tally(found)["A"] == {"up": 1, "down": 1, "same": 1, "other": 1, "new": 1, "company": 1}


def test_an_edge_says_how_far_it_is() -> None:
    assert Edge(-73, "ORDINARY", False, "total", 9000).distance == 73
