"""Whatever people record and whatever a scheme says: a phone comes to the same sheets, refusals and scores."""

import json
from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict
from tests.programmes.assessments.drawn_edits import edits, sheets
from tests.programmes.assessments.drawn_schemes import schemes
from tests.programmes.assessments.phone import Phone, all_told, as_told, node, phone
from tools.vectors.schemes import SCHEMES

from mingjing.engine.chain import canonical, content_digest
from mingjing.engine.outcome import Refusal
from mingjing.engine.picks import asks, challenge_of, code_word, pick, seed_of
from mingjing.engine.scoring import Claim, Finding, NotApplicable, Rubric, Sheet, score
from mingjing.programmes.assessments.policy.answers import lacking, terms_of, unanswered
from mingjing.programmes.assessments.policy.previews import rubric_document
from mingjing.programmes.assessments.policy.recording import (
    Edit,
    apply_edits,
    apply_log,
    sheet_from,
    signed_form,
    undoing,
)
from mingjing.programmes.assessments.policy.scheme import Scheme, compile_scheme
from mingjing.programmes.assessments.policy.sheets import sheet_document

RUBRICS = [(name, code) for name, scheme in SCHEMES.items() for code in scheme.rubrics]
PHOTO = "a" * 64
BULK = 4_000


@pytest.fixture(scope="module")
def handset() -> Iterator[Phone]:
    program = node()
    if program is None:
        pytest.skip("no node runs here (neither the system's nor playwright's), so no phone can be asked")
    with phone(program) as found:
        for name, code in RUBRICS:
            found.ask("rubric", name=f"{name}-{code}", document=rubric_document(SCHEMES[name], code))
        yield found


@cache
def edits_of(name: str, code: str) -> st.SearchStrategy[list[Edit]]:
    return edits(SCHEMES[name].rubrics[code])


def sent(edit: Edit) -> dict[str, Any]:
    return {"kind": edit.kind, "payload": edit.payload, "by": edit.by, "at": edit.at}


def as_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


def compare_recording(handset: Phone, scheme: Scheme, rubric: Rubric, name: str, log: list[Edit], seed: str) -> None:
    sheet, refusals = apply_edits(scheme, rubric, {}, log, seed=seed)
    found = handset.ask("record", rubric=name, sheet={}, edits=[sent(e) for e in log], seed=seed, standing=[PHOTO])
    assert found["refusals"] == as_json([as_told(refusal) for refusal in refusals])
    assert canonical(found["sheet"]) == canonical(sheet)
    assert found["signed"] == content_digest(signed_form(sheet))
    terms = terms_of(scheme, rubric)
    assert found["unanswered"] == unanswered(terms, sheet)
    assert found["lacking"] == as_json(all_told(lacking(terms, sheet, [PHOTO])))
    assert found["score"] == asdict(score(rubric, sheet_from(sheet)))


@settings(max_examples=200)
@given(data=st.data())
def test_edits_come_to_the_same_sheet_with_the_same_refusals(handset: Phone, data: st.DataObject) -> None:
    name, code = data.draw(st.sampled_from(RUBRICS))
    scheme = SCHEMES[name]
    log = data.draw(edits_of(name, code))
    seed = data.draw(st.sampled_from(["", "5a" * 32]))
    compare_recording(handset, scheme, scheme.rubrics[code], f"{name}-{code}", log, seed)


@settings(max_examples=60)
@given(data=st.data())
def test_any_scheme_is_recorded_and_scored_alike(handset: Phone, data: st.DataObject) -> None:
    scheme = compile_scheme(data.draw(schemes()))
    for code, rubric in scheme.rubrics.items():
        handset.ask("rubric", name="drawn", document=rubric_document(scheme, code))
        compare_recording(handset, scheme, rubric, "drawn", data.draw(edits(rubric, 12)), "5a" * 32)
        drawn = data.draw(st.lists(sheets(rubric), max_size=8))
        found = handset.ask("score", rubric="drawn", sheets=[sheet_document(sheet) for sheet in drawn])
        assert found == [asdict(score(rubric, sheet)) for sheet in drawn]


