"""Decision files: one site's result with everything needed to check it, offline and without trusting us.

A file holds the rules, the sheet, the totals of the class, the result with each line, and (once recorded) the proof
that the result stands in the ledger. `check_decision` does the whole sum again and compares. The written format is
docs/reference/decision-file.md; a second, independent reading of it is in the tests.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mingjing.engine.accounts import Account, Line, explain
from mingjing.engine.chain import canonical, content_digest, leaf_hash, verify_inclusion, verify_proof
from mingjing.engine.lists import Decision, Distribution, Standing, decide, ranks, tier_of
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.engine.quantities import parse_points, points_text
from mingjing.engine.repairs import WayOut, way_out
from mingjing.engine.scoring import Rubric, Score, Sheet, score
from mingjing.programmes.assessments.policy.corrected import correction_faults
from mingjing.programmes.assessments.policy.scheme import Scheme, compile_scheme
from mingjing.programmes.assessments.policy.sheets import read_sheet, sheet_document

__all__ = [
    "FORMAT",
    "PUBLIC_FORMAT",
    "Result",
    "check_decision",
    "class_totals",
    "decision_document",
    "leaf_of",
    "result_leaf",
    "result_row",
    "totals_digest",
    "work_out",
]

FORMAT = "mingjing.assessments.decision/1"
PUBLIC_FORMAT = "mingjing.assessments.public_decision/1"
"""A decision file for everybody: of the sheet, what may name somebody is left out (policy.published)."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything decided about one site: the account, the tier with reasons and rank, and the way out."""

    key: str
    class_code: str
    account: Account
    decision: Decision
    way_out: WayOut | None


def work_out(scheme: Scheme, class_code: str, key: str, sheet: Sheet, totals: Distribution | None) -> Result:
    """The result of one site whose class has these `totals` (its own included, where it is ranked).

    None while they are not known yet: what the rules then ask of a rank is not known either.
    """
    rubric, rules = scheme.rubrics[class_code], scheme.list_rules
    now = score(rubric, sheet)

    def standing(then: Score) -> Standing | None:
        if totals is None or not ranks(rules, then, sheet.attributes) or then.total is None or now.total is None:
            return None
        return totals.if_moved(now.total, then.total)

    way = way_out(rubric, rules, sheet, lambda then: tier_of(rules, then, sheet.attributes, standing(then)))
    decision = decide(rules, now, sheet.attributes, standing(now))
    return Result(key, class_code, explain(rubric, sheet), decision, way)


def result_row(scheme: Scheme, result: Result) -> dict[str, Any]:
    """The row of a result: the columns of a replay's output file, points as texts, None for what does not exist."""
    numbers, text = result.account.score, scheme.rounding.text
    assessed = numbers.base is not None and numbers.total is not None
    return {
        "key": result.key,
        "class": result.class_code,
        "base": text(numbers.base) if numbers.base is not None else None,
        "bonus": text(numbers.bonus) if assessed else None,
        "total": text(numbers.total) if numbers.total is not None else None,
        "tier": result.decision.tier,
        "rank": result.decision.standing.rank if result.decision.standing else None,
        "checks": numbers.checks if assessed else 0,
    }


def result_leaf(row: Mapping[str, Any], sheet: Mapping[str, Any], scheme_digest: str) -> bytes:
    """The leaf of a result in the tree whose root the ledger keeps: its row, and digests of its sheet and scheme."""
    return leaf_of(row, content_digest(sheet), scheme_digest)


def leaf_of(row: Mapping[str, Any], sheet_digest: str, scheme_digest: str) -> bytes:
    """The same leaf, for who has the digest of the canonical sheet already."""
    return leaf_hash(canonical({"row": dict(row), "sheet": sheet_digest, "scheme": scheme_digest}))


