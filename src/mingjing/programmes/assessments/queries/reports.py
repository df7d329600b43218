"""Where the figures of a round's report come from, and the rows behind each of them.

The same number of statements at 136 communities and at 5,000. A decided round's results never change, so what they
lost is kept with the decision (jobs.reports). Not here: the figures themselves (policy.reports, policy.alarms).
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache

from django.db.models import Count, QuerySet

from mingjing.engine.lists import UNDETERMINED
from mingjing.engine.outcome import Phrase, Titled
from mingjing.engine.scoring import counted_steps
from mingjing.kernel.cases.models import Case
from mingjing.kernel.parties.models import Person
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.kernel.proceedings.queries import Stands, stands_of
from mingjing.programmes.assessments.models import Edition, Purpose, Replay, Round, TeamMember, VisitRecord
from mingjing.programmes.assessments.policy.alarms import Bunching, Leaning, Seen, bunching, leanings
from mingjing.programmes.assessments.policy.edges import cut_offs
from mingjing.programmes.assessments.policy.moves import compare, gone, tally
from mingjing.programmes.assessments.policy.procedures import REJECTED, UPHELD
from mingjing.programmes.assessments.policy.reports import (
    Disputes,
    Figures,
    Order,
    Row,
    class_figures,
    lost_of,
    orders_of,
)
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.policy.sheets import read_sheet
from mingjing.programmes.assessments.policy.tiers import tier_title
from mingjing.programmes.assessments.queries.editions import newest_of
from mingjing.programmes.assessments.queries.lists import decision_of, not_assessed, round_before, stood
from mingjing.programmes.assessments.queries.results import scheme_behind

__all__ = [
    "DISPUTES", "Report", "Totals", "disputes_of", "leanings_of", "losers", "losses_of", "orders_in", "report_of",
    "totals_of",
]  # fmt: skip

DISPUTES = ("objection", "appeal")
RECTIFICATION = "rectification"
Losses = Mapping[tuple[str, str], tuple[tuple[int, int, int], ...]]
"""By class and check: index of the result, steps and points (hundredths) lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The totals of a decided round; `edition` is the published list, whose rows count once there is one."""

    round: Round
    decided: Replay
    scheme: Scheme
    edition: Edition | None
    rows: Sequence[Row]
    crowds: Mapping[str, tuple[Bunching, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Totals):
    """The same with all figures of its report."""

    earlier: Round | None
    gone: int
    figures: Figures


def totals_of(round_: Round) -> Totals | None:
    """The totals of a round and how they lie around its cut-offs; None while it is not decided."""
    decided = decision_of(round_)
    if decided is None:
        return None
    scheme, edition = scheme_behind(decided), newest_of(round_)
    rows = _rows(decided, edition)
    return Totals(
        round=round_, decided=decided, scheme=scheme, edition=edition, rows=rows, crowds=_crowds(scheme, rows)
    )


def report_of(round_: Round, now: datetime) -> Report | None:
    """The report of a round; None while it is not decided."""
    totals = totals_of(round_)
    if totals is None:
        return None
    decided, scheme, rows, earlier = totals.decided, totals.scheme, totals.rows, round_before(round_)
    classes = tuple(class_figures(scheme.list_rules, code, rows) for code in scheme.classes)
    moves, lost_now = _moves(decided, scheme, earlier)
    told = disputes_of(round_, now)
    figures = Figures(
        title=round_.title,
        communities=round_.entries.count(),
        absent=_absent(round_),
        classes=classes,
        tiers=_tiers(scheme, rows),
        lost=lost_of(_by_check(decided, scheme), {one.code: one.scored for one in classes}),
        moves=moves,
        orders=orders_of((_order(case) for case in orders_in(round_)), now),
        objections=_counted(one for one in told if one.proceeding.kind == "objection"),
        appeals=_counted(one for one in told if one.proceeding.kind == "appeal"),
    )
    known = {field.name: getattr(totals, field.name) for field in fields(totals)}
    return Report(**known, earlier=earlier, gone=lost_now, figures=figures)


def _rows(decided: Replay, edition: Edition | None) -> list[Row]:
    """The published rows, or those decided while nothing is published: one statement."""
    found = edition.rows if edition else decided.results
    return [Row(*values) for values in found.values_list("class_code", "tier", "total").order_by()]


def _tiers(scheme: Scheme, rows: Sequence[Row]) -> tuple[tuple[Titled | Phrase, int], ...]:
    codes = [tier.code for tier in scheme.list_rules.tiers] + [UNDETERMINED]
    counts = {code: sum(row.tier == code for row in rows) for code in codes}
    return tuple((tier_title(scheme.list_rules, code), counts[code]) for code in codes)


def _absent(round_: Round) -> tuple[tuple[str, int], ...]:
    """Those not assessed by the reason given, most frequent first; an empty reason where nobody gave one."""
    found = not_assessed(round_).select_related(None).order_by().values_list("not_assessed_reason")
    return tuple(sorted(found.annotate(n=Count("pk")), key=lambda one: (-one[1], one[0])))


def _moves(decided: Replay, scheme: Scheme, earlier: Round | None) -> tuple[dict[str, int], int]:
    """What became of everybody since the round before, and how many are gone."""
    before = decision_of(earlier) if earlier else None
    return _moved(decided, before, scheme) if before else ({}, 0)


def _moved(decided: Replay, before: Replay, scheme: Scheme) -> tuple[dict[str, int], int]:
    here, there = stood(decided), stood(before)
    counts = tally(compare(here.values(), there, scheme.list_rules, scheme_behind(before).list_rules))
    summed: Counter[str] = Counter()
    for found in counts.values():
        summed.update(found)
    return dict(summed), len(gone(here.values(), there))


def _crowds(scheme: Scheme, rows: Iterable[Row]) -> dict[str, tuple[Bunching, ...]]:
    """The alarm at every cut-off of every class."""
    bounds = cut_offs(scheme.list_rules, "total")
    tests = max(1, len(bounds) * len(scheme.classes))
    totals: dict[str, dict[int, int]] = {code: {} for code in scheme.classes}
    for row in rows:
        if row.total is not None and row.class_code in totals:
            counts = totals[row.class_code]
            counts[row.total] = counts.get(row.total, 0) + 1
    return {
        code: tuple(
            bunching(counts, at, tests=tests, lower_is_better=scheme.rubrics[code].lower_is_better) for at in bounds
        )
        for code, counts in totals.items()
    }


def _by_check(decided: Replay, scheme: Scheme) -> dict[tuple[str, str], tuple[Titled, list[int]]]:
    found = _losses(decided.pk, decided.results_root)
    return {
        (class_code, code): (scheme.rubrics[class_code].checks[code].title, [points for _, _, points in rows])
        for (class_code, code), rows in found.items()
    }


OBSERVED = frozenset({"findings", "not_applicable"})
"""The parts of a sheet that cost points on checks."""


@lru_cache(maxsize=8)
def _losses(replay: int, root: str) -> Losses:
    """What every result lost on every check. The root is over all results: other results, another key."""
    decided = Replay.objects.select_related("scheme__rulebook", "kept_losses").get(pk=replay, results_root=root)
    if (kept := getattr(decided, "kept_losses", None)) is None:  # decided a moment ago, or by an earlier version
        return losses_of(decided)
    return {(code, check): tuple(map(tuple, rows)) for code, check, rows in json.loads(kept.found)}


def losses_of(decided: Replay) -> Losses:
    """The same worked out from the sheets: seconds for thousands of communities."""
    scheme = scheme_behind(decided)
    found: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
    scored = decided.results.filter(total__isnull=False).order_by("index")
    for result in scored.only("index", "class_code", "sheet", "replay_id").iterator(chunk_size=500):
        rubric = scheme.rubrics[result.class_code]
        looked = {name: part for name, part in result.sheet_document.items() if name in OBSERVED}
        steps, _critical = counted_steps(rubric, read_sheet(looked, scheme, rubric))
        for code, count in steps.items():
            if points := rubric.checks[code].rule.lost(count):
                found.setdefault((result.class_code, code), []).append((result.index, count, points))
    return {key: tuple(rows) for key, rows in found.items()}


def losers(decided: Replay, class_code: str, check: str) -> Mapping[int, tuple[int, int]]:
    """Who lost points on a check: steps and points (hundredths) by index of the result."""
    found = _losses(decided.pk, decided.results_root).get((class_code, check), ())
    return {index: (steps, points) for index, steps, points in found}


def orders_in(round_: Round) -> QuerySet[Case]:
    """The orders that the records of a round led to."""
    records = VisitRecord.objects.filter(round=round_).values_list("pk", flat=True)
    known = {f"assessments.visit:{pk}" for pk in records}
    asked = Case.objects.filter(programme="assessments", kind=RECTIFICATION, opened_at__gte=round_.opened_at)
    named = asked.filter(area=round_.area).values_list("pk", "subject")
    return Case.objects.filter(pk__in=[pk for pk, subject in named if subject.partition("/")[0] in known])


def _order(case: Case) -> Order:
    return Order(case.due_at, case.claimed_at, case.closed_at, case.outcome)


def disputes_of(round_: Round, now: datetime) -> list[Stands]:
    """Objections to the round's findings and appeals against its lists, with where each stands."""
    asked = Proceeding.objects.filter(programme="assessments", kind__in=DISPUTES, area=round_.area)
    known = {f"assessments.visit:{pk}" for pk in VisitRecord.objects.filter(round=round_).values_list("pk", flat=True)}
    known |= {edition.subject for edition in Edition.objects.filter(round=round_).only("pk")}
    rows = asked.filter(opened_at__gte=round_.opened_at).select_related("area", "organisation").order_by("id")
    return list(stands_of([one for one in rows if one.subject.partition("/")[0] in known], now).values())


