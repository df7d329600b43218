"""The score sheets of a round: what the locked records, the filings, the orders and the frozen entries come to.

A chunk of entries costs the same number of queries whatever is in it. Not here: scoring them (policy.judging, jobs);
where a team goes (queries.draws): only records that somebody has begun are read here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from msgspec.structs import replace

from mingjing.engine.accounts import check_sheet
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.engine.rules import Value
from mingjing.engine.scoring import Claim, Sheet, Veto
from mingjing.kernel.cases.models import Case
from mingjing.programmes.assessments.models import Entry, Filing, FilingKind, Purpose, Round, VisitRecord
from mingjing.programmes.assessments.policy.corrections import amended
from mingjing.programmes.assessments.policy.filings import speaks_against
from mingjing.programmes.assessments.policy.procedures import SECOND
from mingjing.programmes.assessments.policy.recording import findings_of
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.policy.sources import Sourced
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.second_looks import corrections_among, gaps_said, looks_of, visits_to
from mingjing.programmes.assessments.queries.sourced import sourced_of

__all__ = ["CHUNK", "Known", "known_of", "order_subject", "sheet_of_entry", "sheets_of"]

CHUNK = 500
"""Entries read at a time: with eight checks found wanting at each, 4,000 orders are asked for in one query."""


@dataclass(frozen=True, slots=True)
class Known:
    """What stands beside an entry: its record, its filings, and for each check with an order met, since which day.

    `sourced` is what the system knows of the attributes that name a source, `amended` what upheld objections left of
    findings.
    """

    record: VisitRecord | None = None
    filings: tuple[Filing, ...] = ()
    met: Mapping[str, str] | None = None
    sourced: Mapping[str, Sourced] = field(default_factory=dict)
    amended: Mapping[str, int] = field(default_factory=dict)


def order_subject(record: VisitRecord, check: str) -> str:
    """How an order about a check of a record is named."""
    return f"{record.subject}/{check}"


def sheets_of(
    round_: Round, *, scheme: Scheme | None = None, locked_only: bool = True
) -> Iterator[tuple[Entry, Sheet]]:
    """Every entry of the round with its sheet, by number; raises Refusal at the end with all that is wrong with any.

    `locked_only` reads locked records only, as a decision does; else each record as it stands now, once it was begun.
    """
    rules = scheme or scheme_of(round_.scheme)
    problems: list[Problem] = []
    for entries in _chunks(round_):
        beside = known_of(entries, round_, rules, locked_only=locked_only)
        for entry in entries:
            try:
                sheet = sheet_of_entry(entry, beside[entry.pk], rules, round_)
            except Refusal as refusal:
                problems += refusal.problems
            else:
                yield entry, sheet
    if problems:
        raise Refusal(problems)


def _chunks(round_: Round) -> Iterator[list[Entry]]:
    after = ""
    found = Entry.objects.filter(round=round_).order_by("number")
    while entries := list(found.filter(number__gt=after)[:CHUNK] if after else found[:CHUNK]):
        yield entries
        after = entries[-1].number


def known_of(entries: Sequence[Entry], round_: Round, scheme: Scheme, *, locked_only: bool) -> dict[int, Known]:
    """What stands beside each of `entries` of the round, by its id, in a constant number of queries."""
    now = round_.deciding_at or timezone.now()
    every = list(visits_to(entries).order_by("id"))
    records = [record for record in every if record.voided_at is None]
    by_entry = _counting(entries, records, now, locked_only=locked_only)
    amendments = corrections_among(records, now)
    looks, found = looks_of(entries, scheme, now, records=records, amendments=amendments), amendments.findings
    filings: dict[int, list[Filing]] = {}
    filed = Filing.objects.filter(entry__in=entries).select_related("decided_by").order_by("id")
    for filing in filed.filter(filed_at__lte=round_.deciding_at) if round_.deciding_at else filed:
        filings.setdefault(filing.entry_id, []).append(filing)
    met, sourced = _met(by_entry.values()), sourced_of(entries, round_, scheme, looks=looks, records=every)
    return {
        entry.pk: Known(
            by_entry.get(entry.pk), tuple(filings.get(entry.pk, ())),
            met.get(by_entry[entry.pk].pk) if entry.pk in by_entry else None, sourced[entry.pk],
            found.get(by_entry[entry.pk].pk, {}) if entry.pk in by_entry else {},
        )
        for entry in entries
    }  # fmt: skip


def _counting(
    entries: Sequence[Entry], records: Sequence[VisitRecord], now: datetime, *, locked_only: bool
) -> dict[int, VisitRecord]:
    """By entry the record that gives the points: of the first visit, unless two people said that the second counts."""
    by_purpose: dict[str, dict[int, VisitRecord]] = {Purpose.FIRST: {}, Purpose.SECOND: {}}
    for record in records:
        if record.locked_at if locked_only else record.started_at:
            by_purpose[record.purpose][record.entry_id] = record
    first, again = by_purpose[Purpose.FIRST], by_purpose[Purpose.SECOND]
    said = gaps_said([entry for entry in entries if entry.pk in again], now) if again else {}
    return first | {pk: record for pk, record in again.items() if said.get(pk) == SECOND}


def _met(records: Any) -> dict[int, dict[str, str]]:
    """By record, the checks whose orders were all confirmed as met, and on which day the last of them was."""
    asked = {
        order_subject(record, finding["check"]): (record.pk, finding["check"])
        for record in records
        for finding in record.sheet_document.get("findings", ())
    }
    if not asked:
        return {}
    days: dict[str, str] = {}
    still_open: set[str] = set()
    rows = Case.objects.filter(programme="assessments", subject__in=asked).exclude(outcome="cancelled")
    for subject, outcome, closed_at in rows.values_list("subject", "outcome", "closed_at"):
        if outcome == "confirmed":
            days[subject] = max(days.get(subject, ""), timezone.localdate(closed_at).isoformat())
        else:
            still_open.add(subject)
    found: dict[int, dict[str, str]] = {}
    for subject in days.keys() - still_open:
        record, check = asked[subject]
        found.setdefault(record, {})[check] = days[subject]
    return found


def sheet_of_entry(entry: Entry, known: Known, scheme: Scheme, round_: Round) -> Sheet:
    """The sheet of one entry by `scheme`; raises Refusal, each problem at the entry's number."""
    met, values = known.met or {}, _attributes(entry, known, scheme)
    findings, absences = findings_of(amended(known.record.sheet_document, known.amended) if known.record else {})
    sheet = Sheet(
        findings=tuple(replace(finding, resolved=met.get(finding.check, "")) for finding in findings),
        not_applicable=absences,
        claims=tuple(_claim(one, _holds(one, known, entry, scheme, values)) for one in _of(known, FilingKind.BONUS)),
        vetoes=tuple(_veto(one) for one in _of(known, FilingKind.VETO)),
        attributes=values,
        period=(round_.first_day.isoformat(), round_.last_day.isoformat()),
        assessed=known.record is not None and entry.not_assessed_at is None,
    )
    if entry.class_code not in scheme.rubrics:
        text = N_("Its class is not settled, or is none of the scheme's; settle the class first.")
        raise Refusal([Problem("round.entry_class", text, {}, entry.number)])
    if problems := tuple(check_sheet(scheme.rubrics[entry.class_code], sheet)):
        raise Refusal(Problem(one.code, one.text, one.params, entry.number) for one in problems)
    return sheet


