"""What changed between two versions, in words: each change once, none forgotten, in the order of the document."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.programmes.assessments.drawn_schemes import schemes, shipped

from mingjing.engine.outcome import Reason
from mingjing.programmes.assessments.policy.changes import changes

Document = dict[str, Any]
Edit = Callable[[Document], object]


def told(edit: Edit) -> list[tuple[str, str, str]]:
    new = shipped("hetang-2024")
    edit(new)
    return [(change.kind, change.path, change.say()) for change in changes(shipped("hetang-2024"), new)]


def swap(entries: list[Any], one: int, other: int) -> None:
    entries[one], entries[other] = entries[other], entries[one]


A51 = "check A5.1 (Fire lanes and escape routes are clear)"
RED = "list rule 11, Red list (Total of 90, base of 85, no veto and no open critical finding)"
WORDS: list[tuple[str, str, str, Edit]] = [
    (
        "changed",
        "items/4/checks/0/points",
        f"{A51}: points changed from 5 to 4",
        lambda d: d["items"][4]["checks"][0].update(points="4"),
    ),
    (
        "changed",
        "items/4/checks/0/rule",
        f"{A51}: deduction rule changed from points per instance (per instance 2) to "
        "points per instance (per instance 1, at most 3)",
        lambda d: d["items"][4]["checks"][0]["rule"].update(per="1", cap="3"),
    ),
    (
        "changed",
        "items/4/checks/0/na",
        f"{A51}: may be not applicable changed from no to yes",
        lambda d: d["items"][4]["checks"][0].update(na=True),
    ),
    (
        "changed",
        "list_rules/10/when/total",
        f"{RED}: total changed from ≥90 to ≥92",
        lambda d: d["list_rules"][10]["when"].update(total=">=92"),
    ),
    (
        "added",
        "list_rules/10/when/occupancy",
        f"{RED}: Occupancy set to ≥60",
        lambda d: d["list_rules"][10]["when"].update(occupancy=">=60"),
    ),
    (
        "removed",
        "list_rules/10/when/base",
        f"{RED}: base taken out (it was ≥85)",
        lambda d: d["list_rules"][10]["when"].pop("base"),
    ),
    (
        "changed",
        "items/3/title/en",
        "major item A4 (Calm): title in English changed from Order and parking to Calm",
        lambda d: d["items"][3]["title"].update(en="Calm"),
    ),
    (
        "changed",
        "aggregation/components/0/weight",
        "component site (Site assessment): weight changed from 100 to 60",
        lambda d: d["aggregation"]["components"][0].update(weight="60"),
    ),
    ("changed", "bonus/cap", "scheme: bonus cap changed from 5 to 6", lambda d: d["bonus"].update(cap="6")),
    (
        "added",
        "classes/2",
        "class C (Class C)",
        lambda d: d["classes"].append({"code": "C", "title": {"en": "Class C"}}),
    ),
    ("removed", "vetoes/0", "veto safety_accident (Safety accident) removed", lambda d: d["vetoes"].pop(0)),
    (
        "changed",
        "deadlines/4/days",
        "deadline rectification_plan (Hand in a rectification plan): days changed from 5 to 7",
        lambda d: d["deadlines"][4].update(days="7"),
    ),
    (
        "removed",
        "methods/data",
        "method data (System data) removed",
        lambda d: d["methods"].pop("data"),
    ),
]


@pytest.mark.parametrize(("kind", "path", "words", "edit"), WORDS, ids=[path for _, path, _, _ in WORDS])
def test_a_change_is_said_in_words(kind: str, path: str, words: str, edit: Edit) -> None:
    ((found_kind, found_path, said),) = told(edit)
    assert (found_kind, found_path) == (kind, path)
    assert said.startswith(words)


def test_the_reader_s_language_chooses_titles() -> None:
    new = shipped("hetang-2024")
    new["list_rules"][10]["when"]["total"] = ">=92"
    words = {"language-code": "zh-Hans", "total": "总分", "list rule": "定榜规则"}
    words["{kind} {number}, {code} ({title})"] = "{kind} {number} {code}（{title}）"
    words["{thing}: {field} changed from {old} to {new}"] = "{thing}：{field}由 {old} 改为 {new}"
    (change,) = changes(shipped("hetang-2024"), new)
    said = change.say(lambda text: words.get(text, text))
    assert said == "定榜规则 11 红榜（总分达 90 分、基础分达 85 分，无否决、无未消除的 ★ 项）：总分由 ≥90 改为 ≥92"


def test_a_check_that_moved_to_another_item_is_one_change() -> None:
    found = told(lambda d: d["items"][1]["checks"].append(d["items"][0]["checks"].pop()))
    assert [(kind, path) for kind, path, _ in found] == [("changed", "items/1/checks/3")]
    assert "major item changed from A1 to A2" in found[0][2]


@pytest.mark.parametrize("section", ["items", "tiers", "list_rules", "class_rule", "deadlines", "attributes"])
def test_another_order_is_a_change_told_once(section: str) -> None:
    ((kind, path, said),) = told(lambda d: swap(d[section], 0, 1))
    assert (kind, path.partition("/")[0]) == ("changed", section)
    assert "moved from place" in said


def test_a_check_in_another_place_is_told_once() -> None:
    ((_, path, said),) = told(lambda d: d["items"][0]["checks"].insert(0, d["items"][0]["checks"].pop()))
    assert path == "items/0/checks/0"
    assert said.endswith("moved from place 4 to place 1")


def test_a_rule_put_in_front_is_one_addition_and_moves_nothing() -> None:
    rule = {"tier": "WATCH", "step": "2", "when": {"checks": "<3"}, "title": {"en": "too few"}}
    ((kind, path, _),) = told(lambda d: d["list_rules"].insert(0, rule))
    assert (kind, path) == ("added", "list_rules/0")


def test_changes_come_in_the_order_of_the_document() -> None:
    def edit(document: Document) -> None:
        document["sampling"].pop(0)
        document["items"][7]["points"] = "1"
        document["items"][2]["checks"][1]["points"] = "1"
        document["title"]["en"] = "x"
        document["items"][2]["points"] = "1"
        document["vetoes"].pop()

    assert [path for _, path, _ in told(edit)] == [
        "title/en",
        "items/2/points",
        "items/2/checks/1/points",
        "items/7/points",
        "vetoes/5",
        "sampling/0",
    ]


def test_a_long_note_is_shown_where_it_differs() -> None:
    ((_, _, said),) = told(lambda d: d["note"].update(en=d["note"]["en"].replace("Known facts", "Known rumours")))
    assert "Known rumours" in said
    assert len(said) < 200


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything in a document."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield (*path, key)
        yield from places(inner, (*path, key))


PLACES = list(places(shipped("hetang-2024")))
REPLACEMENTS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=3), st.lists(st.text(max_size=2), max_size=2),
    st.just({}), st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2), st.just([{"code": "new"}]),
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> Document:
    """The Hetang scheme with one thing replaced, taken out, added or doubled, somewhere."""
    document = shipped("hetang-2024")
    *above, key = draw(st.sampled_from(PLACES))
    holder: Any = document
    for step in above:
        holder = holder[step]
    match draw(st.sampled_from(["replace", "remove", "add", "shuffle"])):
        case "replace":
            holder[key] = draw(REPLACEMENTS)
        case "remove":
            del holder[key]
        case "add" if isinstance(holder, list):
            holder.insert(key, draw(st.one_of(REPLACEMENTS, st.just(copy.deepcopy(holder[key])))))
        case "add":
            holder[draw(st.text(max_size=3))] = draw(REPLACEMENTS)
        case _ if isinstance(holder, list):
            holder[:] = draw(st.permutations(holder))
    return document


def canonical(document: Document) -> str:
    return json.dumps(document, sort_keys=True)


@given(mutated())
@settings(max_examples=150)
def test_whatever_changed_anywhere_is_told_and_nothing_else_is(document: Document) -> None:
    original = shipped("hetang-2024")
    for old, new in ((original, document), (document, original)):
        found = changes(old, new)
        assert bool(found) == (canonical(old) != canonical(new))
        assert all(change.say() for change in found)
        assert all(isinstance(change, Reason) and change.kind in {"added", "removed", "changed"} for change in found)
        assert not any(change.code == "change.other" for change in found)


@given(schemes(), schemes())
@settings(max_examples=40)
def test_two_schemes_differ_exactly_when_something_is_told(old: Document, new: Document) -> None:
    assert changes(old, copy.deepcopy(old)) == ()
    assert bool(changes(old, new)) == (canonical(old) != canonical(new))
