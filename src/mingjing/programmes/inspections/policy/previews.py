"""The rules of the gate as phones read them: the same document from which the pack was read, rules of the gate alone.

static/mj/inspections/gate.js gives the answers of policy.gate to it. Not here: facts, how it gets to a phone.
"""

from datetime import date
from typing import Any

from mingjing.engine.outcome import Titled
from mingjing.programmes.inspections.policy.conditions import Condition, Test
from mingjing.programmes.inspections.policy.rules import FORMAT, Pack, Rule

__all__ = ["gate_document"]


def gate_document(pack: Pack, day: date) -> dict[str, Any]:
    """The rules of the gate that hold on that day: `policy.rules.read_rules` makes them of it again."""
    rules = [_rule(rule) for rule in pack.on(day, "gate")]
    return {"format": FORMAT, "title": _titles(pack.title), "rules": rules}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "code": rule.code, "kind": rule.kind, "title": _titles(rule.title), "source": rule.source,
        "avoid": _titles(rule.avoid), "from": rule.first.isoformat(), "to": rule.last.isoformat(),
        "unknown": rule.unknown.code,
        "levels": [{"level": step.level.code, "when": _condition(step.when)} for step in rule.steps],
    }  # fmt: skip


def _condition(condition: Condition) -> dict[str, Any]:
    return {"only": _tests(condition.only), "unless": [_tests(tests) for tests in condition.unless]}


def _tests(tests: tuple[Test, ...]) -> dict[str, Any]:
    return {test.fact: sorted(test.words) if test.words is not None else _bounds(test) for test in tests}


def _bounds(test: Test) -> dict[str, int]:
    return {name: value for name, value in (("from", test.low), ("to", test.high)) if value is not None}


def _titles(title: Titled) -> dict[str, str]:
    return dict(title.texts)
