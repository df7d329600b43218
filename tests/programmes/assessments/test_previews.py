"""The rubric of a phone, and the vectors that hold it to the engine: fresh, and confirmed by a second reading.

The cases are run through the phone's JavaScript by tests/js/preview.test.js and, drawn at random, by test_phone.
"""

import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from tests.programmes.assessments import second_reader
from tests.programmes.assessments.drawn_schemes import schemes
from tools.problems import problems
from tools.vectors.schemes import SCHEMES

from mingjing.engine.accounts import check_sheet
from mingjing.engine.chain import canonical
from mingjing.engine.outcome import Refusal
from mingjing.engine.quantities import parse_points
from mingjing.engine.scoring import Rubric, score
from mingjing.programmes.assessments.policy.previews import rubric_document
from mingjing.programmes.assessments.policy.recording import Conflict, apply_edit
from mingjing.programmes.assessments.policy.scheme import Scheme, compile_scheme
from mingjing.programmes.assessments.policy.sheets import read_sheet
from tools import vectors

HETANG = SCHEMES["hetang-2024"]
SCORES = ("scores-hetang-2024", "scores-toronto-rentsafe", "scores-methods")


def read(name: str) -> Any:
    return json.loads((vectors.FOLDER / f"{name}.json").read_text("utf-8"))


def scheme_of(case: dict[str, Any]) -> tuple[Scheme, str]:
    name, _, code = case["rubric"].rpartition("-")
    return SCHEMES[name], code


def test_the_files_are_what_the_engine_gives() -> None:
    for name, document in vectors.documents():
        assert read(name) == json.loads(json.dumps(document)), f"{name}: python -m tools.vectors"
    assert not vectors.stale(), "python -m tools.vectors"


@pytest.mark.parametrize("name", SCORES)
def test_a_second_reading_of_the_rules_gives_the_same_figures(name: str) -> None:
    for case in read(name)["cases"]:
        scheme, code = scheme_of(case)
        wanted, found = case["expect"], second_reading(scheme, code, case["sheet"])
        shown = ("base", "bonus", "total") if wanted["total"] is not None else ("base", "total")
        for figure in shown:
            assert points(found[figure]) == points(wanted[figure]), (case["name"]["en"], figure)
        if wanted["total"] is not None:
            assert found["checks"] == wanted["checks"]


def points(text: str | None) -> int | None:
    return None if text is None else parse_points(text)


def second_reading(scheme: Scheme, code: str, sheet: dict[str, Any]) -> dict[str, Any]:
    everybody = [[str(total), 1] for total in range(101)]  # a tier needs a list to stand in; its figures do not
    result = {"class": code, **dict.fromkeys(("base", "bonus", "total", "tier", "rank", "checks"))}
    document = {"scheme": scheme.document, "scheme_digest": scheme.digest, "sheet": sheet, "result": result}
    return second_reader.work_out(document | {"class_totals": everybody})


@pytest.mark.parametrize("name", SCORES)
def test_the_sheets_are_sheets_that_may_be(name: str) -> None:
    for case in read(name)["cases"]:
        scheme, code = scheme_of(case)
        rubric = scheme.rubrics[code]
        sheet = read_sheet(case["sheet"], scheme, rubric)
        assert not list(check_sheet(rubric, sheet))
        found = score(rubric, sheet)
        assert (points(case["expect"]["earned"]), found.veto) == (found.earned, case["expect"]["veto"])
        assert found.open_critical == case["expect"]["open_critical"]


def test_recordings_come_to_the_same_edit_by_edit() -> None:
    for case in read("recordings")["cases"]:
        scheme, code = scheme_of(case)
        rubric = scheme.rubrics[code]
        sheet: dict[str, Any] = {}
        for edit, wanted in zip(case["edits"], case["expect"]["refusals"], strict=True):
            sheet, refusal = one_more(scheme, rubric, sheet, edit, case["seed"])
            assert refusal == wanted, case["name"]["en"]
        assert sheet == case["expect"]["sheet"]
        for entry in (entry for entries in sheet.values() for entry in entries):
            del entry["by"], entry["at"]
        assert second_reader.digest(sheet) == case["expect"]["signed"]


def one_more(scheme: Scheme, rubric: Rubric, sheet: dict[str, Any], edit: dict[str, Any], seed: str) -> Any:
    kind, payload, by, at = (edit[name] for name in ("kind", "payload", "by", "at"))
    try:
        return apply_edit(scheme, rubric, sheet, kind, payload, by, at, seed=seed), None
    except Refusal as refusal:
        (problem,) = refusal.problems
        current = {"current": refusal.current} if isinstance(refusal, Conflict) else {}
        return sheet, {"code": problem.code, "place": problem.place, **current}


