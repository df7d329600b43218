"""How many objections and appeals of an area were decided and how many upheld: by check, by supervisor.

An objection counts for the check it contests and for every supervisor of the visit. An appeal counts for every
supervisor who visited; of its checks those whose findings it struck, for nobody says which others it contested.
Constant numbers of queries. Not here: what is alarming (policy.overturns).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area, within_subtree
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.kernel.proceedings.queries import Stands, stands_of
from mingjing.programmes.assessments.models import Correction, Part, TeamMember, VisitRecord
from mingjing.programmes.assessments.policy.overturns import Rate, rates
from mingjing.programmes.assessments.policy.procedures import UPHELD

__all__ = ["Overturns", "overturns"]

Counts = dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Overturns:
    """The rates by code of a check, and by supervisor."""

    checks: Mapping[str, Rate]
    people: Mapping[str, Rate]
    named: Mapping[str, Person]


def overturns(area: Area, now: datetime) -> Overturns:
    """What became of contested findings and entries in an area and below it; supervisors are named by their token."""
    asked = Proceeding.objects.filter(
        within_subtree(area.path, "area"), programme="assessments", kind__in=("objection", "appeal")
    ).select_related("area")
    decided = [one for one in stands_of(list(asked), now).values() if "decision" in one.standing.said]
    records = _records(decided)
    corrected = _corrected(decided)
    checks, people = Counts(), Counts()
    for one in decided:
        upheld = one.standing.said["decision"] == UPHELD
        seen = records[one.proceeding.pk]
        for check in _contested(one, seen, corrected):
            _count(checks, check, upheld)
        for person in {token for record in seen for token in record.experts}:
            _count(people, person, upheld)
    named = {person.token: person for person in Person.objects.filter(token__in=people)}
    return Overturns(rates(checks), rates(people), named)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A record with the tokens of its supervisors and its findings' checks by key."""

    checks: Mapping[str, str]
    experts: frozenset[str]


def _records(decided: Iterable[Stands]) -> dict[int, tuple[_Seen, ...]]:
    """By proceeding the records it is about: that of the finding, or all of the entry."""
    about = {one.proceeding.pk: one.proceeding.subject for one in decided}
    single = {pk: int(text.partition("/")[0].rpartition(":")[2]) for pk, text in about.items() if ".visit:" in text}
    whole = {pk: int(text.rpartition("/")[2]) for pk, text in about.items() if pk not in single}
    rows = VisitRecord.objects.filter(pk__in=single.values()) | VisitRecord.objects.done().filter(
        entry__in=whole.values()
    )
    rows_ = list(rows.order_by("id"))
    experts: dict[int, set[str]] = {}
    going = TeamMember.objects.filter(team_day__in={row.team_day_id for row in rows_}, part=Part.EXPERT)
    for day, token in going.values_list("team_day", "person__token"):
        experts.setdefault(day, set()).add(token)
    seen = {row.pk: _seen(row, experts) for row in rows_}
    by_entry: dict[int, list[int]] = {}
    for row in rows_:
        by_entry.setdefault(row.entry_id, []).append(row.pk)
    found = {pk: (seen[record],) for pk, record in single.items()}
    return found | {pk: tuple(seen[key] for key in by_entry.get(entry, ())) for pk, entry in whole.items()}


def _seen(row: VisitRecord, experts: Mapping[int, set[str]]) -> _Seen:
    checks = {finding["id"]: finding["check"] for finding in row.sheet_document.get("findings", ())}
    return _Seen(checks, frozenset(experts.get(row.team_day_id, ())))


def _corrected(decided: Iterable[Stands]) -> dict[int, set[str]]:
    """By proceeding the checks of findings that it struck."""
    rows = Correction.objects.filter(proceeding__in=[one.proceeding.pk for one in decided], record__isnull=False)
    found: dict[int, set[str]] = {}
    for proceeding, check in rows.values_list("proceeding", "check_code"):
        found.setdefault(proceeding, set()).add(check)
    return found


def _contested(one: Stands, seen: Iterable[_Seen], corrected: Mapping[int, set[str]]) -> Iterable[str]:
    if one.proceeding.kind == "appeal":
        return corrected.get(one.proceeding.pk, ())
    finding = one.proceeding.subject.partition("/")[2]
    return {record.checks[finding] for record in seen if finding in record.checks}


def _count(counts: Counts, name: str, upheld: bool) -> None:
    overturned, decided = counts.get(name, (0, 0))
    counts[name] = overturned + upheld, decided + 1
