"""Rounds that are drawn, and being visited, for the crowd of any size (crowd.py)."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from django.utils import timezone
from tests.crowds import bound, exhibits
from tests.districts import District
from tests.faces.district import staff
from tests.programmes.assessments.judged import entry_of, sheet_of

from mingjing.engine.chain import canonical
from mingjing.engine.drawing import SEED_BYTES, Settings, commitment
from mingjing.kernel.db.ids import uuid7
from mingjing.kernel.evidence.models import Exhibit, Likeness
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.parties.models import Person
from mingjing.kernel.rulebooks.models import Version
from mingjing.kernel.sync.models import Capture, Device
from mingjing.kernel.visits.models import Visit
from mingjing.programmes.assessments.actions import draws
from mingjing.programmes.assessments.models import (
    Community,
    Conflict,
    Draw,
    Entry,
    Part,
    Return,
    Round,
    SheetEdit,
    Signature,
    Stance,
    TeamDay,
    TeamMember,
    VisitRecord,
)
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["Pages", "day_of", "drawn", "of_draws", "of_visits", "ready"]

Pages = Iterator[tuple[str, str, Mapping[str, object]]]
STATES = ("started", "submitted", "returned", "signed", "refused", "reviewed", "locked", "planned")
A_DAY = 6
"""Communities a team visits on a day."""
OF_VISIT = ("visit", "visit-photos", "visit-sheet", "visit-history", "visit-review")


def day_of(place: District, days: int) -> date:
    return timezone.localdate(place.at) + timedelta(days=days)


def ready(place: District, communities: Sequence[Community], code: str, days: tuple[str, ...]) -> Round:
    """A frozen round with its people, planned for these days and committed to."""
    began, director = place.at - timedelta(days=70), place.people["director"]
    teams = max(2, -(-len(communities) * 5 // (len(days) * A_DAY * 4)))
    scheme = Version.objects.get(rulebook__code="hetang-2024", number=1)
    round_ = Round.objects.create(
        area=place.area, code=code, title=code, scheme=scheme, first_day=day_of(place, -60), last_day=day_of(place, 60),
        lead=director, opened_at=began, frozen_at=began, roster_digest="0" * 64,
    )  # fmt: skip
    chance = random.Random(5)
    Entry.objects.bulk_create([entry_of(round_, one, chance, place.people, began) for one in communities])
    _people(place, round_, teams)
    plan = Settings(days=days, teams=teams, team_size=2, most=A_DAY, pair_share=Fraction(1))
    draws.plan_draw(round=round_, settings=plan, by=director, at=began)
    round_.refresh_from_db()
    draw = draws.commit_draw(round=round_, by=director, at=began)
    for n, role in enumerate(("officer", "supervisor")):
        draws.add_seed(draw=draw, commitment=commitment(bytes([n]) * SEED_BYTES), by=place.people[role], at=began)
    Draw.objects.bulk_create(
        Draw(round=round_, inputs="{}", inputs_digest="0" * 64, committed_at=began, cancelled_at=began,
             cancel_reason="again")
        for _ in range(bound(len(communities)))
    )  # fmt: skip
    return round_


def drawn(place: District, communities: Sequence[Community]) -> Round:
    """A round that was really drawn, and whose fieldwork is half over."""
    long = 3 if len(communities) < 500 else 20
    days = tuple(day_of(place, n).isoformat() for n in range(1 - long, 1 + long // 2))
    round_ = ready(place, communities, "fieldwork", days)
    draw, director = Draw.objects.get(round=round_, cancelled_at=None), place.people["director"]
    for n, role in enumerate(("officer", "supervisor")):
        seed, by = draw.seeds.get(holder=place.people[role]), place.people[role]
        draws.reveal_seed(seed=seed, secret=(bytes([n]) * SEED_BYTES).hex(), by=by, at=round_.opened_at)
    draws.reveal_draw(draw=draw, by=director, at=round_.opened_at)
    drain()
    draw.refresh_from_db()
    assert draw.drawn_at, draw.problems
    Round.objects.filter(pk=round_.pk).update(fieldwork_at=round_.opened_at, fieldwork_by=director)
    round_.refresh_from_db()
    _progress(place, round_)
    return round_


def _people(place: District, round_: Round, teams: int) -> None:
    """Supervisors and staff, the officer in the first team; conflicts in proportion."""
    director, at = place.people["director"], round_.opened_at
    experts = [
        draws.list_expert(round=round_, person=_staff(place, "supervisor", n), by=director, at=at)
        for n in range(2 * teams + 3)
    ]
    for n in range(2 * teams):
        person = _staff(place, "officer", n) if n else place.people["officer"]
        draws.staff_team(round=round_, team=1 + n % teams, person=person, by=director, at=at)
    entries = list(round_.entries.all()[:: max(5, round_.entries.count() // 60)])
    Conflict.objects.bulk_create(
        Conflict(expert=experts[n % len(experts)], community_id=entry.community_id, reason="亲属", declared_at=at)
        for n, entry in enumerate(entries)
    )  # fmt: skip


def _staff(place: District, role: str, number: int) -> Person:
    """The person of this number in a role; made once."""
    name = f"{role}{number}"
    return Person.objects.filter(username=name).first() or staff(role, f"{role}{number}", place.area, place.at, name)


def _progress(place: District, round_: Round) -> None:
    """Records whose day has come, in every state in turn; those of STATES once in the officer's team, today."""
    today, chance = day_of(place, 0), random.Random(6)
    TeamDay.objects.filter(draw__round=round_, day__lte=today).update(opened_at=round_.opened_at)
    mine = TeamDay.objects.get(draw__round=round_, day=today, team=1)
    records = list(
        VisitRecord.objects.filter(round=round_, team_day__day__lte=today)
        .select_related("entry__community").order_by("pk")
    )  # fmt: skip
    assert len(records) >= len(STATES)
    visits = []
    for n, record in enumerate(records):
        record.round = record.entry.round = round_
        if n < len(STATES):
            record.team_day = mine
        state = STATES[n % len(STATES)]
        if state != "planned":
            visits.append(_taken(place, record, state, chance))
    Visit.objects.bulk_create(visits)
    columns = [
        "team_day", "visit", "sheet", "revision", "started_by", "started_at", "submitted_by", "submitted_at",
        "company_stance", "company_at", "returned_at", "reviewed_by", "reviewed_at", "locked_by", "locked_at",
    ]  # fmt: skip
    VisitRecord.objects.bulk_update(records, columns, batch_size=100)


