"""The packs that ship, and visits from the short way in which vectors write them."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from mingjing.programmes.inspections.policy.rules import Pack, read_rules
from mingjing.programmes.inspections.policy.visits import Visit
from mingjing.programmes.inspections.queries.files import load_document, shipped_rules

VECTORS = Path(__file__).resolve().parents[2] / "vectors/inspections"
OWN = ("record", "day", "site", "authority", "joint", "items", "officers", "corrects", "void")


def pack(name: str = "default") -> Pack:
    return read_rules(load_document(shipped_rules()[name]))


def document(name: str = "default") -> dict[str, Any]:
    return load_document(shipped_rules()[name])


def vectors(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((VECTORS / f"{name}.json").read_text("utf-8"))
    return found


def visit(told: dict[str, Any], usual: dict[str, Any] | None = None, *, firm: str = "甲公司", order: int = 0) -> Visit:
    """`told` over `usual`: the fields of a visit by name, every other key a fact."""
    every = {**(usual or {}), **told}
    own = {key: every.pop(key) for key in OWN if key in every}
    own["day"] = date.fromisoformat(own["day"])
    own |= {key: tuple(own[key]) for key in ("items", "officers") if key in own}
    return Visit(**own, firm=firm, order=order, facts=every)
