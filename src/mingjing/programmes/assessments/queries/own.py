"""What of the programme people of a company see: their communities in decided rounds, their cases.

Everything is asked with `Acting` (kernel.parties.mandates): a company's people see all of it, counsel one case and the
community that it is about. Not here: what they may do (portal), what the office sees, orders (queries.answering).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from mingjing.engine.process import Standing
from mingjing.kernel.parties.mandates import Acting
from mingjing.kernel.parties.models import Organisation
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.kernel.proceedings.queries import Stands, stands_of
from mingjing.programmes.assessments.models import Engagement, Entry, Filing, Listed, Reopening, Result
from mingjing.programmes.assessments.policy.listings import adverse_tiers
from mingjing.programmes.assessments.queries.listings import LISTING
from mingjing.programmes.assessments.queries.lists import decision_of
from mingjing.programmes.assessments.queries.reopenings import REOPENING
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.sourced import changed_of

__all__ = [
    "HEARD",
    "Own",
    "cases_for",
    "entries_for",
    "entry_behind",
    "entry_for",
    "is_late",
    "judged_of",
    "looked_after_by",
    "newest_listed",
    "own_of",
    "shown_of",
    "under_way_for",
]

HEARD = (LISTING, REOPENING)
"""The kinds in which a company is told by a notice, states its case and is heard."""
KINDS = (*HEARD, "appeal", "objection")
"""The kinds of proceedings in which a company has a part."""


@dataclass(frozen=True, slots=True)
class Own:
    """A community of theirs in a decided round. `result` is None while its company is not to know it yet.

    `proposed` says that the result would take rights, `published` is the row of the newest edition. `judged` is whose
    work the result is about: another company's, where the company changed in the middle of the round.
    """

    entry: Entry
    result: Result | None
    listing: Stands | None
    proposed: bool
    published: Listed | None
    judged: Organisation | None = None


def entries_for(acting: Acting) -> "QuerySet[Entry]":
    """The communities they looked after in rounds that are decided, the newest round first.

    Also those that they came to, or left, in the middle of a round: whose work was judged, `own_of` says.
    """
    found = Entry.objects.filter(looked_after_by(acting), round__decided_at__isnull=False)
    related = ("round__area", "round__scheme__rulebook", "place", "company")
    return found.select_related(*related).order_by("-round__first_day", "-round", "number")


def under_way_for(acting: Acting) -> "QuerySet[Entry]":
    """Their communities in rounds that are under way, also those that they came to, or left, in the middle of one."""
    under_way = Entry.objects.filter(round__frozen_at__isnull=False, round__deciding_at=None)
    found = under_way.filter(looked_after_by(acting))
    return found.select_related("round__area", "round__scheme", "company").order_by("round", "number")


def looked_after_by(acting: Acting) -> Q:
    """Entries whose roster names a company of theirs, or whose community one of them had in the days of the round."""
    held = Engagement.objects.filter(company__in=acting.everything_of, community=OuterRef("community")).filter(
        Q(first_day=None) | Q(first_day__lte=OuterRef("round__last_day")),
        Q(last_day=None) | Q(last_day__gte=OuterRef("round__first_day")),
    )
    return Q(company__in=acting.everything_of) | Q(Exists(held))


def entry_for(acting: Acting, pk: int) -> Entry | None:
    """A community of theirs in a decided round, with whose work was judged as its company.

    For counsel the one that their case is about.
    """
    related = ("round__area", "round__scheme__rulebook", "place", "community", "company", "engagement")
    found = Entry.objects.select_related(*related).filter(pk=pk, round__decided_at__isnull=False).first()
    if found is None or (judged := judged_of([found])[found.pk]) is None:
        return None
    found.company, found.company_name = judged, judged.name
    if acting.covers(found.company_id):
        return found
    late = Reopening.objects.filter(entry=found).values("proceeding")
    known = Q(subject=found.subject) | Q(pk__in=late)
    about = Proceeding.objects.filter(known, programme="assessments", organisation=found.company)
    matters = (one.ledger_subject for one in about)
    return found if acting.covers(found.company_id, matters) else None


def entry_behind(case: Proceeding) -> Entry:
    """The entry that a proceeding of HEARD is about, with its round."""
    kind, _colon, key = case.subject.partition(":")
    if kind == "assessments.filing":
        return Filing.objects.select_related("entry__round").get(pk=int(key)).entry
    return Entry.objects.select_related("round").get(pk=int(key))


def cases_for(acting: Acting) -> "QuerySet[Proceeding]":
    """The proceedings of the companies they act for, and the ones they are counsel in, newest first."""
    found = Proceeding.objects.filter(programme="assessments", kind__in=KINDS, organisation__in=acting.organisations)
    whole, numbers = acting.everything_of, [int(one.rpartition(":")[2]) for one in acting.matters if _is_case(one)]
    found = found.filter(organisation__in=whole) | found.filter(pk__in=numbers)
    return found.select_related("area", "organisation").order_by("-opened_at", "-id")


def _is_case(matter: str) -> bool:
    kind, _, number = matter.partition(":")
    return kind == "proceedings.proceeding" and number.isascii() and number.isdecimal() and len(number) < 18


def own_of(entries: Iterable[Entry], now: datetime) -> list[Own]:
    """What each of these came to, as far as its company may know. Queries by round, not by community."""
    entries = list(entries)
    subjects = [entry.subject for entry in entries]
    opened = Proceeding.objects.filter(programme="assessments", kind=LISTING, subject__in=subjects)
    standing = {one.proceeding.subject: one for one in stands_of(opened.select_related("area"), now).values()}
    results, published, judged = _results(entries), newest_listed(entries), judged_of(entries)
    return [
        _own(entry, results.get(entry.pk), standing.get(entry.subject), published.get(entry.pk), judged[entry.pk])
        for entry in entries
    ]


def judged_of(entries: Iterable[Entry]) -> dict[int, Organisation | None]:
    """By entry whose work was judged: who was there on the day of the visit. Two queries a round if nobody changed."""
    found = {entry.pk: entry.company for entry in entries}
    for round_ in {entry.round_id: entry.round for entry in entries}.values():
        mine = [entry.pk for entry in entries if entry.round_id == round_.pk]
        changed = changed_of(round_, scheme_of(round_.scheme), only=mine)
        found |= {pk: there.company for pk, there in changed.items()}
    return found


def _own(
    entry: Entry, result: Result | None, listing: Stands | None, published: Listed | None, judged: Organisation | None
) -> Own:
    adverse = adverse_tiers(scheme_of(entry.round.scheme).list_rules)
    proposed = result is not None and result.tier in adverse
    told = not proposed or published is not None or (listing is not None and "notice" in listing.standing.done)
    shown = (result, listing) if told else (None, None)
    return Own(entry, *shown, proposed and told, published, judged)


def shown_of(entry: Entry, now: datetime) -> Own:
    """The same of one."""
    return own_of([entry], now)[0]


def _results(entries: Iterable[Entry]) -> dict[int, Result]:
    decided = {entry.round_id: entry.round for entry in entries}
    replays = [replay.pk for replay in map(decision_of, decided.values()) if replay]
    rows = Result.objects.without_sheets().filter(replay__in=replays, entry__in=[entry.pk for entry in entries])
    return {row.entry_id: row for row in rows if row.entry_id}


def newest_listed(entries: Iterable[Entry]) -> dict[int, Listed]:
    """Their rows in the newest edition of the list of their round, by entry: one query."""
    rows = Listed.objects.filter(entry__in=[entry.pk for entry in entries]).select_related("edition")
    return {row.entry_id: row for row in rows.order_by("edition__number")}


def is_late(standing: Standing, now: datetime) -> bool:
    """Whether the time to answer a notice has run out, and nobody has excused that."""
    due = standing.due("notice")
    return due is not None and now >= due and "excuse" not in standing.done
