"""The listings of a round that take rights: who is proposed, what is known of each, where its proceeding stands.

Constant numbers of queries, whatever the number of communities. Not here: what the facts mean (policy.listings).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_

from django.db.models import Q

from mingjing.engine.quantities import parse_points
from mingjing.engine.scoring import Sheet, score
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.kernel.proceedings.queries import Stands, stands_of
from mingjing.programmes.assessments.models import Entry, Replay, Result, Round, TeamMember, VisitRecord
from mingjing.programmes.assessments.policy.listings import Case, Visited, adverse_tiers
from mingjing.programmes.assessments.policy.recording import findings_of
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.lists import decision_of
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["LISTING", "Proposed", "involved_in", "proposals", "proposed_of", "subject_of"]

LISTING = "listing"
"""The kind of proceeding (policy.procedures)."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """An entry proposed for an adverse tier: what it came to, what is known of it, where its proceeding stands.

    Without a proceeding where the round was decided before this version of mingjing.
    """

    result: Result
    entry: Entry
    case: Case
    stands: Stands | None

    @property
    def settled(self) -> str:
        """`uphold` or `drop` once the panel has said so, else empty."""
        return self.stands.standing.said.get("decision", "") if self.stands else ""


def subject_of(entry: Entry) -> str:
    """What the proceeding about a listing of this entry is about, as facts name it."""
    return entry.subject


def proposals(round_: Round, now: datetime) -> tuple[Proposed, ...]:
    """Everybody whom the decision of the round proposes for an adverse tier, by number."""
    replay = decision_of(round_)
    return proposed_of(round_, replay, now) if replay else ()


def proposed_of(
    round_: Round, replay: Replay, now: datetime, *, only: Sequence[int] | None = None
) -> tuple[Proposed, ...]:
    """The same for a decision; `only` the entries of these keys."""
    scheme = scheme_of(round_.scheme)
    rows = replay.results.without_sheets().filter(tier__in=adverse_tiers(scheme.list_rules), entry__isnull=False)
    rows = rows if only is None else rows.filter(entry__in=only)
    related = ("entry__company", "entry__engagement", "replay__round__lead", "replay__scheme")
    results = list(rows.select_related(*related).order_by("entry__number"))
    entries = [row.entry for row in results if row.entry]
    subjects = [subject_of(entry) for entry in entries]
    opened = Proceeding.objects.filter(programme="assessments", kind=LISTING, subject__in=subjects)
    standing = {
        one.proceeding.subject: one for one in stands_of(opened.select_related("area", "organisation"), now).values()
    }
    cases = _cases(entries, scheme, now)
    return tuple(
        Proposed(row, entry, cases[entry.pk], standing.get(subject_of(entry)))
        for row, entry in zip(results, entries, strict=True)
    )


def involved_in(entries: Iterable[Entry]) -> Mapping[int, set[int]]:
    """Who had a part in the visits of each entry, by entry: the keys of everybody on its teams. Two queries."""
    records = VisitRecord.objects.filter(entry__in=[entry.pk for entry in entries])
    found: dict[int, set[int]] = {}
    days: dict[int, set[int]] = {}
    for entry, day, *who in records.values_list("entry", "team_day", "started_by", "submitted_by"):
        found.setdefault(entry, set()).update(person for person in who if person)
        days.setdefault(day, set()).add(entry)
    for day, person in TeamMember.objects.filter(team_day__in=days).values_list("team_day", "person"):
        for entry in days[day]:
            found.setdefault(entry, set()).add(person)
    return found


def _cases(entries: Sequence[Entry], scheme: Scheme, now: datetime) -> dict[int, Case]:
    visits: dict[int, list[VisitRecord]] = {}
    locked = VisitRecord.objects.done().filter(entry__in=entries).select_related("team_day", "visit")
    for record in locked.order_by("id"):
        visits.setdefault(record.entry_id, []).append(record)
    records = [record for found in visits.values() for record in found]
    shown, objections = _on_record(records), _open_objections(records, now)
    return {entry.pk: _case(entry, visits.get(entry.pk, []), scheme, shown, objections) for entry in entries}


def _case(
    entry: Entry, records: Sequence[VisitRecord], scheme: Scheme, shown: set[str], objections: Mapping[int, int]
) -> Case:
    rubric = scheme.rubrics[entry.class_code]
    sampling = {one["code"]: one for one in scheme.document["sampling"]}
    visited, unshown = [], dict[str, None]()
    for record in records:
        findings, absences = findings_of(record.sheet_document)
        base = score(rubric, Sheet(findings=findings, not_applicable=absences)).base
        visited.append(Visited(str(record.team_day.team), record.team_day.day, base))
        for finding in record.sheet_document.get("findings", ()):
            asks = finding["evidence"] or _asks(scheme, finding["check"])
            if asks and not shown.intersection(finding["evidence"]):
                unshown[finding["check"]] = None
    gap = sampling.get("revisit_gap", {}).get("minimum")
    return Case(
        company=entry.company_name, credit_code=entry.company.credit_code if entry.company else "",
        engaged=_engaged(entry, visited), visits=tuple(visited), unshown=tuple(unshown),
        open_objections=sum(objections.get(record.pk, 0) for record in records),
        revisit="proposed_black_revisit" in sampling, gap=None if gap is None else parse_points(gap),
    )  # fmt: skip


def _asks(scheme: Scheme, check: str) -> bool:
    """Whether the scheme asks for evidence of a deduction for this check."""
    document = scheme.document
    return any(one["code"] == check and one.get("evidence") for item in document["items"] for one in item["checks"])


def _engaged(entry: Entry, visits: Iterable[Visited]) -> bool:
    """Whether the company judged looked after the community on the day of every visit."""
    held = entry.engagement
    if held is None or held.company_id != entry.company_id:
        return False
    first, last = held.first_day or date.min, held.last_day or date.max
    return all(first <= visit.day <= last for visit in visits)


def _on_record(records: Iterable[VisitRecord]) -> set[str]:
    """The digests of everything that findings cite and that is on record and not withdrawn: one query."""
    subjects = {record.subject for record in records}
    kept = Exhibit.objects.filter(subject__in=subjects, withdrawn_at=None)
    return set(kept.values_list("sha256", flat=True))


def _open_objections(records: Sequence[VisitRecord], now: datetime) -> dict[int, int]:
    """By record how many objections to its findings nobody has decided."""
    named = {record.subject: record.pk for record in records}
    found: dict[int, int] = {}
    about = reduce(or_, (Q(subject__startswith=f"{subject}/") for subject in named), Q(pk__in=[]))
    asked = Proceeding.objects.filter(about, programme="assessments", kind="objection")
    for stands in stands_of(asked.select_related("area"), now).values():
        if "objection" in stands.standing.done and "decision" not in stands.standing.done:
            pk = named[stands.proceeding.subject.partition("/")[0]]
            found[pk] = found.get(pk, 0) + 1
    return found
