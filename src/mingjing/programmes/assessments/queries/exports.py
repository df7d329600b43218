"""What machines are given of a decided round: one row for each community, with documented columns.

docs/reference/result-tables.md describes them. No personal data: neither who visited, nor who signed or approved.
"""

from collections.abc import Iterator
from typing import Any

from mingjing.programmes.assessments.models import Replay, Result
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.results import row_of

__all__ = ["COLUMNS", "FORMAT", "header_of", "rows_of"]

FORMAT = "mingjing.assessments.results/1"
COLUMNS = (
    "number", "name", "subdistrict", "neighbourhood", "company", "class", "rank", "total", "base", "bonus", "tier",
    "checks", "not_assessed_reason", "leaf",
)  # fmt: skip
CHUNK = 500


def header_of(replay: Replay) -> dict[str, Any]:
    """What the rows are of: the round, the scheme, and what the ledger keeps of the whole."""
    round_ = replay.round
    assert round_ is not None
    return {
        "format": FORMAT,
        "area": round_.area.code,
        "round": round_.code,
        "title": round_.title,
        "first_day": round_.first_day.isoformat(),
        "last_day": round_.last_day.isoformat(),
        "scheme": replay.scheme.rulebook.code,
        "scheme_version": replay.scheme.number,
        "scheme_digest": replay.scheme.digest,
        "roster_digest": round_.roster_digest,
        "results": replay.result_count,
        "results_root": replay.results_root,
    }


def rows_of(replay: Replay, scheme: Scheme) -> Iterator[dict[str, Any]]:
    """Every result as a row of COLUMNS, in the order of the decision; a chunk at a time."""
    rows = Result.objects.filter(replay=replay).without_sheets().select_related("entry__place", "entry__stratum")
    after = -1
    while chunk := list(rows.filter(index__gt=after).order_by("index")[:CHUNK]):
        yield from (_row(scheme, row) for row in chunk)
        after = chunk[-1].index


def _row(scheme: Scheme, row: Result) -> dict[str, Any]:
    entry = row.entry
    assert entry is not None
    values = row_of(scheme, row)
    place = {
        "number": entry.number,
        "name": entry.name,
        "subdistrict": entry.stratum.name,
        "neighbourhood": "" if entry.place_id == entry.stratum_id else entry.place.name,
        "company": entry.company_name,
        "not_assessed_reason": entry.not_assessed_reason,
        "leaf": row.leaf,
    }
    return {name: place[name] if name in place else values[name] for name in COLUMNS}
