"""What an approved roster does to the register: sites, communities and engagements, in bulk.

Runs inside the transaction of actions.rosters, which also tells the ledger. Not here: whether it may be applied.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils import timezone

from mingjing.engine.geo import Datum, Position
from mingjing.kernel.db.search import search_words
from mingjing.kernel.places.actions import NewSite, correct_sites, record_sites
from mingjing.programmes.assessments.models import Community, Engagement, Management, Roster
from mingjing.programmes.assessments.policy.rosters import ATTRIBUTE, changes_company
from mingjing.programmes.assessments.queries.communities import open_engagements, state_of

__all__ = ["bring_up_to_date", "register_lock"]

CHUNK = 500
SITE_FIELDS = frozenset(("name", "address", "place", "latitude", "longitude", "datum"))
PLAIN_FIELDS = frozenset(
    ("name", "words", "management", "company_name", "completed_year", "buildings", "households", "group")
)
DECIMAL_FIELDS = frozenset(("fee_low", "fee_high", "floor_area"))
KEY_FIELDS = frozenset(("place", "company"))
WRITTEN = sorted(
    PLAIN_FIELDS | DECIMAL_FIELDS | KEY_FIELDS
    | {"attributes", "changed_at", "removed_by", "removed_at", "removal_reason"}
)  # fmt: skip


def register_lock(area: int) -> str:
    """The name of the lock that whoever changes the register of an area holds."""
    return f"assessments.register.{area}"


def bring_up_to_date(roster: Roster, at: datetime) -> dict[str, int]:
    """Write what the lines of an approved roster say onto the register of its area.

    Returns how many communities were added, changed and returned, and how many engagements began and ended.
    """
    done: Counter[str] = Counter(added=0, changed=0, returned=0, begun=0, ended=0)
    new = (_site(line.values, new=True) for page in _pages(roster, "added") for line in page)
    sites = iter(record_sites(sites=new, within=roster.area, by=roster.approved_by, at=at))
    for page in _pages(roster, "added"):
        change = _Change(roster, at)
        for line, site in zip(page, sites, strict=False):
            change.add(line, site)
        change.write(done)
    correct_sites(sites=_corrections(roster), within=roster.area, by=roster.approved_by, at=at)
    for page in _pages(roster, "changed"):
        change = _Change(roster, at)
        communities = _communities(page)
        held = {one.community_id: one for one in open_engagements(communities)}
        for line in page:
            community = communities[line.community_id or 0]
            change.alter(line, community, held.get(community.pk))
        change.write(done)
    return dict(done)


class _Said(NamedTuple):
    """What is read of a line."""

    row: int
    number: str
    community_id: int | None
    values: Mapping[str, Any]
    before: Mapping[str, Any]


def _pages(roster: Roster, kind: str) -> Iterator[list[_Said]]:
    """The lines of a kind, in order, so many at a time."""
    last = 0
    lines = roster.lines.filter(kind=kind).order_by("row").values_list(*_Said._fields)
    while page := [_Said(*line) for line in lines.filter(row__gt=last)[:CHUNK]]:
        yield page
        last = page[-1].row


def _communities(page: Iterable[_Said]) -> dict[int, Community]:
    """The communities of some lines with their sites and companies, by key."""
    found = Community.objects.filter(pk__in=[line.community_id for line in page]).select_related("site", "company")
    return {community.pk: community for community in found}


def _corrections(roster: Roster) -> Iterator[tuple[int, NewSite]]:
    """The sites of changed communities that are to be corrected, by their keys."""
    for page in _pages(roster, "changed"):
        touching = [line for line in page if SITE_FIELDS & line.before.keys()]
        communities = _communities(touching)
        for line in touching:
            community = communities[line.community_id or 0]
            yield community.site_id, _site({**state_of(community, None), **line.values}, new=False)


def _site(values: Mapping[str, Any], *, new: bool) -> NewSite:
    latitude, address = values.get("latitude"), values.get("address") or ""
    return NewSite(
        name=values["name"],
        area=values["place"],
        address=address,
        position=Position(float(latitude), float(values["longitude"])) if latitude is not None else None,
        datum=Datum(values.get("datum") or Datum.WGS84),
        words=" ".join(part for part in (values.get("words"), search_words("", address)) if part) if new else "",
    )


class _Change:
    """The communities of a page of lines as they are to be written, and what becomes of their engagements."""

    def __init__(self, roster: Roster, at: datetime) -> None:
        self.roster, self.at = roster, at
        self.day = timezone.localdate(roster.approved_at)
        self.added: list[Community] = []
        self.changed: list[Community] = []
        self.returned = 0
        self.ended: list[Engagement] = []
        self.corrected: list[Engagement] = []
        self.begun: list[Engagement] = []

    def add(self, line: _Said, site: int) -> None:
        """A community that was not on the register."""
        community = Community(area_id=self.roster.area_id, number=line.number, site_id=site, recorded_at=self.at)
        self._fill(community, line.values)
        self.added.append(community)
        self._begin(community, _day(line.values.get("since")))

    def alter(self, line: _Said, community: Community, held: Engagement | None) -> None:
        """A community that is on the register, and its open engagement."""
        said, known = line.values, state_of(community, held)
        self._fill(community, said)
        if said.get("removed") is False:
            community.removed_at = community.removed_by = None
            community.removal_reason = ""
            self.returned += 1
        self.changed.append(community)
        since = _day(said.get("since"))
        if changes_company(said, known) or held is None:
            self._follow(community, held, since)
        elif "since" in said or held.company_id != community.company_id:
            held.first_day = since if "since" in said else held.first_day
            held.company_id = community.company_id
            self.corrected.append(held)

    def _follow(self, community: Community, held: Engagement | None, since: date | None) -> None:
        """Somebody else from `since` on; where nobody says since when, from the day of approval."""
        first_day = since or (self.day if held else None)
        if held:
            last_day = (first_day or self.day) - timedelta(days=1)
            held.last_day = max(last_day, held.first_day) if held.first_day else last_day
            self.ended.append(held)
        self._begin(community, first_day)

    def _begin(self, community: Community, first_day: date | None) -> None:
        if community.management == Management.COMPANY and community.company_name:
            engagement = Engagement(
                community=community, company_id=community.company_id, company_name=community.company_name,
                first_day=first_day, recorded_by=self.roster.approved_by, recorded_at=self.at,
            )  # fmt: skip
            self.begun.append(engagement)

    def _fill(self, community: Community, said: Mapping[str, Any]) -> None:
        for name in PLAIN_FIELDS & said.keys():
            setattr(community, name, said[name])
        for name in DECIMAL_FIELDS & said.keys():
            setattr(community, name, None if said[name] is None else Decimal(said[name]))
        for name in KEY_FIELDS & said.keys():
            setattr(community, f"{name}_id", said[name])
        told = {key.removeprefix(ATTRIBUTE): text for key, text in said.items() if key.startswith(ATTRIBUTE)}
        kept = {**community.attributes, **told}
        community.attributes = {code: text for code, text in kept.items() if text is not None}
        community.changed_at = self.at

    def write(self, done: Counter[str]) -> None:
        """Store it all in a few statements; ended engagements first, for one at a time is open."""
        Community.objects.bulk_create(self.added)
        Community.objects.bulk_create(self.changed, update_conflicts=True, unique_fields=["id"], update_fields=WRITTEN)
        Engagement.objects.bulk_update(self.ended, ["last_day"])
        Engagement.objects.bulk_update(self.corrected, ["first_day", "company"])
        Engagement.objects.bulk_create(self.begun)
        done.update(
            added=len(self.added), changed=len(self.changed), returned=self.returned, begun=len(self.begun),
            ended=len(self.ended),
        )  # fmt: skip


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
