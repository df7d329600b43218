"""Taking the roster into a draft: every current community of the area's registers becomes an entry with its class.

Taken again, it adds, changes and drops; what people did for the round (votes, values, filings) is kept. Part of
actions.rounds, which locks the round and appends the fact.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext

from mingjing.engine.kept import keep
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.models import (
    ClassVote,
    Community,
    Declaration,
    Engagement,
    Entry,
    EntryValue,
    Filing,
    Round,
)
from mingjing.programmes.assessments.policy.classes import settled_reason, settles
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.entries import (
    Proposals,
    communities_of,
    engagements_of,
    proposed,
    register_values,
    strata_of,
    stratum_path,
    values_recorded,
    votes_of,
)
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["class_settled", "take"]

COPIED = (
    "number", "name", "words", "place_id", "stratum_id", "engagement_id", "company_id", "company_name", "attributes",
    "ranges", "proposed_class", "borderline", "class_code", "class_reasons", "class_inputs", "group",
)  # fmt: skip
"""What an entry holds of its community."""

BATCH = 2000
"""Rows written by one statement, where the database takes as many."""

Votes = Iterable[tuple[int, str, str]]


def take(round_: Round, *, by: Person | None, at: datetime) -> dict[str, int]:
    """Make the entries of a locked draft agree with the register; returns counts for the fact."""
    scheme, votes, recorded = scheme_of(round_.scheme), votes_of(round_), values_recorded(round_)
    before = {entry.community_id: entry for entry in round_.entries.all()}
    engagements, strata = engagements_of(round_.area), strata_of(round_.area)
    communities = list(communities_of(round_.area))
    proposals: Proposals = {}
    added, changed = [], []
    for community in communities:
        known = before.get(community.pk)
        entry = known or Entry(round=round_, community=community)
        as_it_was = _copied(entry)
        _copy(entry, community, strata)
        _value(entry, community, engagements.get(community.pk), scheme, recorded.get(entry.pk, {}))
        class_settled(entry, scheme, votes.get(entry.pk, ()), proposals)
        if known is None:
            added.append(entry)
        elif _copied(entry) != as_it_was:
            changed.append(entry)
    dropped = _drop(round_, before.keys() - {community.pk for community in communities}, by, at)
    _write(added, changed)
    unclassed = round_.entries.unclassed().count()
    counts = {"entries": round_.entries.count(), "added": len(added), "changed": len(changed), "unclassed": unclassed}
    return counts | dropped


def _copied(entry: Entry) -> tuple[Any, ...]:
    return tuple(getattr(entry, column) for column in COPIED)


def _copy(entry: Entry, community: Community, strata: Any) -> None:
    """What the register says of the community itself."""
    entry.number, entry.name, entry.words = community.number, community.name, community.words
    entry.place_id = community.place_id
    entry.stratum_id = strata.get(stratum_path(community.place), community.place_id)
    entry.company_id, entry.company_name = community.company_id, community.company_name
    entry.group = entry.group or community.group  # one that was put into a group by hand stays in it


def _value(
    entry: Entry, community: Community, engagement: Engagement | None, scheme: Scheme, recorded: dict[str, str]
) -> None:
    """The values the scheme asks for: the register's, unless somebody recorded another for the round."""
    entry.engagement_id = engagement.pk if engagement else None
    texts, ranges = register_values(scheme, community, engagement, entry.round.first_day)
    own = {code: text for code, text in recorded.items() if code in scheme.attributes}
    entry.attributes = texts | own
    entry.ranges = {code: list(ends) for code, ends in ranges.items() if code not in own}


def class_settled(entry: Entry, scheme: Scheme, votes: Votes, known: Proposals | None = None) -> None:
    """Write onto a draft's entry what the rule says, and the class it has: the rule's, or that two people agreed on."""
    found = proposed(entry, scheme, known)
    entry.proposed_class, entry.borderline = found.class_code, found.borderline
    agreed = settles((by, code) for by, code, inputs in votes if inputs == entry.class_inputs)
    entry.class_code = found.class_code if found.settled else agreed
    reasons = found.reasons if found.settled or not agreed else (*found.reasons, settled_reason(scheme, agreed))
    entry.class_reasons = [keep(reason) for reason in reasons]


def _write(added: list[Entry], changed: list[Entry]) -> None:
    Entry.objects.bulk_create(added, batch_size=BATCH)
    if changed:
        # An upsert is one plain statement for many rows; bulk_update writes a CASE for each column and row.
        Entry.objects.bulk_create(
            changed, batch_size=BATCH, update_conflicts=True, unique_fields=["id"],
            update_fields=[column.removesuffix("_id") for column in COPIED],
        )  # fmt: skip


def _drop(round_: Round, gone: Iterable[int], by: Person | None, at: datetime) -> dict[str, int]:
    """Drop entries of communities that left the register; those that people worked on stay, as not assessed."""
    left = round_.entries.filter(community__in=list(gone))
    touched = (
        Exists(rows.objects.filter(entry=OuterRef("pk"))) for rows in (ClassVote, EntryValue, Declaration, Filing)
    )
    worked_on = left.filter(reduce(or_, touched))
    stay = [*worked_on.values_list("pk", flat=True)]
    kept = [*worked_on.to_assess().select_related("community")]
    for entry in kept:
        reason = entry.community.removal_reason or gettext("It is no longer on the register of this area.")
        entry.not_assessed_by, entry.not_assessed_at, entry.not_assessed_reason = by, at, reason
    Entry.objects.bulk_update(kept, ["not_assessed_by", "not_assessed_at", "not_assessed_reason"])
    Declaration.objects.bulk_create(
        Declaration(entry=entry, to_assess=False, reason=entry.not_assessed_reason, by=by, at=at) for entry in kept
    )
    _, counts = left.exclude(pk__in=stay).delete()
    return {"dropped": counts.get("assessments.Entry", 0), "not_assessed": len(kept)}
