"""The shapes of what is sent and answered, as JSON Schema. Not here: the addresses (document)."""

from typing import Any

from mingjing.programmes.inspections.policy.pushed import METHODS, MOST, PURPOSES, RESULTS, TRIGGERS

__all__ = ["SCHEMAS"]

Schema = dict[str, Any]
LINE = r"^[\x21-\x7e一-鿿]{1,40}$"


def _object(required: list[str], **properties: Schema) -> Schema:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def _texts(most: int) -> Schema:
    return {"type": "array", "maxItems": most, "items": {"type": "string", "pattern": LINE}}


def _list(name: str) -> Schema:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}


def _maybe(kind: str) -> Schema:
    return {"type": [kind, "null"]}


TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
CODE: Schema = {"type": "string", "pattern": r"^[0-9A-HJ-NP-RTUWXY]{18}$"}
INSTANT: Schema = {"type": "string", "format": "date-time"}
BOTH: dict[str, Schema] = {"zh-Hans": TEXT, "en": TEXT}

ARRIVAL: dict[str, Schema] = {
    "authority": CODE, "firm": CODE, "officers": _texts(20), "items": _texts(50),
    "purpose": {"enum": list(PURPOSES)}, "trigger": {"enum": list(TRIGGERS)}, "method": {"enum": list(METHODS)},
    "helpers": {"type": "integer", "minimum": 0, "maximum": 200}, "entered": INSTANT,
}  # fmt: skip

SCHEMAS: dict[str, Schema] = {
    "Problems": _object(["problems"], problems=_list("Problem")),
    "Problem": _object(["code", "zh-Hans", "en", "place"], code=TEXT, place=TEXT, **BOTH),
    "Said": _object(["code", "zh-Hans", "en"], code=TEXT, **BOTH),
    "Question": _object(["authority", "firm"], **ARRIVAL),
    "Gate": _object(
        ["format", "colour", "rules", "answers", "warnings"], format=TEXT,
        colour={"enum": ["green", "yellow", "red"]}, rules=_maybe("integer"), answers=_list("Answer"),
        warnings=_list("Foreseen"),
    ),
    "Answer": _object(
        ["rule", "level", "unknown", "zh-Hans", "en"], rule=TEXT, level=TEXT, unknown={"type": "array", "items": TEXT},
        **BOTH,
    ),
    "Foreseen": _object(
        ["rule", "level", "title", "count", "first", "last", "reasons"], rule=TEXT, level=TEXT,
        title=_object(["zh-Hans", "en"], **BOTH), count=WHOLE, first=TEXT, last=TEXT, reasons=_list("Said"),
    ),
    "Visits": _object(["visits"], visits={**_list("Visit"), "minItems": 1, "maxItems": MOST}),
    "Visit": _object(
        ["external", "authority", "firm", "entered"], **ARRIVAL,
        external={"type": "string", "pattern": LINE}, left=INSTANT, reason={"type": "string", "maxLength": 500},
        results={"type": "array", "maxItems": MOST, "items": {"$ref": "#/components/schemas/Result"}},
    ),
    "Result": _object(
        ["item", "result"], item={"type": "string", "pattern": LINE}, result={"enum": list(RESULTS)},
        findings=_texts(50),
    ),
    "Taken": _object(["visits"], visits=_list("TakenVisit")),
    "TakenVisit": _object(
        ["external", "status", "visit", "colour", "problems"], external=TEXT,
        status={"enum": ["applied", "known", "refused"]}, visit=_maybe("integer"), colour=_maybe("string"),
        problems=_list("Problem"),
    ),
    "VisitPage": _object(["visits", "next"], visits=_list("Seen"), next=_maybe("integer")),
    "Seen": _object(
        ["visit", "external", "authority", "firm", "purpose", "trigger", "method", "door", "colour", "joint", "entered",
         "left", "voided", "corrects", "items"],
        visit=WHOLE, external=TEXT, authority=TEXT, firm=TEXT, purpose=TEXT, trigger=TEXT, method=TEXT, door=TEXT,
        colour=TEXT, joint=_maybe("string"), entered=INSTANT, left=_maybe("string"), voided={"type": "boolean"},
        corrects=_maybe("integer"), items=_list("SeenItem"),
    ),
    "SeenItem": _object(
        ["item", "result", "findings"], item=TEXT, result=TEXT, findings={"type": "array", "items": TEXT}
    ),
    "WarningPage": _object(["warnings", "next"], warnings=_list("Warning"), next=_maybe("integer")),
    "Warning": _object(
        ["warning", "rule", "level", "state", "firm", "authority", "first", "last", "count", "records", "reasons",
         "raised", "lapsed", "merged_into"],
        warning=WHOLE, rule=TEXT, level={"enum": ["info", "yellow", "red"]}, state=TEXT, firm=_maybe("string"),
        authority=_maybe("string"), first=TEXT, last=TEXT, count=WHOLE, records={"type": "array", "items": TEXT},
        reasons=_list("Said"), raised=INSTANT, lapsed=_maybe("string"), merged_into=_maybe("integer"),
    ),
}  # fmt: skip
