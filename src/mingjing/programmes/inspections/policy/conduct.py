"""Rules about how one visit went, and about officers, authorities and campaigns (Table C, B7, B8, B9's share, B10).

Not here: rules that count a firm's visits (counting).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from mingjing.engine.outcome import N_, Reason
from mingjing.programmes.inspections.policy.conditions import Facts
from mingjing.programmes.inspections.policy.counting import Key, grouped, units, window_start
from mingjing.programmes.inspections.policy.rules import Level, Pack, Rule
from mingjing.programmes.inspections.policy.visits import Visit
from mingjing.programmes.inspections.policy.warnings import Unjudged, Warning

__all__ = [
    "VISIT_TOLD", "Report", "blanket_told", "blanket_warnings", "is_blanket", "share_told", "share_warnings",
    "streak_told", "streak_warnings", "unjudged_visits", "unscanned_told", "unscanned_warnings", "visit_warnings",
    "warnings_of_itself",
]  # fmt: skip

VISIT_TOLD = Reason("inspections.visit", N_("This visit is what the rule describes."))


@dataclass(frozen=True, slots=True)
class Report:
    """That somebody says a firm was visited: the firm itself, or a penalty that cites a visit."""

    record: str
    day: date
    firm: str
    authority: str = ""


def visit_warnings(rule: Rule, visits: Iterable[Visit]) -> Iterator[Warning]:
    """The visits that meet the rule, each a warning of the first step that holds."""
    for visit in visits:
        if rule.holds(visit.day):
            step = next((one for one in rule.steps if visit.meets(one.when)), None)
            if step is not None:
                yield _about(rule, step.level, visit)


def warnings_of_itself(pack: Pack, visit: Visit) -> list[Warning]:
    """What `visit_warnings` of all rules of the day say to one visit: of the same facts what they said before."""
    rules = pack.on(visit.day, "visit")
    met: list[tuple[Rule, Level]] = pack.told_before(rules, visit.facts, _met)
    return [_about(rule, level, visit) for rule, level in met]


def _met(rules: Sequence[Rule], facts: Facts) -> list[tuple[Rule, Level]]:
    steps = ((rule, next((one for one in rule.steps if one.when.holds(facts)), None)) for rule in rules)
    return [(rule, step.level) for rule, step in steps if step is not None]


def unjudged_visits(rule: Rule, visits: Iterable[Visit]) -> Iterator[Unjudged]:
    """The visits that it cannot judge, because facts are unknown."""
    for visit in visits:
        verdicts = [step.when.verdict(visit.facts) for step in rule.steps] if rule.holds(visit.day) else []
        if None in verdicts and True not in verdicts:
            missing = (fact for step in rule.steps for fact in step.when.unknown(visit.facts))
            yield Unjudged(rule, visit.record, tuple(dict.fromkeys(missing)))


def _about(rule: Rule, level: Level, visit: Visit) -> Warning:
    return _warning(rule, level, [visit], 1, VISIT_TOLD)


def unscanned_warnings(rule: Rule, visits: Iterable[Visit], reports: Iterable[Report]) -> Iterator[Warning]:
    """Reports of visits of one firm without a record of an entry so many days around (C1)."""
    entered = [visit for visit in visits if not visit.void]
    around = timedelta(days=rule.numbers["days"])
    for report in sorted(reports, key=lambda one: (one.day, one.record)):
        near = [visit for visit in entered if abs(visit.day - report.day) <= around]
        by = [visit for visit in near if not report.authority or visit.authority in ("", report.authority)]
        if rule.holds(report.day) and not by:
            said = Visit(record=report.record, day=report.day, firm=report.firm, authority=report.authority)
            yield _warning(rule, rule.steps[0].level, [said], 1, unscanned_told(rule))


def unscanned_told(rule: Rule) -> Reason:
    """Why a report warned."""
    text = N_("Somebody was there by what is told, and no entry is recorded within {days} days of it.")
    return Reason("inspections.unscanned", text, {"days": rule.numbers["days"]})


def streak_warnings(rule: Rule, visits: Iterable[Visit]) -> Iterator[Warning]:
    """The same officers again and again at one firm, where chance was to choose them (C9).

    A run is one warning, up to its last visit that the rule judges. A visit whose officers nobody knows is passed over.
    """
    asked, times = rule.count, rule.numbers["times"]
    assert asked is not None
    for key, group in grouped(asked, (visit for visit in visits if visit.officers)).items():
        for run in _same_officers(units(group)):
            judged = [at for at, visit in enumerate(run, 1) if at >= times and rule.holds(visit.day)]
            if judged:
                told, count = run[: judged[-1]], judged[-1]
                yield _warning(rule, rule.steps[0].level, told, count, streak_told(count), key=key)


def streak_told(times: int) -> Reason:
    """Why a run of the same officers warned."""
    return Reason("inspections.streak", N_("The draw sent the same officers {times} times running."), {"times": times})


def _same_officers(visits: Iterable[Visit]) -> Iterator[list[Visit]]:
    for _, run in groupby(visits, key=lambda visit: frozenset(visit.officers)):
        yield list(run)


def share_warnings(rule: Rule, visits: Iterable[Visit]) -> Iterator[Warning]:
    """The share of an authority's visits, of all firms, that a step describes, by period, above a percentage (B9)."""
    asked, step, percent = rule.count, rule.steps[0], rule.numbers["percent"]
    assert asked is not None
    for key, group in grouped(asked, (visit for visit in visits if rule.holds(visit.day))).items():
        periods: dict[date, dict[tuple[str, str], Visit]] = {}
        for visit in group:
            periods.setdefault(window_start(asked.window, visit.day), {}).setdefault((visit.firm, visit.unit), visit)
        for period in sorted(periods):
            every = list(periods[period].values())
            part = [visit for visit in every if step.when.verdict(visit.facts) is True]
            if len(every) >= step.least and len(part) * 100 > percent * len(every):
                because = share_told(rule, len(part), len(every))
                yield _warning(rule, step.level, part, len(part), because, key=key, firm="")


