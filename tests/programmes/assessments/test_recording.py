"""The sheet of a visit: every rule kind's input, every refusal, and that any edits give a sheet that can be scored."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.programmes.assessments.drawn_edits import edits as drawn_edits

from mingjing.engine.accounts import check_sheet, explain
from mingjing.engine.chain import canonical, canonical_of_simple, content_digest
from mingjing.engine.outcome import Refusal
from mingjing.engine.picks import pick
from mingjing.engine.scoring import Sheet, score
from mingjing.programmes.assessments.policy.answers import lacking, terms_of, unanswered
from mingjing.programmes.assessments.policy.recording import (
    Conflict,
    Edit,
    apply_edit,
    apply_edits,
    apply_log,
    findings_of,
    part_of,
    sheet_from,
    signed_form,
    undoing,
)
from mingjing.programmes.assessments.policy.scheme import Scheme, compile_scheme
from mingjing.programmes.assessments.queries.schemes import shipped_schemes

BY, AT = "token-of-somebody", "2024-09-04T01:30:00.000000Z"
PHOTO = "a" * 64


@cache
def scheme(code: str = "hetang-2024") -> Scheme:
    return compile_scheme(json.loads(shipped_schemes()[code].read_text("utf-8")))


def uid(number: int) -> str:
    return str(UUID(int=number))


def edited(
    document: Mapping[str, Any], kind: str, _class: str = "A", _scheme: str = "hetang-2024", **payload: Any
) -> Any:
    rules = scheme(_scheme)
    return apply_edit(rules, rules.rubrics[_class], document, kind, payload, BY, AT)


def refusal(document: Mapping[str, Any], kind: str, _class: str = "A", **payload: Any) -> Refusal:
    with pytest.raises(Refusal) as raised:
        edited(document, kind, _class, **payload)
    return raised.value


def code_of(refused: Refusal) -> str:
    return refused.problems[0].code


def steps(document: Mapping[str, Any]) -> list[int]:
    return [entry["steps"] for entry in document["findings"]]


def test_each_rule_kind_takes_its_own_answer() -> None:
    assert steps(edited({}, "find", check="A5.1", finding=uid(1), count=3)) == [3]
    assert steps(edited({}, "find", "B", check="B2.3", finding=uid(1))) == [1]
    assert steps(edited({}, "find", check="A1.2", finding=uid(1), grade="partial")) == [1]
    assert steps(edited({}, "find", check="A1.2", finding=uid(1), grade="absent")) == [2]
    assert part_of(edited({}, "find", check="A1.2", finding=uid(1), grade="full"), "A1.2").keys() == {"looked"}
    assert steps(edited({}, "find", check="A2.3", finding=uid(1), good=4, of=5)) == [0]
    assert steps(edited({}, "find", check="A2.3", finding=uid(1), good=3, of=5)) == [1]
    assert steps(edited({}, "find", check="A2.3", finding=uid(1), good="2", of="5")) == [2]
    assert steps(edited({}, "find", "B", check="B4.2", finding=uid(1), good=1, of=100)) == [0]
    rules = scheme("toronto-rentsafe")
    (cls,) = list(rules.rubrics)[:1]
    check = next(c for c in rules.rubrics[cls].checks.values() if c.rule.kind == "SCALE")
    marked = edited({}, "find", cls, "toronto-rentsafe", check=check.code, finding=uid(1), mark=str(check.rule.lowest))
    assert steps(marked) == [len(check.rule.losses) - 1]


def test_a_share_holds_the_minimum_of_the_sample_unless_there_are_no_more() -> None:
    refused = refusal({}, "find", check="A4.3", finding=uid(1), good=3, of=3)
    assert code_of(refused) == "recording.sample"
    assert refused.problems[0].place == "A4.3"
    taken = edited({}, "find", check="A4.3", finding=uid(1), good=3, of=3, fewer="全小区只有 3 路监控")
    assert taken["findings"][0]["measured"] == {"good": "3", "of": "3", "fewer": "全小区只有 3 路监控"}


@pytest.mark.parametrize(
    ("kind", "payload", "code"),
    [
        ("jump", {}, "recording.unknown_edit"),
        ("looked", {"check": "A9.9"}, "recording.unknown_check"),
        ("looked", {"check": "A2.3"}, "recording.measured"),
        ("looked_rest", {"item": "A77"}, "recording.unknown_item"),
        ("find", {"check": "A5.1", "finding": "seven"}, "recording.finding_id"),
        ("find", {"check": "A5.1", "finding": uid(1), "count": 0}, "recording.number"),
        ("find", {"check": "A5.1", "finding": uid(1), "count": "many"}, "recording.number"),
        ("find", {"check": "A5.1", "finding": uid(1), "count": True}, "recording.number"),
        ("find", {"check": "A1.2", "finding": uid(1), "grade": "so so"}, "recording.grade"),
        ("find", {"check": "A2.3", "finding": uid(1), "good": 6, "of": 5}, "recording.share"),
        ("find", {"check": "A2.3", "finding": uid(1)}, "recording.number"),
        ("find", {"check": "A5.1", "finding": uid(1), "place": "x" * 201}, "recording.text"),
        ("find", {"check": "A5.1", "finding": uid(1), "note": "\x00"}, "recording.text"),
        ("find", {"check": "A5.1", "finding": uid(1), "note": 7}, "recording.text"),
        ("looked", {"check": "A1.1", "note": "\x00"}, "recording.text"),
        ("unmark", {"check": "A1.1", "reason": "x" * 1001}, "recording.text"),
        ("find", {"check": "A5.1", "finding": uid(1), "same_as": uid(9)}, "recording.same_as"),
        ("find", {"check": "A5.1", "finding": uid(1), "evidence": ["photo.jpg"]}, "recording.digests"),
        ("not_applicable", {"check": "A5.1", "reason": "none"}, "recording.always_applies"),
        ("not_applicable", {"check": "A4.3", "reason": " "}, "recording.no_reason"),
        ("change", {"finding": uid(1), "expected": 1}, "recording.removed"),
        ("attach", {"check": "A4.3", "evidence": [PHOTO]}, "recording.no_holder"),
    ],
)
def test_what_cannot_be_is_refused(kind: str, payload: dict[str, Any], code: str) -> None:
    assert code_of(refusal({}, kind, **payload)) == code


def test_a_mark_and_a_finding_exclude_each_other() -> None:
    absent = edited({}, "not_applicable", check="A4.3", reason="没有监控")
    assert code_of(refusal(absent, "looked", check="A4.3")) == "recording.absent"
    assert code_of(refusal(absent, "find", check="A4.3", finding=uid(1), good=5, of=5)) == "recording.absent"
    assert edited(absent, "unmark", check="A4.3") == {}
    found = edited(edited({}, "looked", check="A5.1"), "find", check="A5.1", finding=uid(1))
    assert part_of(found, "A5.1").keys() == {"findings"}
    assert code_of(refusal(found, "looked", check="A5.1")) == "recording.has_findings"
    rest = edited(found, "looked_rest", item="A5")
    assert [entry["check"] for entry in rest["looked"]] == ["A5.2", "A5.3", "A5.4"]


def test_the_later_of_two_who_edit_one_finding_is_told() -> None:
    first = edited({}, "find", check="A5.1", finding=uid(1), count=1)
    changed = edited(first, "change", finding=uid(1), expected=1, count=2)
    for kind, payload in (("change", {"count": 5}), ("remove", {})):
        refused = refusal(changed, kind, finding=uid(1), expected=1, **payload)
        assert isinstance(refused, Conflict)
        assert refused.current is not None
        assert refused.current["steps"] == 2
    gone = edited(changed, "remove", finding=uid(1), expected=2)
    refused = refusal(gone, "change", finding=uid(1), expected=2, count=5)
    assert isinstance(refused, Conflict)
    assert refused.current is None
    assert isinstance(refusal(first, "change", finding=uid(1), count=5), Conflict), "a version must be named"
    graded = edited({}, "find", check="A2.3", finding=uid(1), good=4, of=5)
    assert isinstance(refusal(graded, "find", check="A2.3", finding=uid(2), good=3, of=5), Conflict)


def test_photos_of_two_people_are_both_kept() -> None:
    sheet = edited({}, "find", check="A5.1", finding=uid(1), evidence=[PHOTO])
    sheet = edited(
        edited(sheet, "attach", finding=uid(1), evidence=["b" * 64]), "attach", finding=uid(1), evidence=["c" * 64]
    )
    assert sheet["findings"][0]["evidence"] == [PHOTO, "b" * 64, "c" * 64]
    assert sheet["findings"][0]["version"] == 1
    assert edited(sheet, "detach", finding=uid(1), evidence=[PHOTO])["findings"][0]["evidence"] == ["b" * 64, "c" * 64]


def test_one_fact_is_deducted_once_and_the_first_counts() -> None:
    sheet = edited({}, "find", check="A5.1", finding=uid(1), count=1)
    sheet = edited(sheet, "find", check="A4.2", finding=uid(2), count=2, same_as=uid(1))
    account = explain(scheme().rubrics["A"], sheet_from(sheet))
    assert [(line.code, line.points) for line in account.lines] == [("A5.1", -200), ("A4.2", 0)]
    own = edited(sheet, "change", finding=uid(2), expected=1, same_as="")
    assert [line.points for line in explain(scheme().rubrics["A"], sheet_from(own)).lines] == [-200, -100]


def test_what_a_sheet_lacks_is_named_check_by_check() -> None:
    terms = terms_of(scheme(), scheme().rubrics["A"])
    sheet = edited({}, "find", check="A5.1", finding=uid(1), evidence=[PHOTO])
    problems = {problem.code: problem for problem in lacking(terms, sheet, ())}
    assert problems.keys() == {"recording.unanswered", "recording.no_place", "recording.no_evidence"}
    assert problems["recording.no_evidence"].place == "A5.1"
    assert len(problems["recording.unanswered"].params["codes"]) == 26
    assert "recording.no_evidence" not in {problem.code for problem in lacking(terms, sheet, {PHOTO})}
    good = edited({}, "find", check="A2.3", finding=uid(1), good=5, of=5)
    assert {problem.code for problem in lacking(terms, good, ())} == {"recording.unanswered"}, "nothing was deducted"


CHECKS = tuple(scheme().rubrics["A"].checks)
ITEMS = tuple(item.code for item in scheme().rubrics["A"].items)
ids = st.integers(1, 6).map(uid)
payloads = st.fixed_dictionaries(
    {"check": st.sampled_from(CHECKS), "finding": ids, "item": st.sampled_from(ITEMS), "expected": st.integers(1, 4)},
    optional={
        "count": st.integers(1, 9), "grade": st.sampled_from(["full", "partial", "absent"]), "good": st.integers(0, 9),
        "of": st.integers(0, 9), "fewer": st.sampled_from(["", "少"]), "place": st.text(max_size=5),
        "same_as": ids, "reason": st.sampled_from(["", "没有"]), "evidence": st.just([PHOTO]),
    },
)  # fmt: skip
kinds = st.sampled_from(
    [
        "find",
        "find",
        "find",
        "change",
        "attach",
        "detach",
        "remove",
        "looked",
        "looked_rest",
        "not_applicable",
        "unmark",
    ]
)


@given(st.lists(st.tuples(kinds, payloads, st.booleans()), max_size=40))
def test_any_edits_give_a_sheet_that_scores_and_that_its_log_gives_again(
    wanted: list[tuple[str, dict[str, Any], bool]],
) -> None:
    rules, rubric = scheme(), scheme().rubrics["A"]
    document: dict[str, Any] = {}
    log: list[Edit] = []
    for kind, payload, undo in wanted:
        before = json.dumps(document)
        try:
            if undo and log:
                kind, payload = "undo", undoing(rules, rubric, log, len(log), document)
            document_after = apply_edit(rules, rubric, document, kind, payload, BY, AT)
        except Refusal:
            assert json.dumps(document) == before, "a refused edit leaves the sheet as it was"
            continue
        assert json.dumps(document) == before, "an edit leaves the sheet it was given"
        document = document_after
        log.append(Edit(kind, json.loads(json.dumps(payload)), BY, AT))
    assert apply_log(rules, rubric, log) == document
    assert canonical_of_simple(document) == canonical(document), "nothing on a sheet needs a look"
    findings, absences = findings_of(document)
    sheet = Sheet(findings=findings, not_applicable=absences)
    assert not list(check_sheet(rubric, sheet))
    assert explain(rubric, sheet).score == score(rubric, sheet)
    assert set(unanswered(terms_of(rules, rubric), document)) <= set(CHECKS)


def test_an_undo_brings_back_what_stood_and_tells_who_saw_an_older_version() -> None:
    rules, rubric = scheme(), scheme().rubrics["A"]
    log: list[Edit] = []
    sheet: dict[str, Any] = {}
    for kind, payload in (
        ("find", {"check": "A5.1", "finding": uid(1), "count": 1, "place": "3 栋"}),
        ("change", {"finding": uid(1), "expected": 1, "count": 4}),
    ):
        sheet = apply_edit(rules, rubric, sheet, kind, payload, BY, AT)
        log.append(Edit(kind, payload, BY, AT))
    undone = apply_edit(rules, rubric, sheet, "undo", undoing(rules, rubric, log, 2, sheet), BY, AT)
    assert (undone["findings"][0]["steps"], undone["findings"][0]["version"]) == (1, 3)
    assert isinstance(refusal(undone, "change", finding=uid(1), expected=1, count=9), Conflict)
    with pytest.raises(Refusal) as raised:
        undoing(rules, rubric, log, 1, sheet)
    assert code_of(raised.value) == "recording.undo_later"


SEED = "5a" * 32


@given(st.sampled_from(["A", "B"]).flatmap(lambda code: st.tuples(st.just(code), drawn_edits(scheme().rubrics[code]))))
def test_many_edits_at_once_come_to_what_they_come_to_one_by_one(given_: tuple[str, list[Edit]]) -> None:
    code, edits = given_
    rules, rubric = scheme(), scheme().rubrics[code]
    start = {} if len(edits) % 2 else edited({}, "find", code, check=f"{code}5.1", finding=uid(1), evidence=[PHOTO])
    document, met, before = start, [], json.dumps(start)
    for edit in edits:
        try:
            document = apply_edit(rules, rubric, document, edit.kind, edit.payload, edit.by, edit.at, seed=SEED)
        except Refusal as refusal:
            met.append((str(refusal), getattr(refusal, "current", "")))
        else:
            met.append(("", ""))
    found, refusals = apply_edits(rules, rubric, start, edits, seed=SEED)
    assert found == document
    assert [(str(r), getattr(r, "current", "")) if r else ("", "") for r in refusals] == met
    assert json.dumps(start) == before, "what was given stays as it was"
    taken = [edit for edit, refusal in zip(edits, refusals, strict=True) if refusal is None]
    assert apply_edits(rules, rubric, start, taken, seed=SEED) == (found, [None] * len(taken)), (
        "a bad one blocks nothing"
    )


def test_the_signed_form_knows_neither_clock_nor_server() -> None:
    rules, rubric = scheme(), scheme().rubrics["A"]
    log = [
        Edit("find", {"check": "A5.1", "finding": uid(1), "count": 2}, BY, AT),
        Edit("looked", {"check": "A5.2"}, BY, AT),
    ]
    log.append(Edit("sampled", {"check": "A4.3", "population": 9}, BY, AT))
    offline = [Edit(edit.kind, edit.payload, "", "") for edit in log]
    here, there = (apply_edits(rules, rubric, {}, edits, seed=SEED)[0] for edits in (log, offline))
    assert here != there
    assert content_digest(signed_form(here)) == content_digest(signed_form(there))
    assert here["findings"][0]["at"] == AT
    other = apply_edits(rules, rubric, {}, [*log, Edit("looked", {"check": "A5.3"}, BY, AT)], seed=SEED)[0]
    assert content_digest(signed_form(other)) != content_digest(signed_form(here))


def test_a_sample_is_picked_by_the_seed_and_answers_nothing() -> None:
    rules, rubric = scheme(), scheme().rubrics["A"]
    terms = terms_of(rules, rubric)

    def sampled(document: Mapping[str, Any], population: object, seed: str = SEED) -> Any:
        payload = {"check": "A4.3", "population": population}
        return apply_edit(rules, rubric, document, "sampled", payload, BY, AT, seed=seed)

    first = sampled({}, 18)
    (entry,) = first["samples"]
    assert tuple(entry["picks"]) == pick(SEED, "A4.3", 18, 5)
    assert (entry["population"], entry["by"], entry["at"]) == (18, BY, AT)
    assert [entry["picks"] for entry in sampled(first, 3)["samples"]] == [[1, 2, 3]], "the later count replaces it"
    assert unanswered(terms, first) == unanswered(terms, {})
    assert [p.code for p in lacking(terms, first, ())] == [p.code for p in lacking(terms, {}, ())]
    assert score(rubric, sheet_from(first)) == score(rubric, Sheet())
    assert part_of(first, "A4.3").keys() == {"samples"}
    found = apply_edit(rules, rubric, first, "find", {"check": "A4.3", "finding": uid(1), "good": 5, "of": 5}, BY, AT)
    assert found.keys() == {"findings", "samples"}
    assert code_of(refusal({}, "sampled", check="A4.3", population=18)) == "recording.no_seed"
    assert code_of(refusal({}, "sampled", check="A5.1", population=18)) == "recording.no_sample"
    for population in (0, 10_000, None, "x", True):
        with pytest.raises(Refusal) as raised:
            sampled({}, population)
        assert code_of(raised.value) == "recording.number"


def test_a_sample_is_undone_like_any_edit() -> None:
    rules, rubric = scheme(), scheme().rubrics["A"]
    log = [Edit("sampled", {"check": "A4.3", "population": count}, BY, AT) for count in (18, 40)]
    current = apply_log(rules, rubric, log, seed=SEED)
    payload = undoing(rules, rubric, log, 2, current, seed=SEED)
    undone = apply_edit(rules, rubric, current, "undo", payload, BY, AT)
    assert undone == apply_log(rules, rubric, log[:1], seed=SEED)
    assert undone["samples"][0]["population"] == 18
    assert apply_edit(rules, rubric, undone, "undo", {"before": {"A4.3": {}}}, BY, AT) == {}


def test_an_undo_without_what_stood_is_refused() -> None:
    assert code_of(refusal({}, "undo", of=1)) == "recording.undo_unknown"
