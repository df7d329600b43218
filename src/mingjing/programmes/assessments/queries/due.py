"""What of this programme waits for a person: visits, signatures, reviews, classes, filings, rosters, steps, seeds.

A fixed number of queries, whatever there is. Not here: what of the kernel waits (faces.desk.due).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mingjing.kernel.parties.guard import areas_where
from mingjing.kernel.parties.models import Person
from mingjing.kernel.registry import Due
from mingjing.programmes.assessments.models import (
    ClassVote,
    DrawSeed,
    Entry,
    Filing,
    Handover,
    Roster,
    Round,
    TeamMember,
    VisitRecord,
)
from mingjing.programmes.assessments.policy.rounds import next_step, obstacles
from mingjing.programmes.assessments.queries.awaited import awaited
from mingjing.programmes.assessments.queries.contradicted import contradicted_in, looked_at
from mingjing.programmes.assessments.queries.measures_due import measures_waiting
from mingjing.programmes.assessments.queries.rounds import facts_of_all
from mingjing.programmes.assessments.queries.visits import to_sign

__all__ = ["waiting"]

HEARD_OF = timedelta(days=7)
"""How long both people see that a round was handed over."""


def waiting(person: Person, today: date) -> Iterator[Due]:
    """The manifest's `due`."""
    yield from _visits(person, today)
    yield from _duty(person, today)
    yield from _late(person, today)
    yield from _signatures(person, today)
    yield from _reviews(person, today)
    yield from _classes(person, today)
    yield from _filings(person, today)
    yield from _rosters(person, today)
    yield from _steps(person, today)
    yield from _handovers(person, today)
    yield from _seeds(person)
    yield from awaited(person, today)
    yield from measures_waiting(person, today)


def _mine(person: Person) -> Exists:
    """The condition "a record of a team-day that the person is on"."""
    return Exists(TeamMember.objects.filter(team_day=OuterRef("team_day"), person=person, removed_at=None))


def _visits(person: Person, today: date) -> Iterator[Due]:
    """Records of the person's own teams whose day has come and that nobody has submitted."""
    own = VisitRecord.objects.standing().unsealed(today).filter(
        _mine(person), submitted_at=None, entry__not_assessed_at=None, round__fieldwork_at__isnull=False,
        round__deciding_at=None,
    )  # fmt: skip
    found = own.aggregate(
        today=Count("pk", filter=Q(team_day__day=today)), late=Count("pk", filter=Q(team_day__day__lt=today))
    )
    url = reverse("assessments:my-visits")
    yield Due(title=_("Visits of mine that are late"), url=url, count=found["late"], late=True,
              detail=_("Their day has passed and the record is not submitted."))  # fmt: skip
    yield Due(title=_("Visits of mine today"), url=url, count=found["today"])


def _duty(person: Person, today: date) -> Iterator[Due]:
    """The person's own days to come: when, so that they can plan, and nothing else of what is sealed."""
    own = TeamMember.objects.filter(
        person=person, removed_at=None, team_day__day__gt=today, team_day__draw__cancelled_at=None,
        team_day__draw__round__deciding_at=None,
    )  # fmt: skip
    found = own.aggregate(count=Count("team_day__day", distinct=True), first=Min("team_day__day"))
    if found["first"]:
        detail = _("The next on {day}; team and places are sealed until then.")
        yield Due(
            title=_("Days on which I am on duty"), url=reverse("assessments:my-visits"), count=found["count"],
            detail=detail.format(day=found["first"].isoformat()),
        )  # fmt: skip


def _late(person: Person, today: date) -> Iterator[Due]:
    """Visits that are late in rounds the person may run, whoever is to make them."""
    records = VisitRecord.objects.late(today).filter(
        entry__not_assessed_at=None, round__fieldwork_at__isnull=False, round__review_at=None
    )
    for row in _scoped(person, "assessments.round.manage", today, records):
        url = f"{reverse('assessments:round-visits', args=[row['pk_']])}?state=late"
        yield Due(title=_("Visits of the round that are late"), url=url, count=row["count"], late=True,
                  detail=row["title"])  # fmt: skip


def _signatures(person: Person, today: date) -> Iterator[Due]:
    """Submitted records of the person's own teams that lack their signature under the sheet as it is."""
    records = VisitRecord.objects.standing().unsealed(today).filter(_mine(person), locked_at=None)
    count = len(to_sign(person, records))
    yield Due(title=_("Visit records for me to sign"), url=reverse("assessments:my-visits"), count=count)


def _by_round(rows: Any, through: str = "round") -> Iterable[dict[str, Any]]:
    """How many of `rows` each round has, with its title, by round."""
    found = rows.order_by().values(pk_=F(f"{through}__pk"), title=F(f"{through}__title"))
    return sorted(found.annotate(count=Count("pk")), key=lambda row: row["pk_"])


def _scoped(
    person: Person, permission: str, today: date, rows: Any, through: str = "round"
) -> Iterable[dict[str, Any]]:
    scope = areas_where(person, permission, on=today)
    return _by_round(scope.within(rows, f"{through}__area"), through) if scope else ()


def _reviews(person: Person, today: date) -> Iterator[Due]:
    """Records that the company has dealt with, not of the person's own teams, and not locked."""
    records = VisitRecord.objects.standing().unsealed(today).filter(
        ~_mine(person), company_at__isnull=False, locked_at=None, round__deciding_at=None
    )  # fmt: skip
    for row in _scoped(person, "assessments.visit.review", today, records):
        url = reverse("assessments:round-review", args=[row["pk_"]])
        yield Due(title=_("Visit records to review"), url=url, count=row["count"], detail=row["title"])


