"""The schemes of the cases: the two that ship, and a small one with every rule kind in every method of adding up."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mingjing.programmes.assessments
from mingjing.programmes.assessments.policy.scheme import Scheme, compile_scheme

__all__ = ["METHODS", "SCHEMES", "small"]

_SHIPPED = Path(mingjing.programmes.assessments.__file__).parent / "schemes"


def _shipped(code: str) -> Scheme:
    return compile_scheme(json.loads((_SHIPPED / f"{code}.json").read_text("utf-8")))


def _titled(chinese: str, english: str) -> dict[str, str]:
    return {"zh-Hans": chinese, "en": english}


def _check(code: str, title: dict[str, str], points: str, rule: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"code": code, "title": title, "points": points, "rule": rule, "methods": ["look"], "evidence": ["P"]} | more


_CHECKS = [
    _check("K1", _titled("楼道堆物", "Things left in corridors"), "2", {"kind": "PI", "per": "0.75", "cap": "1.6"}),
    _check("K2", _titled("消防通道畅通", "Fire lane is clear"), "1.5", {"kind": "BIN"}, critical=True, na=True),
    _check("K3", _titled("应急预案", "Emergency plan"), "3.33", {"kind": "TIER"}, evidence=["P", "D"]),
    _check(
        "K4", _titled("住户满意", "Residents content"), "1.01", {"kind": "RATIO", "full": ">=90", "half": ">50 <66.6"},
        sample={"minimum": "3", "of": _titled("住户", "households")}, evidence=[], na=True,
    ),
    _check(
        "K5", _titled("绿化", "Greenery"), "2", {"kind": "SCALE", "lowest": "0.5", "highest": "4", "step": "0.5"},
        na=True,
    ),
    _check("K6", _titled("不计分的观察", "An observation that is not counted"), "0.16", {"kind": "BIN"}),
]  # fmt: skip
_TIERS = [
    {"code": "GOOD", "title": _titled("良好", "Good"), "ranked": True},
    {"code": "POOR", "title": _titled("较差", "Poor"), "ranked": True},
    {"code": "NONE", "title": _titled("未考核", "Not assessed"), "ranked": False},
]
_SITE = {"code": "site", "title": _titled("现场", "Site"), "weight": "2"}
_SURVEY = {"code": "survey", "title": _titled("满意度调查", "Survey"), "weight": "0.7"}
_RECORDS = {"code": "records", "title": _titled("台账", "Records"), "weight": "0.3"}


def small(
    method: str = "rebased", rule: str = "half_up", decimals: str = "2", *, parts: bool = False, **more: Any
) -> dict[str, Any]:
    """A whole scheme of six checks with points that do not come out even. `parts`: the site is one of three."""
    bonus = [
        {"code": "green", "title": _titled("绿色小区", "Green estate"), "points": "0.4"},
        {"code": "calm", "title": _titled("零投诉", "No complaint"), "points": "0.8"},
    ]
    return {
        "format": "mingjing.assessments.scheme/1", "code": "sample", "title": _titled("样例办法", "Sample scheme"),
        "attributes": [{"code": c["code"], "title": c["title"], "type": "number"} for c in (_SURVEY, _RECORDS)],
        "classes": [{"code": "S", "title": _titled("样例类", "Sample class")}],
        "class_rule": [{"class": "S", "when": {}}],
        "items": [
            {"code": "K", "class": "S", "title": _titled("样例大项", "Sample item"), "points": "10", "na": True,
             "checks": _CHECKS},
        ],
        "methods": {"look": _titled("查看", "Look")},
        "evidence": {"P": _titled("照片", "Photo"), "D": _titled("资料", "Document")},
        "bonus": {"cap": "1", "items": bonus},
        "vetoes": [{"code": "fire", "title": _titled("火灾", "Fire"), "level": "2"}],
        "aggregation": {
            "method": method, "full_marks": "10", "points": "10", "omit": ["K6"],
            "components": [_SITE, _SURVEY, _RECORDS] if parts else [_SITE],
        },
        "rounding": {"rule": rule, "decimals": decimals}, "tiers": _TIERS, "unassessed_tier": "NONE",
        "list_rules": [
            {"tier": "GOOD", "step": "1", "when": {"total": ">=6"}},
            {"tier": "POOR", "step": "1", "when": {"total": "<6"}},
        ],
        "deadlines": [], "sampling": [],
    } | more  # fmt: skip


METHODS: Mapping[str, dict[str, Any]] = {
    "rebased": small(),
    "rebased-even": small(rule="half_even", decimals="1", bonus={"cap": "0", "items": []}),
    "earned-down": small("earned", "down", "1"),
    "deducted": small("deducted"),
    "demerits-up": small("demerits", "up", "1"),
    "three-parts": small(parts=True, unscored_total="5"),
    "three-parts-demerits": small("demerits", "half_even", parts=True),
}
"""The documents of the small scheme, by what each of them is there for."""

SCHEMES: Mapping[str, Scheme] = {
    "hetang-2024": _shipped("hetang-2024"),
    "toronto-rentsafe": _shipped("toronto-rentsafe"),
    **{name: compile_scheme(document) for name, document in METHODS.items()},
}
"""Every scheme of the cases, by the name its rubrics have in their files."""
