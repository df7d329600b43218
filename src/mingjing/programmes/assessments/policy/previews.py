"""What a phone needs of a compiled rubric to answer checks, sign and preview a score without a network.

JSON of texts, whole numbers, flags, lists and objects alone, so that it is canonical and means the same in Python and
in JavaScript (static/mj/assessments): points are hundredths, exact numbers are texts "n" or "n/d", a rule is its table
of losses. Not here: how it gets to the phone, what it is searched by beyond its titles, lists and tiers.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from mingjing.engine.outcome import Reason, Titled
from mingjing.engine.rules import Interval
from mingjing.engine.scoring import Check, Rubric
from mingjing.programmes.assessments.policy.answers import Terms, terms_of
from mingjing.programmes.assessments.policy.scheme import Scheme

__all__ = ["FORMAT", "rubric_document"]

FORMAT = "mingjing.assessments.rubric/1"
Document = dict[str, Any]
Languages = Mapping[str, Callable[[str], str]]
ENGLISH: Languages = MappingProxyType({"en": str})
NO_WORDS: Mapping[str, str] = MappingProxyType({})


def rubric_document(
    scheme: Scheme, class_code: str, *, words: Mapping[str, str] = NO_WORDS, languages: Languages = ENGLISH
) -> Document:
    """The rubric of one class as JSON. Raises KeyError for a class the scheme does not know.

    `words` are what each check is found by (codes, readings), by its code. `languages` translate the sentences of the
    rules, by language code; a translator maps the msgid "language-code" to its own.
    """
    rubric = scheme.rubrics[class_code]
    terms, raw = terms_of(scheme, rubric), _written(scheme)
    return {
        "format": FORMAT,
        "scheme": {"code": scheme.code, "title": _titles(scheme.title), "digest": scheme.digest},
        "class": {"code": class_code, "title": _titles(scheme.classes[class_code])},
        **_arithmetic(rubric),
        "items": [
            {
                "code": item.code,
                "title": _titles(item.title),
                "checks": [check.code for check in item.checks if check.code in rubric.checks],
            }
            for item in rubric.items
        ],
        "checks": [
            _check(check, languages)
            | _asked(scheme, terms[code], raw[code])
            | ({"words": words[code]} if code in words else {})
            for code, check in rubric.checks.items()
        ],
    }


def _arithmetic(rubric: Rubric) -> Document:
    """How lost points become a total."""
    return {
        "method": rubric.method.value,
        "full_marks": rubric.full_marks,
        "rounding": {"rule": rubric.rounding.rule, "decimals": rubric.rounding.decimals},
        "components": [
            {"code": part.code, "title": _titles(part.title), "weight": str(part.weight)} for part in rubric.components
        ],
        "omitted": sorted(rubric.omitted),
        "bonus": {
            "cap": rubric.bonus_cap,
            "items": [{"code": i.code, "title": _titles(i.title), "points": i.points} for i in rubric.bonus],
        },
        "vetoes": [{"code": kind.code, "title": _titles(kind.title), "level": kind.level} for kind in rubric.vetoes],
        "unscored_total": rubric.unscored_total,
    }


def _check(check: Check, languages: Languages) -> Document:
    """What a check costs. What only some kinds have is left out elsewhere."""
    rule = check.rule
    found: Document = {
        "code": check.code, "title": _titles(check.title), "points": check.points, "na": check.na,
        "critical": check.critical, "kind": rule.kind, "added": rule.added, "losses": list(rule.losses),
        "rule": _said(rule.words, languages),
    }  # fmt: skip
    if rule.full is not None and rule.half is not None:
        found |= {"full": _interval(rule.full), "half": _interval(rule.half)}
    if rule.kind == "SCALE":
        found["scale"] = {"lowest": str(rule.lowest), "highest": str(rule.highest), "step": str(rule.unit)}
    return found


def _asked(scheme: Scheme, terms: Terms, raw: Mapping[str, Any]) -> Document:
    """How to look, what to bring, how many at least; and whether a photo from the gallery will do."""
    kinds: Document = {
        kind: [{"code": code, "title": dict(sorted(scheme.document[kind][code].items()))} for code in raw.get(kind, ())]
        for kind in ("methods", "evidence")
    }
    sample = {"sample": {"minimum": terms.sample, "of": _titles(terms.of)}} if terms.sample else {}
    return kinds | sample | ({"gallery": True} if raw.get("gallery") else {})


def _written(scheme: Scheme) -> dict[str, Mapping[str, Any]]:
    """The checks as the scheme's document has them, by code."""
    return {check["code"]: check for item in scheme.document["items"] for check in item["checks"]}


def _said(words: Reason, languages: Languages) -> Document:
    return {language: words.say(translate) for language, translate in languages.items()}


def _titles(title: Titled) -> Document:
    """In one order, whatever the order of the texts in the scheme that was compiled first."""
    return dict(sorted(title.texts.items()))


def _interval(found: Interval) -> Document:
    """Percent between two bounds; null where it is open-ended."""
    return {
        "low": _number(found.low), "high": _number(found.high), "low_included": found.low_included,
        "high_included": found.high_included,
    }  # fmt: skip


def _number(value: Fraction | None) -> str | None:
    return None if value is None else str(value)
