"""Schemes as data: what may stand in a document, what is refused and where, and that the written format says it all."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from tests.programmes.assessments.drawn_schemes import schemes, shipped

from mingjing.engine.lists import RANK_MEASURES, SCORE_MEASURES
from mingjing.programmes.assessments.policy.scheme import compile_scheme
from mingjing.programmes.assessments.policy.soundness import check_scheme

FORMAT = Path(__file__).parents[3] / "docs" / "reference" / "scheme-format.md"


def test_the_shipped_schemes_are_whole() -> None:
    hetang, toronto = (compile_scheme(shipped(code)) for code in ("hetang-2024", "toronto-rentsafe"))
    assert {code: len(rubric.items) for code, rubric in hetang.rubrics.items()} == {"A": 9, "B": 13}
    assert len(hetang.checks) == 65
    assert all(rubric.all_points == 100_00 for rubric in hetang.rubrics.values())
    assert len(toronto.checks) == 20


def test_every_title_of_the_shipped_schemes_is_there_in_both_languages() -> None:
    for code in ("hetang-2024", "toronto-rentsafe"):
        titles = list(_titles(shipped(code)))
        assert titles
        assert all(title.keys() == {"zh-Hans", "en"} for title in titles)


def _titles(value: Any) -> Iterator[dict[str, str]]:
    if isinstance(value, dict):
        if "zh-Hans" in value or "en" in value:
            yield value
        else:
            for inner in value.values():
                yield from _titles(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _titles(inner)


@given(schemes())
@settings(max_examples=40)
def test_drawn_documents_compile_and_their_class_rule_decides_every_site(document: dict[str, Any]) -> None:
    scheme = compile_scheme(document)
    assert scheme.digest == compile_scheme(json.loads(json.dumps(document))).digest
    assert set(scheme.rubrics) == {entry["code"] for entry in document["classes"]}


Edit = Callable[[dict[str, Any]], object]
MISTAKES: list[tuple[str, str, Edit]] = [
    ("document.unknown_code", "format", lambda d: d.update(format="other/9")),
    ("document.missing", "code", lambda d: d.pop("code")),
    ("document.no_title", "title", lambda d: d.update(title={"fr": "x"})),
    (
        "scheme.too_fine",
        "bonus/cap",
        lambda d: d.update(rounding={"rule": "half_up", "decimals": "0"}) or d["bonus"].update(cap="4.5"),
    ),
    (
        "scheme.too_fine",
        "unscored_total",
        lambda d: d.update(rounding={"rule": "half_up", "decimals": "1"}, unscored_total="0.05"),
    ),
    ("document.unknown_key", "colour", lambda d: d.update(colour="red")),
    ("document.unknown_key", "items/0/checks/0/rule/half", lambda d: _check(d)["rule"].update(half=">=3")),
    ("document.not_a_list", "vetoes", lambda d: d.update(vetoes={"a": 1})),
    ("document.not_an_object", "rounding", lambda d: d.update(rounding=["half_up"])),
    ("document.not_a_flag", "items/0/na", lambda d: d["items"][0].update(na="yes")),
    ("document.not_a_text", "items/0/points", lambda d: d["items"][0].update(points=12)),
    ("document.not_codes", "items/0/checks/0/methods", lambda d: _check(d).update(methods="look")),
    ("document.no_title", "methods/look", lambda d: d["methods"].update(look=7)),
    ("document.no_title", "evidence/P", lambda d: d["evidence"].update(P={})),
    ("document.too_small", "items/0/checks/0/points", lambda d: _check(d).update(points="0")),
    ("quantity.not_a_number", "bonus/cap", lambda d: d["bonus"].update(cap="five")),
    ("quantity.too_fine", "items/0/checks/0/points", lambda d: _check(d).update(points="3.001")),
    ("document.unprintable_code", "bonus/items/0/code", lambda d: d["bonus"]["items"][0].update(code="a\nb")),
    ("document.repeated_code", "tiers/1/code", lambda d: d["tiers"][1].update(code="RED")),
    ("scheme.reserved", "attributes/0/code", lambda d: d["attributes"][0].update(code="total")),
    ("scheme.choices", "attributes/0/choices", lambda d: d["attributes"][0].update(type="choice")),
    ("scheme.item_points", "items/0/points", lambda d: d["items"][0].update(points="13")),
    ("scheme.class_points", "items", lambda d: d["aggregation"].update(points="99")),
    ("scheme.empty_class", "items", lambda d: d["classes"].append({"code": "C", "title": {"en": "C"}})),
    ("scheme.class_unreachable", "class_rule", lambda d: d["classes"].append({"code": "C", "title": {"en": "C"}})),
    ("scheme.cap", "items/0/checks/0/rule/per", lambda d: _check(d)["rule"].update(per="4")),
    ("scheme.component", "aggregation/components/0/code", lambda d: _component(d).update(code="fame")),
    ("scheme.no_site", "aggregation/components", lambda d: _component(d).update(code="occupancy")),
    ("scheme.weight", "aggregation/components/0/weight", lambda d: _component(d).update(weight="0")),
    ("scheme.scale", "items/0/checks/0/rule/highest", lambda d: _check(d).update(rule=SEVENTHS)),
    ("scheme.scale", "items/0/checks/0/rule/highest", lambda d: _check(d).update(rule=NO_STEP)),
    ("scheme.unknown_measure", "list_rules/2/when/luck", lambda d: d["list_rules"][2]["when"].update(luck="1")),
    ("scheme.unranked_late", "list_rules/0", lambda d: d["list_rules"][0].update(step="9")),
    ("scheme.unscored_asks_score", "list_rules/8/when", lambda d: d["list_rules"][8].update(unscored=True)),
    ("rules.overlap", "list_rules/2", lambda d: d.update(list_rules=CLAIMED_TWICE_WHERE_NOTHING_WAS_SCORED)),
    ("rules.gap", "class_rule/0", lambda d: d["class_rule"].pop()),
    ("rules.overlap", "class_rule/2", lambda d: d["class_rule"][2]["when"].pop("fee")),
    ("rules.condition", "class_rule/0/when/fee", lambda d: d["class_rule"][0]["when"].update(fee=">2 <1")),
    ("document.not_whole", "deadlines/0/days", lambda d: d["deadlines"][0].update(days="1.5")),
    ("document.unknown_code", "unassessed_tier", lambda d: d.update(unassessed_tier="RED")),
]
CLAIMED_TWICE_WHERE_NOTHING_WAS_SCORED = [
    {"tier": "ORDINARY", "step": "1", "when": {"order_overdue": "yes", "order_unmet": "yes"}},
    {"tier": "BLACK", "step": "2", "when": {"order_overdue": "yes"}, "unscored": True},
    {"tier": "WATCH", "step": "2", "when": {"order_unmet": "yes"}, "unscored": True},
    {"tier": "RED", "step": "3", "when": {}},
]
NO_STEP = {"kind": "SCALE", "lowest": "0", "highest": "3", "step": "0"}
SEVENTHS = {"kind": "SCALE", "lowest": "0", "highest": "7"}


def _check(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["items"][0]["checks"][0]
    return found


def _component(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["aggregation"]["components"][0]
    return found


@pytest.mark.parametrize(("code", "path", "edit"), MISTAKES, ids=lambda value: value if isinstance(value, str) else "")
def test_a_mistake_is_refused_at_its_path(code: str, path: str, edit: Edit) -> None:
    document = shipped("hetang-2024")
    edit(document)
    assert (code, path) in {(problem.code, problem.place) for problem in check_scheme(document)}


def test_mistakes_are_refused_together() -> None:
    document = shipped("hetang-2024")
    document["bonus"]["cap"], document["deadlines"][0]["days"], document["code"] = "x", "-1", ""
    assert {problem.place for problem in check_scheme(document)} == {"bonus/cap", "deadlines/0/days", "code"}


@pytest.mark.parametrize("document", [{}, {"items": [[]]}, {"items": [{"checks": 5}]}, {"attributes": [{}]}])
def test_rubbish_is_refused_and_never_crashes(document: dict[str, Any]) -> None:
    assert check_scheme(document)


class Watched(dict[str, Any]):
    """A document that notes which of its keys are asked for."""

    def __init__(self, value: dict[str, Any], path: str, asked: set[tuple[str, str]]) -> None:
        super().__init__({key: _watched(inner, _below(path, key), asked) for key, inner in value.items()})
        self.path, self.asked = path, asked

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add((self.path, key))
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        self.asked.add((self.path, str(key)))
        return super().__contains__(key)


def _below(path: str, key: str) -> str:
    return key if path == "/" else f"{path}.{key}"


def _watched(value: Any, path: str, asked: set[tuple[str, str]]) -> Any:
    if isinstance(value, dict):
        return Watched(value, path, asked)
    return [_watched(inner, f"{path}[]", asked) for inner in value] if isinstance(value, list) else value


CODED = {"methods", "evidence", "class_rule[].when", "list_rules[].when"}
"""Objects whose keys are codes of the scheme, not words of the format."""


def keys_read() -> set[tuple[str, str]]:
    asked: set[tuple[str, str]] = set()
    hetang, toronto = shipped("hetang-2024"), shipped("toronto-rentsafe")
    hetang["items"][0]["checks"][0]["sample"] = {"minimum": "5"}
    for document in (hetang, toronto):
        compile_scheme(Watched(document, "/", asked))
    return {(path, key) for path, key in asked if key not in {"zh-Hans", "en"} and path not in CODED}


def keys_documented() -> set[tuple[str, str]]:
    found = set()
    path = ""
    for line in FORMAT.read_text("utf-8").splitlines():
        if line.startswith("#"):
            named = re.findall(r"`([^`]+)`\s*$", line)
            path = named[0] if named else ""
        elif path and (row := re.match(r"\| `(\w+)` \| \S+ \|", line)):
            found.add((path, row[1]))
    return found


def test_every_key_that_is_read_is_documented_and_the_other_way_round() -> None:
    assert keys_read() == keys_documented()


def test_every_computed_measure_is_documented() -> None:
    said = FORMAT.read_text("utf-8").partition("for these measures")[2].partition("##")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", said, re.MULTILINE)) == SCORE_MEASURES.keys() | RANK_MEASURES.keys()


def test_the_example_of_the_format_is_a_scheme() -> None:
    example = FORMAT.read_text("utf-8").partition("```json\n")[2].partition("```")[0]
    assert check_scheme(json.loads(example)) == ()
