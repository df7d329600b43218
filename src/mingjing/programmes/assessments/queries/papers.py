"""What documents of the programme are filled in with: facts, reasons and rights in the words of the office, in Chinese.

Not here: templates (papers/), issuing (kernel.documents).
"""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from mingjing.engine.accounts import Account, Line
from mingjing.engine.outcome import N_, in_language
from mingjing.engine.quantities import points_text
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.models import Result
from mingjing.programmes.assessments.policy.procedures import clocks_of
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.results import scheme_behind, worked_out

__all__ = ["fact_rows", "notice_context", "rules_named"]

CHINESE = "zh-Hans"
VETO = N_("veto of level {level}, by this official paper: {document}")
SHOWN = 12
"""Characters of a digest on paper; whoever asks the house by them finds the whole."""


def notice_context(result: Result) -> dict[str, Any]:
    """The fields of a pre-listing notice about a result."""
    assert result.entry is not None
    assert result.replay.round is not None
    scheme, worked = scheme_behind(result.replay), worked_out(result)
    tiers = {tier.code: tier.title for tier in scheme.list_rules.tiers}
    points = {name: "—" if value is None else points_text(value) for name, value in _figures(result).items()}
    with translation.override("zh-hans"):
        return {
            "community": result.entry.name,
            "round": result.replay.round.title,
            "tier": in_language(tiers[result.tier].texts, CHINESE),
            **points,
            "facts": fact_rows(worked.account),
            "reasons": [reason.say(gettext) for reason in worked.decision.reasons],
            "scheme": rules_named(result.replay.scheme, scheme),
            "days": str(clocks_of(scheme, "listing")["notice"].days),
            "contact": result.replay.round.lead.display_name,
        }


def rules_named(version: Version, scheme: Scheme) -> str:
    """The scheme with the version that decided and its digest: under the same title there may be others."""
    title = in_language(scheme.title.texts, CHINESE)
    return f"{title}（第{version.number}版，规则摘要{version.digest[:SHOWN]}）"


def _figures(result: Result) -> dict[str, int | None]:
    return {"base": result.base, "total": result.total}


def fact_rows(account: Account) -> list[dict[str, str]]:
    """The lines that cost points, and the vetoes in effect; in the language that is active."""
    lost = (_fact(line) for line in account.lines if line.points < 0)
    vetoes = (_veto(line) for line in account.lines if line.reason.code == "veto.effective")
    return [*lost, *vetoes]


def _fact(line: Line) -> dict[str, str]:
    """A line of the account as it stands in a document: check, what was found and where, evidence, points lost."""
    what = "，".join(part for part in (line.place, line.note) if part) or line.reason.say(gettext)
    title = in_language(line.title.texts, CHINESE)
    evidence = "、".join(digest[:SHOWN] for digest in line.evidence) or "—"
    return {"check": f"{line.code} {title}", "what": what, "evidence": evidence, "points": points_text(-line.points)}


def _veto(line: Line) -> dict[str, str]:
    """A veto: its level and official paper. Who approved it is on record, and none of the addressee's business."""
    said = line.reason.params
    what = gettext(VETO).format(level=said["level"], document=said["document"])
    return {"check": in_language(line.title.texts, CHINESE), "what": what, "evidence": "—", "points": "—"}