@settings(max_examples=60)
@given(data=st.data())
def test_scores_agree_with_filings_and_components(handset: Phone, data: st.DataObject) -> None:
    name, code = data.draw(st.sampled_from(RUBRICS))
    rubric = SCHEMES[name].rubrics[code]
    drawn = data.draw(st.lists(sheets(rubric), min_size=1, max_size=10))
    found = handset.ask("score", rubric=f"{name}-{code}", sheets=[sheet_document(sheet) for sheet in drawn])
    assert found == [asdict(score(rubric, sheet)) for sheet in drawn]


def test_thousands_of_sheets_score_alike(handset: Phone) -> None:
    chance = Random(20240904)
    for name, code in RUBRICS:
        rubric = SCHEMES[name].rubrics[code]
        bulk = [random_sheet(rubric, chance) for _ in range(BULK // len(RUBRICS))]
        found = handset.ask("score", rubric=f"{name}-{code}", sheets=[sheet_document(sheet) for sheet in bulk])
        for sheet, figure in zip(bulk, found, strict=True):
            assert figure == asdict(score(rubric, sheet)), sheet


def random_sheet(rubric: Rubric, chance: Random) -> Sheet:
    checks = list(rubric.checks)
    absent = chance.sample(checks, chance.randrange(len(checks)) if chance.random() < 0.4 else 0)
    findings = [
        Finding(check, chance.randrange(7), chance.choice(["", "f1", "f2", check]), resolved=chance.choice(["", "x"]))
        for check in chance.choices(checks, k=chance.randrange(2 * len(checks)))
    ]
    return Sheet(
        tuple(findings), tuple(NotApplicable(code) for code in absent),
        claims=tuple(Claim(i.code, chance.choice(["", "p"]), chance.choice(["", "a"])) for i in rubric.bonus),
    )  # fmt: skip


@settings(max_examples=30)
@given(data=st.data())
def test_an_undo_is_made_alike(handset: Phone, data: st.DataObject) -> None:
    scheme = SCHEMES["hetang-2024"]
    rubric = scheme.rubrics["A"]
    log = [edit for edit in data.draw(edits_of("hetang-2024", "A")) if edit.kind != "sampled"]
    refusals = apply_edits(scheme, rubric, {}, log)[1]
    taken = [edit for edit, refusal in zip(log, refusals, strict=True) if refusal is None]
    current = apply_log(scheme, rubric, taken)
    for revision in range(1, len(taken) + 1):
        question = {"edits": [sent(edit) for edit in taken], "revision": revision, "current": current}
        found = handset.ask("undoing", rubric="hetang-2024-A", **question)
        assert found == undone(scheme, rubric, taken, revision, current)


def undone(scheme: Scheme, rubric: Rubric, log: list[Edit], revision: int, current: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"found": as_json(undoing(scheme, rubric, log, revision, current))}
    except Refusal as refusal:
        return {"refusal": as_told(refusal)}


@given(
    seed=st.binary(min_size=32, max_size=32).map(bytes.hex), label=st.text(max_size=12),
    population=st.integers(0, 400), count=st.integers(0, 30), one_in=st.integers(0, 5),
)  # fmt: skip
def test_chance_is_the_same(handset: Phone, seed: str, label: str, population: int, count: int, one_in: int) -> None:
    question = {"seed": seed, "label": label, "population": population, "count": count, "one_in": one_in}
    assert handset.ask("picks", **question) == {
        "pick": list(pick(seed, label, population, count)), "asks": asks(seed, label, one_in),
        "word": code_word(seed, label), "challenge": challenge_of(seed, label, one_in), "seed": seed_of(seed, label),
    }  # fmt: skip


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(json_values)
def test_canonical_json_is_the_same(handset: Phone, value: Any) -> None:
    found = handset.ask("canonical", value=value)
    assert found == {"text": canonical(value).decode(), "digest": content_digest(value)}