def share_told(rule: Rule, part: int, every: int) -> Reason:
    """Why a share warned."""
    text = N_("{part} of {all} visits of the authority are of that kind, more than {percent}%.")
    params = {"part": part, "all": every, "percent": rule.numbers["percent"]}
    return Reason("inspections.share", text, params)


def is_blanket(rule: Rule, *, targets: int, eligible: int, day: date) -> Reason | None:
    """Why a campaign is one that spares nobody (B8), or None; nobody to choose from is no campaign."""
    percent = rule.numbers["percent"]
    if not rule.holds(day) or not eligible or targets * 100 < percent * eligible:
        return None
    return blanket_told(rule, targets, eligible)


def blanket_told(rule: Rule, targets: int, eligible: int) -> Reason:
    """Why a campaign warned."""
    text = N_("The campaign is to visit {targets} of {eligible} firms, {percent}% or more.")
    params = {"targets": targets, "eligible": eligible, "percent": rule.numbers["percent"]}
    return Reason("inspections.blanket", text, params)


def blanket_warnings(rule: Rule, visits: Iterable[Visit]) -> Iterator[Warning]:
    """Campaigns of which visits tell the name, and from how many firms the authority could choose (B8)."""
    campaigns: dict[tuple[str, str], list[Visit]] = {}
    for visit in visits:
        if rule.holds(visit.day) and visit.authority and (name := str(visit.facts.get("campaign") or "")):
            campaigns.setdefault((visit.authority, name), []).append(visit)
    for (authority, name), group in campaigns.items():
        eligible = max((int(visit.facts.get("eligible") or 0) for visit in group), default=0)
        targets = len({visit.firm for visit in group})
        if because := is_blanket(rule, targets=targets, eligible=eligible, day=group[0].day):
            key = (("authority", authority), ("campaign", name))
            yield _warning(rule, rule.steps[0].level, group, targets, because, key=key, firm="")


def _warning(
    rule: Rule, level: Level, visits: Sequence[Visit], count: int, because: Reason, *, key: Key = (),
    firm: str | None = None,
) -> Warning:  # fmt: skip
    return Warning(
        rule=rule, level=level, firm=visits[0].firm if firm is None else firm, key=key, first=visits[0].day,
        last=visits[-1].day, count=count, records=tuple(dict.fromkeys(visit.record for visit in visits)),
        authorities=tuple(sorted({visit.authority for visit in visits} - {""})), because=because,
    )  # fmt: skip
