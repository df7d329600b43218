"""Rows that were corrected after the decision, each with its proof: what decision files say of them.

The proof ends at the fact that published the edition that first said so, so that it is the same whenever it is asked.
Not here: how it is checked (policy.corrected).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef

from mingjing.engine.chain import Mark, inclusion_proof
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.queries import proof_of
from mingjing.programmes.assessments.models import Edition, Listed, Reopening, Replay
from mingjing.programmes.assessments.policy.corrected import correction_section
from mingjing.programmes.assessments.policy.published import public_sheet
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.restated import restated_of
from mingjing.programmes.assessments.queries.results import sheet_of

__all__ = ["LATER", "RecordedRows", "corrections_of"]

LATER = Exists(Reopening.objects.filter(entry__round=OuterRef("round")))
"""The condition, of editions: something was established after the decision of their round."""


class RecordedRows:
    """The rows of an edition, in their order, and the proof of the fact that recorded their root: two queries."""

    def __init__(self, edition: Edition, leaves: Sequence[str]) -> None:
        self._leaves = [bytes.fromhex(leaf) for leaf in leaves]
        fact = Fact.objects.filter(subject=edition.subject).order_by("seq").first()
        self.proof = proof_of(fact, Mark(fact.seq, fact.hash)) if fact else None

    def of(self, index: int) -> dict[str, Any]:
        """Where the row of this place stands."""
        path = [part.hex() for part in inclusion_proof(self._leaves, index)]
        return {"index": index, "size": len(self._leaves), "path": path, "proof": self.proof}


def corrections_of(
    replay: Replay, scheme: Scheme, *, only: Sequence[int] | None = None, public: bool = False
) -> Mapping[int, dict[str, Any]]:
    """By entry the section of its decision file, for those whose row is not as it was first published,
    or whose first row says already what was established after the decision.

    `public`: with the sheet as everybody may see it.
    """
    editions = list(Edition.objects.filter(replay=replay).annotate(later=LATER).order_by("number"))
    later: set[int] = set()
    if editions and editions[-1].later:
        later = set(Reopening.objects.filter(entry__round=replay.round_id).values_list("proceeding", flat=True))
    if not editions or (not later and (len(editions) < 2 or (only is not None and not _moved(editions, only)))):
        return {}
    lists = {edition.pk: list(edition.rows.select_related("entry").order_by("index")) for edition in editions}
    newest = editions[-1]
    first = {row.entry_id: row for row in lists[editions[0].pk]}
    listed = lists[newest.pk]
    moved = [row for row in listed if row.leaf != first[row.entry_id].leaf or row.proceeding_id in later]
    wanted = [row for row in moved if only is None or row.entry_id in only]
    entries = [row.entry_id for row in wanted]
    restated = restated_of(replay, scheme, newest.published_at, only=entries, late=True) if entries else {}
    decided = {row.entry_id: row for row in replay.results.filter(entry__in=entries).select_related("replay")}
    recorded: dict[int, RecordedRows] = {}
    found = {}
    for row in wanted:
        edition, place = _said_first(row, editions, lists)
        rows = recorded.setdefault(edition.pk, RecordedRows(edition, [one.leaf for one in lists[edition.pk]]))
        anew = restated.get(row.entry_id)
        sheet = anew.sheet if anew else sheet_of(scheme, decided[row.entry_id])
        sheet = public_sheet(sheet) if public else sheet
        if rows.proof is not None:
            found[row.entry_id] = correction_section(sheet, row.told_row(row.entry.number), rows.of(place))
    return found


def _moved(editions: Sequence[Edition], entries: Sequence[int]) -> bool:
    """Whether the newest edition says of any of these another thing than the first: one query."""
    rows = Listed.objects.filter(edition__in=(editions[0], editions[-1]), entry__in=entries)
    leaves = list(rows.values_list("entry", "leaf"))
    return len(set(leaves)) > len({entry for entry, _ in leaves})


def _said_first(row: Listed, editions: Sequence[Edition], lists: Mapping[int, Sequence[Listed]]) -> tuple[Edition, int]:
    """The edition that first said of the entry what this row says, and the row's place among its rows."""
    found, place = editions[-1], [one.entry_id for one in lists[editions[-1].pk]].index(row.entry_id)
    for edition in reversed(editions[:-1]):
        at = next((n for n, one in enumerate(lists[edition.pk]) if one.entry_id == row.entry_id), -1)
        if at < 0 or lists[edition.pk][at].leaf != row.leaf:
            break
        found, place = edition, at
    return found, place
