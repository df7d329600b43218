"""What machines are given of a decided round: one row for each community, with documented columns.

docs/reference/result-tables.md describes them. No personal data: neither who visited, nor who signed or approved.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from mingjing.programmes.assessments.models import UNRANKED, Replay, Result
from mingjing.programmes.assessments.policy.scheme import Scheme

__all__ = ["COLUMNS", "FORMAT", "header_of", "rows_of"]

FORMAT = "mingjing.assessments.results/1"
COLUMNS = (
    "number", "name", "subdistrict", "neighbourhood", "company", "class", "rank", "total", "base", "bonus", "tier",
    "checks", "not_assessed_reason", "leaf",
)  # fmt: skip
POINTS = ("total", "base", "bonus")
SOURCES = {
    "number": "entry__number", "name": "entry__name", "subdistrict": "entry__stratum__name",
    "company": "entry__company_name", "class": "class_code", "tier": "tier", "checks": "checks",
    "not_assessed_reason": "entry__not_assessed_reason", "leaf": "leaf",
}  # fmt: skip
"""The column of a table that a column of the file is copied from; the others are worked out."""
FIELDS = ("index", "standing", "entry__place", "entry__stratum", "entry__place__name", *POINTS, *SOURCES.values())
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
    """Every result as a row of COLUMNS, in the order of the decision; a chunk at a time.

    Values, not objects: of four tables, twenty thousand of them for a city would take most of the time.
    """
    rows = Result.objects.filter(replay=replay).order_by("index").values(*FIELDS)
    after = -1
    while chunk := list(rows.filter(index__gt=after)[:CHUNK]):
        yield from (_row(scheme, row) for row in chunk)
        after = chunk[-1]["index"]


def _row(scheme: Scheme, row: Mapping[str, Any]) -> dict[str, Any]:
    text, standing = scheme.rounding.text, row["standing"]
    points = {name: None if row[name] is None else text(row[name]) for name in POINTS}
    of_street = row["entry__place"] == row["entry__stratum"]
    place = "" if of_street else row["entry__place__name"]
    own = {"neighbourhood": place, "rank": None if standing == UNRANKED else standing, **points}
    return {name: own[name] if name in own else row[SOURCES[name]] for name in COLUMNS}
