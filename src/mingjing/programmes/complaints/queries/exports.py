"""What machines and offices are given of an edition: one row for each community, with documented columns.

docs/programmes/complaints.md describes them. Neither complaints nor callers; who decided is left out too.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext

from mingjing.engine.kept import recall
from mingjing.engine.outcome import Reason
from mingjing.programmes.complaints.models import Edition
from mingjing.programmes.complaints.policy.rules import Rules
from mingjing.programmes.complaints.queries.rulebooks import rules_of

__all__ = ["COLUMNS", "FORMAT", "header_of", "rows_of"]

FORMAT = "mingjing.complaints.ranking/1"
COLUMNS = (
    "rank", "community", "company", "households", "rate", "counted", "valid", "raw", "repeats", "others_duty",
    "invalid", "undecided", "top_share", "suppressed", "median_days", "p90_days", "still_open", "categories",
    "rank_before", "rate_before",
)  # fmt: skip
FIELDS = (
    "rank", "name", "company", "households", "rate", "counted", "valid", "raw", "cases", "top", "suppressed",
    "median_days2", "p90_days", "still_open", "categories", "rank_before", "rate_before",
)  # fmt: skip
"""What they are made of."""


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
    """Every community of an edition as a row of COLUMNS, in its order. Values, not objects: a city has thousands."""
    rules = rules_of(edition.rules)
    for row in edition.rows.order_by("position").values(*FIELDS).iterator(chunk_size=500):
        yield _row(row, rules)


def _row(row: Mapping[str, Any], rules: Rules) -> dict[str, Any]:
    cases, twice = row["cases"], row["median_days2"]
    reasons: tuple[Reason, ...] = recall(row["suppressed"])
    own = {
        "rank": row["rank"], "community": row["name"], "rate": _rate(row["rate"], rules),
        "repeats": len(cases.get("repeat", ())), "others_duty": len(cases.get("other", ())),
        "invalid": len(cases.get("invalid", ())), "undecided": len(cases.get("undecided", ())),
        "top_share": row["top"], "suppressed": " ".join(reason.say(gettext) for reason in reasons),
        "median_days": None if twice is None else twice / 2,
        "categories": "; ".join(f"{name} {count}" for name, count in row["categories"]),
        "rate_before": _rate(row["rate_before"], rules),
    }  # fmt: skip
    return {name: own[name] if name in own else row[name] for name in COLUMNS}


def _rate(units: int | None, rules: Rules) -> str | None:
    return None if units is None else f"{units / 10**rules.decimals:.{rules.decimals}f}"
