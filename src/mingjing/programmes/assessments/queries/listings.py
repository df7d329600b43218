"""The listings of a round that take rights: who is proposed, what is known of each, where its proceeding stands.

Constant numbers of queries, whatever the number of communities. Not here: what the facts mean (policy.listings).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet, prefetch_related_objects

from mingjing.engine.lists import Decision, decide
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.parties.models import Organisation
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.kernel.proceedings.queries import Stands, stands_of
from mingjing.programmes.assessments.models import Engagement, Entry, Replay, Result, Round, TeamMember, VisitRecord
from mingjing.programmes.assessments.policy.edges import uses_ranks
from mingjing.programmes.assessments.policy.listings import Case, Visited, adverse_tiers
from mingjing.programmes.assessments.policy.procedures import DROP
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.lists import decision_of
from mingjing.programmes.assessments.queries.restated import restated_of
from mingjing.programmes.assessments.queries.results import distribution
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.second_looks import Look, gap_of, gaps_said, looks_of

__all__ = [
    "LISTING", "Candidate", "Proposed", "adverse_results", "candidates_of", "involved_in", "known_of", "proposals",
    "proposed_of", "subject_of",
]  # fmt: skip

LISTING = "listing"
"""The kind of proceeding (policy.procedures)."""
READ = ("replay", "class_code", "total", "tier", "entry__round", "entry__number", "entry__name")
"""What is asked of a candidate where all of a list are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An entry proposed for an adverse tier, and where its proceeding stands.

    Without a proceeding where the round was decided before this version of mingjing. `corrected` is where the rules
    put it by what upheld objections left of its findings, where there is any.
    """

    result: Result
    entry: Entry
    stands: Stands | None
    corrected: Decision | None = None
    adverse: Collection[str] = ()

    @property
    def settled(self) -> str:
        """`uphold` or `drop` once that is said, else empty: by the panel, or as the corrected figures list nobody."""
        if self.corrected and self.corrected.tier not in self.adverse:
            return DROP
        if self.stands is None:
            return ""
        return DROP if self.stands.standing.ended else self.stands.standing.said.get("decision", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed(Candidate):
    """A candidate with everything that is known of its visits and its company."""

    case: Case


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
    related = ("entry__company", "entry__engagement", "replay__round__lead", "replay__scheme")
    found = _candidates(round_, replay, now, related, only)
    return known_of(round_, found, [one.entry for one in found], now)


def candidates_of(round_: Round, replay: Replay, now: datetime) -> tuple[Candidate, ...]:
    """Everybody proposed and where each proceeding stands, by number, without their visits: for the whole of a list."""
    return tuple(_candidates(round_, replay, now, ("entry",), None, READ))


def known_of(
    round_: Round, candidates: Iterable[Candidate], entries: Sequence[Entry], now: datetime
) -> tuple[Proposed, ...]:
    """Of candidates those of `entries` (read with their company and engagement), with all that is known of each."""
    found = {one.entry.pk: one for one in candidates}
    shown = [found[entry.pk].stands for entry in entries if entry.pk in found]
    prefetch_related_objects([stands.proceeding for stands in shown if stands], "organisation")
    told = {entry.pk: _told(entry, found.get(entry.pk)) for entry in entries}
    cases = _cases(entries, told, scheme_of(round_.scheme), now)
    return tuple(
        Proposed(
            result=one.result, entry=entry, stands=one.stands, corrected=one.corrected, adverse=one.adverse,
            case=cases[entry.pk],
        )
        for entry in entries if (one := found.get(entry.pk))
    )  # fmt: skip


def _told(entry: Entry, candidate: Candidate | None) -> Organisation | None:
    """The company of the proceeding: whose work was judged, which the roster need not name."""
    stands = candidate.stands if candidate else None
    return stands.proceeding.organisation if stands else entry.company


def adverse_results(round_: Round, replay: Replay) -> QuerySet[Result]:
    """The results of a decision that propose an entry for an adverse tier."""
    tiers = adverse_tiers(scheme_of(round_.scheme).list_rules)
    return replay.results.without_sheets().filter(tier__in=tiers, entry__isnull=False)


def _candidates(
    round_: Round, replay: Replay, now: datetime, related: Sequence[str], only: Sequence[int] | None,
    read: Sequence[str] = (),
) -> list[Candidate]:  # fmt: skip
    scheme = scheme_of(round_.scheme)
    rows = adverse_results(round_, replay)
    rows = rows if only is None else rows.filter(entry__in=only)
    rows = rows.select_related(*related)
    results = list((rows.only(*read) if read else rows).order_by("entry__number"))
    subjects = [subject_of(row.entry) for row in results if row.entry]
    opened = Proceeding.objects.filter(programme="assessments", kind=LISTING, subject__in=subjects)
    standing = {one.proceeding.subject: one for one in stands_of(opened.prefetch_related("area"), now).values()}
    corrected, adverse = _corrected(replay, results, scheme, now), adverse_tiers(scheme.list_rules)
    return [
        Candidate(
            result=row, entry=row.entry, stands=standing.get(subject_of(row.entry)),
            corrected=corrected.get(row.entry.pk), adverse=adverse,
        )
        for row in results if row.entry
    ]  # fmt: skip


def _corrected(replay: Replay, results: Sequence[Result], scheme: Scheme, now: datetime) -> dict[int, Decision]:
    """Where the rules put those of them that were corrected since, at the rank that was decided."""
    keys = [row.entry_id for row in results if row.entry_id]
    restated = restated_of(replay, scheme, now, only=keys) if keys else {}
    found = {}
    for row in results:
        if row.entry_id is not None and (changed := restated.get(row.entry_id)):
            totals = distribution(scheme, replay, row.class_code) if uses_ranks(scheme.list_rules) else None
            was, total, standing = row.total, changed.score.total, None
            if totals and was is not None and total is not None and was in totals.counts:
                standing = totals.if_moved(was, total)
            found[row.entry_id] = decide(scheme.list_rules, changed.score, changed.sheet.attributes, standing)
    return found


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


def _cases(
    entries: Sequence[Entry], told: Mapping[int, Organisation | None], scheme: Scheme, now: datetime
) -> dict[int, Case]:
    looks, said = looks_of(entries, scheme, now), gaps_said(entries, now)
    records, held = [look.record for found in looks.values() for look in found], _held(entries, told)
    shown, objections, asking = _on_record(records), _open_objections(records, now), _asking(scheme)
    return {
        entry.pk: _case(
            entry, told[entry.pk], held.get(entry.pk), looks[entry.pk], scheme, asking, shown, objections,
            settled=entry.pk in said,
        )
        for entry in entries
    }  # fmt: skip


def _case(
    entry: Entry, company: Organisation | None, held: Engagement | None, looks: Sequence[Look], scheme: Scheme,
    asking: Collection[str], shown: set[str], objections: Mapping[int, int], *, settled: bool,
) -> Case:  # fmt: skip
    sampling = {one["code"]: one for one in scheme.document["sampling"]}
    visited, unshown = [], dict[str, None]()
    for look in looks:
        visited.append(Visited(str(look.record.team_day.team), look.record.team_day.day, look.base))
        for finding in look.sheet.get("findings", ()):
            asks = finding["steps"] and (finding["evidence"] or finding["check"] in asking)
            if asks and not shown.intersection(finding["evidence"]):
                unshown[finding["check"]] = None
    return Case(
        company=company.name if company else entry.company_name, credit_code=company.credit_code if company else "",
        engaged=_engaged(held, visited), visits=tuple(visited), unshown=tuple(unshown),
        open_objections=sum(objections.get(look.record.pk, 0) for look in looks),
        revisit="proposed_black_revisit" in sampling, gap=gap_of(scheme), settled=settled,
    )  # fmt: skip


def _asking(scheme: Scheme) -> frozenset[str]:
    """The checks of which a deduction needs evidence by the scheme."""
    checks = (one for item in scheme.document["items"] for one in item["checks"])
    return frozenset(one["code"] for one in checks if one.get("evidence"))


def _held(entries: Sequence[Entry], told: Mapping[int, Organisation | None]) -> dict[int, Engagement]:
    """By entry since when its company is there: as frozen; one query for those to which another came."""
    held, came = {}, {}
    for entry in entries:
        company, frozen = told[entry.pk], entry.engagement
        if frozen and company and frozen.company_id == company.pk:
            held[entry.pk] = frozen
        elif company and company.pk != entry.company_id:
            came[entry.community_id, company.pk] = entry.pk
    rows = Engagement.objects.filter(community__in=[community for community, _company in came])
    for row in rows.order_by("first_day", "id") if came else ():
        if (key := (row.community_id, row.company_id)) in came:
            held[came[key]] = row
    return held


def _engaged(held: Engagement | None, visits: Iterable[Visited]) -> bool:
    """Whether the company judged looked after the community on the day of every visit."""
    if held is None:
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
