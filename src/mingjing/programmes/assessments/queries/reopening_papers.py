"""What the notice about a veto established later is filled in with, in the words of the office, in Chinese.

Not here: the template (papers/), issuing (kernel.documents).
"""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from mingjing.engine.outcome import in_language
from mingjing.programmes.assessments.models import Reopening
from mingjing.programmes.assessments.policy.filings import title_of
from mingjing.programmes.assessments.policy.procedures import clocks_of
from mingjing.programmes.assessments.queries.late_vetoes import with_veto
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["reopening_context"]

CHINESE = "zh-Hans"


def reopening_context(reopening: Reopening) -> dict[str, Any]:
    """The fields of the notice."""
    entry, filing = reopening.entry, reopening.filing
    scheme = scheme_of(entry.round.scheme)
    tiers = {tier.code: in_language(tier.title.texts, CHINESE) for tier in scheme.list_rules.tiers}
    now, found = with_veto(filing, entry, reopening.at)
    day = filing.occurred_on
    with translation.override("zh-hans"):
        return {
            "community": entry.name,
            "round": entry.round.title,
            "was": tiers.get(now, now),
            "tier": tiers.get(found.tier, found.tier),
            "veto": in_language(title_of(scheme.rubrics[entry.class_code], filing.kind, filing.code).texts, CHINESE),
            "paper": filing.document,
            "day": f"{day.year}年{day.month}月{day.day}日" if day else "—",
            "responsibility": filing.responsibility or "—",
            "reasons": [reason.say(gettext) for reason in found.reasons],
            "scheme": in_language(scheme.title.texts, CHINESE),
            "days": str(clocks_of(scheme, "reopening")["notice"].days),
            "contact": entry.round.lead.display_name,
        }
