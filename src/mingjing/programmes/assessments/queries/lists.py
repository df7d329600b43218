"""Reads of decided rounds: the decision, the list of a class, what it was before, who was not assessed.

Constant numbers of queries, whatever the number of communities. Not here: sheets (queries.sheets), how a list looks.
"""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce, Least

from mingjing.kernel.db.search import matching
from mingjing.programmes.assessments.models import Entry, Replay, ReplayPurpose, Result, Round
from mingjing.programmes.assessments.models.replays import ResultQuerySet
from mingjing.programmes.assessments.policy.moves import Stood

__all__ = [
    "before_of", "decision_of", "decision_underway", "listed", "nearest_first", "not_assessed", "round_before", "stood",
]  # fmt: skip

FAR = 2**31 - 1


def decision_of(round_: Round) -> Replay | None:
    """The completed replay that decided the round, with its scheme; None while it is not decided."""
    made = Replay.objects.filter(round=round_, purpose=ReplayPurpose.DECISION, completed_at__isnull=False)
    return made.select_related("scheme__rulebook", "area").defer("scheme__document").first()


def decision_underway(round_: Round) -> Replay | None:
    """The latest request to decide the round, whatever became of it."""
    asked = Replay.objects.filter(round=round_, purpose=ReplayPurpose.DECISION)
    return asked.select_related("scheme__rulebook", "area").order_by("-id").first()


def round_before(round_: Round) -> Round | None:
    """The decided round of the same area that began last before this one."""
    return _earlier(round_).select_related("area", "scheme").first()


def _earlier(round_: Round) -> QuerySet[Round]:
    """The decided rounds of the same area that began before this one, the last first."""
    earlier = Round.objects.filter(area=round_.area_id, decided_at__isnull=False, first_day__lt=round_.first_day)
    return earlier.exclude(pk=round_.pk).order_by("-first_day", "-id")


def result_before(entry: Entry, round_: Round) -> Result | None:
    """What the community of an entry came to in the round before, with that round; None where it was not in it."""
    rows = Result.objects.without_sheets().select_related("entry__round", "replay__scheme")
    decided = {"replay__purpose": ReplayPurpose.DECISION, "replay__completed_at__isnull": False}
    found = rows.defer("replay__scheme__document").filter(**decided, entry__community=entry.community_id)
    return found.filter(entry__round=_earlier(round_).values("pk")[:1]).first()


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
    """The entries declared as not assessed; once the round is decided, everybody for whom nothing was scored."""
    seen = Result.objects.filter(entry=OuterRef("pk"), replay__purpose=ReplayPurpose.DECISION, total__isnull=False)
    seen = seen.filter(replay__completed_at__isnull=False)
    entries = Entry.objects.filter(round=round_)
    missing = entries.exclude(Exists(seen)) if round_.decided_at else entries.filter(not_assessed_at__isnull=False)
    return missing.select_related("place", "stratum", "not_assessed_by")


def nearest_first(replay: Replay, within: int) -> ResultQuerySet:
    """The results that `within` hundredths would take to another tier, with `nearest`: the fewest points to one."""
    near = replay.results.near(within).select_related("entry__place")
    found: ResultQuerySet = near.annotate(nearest=Least(Coalesce("better_in", FAR), Coalesce("worse_in", FAR)))
    return found


def stood(replay: Replay) -> dict[int, Stood]:
    """Where each community stood in a decision, by community, in its order: one query."""
    columns = (
        "pk", "entry__community", "key", "entry__name", "entry__company_name", "class_code", "tier", "total",
    )  # fmt: skip
    rows = replay.results.filter(entry__isnull=False).order_by("class_code", "standing", "index")
    return {row[1]: Stood(*row) for row in rows.values_list(*columns).iterator(chunk_size=2000)}
