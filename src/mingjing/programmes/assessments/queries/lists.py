"""Reads of decided rounds: the decision, the list of a class, what it was before, who was not assessed, who moved.

Constant numbers of queries, whatever the number of communities. Not here: sheets (queries.sheets), how a list looks.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.fields import CharField
from django.db.models.functions import Coalesce, Least

from mingjing.engine.lists import ListRules
from mingjing.kernel.db.search import matching
from mingjing.programmes.assessments.models import Entry, Replay, ReplayPurpose, Result, Round
from mingjing.programmes.assessments.models.replays import ResultQuerySet
from mingjing.programmes.assessments.queries.results import scheme_behind

__all__ = [
    "MOVES", "before_of", "decision_of", "decision_underway", "gone", "listed", "moves", "nearest_first",
    "not_assessed", "round_before", "tally",
]  # fmt: skip

MOVES = ("up", "down", "other", "new", "same")
"""What became of a community since the round before: a better tier, a worse one, into or out of a tier without a rank,
not in that round, the same tier."""

FAR = 2**31 - 1


def decision_of(round_: Round) -> Replay | None:
    """The completed replay that decided the round, with its scheme; None while it is not decided."""
    made = Replay.objects.filter(round=round_, purpose=ReplayPurpose.DECISION, completed_at__isnull=False)
    return made.select_related("scheme__rulebook", "area").first()


def decision_underway(round_: Round) -> Replay | None:
    """The latest request to decide the round, whatever became of it."""
    asked = Replay.objects.filter(round=round_, purpose=ReplayPurpose.DECISION)
    return asked.select_related("scheme__rulebook", "area").order_by("-id").first()


def round_before(round_: Round) -> Round | None:
    """The decided round of the same area that began last before this one."""
    earlier = Round.objects.filter(area=round_.area, decided_at__isnull=False, first_day__lt=round_.first_day)
    return earlier.exclude(pk=round_.pk).select_related("area", "scheme").order_by("-first_day", "-id").first()


def listed(replay: Replay, class_code: str = "", tier: str = "", text: str = "") -> ResultQuerySet:
    """The results of a decision with their entries and places, of one class, one tier, or found by `text`."""
    rows = replay.results.without_sheets().select_related("entry__place")
    rows = rows.filter(class_code=class_code) if class_code else rows
    rows = rows.filter(tier=tier) if tier else rows
    found: ResultQuerySet = rows.filter(matching(text, "entry__words", ["entry__number"])) if text.strip() else rows
    return found


def before_of(rows: Iterable[Result], before: Replay | None) -> dict[int, Result]:
    """What the communities of these results came to in the round before, by community: one query."""
    communities = [row.entry.community_id for row in rows if row.entry]
    if before is None or not communities:
        return {}
    earlier = before.results.without_sheets().select_related("entry")
    found = earlier.filter(entry__round=before.round_id, entry__community__in=communities)
    return {row.entry.community_id: row for row in found if row.entry}


def not_assessed(round_: Round) -> QuerySet[Entry]:
    """The entries of the round that were declared as not assessed, or that nobody was drawn for."""
    seen = Result.objects.filter(entry=OuterRef("pk"), replay__purpose=ReplayPurpose.DECISION, total__isnull=False)
    seen = seen.filter(replay__completed_at__isnull=False)
    missing = Entry.objects.filter(round=round_).exclude(Exists(seen))
    return missing.select_related("place", "stratum", "not_assessed_by")


def nearest_first(replay: Replay, within: int) -> ResultQuerySet:
    """The results that `within` hundredths would take to another tier, with `nearest`: the fewest points to one."""
    near = replay.results.near(within).select_related("entry__place")
    found: ResultQuerySet = near.annotate(nearest=Least(Coalesce("better_in", FAR), Coalesce("worse_in", FAR)))
    return found


def moves(now: Replay, before: Replay) -> QuerySet[Any]:
    """The results of `now`, each with what the same community came to `before` (`was_*`), and its `move` (MOVES)."""
    same = Result.objects.filter(
        replay=before, entry__round=before.round_id, entry__community=OuterRef("entry__community")
    )
    rows = (
        now.results.without_sheets()
        .select_related("entry__place")
        .annotate(
            was_tier=Subquery(same.values("tier")[:1]),
            was_total=Subquery(same.values("total")[:1]),
            was_company=Subquery(same.values("entry__company_name")[:1]),
            was_number=Subquery(same.values("entry__number")[:1]),
            was_class=Subquery(same.values("class_code")[:1]),
        )
    )
    here = _place("tier", scheme_behind(now).list_rules)
    there = _place("was_tier", scheme_behind(before).list_rules)
    found: QuerySet[Any] = rows.annotate(here=here, there=there).annotate(
        move=Case(
            When(was_tier=None, then=Value("new")),
            When(tier=F("was_tier"), then=Value("same")),
            When(Q(here__lt=0) | Q(there__lt=0), then=Value("other")),
            When(here__lt=F("there"), then=Value("up")),
            When(here__gt=F("there"), then=Value("down")),
            default=Value("same"),
            output_field=CharField(),
        ),
        moved_company=Case(
            When(Q(was_tier__isnull=False) & ~Q(was_company=F("entry__company_name")), then=Value(1)),
            default=Value(0),
            output_field=IntegerField(),
        ),
    )
    return found


def _place(column: str, rules: ListRules) -> Case:
    """0 for the best tier, and so on; −1 for tiers without a rank."""
    ranked = [tier.code for tier in rules.tiers if tier.ranked]
    places = [When(**{column: code}, then=Value(place)) for place, code in enumerate(ranked)]
    return Case(*places, default=Value(-1), output_field=IntegerField())


def tally(rows: QuerySet[Any]) -> dict[str, dict[str, int]]:
    """How many results of `moves` made each move, by class; changes of company under `company`: one query."""
    counted: dict[str, dict[str, int]] = {}
    found = rows.order_by().values("class_code", "move", "moved_company").annotate(count=Count("pk"))
    for row in found:
        counts = counted.setdefault(row["class_code"], dict.fromkeys((*MOVES, "company"), 0))
        counts[row["move"]] += row["count"]
        counts["company"] += row["count"] * row["moved_company"]
    return counted


def gone(now: Replay, before: Replay) -> QuerySet[Result]:
    """The results of the round before whose communities are not in this one."""
    here = Entry.objects.filter(round=now.round_id, community=OuterRef("entry__community"))
    return before.results.without_sheets().select_related("entry__place").exclude(Exists(here))