def _counted(found: Iterable[Stands]) -> Disputes:
    said = [one.standing.said.get("decision", "") for one in found]
    return Disputes(said.count(UPHELD), said.count(REJECTED), len(said) - said.count(UPHELD) - said.count(REJECTED))


def leanings_of(round_: Round, decided: Replay, scheme: Scheme) -> tuple[tuple[Person, Leaning], ...]:
    """Everybody who was on a team, with how their records lie: the strongest lean first. Three statements."""
    bases = dict(decided.results.filter(base__isnull=False).values_list("entry", "base"))
    team: dict[int, list[int]] = {}
    members = TeamMember.objects.filter(team_day__draw__round=round_, removed_at=None)
    for day, person in members.values_list("team_day", "person"):
        team.setdefault(day, []).append(person)
    records = VisitRecord.objects.done().filter(round=round_, purpose=Purpose.FIRST)
    seen = [
        Seen(tuple(str(pk) for pk in sorted(set(team.get(day, ())))), class_code, base)
        for entry, day, class_code in records.values_list("entry", "team_day", "entry__class_code").order_by("pk")
        if (base := bases.get(entry)) is not None
    ]
    lower = any(rubric.lower_is_better for rubric in scheme.rubrics.values())
    found = sorted(leanings(seen, lower_is_better=lower), key=lambda one: (one.chance, one.person))
    people = Person.objects.in_bulk([int(one.person) for one in found])
    return tuple((people[int(one.person)], one) for one in found)
