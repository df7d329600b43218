"""What the system itself knows of entries of a round, for a scheme whose attributes name a source.

As things stood when the decision was asked for, or as they stand now: the steps of orders are never changed, so asking
again later gives the same. A constant number of queries for any number of entries. Not here: what the values mean
(policy.sources), values that people recorded (queries.entries).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import cast

from django.db.models import OuterRef, Q, Subquery, TextField
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.module_loading import import_string

from mingjing.engine.outcome import N_, Reason
from mingjing.engine.rules import Measure
from mingjing.kernel import registry
from mingjing.kernel.cases.models import Case, Step
from mingjing.kernel.parties.models import Organisation
from mingjing.programmes.assessments.models import (
    Community,
    Engagement,
    Entry,
    Listed,
    ReplayPurpose,
    Result,
    Round,
    VisitRecord,
)
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.policy.sources import (
    MONTHS,
    STREAK,
    TEAMS_BELOW,
    Order,
    Source,
    Sourced,
    Stay,
    below,
    changed_known,
    follow,
    known_elsewhere,
    months,
    months_known,
    orders_known,
    streak_known,
)
from mingjing.programmes.assessments.queries.schemes import schemes_by
from mingjing.programmes.assessments.queries.second_looks import Look, looks_of, visits_to

__all__ = ["changed_of", "companies_on", "company_on", "elsewhere_of", "sourced_of"]

ABOUT = "assessments.visit:"
"""How the subject of an order begins; the record's id and the check follow."""


def sourced_of(
    entries: Sequence[Entry], round_: Round, scheme: Scheme, *, looks: Mapping[int, Sequence[Look]] | None = None,
    records: Sequence[VisitRecord] | None = None,
) -> dict[int, Mapping[str, Sourced]]:  # fmt: skip
    """By entry what the system knows of the attributes with a source, by code.

    `looks` and `records` (every one of them, void ones too) where they were read already.
    """
    kinds = {source.kind for source in scheme.sources.values() if not source.is_elsewhere}
    at = round_.deciding_at or timezone.now()
    unseen = TEAMS_BELOW in kinds and looks is None
    records = list(visits_to(entries)) if unseen else records
    orders = _orders(entries, round_, at, records) if kinds - {STREAK, MONTHS, TEAMS_BELOW} else {}
    if unseen:
        looks = looks_of(entries, scheme, at, records=records)
    stays = _stays(entries, round_, at) if STREAK in kinds else {}
    held = _held(entries, at) if kinds & {MONTHS, STREAK} else {}
    came = _came(entries, scheme, at, held, looks) if STREAK in kinds else {}
    elsewhere = elsewhere_of(entries, round_, scheme, at)
    found: dict[int, Mapping[str, Sourced]] = {}
    for entry in entries:
        values = {}
        for code, source in scheme.sources.items():
            if source.is_elsewhere:
                values[code] = elsewhere[code][entry.pk]
            elif source.kind == STREAK:
                now = _stay(entry, round_, came.get(entry.pk))
                values[code] = streak_known(source, now, stays.get(entry.community_id, ()))
            elif source.kind == TEAMS_BELOW:
                seen = (looks or {}).get(entry.pk, ())
                visits = [(str(look.record.team_day.team), look.base) for look in seen if look.counts]
                values[code] = below(source, visits)
            elif source.kind == MONTHS:
                seen = (looks or {}).get(entry.pk, ())
                values[code] = _served(entry, code, held.get(entry.community_id, ()), seen, round_.first_day)
            else:
                values[code] = orders_known(source, orders.get(entry.pk, ()), at)
        found[entry.pk] = values
    return found


def elsewhere_of(
    entries: Sequence[Entry], round_: Round, scheme: Scheme, at: datetime
) -> dict[str, Mapping[int, Sourced]]:
    """By attribute and entry what other parts of the house know of its site in the period of the round."""
    asked = {code: source for code, source in scheme.sources.items() if source.is_elsewhere}
    wanted = {source.kind for source in asked.values()} & set(registry.known())
    sites = _sites(entries) if wanted else {}
    kinds, places = {source.kind for source in asked.values()}, set(sites.values())
    found = answers_to(sorted(kinds), places, round_.first_day, round_.last_day, at)
    return {
        code: _told(source, scheme.attributes[code], entries, sites, found[source.kind])
        for code, source in asked.items()
    }


def _sites(entries: Sequence[Entry]) -> dict[int, int]:
    """The sites of their communities, by community; one query, unless whoever asks has read the communities."""
    unread = [entry.community_id for entry in entries if not Entry.community.is_cached(entry)]
    found = {entry.community_id: entry.community.site_id for entry in entries if Entry.community.is_cached(entry)}
    return found | (dict(Community.objects.filter(pk__in=unread).values_list("pk", "site")) if unread else {})