def _classes(person: Person, today: date) -> Iterator[Due]:
    """Communities of drafts whose class people must settle, without those the person has voted on."""
    voted = ClassVote.objects.filter(entry=OuterRef("pk"), by=person, inputs=OuterRef("class_inputs"))
    entries = Entry.objects.unclassed().filter(~Exists(voted), round__frozen_at=None)
    for row in _scoped(person, "assessments.class.confirm", today, entries):
        url = reverse("assessments:round-classes", args=[row["pk_"]])
        yield Due(title=_("Classes to confirm"), url=url, count=row["count"], detail=row["title"])


def _filings(person: Person, today: date) -> Iterator[Due]:
    """Bonuses and vetoes that somebody else filed; and bonuses granted in decided rounds that records speak against."""
    deciding, filing = (areas_where(person, f"assessments.filing.{right}", on=today) for right in ("decide", "file"))
    if not (deciding or filing):
        return
    now = timezone.now()
    taken = Q(entry__round__deciding_at=None) | Q(filed_at__gt=F("entry__round__deciding_at"))  # late ones too
    waits, granted = taken & Q(decided_at=None) & (Q(filed_by=None) | ~Q(filed_by=person)), looked_at(now)
    rows = Filing.objects.filter(waits | granted).order_by().values(
        pk_=F("entry__round"), title=F("entry__round__title"), path=F("entry__round__area__path")
    )  # fmt: skip
    found = rows.annotate(waits=Count("pk", filter=waits), granted=Count("pk", filter=granted))
    for row in sorted(found, key=lambda row: row["pk_"]):
        if row["waits"] and row["path"].startswith(deciding.paths):
            url = f"{reverse('assessments:round-entries', args=[row['pk_']])}?state=filed"
            yield Due(title=_("Bonuses and vetoes to decide on"), url=url, count=row["waits"], detail=row["title"])
        if row["granted"] and row["path"].startswith(filing.paths):
            yield from _contradicted(Round.objects.select_related("scheme").get(pk=row["pk_"]), now)


def _contradicted(round_: Round, now: datetime) -> Iterator[Due]:
    """To be looked into and filed."""
    count = len({one.filing.pk for one in contradicted_in(round_, now)})
    url = reverse("assessments:round-reopenings", args=[round_.pk])
    yield Due(title=_("Bonuses that records speak against"), url=url, count=count, detail=round_.title)


def _rosters(person: Person, today: date) -> Iterator[Due]:
    """Rosters that were read and wait for somebody to look at them."""
    if scope := areas_where(person, "assessments.community.manage", on=today):
        read = Roster.objects.filter(read_at__isnull=False, approved_at=None, discarded_at=None, failed_at=None)
        yield Due(
            title=_("Rosters to approve or discard"), url=reverse("assessments:rosters"),
            count=scope.within(read).count(), detail=_("They were read; nothing is on the register yet."),
        )  # fmt: skip


def _steps(person: Person, today: date) -> Iterator[Due]:
    """Rounds the person answers for and whose next step nothing stands in the way of."""
    led = Round.objects.filter(lead=person, deciding_at=None).select_related("scheme", "area")
    rounds = list(led.defer("scheme__document"))
    if not rounds:
        return
    scope = areas_where(person, "assessments.round.freeze", on=today)
    facts = facts_of_all(rounds)
    for round_ in rounds:
        step = next_step(round_.state)
        if step and scope.covers(round_.area) and not obstacles(step, facts[round_.pk]):
            url = reverse("assessments:round", args=[round_.pk])
            yield Due(title=_(step.title), url=url, count=1, detail=round_.title)


def _handovers(person: Person, today: date) -> Iterator[Due]:
    """Rounds that passed to the person or from them in the last days, while they are not decided."""
    either = Q(to_person=person, round__lead=person) | Q(from_person=person)
    recent = Handover.objects.filter(either, at__date__gt=today - HEARD_OF, round__decided_at=None)
    for handover in _newest(recent.select_related("round", "to_person", "from_person").order_by("id")):
        taken = handover.to_person_id == person.pk
        title = _("A round was handed over to you") if taken else _("You handed a round over")
        other = handover.from_person if taken else handover.to_person
        yield Due(
            title=title, url=reverse("assessments:round", args=[handover.round_id]), count=1,
            detail=_("{title} · {name}: {reason}").format(
                title=handover.round.title, name=other, reason=handover.reason
            ),
        )  # fmt: skip


def _newest(handovers: Iterable[Handover]) -> Sequence[Handover]:
    """The last handover of each round."""
    return list({handover.round_id: handover for handover in handovers}.values())


def _seeds(person: Person) -> Iterator[Due]:
    """Seeds the person committed to for a draw that is not made yet: only they can reveal them."""
    seeds = DrawSeed.objects.filter(holder=person, seed="", draw__cancelled_at=None, draw__drawn_at=None)
    for row in _by_round(seeds, "draw__round"):
        url = reverse("assessments:round-draw", args=[row["pk_"]])
        yield Due(title=_("Seeds of mine to reveal for a draw"), url=url, count=row["count"], detail=row["title"])
