"""Tiers and lines as the companies' pages show them. Not here: requests and responses."""

from collections.abc import Iterable, Mapping
from typing import Any

from mingjing.engine.accounts import Line, LineKind
from mingjing.engine.lists import ListRules
from mingjing.engine.outcome import N_, Phrase, Reason
from mingjing.kernel.evidence.copies import may_be_public
from mingjing.kernel.evidence.models import Access, Exhibit
from mingjing.programmes.assessments.policy.scheme import Scheme

__all__ = ["grouped", "looked_at", "tier_of"]


def tier_of(scheme: Scheme, code: str) -> dict[str, Any]:
    """Title and tone of a tier."""
    rules = scheme.list_rules
    known = {tier.code: tier.title for tier in rules.tiers}
    return {"tier": known.get(code, Phrase(N_("Undetermined"))), "tone": _tone(rules, code)}


def _tone(rules: ListRules, code: str) -> str:
    """By its place: the best, the worst, the last but one, those between, the unranked."""
    ranked = [tier.code for tier in rules.tiers if tier.ranked]
    if code not in ranked:
        return "open"
    place = ranked.index(code)
    if place == 0:
        return "honour"
    if place == len(ranked) - 1:
        return "black"
    return "watch" if place == len(ranked) - 2 and len(ranked) > 3 else "plain"


def grouped(lines: tuple[Line, ...], exhibits: Mapping[str, Exhibit]) -> dict[str, list[dict[str, Any]]]:
    """The lines of an account: what cost points, what was added, what did not count; with the evidence of each."""
    groups: dict[str, list[dict[str, Any]]] = {"lost": [], "gained": [], "uncounted": []}
    for line in lines:
        groups[_group(line)].append(
            {"line": line, "reason": _nameless(line.reason), **looked_at(line.evidence, exhibits)}
        )
    return groups


def _group(line: Line) -> str:
    if line.kind is LineKind.DEDUCTION and line.points:
        return "lost"
    return "gained" if line.points or line.reason.code == "veto.effective" else "uncounted"


def _nameless(reason: Reason) -> Reason:
    """Officials are not named to companies."""
    if "approver" not in reason.params:
        return reason
    return Reason(reason.code, reason.text, {**reason.params, "approver": Phrase(N_("somebody of the centre"))})


def looked_at(digests: Iterable[str], exhibits: Mapping[str, Exhibit]) -> dict[str, Any]:
    """What may be looked at, and how much is kept closed: papers with names, faces that nobody has covered yet."""
    cited = list(digests)
    named = [exhibits[digest] for digest in cited if digest in exhibits]
    shown = [one for one in named if one.access != Access.SEALED and one.is_picture and may_be_public(one)]
    return {"shown": shown, "closed": len(cited) - len(shown)}
