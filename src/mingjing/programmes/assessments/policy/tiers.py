"""Tiers as readers meet them on every face: their titles, and the tone each is shown in.

Not here: how a tier is decided (engine.lists), colours and shapes (the faces).
"""

from mingjing.engine.lists import UNDETERMINED, ListRules
from mingjing.engine.outcome import N_, Phrase, Titled

__all__ = ["tier_title", "tones"]


def tones(rules: ListRules) -> dict[str, str]:
    """The tone of each tier's tag, by its place: the best, the worst, the last but one, those between, the unranked."""
    ranked = [tier.code for tier in rules.tiers if tier.ranked]
    found = {tier.code: "open" for tier in rules.tiers} | dict.fromkeys(ranked, "plain")
    if len(ranked) > 3:
        found[ranked[-2]] = "watch"
    if len(ranked) > 1:
        found |= {ranked[0]: "honour", ranked[-1]: "black"}
    return {**found, UNDETERMINED: "bad"}


def tier_title(rules: ListRules, code: str) -> Titled | Phrase:
    """The title of a tier; sites whose tier cannot be decided have one too."""
    known = {tier.code: tier.title for tier in rules.tiers}
    return known.get(code, Phrase(N_("Undetermined")))