def _approver(filing: Filing) -> str:
    """Who approved it, by token; nobody for one that was rejected or not decided yet."""
    return filing.decided_by.token if filing.approved and filing.decided_by else ""


def _of(known: Known, kind: str) -> list[Filing]:
    return [filing for filing in known.filings if filing.kind == kind]


def _holds(filing: Filing, known: Known, entry: Entry, scheme: Scheme, values: Mapping[str, Value]) -> bool:
    """Whether nothing contradicts the proof of a bonus: nothing that was filed, and no record of others that it rests
    on, those too that came after its approval."""
    if any(one.approved and one.code == filing.code for one in _of(known, FilingKind.REFUTED)):
        return False
    rubric = scheme.rubrics.get(entry.class_code)
    item = next((item for item in rubric.bonus if item.code == filing.code), None) if rubric else None
    told = {name: source.text for name, source in known.sourced.items()}
    return not any(values.get(name) or speaks_against(told.get(name, "")) for name in (item.matched if item else ()))


def _claim(filing: Filing, holds: bool) -> Claim:
    return Claim(filing.code, proof=filing.document if holds else "", approver=_approver(filing))


def _veto(filing: Filing) -> Veto:
    day = filing.occurred_on.isoformat() if filing.occurred_on else ""
    return Veto(filing.code, document=filing.document, approver=_approver(filing), occurred_on=day)


def _attributes(entry: Entry, known: Known, scheme: Scheme) -> dict[str, Value]:
    """The values that the scheme asks for and nothing else: the entry's own before what the system knows.

    Only what is firm comes first: that another company had come by the day of the visit.
    """
    firm = {code for code, found in known.sourced.items() if found.firm}
    own = {code: text for code, text in entry.attributes.items() if text not in ("", None) and code not in firm}
    values = {}
    for code, text in ({code: found.text for code, found in known.sourced.items()} | own).items():
        if code in scheme.attributes and text not in ("", None):
            values[code] = scheme.attribute(code, str(text), entry.number)
    return values
