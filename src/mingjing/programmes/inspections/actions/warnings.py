"""Warnings as they are kept: raised, changed and marked as no longer holding by the engine, and by nobody else.

Judging a firm again writes what differs and nothing else; no row is ever deleted, and the database refuses it.
Not here: what people do about a warning (actions.supervision).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from mingjing.engine.chain import content_digest
from mingjing.engine.kept import keep
from mingjing.engine.workdays import deadline
from mingjing.kernel.calendar.queries import calendar_of, zone
from mingjing.kernel.db.locks import exclusive
from mingjing.kernel.ledger import writer
from mingjing.kernel.places.models import Area
from mingjing.programmes.inspections.models import Authority, Firm, Plan, Warning, WarningRecord
from mingjing.programmes.inspections.policy import warnings as policy
from mingjing.programmes.inspections.policy.keeping import Kept, matched, origins
from mingjing.programmes.inspections.policy.rules import Level
from mingjing.programmes.inspections.policy.supervision import DAYS, NO_MORE
from mingjing.programmes.inspections.queries.judged import Judged, of_authority, of_firm, of_plan, of_ratings

__all__ = ["judge_authority", "judge_firm", "judge_plan", "judge_ratings"]


def judge_firm(*, firm: Firm, because: int | None = None, at: datetime) -> int:
    """Keep what the rules say of a firm's records now; how many warnings were raised, changed or lapsed.

    `because` is the number of the fact that led to it: a warning that no longer holds names it.
    """
    with transaction.atomic():
        exclusive(f"inspections.firm:{firm.pk}")
        rows = Warning.objects.filter(firm=firm)
        return _keep(rows, of_firm(firm, localdate(at)), firm.area, firm, None, because, at)


def judge_authority(*, authority: Authority, day: date, because: int | None = None, at: datetime) -> int:
    """Keep what the rules say of an authority's visits in the period of `day`, as `judge_firm`."""
    with transaction.atomic():
        exclusive(f"inspections.authority:{authority.pk}")
        found = of_authority(authority, day)
        rows = Warning.objects.filter(firm=None, authority=authority, rule__in=found.rules, last_day__gte=found.since)
        return _keep(rows.filter(first_day__lte=found.until), found, authority.area, None, authority, because, at)


def judge_plan(*, plan: Plan, because: int | None = None, at: datetime) -> int:
    """Keep what the rules say of a campaign, as `judge_firm`."""
    with transaction.atomic():
        exclusive(f"inspections.authority:{plan.authority_id}")
        rows = Warning.objects.filter(firm=None, authority=plan.authority, records__record=plan.subject)
        return _keep(rows, of_plan(plan), plan.authority.area, None, plan.authority, because, at)


def judge_ratings(*, authority: Authority, at: datetime) -> int:
    """Keep what the rules say of an authority's ratings that are shown, as `judge_firm`."""
    with transaction.atomic():
        exclusive(f"inspections.authority:{authority.pk}")
        found = of_ratings(authority, localdate(at))
        rows = Warning.objects.filter(firm=None, authority=authority, rule__in=found.rules)
        return _keep(rows, found, authority.area, None, authority, None, at)


@dataclass(slots=True)
class _Write:
    """What one judging writes."""

    found: Judged
    area: Area
    firm: Firm | None
    authority: Authority | None
    because: int | None
    at: datetime
    facts: list[writer.Told]
    records: list[WarningRecord]
    due: dict[str, datetime]


def _keep(
    rows: Any, found: Judged, area: Area, firm: Firm | None, authority: Authority | None, because: int | None,
    at: datetime,
) -> int:  # fmt: skip
    stored = {row.pk: row for row in rows.prefetch_related("records")}
    kept = [
        Kept(
            row.pk, row.rule, tuple((name, value) for name, value in row.key),
            frozenset(one.record for one in row.records.all()), row.lapsed_at is None,
        )
        for row in stored.values()
    ]  # fmt: skip
    write = _Write(found, area, firm, authority, because, at, [], [], {})
    answer = matched(found.warnings, kept, origins(found.visits))
    taken = {row.identity for row in stored.values()}
    for warning, key in zip(found.warnings, answer, strict=True):
        if key is None:
            _raise(write, warning, taken)
        else:
            _change(write, stored[key], warning)
    for key in stored.keys() - set(answer):
        _lapse(write, stored[key], answer, found.warnings, stored)
    WarningRecord.objects.bulk_create(write.records)
    writer.append_many(facts=write.facts, by=None, at=at)
    return len(write.facts)


