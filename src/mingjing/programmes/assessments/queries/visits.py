"""Which visit records a person sees, and what a list says of them. Constant query counts, whatever their number.

A record is seen once its day has come: by whoever may see the round, and by the members of its team. Not here: whole
plans of a draw (queries.draws), what a sheet comes to (queries.sheets).
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case as Either
from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet, TextField, Value, When

from mingjing.engine.chain import content_digest
from mingjing.kernel.cases.models import Case
from mingjing.kernel.db.search import matching
from mingjing.kernel.evidence.queries import exhibits_of
from mingjing.kernel.parties.guard import areas_where, may
from mingjing.kernel.parties.models import Person
from mingjing.kernel.sync.models import Capture
from mingjing.programmes.assessments.models import (
    Filing,
    Round,
    Signature,
    SignaturePart,
    TeamDay,
    TeamMember,
    VisitRecord,
)
from mingjing.programmes.assessments.models.visits import VisitRecordQuerySet

__all__ = [
    "SEES_ALL", "Wanted", "days_of", "evidence_of", "is_member", "members_by_day", "names_of", "near_evidence",
    "of_person", "orders_of", "records_seen", "sees_record", "to_review", "to_sign", "with_state",
]  # fmt: skip

SEES_ALL = "assessments.round.view"
"""Who holds this sees every unsealed record of the area; the others see those of their own team-days."""
BESIDE = (
    "round__area", "round__scheme", "entry__stratum", "team_day", "submitted_by", "reviewed_by", "locked_by"
)  # fmt: skip
HEAVY = ("round__scheme__document", "round__plan", "entry__words", "entry__class_reasons")
"""What no line asks for; the scheme's document alone would be tens of kilobytes with each."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of records is narrowed to; empty: everything."""

    text: str = ""
    team: str = ""
    stratum: str = ""
    class_code: str = ""
    state: str = ""


def is_member(person: Person | AnonymousUser, record: VisitRecord) -> bool:
    """Whether `person` is on the team of that day."""
    if not isinstance(person, Person):
        return False
    return TeamMember.objects.filter(team_day=record.team_day_id, person=person, removed_at=None).exists()


def sees_record(person: Person | AnonymousUser, record: VisitRecord, today: date) -> bool:
    """Whether `person` may know of this record today: nobody does before its day."""
    if record.team_day.is_sealed(today):
        return False
    return may(person, SEES_ALL, area=record.round.area, on=today) or is_member(person, record)


def records_seen(person: Person | AnonymousUser, today: date) -> VisitRecordQuerySet:
    """The unsealed records that `person` may know of today, with what a line about one names."""
    scope = areas_where(person, SEES_ALL, on=today)
    found = VisitRecord.objects.unsealed(today).select_related(*BESIDE).defer(*HEAVY)
    own = Q(team_day__in=_days(person)) if isinstance(person, Person) else Q(pk__in=[])
    everywhere = scope.within(Round.objects.all()).values("pk") if scope else Round.objects.none().values("pk")
    return found.filter(Q(round__in=everywhere) | own)


def of_person(person: Person, today: date) -> VisitRecordQuerySet:
    """The unsealed records of the team-days that `person` is on, which nobody has locked or voided, soonest first.

    The days are asked for at once: PostgreSQL would join everybody's records to everything beside them first.
    """
    found = VisitRecord.objects.unsealed(today).standing().filter(team_day__in=list(_days(person)), locked_at=None)
    return found.select_related(*BESIDE).defer(*HEAVY).order_by("team_day__day", "team_day_id", "id")


def days_of(person: Person, today: date) -> list[TeamDay]:
    """The team-days that `person` is on in rounds under way, and in those drawn for later. Earliest first.

    Of a sealed one nobody may be told more than its day, and nobody but who is on duty that.
    """
    found = TeamDay.objects.filter(
        Q(pk__in=_days(person)), Q(draw__round__fieldwork_at__isnull=False) | Q(day__gt=today),
        draw__cancelled_at=None, draw__round__deciding_at=None,
    )  # fmt: skip
    days = found.select_related("draw__round").defer("draw__inputs", "draw__document")
    return list(days.order_by("day", "id"))


def with_state(records: VisitRecordQuerySet, wanted: Wanted, today: date) -> VisitRecordQuerySet:
    """Those of `records` that a list asks for."""
    if wanted.text:
        records = records.filter(matching(wanted.text, "entry__words", codes=["entry__number"]))
    if wanted.team.isdecimal():
        records = records.filter(team_day__team=int(wanted.team))
    if wanted.stratum:
        records = records.filter(entry__stratum__code=wanted.stratum)
    if wanted.class_code:
        records = records.filter(entry__class_code=wanted.class_code)
    if wanted.state == "late":
        records = records.filter(team_day__day__lt=today)
    return records.filter(_STATES[wanted.state]) if wanted.state in _STATES else records


