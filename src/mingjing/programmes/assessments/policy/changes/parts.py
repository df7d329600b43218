"""A scheme document taken apart for comparing: what stands alone, and entries that can be recognised again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mingjing.engine.lists import RANK_MEASURES, SCORE_MEASURES
from mingjing.engine.outcome import N_, Phrase, Reason, Titled

__all__ = ["KEYED", "PARENT", "RESULTS", "SECTIONS", "Entry", "Object", "Taken", "plain_text", "take_apart"]

SECTIONS = {
    "attributes": N_("attribute"),
    "classes": N_("class"),
    "class_rule": N_("class rule"),
    "items": N_("major item"),
    "checks": N_("check"),
    "methods": N_("method"),
    "evidence": N_("kind of evidence"),
    "bonus/items": N_("bonus"),
    "vetoes": N_("veto"),
    "aggregation/components": N_("component"),
    "tiers": N_("tier"),
    "list_rules": N_("list rule"),
    "deadlines": N_("deadline"),
    "sampling": N_("sampling size"),
}
KEYED = ("methods", "evidence")
RESULTS = {"class_rule": "class", "list_rules": "tier"}
_NAMED = {"class_rule": "classes", "list_rules": "tiers"}
PARENT = "@item"
"""Under this key a check says which major item it stands in; no document has such a key."""

Object = Mapping[str, Any]
Located = list[tuple[str, Object]]
"""Objects with their paths."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a section: its object, its path, and what it is called."""

    section: str
    value: Object
    path: str
    thing: Reason


@dataclass(frozen=True, slots=True)
class Taken:
    """A document taken apart: what stands alone, and the entries of each section."""

    rest: Object
    sections: Mapping[str, Sequence[Entry]]
    titles: Mapping[str, Titled | Phrase]


def take_apart(document: Object) -> Taken:
    """Take `document` apart; whatever is not shaped as a scheme is stays in `rest`, to be compared as it is."""
    rest: dict[str, Any] = {key: dict(v) if isinstance(v, Mapping) else v for key, v in document.items()}
    raw = {section: _taken(rest, section) for section in SECTIONS}
    named = {s: {str(v.get("code")): v.get("title") for _, v in raw[s]} for s in ("attributes", "classes", "tiers")}
    raw["items"], raw["checks"] = _without_checks(raw["items"])
    sections = {
        section: [Entry(section, value, path, _thing(section, value, path, named)) for path, value in entries]
        for section, entries in raw.items()
    }
    titles: dict[str, Titled | Phrase] = {code: Phrase(t) for code, t in {**SCORE_MEASURES, **RANK_MEASURES}.items()}
    titles |= {code: titled(title) for code, title in named["attributes"].items() if titled(title).texts}
    return Taken(rest, sections, titles)


def _taken(rest: dict[str, Any], section: str) -> Located:
    """Take the entries of a section out of `rest`; what is no list of objects stays there, to be compared as it is."""
    *above, key = section.split("/")
    holder = rest.get(above[0]) if above else rest
    found = holder.get(key) if isinstance(holder, dict) else None
    entries: Located = []
    if section in KEYED and isinstance(found, Mapping):
        entries = [(f"{section}/{code}", {"code": code, "title": title}) for code, title in found.items()]
    elif isinstance(found, list) and all(isinstance(entry, Mapping) for entry in found):
        entries = [(f"{section}/{index}", entry) for index, entry in enumerate(found)]
    if entries and isinstance(holder, dict):
        del holder[key]
    return entries


def _without_checks(items: Located) -> tuple[Located, Located]:
    kept: Located = []
    checks: Located = []
    for path, item in items:
        inside = _objects(item.get("checks"))
        checks += [
            (f"{path}/checks/{index}", {**check, PARENT: item.get("code")}) for index, check in enumerate(inside)
        ]
        kept.append((path, {key: value for key, value in item.items() if key != "checks" or not inside}))
    return kept, checks


def _objects(raw: object) -> list[Object]:
    whole = isinstance(raw, list) and all(isinstance(entry, Mapping) for entry in raw)
    return raw if whole and isinstance(raw, list) else []


def _thing(section: str, value: Object, path: str, named: Mapping[str, Mapping[str, Any]]) -> Reason:
    """What an entry is called: its kind, its code and its title."""
    kind, title = Phrase(SECTIONS[section]), titled(value.get("title"))
    if section in RESULTS:
        result = str(value.get(RESULTS[section], ""))
        of = titled(named[_NAMED[section]].get(result))
        params: dict[str, object] = {
            "kind": kind,
            "code": of if of.texts else result,
            "number": int(path.rpartition("/")[2]) + 1,
        }
        if title.texts:
            return Reason("change.rule", N_("{kind} {number}, {code} ({title})"), {**params, "title": title})
        return Reason("change.rule", N_("{kind} {number}, {code}"), params)
    params = {"kind": kind, "code": str(value.get("code", ""))}
    if title.texts:
        return Reason("change.thing", N_("{kind} {code} ({title})"), {**params, "title": title})
    return Reason("change.thing", N_("{kind} {code}"), params)


def titled(raw: object) -> Titled:
    texts = raw.items() if isinstance(raw, Mapping) else ()
    return Titled({str(language): text for language, text in texts if isinstance(text, str) and text})


def plain_text(value: object) -> str:
    """Equal texts for equal values of a document, and only for them."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