def decision_document(
    scheme: Scheme, result: Result, sheet: Sheet, totals: Distribution, record: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The decision file. `record` (index, size, path, proof) says where the result stands in the ledger, if anywhere.

    `path` are the hashes (hex) of the inclusion proof; `proof` is the ledger proof of the fact whose data has the
    number of `results`, their `results_root` (hex) and, by class, the `class_totals` digests.
    """
    return {
        "format": FORMAT,
        "scheme": scheme.document,
        "scheme_digest": scheme.digest,
        "sheet": sheet_document(sheet),
        "class_totals": class_totals(scheme, totals),
        "result": result_row(scheme, result),
        "account": _account(result),
        "record": dict(record) if record else None,
    }


def _account(result: Result) -> dict[str, Any]:
    numbers = result.account.score
    way = result.way_out
    return {
        "earned": points_text(numbers.earned),
        "applicable": points_text(numbers.applicable),
        "veto": numbers.veto,
        "open_critical": numbers.open_critical,
        "lines": [_line(line) for line in result.account.lines],
        "reasons": [reason.say() for reason in result.decision.reasons],
        "short_of": {tier.code: [reason.say() for reason in unmet] for tier, unmet in result.decision.short_of},
        "way_out": way and {"tier": way.tier, "repairs": {r.check.code: r.steps for r in way.repairs}},
    }


def _line(line: Line) -> dict[str, Any]:
    shown = {"kind": line.kind.value, "code": line.code, "points": points_text(line.points), "why": line.reason.code}
    return {**shown, "steps": line.steps, "fact": line.fact}


def check_decision(document: Any, form: str = FORMAT) -> tuple[Problem, ...]:
    """Everything in a decision file that does not hold; empty when all of it does. Needs no database and no network."""
    if not isinstance(document, Mapping) or document.get("format") != form:
        text = N_("this is not a decision file of format {format}.")
        return (Problem("decision.format", text, {"format": form}),)
    try:
        return tuple(_faults(document))
    except Refusal as refusal:
        return refusal.problems
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        text = N_("the file is damaged: {what}.")
        return (Problem("decision.damaged", text, {"what": f"{type(error).__name__} {error}"[:200]}),)


def _faults(document: Mapping[str, Any]) -> Iterator[Problem]:
    if content_digest(document["scheme"]) != document["scheme_digest"]:
        yield Problem(
            "decision.scheme_digest", N_("the rules were changed: they do not match their digest."), {}, "scheme"
        )
    scheme = compile_scheme(document["scheme"])
    row = document["result"]
    sheet = read_sheet(document["sheet"], scheme, _rubric(scheme, row["class"]))
    totals = _totals(scheme, row["class"], document["class_totals"])
    try:
        result = work_out(scheme, row["class"], row["key"], sheet, totals)
    except KeyError:
        yield Problem(
            "decision.totals", N_("the total of this site is not among those of its class."), {}, "class_totals"
        )
        return
    yield from _differences(result_row(scheme, result), row, "result")
    yield from _differences(_account(result), document["account"], "account")
    if document["record"] is not None:
        yield from _record_faults(document, scheme)
    if document.get("correction") is not None:
        yield from correction_faults(document["correction"], document, scheme)


def _rubric(scheme: Scheme, class_code: str) -> Rubric:
    if class_code not in scheme.rubrics:
        text = N_("{code} is not a class of the scheme.")
        raise Refusal([Problem("decision.class", text, {"code": class_code}, "result/class")])
    return scheme.rubrics[class_code]


def _totals(scheme: Scheme, class_code: str, rows: Sequence[Sequence[Any]]) -> Distribution:
    counts = {parse_points(total, "class_totals"): int(count) for total, count in rows}
    return Distribution.of_counts(counts, lower_is_better=scheme.rubrics[class_code].lower_is_better)


def _differences(expected: Any, found: Any, path: str) -> Iterator[Problem]:
    """Where two JSON values differ, as deep as they are alike in shape."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        for key in dict.fromkeys([*expected, *found]):
            yield from _differences(expected.get(key), found.get(key), f"{path}/{key}")
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for index, (one, other) in enumerate(zip(expected, found, strict=True)):
            yield from _differences(one, other, f"{path}/{index}")
    elif expected != found or type(expected) is not type(found):
        text = N_("the file says {found}; the rules give {expected}.")
        yield Problem("decision.differs", text, {"found": _short(found), "expected": _short(expected)}, path)


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 120 else f"{text[:120]}…"


def _record_faults(document: Mapping[str, Any], scheme: Scheme) -> Iterator[Problem]:
    record = document["record"]
    sheet = document["sheet_digest"] if document["format"] == PUBLIC_FORMAT else content_digest(document["sheet"])
    leaf = leaf_of(document["result"], sheet, scheme.digest)
    recorded = record["proof"]["content"]["data"]
    path, root = [bytes.fromhex(part) for part in record["path"]], bytes.fromhex(recorded["results_root"])
    included = verify_inclusion(leaf, record["index"], record["size"], path, root)
    if not included or record["size"] != recorded["results"]:
        text = N_("this result is not among those the ledger recorded.")
        yield Problem("decision.not_recorded", text, {}, "record")
    if recorded["class_totals"][document["result"]["class"]] != totals_digest(document["class_totals"]):
        text = N_("the totals of the class are not those the ledger recorded.")
        yield Problem("decision.other_totals", text, {}, "class_totals")
    yield from verify_proof(record["proof"])


def class_totals(scheme: Scheme, totals: Distribution) -> list[list[Any]]:
    """How many of the ranked of a class have each total, highest first: what ranks can be checked against."""
    return [[scheme.rounding.text(total), count] for total, count in sorted(totals.counts.items(), reverse=True)]


def totals_digest(rows: Sequence[Sequence[Any]]) -> str:
    """SHA-256 of the canonical totals of a class; the ledger keeps it beside the root of the results."""
    return content_digest([list(row) for row in rows])
