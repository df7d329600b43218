"""Complaints and rankings in the words of a page. Not here: requests."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingjing.engine.outcome import spoken
from mingjing.kernel.places.models import Area, Site
from mingjing.programmes.complaints.models import Complaint, Edition, EditionRow
from mingjing.programmes.complaints.policy.rules import COMPANY, Rules

__all__ = [
    "OUTCOMES",
    "VERDICTS",
    "days_text",
    "duties_of",
    "duty_title",
    "rate_text",
    "sites_of",
    "state_of",
    "verdict",
]

OUTCOMES: Mapping[str, Any] = {
    "counted": _("Counted"),
    "repeat": _("Repeats of one that counts"),
    "other": _("Others’ duty"),
    "invalid": _("Invalid"),
    "undecided": _("Still undecided"),
    "unplaced": _("Community not known"),
}
VERDICTS: Mapping[str, Any] = {
    "valid": _("Valid"), "invalid": _("Invalid"), COMPANY: _("The company’s duty"), "apart": _("Repeats nothing"),
    "merged": _("As the rules merge it"),
}  # fmt: skip
MOST_SITES = 5000


def duties_of(rules: Rules | None) -> list[tuple[str, str]]:
    """The duties a complaint can be, the company's first."""
    others = [(code, str(spoken(title, gettext))) for code, title in (rules.duties if rules else {}).items()]
    return [(COMPANY, gettext("The company’s duty")), *others]


def duty_title(rules: Rules | None, code: str) -> str:
    """A duty in words; its code where the rules in force do not know it any more."""
    return dict(duties_of(rules)).get(code, code)


def verdict(rules: Rules | None, code: str) -> str:
    """A verdict in words."""
    return str(VERDICTS[code]) if code in VERDICTS else duty_title(rules, code)


def sites_of(area: Area) -> dict[str, int]:
    """The communities of a district by name; those of one name with the place they lie in."""
    rows = list(Site.objects.under(area).select_related("area").order_by("name", "pk")[:MOST_SITES])
    count: dict[str, int] = {}
    for row in rows:
        count[row.name] = count.get(row.name, 0) + 1
    named = {}
    for row in rows:
        name = row.name if count[row.name] == 1 else f"{row.name} · {row.area.name}"
        named[name if name not in named else f"{name} · {row.pk}"] = row.pk
    return named


def state_of(row: Complaint, rules: Rules | None) -> tuple[str, str]:
    """A complaint's state in words, and its tone."""
    if row.validity == "invalid":
        return gettext("Invalid"), "open"
    if row.needs_decision:
        return (gettext("Community not known"), "watch") if row.site_id is None else (gettext("To decide"), "watch")
    if row.duty == COMPANY:
        return gettext("The company’s"), "good"
    return duty_title(rules, row.duty), "plain"


def rate_text(units: int | None, decimals: int) -> str:
    """A rate as shown; a dash where there is none."""
    return "—" if units is None else f"{units / 10**decimals:.{decimals}f}"


def days_text(days: Fraction | None) -> str:
    """A median of days: a half at most."""
    if days is None:
        return "—"
    return str(days.numerator) if days.denominator == 1 else f"{float(days):.1f}"


def rows_shown(rows: Iterable[EditionRow], edition: Edition, rules: Rules) -> list[dict[str, Any]]:
    """Rows of an edition with their figures in words."""
    return [
        {
            "row": row,
            "rate": rate_text(row.rate, rules.decimals),
            "median": days_text(row.median_days),
            "before": rate_text(row.rate_before, rules.decimals),
            "climbed": row.climbed,
            "fallen": -row.climbed if row.climbed is not None and row.climbed < 0 else 0,
        }
        for row in rows
    ]
