"""Which of the warnings that are found now is which of those that are kept: judged again, a warning is the same row.

Pure: names and records only. Not here: writing (actions.warnings).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mingjing.programmes.inspections.policy.visits import Visit
from mingjing.programmes.inspections.policy.warnings import Warning

__all__ = ["Kept", "matched", "origins"]

Key = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A warning as it is kept: all records it ever counted; `stands` where they bore it out when last looked at."""

    row: int
    rule: str
    key: Key
    records: frozenset[str]
    stands: bool


def origins(visits: Iterable[Visit]) -> dict[str, str]:
    """For each record that corrects another the first of them: what was corrected is still the same event."""
    before = {visit.record: visit.corrects for visit in visits if visit.corrects}
    found = {}
    for record in before:
        first, seen = record, {record}
        while (earlier := before.get(first)) and earlier not in seen:
            first = earlier
            seen.add(first)
        found[record] = first
    return found


def matched(found: Sequence[Warning], kept: Iterable[Kept], origin: Mapping[str, str]) -> list[int | None]:
    """For each warning found the row that it is; None where it is a new one. No row is two of them.

    The same rule about the same thing, with a record in common: with the most in common, then one that stands, then
    the oldest.
    """
    rows = list(kept)
    pairs = []
    for at, warning in enumerate(found):
        records = {origin.get(record, record) for record in warning.records}
        for row in rows:
            alike = row.rule == warning.rule.code and row.key == warning.key
            if alike and (common := len(records & {origin.get(one, one) for one in row.records})):
                pairs.append((-common, not row.stands, row.row, at))
    answer: list[int | None] = [None] * len(found)
    taken: set[int] = set()
    for _common, _lapsed, row_key, at in sorted(pairs):
        if answer[at] is None and row_key not in taken:
            answer[at] = row_key
            taken.add(row_key)
    return answer
