"""Everything a pack has to say of one firm's records: the plain function.

What is live at the gate and what runs over a whole file (queries.columns) agree with it.
"""

from collections.abc import Iterable

from mingjing.programmes.inspections.policy.conduct import (
    Report,
    blanket_warnings,
    share_warnings,
    streak_warnings,
    unjudged_visits,
    unscanned_warnings,
    visit_warnings,
    warnings_of_itself,
)
from mingjing.programmes.inspections.policy.counting import Beside, count_warnings, warnings_on
from mingjing.programmes.inspections.policy.rules import Pack
from mingjing.programmes.inspections.policy.visits import Visit, standing
from mingjing.programmes.inspections.policy.warnings import Unjudged, Warning, worst_first

__all__ = ["judge", "judge_all", "judge_with", "unjudged"]


COUNTED = ("count", "streak")
OF_ONE_FIRM = (*COUNTED, "visit")
"""Kinds of rules that the records of one firm answer."""


def judge(pack: Pack, visits: Iterable[Visit]) -> list[Warning]:
    """The warnings of one firm, worst first; records that were corrected or voided raise none.

    A record that was corrected into another firm's is for whoever gathers the records to leave out (`standing`).
    """
    kept, found = standing(visits), list[Warning]()
    for rule in pack.of(*OF_ONE_FIRM):
        find = {"count": count_warnings, "visit": visit_warnings, "streak": streak_warnings}[rule.kind]
        found += find(rule, kept)
    return worst_first(found)


def judge_all(pack: Pack, visits: Iterable[Visit], reports: Iterable[Report] = ()) -> list[Warning]:
    """The warnings of all firms together, and those about authorities and campaigns; `reports` as others tell them."""
    kept, told = standing(visits), list(reports)
    firms: dict[str, list[Visit]] = {report.firm: [] for report in told}
    for visit in kept:
        firms.setdefault(visit.firm, []).append(visit)
    found: list[Warning] = []
    for firm, own in firms.items():
        found += judge(pack, own)
        for rule in pack.of("unscanned"):
            found += unscanned_warnings(rule, own, (one for one in told if one.firm == firm))
    for rule in pack.of("share"):
        found += share_warnings(rule, kept)
    for rule in pack.of("blanket"):
        found += blanket_warnings(rule, kept)
    return found


def judge_with(pack: Pack, visits: Iterable[Visit], coming: Visit) -> list[Warning]:
    """The warnings that a visit, arriving or only planned, takes part in: what the officer is told at the gate.

    A warning ends on a day that its rule judges, so rules of other days need not be asked.
    """
    kept, day, found = standing([*visits, coming]), coming.day, list[Warning]()
    for alone in kept:
        if alone.record == coming.record:
            found += warnings_of_itself(pack, alone)
    beside = Beside(kept, coming)
    for rule in pack.on(day, *COUNTED):
        if counted := beside.of(rule):
            found += warnings_on(rule, counted, day) if rule.kind == "count" else streak_warnings(rule, counted)
    return worst_first(one for one in found if one.last == day and coming.record in one.records)


def unjudged(pack: Pack, visits: Iterable[Visit]) -> list[Unjudged]:
    """Records that rules about single visits cannot judge, because facts are unknown."""
    kept = standing(visits)
    return [one for rule in pack.of("visit") for one in unjudged_visits(rule, kept)]
