"""Photos across visits: those of a record, what a round's look like, whose subjects a person may be near.

Constant query counts. Not here: what a likeness means (who reviews), one exhibit (kernel.evidence).
"""

from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from mingjing.kernel.evidence.models import Likeness
from mingjing.kernel.parties.guard import areas_where
from mingjing.kernel.parties.models import Person
from mingjing.kernel.sync.models import Capture
from mingjing.programmes.assessments.models import Filing, Round, VisitRecord
from mingjing.programmes.assessments.queries.visits import SEES_ALL, records_seen

__all__ = ["alike_of_round", "captures_of", "homes_of", "near_evidence_of"]

VISIT, FILING = "assessments.visit", "assessments.filing"


def captures_of(record: VisitRecord) -> list[Capture]:
    """The photos that phones promised for a record, those given up among them, in the order they were promised."""
    rows = Capture.objects.filter(subject=record.subject).select_related("device", "person", "exhibit", "released_by")
    return list(rows.order_by("promised_at", "id"))


def near_evidence_of(person: Person, subjects: Collection[str], today: date) -> set[str]:
    """The manifest's door to exhibits of many subjects at once, in two queries: as near_evidence for each."""
    visits, filings = _keys(subjects, VISIT), _keys(subjects, FILING)
    found: set[int] = set()
    if visits:
        found = set(records_seen(person, today).filter(pk__in=visits.values()).values_list("pk", flat=True))
    open_filings: set[int] = set()
    if filings and (scope := areas_where(person, SEES_ALL, on=today)):
        rows = scope.within(Filing.objects.filter(pk__in=filings.values()), "entry__round__area")
        open_filings = set(rows.values_list("pk", flat=True))
    seen = {subject for subject, key in visits.items() if key in found}
    return seen | {subject for subject, key in filings.items() if key in open_filings}


def homes_of(subjects: Iterable[str]) -> dict[str, str]:
    """What the visit records among these subjects are called in a list: community and day. One query."""
    keys = _keys(subjects, VISIT)
    rows = VisitRecord.objects.filter(pk__in=keys.values()).values_list("pk", "entry__name", "team_day__day")
    told = {key: f"{name} · {day.isoformat()}" for key, name, day in rows}
    return {subject: told[key] for subject, key in keys.items() if key in told}


def alike_of_round(round_: Round) -> QuerySet[Likeness]:
    """Pairs of photos that look alike, one of this round and one of another visit; nearest first.

    Found in the background when each photo was recorded (kernel.evidence.fingerprints).
    """
    named = Concat(Value(f"{VISIT}:"), Cast("pk", CharField()), output_field=CharField())
    own = VisitRecord.objects.filter(round=round_).annotate(named=named).values("named")
    pairs = Likeness.objects.filter(Q(first__subject__in=own) | Q(second__subject__in=own))
    return pairs.exclude(first__subject=F("second__subject")).order_by("distance", "id")


def _keys(subjects: Iterable[str], kind: str) -> dict[str, int]:
    """The rows that subjects of a kind name (`assessments.visit:12/A1.1` names 12), by subject."""
    found = {}
    for subject in subjects:
        what, _, name = subject.partition(":")
        key = name.partition("/")[0]
        if what == kind and key.isascii() and key.isdecimal() and len(key) < 18:
            found[subject] = int(key)
    return found