def to_review(round_: Round, today: date) -> VisitRecordQuerySet:
    """The records of a round that wait for a reviewer, the longest waiting first."""
    found = (
        VisitRecord.objects.unsealed(today).standing().filter(round=round_, company_at__isnull=False, locked_at=None)
    )
    return found.select_related(*BESIDE).defer(*HEAVY).order_by("submitted_at", "id")


def members_by_day(records: Iterable[VisitRecord]) -> Mapping[int, list[TeamMember]]:
    """Who is on the teams of these records, by team-day: one query."""
    days = {record.team_day_id for record in records}
    found: dict[int, list[TeamMember]] = {day: [] for day in days}
    rows = TeamMember.objects.filter(team_day__in=days, removed_at=None).select_related("person").order_by("id")
    for member in rows:
        found[member.team_day_id].append(member)
    return found


def to_sign(person: Person, records: VisitRecordQuerySet) -> set[int]:
    """The keys of the submitted ones among `records` whose sheet `person` has not signed as it is now: one query.

    What was signed since it was handed in was signed as it is; of what was signed before, the sheets are compared.
    """
    own = Q(signatures__part=SignaturePart.MEMBER, signatures__person=person)
    since = Signature.objects.filter(
        record=OuterRef("pk"), part=SignaturePart.MEMBER, person=person, at__gte=OuterRef("submitted_at")
    )
    lacking = records.filter(~Exists(since), submitted_at__isnull=False).select_related(None).order_by()
    before = lacking.annotate(before=FilteredRelation("signatures", condition=own))
    sheet = Either(When(before__isnull=False, then="sheet"), default=Value("", TextField()))
    rows = list(before.values_list("pk", "before__sheet_digest", sheet))
    as_it_is = {pk for pk, digest, text in rows if text and content_digest(json.loads(text)) == digest}
    return {pk for pk, *_ in rows} - as_it_is


def evidence_of(record: VisitRecord, digests: Collection[str] | None = None) -> set[str]:
    """The digests of the record's photos and files that count, of `digests` if given: exhibits, and what a phone
    promised and still holds. One statement, or two where not all are photos of phones."""
    captures = Capture.objects.standing().filter(subject=record.subject, exhibit__withdrawn_at=None)
    exhibits = exhibits_of(record.subject)
    if digests is None:
        return {*captures.values_list("sha256", flat=True), *exhibits.values_list("sha256", flat=True)}
    found = set(captures.filter(sha256__in=digests).values_list("sha256", flat=True))
    rest = set(digests) - found
    return found | (set(exhibits.filter(sha256__in=rest).values_list("sha256", flat=True)) if rest else set())


def orders_of(record: VisitRecord) -> dict[str, Case]:
    """The last order about each check of a record, by code."""
    start = f"{record.subject}/"
    rows = Case.objects.filter(programme="assessments", subject__startswith=start).order_by("id")
    return {case.subject.removeprefix(start): case for case in rows}


def names_of(tokens: Iterable[str]) -> dict[str, str]:
    """The names of these people, by token: one query."""
    rows = Person.objects.filter(token__in=set(tokens))
    return {person.token: person.display_name for person in rows}


def near_evidence(person: Person, subject: str, today: date) -> bool:
    """The manifest's door to exhibits: of a visit record, for those who see the record; of a filing, the round."""
    kind, _, name = subject.partition(":")
    name = name.partition("/")[0]
    if not (name.isascii() and name.isdecimal() and len(name) < 18):
        return False
    if kind == "assessments.visit":
        record = VisitRecord.objects.select_related("round__area", "team_day").filter(pk=int(name)).first()
        return record is not None and sees_record(person, record, today)
    if kind == "assessments.filing":
        filing = Filing.objects.select_related("entry__round__area").filter(pk=int(name)).first()
        return filing is not None and may(person, SEES_ALL, area=filing.entry.round.area, on=today)
    return False


def _days(person: Person) -> "QuerySet[TeamMember, int]":
    """The team-days that the person is on. Asked for once by a list, not for each of its records."""
    return TeamMember.objects.filter(person=person, removed_at=None).values_list("team_day", flat=True)


_STATES = {
    "late": Q(submitted_at=None, voided_at=None),
    "planned": Q(started_at=None, voided_at=None),
    "started": Q(started_at__isnull=False, submitted_at=None, returned_at=None, voided_at=None),
    "returned": Q(returned_at__isnull=False, submitted_at=None, voided_at=None),
    "submitted": Q(submitted_at__isnull=False, company_at=None, voided_at=None),
    "waiting": Q(company_at__isnull=False, locked_at=None, voided_at=None),
    "done": Q(locked_at__isnull=False, voided_at=None),
    "void": Q(voided_at__isnull=False),
}
"""The states a list can be narrowed to; late ones also lie before today."""
