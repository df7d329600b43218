"""A second reading of docs/reference/decision-file.md, sharing no code with mingjing: standard library only.

Slow and plain on purpose. It returns what the rules give for a decision file, to be compared with what the file says.
"""

import hashlib
import json
import operator
import re
from decimal import Decimal
from fractions import Fraction


def canonical(value):
    """RFC 8785 for the values a decision file has: objects, lists, texts, whole numbers, true, false, null."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(value):
    return hashlib.sha256(canonical(value)).hexdigest()


def holds(condition, value):
    """Whether one condition text holds."""
    if isinstance(value, str):
        return value in [{"是": "yes", "否": "no"}.get(part.strip(), part.strip()) for part in condition.split("|")]
    signs = condition.replace("≥", ">=").replace("≤", "<=")
    parts = re.findall(r"(>=|<=|>|<|=)?\s*(-?[\d.]+)", signs)
    compare = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}
    return all(compare.get(sign, operator.eq)(value, Fraction(number)) for sign, number in parts)


def lost(check, steps):
    points, rule = Fraction(check["points"]), check["rule"]
    match rule["kind"]:
        case "PI":
            return min(Fraction(rule.get("cap", check["points"])), Fraction(rule["per"]) * steps)
        case "BIN":
            return points if steps else Fraction(0)
        case "SCALE":
            return points * Fraction(rule.get("step", "1")) * steps / Fraction(rule["highest"])
        case _:
            half = Fraction(int(points * 100) - int(points * 100) // 2, 100)
            return [Fraction(0), half, points][min(steps, 2)]


def rounded(value, rounding):
    scale = 10 ** int(rounding["decimals"])
    whole, rest = divmod(value * scale, 1)
    up = {
        "half_up": rest >= Fraction(1, 2), "up": rest > 0, "down": False,
        "half_even": rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2 == 1),
    }[rounding["rule"]]  # fmt: skip
    return Fraction(int(whole) + up, scale)


def text(value, rounding):
    return str(
        (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal(1).scaleb(-int(rounding["decimals"])))
    )


def work_out(document):
    """What the rules give: the `result` of the file, worked out anew."""
    scheme, sheet, result = document["scheme"], document["sheet"], dict(document["result"])
    assert digest(scheme) == document["scheme_digest"]
    checks = {
        check["code"]: check
        for item in scheme["items"] if item["class"] == result["class"]
        for check in item["checks"] if check["code"] not in scheme["aggregation"].get("omit", [])
    }  # fmt: skip
    absent = {entry["check"] for entry in sheet.get("not_applicable", [])}
    steps, critical = _steps(checks, sheet, absent)
    applicable = sum(Fraction(check["points"]) for code, check in checks.items() if code not in absent)
    earned = applicable - sum(lost(checks[code], count) for code, count in steps.items())
    values = {a["code"]: a["default"] for a in scheme["attributes"] if "default" in a} | sheet.get("attributes", {})
    values = {code: Fraction(v) if re.fullmatch(r"[\d.]+", v) else v for code, v in values.items()}
    values |= {"veto": Fraction(_veto(scheme, sheet)), "open_critical": Fraction(len(critical))}
    values |= {"checks": Fraction(len(checks) - len(absent))}
    if sheet.get("assessed") is False or (not applicable and "unscored_total" not in scheme):
        nothing = dict.fromkeys(("base", "bonus", "total", "rank"))
        return {**result, **nothing, "tier": _unscored(scheme, values), "checks": 0}
    base = _base(scheme, earned, applicable, values) if applicable else Fraction(scheme["unscored_total"])
    points = {b["code"]: Fraction(b["points"]) for b in scheme["bonus"]["items"]}
    claimed = {c["bonus"] for c in sheet.get("claims", []) if c.get("proof") and c.get("approver")}
    bonus = min(Fraction(scheme["bonus"]["cap"]), sum((points[code] for code in claimed), Fraction(0)))
    lower = scheme["aggregation"]["method"] == "demerits"
    total = max(Fraction(0), base - bonus) if lower else base + bonus
    values |= {"total": total, "base": base, "bonus": bonus}
    tier, rank = _listed(scheme, document, values, total, lower)
    shown = {
        name: text(value, scheme["rounding"]) for name, value in (("base", base), ("bonus", bonus), ("total", total))
    }
    return {**result, **shown, "tier": tier, "rank": rank, "checks": len(checks) - len(absent)}


def _steps(checks, sheet, absent):
    steps, seen, critical = {}, set(), set()
    for finding in sheet.get("findings", []):
        code = finding["check"]
        if code not in checks or code in absent:
            continue
        if checks[code].get("critical") and finding["steps"] and not finding.get("resolved"):
            critical.add(code)
        if finding.get("fact") in seen:
            continue
        seen |= {finding["fact"]} if finding.get("fact") else set()
        added = checks[code]["rule"]["kind"] in {"PI", "BIN"}
        steps[code] = steps.get(code, 0) + finding["steps"] if added else max(steps.get(code, 0), finding["steps"])
    return steps, critical


def _base(scheme, earned, applicable, values):
    site = {
        "rebased": earned / applicable * Fraction(scheme["aggregation"].get("full_marks", "100")),
        "earned": earned, "demerits": applicable - earned,
        "deducted": max(Fraction(0), Fraction(scheme["aggregation"].get("full_marks", "100")) - (applicable - earned)),
    }[scheme["aggregation"]["method"]]  # fmt: skip
    components = scheme["aggregation"]["components"]
    parts = [(Fraction(c["weight"]), site if c["code"] == "site" else values.get(c["code"])) for c in components]
    parts = [(weight, value) for weight, value in parts if value is not None]
    return rounded(sum(w * v for w, v in parts) / sum(w for w, _ in parts), scheme["rounding"])


def _unscored(scheme, values):
    for row in sorted(scheme["list_rules"], key=lambda row: int(row.get("step", "1"))):
        if row.get("unscored") and all(holds(condition, values[code]) for code, condition in row["when"].items()):
            return row["tier"]
    return scheme["unassessed_tier"]


def _veto(scheme, sheet):
    levels = {veto["code"]: int(veto["level"]) for veto in scheme["vetoes"]}
    first, last = sheet.get("period") or ("", "9")
    effective = [v for v in sheet.get("vetoes", []) if v.get("document") and v.get("approver")]
    if sheet.get("period"):
        effective = [v for v in effective if first <= v.get("occurred_on", "") <= last]
    return max((levels[v["veto"]] for v in effective), default=0)


def _listed(scheme, document, values, total, lower):
    ranked = {tier["code"] for tier in scheme["tiers"] if tier.get("ranked")}
    rank = None
    for row in sorted(scheme["list_rules"], key=lambda row: (row["tier"] in ranked, int(row.get("step", "1")))):
        if row["tier"] in ranked and rank is None:
            totals = [(Fraction(t), n) for t, n in document["class_totals"]]
            everybody = sum(n for _, n in totals)
            rank = 1 + sum(n for t, n in totals if (t < total if lower else t > total))
            bottom = everybody - rank + 1
            values |= {"rank": Fraction(rank), "rank_share": Fraction(100 * rank, everybody)}
            values |= {"bottom_rank": Fraction(bottom), "bottom_share": Fraction(100 * bottom, everybody)}
        if all(holds(condition, values[code]) for code, condition in row["when"].items()):
            return row["tier"], rank
    raise AssertionError("no rule matches")


def recorded(document):
    """The hash of the checkpoint that the proof of the record leads to."""
    record = document["record"]
    leaf = {"row": document["result"], "sheet": digest(document["sheet"]), "scheme": document["scheme_digest"]}
    node, index, last = hashlib.sha256(b"\0" + canonical(leaf)).digest(), record["index"], record["size"] - 1
    for part in map(bytes.fromhex, record["path"]):
        if index % 2 or index == last:
            node = hashlib.sha256(b"\1" + part + node).digest()
            while index and not index % 2:
                index, last = index // 2, last // 2
        else:
            node = hashlib.sha256(b"\1" + node + part).digest()
        index, last = index // 2, last // 2
    data = record["proof"]["content"]["data"]
    assert data["results"] == record["size"]
    assert data["results_root"] == node.hex()
    assert data["class_totals"][document["result"]["class"]] == digest(document["class_totals"])
    hash_ = bytes.fromhex(record["proof"]["previous"])
    for content in (digest(record["proof"]["content"]), *record["proof"]["later"]):
        hash_ = hashlib.sha256(b"\2" + hash_ + bytes.fromhex(content)).digest()
    return hash_.hex()
