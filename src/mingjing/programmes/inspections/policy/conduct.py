"""Rules about how one visit went, and about officers, authorities and campaigns (Table C, B7, B8, B9's share, B10).

Not here: rules that count a firm's visits (counting).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from mingjing.engine.outcome import N_, Reason
from mingjing.programmes.inspections.policy.counting import window_start
from mingjing.programmes.inspections.policy.rules import Level, Rule
from mingjing.programmes.inspections.policy.visits import Visit
from mingjing.programmes.inspections.policy.warnings import Unjudged, Warning

__all__ = ["Report", "is_blanket", "share_warnings", "streak_warnings", "unscanned_warnings", "visit_warnings"]


@dataclass(frozen=True, slots=True)
class Report:
    """That somebody says a firm was visited: the firm itself, or a penalty that cites a visit."""

    record: str
    day: date
    firm: str
    authority: str = ""


def visit_warnings(rule: Rule, visits: Iterable[Visit]) -> Iterator[Warning | Unjudged]:
    """The visits that meet the rule, each a warning of the first step that holds; those it cannot judge are told."""
    for visit in visits:
        if not rule.holds(visit.day):
            continue
        verdicts = [step.when.verdict(visit.facts) for step in rule.steps]
        if True in verdicts:
            yield _about(rule, rule.steps[verdicts.index(True)].level, visit)
        elif None in verdicts:
            missing = (fact for step in rule.steps for fact in step.when.unknown(visit.facts))
            yield Unjudged(rule, visit.record, tuple(dict.fromkeys(missing)))


def _about(rule: Rule, level: Level, visit: Visit) -> Warning:
    return _warning(rule, level, [visit], 1, Reason("inspections.visit", N_("This visit is what the rule describes.")))


def unscanned_warnings(rule: Rule, visits: Iterable[Visit], reports: Iterable[Report]) -> Iterator[Warning]:
    """Reports of visits of one firm without a record of an entry so many days around (C1)."""
    entered = [visit for visit in visits if not visit.void]
    around = timedelta(days=rule.numbers["days"])
    for report in sorted(reports, key=lambda one: (one.day, one.record)):
        near = [visit for visit in entered if abs(visit.day - report.day) <= around]
        by = [visit for visit in near if not report.authority or visit.authority in ("", report.authority)]
        if rule.holds(report.day) and not by:
            text = N_("Somebody was there by what is told, and no entry is recorded within {days} days of it.")
            because = Reason("inspections.unscanned", text, {"days": rule.numbers["days"]})
            said = Visit(record=report.record, day=report.day, firm=report.firm, authority=report.authority)
            yield _warning(rule, rule.steps[0].level, [said], 1, because)


def streak_warnings(rule: Rule, visits: Iterable[Visit]) -> Iterator[Warning]:
    """The same officers again and again at one firm, where chance was to choose them (C9)."""
    asked, times = rule.count, rule.numbers["times"]
    assert asked is not None
    run: list[Visit] = []
    for visit in visits:
        if asked.visits.verdict(visit.facts) is not True or not visit.officers:
            continue
        if run and set(run[-1].officers) != set(visit.officers):
            run = []
        run.append(visit)
        if len(run) >= times and rule.holds(visit.day):
            text = N_("The draw sent the same officers {times} times running.")
            because = Reason("inspections.streak", text, {"times": len(run)})
            yield _warning(rule, rule.steps[0].level, run, len(run), because)


def share_warnings(rule: Rule, visits: Iterable[Visit]) -> Iterator[Warning]:
    """The share of one authority's visits that a step describes, by period, above a percentage (B9)."""
    asked, step, percent = rule.count, rule.steps[0], rule.numbers["percent"]
    assert asked is not None
    periods: dict[date, dict[str, Visit]] = {}
    for visit in visits:
        if rule.holds(visit.day) and asked.visits.verdict(visit.facts) is True:
            periods.setdefault(window_start(asked.window, visit.day), {}).setdefault(visit.unit, visit)
    for period in sorted(periods):
        every = list(periods[period].values())
        part = [visit for visit in every if step.when.verdict(visit.facts) is True]
        if len(every) >= step.least and len(part) * 100 > percent * len(every):
            text = N_("{part} of {all} visits of the authority are of that kind, more than {percent}%.")
            params = {"part": len(part), "all": len(every), "percent": percent}
            yield _warning(rule, step.level, part, len(part), Reason("inspections.share", text, params))


def is_blanket(rule: Rule, *, targets: int, eligible: int, day: date) -> Reason | None:
    """Why a campaign is one that spares nobody (B8), or None; nobody to choose from is no campaign."""
    percent = rule.numbers["percent"]
    if not rule.holds(day) or not eligible or targets * 100 < percent * eligible:
        return None
    text = N_("The campaign is to visit {targets} of {eligible} firms, {percent}% or more.")
    return Reason("inspections.blanket", text, {"targets": targets, "eligible": eligible, "percent": percent})


def _warning(rule: Rule, level: Level, visits: Sequence[Visit], count: int, because: Reason) -> Warning:
    return Warning(
        rule=rule, level=level, firm=visits[0].firm, key=(), first=visits[0].day, last=visits[-1].day, count=count,
        records=tuple(dict.fromkeys(visit.record for visit in visits)),
        authorities=tuple(sorted({visit.authority for visit in visits} - {""})), because=because,
    )  # fmt: skip
