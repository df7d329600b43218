"""What documents of the programme are filled in with: facts, reasons and rights in the words of the office, in Chinese.

Not here: templates (papers/), issuing (kernel.documents).
"""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from mingjing.engine.accounts import Account, Line
from mingjing.engine.outcome import in_language
from mingjing.engine.quantities import points_text
from mingjing.programmes.assessments.models import Result
from mingjing.programmes.assessments.policy.procedures import clocks_of
from mingjing.programmes.assessments.queries.results import scheme_behind, worked_out

__all__ = ["fact_rows", "notice_context"]

CHINESE = "zh-Hans"


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
            "scheme": in_language(scheme.title.texts, CHINESE),
            "days": str(clocks_of(scheme, "listing")["notice"].days),
            "contact": result.replay.round.lead.display_name,
        }


def _figures(result: Result) -> dict[str, int | None]:
    return {"base": result.base, "total": result.total}


def fact_rows(account: Account) -> list[dict[str, str]]:
    """The lines that cost points or rights; in the language that is active."""
    return [_fact(line) for line in account.lines if line.points < 0 or line.kind.value == "veto"]


def _fact(line: Line) -> dict[str, str]:
    """A line of the account as it stands in a document: check, what was found and where, points lost."""
    what = "，".join(part for part in (line.place, line.note) if part) or line.reason.say(gettext)
    title = in_language(line.title.texts, CHINESE)
    return {"check": f"{line.code} {title}", "what": what, "points": points_text(-line.points)}
