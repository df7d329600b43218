"""Works out editions from what is on record, streaming, and reads the published ones.

Not here: the arithmetic (policy.ranking), keeping a ranking (actions.editions).
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from hashlib import sha256
from typing import Any

from django.db.models import Max, Q
from django.utils import timezone

from mingjing.engine.chain import canonical
from mingjing.engine.kept import keep
from mingjing.kernel.places.models import Area, Site
from mingjing.programmes.complaints.models import Complaint, Decision, Edition, EditionRow, Origin
from mingjing.programmes.complaints.policy.editions import Progress, seen_too_few
from mingjing.programmes.complaints.policy.ranking import Outcome, Ranking, Standing, Tally
from mingjing.programmes.complaints.policy.rules import Rules
from mingjing.programmes.complaints.queries.complaints import COLUMNS, told
from mingjing.programmes.complaints.queries.places import companies_of, households_of, names_of
from mingjing.programmes.complaints.queries.rulebooks import rules_of

__all__ = ["Ranked", "before", "case_keys", "in_period", "latest", "progress_of", "rank", "rows_digest"]

CHUNK = 2000
Cases = dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A ranking worked out: the rows of an edition, and the figures over all of them."""

    rows: list[EditionRow]
    totals: dict[str, Any]


def in_period(edition: Edition) -> Q:
    """The complaints of the hotline of an edition's area and period."""
    days = Q(opened_on__gte=edition.first_day, opened_on__lte=edition.last_day)
    return Q(days, area=edition.area_id, origin=Origin.HOTLINE)


def rank(edition: Edition, at: datetime, progress: Callable[[int, int], None] = lambda _done, _all: None) -> Ranked:
    """The ranking of an edition as things stand at `at`; complaints stream, only numbers and days are held."""
    rules, cases = rules_of(edition.rules), defaultdict[str, Cases](lambda: defaultdict(list))

    def say(number: str, community: str, outcome: Outcome, first: str) -> None:
        cases[community][str(outcome)].append([int(number), int(first)] if first else int(number))

    tally = Tally(rules, edition.first_day, edition.last_day, say)
    wanted = Q(area=edition.area_id, opened_on__gte=tally.since, opened_on__lte=edition.last_day)
    found = Complaint.objects.of_hotline().filter(wanted)
    count = found.count()
    for done, row in enumerate(found.order_by("pk").values_list(*COLUMNS).iterator(chunk_size=CHUNK), start=1):
        tally.add(told(row))
        if done % CHUNK == 0:
            progress(done, count)
    sites = set(Site.objects.under(edition.area).values_list("pk", flat=True))
    households = households_of(sites, edition.first_day, edition.last_day, at)
    ranking = tally.ranking({str(site): number for site, number in households.items()})
    return Ranked(_rows(edition, ranking, cases, rules, at), _totals(ranking, cases))


def _rows(
    edition: Edition, ranking: Ranking, cases: Mapping[str, Cases], rules: Rules, at: datetime
) -> list[EditionRow]:
    keys = [int(one.community) for one in ranking.standings]
    names, companies = names_of(keys), companies_of(keys, edition.first_day, edition.last_day, at)
    earlier = {row.site_id: row for row in edition.before.rows.defer("cases")} if edition.before else {}
    # Within equal rates names decide the order, which keys would leave to chance.
    ordered = sorted(ranking.standings, key=lambda one: _place(one, names[int(one.community)]))
    return [
        _row(edition, position, one, names[int(one.community)], companies.get(int(one.community), ""),
             cases.get(one.community, {}), earlier.get(int(one.community)), rules)
        for position, one in enumerate(ordered)
    ]  # fmt: skip


def _place(one: Standing, name: str) -> tuple[bool, int, int, str, str]:
    """Ranked ones by rank, the others by how many counted; then by name."""
    return one.rank is None, one.rank or 0, 0 if one.rank else -one.counted, name, one.community


