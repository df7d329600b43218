"""A score sheet as JSON and back: what is stored of a visit and what a decision file carries.

Empty fields are left out; numbers are decimal texts. Described in docs/reference/decision-file.md.
"""

from collections.abc import Mapping
from fractions import Fraction
from functools import partial
from typing import Any, TypeVar

from msgspec.structs import fields

from mingjing.engine.accounts import check_sheet
from mingjing.engine.outcome import N_, Refusal
from mingjing.engine.quantities import decimal_text
from mingjing.engine.scoring import Claim, Finding, NotApplicable, Rubric, Sheet, Veto
from mingjing.programmes.assessments.policy.reading import Node
from mingjing.programmes.assessments.policy.scheme import Scheme

__all__ = ["read_sheet", "sheet_document"]

Entry = Finding | NotApplicable | Claim | Veto
Kind = TypeVar("Kind", Finding, NotApplicable, Claim, Veto)
NAMES: Mapping[type, tuple[str, ...]] = {
    kind: tuple(field.name for field in fields(kind)) for kind in (Finding, NotApplicable, Claim, Veto)
}
"""The fields of each kind of entry, the one that names it first."""


def sheet_document(sheet: Sheet) -> dict[str, Any]:
    """The JSON of a sheet."""
    attributes = {code: decimal_text(v) if isinstance(v, Fraction) else v for code, v in sheet.attributes.items()}
    document: dict[str, Any] = {
        "findings": [_entry(finding) for finding in sheet.findings],
        "not_applicable": [_entry(absence) for absence in sheet.not_applicable],
        "claims": [_entry(claim) for claim in sheet.claims],
        "vetoes": [_entry(veto) for veto in sheet.vetoes],
        "attributes": attributes,
        "period": list(sheet.period or ()),
    }
    return {key: value for key, value in document.items() if value} | ({} if sheet.assessed else {"assessed": False})


def _entry(entry: Entry) -> dict[str, Any]:
    values = {name: getattr(entry, name) for name in NAMES[type(entry)]}
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
    return {name: value for name, value in plain.items() if value not in ("", []) or name == "steps"}


def read_sheet(document: Mapping[str, Any], scheme: Scheme, rubric: Rubric) -> Sheet:
    """The sheet of a JSON document; raises Refusal with everything that is wrong with it or with the scheme's leave."""
    root = Node(document)
    sheet = Sheet(
        findings=tuple(_read(node, Finding) for node in root.each("findings")),
        not_applicable=tuple(_read(node, NotApplicable) for node in root.each("not_applicable")),
        claims=tuple(_read(node, Claim) for node in root.each("claims")),
        vetoes=tuple(_read(node, Veto) for node in root.each("vetoes")),
        attributes=_attributes(root.node("attributes"), scheme),
        period=_period(root),
        assessed=root.value.get("assessed") is not False,
    )
    root.read.add("assessed")
    root.done()
    root.problems.extend(check_sheet(rubric, sheet))
    if root.problems:
        raise Refusal(root.problems)
    return sheet


def _read(node: Node, kind: type[Kind]) -> Kind:
    values: dict[str, Any] = {}
    names = NAMES[kind]
    for name in names:
        raw = node.value.get(name)
        node.read.add(name)
        if raw is None:
            continue
        values[name] = tuple(raw) if isinstance(raw, list) else raw
        if not _fits(name, raw):
            node.problem("sheet.not_a_value", N_("{found} is not a value for this."), name, found=repr(raw)[:80])
            del values[name]
    first = names[0]
    return kind(**{first: node.text(first), **values})


def _fits(name: str, raw: Any) -> bool:
    if name == "steps":
        return type(raw) is int
    if name == "evidence":
        return isinstance(raw, list) and all(isinstance(digest, str) for digest in raw)
    return isinstance(raw, str)


def _attributes(node: Node, scheme: Scheme) -> dict[str, Any]:
    values = {}
    for code in node.value:
        text = node.text(code)
        if code not in scheme.attributes:
            node.problem("sheet.unknown_attribute", N_("{code} is not an attribute of the scheme."), code, code=code)
        elif (value := node.attempt(partial(scheme.attribute, code, text, f"attributes/{code}"))) is not None:
            values[code] = value
    return values


def _period(root: Node) -> tuple[str, str] | None:
    raw = root.value.get("period")
    root.read.add("period")
    if raw is None:
        return None
    if isinstance(raw, list) and len(raw) == 2 and all(isinstance(day, str) for day in raw):
        return raw[0], raw[1]
    root.problem("sheet.period", N_("the period is a list of its first and last day."), "period")
    return None
