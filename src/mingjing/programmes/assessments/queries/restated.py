"""Entries of a decided round as corrections leave them: their sheets and scores worked out anew from what was decided.

What was known when the round was decided stays known (orders met, values of attributes); only what a correction says is
changed, and a veto established later is added, a bonus whose proof was contradicted taken away, once its own
proceeding is through. Constant numbers of queries. Not
here: what follows for a list (policy.corrections, actions.editions).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from mingjing.engine.rules import Value
from mingjing.engine.scoring import Claim, Finding, Score, Sheet, Veto, score
from mingjing.programmes.assessments.models import Entry, Filing, FilingKind, Reopening, Replay, Result
from mingjing.programmes.assessments.policy.recording import findings_of
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.policy.sources import TEAMS_BELOW, below
from mingjing.programmes.assessments.queries.amendments import Amendments, amendments_of
from mingjing.programmes.assessments.queries.reopenings import reopened_of, veto_of
from mingjing.programmes.assessments.queries.results import sheet_of
from mingjing.programmes.assessments.queries.second_looks import Look, looks_of

__all__ = ["Restated", "restated_of"]


@dataclass(frozen=True, slots=True)
class Restated:
    """What an entry came to, with its corrections; `fallen`: its listing itself was called wrong.

    `heard` is the newest of what was established later and counts, where nothing that came after it took it away.
    """

    sheet: Sheet
    score: Score
    fallen: bool
    heard: Reopening | None = None


def restated_of(
    replay: Replay, scheme: Scheme, now: datetime, *, only: Sequence[int] | None = None, late: bool = False
) -> dict[int, Restated]:
    """The entries of a decision that any correction counts about, by entry; `only` those of these keys.

    With `late`, what was established later is added.
    """
    asked = Entry.objects.filter(round=replay.round_id) if only is None else Entry.objects.filter(pk__in=only)
    found = amendments_of(asked.values("pk"), now)
    added = _added(reopened_of(asked.values("pk"), now) if late else (), found)
    if not found.rows and not added:
        return {}
    rows = list(replay.results.filter(entry__in=found.entries | added.keys()).select_related("entry", "replay"))
    entries = [row.entry for row in rows if row.entry]
    before = looks_of(entries, scheme, now, amendments=Amendments())
    looks = looks_of(entries, scheme, now, amendments=found)
    struck: dict[int, list[Filing]] = {}
    for correction in found.rows:
        if correction.filing:
            struck.setdefault(correction.entry_id, []).append(correction.filing)
    return {
        row.entry_id: _restated(
            row, scheme, found, before[row.entry_id], looks[row.entry_id], struck, added.get(row.entry_id, ())
        )
        for row in rows
        if row.entry_id is not None
    }


def _added(reopened: Collection[Any], found: Amendments) -> dict[int, list[Reopening]]:
    """By entry the reopenings that count and which no appeal has struck."""
    added: dict[int, list[Reopening]] = {}
    for one in reopened:
        if one.counts and one.reopening.filing_id not in found.filings:
            added.setdefault(one.reopening.entry_id, []).append(one.reopening)
    return added


def _restated(
    row: Result, scheme: Scheme, found: Amendments, before: Sequence[Look], looks: Sequence[Look],
    struck: Mapping[int, Sequence[Filing]], added: Sequence[Reopening],
) -> Restated:  # fmt: skip
    assert row.entry is not None
    sheet = sheet_of(scheme, row)
    steps: dict[str, int] = {}
    for look in before:
        steps |= found.findings.get(look.record.pk, {})
    kept = _without(sheet.vetoes, struck.get(row.entry.pk, ()), "veto")
    changed = replace(
        sheet,
        findings=tuple(_left(sheet.findings, before, steps)),
        claims=tuple(_granted(_without(sheet.claims, struck.get(row.entry.pk, ()), "bonus"), added)),
        vetoes=(*kept, *(veto_of(one.filing) for one in added if one.filing.kind == FilingKind.VETO)),
        attributes=_attributes(row.entry, sheet.attributes, scheme, looks),
    )
    numbers = score(scheme.rubrics[row.class_code], changed)
    fell = found.listings.get(row.entry.pk)
    heard = next((one for one in reversed(added) if fell is None or fell < one.at), None)
    return Restated(changed, numbers, fell is not None and heard is None, heard)


def _left(findings: Sequence[Finding], looks: Sequence[Look], steps: Mapping[str, int]) -> Iterator[Finding]:
    """The findings that were decided on, each with the steps that corrections leave of it."""
    keys: dict[Finding, list[str]] = {}
    for look in looks:
        for entry, finding in zip(look.sheet.get("findings", ()), findings_of(look.sheet)[0], strict=True):
            keys.setdefault(_plain(finding), []).append(entry["id"])
    for finding in findings:
        named = keys.get(_plain(finding), [])
        left = min(steps.get(named.pop(0), finding.steps), finding.steps) if named else finding.steps
        if left:
            yield replace(finding, steps=left)


def _plain(finding: Finding) -> Finding:
    """What tells findings apart, whatever weight they have."""
    return replace(finding, steps=1, resolved="")


def _without(filed: Sequence[Any], struck: Sequence[Filing], kind: str) -> Iterator[Any]:  # Claim or Veto, as they came
    gone = [(filing.code, filing.document) for filing in struck if filing.kind == kind]
    for one in filed:
        named = (one.veto, one.document) if isinstance(one, Veto) else (one.bonus, one.proof)
        if named in gone:
            gone.remove(named)
        else:
            yield one


def _granted(claims: Iterator[Claim], added: Sequence[Reopening]) -> Iterator[Claim]:
    """Without those whose proof was contradicted."""
    gone = {one.filing.code for one in added if one.filing.kind == FilingKind.REFUTED}
    return (claim for claim in claims if claim.bonus not in gone)


def _attributes(entry: Entry, known: Mapping[str, Value], scheme: Scheme, looks: Sequence[Look]) -> Mapping[str, Value]:
    """The values that were known, with what the corrected visits say where visits are the source."""
    values = dict(known)
    for code, source in scheme.sources.items():
        if source.kind == TEAMS_BELOW and not entry.attributes.get(code):
            text = below(source, [(str(look.record.team_day.team), look.base) for look in looks if look.counts]).text
            values[code] = scheme.attribute(code, text, entry.number)
    return values
