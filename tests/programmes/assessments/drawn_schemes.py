"""Valid scheme documents drawn at random, in the form in which the workbook gives them back; and the shipped ones."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

import mingjing.programmes.assessments
from mingjing.engine.quantities import points_text

SCHEMES = Path(mingjing.programmes.assessments.__file__).parent / "schemes"


def shipped(code: str) -> dict[str, Any]:
    """A new copy of a scheme that ships."""
    return json.loads((SCHEMES / f"{code}.json").read_text("utf-8"))


SEPARATORS = ",，、;；|｜[]\n"
"""What a code may not hold, because people write several codes into one cell."""

texts = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=12).filter(str.strip)
inside = st.characters(categories=("L", "N", "P", "S"), exclude_characters=SEPARATORS)
codes = st.text(inside, min_size=1, max_size=8)


@st.composite
def titled(draw: st.DrawFn) -> dict[str, str]:
    title = {"zh-Hans": draw(texts), "en": draw(texts)}
    for language in draw(st.sampled_from([(), ("en",), ("zh-Hans",)])):
        del title[language]
    return title


def coded(least: int = 0, most: int = 3) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Objects with codes that differ, and titles."""
    entry = st.fixed_dictionaries({"code": codes, "title": titled()})
    return st.lists(entry, min_size=least, max_size=most, unique_by=lambda entry: entry["code"])


def sometimes(draw: st.DrawFn, target: dict[str, Any], key: str, values: st.SearchStrategy[Any]) -> None:
    if draw(st.booleans()):
        target[key] = draw(values)


@st.composite
def rules(draw: st.DrawFn, points: int) -> dict[str, str]:
    kind = draw(st.sampled_from(("PI", "BIN", "TIER", "RATIO", "SCALE")))
    rule = {"kind": kind}
    if kind == "PI":
        cap = draw(st.integers(1, points))
        rule["per"] = points_text(draw(st.integers(1, cap)))
        sometimes(draw, rule, "cap", st.just(points_text(cap)))
        if "cap" not in rule:
            rule["per"] = points_text(draw(st.integers(1, points)))
    elif kind == "RATIO":
        rule |= draw(st.sampled_from([{"full": ">=95", "half": ">= 80 <95"}, {"full": "≤5%", "half": "<10"}]))
    elif kind == "SCALE":
        rule |= {"lowest": "0", "highest": points_text(points)}
        sometimes(draw, rule, "step", st.just(points_text(points)))
        if "step" not in rule and points % 100:
            rule |= {"highest": "1.0", "lowest": "0"}
    return rule


@st.composite
def checks(draw: st.DrawFn, code: str, words: dict[str, list[str]]) -> dict[str, Any]:
    points = draw(st.integers(1, 2_000))
    check = {"code": code, "title": draw(titled()), "points": points_text(points), "rule": draw(rules(points))}
    for key, known in words.items():
        check[key] = draw(st.lists(st.sampled_from(known), max_size=2)) if known else []
    check |= {"na": draw(st.booleans()), "critical": draw(st.booleans())}
    check |= {"gallery": True} if draw(st.booleans()) else {}
    sometimes(draw, check, "sample", st.fixed_dictionaries({"minimum": st.just("5")}, optional={"of": titled()}))
    return check


@st.composite
def attributes(draw: st.DrawFn) -> list[dict[str, Any]]:
    found = draw(coded(most=3))
    for entry in found:
        kind = draw(st.sampled_from(("number", "flag", "choice", "")))
        entry |= {"type": kind} if kind else {}
        sometimes(draw, entry, "unit", titled())
        if kind == "choice":
            entry["choices"] = draw(st.lists(codes, min_size=1, max_size=3, unique=True))
            sometimes(draw, entry, "default", st.sampled_from(entry["choices"]))
        elif kind == "flag":
            sometimes(draw, entry, "default", st.sampled_from(("yes", "no")))
        else:
            sometimes(draw, entry, "decimals", st.sampled_from(("0", "2")))
            sometimes(draw, entry, "default", st.sampled_from(("0", "7", "5.0")))
    return found


