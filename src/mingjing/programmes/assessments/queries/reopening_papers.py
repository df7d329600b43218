"""What the notice about something established later is filled in with, in the words of the office, in Chinese.

Not here: the templates (papers/), issuing (kernel.documents).
"""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from mingjing.engine.outcome import in_language
from mingjing.engine.quantities import points_text
from mingjing.programmes.assessments.models import Filing, FilingKind, Reopening
from mingjing.programmes.assessments.policy.filings import title_of
from mingjing.programmes.assessments.policy.procedures import clocks_of
from mingjing.programmes.assessments.queries.late_filings import with_filing
from mingjing.programmes.assessments.queries.papers import rules_named
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["NOTICES", "notice_of", "reopening_context"]

CHINESE = "zh-Hans"
NOTICES = {FilingKind.VETO: "assessments.reopening_notice", FilingKind.REFUTED: "assessments.bonus_notice"}
"""By what was filed the kind of the notice that its company is served with."""


def notice_of(filing: Filing) -> str:
    """The kind of its notice."""
    return NOTICES[FilingKind(filing.kind)]


def reopening_context(reopening: Reopening) -> dict[str, Any]:
    """The fields of the notice."""
    entry, filing = reopening.entry, reopening.filing
    scheme = scheme_of(entry.round.scheme)
    tiers = {tier.code: in_language(tier.title.texts, CHINESE) for tier in scheme.list_rules.tiers}
    now, found, points = with_filing(filing, entry, reopening.at)
    title = in_language(title_of(scheme.rubrics[entry.class_code], filing.kind, filing.code).texts, CHINESE)
    with translation.override("zh-hans"):
        told = {
            "community": entry.name,
            "round": entry.round.title,
            "was": tiers.get(now, now),
            "tier": tiers.get(found.tier, found.tier),
            "paper": filing.document,
            "reasons": [reason.say(gettext) for reason in found.reasons],
            "scheme": rules_named(entry.round.scheme, scheme),
            "days": str(clocks_of(scheme, "reopening")["notice"].days),
            "contact": entry.round.lead.display_name,
        }
    if filing.kind == FilingKind.REFUTED:
        granted = entry.filings.filter(kind=FilingKind.BONUS, code=filing.code, approved=True).last()
        proof = granted.document if granted else "—"
        return told | {"bonus": title, "points": points_text(points), "proof": proof, "why": filing.responsibility}
    day = filing.occurred_on
    return told | {
        "veto": title, "day": f"{day.year}年{day.month}月{day.day}日" if day else "—",
        "responsibility": filing.responsibility or "—",
    }  # fmt: skip
