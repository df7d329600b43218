"""Every visit to an entry side by side: what each came to, which of them count, how far they lie apart.

Constant numbers of queries, whatever the number of entries. Not here: drawing second visits (queries.seconds), what a
gap means for a listing (policy.listings).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from mingjing.engine.quantities import parse_points
from mingjing.engine.scoring import Rubric, Sheet, score
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.kernel.proceedings.queries import stands_of
from mingjing.programmes.assessments.models import Correction, Entry, Purpose, Round, VisitRecord
from mingjing.programmes.assessments.policy.corrections import amended
from mingjing.programmes.assessments.policy.procedures import BOTH, FIRST, SECOND
from mingjing.programmes.assessments.policy.recording import findings_of
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.amendments import Amendments, amendments_of
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = [
    "GAP", "Apart", "Look", "apart_of", "corrections_among", "gap_of", "gaps_in", "gaps_said", "looks_of", "visits_to",
]  # fmt: skip

GAP = "gap"
"""The kind of proceeding in which two people say which of two visits counts (policy.procedures)."""


@dataclass(frozen=True, slots=True)
class Look:
    """A visit: its locked record, its sheet as it counts, the base (hundredths), and whether the visit counts."""

    record: VisitRecord
    sheet: Mapping[str, Any]
    base: int | None
    counts: bool


@dataclass(frozen=True, slots=True)
class Apart:
    """An entry whose visits lie further apart than the scheme allows; `said` is which counts, empty until two agree."""

    entry: Entry
    looks: tuple[Look, ...]
    apart: int
    said: str


def gaps_said(entries: Iterable[Entry], now: datetime) -> Mapping[int, str]:
    """By entry which visit was said to count, where two people have: one query, four where there is any."""
    subjects = {entry.subject: entry.pk for entry in entries}
    asked = Proceeding.objects.filter(programme="assessments", kind=GAP, subject__in=subjects).select_related("area")
    found = stands_of(list(asked), now).values() if subjects else ()
    said = {subjects[one.proceeding.subject]: one.standing.said.get("decision", "") for one in found}
    return {entry: stance for entry, stance in said.items() if stance}


def visits_to(entries: Sequence[Entry]) -> "QuerySet[VisitRecord]":
    """Every record about these entries, with its day and whether anything in it was corrected."""
    corrected = Exists(Correction.objects.filter(record=OuterRef("pk")))
    rows = VisitRecord.objects.filter(entry__in=entries).annotate(corrected=corrected)
    return rows.select_related("team_day", "visit")


def corrections_among(records: Sequence[VisitRecord], now: datetime) -> Amendments:
    """The corrections of records of `visits_to` that count; no query where nothing was corrected."""
    entries = [record.entry_id for record in records if record.corrected]  # type: ignore[attr-defined]  # annotated
    return amendments_of(entries, now) if entries else Amendments()


def looks_of(
    entries: Sequence[Entry], scheme: Scheme, now: datetime, *, records: Iterable[VisitRecord] | None = None,
    amendments: Amendments | None = None,
) -> dict[int, tuple[Look, ...]]:  # fmt: skip
    """Every locked visit to each of `entries`, the first one first; corrected findings as they count.

    `records` are those of `visits_to` these entries, `amendments` the corrections, where somebody has read them.
    """
    read = visits_to(entries) if records is None else records
    done = [record for record in read if record.locked_at and not record.voided_at]
    records = sorted(done, key=lambda record: (record.purpose != Purpose.FIRST, record.pk))
    several = {record.entry_id for record in records if record.purpose != Purpose.FIRST}
    said = gaps_said([entry for entry in entries if entry.pk in several], now) if several else {}
    steps = (corrections_among(records, now) if amendments is None else amendments).findings
    classes = {entry.pk: entry.class_code for entry in entries}
    found: dict[int, list[Look]] = {entry.pk: [] for entry in entries}
    for record in records:
        sheet = amended(record.sheet_document, steps.get(record.pk, {}))
        base = _base(scheme.rubrics.get(classes[record.entry_id]), sheet)
        counts = said.get(record.entry_id, BOTH) in {BOTH, FIRST if record.purpose == Purpose.FIRST else SECOND}
        found[record.entry_id].append(Look(record, sheet, base, counts))
    return {entry: tuple(looks) for entry, looks in found.items()}


def _base(rubric: Rubric | None, document: Mapping[str, Any]) -> int | None:
    """The base of a sheet by a rubric, which may be another than it was recorded by (a what-if): of what it knows."""
    if rubric is None:
        return None
    findings, absences = findings_of(document)
    known = Sheet(
        findings=tuple(one for one in findings if one.check in rubric.checks),
        not_applicable=tuple(one for one in absences if one.check in rubric.checks and rubric.checks[one.check].na),
    )
    return score(rubric, known).base


def gap_of(scheme: Scheme) -> int | None:
    """The points (hundredths) between visits above which two people say which counts; None: none by the scheme."""
    sampling = {one["code"]: one for one in scheme.document.get("sampling", ())}
    least = sampling.get("revisit_gap", {}).get("minimum")
    return None if least is None else parse_points(least)


def apart_of(looks: Iterable[Look]) -> int:
    """How far (hundredths) the visits lie apart."""
    bases = [look.base for look in looks if look.base is not None]
    return max(bases) - min(bases) if bases else 0


def gaps_in(round_: Round, now: datetime) -> tuple[Apart, ...]:
    """Every entry of the round whose visits lie too far apart, by number, those that two people settled too."""
    scheme = scheme_of(round_.scheme)
    limit = gap_of(scheme)
    if limit is None:
        return ()
    twice = VisitRecord.objects.done().filter(round=round_, purpose=Purpose.SECOND).values("entry")
    entries = list(Entry.objects.filter(pk__in=twice).select_related("company").order_by("number"))
    if not entries:
        return ()
    looks, said = looks_of(entries, scheme, now), gaps_said(entries, now)
    found = (Apart(e, looks[e.pk], apart_of(looks[e.pk]), said.get(e.pk, "")) for e in entries)
    return tuple(one for one in found if one.apart > limit)