@st.composite
def schemes(draw: st.DrawFn) -> dict[str, Any]:
    """A valid document of any of the shapes the format allows."""
    words = {key: [entry["code"] for entry in draw(coded())] for key in ("methods", "evidence")}
    own = draw(attributes())
    classes, tiers = draw(coded(1, 2)), draw(coded(3, 4))
    _sources(draw, own, tiers)
    for entry in tiers:
        entry["ranked"] = entry is not tiers[-1]
        entry |= {"adverse": True} if entry is tiers[1] and draw(st.booleans()) else {}
    method = draw(st.sampled_from(("rebased", "earned", "deducted", "demerits")))
    items, full = draw(_items(classes, words))
    document = {
        "format": "mingjing.assessments.scheme/1",
        "code": draw(codes),
        "title": draw(titled()),
        "attributes": own,
        "classes": classes,
        "class_rule": _class_rule(draw, classes, own),
        "items": items,
        "methods": {code: draw(titled()) for code in words["methods"]},
        "evidence": {code: draw(titled()) for code in words["evidence"]},
        "bonus": {"items": [entry | {"points": "1.5"} for entry in draw(coded())]},
        "vetoes": [entry | {"level": draw(st.sampled_from("12"))} for entry in draw(coded())],
        "aggregation": {"method": method, "full_marks": points_text(full), "omit": [], "components": [_site(draw)]},
        "rounding": {"rule": draw(st.sampled_from(("half_up", "half_even", "down", "up"))), "decimals": "1"},
        "tiers": tiers,
        "unassessed_tier": tiers[-1]["code"],
        "list_rules": _list_rules(draw, tiers),
        "deadlines": [],
        "sampling": [],
    }
    sometimes(draw, document, "note", titled())
    sometimes(draw, document["bonus"], "cap", st.sampled_from(("0", "5", "2.50")))
    for index, entry in enumerate(draw(coded())):
        share = index % 2
        document["sampling" if share else "deadlines"].append(
            entry | ({"share": "10"} if share else {"days": "3", "calendar": "working"})
        )
    return document


def _sources(draw: st.DrawFn, own: list[dict[str, Any]], tiers: list[dict[str, Any]]) -> None:
    """Some attributes are known to the system; the first number may decide the class, so not by its rounds."""
    for entry in own:
        if entry.get("type") == "flag":
            sometimes(draw, entry, "source", st.sampled_from(("orders_overdue", "orders_unmet")))
    for place, entry in enumerate(entry for entry in own if entry.get("type", "number") == "number"):
        streaks = [f"tier_streak:{tier['code']}" for tier in tiers] if place else []
        sometimes(draw, entry, "source", st.sampled_from(["service_months", *streaks]))


@st.composite
def _items(draw: st.DrawFn, classes: list[dict[str, Any]], words: dict[str, list[str]]) -> tuple[list[Any], int]:
    """Items whose points agree for every class: the later classes have one item with the points of the first."""
    named = iter(draw(st.lists(codes, min_size=24, max_size=24, unique=True)))
    items = []
    for _ in range(draw(st.integers(1, 2))):
        inside = [draw(checks(next(named), words)) for _ in range(draw(st.integers(1, 3)))]
        items.append(_item(draw, next(named), classes[0]["code"], inside))
    full = int(sum(Fraction(item["points"]) for item in items) * 100)
    for entry in classes[1:]:
        last = draw(checks(next(named), words)) | {"points": points_text(full), "rule": {"kind": "BIN"}}
        items.append(_item(draw, next(named), entry["code"], [last]))
    return items, full


def _item(draw: st.DrawFn, code: str, of_class: str, inside: list[dict[str, Any]]) -> dict[str, Any]:
    total = int(sum(Fraction(check["points"]) for check in inside) * 100)
    na = all(check["na"] for check in inside) or draw(st.booleans())
    title = draw(titled())
    return {"code": code, "class": of_class, "title": title, "points": points_text(total), "na": na, "checks": inside}


def _site(draw: st.DrawFn) -> dict[str, Any]:
    return {"code": "site", "title": draw(titled()), "weight": "100"}


def _class_rule(draw: st.DrawFn, classes: list[dict[str, Any]], own: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if len(classes) == 1:
        return [{"class": classes[0]["code"], "when": {}}]
    numbers = [entry for entry in own if entry.get("type", "number") == "number"]
    if not numbers:
        own.append({"code": "年份", "title": {"en": "year"}})
        numbers = own[-1:]
    code, limit = numbers[0]["code"], draw(st.sampled_from(("2010", "1.00", "5")))
    rows = [{"class": classes[0]["code"], "when": {code: f"<{limit}"}}, {"class": classes[1]["code"]}]
    rows[1] |= {"when": {code: f"≥ {limit}"}, "borderline": draw(st.booleans())}
    return rows


def _list_rules(draw: st.DrawFn, tiers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"tier": tiers[0]["code"], "step": "1", "when": {"total": ">=75", "open_critical": "0"}},
        {"tier": tiers[1]["code"], "when": {"total": ">=75", "open_critical": ">0"}},
        {"tier": tiers[1]["code"], "step": "2", "when": {"total": "<75"}, "title": draw(titled())},
    ]