def _taken(place: District, record: VisitRecord, state: str, chance: random.Random) -> Visit:
    """Bring a record to `state`; returns its visit."""
    rules, at, officer = scheme_of(record.round.scheme), place.at, place.people["officer"]
    record.sheet, record.revision = sheet_of(rules, record.entry, chance, place.people), 1
    record.started_by, record.started_at = officer, at
    record.visit = Visit(
        programme="assessments", purpose="first", subject=record.subject, area=place.area,
        site_id=record.entry.community.site_id, entered_at=at, recorded_at=at,
    )  # fmt: skip
    if state == "returned":
        record.returned_at = at
    elif state != "started":
        record.submitted_by, record.submitted_at = officer, at
    if state in ("signed", "refused", "reviewed", "locked"):
        record.company_stance, record.company_at = Stance.SIGNED, at
        record.company_stance = Stance.REFUSED if state == "refused" else Stance.SIGNED
    if state in ("reviewed", "locked"):
        record.reviewed_by, record.reviewed_at = place.people["director"], at
    if state == "locked":
        record.locked_by, record.locked_at = place.people["director"], at
    return record.visit


def of_visits(place: District, round_: Round, size: int) -> Pages:
    today, officer = day_of(place, 0), place.people["officer"]
    records = {
        record.state_on(today): record
        for record in VisitRecord.objects.filter(round=round_, team_day__day=today, team_day__team=1)
        .select_related("team_day").order_by("-pk")
    }  # fmt: skip
    started = records["started"]
    SheetEdit.objects.bulk_create(
        SheetEdit(record=started, revision=n, kind="looked", command=uuid7(), payload={"check": "A1.1"}, by=officer,
                  at=place.at)
        for n in range(2, 2 + bound(size))
    )  # fmt: skip
    VisitRecord.objects.filter(pk=started.pk).update(revision=1 + bound(size))
    for state in ("started", "submitted", "reviewed"):
        record = records[state]
        kept = exhibits(record.subject, place.area, bound(size), officer, place.at)
        _shown(record, kept)
        _photographed(record, kept, officer)
        Signature.objects.bulk_create(
            Signature(record=record, part="member", person=officer, stance="signed", sheet_digest="0" * 64, at=place.at)
            for _ in range(bound(size))
        )
        Return.objects.bulk_create(
            Return(record=record, revision=1, reason="补照片", by=officer, at=place.at) for _ in range(bound(size))
        )
    for state in STATES:
        for name in OF_VISIT:
            yield f"assessments:{name}", state, {"pk": records[state].pk}
        yield "assessments:visit-since", state, {"pk": records[state].pk, "revision": 0}