def answers_to(
    codes: Iterable[str], sites: Collection[int], first_day: date, last_day: date, at: datetime
) -> dict[str, Mapping[int, registry.Answer]]:
    """What is known by several codes, of this house or not; those that are answered together are asked once."""
    entries = {code: registry.known().get(code) for code in codes}
    joint: dict[str, list[str]] = {}
    for code, entry in entries.items():
        if entry and entry.together and sites:
            joint.setdefault(entry.together, []).append(code)
    found: dict[str, Mapping[int, registry.Answer]] = {}
    for path, asked in joint.items():
        read = cast(Callable[..., Mapping[str, Mapping[int, registry.Answer]]], import_string(path))
        found |= read(asked, sites, first_day, last_day, at)
    apart = {code: entry for code, entry in entries.items() if code not in found}
    return found | {code: registry.answers(entry, sites, first_day, last_day, at) for code, entry in apart.items()}


def _told(
    source: Source, measure: Measure, entries: Sequence[Entry], sites: Mapping[int, int],
    found: Mapping[int, registry.Answer],
) -> dict[int, Sourced]:  # fmt: skip
    part = registry.known().get(source.kind)
    nothing = registry.Answer("", Reason("source.nothing", N_("Nothing is known of it for the period of the round.")))
    told = {}
    for entry in entries:
        answer = found.get(sites.get(entry.community_id, 0), nothing)
        kind = part.kind if part else ""
        told[entry.pk] = known_elsewhere(source, measure, kind, answer.text, answer.reason)
    return told


def _orders(
    entries: Sequence[Entry], round_: Round, at: datetime, read: Sequence[VisitRecord] | None
) -> dict[int, list[Order]]:
    """The orders about records of this round, by entry, as they stood at a moment: two queries, one if `read`."""
    rows = VisitRecord.objects.filter(entry__in=entries).values_list("pk", "entry")
    pairs = rows if read is None else [(record.pk, record.entry_id) for record in read]
    records = {f"{ABOUT}{pk}": entry for pk, entry in pairs}
    steps = Step.objects.filter(
        case__programme="assessments", case__site__community__in=[entry.community_id for entry in entries],
        case__subject__startswith=ABOUT, case__opened_at__gte=round_.opened_at, at__lte=at,
    ).select_related("case")  # fmt: skip
    standing: dict[int, tuple[int, Order]] = {}
    for step in steps.order_by("case", "number"):
        case: Case = step.case
        if (entry := records.get(case.subject.partition("/")[0])) is not None:
            before = standing[case.pk][1] if case.pk in standing else Order(case.number, case.due_at)
            standing[case.pk] = entry, follow(before, step.kind, step.at, step.due_at)
    found: dict[int, list[Order]] = {}
    for entry, order in standing.values():
        found.setdefault(entry, []).append(order)
    return found


def _came(
    entries: Sequence[Entry], scheme: Scheme, at: datetime, held: Mapping[int, Sequence[Engagement]],
    looks: Mapping[int, Sequence[Look]] | None,
) -> dict[int, Engagement | None]:  # fmt: skip
    """Of entries to which another company came who was there on the day of the visit; two queries at most."""
    changed = [entry for entry in entries if _changed(entry, held.get(entry.community_id, ()))]
    seen = looks if looks is not None or not changed else looks_of(changed, scheme, at)
    return {
        entry.pk: _came_before_the_visit(entry, held[entry.community_id], (seen or {}).get(entry.pk, ()))
        for entry in changed
    }


def _stay(entry: Entry, round_: Round, there: Engagement | None = None) -> Stay:
    if there:
        return Stay(round_.code, "", False, there.pk, there.company_id, there.company_name)
    return Stay(round_.code, "", False, entry.engagement_id, entry.company_id, entry.company_name)


def _stays(entries: Sequence[Entry], round_: Round, at: datetime) -> dict[int, list[Stay]]:
    """Where each community stood in the rounds decided before this one, the latest first: one query.

    Where a list was published, as its newest edition said at that moment, also of which company: what was corrected
    leaves no trace.
    """
    columns = (
        "entry__community", "entry__round__title", "stood", "replay__scheme", "replay__scheme__digest",
        "entry__engagement", "entry__company", "entry__company_name", "named",
    )  # fmt: skip
    earlier = Q(entry__round__first_day__lt=round_.first_day)
    earlier |= Q(entry__round__first_day=round_.first_day, entry__round__lt=round_.pk)
    listed = Listed.objects.filter(entry=OuterRef("entry"), edition__published_at__lte=at).order_by("-edition__number")
    rows = (
        Result.objects.annotate(
            stood=Coalesce(Subquery(listed.values("tier")[:1]), "tier", output_field=TextField()),
            named=Subquery(listed.values("company")[:1]),
        )
        .filter(earlier, replay__purpose=ReplayPurpose.DECISION, replay__completed_at__isnull=False)
        .filter(entry__community__in=[entry.community_id for entry in entries], entry__round__decided_at__isnull=False)
        .order_by("-entry__round__first_day", "-entry__round")
        .values_list(*columns)
    )
    kept = list(rows)
    schemes = schemes_by({row[3]: row[4] for row in kept})
    found: dict[int, list[Stay]] = {}
    for community, title, tier, scheme, _digest, engagement, company, name, named in kept:
        another = named is not None and named != company
        whose = (None, named, "") if another else (engagement, company, name)
        stay = Stay(title, tier, tier != schemes[scheme].document["unassessed_tier"], *whose)
        found.setdefault(community, []).append(stay)
    return found


