"""Reads that a round's entries are made of: the registers of an area, what they know, what people recorded since.

Not here: writing entries (actions), how far they are (queries.progress).
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from django.db.models import Count

from mingjing.engine.outcome import Refusal
from mingjing.engine.quantities import decimal_text
from mingjing.kernel.places.models import CODE_LENGTH, Area, Level, within_subtree
from mingjing.programmes.assessments.models import ClassVote, Community, Engagement, Entry, EntryValue, Round
from mingjing.programmes.assessments.policy.classes import Proposal, class_inputs, propose
from mingjing.programmes.assessments.policy.scheme import Scheme

if TYPE_CHECKING:
    from django.db.models import QuerySet

__all__ = [
    "COLUMNS", "communities_of", "engagements_of", "numbers_twice", "proposed", "register_values", "strata_of",
    "stratum_path", "values_recorded", "votes_of",
]  # fmt: skip

COLUMNS = ("completed_year", "fee", "buildings", "households", "floor_area", "service_months")
"""The codes under which a scheme may ask for what every register knows."""


def communities_of(area: Area) -> "QuerySet[Community]":
    """Every current community of the registers in the subtree of `area`, with its place."""
    current = Community.objects.current().filter(within_subtree(area.path, "area"))
    return current.select_related("place").order_by("number")


def numbers_twice(area: Area) -> tuple[str, ...]:
    """The numbers that stand for several communities, where `area` has several registers; the first ten."""
    current = Community.objects.current().filter(within_subtree(area.path, "area")).order_by().values("number")
    twice = current.annotate(count=Count("pk")).filter(count__gt=1).order_by("number")
    return tuple(twice.values_list("number", flat=True)[:10])


def engagements_of(area: Area) -> dict[int, Engagement]:
    """The open engagement of each community of `area`, by the community's id."""
    still = Engagement.objects.filter(within_subtree(area.path, "community__area"), last_day=None)
    return {engagement.community_id: engagement for engagement in still}


def strata_of(area: Area) -> Mapping[str, int]:
    """The ids of the subdistricts of `area`, by path."""
    towns = Area.objects.filter(within_subtree(area.path), level=Level.TOWN)
    return dict(towns.values_list("path", "pk"))


def stratum_path(place: Area) -> str:
    """The path of the subdistrict that `place` lies in; its own where it lies above one."""
    return place.path[: CODE_LENGTH * Level.TOWN]


def values_recorded(round_: Round) -> dict[int, dict[str, str]]:
    """By entry the values people recorded for the round, the newest of each."""
    found: dict[int, dict[str, str]] = {}
    rows = EntryValue.objects.filter(entry__round=round_).order_by("id").values_list("entry", "code", "text")
    for entry, code, text in rows:
        found.setdefault(entry, {})[code] = text
    return found


def votes_of(round_: Round) -> dict[int, list[tuple[int, str, str]]]:
    """By entry the votes on its class, oldest first: who, for which class, on which values."""
    found: dict[int, list[tuple[int, str, str]]] = {}
    rows = (
        ClassVote.objects.filter(entry__round=round_).order_by("id").values_list("entry", "by", "class_code", "inputs")
    )
    for entry, by, code, inputs in rows:
        found.setdefault(entry, []).append((by, code, inputs))
    return found


def register_values(
    scheme: Scheme, community: Community, engagement: Engagement | None, first_day: date
) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """What the register says of the attributes the scheme asks for: texts, and those known only as a range."""
    texts, ranges = _columns(community, engagement, first_day)
    texts |= {code: str(text) for code, text in community.attributes.items() if text not in ("", None)}
    known = {code: text for code, text in texts.items() if code in scheme.attributes and _readable(scheme, code, text)}
    return known, {code: ends for code, ends in ranges.items() if code in scheme.attributes and code not in known}


def _columns(
    community: Community, engagement: Engagement | None, first_day: date
) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    months = _months(engagement.first_day, first_day) if engagement and engagement.first_day else None
    given: tuple[int | Decimal | None, ...] = (
        community.completed_year, None, community.buildings, community.households, community.floor_area, months
    )  # fmt: skip
    texts = {code: _text(value) for code, value in zip(COLUMNS, given, strict=True) if value is not None}
    if community.fee_low is None or community.fee_high is None:
        return texts, {}
    low, high = _text(community.fee_low), _text(community.fee_high)
    return (texts | {"fee": low}, {}) if low == high else (texts, {"fee": (low, high)})


def _text(value: int | Decimal) -> str:
    return decimal_text(Fraction(value))


def _months(since: date, until: date) -> int:
    """Whole months from one day to another; none where the other comes first."""
    months = (until.year - since.year) * 12 + until.month - since.month - (until.day < since.day)
    return max(months, 0)


def _readable(scheme: Scheme, code: str, text: str) -> bool:
    try:
        scheme.attribute(code, text)
    except Refusal:
        return False
    return True


def proposed(entry: Entry, scheme: Scheme) -> Proposal:
    """What the class rule says of an entry as its values stand; also writes the digest they have onto it."""
    ranges = {code: (low, high) for code, (low, high) in entry.ranges.items()}
    entry.class_inputs = class_inputs(scheme, entry.attributes, ranges)
    return propose(scheme, entry.attributes, ranges)