def _photographed(record: VisitRecord, kept: Sequence[Exhibit], by: Person) -> None:
    """Photos of a phone, half of them still on it; each exhibit looks like some of the visit before."""
    device, _ = Device.objects.get_or_create(
        person=by, defaults={"label": "phone", "public_key": "key", "enrolled_at": by.registered_at}
    )
    for n, exhibit in enumerate(kept):
        facts: dict[str, Any] = {"exhibit": exhibit, "not_after": exhibit.recorded_at} if n % 2 else {}
        Capture.objects.create(
            id=uuid7(), subject=record.subject, area=exhibit.area, device=device, person=by, size=1,
            sha256=exhibit.sha256 if facts else f"f{exhibit.sha256[1:]}", media_type="image/jpeg", origin="camera",
            about="A1.1", record="{}", signature="x", taken_at=exhibit.recorded_at, promised_at=exhibit.recorded_at,
            signals=[{"code": "position_missing"}], **facts,
        )  # fmt: skip
    others = Exhibit.objects.filter(subject__startswith="assessments.visit:").exclude(subject=record.subject)
    Likeness.objects.bulk_create(
        Likeness(first=other, second=exhibit, distance=n % 9)
        for n, (other, exhibit) in enumerate(zip(others.order_by("pk")[: len(kept)], kept, strict=False))
    )


def _shown(record: VisitRecord, kept: Sequence[Exhibit]) -> None:
    """Let the findings of a record show these exhibits."""
    document: dict[str, Any] = record.sheet_document
    for n, exhibit in enumerate(kept):
        if findings := document.get("findings"):
            findings[n % len(findings)]["evidence"].append(exhibit.sha256)
    record.sheet = canonical(document).decode()
    record.save(update_fields=["sheet"])


def of_draws(place: District, frozen: Round, fieldwork: Round) -> Pages:
    waiting = Draw.objects.get(round=frozen, cancelled_at=None)
    there = {"pk": frozen.pk, "draw": waiting.pk}
    for name in ("draw", "draw-seed", "draw-reveal-seed", "draw-cancel", "draw-inputs"):
        yield f"assessments:{name}", "committed", there
    yield "assessments:draw-commitment", "", there | {"digest": commitment(bytes(SEED_BYTES))}
    yield "assessments:round-plan", "frozen", {"pk": frozen.pk}
    expert = frozen.experts.earliest("pk")
    for name in ("expert", "conflict-add"):
        yield f"assessments:{name}", "frozen", {"pk": frozen.pk, "expert": expert.pk}
    draw = Draw.objects.get(round=fieldwork, cancelled_at=None)
    there = {"pk": fieldwork.pk, "draw": draw.pk}
    yield "assessments:draw", "drawn", there
    team_day = TeamDay.objects.filter(draw=draw, team=1, opened_at__isnull=False).latest("day")
    yield "assessments:draw-day", "drawn", there | {"day": team_day.day.isoformat()}
    yield "assessments:team-day", "open", {"pk": fieldwork.pk, "team_day": team_day.pk}
    member = TeamMember.objects.filter(team_day=team_day, part=Part.EXPERT).earliest("pk")
    yield "assessments:member-replace", "", {"pk": fieldwork.pk, "team_day": team_day.pk, "member": member.pk}