def test_the_cases_are_many_and_told_in_both_languages() -> None:
    cases = [case for name in (*SCORES, "recordings") for case in read(name)["cases"]]
    assert len(cases) > 500
    assert all(case["name"]["zh-Hans"] and case["name"]["en"] for case in cases)
    shown = [(case["rubric"], case["name"]["en"]) for case in cases]
    assert len(shown) == len(set(shown)), "a name tells one case"


def test_every_refusal_of_recording_has_a_case() -> None:
    modules = {f"mingjing.programmes.assessments.policy.{name}" for name in ("edits", "answers")}
    wanted = {entry.code for entry in problems() if entry.module in modules}
    cases = read("recordings")["cases"]
    refused = {entry["code"] for case in cases for entry in case["expect"]["refusals"] if entry}
    lacking = {code for case in cases for code, _ in case["expect"]["lacking"]}
    assert wanted - refused - lacking == set()


def test_a_phone_gets_what_it_asks_of_each_check() -> None:
    found = rubric_document(
        HETANG, "A", words={"A4.3": "jk jiankong"}, languages={"en": str, "zh-Hans": "译：{}".format}
    )
    checks = {check["code"]: check for check in found["checks"]}
    cameras = checks["A4.3"]
    assert cameras["sample"] == {"minimum": 5, "of": {"zh-Hans": "监控", "en": "cameras"}}
    assert (cameras["kind"], cameras["na"], cameras["words"]) == ("RATIO", True, "jk jiankong")
    assert cameras["full"] == {"low": "100", "high": None, "low_included": True, "high_included": True}
    assert cameras["half"]["low"] == "80"
    assert [kind["code"] for kind in checks["A1.2"]["evidence"]] == ["P", "D"]
    assert checks["A5.1"]["losses"] == [0, 200, 400, 500]
    assert checks["A5.1"]["rule"]["zh-Hans"] == f"译：{checks['A5.1']['rule']['en']}"
    assert "words" not in checks["A5.1"]
    assert (found["scheme"]["digest"], found["class"]["code"]) == (HETANG.digest, "A")
    scale = SCHEMES["rebased"].rubrics["S"].checks["K5"]
    drawn = {check["code"]: check for check in rubric_document(SCHEMES["rebased"], "S")["checks"]}["K5"]
    assert drawn["scale"] == {"lowest": "1/2", "highest": "4", "step": "1/2"}
    assert drawn["losses"] == list(scale.rule.losses)


def test_a_photo_from_the_gallery_is_allowed_where_the_scheme_says_so() -> None:
    document = json.loads(json.dumps(HETANG.document))
    before = rubric_document(HETANG, "A")
    assert [check["code"] for check in before["checks"] if "gallery" in check] == ["A2.2"]  # a snapshot of a query
    raw = next(check for item in document["items"] for check in item["checks"] if check["code"] == "A1.2")
    raw["gallery"] = True
    open_to_gallery = Scheme(document, *[getattr(HETANG, name) for name in list(HETANG.__dataclass_fields__)[1:]])
    found = [check["code"] for check in rubric_document(open_to_gallery, "A")["checks"] if check.get("gallery")]
    assert found == ["A1.2", "A2.2"]


@settings(max_examples=40)
@given(schemes())
def test_any_rubric_is_canonical_json_without_floats(document: dict[str, Any]) -> None:
    scheme = compile_scheme(document)
    for code in scheme.rubrics:
        found = rubric_document(scheme, code)
        assert json.loads(canonical(found)) == found
        assert not any(isinstance(value, float) for value in leaves(found))
        assert [check["code"] for check in found["checks"]] == list(scheme.rubrics[code].checks)
        assert sum(check["points"] for check in found["checks"]) == scheme.rubrics[code].all_points
        weights = [Fraction(part["weight"]) for part in found["components"]]
        assert weights == [part.weight for part in scheme.rubrics[code].components]


def leaves(value: Any) -> Any:
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from leaves(part)
    else:
        yield value


def test_an_unknown_class_has_no_rubric() -> None:
    with pytest.raises(KeyError):
        rubric_document(HETANG, "Z")


def test_titles_stand_in_one_order_whatever_was_compiled_before() -> None:
    written = json.dumps(rubric_document(HETANG, "A"))
    turned = json.loads(json.dumps(HETANG.document), object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    assert json.loads(json.dumps(rubric_document(compile_scheme(turned), "A"))) == json.loads(written)
    titles = [check["title"] for check in rubric_document(compile_scheme(turned), "A")["checks"]]
    assert {tuple(title) for title in titles} == {("en", "zh-Hans")}
