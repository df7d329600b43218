"""Reads of rounds: what a step is judged by, which scheme is in force, who may answer for a round.

Constant numbers of queries, whatever is in a round. Not here: its communities (queries.entries), progress
(queries.progress), sealed days (queries.draws).
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from mingjing.kernel.parties.guard import Scope, areas_where
from mingjing.kernel.parties.models import Person
from mingjing.kernel.parties.queries import people_seen
from mingjing.kernel.places.models import Area
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.models import (
    Community,
    Draw,
    Entry,
    Filing,
    Purpose,
    Round,
    TeamDay,
    TeamStaff,
    VisitRecord,
)
from mingjing.programmes.assessments.policy.rounds import Facts, staff_needed
from mingjing.programmes.assessments.queries.promised import promised_by_round
from mingjing.programmes.assessments.queries.schemes import KIND, scheme_of
from mingjing.programmes.assessments.queries.second_looks import gaps_in

__all__ = [
    "areas_for_rounds", "facts_of", "facts_of_all", "in_force_on", "leads_in", "may_lead", "schemes_for_rounds",
]  # fmt: skip

NAMED = 5
"""Communities that are named where photos are still on phones."""
LEAD = "assessments.round.manage"
"""What somebody must be allowed to do to answer for a round."""


def facts_of(round_: Round) -> Facts:
    """What a step of this round is judged by."""
    return facts_of_all([round_])[round_.pk]


def facts_of_all(rounds: Sequence[Round]) -> dict[int, Facts]:
    """The same for several rounds, by id: seven queries together, one more while photos are still on phones, and some
    for each round with second visits.

    Schemes must be loaded with the rounds.
    """
    keys = [round_.pk for round_ in rounds]
    entries = _entries(keys)
    records = _counts(
        VisitRecord.objects.standing().filter(round__in=keys, entry__not_assessed_at=None),
        not_submitted=Count("pk", filter=Q(submitted_at=None)),
        not_locked=Count("pk", filter=Q(locked_at=None, submitted_at__isnull=False)),
        seconds=Count("pk", filter=Q(purpose=Purpose.SECOND, locked_at__isnull=False)),
    )
    filings = _counts(
        Filing.objects.filter(entry__round__in=keys, decided_at=None), "entry__round", filings_open=Count("pk")
    )
    draws, teams, promised = _draws(keys), _staff(keys), promised_by_round(rounds)
    found = {}
    for round_ in rounds:
        needed = staff_needed(scheme_of(round_.scheme).document)
        staff = teams.get(round_.pk, {})
        short = tuple((team, count) for team, count in sorted(staff.items()) if count < needed)
        counted: dict[str, Any] = entries.get(round_.pk, {}) | records.get(round_.pk, {}) | filings.get(round_.pk, {})
        if counted.pop("seconds", 0) and round_.deciding_at is None:
            counted["gaps"] = tuple(one.entry.name for one in gaps_in(round_, timezone.now()) if not one.said)
        found[round_.pk] = Facts(
            state=round_.state, staff_needed=needed, draw=draws.get(round_.pk, ""), teams=len(staff),
            short_teams=short, **counted, **_promised(promised.get(round_.pk)),
        )  # fmt: skip
    return found


def _promised(counts: Counter[str] | None) -> dict[str, Any]:
    """How many photos are still on phones, and of which communities: so many as can be read in one line."""
    if not counts:
        return {}
    names = list(counts)
    return {"promised": counts.total(), "promised_of": (*names[:NAMED], *(["…"] if len(names) > NAMED else []))}


def _entries(keys: Sequence[int]) -> dict[int, dict[str, int]]:
    first = VisitRecord.objects.filter(entry=OuterRef("pk"), purpose=Purpose.FIRST)
    return _counts(
        Entry.objects.filter(round__in=keys).annotate(
            void=Exists(first.filter(voided_at__isnull=False)), stands=Exists(first.standing())
        ),
        entries=Count("pk"),
        unclassed=Count("pk", filter=Q(class_code="")),
        removed=Count("pk", filter=Q(community__removed_at__isnull=False, frozen_at=None, not_assessed_at=None)),
        unvisited=Count("pk", filter=Q(void=True, stands=False, not_assessed_at=None)),
    )


def _counts(rows: "QuerySet[Any]", by: str = "round", **counts: Count) -> dict[int, dict[str, int]]:
    """The counts of `rows` by round."""
    found = rows.order_by().values(key=F(by)).annotate(**counts)
    return {row.pop("key"): row for row in found}


def _draws(keys: Sequence[int]) -> dict[int, str]:
    """How far the standing draw of each round is."""
    standing = Draw.objects.filter(round__in=keys, cancelled_at=None).values_list("round", "drawn_at", "problems")
    return {key: "drawn" if drawn_at else "failed" if problems else "committed" for key, drawn_at, problems in standing}


def _staff(keys: Sequence[int]) -> dict[int, dict[int, int]]:
    """By round and team the fewest staff it has: of all its days once it is drawn, else as assigned."""
    found: dict[int, dict[int, int]] = {}
    assigned = TeamStaff.objects.filter(round__in=keys).order_by().values_list("round", "team")
    for key, team, count in assigned.annotate(count=Count("pk")):
        found.setdefault(key, {})[team] = count
    here = Count("members", filter=Q(members__part="staff", members__removed_at=None))
    days = TeamDay.objects.filter(draw__round__in=keys, draw__cancelled_at=None).order_by()
    drawn: dict[int, dict[int, int]] = {}
    for key, team, count in days.annotate(count=here).values_list("draw__round", "team", "count"):
        teams = drawn.setdefault(key, {})
        teams[team] = min(count, teams.get(team, count))
    return {**found, **drawn}


def in_force_on(version: Version, day: date) -> int | None:
    """The number of the version of the same scheme that is in force on `day`, if any."""
    found = Version.objects.in_force(day).filter(rulebook=version.rulebook_id).values_list("number", flat=True)
    return found.first()


def may_lead(person: Person, area: Area, day: date) -> bool:
    """Whether `person` may manage rounds of `area` on that day."""
    return areas_where(person, LEAD, on=day).covers(area)


def leads_in(reader: Person, area: Area | None, day: date) -> list[Person]:
    """The people `reader` may know of who may manage rounds of `area` (None: of any area of theirs), by name."""
    scope = areas_where(reader, LEAD, on=day)
    people = people_seen(scope).filter(left_at=None).prefetch_related("role_grants__area")
    found = []
    for person in people:
        person.__dict__["grants"] = tuple(grant.as_value() for grant in person.role_grants.all())
        theirs = areas_where(person, LEAD, on=day)
        if theirs.covers(area) if area else theirs:
            found.append(person)
    return sorted(found, key=lambda person: person.display_name)


def areas_for_rounds(scope: Scope) -> "QuerySet[Area]":
    """Where a round can be opened: the areas somebody answers for, and those below that keep a register."""
    own = Q(path__in=scope.paths)
    kept = Exists(Community.objects.filter(area=OuterRef("pk")))
    return scope.within(Area.objects.all(), "").filter(own | kept).order_by("path")


def schemes_for_rounds(scope: Scope) -> "QuerySet[Version]":
    """The published versions of schemes of these areas and of those above, newest first."""
    versions = Version.objects.published().filter(rulebook__kind=KIND).without_documents().select_related("rulebook")
    above = versions.filter(rulebook__area__path__in=scope.above)
    return (scope.within(versions, "rulebook__area") | above).order_by("rulebook__code", "-number")
