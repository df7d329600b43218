"""Rows of listings as published: each round's newest edition, which companies count as one, how many in a row.

As things were known at an instant. A fixed number of queries for any number of communities. Not here: what counts
(policy.streaks).
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import Max, Q

from mingjing.kernel.parties.models import Organisation
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.models import CommonControl, Edition, Entry, Listed
from mingjing.programmes.assessments.policy.streaks import Families, Held, Streak, streak

__all__ = ["companies_as_one", "histories", "newest_editions", "streaks_of"]


def newest_editions(rounds: Iterable[int] | None, known: datetime) -> dict[int, Edition]:
    """By round the edition that counted at an instant; `rounds` None: of all."""
    found = Edition.objects.filter(published_at__lte=known)
    found = found if rounds is None else found.filter(round__in=list(rounds))
    newest = found.order_by().values("round").annotate(newest=Max("number")).values_list("round", "newest")
    wanted = dict(newest)
    rows = found.filter(number__in=set(wanted.values())).select_related("round", "published_by")
    return {row.round_id: row for row in rows if wanted[row.round_id] == row.number}


def histories(communities: Collection[int], known: datetime) -> dict[int, list[Listed]]:
    """By community where it stood in the newest edition of each round, the earliest round first: three queries."""
    rounds = Entry.objects.filter(community__in=communities, listed__isnull=False).values_list("round", flat=True)
    editions = newest_editions(rounds.distinct().order_by(), known)
    rows = Listed.objects.filter(edition__in=list(editions.values()), entry__community__in=communities)
    rows = rows.select_related("edition", "entry__round", "company")
    found: dict[int, list[Listed]] = {}
    for row in rows.order_by("entry__round__first_day", "entry__round"):
        found.setdefault(row.entry.community_id, []).append(row)
    return found


def companies_as_one(known: datetime) -> Families:
    """Branches with their parents, and findings of common control that two people made and nobody has withdrawn."""
    branches = Organisation.objects.filter(branch_of__isnull=False).values_list("credit_code", "branch_of__credit_code")
    findings = CommonControl.objects.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=known), confirmed_at__lte=known)
    pairs = findings.values_list("one__credit_code", "other__credit_code")
    return Families((*((str(one), str(other)) for one, other in branches), *pairs))


def streaks_of(entries: Sequence[Entry], known: datetime) -> Mapping[int, Streak]:
    """By entry its community's row up to and with the round of the entry."""
    told = histories({entry.community_id for entry in entries}, known)
    ranked = _ranked({row.entry.round.scheme_id for rows in told.values() for row in rows})
    families = companies_as_one(known) if told else Families()
    found = {}
    for entry in entries:
        turn = (entry.round.first_day, entry.round_id)
        rows = [row for row in told.get(entry.community_id, ()) if _turn(row) <= turn]
        found[entry.pk] = streak([_held(row, ranked) for row in rows], families)
    return found


def _turn(row: Listed) -> tuple[object, int]:
    return row.entry.round.first_day, row.entry.round_id


def _held(row: Listed, ranked: Mapping[int, frozenset[str]]) -> Held:
    company = row.company.credit_code if row.company else " ".join(row.company_name.split())
    return Held(
        row.entry.round.title, company, row.company_name, row.adverse, row.tier in ranked[row.entry.round.scheme_id]
    )


def _ranked(schemes: Collection[int]) -> dict[int, frozenset[str]]:
    """By scheme the tiers that have a rank, or take rights."""
    documents = Version.objects.filter(pk__in=schemes).values_list("pk", "document")
    return {
        pk: frozenset(tier["code"] for tier in json.loads(text)["tiers"] if tier.get("ranked") or tier.get("adverse"))
        for pk, text in documents
    }
