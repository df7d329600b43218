"""How far a round is: done of all, by subdistrict, class and team; what is late and with whom; what is still sealed.

The same number of queries at 136 communities and at 5,000. Of sealed days only counts leave this module, never which
communities they are. Not here: lists of records (queries.visits), what a step waits for (queries.rounds).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import reduce
from operator import add
from typing import Any

from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q

from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.models import Entry, Purpose, Round, TeamMember, VisitRecord
from mingjing.programmes.assessments.queries.visits import members_by_day

__all__ = ["Counts", "Happened", "Late", "Part", "Progress", "happened", "progress_of"]

SHOWN = 12
"""Late records that are named on the overview; the list of visits has the others."""
RECENT = 8
LOOKED_AT = 200
"""Facts of the area among which those of the round are looked for."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Communities of a round by how far they are; every one is counted in exactly one of these, `late` ones again.

    `ahead` are those whose day has not come or where nobody has begun, `void` those whose record was voided.
    """

    locked: int = 0
    not_assessed: int = 0
    submitted: int = 0
    started: int = 0
    ahead: int = 0
    void: int = 0
    late: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, part.name) + getattr(other, part.name) for part in fields(self)))

    @property
    def done(self) -> int:
        """Nothing is left to do: the record is locked, or nobody could assess it and it says why."""
        return self.locked + self.not_assessed

    @property
    def total(self) -> int:
        """All communities to be visited or declared not assessed."""
        return self.done + self.submitted + self.started + self.ahead + self.void

    @property
    def left(self) -> int:
        """How many are not done."""
        return self.total - self.done

    @property
    def bar(self) -> tuple[tuple[str, float, float], ...]:
        """The parts of a bar of 100: kind, where it begins, how long it is. What is ahead stays empty."""
        shares = (("done", self.locked), ("open", self.not_assessed), ("submitted", self.submitted))
        found, begin = [], 0.0
        for kind, count in (*shares, ("started", self.started)):
            width = 100 * count / max(self.total, 1)
            found.append((kind, round(begin, 3), round(width, 3)))
            begin += width
        return tuple(part for part in found if part[2])


@dataclass(frozen=True, slots=True)
class Part:
    """A subdistrict, a class or a team with its counts. `key` narrows a list to it."""

    key: str
    title: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class Late:
    """A record whose day has passed without being submitted, and who was to make it."""

    record: VisitRecord
    members: tuple[TeamMember, ...]
    days: int


@dataclass(frozen=True, slots=True)
class Happened:
    """A fact about the round, and who made it so (None: the system)."""

    fact: Fact
    by: Person | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a round is. `sealed` are the days to come with how many communities each has."""

    whole: Counts
    strata: tuple[Part, ...]
    classes: tuple[Part, ...]
    teams: tuple[Part, ...]
    sealed: tuple[tuple[date, int], ...]
    late: tuple[Late, ...]
    not_drawn: int


def progress_of(round_: Round, today: date) -> Progress:
    """How far the round is on that day, in five queries."""
    rows = list(_by_place_and_class(round_, today))
    strata: dict[tuple[str, str], Counts] = {}
    classes: dict[tuple[str, str], Counts] = {}
    for row in rows:
        counts = _counts(row)
        for found, key in ((strata, (row["part"], row["title"])), (classes, (row["class_code"], row["class_code"]))):
            found[key] = found.get(key, Counts()) + counts
    return Progress(
        whole=reduce(add, classes.values(), Counts()),
        strata=_parts(strata),
        classes=_parts(classes),
        teams=tuple(_teams(round_, today)),
        sealed=_sealed(round_, today),
        late=_late(round_, today),
        not_drawn=sum(row["not_drawn"] for row in rows),
    )


