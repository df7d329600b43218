"""Visits that another system sends: each is applied or refused by itself, and sent again it is the same one.

Not here: reading what was sent (policy.pushed), whether the key may (queries.outside).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.ledger import writer
from mingjing.programmes.inspections.actions.entries import Result, file_result, scan_in, scan_out
from mingjing.programmes.inspections.models import Entry, Key
from mingjing.programmes.inspections.models.entries import Door
from mingjing.programmes.inspections.policy.pushed import Pushed, read_arrival
from mingjing.programmes.inspections.queries.gate import Arrival
from mingjing.programmes.inspections.queries.outside import arrival_of

__all__ = ["Taken", "push"]


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of one row: `applied`, `known` (sent before) or `refused` with its problems."""

    status: str
    external: str
    entry: Entry | None = None
    problems: tuple[Problem, ...] = ()


def push(*, rows: list[object], key: Key, at: datetime) -> list[Taken]:
    """Take visits in, one transaction each; a fact says which entries came with this key."""
    taken = [_taken(row, key, at) for row in rows]
    if made := [one.entry.pk for one in taken if one.status == "applied" and one.entry]:
        with transaction.atomic():
            data = {"key": key.pk, "entries": made}
            writer.append(kind="inspections.key.pushed", subject=key.subject, data=data, area=key.area, by=None, at=at)
    return taken


def _taken(row: object, key: Key, at: datetime) -> Taken:
    external = str(row.get("external", ""))[:80] if isinstance(row, Mapping) else ""
    try:
        pushed = read_arrival(row, whole=True)
        arrival = arrival_of(key, pushed, pushed.entered)
        return _known(pushed, arrival) or _applied(pushed, arrival, at)
    except Refusal as refusal:
        return Taken("refused", external, None, refusal.problems)


def _known(pushed: Pushed, arrival: Arrival) -> Taken | None:
    """What was sent before under this number; raises Refusal where that was another visit."""
    before = Entry.objects.select_related("visit").filter(authority=arrival.authority, external=pushed.external).first()
    if before is None:
        return None
    if before.firm_id != arrival.firm.pk or before.visit.entered_at != pushed.entered:
        text = N_("The number {external} was used for another visit; give each visit a number of its own.")
        raise Refusal([Problem("push.other", text, {"external": pushed.external}, "external")])
    return Taken("known", pushed.external, before)


def _applied(pushed: Pushed, arrival: Arrival, at: datetime) -> Taken:
    try:
        with transaction.atomic():
            entry = scan_in(
                arrival=arrival, door=Door.PUSHED, reason=pushed.reason, external=pushed.external, by=None, at=at
            )
            results = _results(entry, pushed)
            if pushed.left:
                scan_out(entry=entry, left_at=pushed.left, results=results, by=None, at=at)
            elif results:
                file_result(entry=entry, results=results, by=None, at=at)
    except IntegrityError:  # another request applied it meanwhile
        if known := _known(pushed, arrival):
            return known
        raise
    return Taken("applied", pushed.external, entry)


def _results(entry: Entry, pushed: Pushed) -> list[Result]:
    """The results by the keys of the entry's items; raises Refusal for an item it is not about."""
    keys = {row.item.code: row.item_id for row in entry.items.select_related("item")}
    if unknown := tuple(one.item for one in pushed.results if one.item not in keys):
        text = N_("Results are told of items that the visit is not about: {codes}.")
        raise Refusal([Problem("push.result_items", text, {"codes": unknown}, "results")])
    return [
        Result(item=keys[one.item], result=one.result, findings=[(text, None) for text in one.findings])
        for one in pushed.results
    ]