def _raise(write: _Write, warning: policy.Warning, taken: set[str]) -> None:
    row = Warning(
        identity=_identity(write, warning, taken), area=write.area, firm=write.firm, rule=warning.rule.code,
        key=[list(one) for one in warning.key], raised_at=write.at,
    )  # fmt: skip
    taken.add(row.identity)
    _tell(row, write, warning)
    row.due = _due(write, "raised") if warning.level > Level.INFO else None
    row.save(force_insert=True)
    _add_records(write, row, warning, known=())
    _fact(write, row, "raised", {"records": len(warning.records)})


def _change(write: _Write, row: Warning, warning: policy.Warning) -> None:
    """Write what differs. What got worse, or holds again, asks for an explanation once more."""
    before = (row.level, row.count, row.first_day, row.last_day, row.reasons, row.rules_id)
    known = {one.record for one in row.records.all()}
    new, lapsed = set(warning.records) - known, row.lapsed_at is not None
    worse = warning.level > row.level or bool(new - write.found.origin.keys())
    _tell(row, write, warning)
    after = (row.level, row.count, row.first_day, row.last_day, row.reasons, row.rules_id)
    if before == after and not new and not lapsed:
        return
    reopened = lapsed or (worse and row.state == NO_MORE)
    if reopened:
        row.state, row.lapsed_at, row.lapse = "raised", None, None
        row.due = _due(write, "raised") if warning.level > Level.INFO else None
    elif worse and row.state == "raised" and row.due is None and warning.level > Level.INFO:
        row.due = _due(write, "raised")
    row.save()
    _add_records(write, row, warning, known)
    _fact(write, row, "held_again" if lapsed else "changed", {"added": len(new), "reopened": reopened})


def _lapse(
    write: _Write, row: Warning, answer: Sequence[int | None], found: Sequence[policy.Warning],
    stored: Mapping[int, Warning],
) -> None:  # fmt: skip
    """Its records no longer bear it out: it stays and says so, with the fact that brought it about."""
    if row.lapsed_at is not None:
        return
    records = {one.record for one in row.records.all()}
    heirs = (
        stored[key] for key, one in zip(answer, found, strict=True)
        if key is not None and one.rule.code == row.rule and records & set(one.records)
    )  # fmt: skip
    heir = next(heirs, None)
    if heir is not None and row.merged_into_id is None:
        row.merged_into = heir
    row.lapsed_at, row.changed_at, row.due = write.at, write.at, None
    row.lapse = {"why": "joined" if heir else "records", "fact": write.because}
    row.save(update_fields=["lapsed_at", "changed_at", "due", "lapse", "merged_into"])
    _fact(write, row, "lapsed", {"because": write.because, "into": heir.pk if heir else None})


def _tell(row: Warning, write: _Write, warning: policy.Warning) -> None:
    """What the engine says of it now."""
    last = write.found.authority_of(warning)
    row.authority_id = write.authority.pk if write.authority else last
    row.level, row.count = int(warning.level), warning.count
    row.first_day, row.last_day = warning.first, warning.last
    row.reasons, row.changed_at = keep(warning.reasons), write.at
    row.rules_id = write.found.version_on(warning.last)


def _add_records(write: _Write, row: Warning, warning: policy.Warning, known: Iterable[str]) -> None:
    days = write.found.days
    write.records += [
        WarningRecord(warning=row, record=record, day=days.get(record, warning.last))
        for record in warning.records if record not in known
    ]  # fmt: skip


def _identity(write: _Write, warning: policy.Warning, taken: set[str]) -> str:
    """A name for good: by what it began with. A second one of the same beginning counts on."""
    first = warning.records[0] if warning.records else ""
    about = write.firm.subject if write.firm else write.authority.subject if write.authority else ""
    told = [warning.rule.code, about, [list(one) for one in warning.key], write.found.origin.get(first, first)]
    number = 0
    while (identity := content_digest({"warning": told, "number": number})) in taken:
        number += 1
    return identity


def _due(write: _Write, state: str) -> datetime:
    if state not in write.due:
        write.due[state] = deadline(calendar_of(write.area), write.at, DAYS[state], "working", zone()).at
    return write.due[state]


def _fact(write: _Write, row: Warning, what: str, more: Mapping[str, Any]) -> None:
    data = {
        "warning": row.pk, "rule": row.rule, "level": row.level, "count": row.count, "firm": row.firm_id,
        "authority": row.authority_id, **more,
    }  # fmt: skip
    kind = f"inspections.warning.{what}"
    write.facts.append(writer.Told(kind=kind, subject=row.subject, data=data, area=write.area))
