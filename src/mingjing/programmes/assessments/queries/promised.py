"""Photos that phones promised and still hold: what a round waits for before it leaves fieldwork, and a record before
it is locked.

Bytes that have arrived count as here, although no exhibit was made of them yet (kernel.sync settles that). Not here:
photos as evidence of a sheet (queries.visits).
"""

from collections import Counter
from collections.abc import Collection, Sequence

from django.db.models import QuerySet

from mingjing.kernel.sync import uploads
from mingjing.kernel.sync.models import Capture
from mingjing.programmes.assessments.models import Round, VisitRecord

__all__ = ["PREFIX", "promised_by_round", "promised_of", "promising", "unsettled_digests"]

PREFIX = "assessments.visit:"


def promised_of(record: VisitRecord) -> int:
    """How many photos of this record are still on phones."""
    return sum(_waited_for(Capture.objects.promised().filter(subject=record.subject)).values())


def unsettled_digests(record: VisitRecord) -> dict[str, bool]:
    """The digests of this record's photos of which no exhibit was made yet: they count as evidence all the same.

    Each with whether its bytes are here: then it is an exhibit within a second.
    """
    rows = Capture.objects.unsettled().filter(subject=record.subject).values_list("sha256", "not_after")
    return {digest: arrived is not None for digest, arrived in rows}


def promised_by_round(rounds: Sequence[Round]) -> dict[int, Counter[str]]:
    """How many photos are still on phones, by round and name of the community: of every record, void ones too.

    One statement where there are none, else two.
    """
    there = Capture.objects.promised().filter(area__in={round_.area_id for round_ in rounds})
    waiting = _waited_for(there.filter(subject__startswith=PREFIX))
    found: dict[int, Counter[str]] = {}
    for key, name, subject in _records(rounds, waiting):
        found.setdefault(key, Counter())[name] += waiting[subject]
    return found


def promising(round_: Round) -> list[str]:
    """The subjects of the round's records of which a promised photo is no exhibit yet, its bytes here or not."""
    there = Capture.objects.unsettled().filter(area=round_.area_id, subject__startswith=PREFIX)
    subjects = set(there.values_list("subject", flat=True))
    return sorted(subject for _, _, subject in _records([round_], subjects))


def _records(rounds: Sequence[Round], subjects: Collection[str]) -> list[tuple[int, str, str]]:
    """Of these subjects those of the rounds: the round, the community's name, the subject."""
    if not subjects:
        return []
    keys = [int(subject.removeprefix(PREFIX)) for subject in subjects]
    rows = VisitRecord.objects.filter(round__in=[round_.pk for round_ in rounds], pk__in=keys).order_by("entry__number")
    return [(key, name, f"{PREFIX}{pk}") for key, name, pk in rows.values_list("round_id", "entry__name", "pk")]


def _waited_for(captures: "QuerySet[Capture]") -> Counter[str]:
    """By subject how many of these have not arrived."""
    rows = captures.order_by("promised_at", "id").values_list("subject", "device_id", "sha256")
    return Counter(subject for subject, device, digest in rows if not uploads.arrived(device, digest))
