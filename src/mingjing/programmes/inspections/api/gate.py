"""The gate, asked by another system: the colour, every rule that speaks, the warnings an entry would take part in.

Nothing is recorded by asking. Not here: what decides (policy.gate).
"""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.faces.api.answers import listed, said, titled
from mingjing.programmes.inspections.api.door import Told, keyed, read_body
from mingjing.programmes.inspections.models import Key
from mingjing.programmes.inspections.models.outside import Right
from mingjing.programmes.inspections.policy.pushed import read_arrival
from mingjing.programmes.inspections.queries.gate import decide
from mingjing.programmes.inspections.queries.outside import arrival_of

__all__ = ["gate"]

FORMAT = "mingjing.inspections.gate/1"


@keyed(Right.GATE, method="POST")
def gate(request: HttpRequest, key: Key) -> Told:
    """May these officers enter now, or at `entered`?"""
    document, now = read_body(request), timezone.now()
    pushed = read_arrival(document, whole=False)
    moment = pushed.entered if isinstance(document, dict) and document.get("entered") else now
    if moment > now:
        text = N_("The gate tells what holds now or held before; this time lies in the future.")
        raise Refusal([Problem("api.gate.future", text, {}, "entered")])
    decision = decide(arrival_of(key, pushed, moment))
    body = {
        "format": FORMAT, "colour": str(decision.admission.colour), "rules": decision.version,
        "answers": [
            {"rule": one.rule.code, "level": one.level.code, "unknown": list(one.unknown), **_both(one.reason)}
            for one in decision.admission.answers
        ],
        "warnings": [_warning(one) for one in decision.warnings],
    }  # fmt: skip
    return Told(body, count=1)


def _warning(one: Any) -> dict[str, Any]:
    return {
        "rule": one.rule.code, "level": one.level.code, "title": titled(one.rule.title), "count": one.count,
        "first": one.first.isoformat(), "last": one.last.isoformat(), "reasons": listed(one.reasons),
    }  # fmt: skip


def _both(reason: Any) -> dict[str, str]:
    told = said(reason)
    told.pop("code")
    return told
