"""What machines and offices are given of an edition: one row for each community, with documented columns.

docs/programmes/complaints.md describes them. Neither complaints nor callers; who decided is left out too.
"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext

from mingjing.programmes.complaints.models import Edition, EditionRow
from mingjing.programmes.complaints.policy.rules import Rules
from mingjing.programmes.complaints.queries.rulebooks import rules_of

__all__ = ["COLUMNS", "FORMAT", "header_of", "rows_of"]

FORMAT = "mingjing.complaints.ranking/1"
COLUMNS = (
    "rank", "community", "company", "households", "rate", "counted", "valid", "raw", "repeats", "others_duty",
    "invalid", "undecided", "top_share", "suppressed", "median_days", "p90_days", "still_open", "categories",
    "rank_before", "rate_before",
)  # fmt: skip


def header_of(edition: Edition) -> dict[str, Any]:
    """What the rows are of: the period, the rules, the state, and the digest that the ledger keeps."""
    totals = {name: value for name, value in edition.totals.items() if name != "unplaced_cases"}
    return {
        "format": FORMAT, "area": edition.area.code, "first_day": edition.first_day.isoformat(),
        "last_day": edition.last_day.isoformat(), "number": edition.number, "state": edition.state,
        "corrects": edition.corrects.number if edition.corrects else None, "rules": edition.rules.digest,
        "digest": edition.digest, "totals": totals,
    }  # fmt: skip


def rows_of(edition: Edition) -> Iterator[dict[str, Any]]:
    """Every community of an edition as a row of COLUMNS, in its order."""
    rules = rules_of(edition.rules)
    for row in edition.rows.order_by("position").iterator(chunk_size=500):
        yield _row(row, rules)


def _row(row: EditionRow, rules: Rules) -> dict[str, Any]:
    cases = {name: len(row.cases.get(name, ())) for name in ("repeat", "other", "invalid", "undecided")}
    median = row.median_days
    return {
        "rank": row.rank, "community": row.name, "company": row.company, "households": row.households,
        "rate": _rate(row.rate, rules), "counted": row.counted, "valid": row.valid, "raw": row.raw,
        "repeats": cases["repeat"], "others_duty": cases["other"], "invalid": cases["invalid"],
        "undecided": cases["undecided"], "top_share": row.top,
        "suppressed": " ".join(reason.say(gettext) for reason in row.told_reasons),
        "median_days": None if median is None else float(median), "p90_days": row.p90_days,
        "still_open": row.still_open, "categories": "; ".join(f"{name} {count}" for name, count in row.categories),
        "rank_before": row.rank_before, "rate_before": _rate(row.rate_before, rules),
    }  # fmt: skip


def _rate(units: int | None, rules: Rules) -> str | None:
    return None if units is None else f"{units / 10**rules.decimals:.{rules.decimals}f}"
