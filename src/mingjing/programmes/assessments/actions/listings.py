"""Listings that take rights: proposed with the decision, told, heard and decided, one proceeding for each.

Every step goes through the rules of kernel.proceedings; before a notice goes out, policy.listings must find nothing
that stands in its way. Not here: the published list (actions.editions), who holds the right (the desk).
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.parties.models import Person
from mingjing.kernel.proceedings.actions import open_proceeding, take_step
from mingjing.kernel.proceedings.models import Proceeding, Taken
from mingjing.programmes.assessments.models import Entry, Replay, Round
from mingjing.programmes.assessments.policy.listings import adverse_tiers, gaps
from mingjing.programmes.assessments.policy.procedures import clocks_of
from mingjing.programmes.assessments.queries.listings import LISTING, involved_in, proposed_of, subject_of
from mingjing.programmes.assessments.queries.lists import decision_of
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["open_listings", "take_listing_step"]


def open_listings(*, replay: Replay, by: Person | None, at: datetime) -> list[Proceeding]:
    """Open a proceeding for everybody whom the decision proposes for a tier that takes rights.

    Called in the transaction that completes the decision, so that none is ever without. The days are the scheme's,
    and whoever was on a visit decides nothing in it.
    """
    assert replay.round is not None
    scheme = scheme_of(replay.scheme)
    rows = replay.results.filter(tier__in=adverse_tiers(scheme.list_rules), entry__isnull=False)
    entries = Entry.objects.filter(pk__in=rows.values("entry")).select_related("company").order_by("number")
    involved, clocks = involved_in(entries), clocks_of(scheme, LISTING)
    people = Person.objects.in_bulk({person for who in involved.values() for person in who})
    return [
        open_proceeding(
            programme="assessments", kind=LISTING, subject=subject_of(entry), title=entry.name, area=replay.round.area,
            organisation=entry.company, clocks=clocks, by=by, at=at,
            involved=[people[person] for person in involved.get(entry.pk, ())],
        )
        for entry in entries
    ]  # fmt: skip


@transaction.atomic
def take_listing_step(*, round: Round, entry: Entry, step: str, by: Person, at: datetime, **brought: Any) -> Taken:
    """Take a step in the proceeding about an entry; `brought` is what kernel.proceedings.take_step takes.

    Raises Refusal: with what is missing before a notice can go out, or with what its rules find.
    """
    Round.objects.select_for_update(of=("self",), no_key=True).get(pk=round.pk)
    replay = decision_of(round)
    found = proposed_of(round, replay, at, only=[entry.pk]) if replay else ()
    if not found or found[0].stands is None:
        text = N_("{name} is not proposed for a list that takes rights.")
        raise Refusal([Problem("listing.none", text, {"name": entry.name})])
    if step == "notice" and (problems := gaps(found[0].case)):
        raise Refusal(problems)
    return take_step(proceeding=_as_read(found[0].stands.proceeding, brought), step=step, by=by, at=at, **brought)


def _as_read(proceeding: Proceeding, brought: dict[str, Any]) -> Proceeding:
    """The proceeding at the revision that whoever acts has read, where they say so."""
    if (read := brought.pop("revision", None)) is not None:
        proceeding.revision = read
    return proceeding
