"""What a correction makes of a sheet and of a row of a list. Facts in, values and reasons out.

A correction gives back: a finding is struck or weighs less, a filing or a listing falls. It takes from one only, and
only by what was established later (a veto, a contradicted bonus) about which its company was told and heard in a
proceeding of its own. Whoever is not the one it is about keeps the tier that was published; the ranks are told anew. A
rank that would put somebody into a tier that takes rights does not, for nobody told and heard them; one that would free
somebody from such a tier does. A place that became vacant is filled by nobody. Not here: reading what was corrected
(queries.restated).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from mingjing.engine.lists import Decision
from mingjing.engine.outcome import N_, Reason, Titled

__all__ = ["HEARD", "Placed", "Remedy", "amended", "place"]


HEARD = Reason(
    "correction.heard",
    N_("Established only after the decision; the company was told and heard, and the panel decided."),
)


@dataclass(frozen=True, slots=True)
class Remedy:
    """What an upheld appeal changes: findings by (key of the record, key of the finding) to the steps that are left (0
    strikes it), the keys of filings that no longer count, or the listing itself (`listing`)."""

    findings: Mapping[tuple[int, str], int] = field(default_factory=lambda: MappingProxyType({}))
    filings: frozenset[int] = frozenset()
    listing: bool = False

    def __bool__(self) -> bool:
        return bool(self.findings or self.filings or self.listing)


@dataclass(frozen=True, slots=True)
class Placed:
    """The tier of a row, and why it is not the one that was decided, or that the rules would give now."""

    tier: str
    reasons: tuple[Reason, ...] = ()


def amended(document: Mapping[str, Any], steps: Mapping[str, int]) -> dict[str, Any]:
    """The sheet of a visit as it counts: findings with fewer steps, and without those that have none left."""
    if not steps or "findings" not in document:
        return dict(document)
    kept = [
        {**finding, "steps": min(finding["steps"], steps.get(finding["id"], finding["steps"]))}
        for finding in document["findings"]
        if steps.get(finding["id"], 1) > 0
    ]
    return {**document, "findings": kept}


def place(
    before: Placed,
    found: Decision | None,
    spared: Decision | None,
    adverse: Collection[str],
    titles: Mapping[str, Titled],
    *,
    own: bool,
    stands: bool,
    why: Reason | None = None,
    heard: str = "",
) -> Placed:
    """The row of a corrected list; `before` is as published, or as decided.

    `found` is what the rules say now (None: nothing about it changed), `spared` the same without tiers that take
    rights. `own`: the correction is about this very row. `stands`: its notice, hearing and decision hold; `why` says
    what no longer does. `heard` is the tier of which its company was told for what was established later, and heard.
    """
    if before.tier in adverse and not stands:
        assert spared is not None
        return Placed(spared.tier, (*((why,) if why else ()), *spared.reasons))
    if found is None or found.tier == before.tier:
        return before
    if found.tier in adverse and found.tier != heard:
        text = N_(
            "By the corrected figures the rules would give {tier}; nobody told and heard the company, so it stays."
        )
        return Placed(before.tier, (*before.reasons, Reason("correction.unheard", text, {"tier": titles[found.tier]})))
    if heard and _below(found.tier, before.tier, titles):
        return Placed(found.tier, (HEARD, *found.reasons))
    if own or before.tier in adverse:
        text = N_("Corrected: it stands where the rules put it by the corrected figures.")
        return Placed(found.tier, (Reason("correction.moved", text), *found.reasons))
    text = N_("By the corrected ranks the rules would give {tier}; a correction of others moves nobody.")
    title = titles.get(found.tier, Titled({"en": found.tier, "zh-Hans": found.tier}))
    return Placed(before.tier, (*before.reasons, Reason("correction.others", text, {"tier": title})))


def _below(tier: str, other: str, titles: Mapping[str, Titled]) -> bool:
    """Whether a tier is worse than another; `titles` are in their order, the best first."""
    order = list(titles)
    return tier in order and other in order and order.index(tier) > order.index(other)
