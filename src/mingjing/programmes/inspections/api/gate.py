"""The gate, asked by another system: the colour, every rule that speaks, the warnings an entry would take part in.

Nothing is recorded by asking. Not here: what decides (policy.gate).
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from msgspec import Raw
from msgspec.json import encode

from mingjing.engine.outcome import N_, Problem, Reason, Refusal
from mingjing.faces.api.answers import listed, said, titled
from mingjing.programmes.inspections.api.door import Asker, Told, keyed, read_body
from mingjing.programmes.inspections.models.outside import Right
from mingjing.programmes.inspections.policy.gate import Answer
from mingjing.programmes.inspections.policy.pushed import read_arrival
from mingjing.programmes.inspections.policy.rules import Level, Rule
from mingjing.programmes.inspections.policy.warnings import Warning, told_of
from mingjing.programmes.inspections.queries.gate import decide
from mingjing.programmes.inspections.queries.outside import arrival_of

__all__ = ["gate"]

FORMAT = "mingjing.inspections.gate/1"
KEPT = 2000
"""Sentences about a rule or a count, which are the same for everybody, and are kept as the JSON that says them."""


@keyed(Right.GATE, method="POST", hasty=True)
def gate(request: HttpRequest, asker: Asker) -> Told:
    """May these officers enter now, or at `entered`?"""
    document, now = read_body(request), timezone.now()  # what is sent may have come slowly
    pushed = read_arrival(document, whole=False)
    moment = pushed.entered if isinstance(document, dict) and document.get("entered") else now
    if moment > now:
        text = N_("The gate tells what holds now or held before; this time lies in the future.")
        raise Refusal([Problem("api.gate.future", text, {}, "entered")])
    decision = decide(arrival_of(asker.key, pushed, moment, asker.known), known=asker.known)
    body = {
        "format": FORMAT, "colour": str(decision.admission.colour), "rules": decision.version,
        "answers": [_answer(one.rule, one.level, one.unknown) for one in decision.admission.answers],
        "warnings": _warnings(decision.warnings),
    }  # fmt: skip
    return Told(body, count=1)


@lru_cache(maxsize=KEPT)
def _answer(rule: Rule, level: Level, unknown: tuple[str, ...]) -> Raw:
    told = said(Answer(rule, level, unknown).reason)
    del told["code"]
    return Raw(encode(told | {"rule": rule.code, "level": level.code, "unknown": unknown}))


def _warnings(found: Sequence[Warning]) -> list[dict[str, Any]]:
    own = [one.own_reasons for one in found]
    records = listed(told for _because, told in own)
    return [
        _warning(one, _said(because.code, because.text, tuple(because.params.items())), told)
        for one, (because, _), told in zip(found, own, records, strict=True)
    ]


def _warning(one: Warning, because: Raw, records: dict[str, str]) -> dict[str, Any]:
    title, rule, source, avoid = _told(one.rule)
    return {
        "rule": one.rule.code, "level": one.level.code, "title": title, "count": one.count,
        "first": one.first.isoformat(), "last": one.last.isoformat(),
        "reasons": [rule, because, records, source, avoid],
    }  # fmt: skip


@lru_cache(maxsize=KEPT)
def _said(code: str, text: str, params: tuple[tuple[str, Any], ...]) -> Raw:
    return Raw(encode(said(Reason(code, text, dict(params)))))


@lru_cache(maxsize=KEPT)
def _told(rule: Rule) -> tuple[Raw, ...]:
    return tuple(Raw(encode(one)) for one in (titled(rule.title), *listed(told_of(rule))))
