"""Listings that take rights: proposed with the decision, told, heard and decided, one proceeding for each.

Every step goes through the rules of kernel.proceedings; before a notice goes out, policy.listings must find nothing
that stands in its way. Not here: the published list (actions.editions), who holds the right (the desk).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.documents.actions import issue_document
from mingjing.kernel.documents.models import Document
from mingjing.kernel.parties.models import Person
from mingjing.kernel.proceedings.actions import Opening, open_proceedings, take_step
from mingjing.kernel.proceedings.models import Proceeding, Taken
from mingjing.programmes.assessments.models import Engagement, Entry, Replay, Round
from mingjing.programmes.assessments.policy.listings import adverse_tiers, gaps
from mingjing.programmes.assessments.policy.procedures import clocks_of
from mingjing.programmes.assessments.queries.listings import LISTING, Proposed, involved_in, proposed_of, subject_of
from mingjing.programmes.assessments.queries.lists import decision_of
from mingjing.programmes.assessments.queries.papers import notice_context
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.sourced import changed_of

__all__ = ["issue_notice", "open_listings", "take_listing_step"]

NOTICE = "assessments.pre_listing_notice"


def open_listings(*, replay: Replay, by: Person | None, at: datetime) -> list[Proceeding]:
    """Open a proceeding for everybody whom the decision proposes for a tier that takes rights.

    Called in the transaction that completes the decision, so that none is ever without. The days are the scheme's,
    and whoever was on a visit decides nothing in it. The company is the one whose work was judged.
    """
    assert replay.round is not None
    scheme = scheme_of(replay.scheme)
    rows = replay.results.filter(tier__in=adverse_tiers(scheme.list_rules), entry__isnull=False)
    later = Engagement.objects.filter(
        community=OuterRef("community"), first_day__gt=OuterRef("engagement__first_day"), recorded_at__lte=at
    )
    asked = Entry.objects.filter(pk__in=rows.values("entry")).annotate(another=Exists(later))
    entries = asked.select_related("company").order_by("number")
    involved, clocks = involved_in(entries), clocks_of(scheme, LISTING)
    another = [entry.pk for entry in entries if entry.another]  # type: ignore[attr-defined]  # annotated
    came = changed_of(replay.round, scheme, only=another) if another else {}
    people = Person.objects.in_bulk({person for who in involved.values() for person in who})
    area = replay.round.area
    openings = [
        Opening(
            "assessments", LISTING, subject_of(entry), entry.name, area,
            came[entry.pk].company if entry.pk in came else entry.company, clocks,
            [people[person] for person in involved.get(entry.pk, ())],
        )
        for entry in entries
    ]  # fmt: skip
    return open_proceedings(openings=openings, by=by, at=at)


@transaction.atomic
def issue_notice(*, round: Round, entry: Entry, by: Person, at: datetime) -> Document:
    """Issue the pre-listing notice about an entry to its company: facts, reasons, rule, rights. Served separately.

    Raises Refusal with everything that is missing, and where one was issued that nobody has withdrawn.
    """
    found = _proposed(round, entry, at)
    assert found.stands is not None
    problems = [*_fallen(found), *gaps(found.case)]
    proceeding = found.stands.proceeding
    if Document.objects.standing().filter(kind=NOTICE, subject=proceeding.ledger_subject).exists():
        text = N_("A notice about {name} was issued already; withdraw it first if it is wrong.")
        problems.append(Problem("listing.noticed", text, {"name": entry.name}))
    if problems:
        raise Refusal(problems)
    return issue_document(
        kind=NOTICE, area=proceeding.area, subject=proceeding.ledger_subject, context=notice_context(found.result),
        addressee=proceeding.organisation, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def take_listing_step(*, round: Round, entry: Entry, step: str, by: Person, at: datetime, **brought: Any) -> Taken:
    """Take a step in the proceeding about an entry; `brought` is what kernel.proceedings.take_step takes.

    Raises Refusal: with what is missing before a notice can go out, or with what its rules find.
    """
    found = _proposed(round, entry, at)
    assert found.stands is not None
    if step == "notice" and (problems := (*_fallen(found), *gaps(found.case))):
        raise Refusal(problems)
    return take_step(proceeding=_as_read(found.stands.proceeding, brought), step=step, by=by, at=at, **brought)


def _proposed(round_: Round, entry: Entry, at: datetime) -> Proposed:
    """What is known of an entry and its proceeding, the round locked; raises Refusal where there is none."""
    Round.objects.select_for_update(of=("self",), no_key=True).get(pk=round_.pk)
    replay = decision_of(round_)
    found = proposed_of(round_, replay, at, only=[entry.pk]) if replay else ()
    if not found or found[0].stands is None:
        text = N_("{name} is not proposed for a list that takes rights.")
        raise Refusal([Problem("listing.none", text, {"name": entry.name})])
    return found[0]


def _fallen(found: Proposed) -> Iterator[Problem]:
    """Corrections since the decision took away what it was proposed for."""
    if found.corrected and found.corrected.tier not in found.adverse:
        text = N_("After an upheld objection the rules list {name} no longer; nobody is told that it will be listed.")
        yield Problem("listing.fallen", text, {"name": found.entry.name}, "findings")


def _as_read(proceeding: Proceeding, brought: dict[str, Any]) -> Proceeding:
    """The proceeding at the revision that whoever acts has read, where they say so."""
    if (read := brought.pop("revision", None)) is not None:
        proceeding.revision = read
    return proceeding
