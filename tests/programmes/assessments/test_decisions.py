"""Decision files hold what happened, are checked without us, and give away every change."""

import copy
import json
from fractions import Fraction
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.programmes.assessments import second_reader

from mingjing.engine.chain import Mark, content_digest, inclusion_proof, link, merkle_root, proof
from mingjing.engine.lists import Distribution, ranks
from mingjing.engine.scoring import Claim, Finding, NotApplicable, Sheet, Veto, score
from mingjing.programmes.assessments.policy.decisions import (
    check_decision,
    class_totals,
    decision_document,
    result_leaf,
    result_row,
    totals_digest,
    work_out,
)
from mingjing.programmes.assessments.policy.scheme import Scheme, compile_scheme
from mingjing.programmes.assessments.policy.sheets import read_sheet, sheet_document

SHIPPED = resources.files("mingjing.programmes.assessments") / "schemes"
HETANG = compile_scheme(json.loads((SHIPPED / "hetang-2024.json").read_text("utf-8")))
TORONTO = compile_scheme(json.loads((SHIPPED / "toronto-rentsafe.json").read_text("utf-8")))
SETTLED = {"service_months": Fraction(36), "occupancy": Fraction(90)}


def sheets(scheme: Scheme, class_code: str) -> st.SearchStrategy[Sheet]:
    checks = scheme.rubrics[class_code].checks
    absent = st.sets(st.sampled_from([code for code, check in checks.items() if check.na] or [""]), max_size=3)

    def with_absent(gone: set[str]) -> st.SearchStrategy[Sheet]:
        present = [code for code in checks if code not in gone]
        finding = st.builds(
            Finding, st.sampled_from(present), st.integers(0, 4), fact=st.sampled_from(["", "", "f1", "f2"]),
            resolved=st.sampled_from(["", "2024-09-01"]),
        )  # fmt: skip
        claim = st.builds(
            Claim,
            st.sampled_from([b.code for b in scheme.rubrics[class_code].bonus] or [""]),
            st.sampled_from(["", "p"]),
            st.just("a"),
        )
        veto = st.builds(
            Veto,
            st.sampled_from([v.code for v in scheme.rubrics[class_code].vetoes] or [""]),
            st.sampled_from(["", "d"]),
            st.just("a"),
        )
        return st.builds(
            Sheet,
            findings=st.lists(finding, max_size=12).map(tuple),
            assessed=st.sampled_from([True, True, True, False]),
            not_applicable=st.just(tuple(NotApplicable(code, "none here") for code in sorted(gone - {""}))),
            claims=st.lists(claim, max_size=3).map(tuple) if scheme is HETANG else st.just(()),
            vetoes=st.lists(veto, max_size=1).map(tuple) if scheme is HETANG else st.just(()),
            attributes=st.sampled_from(
                [SETTLED, {**SETTLED, "service_months": Fraction(3)}, {**SETTLED, "entry_denied": Fraction(2)}]
            )
            if scheme is HETANG
            else st.just({}),
        )

    return absent.flatmap(with_absent)


def document_of(scheme: Scheme, class_code: str, sheet: Sheet, others: list[int]) -> dict:
    mine = score(scheme.rubrics[class_code], sheet)
    own = [mine.total] if mine.total is not None and ranks(scheme.list_rules, mine, sheet.attributes) else []
    totals = Distribution([*others, *own])
    result = work_out(scheme, class_code, "C001", sheet, totals)
    return json.loads(json.dumps(decision_document(scheme, result, sheet, totals)))


@given(st.data())
def test_a_second_reader_written_from_the_page_alone_agrees(data):
    scheme, class_code = data.draw(st.sampled_from([(HETANG, "A"), (HETANG, "B"), (TORONTO, "ALL")]))
    others = data.draw(st.lists(st.integers(50, 105).map(lambda points: points * 100), max_size=5))
    document = document_of(scheme, class_code, data.draw(sheets(scheme, class_code)), others)
    assert check_decision(document) == ()
    assert second_reader.work_out(document) == document["result"]


@given(sheets(HETANG, "B"))
def test_a_sheet_comes_back_as_it_was_stored(sheet):
    stored = json.loads(json.dumps(sheet_document(sheet)))
    assert read_sheet(stored, HETANG, HETANG.rubrics["B"]) == sheet


BAD_VISIT = Sheet(
    findings=(
        Finding("A5.1", 2, fact="f1", place="3栋", evidence=("ab" * 32,), by="t1", at="2024-08-01T09:00:00+08:00"),
        Finding("A3.1", 3, by="t1"),
        Finding("A1.2", 1),
    ),
    not_applicable=(NotApplicable("A4.3", "无监控"),),
    claims=(Claim("three_zero", "三方比对单", "分管负责人"),),
    attributes=SETTLED,
)


