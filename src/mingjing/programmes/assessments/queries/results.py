"""Reads of results: a stored one as a row, as a sheet and worked out anew. Not here: how a list looks."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import Count, Max

from mingjing.engine.lists import Distribution, Tier, decide, overtaken
from mingjing.engine.outcome import Reason, Refusal
from mingjing.engine.scoring import Sheet, score
from mingjing.kernel.ledger.models import Fact
from mingjing.programmes.assessments.models import UNRANKED, Replay, ReplayPurpose, Result
from mingjing.programmes.assessments.policy.decisions import Result as Worked
from mingjing.programmes.assessments.policy.decisions import work_out
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.policy.sheets import read_sheet
from mingjing.programmes.assessments.queries.schemes import scheme_from, scheme_of

__all__ = [
    "Overtaken", "completion_of", "distribution", "overtaken_among", "row_of", "scheme_behind", "sheet_of", "worked_by",
    "worked_out",
]  # fmt: skip

Overtaken = tuple[Tier, tuple[Reason, ...]]
"""A better tier in which somebody of a worse rank stands, and why this one stands where it does."""

ENDINGS: Mapping[ReplayPurpose, tuple[str, Callable[[Replay], str]]] = {
    ReplayPurpose.FILE: ("assessments.replay.completed", lambda replay: replay.subject),
    ReplayPurpose.DECISION: ("assessments.round.decided", lambda replay: f"assessments.round:{replay.round_id}"),
    ReplayPurpose.WHAT_IF: ("assessments.what_if.answered", lambda replay: f"assessments.what_if:{replay.what_if_id}"),
}
"""The kind of the fact that completes a replay, and its subject, by what the replay is for."""


def scheme_behind(replay: Replay) -> Scheme:
    """The compiled scheme that a replay judges by."""
    return scheme_from(replay.scheme_text) if replay.scheme_text else scheme_of(replay.scheme)


def row_of(scheme: Scheme, result: Result) -> dict[str, Any]:
    """The row of a stored result, as `policy.decisions.result_row` gives it."""
    text = scheme.rounding.text
    return {
        "key": result.key,
        "class": result.class_code,
        "base": None if result.base is None else text(result.base),
        "bonus": None if result.bonus is None else text(result.bonus),
        "total": None if result.total is None else text(result.total),
        "tier": result.tier,
        "rank": result.rank,
        "checks": result.checks,
    }


def sheet_of(scheme: Scheme, result: Result) -> Sheet:
    """The score sheet of a stored result."""
    return read_sheet(result.sheet_document, scheme, scheme.rubrics[result.class_code])


def distribution(scheme: Scheme, replay: Replay, class_code: str) -> Distribution:
    """How many of the ranked of a class have each total: one query."""
    ranked = Result.objects.filter(replay=replay, class_code=class_code, standing__lt=UNRANKED)
    counts = dict(ranked.values_list("total").annotate(count=Count("id")))
    return Distribution.of_counts(counts, lower_is_better=scheme.rubrics[class_code].lower_is_better)


def worked_out(result: Result) -> Worked:
    """A stored result worked out again by the scheme version that made it: every line, the reasons, the way out."""
    scheme = scheme_behind(result.replay)
    return worked_by(scheme, result, distribution(scheme, result.replay, result.class_code))


def worked_by(scheme: Scheme, result: Result, totals: Distribution) -> Worked:
    """The same among these totals of its class.

    Where the total that the rules give is not among them, the database was changed: the result then has no rank, and
    is not what is stored (`row_of` against `result_row` shows it).
    """
    sheet = sheet_of(scheme, result)
    try:
        return work_out(scheme, result.class_code, result.key, sheet, totals)
    except KeyError:
        return work_out(scheme, result.class_code, result.key, sheet, None)


def overtaken_among(scheme: Scheme, replay: Replay, class_code: str, rows: Iterable[Result]) -> dict[int, Overtaken]:
    """Those of `rows`, of one class, that stand in a lower tier than somebody of a worse rank, by id: two queries."""
    ranked = Result.objects.filter(replay=replay, class_code=class_code, standing__lt=UNRANKED)
    last = dict(ranked.values_list("tier").annotate(last=Max("standing")))
    totals = distribution(scheme, replay, class_code)
    told = ((row, overtaken(scheme.list_rules, row.tier, row.standing, last)) for row in rows if row.rank)
    found = ((row.pk, tier, _reasons(scheme, row, totals)) for row, tier in told if tier)
    return {pk: (tier, reasons) for pk, tier, reasons in found if reasons}


def _reasons(scheme: Scheme, result: Result, totals: Distribution) -> tuple[Reason, ...]:
    """Why a stored result has its tier; none where the rules give another one: its own page says so loudly."""
    try:
        sheet = sheet_of(scheme, result)
    except Refusal:
        return ()
    numbers = score(scheme.rubrics[result.class_code], sheet)
    if numbers.total is None or numbers.total not in totals.counts:
        return ()
    found = decide(scheme.list_rules, numbers, sheet.attributes, totals.standing(numbers.total))
    return found.reasons if found.tier == result.tier else ()


def completion_of(replay: Replay) -> Fact:
    """The fact that completed a replay: its root, the tiers by class, for a file how many published figures agree."""
    kind, subject = ENDINGS[ReplayPurpose(replay.purpose)]
    facts = Fact.objects.filter(kind=kind, subject=subject(replay)).order_by("seq")
    return next(fact for fact in facts if fact.values["replay"] == replay.pk)
