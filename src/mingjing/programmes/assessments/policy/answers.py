"""How bad it is: what each rule kind is asked, and the steps from flawless that an answer comes to.

Also what a sheet still lacks before it can be submitted. Not here: the sheet and its edits (policy.recording).
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from mingjing.engine.outcome import N_, Problem, Refusal, Titled
from mingjing.engine.quantities import decimal_text, parse_fraction
from mingjing.engine.scoring import Check, Rubric
from mingjing.programmes.assessments.policy.scheme import Scheme

__all__ = ["GRADES", "Terms", "answer_of", "lacking", "terms_of", "unanswered", "whole"]

GRADES = ("full", "partial", "absent")
"""The grades of a TIER, each one step below the one before."""
MOST = 999
"""The most places of one finding: a count beyond that is a slip of the hand."""
CASES = 100_000
"""The most cases a share is taken of."""
FEWER = 300
ANSWERED = ("findings", "not_applicable", "looked")
"""The lists of a sheet that answer a check; a sample that was picked does not."""
MOST_MADE = 64


@dataclass(frozen=True, slots=True)
class Terms:
    """A check with what the scheme asks besides its rule: how to look, what to bring, how many `of` what at least."""

    check: Check
    methods: tuple[Titled, ...]
    evidence: tuple[Titled, ...]
    sample: int
    of: Titled

    @property
    def measured(self) -> bool:
        """Whether it has no "nothing found": a share or a mark is entered even when all is well."""
        return self.check.rule.kind in {"RATIO", "SCALE"}


def terms_of(scheme: Scheme, rubric: Rubric) -> dict[str, Terms]:
    """The terms of the checks that count, by code, in the order of the scheme; made once for each rubric."""
    if scheme.rubrics.get(rubric.code) is not rubric:  # somebody's own: nothing says that another one is like it
        return _all_terms(scheme, rubric)
    key = scheme.digest, rubric.code
    if key not in _MADE:
        if len(_MADE) >= MOST_MADE:
            _MADE.clear()
        _MADE[key] = _all_terms(scheme, rubric)
    return dict(_MADE[key])


def _all_terms(scheme: Scheme, rubric: Rubric) -> dict[str, Terms]:
    raw = {check["code"]: check for item in scheme.document["items"] for check in item["checks"]}
    return {code: _terms(scheme, check, raw[code]) for code, check in rubric.checks.items()}


def _terms(scheme: Scheme, check: Check, raw: Mapping[str, Any]) -> Terms:
    methods, evidence = (
        tuple(Titled(scheme.document[kind][code]) for code in raw.get(kind, ())) for kind in ("methods", "evidence")
    )
    sample = raw.get("sample") or {}
    return Terms(check, methods, evidence, int(sample.get("minimum", 0)), Titled(sample.get("of") or {}))


_MADE: dict[tuple[str, str], dict[str, Terms]] = {}


def answer_of(terms: Terms, payload: Mapping[str, Any]) -> tuple[int, dict[str, str]]:
    """The steps of an answer, and what was measured as it is kept. Raises Refusal."""
    return _ANSWERS[terms.check.rule.kind](terms, payload)


def unanswered(terms: Mapping[str, Terms], document: Mapping[str, Any]) -> list[str]:
    """The codes of the checks nobody has answered."""
    answered = {entry["check"] for name in ANSWERED for entry in document.get(name, ())}
    return [code for code in terms if code not in answered]


def lacking(terms: Mapping[str, Terms], document: Mapping[str, Any], standing: Collection[str]) -> Iterator[Problem]:
    """Why a sheet cannot be submitted yet; `standing` are the digests of the record's exhibits that count."""
    if codes := unanswered(terms, document):
        text = N_("{count} checks are not answered: {codes}. Look at each, or mark it as not applicable.")
        yield Problem("recording.unanswered", text, {"count": len(codes), "codes": tuple(codes)})
    for entry in document.get("findings", ()):
        if not entry["steps"]:
            continue
        code = entry["check"]
        if not entry["place"]:
            text = N_("A deduction on {code} does not say where; write the place.")
            yield Problem("recording.no_place", text, {"code": code}, code)
        asked = terms[code].evidence if code in terms else ()
        if asked and not set(entry["evidence"]) & set(standing):
            text = N_("A deduction on {code} has no evidence; add at least one exhibit ({kinds}).")
            yield Problem("recording.no_evidence", text, {"code": code, "kinds": asked}, code)


