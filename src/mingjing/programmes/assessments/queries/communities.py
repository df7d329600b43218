"""Reads of the register: what is known of communities as rosters compare it, and the register as lists show it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from mingjing.engine.rules import Measure
from mingjing.kernel.db.search import matching
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Organisation
from mingjing.kernel.places.models import Area, Level, Site
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.models import (
    Community,
    CommunityQuerySet,
    Engagement,
    Entry,
    Management,
    ReplayPurpose,
    Result,
    Roster,
    RosterLine,
    Round,
)
from mingjing.programmes.assessments.policy.rosters import ATTRIBUTE, Companies, Company, Place, Places
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.schemes import KIND, scheme_of

__all__ = [
    "Standing", "absent_from", "attributes_of", "communities_called", "companies_known", "entries_of",
    "names_of_places", "narrowed", "open_engagements", "places_of", "register_version", "rounds_with_own_roster",
    "state_of", "states_by_number",
]  # fmt: skip

CHANGING = ("assessments.roster.applied", "assessments.community.removed", "assessments.community.returned")
"""The facts after which the register of an area is another."""
TAIL = 10
"""Decimals of a position as it was given."""


def register_version(area: Area) -> int:
    """The number of the last fact that changed the register of `area`; 0 for one that is still empty."""
    facts = Fact.objects.filter(kind__in=CHANGING, scope=area.path).order_by("-seq")
    return facts.values_list("seq", flat=True).first() or 0


def places_of(area: Area) -> Places:
    """The district with every current area below it."""
    found = Area.objects.current().under(area).values_list("pk", "code", "name", "level", "path")
    places = [Place(*row) for row in found]
    return Places(next(place for place in places if place.key == area.pk), places)


def companies_known(area: Area) -> Companies:
    """Every organisation of the installation; those registered in `area`, or nobody said where, also by name."""
    rows = Organisation.objects.values_list("pk", "credit_code", "name", "area__path").iterator()
    return Companies(Company(key, code, name, not path or path.startswith(area.path)) for key, code, name, path in rows)


def attributes_of(area: Area) -> dict[str, Measure]:
    """The attributes that published schemes of `area` (or of an area above or below it) ask for, by code."""
    published = Version.objects.published().filter(rulebook__kind=KIND).select_related("rulebook__area")
    found: dict[str, Measure] = {}
    for version in published.order_by("pk"):
        if (where := version.rulebook.area) and (where.contains(area) or area.contains(where)):
            found |= scheme_of(version).attributes
    return found


def states_by_number(area: Area, numbers: Iterable[str]) -> dict[str, tuple[Community, dict[str, Any]]]:
    """The communities with these numbers, and what is known of each: two queries."""
    rows = Community.objects.filter(area=area, number__in=list(numbers)).select_related("site", "company")
    communities = list(rows)
    held = {one.community_id: one for one in open_engagements(community.pk for community in communities)}
    return {one.number: (one, state_of(one, held.get(one.pk))) for one in communities}


def open_engagements(communities: Iterable[int]) -> QuerySet[Engagement]:
    """The engagements that have not ended, of communities by their keys."""
    return Engagement.objects.filter(community__in=list(communities), last_day=None)


def state_of(community: Community, held: Engagement | None) -> dict[str, Any]:
    """What is known of a community, in the values of a roster's line; `held` is its open engagement.

    `community` comes with its site and company.
    """
    site = community.site
    state = {
        "name": community.name,
        "place": community.place_id,
        "address": site.address,
        "management": community.management,
        "company": community.company_id,
        "company_name": community.company_name,
        "company_title": community.company.name if community.company else "",
        "completed_year": community.completed_year,
        "fee_low": plain(community.fee_low),
        "fee_high": plain(community.fee_high),
        "buildings": community.buildings,
        "households": community.households,
        "floor_area": plain(community.floor_area),
        "group": community.group,
        "since": held.first_day.isoformat() if held and held.first_day else None,
        "removed": community.removed_at is not None,
    }
    attributes = {ATTRIBUTE + code: text for code, text in community.attributes.items()}
    return state | _position(site) | attributes


def _position(site: Site) -> dict[str, Any]:
    """The position as it was given."""
    return {
        "latitude": plain(site.given_latitude),
        "longitude": plain(site.given_longitude),
        "datum": site.given_datum,
    }


def plain(value: Decimal | None) -> str | None:
    """A decimal as the values of a line hold it."""
    return None if value is None else format(value.normalize(), "f")


def absent_from(roster: Roster) -> QuerySet[Community]:
    """The communities on the register of which a previewed roster says nothing."""
    said = RosterLine.objects.filter(roster=roster, number=OuterRef("number"))
    return Community.objects.current().filter(~Exists(said), area_id=roster.area_id)


def rounds_with_own_roster(area: Area) -> QuerySet[Round]:
    """The rounds under way that were frozen with the roster of their day."""
    return Round.objects.filter(area=area, frozen_at__isnull=False, decided_at=None).order_by("first_day", "id")


def names_of_places(keys: Iterable[int]) -> Mapping[int, str]:
    """The names of areas by key, neighbourhoods after their subdistrict."""
    rows = Area.objects.filter(pk__in=list(keys)).select_related("parent")
    return {
        area.pk: f"{area.parent.name} {area.name}" if area.parent and area.level == Level.NEIGHBOURHOOD else area.name
        for area in rows
    }


def communities_called(rows: CommunityQuerySet, text: str) -> CommunityQuerySet:
    """Those whose name, its pinyin or its initials, or whose number, `text` means."""
    return rows.filter(matching(text, codes=("number",))) if text else rows


def narrowed(
    rows: CommunityQuerySet, street: str = "", management: str = "", company: str = "", state: str = ""
) -> CommunityQuerySet:
    """The communities on the register (or taken off it: state `removed`) of a subdistrict and a way of managing.

    `company` is `known` for those whose company is a recorded organisation, `unknown` for those with another.
    """
    rows = rows.filter(removed_at__isnull=state != "removed")
    if street and (area := Area.objects.filter(code=street).first()):
        rows = rows.under(area)
    if management:
        rows = rows.filter(management=management)
    if company:
        rows = rows.filter(company__isnull=company != "known", management=Management.COMPANY)
    return rows


@dataclass(frozen=True, slots=True)
class Standing:
    """A community in a round: its entry, and what it came to once the round is decided."""

    entry: Entry
    result: Result | None
    scheme: Scheme


def entries_of(community: Community) -> list[Standing]:
    """The rounds a community took part in, newest first, with its results: two queries."""
    taken = Entry.objects.filter(community=community).select_related("round__scheme__rulebook")
    entries = taken.defer("round__scheme__document")
    decided = Result.objects.filter(
        entry__community=community, replay__purpose=ReplayPurpose.DECISION, replay__completed_at__isnull=False
    )
    results = {result.entry_id: result for result in decided.without_sheets()}
    ordered = sorted(entries, key=lambda entry: (entry.round.first_day, entry.round_id), reverse=True)
    return [Standing(entry, results.get(entry.pk), scheme_of(entry.round.scheme)) for entry in ordered]