def _by_place_and_class(round_: Round, today: date) -> Iterable[Mapping[str, Any]]:
    first = Q(records__purpose=Purpose.FIRST, records__voided_at=None)
    drawn = VisitRecord.objects.filter(round=round_.pk).exists()
    ever = VisitRecord.objects.filter(entry=OuterRef("pk"), purpose=Purpose.FIRST)
    entries = Entry.objects.filter(round=round_).annotate(first=FilteredRelation("records", condition=first))
    grouped = (
        entries.annotate(ever=Exists(ever))
        .order_by()
        .values("class_code", part=F("stratum__code"), title=F("stratum__name"))
    )
    assess, none = Q(not_assessed_at=None), Q(first=None)
    missed = Q(ever=False) if drawn else Q(pk__in=[])
    void = Q(ever=True) if drawn else Q(pk__in=[])
    return grouped.annotate(
        not_assessed=Count("pk", filter=~assess),
        not_drawn=Count("pk", filter=assess & none & missed),
        void=Count("pk", filter=assess & none & void),
        undrawn=Count("pk", filter=assess & none),
        **_of_records("first__", today, assess),
    )


def _of_records(prefix: str, today: date, assess: Q) -> dict[str, Count]:
    """The counts of records by how far they are; `assess`: of those not declared impossible to assess."""

    def where(**lookups: Any) -> Q:
        return assess & Q(**{f"{prefix}{name}": value for name, value in lookups.items()})

    return {
        "locked": Count("pk", filter=where(locked_at__isnull=False)),
        "submitted": Count("pk", filter=where(submitted_at__isnull=False, locked_at=None)),
        "started": Count("pk", filter=where(started_at__isnull=False, submitted_at=None)),
        "ahead": Count("pk", filter=where(pk__isnull=False, started_at=None)),
        "late": Count("pk", filter=where(team_day__day__lt=today, submitted_at=None)),
    }


def _counts(row: Mapping[str, Any]) -> Counts:
    """Counts of a row; before anything is drawn every community lies ahead."""
    ahead = row["ahead"] + row.get("undrawn", 0) - row.get("not_drawn", 0) - row.get("void", 0)
    names = ("locked", "not_assessed", "submitted", "started", "late")
    return Counts(**{name: row[name] for name in names}, ahead=ahead, void=row.get("void", 0))


def _parts(found: Mapping[tuple[str, str], Counts]) -> tuple[Part, ...]:
    return tuple(Part(key, title, counts) for (key, title), counts in sorted(found.items()))


def _teams(round_: Round, today: date) -> Iterable[Part]:
    records = VisitRecord.objects.standing().filter(round=round_, purpose=Purpose.FIRST).order_by()
    assess = Q(entry__not_assessed_at=None)
    rows = records.values(team=F("team_day__team")).annotate(
        not_assessed=Count("pk", filter=~assess), **_of_records("", today, assess)
    )
    for row in sorted(rows, key=lambda row: row["team"]):
        yield Part(str(row["team"]), str(row["team"]), _counts(row))


def _sealed(round_: Round, today: date) -> tuple[tuple[date, int], ...]:
    ahead = VisitRecord.objects.standing().filter(round=round_, team_day__day__gt=today).order_by()
    rows = ahead.values_list("team_day__day").annotate(count=Count("pk"))
    return tuple(sorted(rows))


def _late(round_: Round, today: date) -> tuple[Late, ...]:
    found = VisitRecord.objects.late(today).filter(round=round_, entry__not_assessed_at=None)
    records = list(found.select_related("entry__stratum", "team_day").order_by("team_day__day", "id")[:SHOWN])
    members = members_by_day(records)
    return tuple(
        Late(record, tuple(members[record.team_day_id]), (today - record.team_day.day).days) for record in records
    )


def happened(round_: Round) -> tuple[Happened, ...]:
    """The newest facts of the round with who made them: two queries."""
    of_area = Fact.objects.filter(scope=round_.area.path).order_by("-seq")[:LOOKED_AT]
    facts = [fact for fact in of_area if _is_about(fact, round_)][:RECENT]
    people = {person.token: person for person in Person.objects.filter(token__in={fact.by for fact in facts})}
    return tuple(Happened(fact, people.get(fact.by)) for fact in facts)


def _is_about(fact: Fact, round_: Round) -> bool:
    if fact.subject == round_.subject:
        return True
    return fact.kind.startswith("assessments.") and fact.values.get("round") == round_.pk