def _instances(terms: Terms, payload: Mapping[str, Any]) -> tuple[int, dict[str, str]]:
    return whole(terms, payload.get("count", 1), 1, MOST), {}


def _all_or_nothing(terms: Terms, payload: Mapping[str, Any]) -> tuple[int, dict[str, str]]:
    return 1, {}


def _graded(terms: Terms, payload: Mapping[str, Any]) -> tuple[int, dict[str, str]]:
    grade = payload.get("grade")
    if grade not in GRADES:
        code = terms.check.code
        text = N_("{code} is graded: choose complete, partial or absent.")
        raise Refusal([Problem("recording.grade", text, {"code": code}, code)])
    return GRADES.index(grade), {"grade": grade}


def _ratio(terms: Terms, payload: Mapping[str, Any]) -> tuple[int, dict[str, str]]:
    code = terms.check.code
    of = whole(terms, payload.get("of"), 0, CASES)
    good = whole(terms, payload.get("good"), 0, CASES)
    raw = payload.get("fewer") or ""
    fewer = raw.strip() if isinstance(raw, str) else None
    if good > of:
        text = N_("{code}: {good} of {of} cannot be; the first number is at most the second.")
        raise Refusal([Problem("recording.share", text, {"code": code, "good": good, "of": of}, code)])
    if of < terms.sample and fewer == "":
        text = N_("{code} takes at least {minimum} {of}; look at more, or say why there are no more.")
        params = {"code": code, "minimum": terms.sample, "of": terms.of}
        raise Refusal([Problem("recording.sample", text, params, code)])
    if fewer is None or len(fewer) > FEWER or not fewer.isprintable():
        text = N_("On {code}, write at most {longest} characters of plain text.")
        raise Refusal([Problem("recording.text", text, {"code": code, "longest": FEWER}, code)])
    measured = {"good": str(good), "of": str(of)} | ({"fewer": fewer} if of < terms.sample else {})
    return terms.check.rule.steps_of_share(Fraction(good), Fraction(of)), measured


def _scale(terms: Terms, payload: Mapping[str, Any]) -> tuple[int, dict[str, str]]:
    check, raw = terms.check, payload.get("mark")
    try:
        mark = parse_fraction(str(raw), check.code)
    except Refusal:
        mark = None
    steps = None if mark is None else check.rule.steps_of_mark(mark)
    if mark is None or steps is None:
        text = N_("{code}: {found} is no mark of its scale ({rule}).")
        params = {"code": check.code, "found": str(raw)[:20], "rule": check.rule.words}
        raise Refusal([Problem("recording.mark", text, params, check.code)])
    return steps, {"mark": decimal_text(mark)}


_ANSWERS = {"PI": _instances, "BIN": _all_or_nothing, "TIER": _graded, "RATIO": _ratio, "SCALE": _scale}


def whole(terms: Terms, raw: object, least: int, most: int) -> int:
    """A whole number, as a number or as a form sends it."""
    if isinstance(raw, str) and raw.strip().isascii() and raw.strip().isdecimal() and len(raw.strip()) < 10:
        raw = int(raw)
    if type(raw) is not int or not least <= raw <= most:
        code = terms.check.code
        text = N_("{code}: write a whole number from {least} to {most}.")
        raise Refusal([Problem("recording.number", text, {"code": code, "least": least, "most": most}, code)])
    return raw