def _held(entries: Sequence[Entry], at: datetime) -> dict[int, list[Engagement]]:
    """By community who looked after it since when, as it was known at a moment, the earliest first: one query."""
    communities = {entry.community_id for entry in entries if entry.engagement_id is not None}
    rows = Engagement.objects.filter(community__in=communities, recorded_at__lte=at).select_related("company")
    rows = rows.order_by("id")
    found: dict[int, list[Engagement]] = {}
    for row in rows:
        found.setdefault(row.community_id, []).append(row)
    return found


def _came_before_the_visit(entry: Entry, held: Sequence[Engagement], looks: Sequence[Look]) -> Engagement | None:
    """The engagement of whoever was there on the day of the visit, where it began after the one that was frozen."""
    since = next((one.first_day for one in held if one.pk == entry.engagement_id), None)
    day = max((look.record.team_day.day for look in looks if look.counts), default=None)
    by_then = [(one.first_day, one.pk, one) for one in held if day and one.first_day and one.first_day <= day]
    there = max(by_then)[2] if by_then else None
    late = there is not None and there.first_day is not None and since is not None and there.first_day > since
    return there if late else None


def company_on(entry: Entry, day: date, at: datetime) -> Organisation | None:
    """Whose work a visit of that day saw, as it is known at a moment: who had come by then, else who was frozen."""
    there = _there(entry, _held([entry], at).get(entry.community_id, ()), day)
    return there.company if there else entry.company


def companies_on(visits: Sequence[tuple[Entry, date]], at: datetime) -> list[str]:
    """The names of the same of several entries, each on a day: one query."""
    held = _held([entry for entry, _day in visits], at)
    found = ((entry, _there(entry, held.get(entry.community_id, ()), day)) for entry, day in visits)
    return [there.company_name if there else entry.company_name for entry, there in found]


def _there(entry: Entry, held: Sequence[Engagement], day: date) -> Engagement | None:
    """The engagement that had begun by a day after the one that was frozen; None where nobody else had come."""
    since = next((one.first_day for one in held if one.pk == entry.engagement_id), None)
    by_then = [one for one in held if since and one.first_day and since < one.first_day <= day]
    return max(by_then, key=lambda one: (one.first_day, one.pk), default=None)


def changed_of(round_: Round, scheme: Scheme, only: Collection[int] | None = None) -> dict[int, Engagement]:
    """By entry the engagement of another company that had come by the day of the visit: its work was judged.

    As it was known when the decision was asked for; `only` of these entries. Two queries where nobody changed.
    """
    at = round_.deciding_at or timezone.now()
    asked = Entry.objects.filter(round=round_, engagement__isnull=False)
    entries = list(asked if only is None else asked.filter(pk__in=only))
    held = _held(entries, at)
    changed = [entry for entry in entries if _changed(entry, held.get(entry.community_id, ()))]
    looks = looks_of(changed, scheme, at) if changed else {}
    found = {
        entry.pk: _came_before_the_visit(entry, held[entry.community_id], looks.get(entry.pk, ())) for entry in changed
    }
    return {pk: there for pk, there in found.items() if there}


def _changed(entry: Entry, held: Sequence[Engagement]) -> bool:
    """Whether another company is known to have come after the one that was frozen."""
    since = next((one.first_day for one in held if one.pk == entry.engagement_id), None)
    return since is not None and any(one.first_day and one.first_day > since for one in held)


def _served(entry: Entry, code: str, held: Sequence[Engagement], looks: Sequence[Look], first_day: date) -> Sourced:
    """How long the company has served whose work was judged: that of the day of the visit, should it be another one."""
    since = next((one.first_day for one in held if one.pk == entry.engagement_id), None)
    there = _came_before_the_visit(entry, held, looks)
    if there is None or there.first_day is None or since is None:
        return months_known(entry.company_name, since, first_day)
    said = entry.attributes.get(code, "")
    if said not in ("", str(months(since, first_day))):  # somebody recorded another value for the round
        return months_known(entry.company_name, since, first_day)
    return changed_known(there.company_name, there.first_day, first_day)