def leaves(value, path=()):
    """Every leaf of a JSON value with its path."""
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(part, (*path, key))
    else:
        yield path, value


DOCUMENT = document_of(HETANG, "A", BAD_VISIT, [9000, 8000, 8000])
PROTECTED_BY_SUM = [
    path
    for path, _ in leaves(DOCUMENT)
    if path[0] in {"result", "account", "scheme_digest"} and path != ("result", "key")
]
"""What the sum itself protects; the key, the other totals and the evidence are protected by the record (below)."""


@pytest.mark.parametrize("path", PROTECTED_BY_SUM, ids=str)
def test_no_number_or_reason_can_be_changed_unnoticed(path):
    forged = copy.deepcopy(DOCUMENT)
    place = forged
    for key in path[:-1]:
        place = place[key]
    old = place[path[-1]]
    place[path[-1]] = old + 1 if isinstance(old, int) else "1.00" if old != "1.00" else "2.00"
    assert check_decision(forged)


def recorded_document() -> dict:
    """The same result among seven of a replay, recorded as the third fact of a ledger of five."""
    document = copy.deepcopy(DOCUMENT)
    own = result_leaf(document["result"], document["sheet"], HETANG.digest)
    tree = [own if index == 4 else result_leaf({"key": index}, {}, HETANG.digest) for index in range(7)]
    data = {
        "results": 7,
        "results_root": merkle_root(tree).hex(),
        "class_totals": {"A": totals_digest(document["class_totals"])},
    }
    content = {
        "seq": 3,
        "kind": "assessments.replay.completed",
        "subject": "assessments.replay:1",
        "data": data,
        "at": "x",
        "by": None,
    }
    later = [content_digest({"seq": 4}), content_digest({"seq": 5})]
    hash_ = link("0" * 64, content_digest(content))
    for digest in later:
        hash_ = link(hash_, digest)
    path = [part.hex() for part in inclusion_proof(tree, 4)]
    document["record"] = {"index": 4, "size": 7, "path": path, "proof": proof(content, "0" * 64, later, Mark(5, hash_))}
    return document


def test_a_recorded_result_is_proved_and_the_second_reader_reaches_the_checkpoint():
    document = recorded_document()
    assert check_decision(document) == ()
    assert second_reader.recorded(document) == document["record"]["proof"]["checkpoint"]["hash"]


@pytest.mark.parametrize(
    "path",
    [path for path, _ in leaves(recorded_document()) if path[0] in {"sheet", "result", "record", "class_totals"}],
    ids=str,
)
def test_no_leaf_of_a_recorded_result_can_be_changed_unnoticed(path):
    forged = recorded_document()
    place = forged
    for key in path[:-1]:
        place = place[key]
    old = place[path[-1]]
    place[path[-1]] = old + 1 if isinstance(old, int) else f"{old}0" if old is not None else "x"
    assert check_decision(forged)


@pytest.mark.parametrize(
    "rubbish",
    [
        None,
        [],
        {},
        {"format": "x"},
        {"format": DOCUMENT["format"]},
        {**DOCUMENT, "scheme": []},
        {**DOCUMENT, "class_totals": [[1]]},
    ],
)
def test_rubbish_is_refused_in_words(rubbish):
    (problem, *_) = check_decision(rubbish)
    assert problem.say()


def test_an_unassessed_site_has_no_numbers():
    document = document_of(HETANG, "A", Sheet(assessed=False, attributes=SETTLED), [9000])
    nothing = dict.fromkeys(("base", "bonus", "total", "rank"))
    assert document["result"] == {"key": "C001", "class": "A", **nothing, "tier": "NOT_ASSESSED", "checks": 0}
    assert check_decision(document) == ()
    assert second_reader.work_out(document) == document["result"]


def test_a_visit_without_any_area_comes_to_what_the_scheme_says():
    """RSN 4155384 of the published file: no area scored, published as 0."""
    nothing = Sheet(not_applicable=tuple(NotApplicable(code) for code in TORONTO.checks))
    document = document_of(TORONTO, "ALL", nothing, [9000])
    assert (document["result"]["total"], document["result"]["tier"], document["result"]["checks"]) == (
        "0",
        "Building Audit",
        0,
    )
    assert second_reader.work_out(document) == document["result"]


def test_the_row_prints_points_with_the_decimals_of_the_scheme():
    sheet = Sheet(findings=(Finding("ENTRANCE_LOBBY", 3),))
    totals = Distribution([score(TORONTO.rubrics["ALL"], sheet).total])
    row = result_row(TORONTO, work_out(TORONTO, "ALL", "1", sheet, totals))
    assert (row["base"], row["total"], row["rank"], row["checks"]) == ("97", "97", 1, 20)
    assert class_totals(TORONTO, totals) == [["97", 1]]