def _row(
    edition: Edition, position: int, one: Standing, name: str, company: str, cases: Cases,
    earlier: EditionRow | None, rules: Rules,
) -> EditionRow:  # fmt: skip
    return EditionRow(
        edition=edition, position=position, site_id=int(one.community), name=name, company=company,
        households=one.households, raw=one.raw, valid=one.valid, counted=one.counted,
        rate=units(one.rate, rules), rank=one.rank, suppressed=[keep(reason) for reason in one.suppressed], top=one.top,
        median_days2=None if one.median_days is None else int(one.median_days * 2), p90_days=one.p90_days,
        still_open=one.still_open, categories=[list(entry) for entry in one.categories],
        cases={outcome: sorted(found, key=str) for outcome, found in sorted(cases.items())},
        rank_before=earlier.rank if earlier else None, rate_before=earlier.rate if earlier else None,
    )  # fmt: skip


def units(rate: Fraction | None, rules: Rules) -> int | None:
    """A rate in units of the last decimal that the rules show."""
    return None if rate is None else int(rate * 10**rules.decimals)


def _totals(ranking: Ranking, cases: Mapping[str, Cases]) -> dict[str, Any]:
    standings = ranking.standings
    tenth = -(-len(standings) // 10)
    share = ranking.raw_share(tenth)
    outcomes = {
        str(outcome): sum(one.outcomes.get(outcome, 0) for one in standings) for outcome in Outcome
    } | {"unplaced": ranking.unplaced}  # fmt: skip
    return {
        "communities": len(standings), "ranked": len(ranking.ranked),
        "raw": sum(one.raw for one in standings) + ranking.unplaced, "valid": sum(one.valid for one in standings),
        "outcomes": outcomes, "tenth": tenth,
        "tenth_share": None if share is None else int(share * 1000 + Fraction(1, 2)),
        "unplaced_cases": {outcome: sorted(found, key=str) for outcome, found in sorted(cases.get("", {}).items())},
    }  # fmt: skip


def rows_digest(edition: Edition) -> str:
    """The SHA-256 over every row of an edition, in order: what was published can be told from what was changed."""
    digest = sha256(canonical({"totals": edition.totals}))
    columns = (
        "position", "site", "name", "company", "households", "raw", "valid", "counted", "rate", "rank", "suppressed",
        "top", "median_days2", "p90_days", "still_open", "categories", "cases", "rank_before", "rate_before",
    )  # fmt: skip
    for row in edition.rows.order_by("position").values(*columns).iterator(chunk_size=CHUNK):
        digest.update(canonical(row))
    return digest.hexdigest()


def before(edition: Edition) -> Edition | None:
    """The edition to compare with: the last published for the period that ended last before this one began."""
    earlier = Edition.objects.filter(
        area=edition.area_id, published_at__isnull=False, last_day__lt=edition.first_day
    )  # fmt: skip
    return earlier.order_by("-last_day", "-first_day", "-number").first()


def latest(area: Area) -> Edition | None:
    """The last edition published for `area`."""
    found = Edition.objects.filter(area=area, published_at__isnull=False)
    return found.order_by("-last_day", "-first_day", "-number").first()


def progress_of(edition: Edition) -> Progress:
    """How far an edition is, and what stands in the way of its next step: five queries."""
    complaints = Complaint.objects.filter(in_period(edition))
    decided = Decision.objects.filter(complaint__in=complaints).aggregate(at=Max("at"))["at"]
    taken = complaints.aggregate(at=Max("changed_at"))["at"]
    counted = {str(site): number for site, number in edition.rows.values_list("site", "counted")}
    missed = seen_too_few(edition.checked, counted) if edition.state == "checking" else ()
    names = names_of(int(site) for site in missed) if missed else {}
    until = edition.check_until
    return Progress(
        state=edition.state, ranked_at=edition.ranked_at, decided_at=max(filter(None, (decided, taken)), default=None),
        undecided=complaints.undecided().count(), open_objections=edition.objections.filter(decided_at=None).count(),
        check_until=timezone.localtime(until) if until else None, not_seen=tuple(names.values()),
    )  # fmt: skip


def case_keys(row: EditionRow) -> Iterator[tuple[str, int, int | None]]:
    """The complaints of a row: what became of each, its key, and the key of the one it repeats."""
    for outcome, found in row.cases.items():
        for entry in found:
            key, first = entry if isinstance(entry, list) else (entry, None)
            yield outcome, key, first
