"""Rounds in every state over one register of any size, with all that hangs on them (tests/crowds.py)."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from io import BytesIO
from typing import Any

from django.utils import timezone
from tests.crowds import bound, exhibits
from tests.districts import District
from tests.faces.district import staff
from tests.programmes.assessments.conftest import MAPPING, TABLE
from tests.programmes.assessments.judged import entry_of, in_review, register, sheet_of

from mingjing.engine.chain import canonical
from mingjing.engine.drawing import SEED_BYTES, Settings, commitment
from mingjing.engine.kept import keep
from mingjing.engine.outcome import N_, Reason
from mingjing.kernel.db.ids import uuid7
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.rulebooks.models import Version
from mingjing.kernel.visits.models import Visit
from mingjing.programmes.assessments.actions import draws
from mingjing.programmes.assessments.actions.decisions import request_decision
from mingjing.programmes.assessments.actions.replays import request_replay
from mingjing.programmes.assessments.actions.rounds import open_round
from mingjing.programmes.assessments.actions.what_ifs import ask_what_if
from mingjing.programmes.assessments.models import (
    ClassVote,
    Community,
    Conflict,
    Declaration,
    Draw,
    Engagement,
    Entry,
    EntryValue,
    Export,
    Filing,
    Part,
    Return,
    Roster,
    RosterLine,
    Round,
    SheetEdit,
    Signature,
    Stance,
    TeamDay,
    TeamMember,
    VisitRecord,
)
from mingjing.programmes.assessments.queries.communities import state_of
from mingjing.programmes.assessments.queries.lists import decision_of
from mingjing.programmes.assessments.queries.schemes import scheme_of

Pages = Iterator[tuple[str, str, Mapping[str, object]]]
STATES = ("started", "submitted", "returned", "signed", "refused", "reviewed", "locked", "planned")
A_DAY = 6
"""Communities a team visits on a day."""
OF_ROUND = (
    "round", "round-entries", "round-classes", "round-teams", "round-draw", "team-days", "round-visits",
    "round-review", "round-result", "round-absent", "round-what-if", "round-change", "round-handover",
)  # fmt: skip
OF_RESULT = ("round-changes", "round-edges", "round-exports", "round-csv", "round-json")
OF_VISIT = ("visit", "visit-sheet", "visit-history", "visit-review")


def crowd(place: District, size: int) -> Pages:
    """Everything of the programme in proportion to `size` communities, and its pages in each state."""
    communities = _register(place, size)
    before, decided = _decided(place, communities)
    review = in_review(place.people, place.at, communities, code="review", seed=3, first_day=_day(place, -30))
    _absent(place, review)
    _filings(place, review)
    fieldwork = _drawn(place, communities)
    draft = _draft(place)
    days = tuple(_day(place, n).isoformat() for n in range(1, 5 if size < 500 else 30))
    frozen = _ready(place, communities, "frozen", days)
    states = {"decided": decided, "review": review, "fieldwork": fieldwork, "frozen": frozen, "draft": draft}
    for state, round_ in states.items():
        for name in OF_ROUND:
            yield f"assessments:{name}", state, {"pk": round_.pk}
    for name in OF_RESULT:
        yield f"assessments:{name}", "", {"pk": decided.pk}
    yield from _of_lists(fieldwork, decided)
    yield from _of_entries(place, states, size)
    yield from _of_visits(place, fieldwork, size)
    yield from _of_draws(place, frozen, fieldwork)
    yield from _rosters(place, communities)
    yield from _what_if(place, decided)
    yield from _replay(place, size)
    yield from _of_register(communities)
    assert before.decided_at


def _day(place: District, days: int) -> date:
    return timezone.localdate(place.at) + timedelta(days=days)


def _register(place: District, size: int) -> list[Community]:
    """Communities, some of them of companies that are known, one with a long history of companies."""
    communities = register(size, place.at)
    companies = list(Organisation.objects.order_by("pk")[: size // 5 + 1])
    years, fees = (1998, 2008, 2015, None), ("0.40", "0.60", "1.20", None)
    for n, community in enumerate(communities):
        community.company = companies[n % len(companies)] if n % 3 else None
        community.completed_year = years[n % 4]
        community.fee_low = community.fee_high = fees[n % 4]  # type: ignore[assignment]
    Community.objects.bulk_update(communities, ["company", "completed_year", "fee_low", "fee_high"], batch_size=200)
    kept = [
        Engagement(community=community, company=community.company, company_name=community.company_name,
                   first_day=date(2022, 1, 1), recorded_at=place.at)
        for community in communities
    ] + [
        Engagement(community=communities[0], company_name=f"公司{n}", first_day=date(1990 + n, 1, 1),
                   last_day=date(1990 + n, 12, 1), recorded_at=place.at)
        for n in range(bound(size))
    ]  # fmt: skip
    Engagement.objects.bulk_create(kept)
    return list(Community.objects.filter(number__startswith="HT-").order_by("pk"))


def _decided(place: District, communities: Sequence[Community]) -> tuple[Round, Round]:
    """Two rounds that are decided, one after the other."""
    found = []
    for seed, (code, days) in enumerate((("before", -400), ("decided", -200)), start=1):
        round_ = in_review(place.people, place.at, communities, code=code, seed=seed, first_day=_day(place, days))
        _absent(place, round_)
        request_decision(round=round_, by=place.people["director"], at=place.at)
        drain()
        round_.refresh_from_db()
        assert round_.decided_at, round_.code
        found.append(round_)
    replay = decision_of(found[1])
    Export.objects.bulk_create(
        Export(round=found[1], replay=replay, kind="workbook", requested_by=place.people["officer"],
               requested_at=place.at)
        for _ in range(bound(len(communities)))
    )  # fmt: skip
    return found[0], found[1]


def _absent(place: District, round_: Round) -> None:
    """At least one community nobody could assess, in a round of any size."""
    last = round_.entries.filter(not_assessed_at=None).latest("pk")
    Entry.objects.filter(pk=last.pk).update(
        not_assessed_at=place.at, not_assessed_by=place.people["officer"], not_assessed_reason="道路施工，无法进入"
    )


def _draft(place: District) -> Round:
    """A round that takes the roster as it is; its values are many a doubt."""
    scheme = Version.objects.get(rulebook__code="hetang-2024", number=1)
    round_ = open_round(
        area=place.area, code="draft", title="draft", scheme=scheme, first_day=_day(place, 30),
        last_day=_day(place, 200), lead=place.people["director"], by=place.people["director"], at=place.at,
    )  # fmt: skip
    waiting = list(round_.entries.filter(class_code=""))
    ClassVote.objects.bulk_create(
        ClassVote(entry=entry, class_code="A", inputs=entry.class_inputs, reason="看过", at=place.at,
                  by=place.people[("officer", "director")[n % 2]])
        for n, entry in enumerate(waiting[::2])
    )  # fmt: skip
    return round_


def _filings(place: District, round_: Round) -> None:
    """Bonuses and vetoes nobody has decided on."""
    Filing.objects.bulk_create(
        Filing(entry=entry, kind="bonus", code="party_branch", document="文", filed_by=place.people["officer"],
               filed_at=place.at)
        for entry in round_.entries.all()[::5]
    )  # fmt: skip


def _ready(place: District, communities: Sequence[Community], code: str, days: tuple[str, ...]) -> Round:
    """A frozen round with its people, planned for these days and committed to."""
    began, director = place.at - timedelta(days=70), place.people["director"]
    teams = max(2, -(-len(communities) * 5 // (len(days) * A_DAY * 4)))
    scheme = Version.objects.get(rulebook__code="hetang-2024", number=1)
    round_ = Round.objects.create(
        area=place.area, code=code, title=code, scheme=scheme, first_day=_day(place, -60), last_day=_day(place, 60),
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


def _drawn(place: District, communities: Sequence[Community]) -> Round:
    """A round that was really drawn, and whose fieldwork is half over."""
    long = 3 if len(communities) < 500 else 20
    days = tuple(_day(place, n).isoformat() for n in range(1 - long, 1 + long // 2))
    round_ = _ready(place, communities, "fieldwork", days)
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
    today, chance = _day(place, 0), random.Random(6)
    TeamDay.objects.filter(draw__round=round_, day__lte=today).update(opened_at=round_.opened_at)
    mine = TeamDay.objects.get(draw__round=round_, day=today, team=1)
    records = list(
        VisitRecord.objects.filter(round=round_, team_day__day__lte=today)
        .select_related("entry__round", "entry__community").order_by("pk")
    )  # fmt: skip
    assert len(records) >= len(STATES)
    visits = []
    for n, record in enumerate(records):
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


def _of_lists(fieldwork: Round, decided: Round) -> Pages:
    there = {"pk": fieldwork.pk}
    for state in ("unclassed", "not_assessed", "filed", "done", "open", "late"):
        yield "assessments:round-entries", f"fieldwork {state}", there | {"?": f"state={state}"}
    for state in ("late", "planned", "started", "submitted", "returned", "waiting", "done", "void"):
        yield "assessments:round-visits", f"fieldwork {state}", there | {"?": f"state={state}"}
    yield "assessments:round-entries", "searched", there | {"?": "q=ghhy"}
    yield "assessments:round-visits", "searched", there | {"?": "q=hy"}
    for class_code in "AB":
        yield "assessments:round-list", class_code, {"pk": decided.pk, "class_code": class_code}
    yield "assessments:round-list", "searched", {"pk": decided.pk, "class_code": "A", "?": "q=hy"}
    yield "assessments:communities", "", {}
    yield "assessments:communities", "searched", {"?": "q=ghhy"}
    yield "assessments:communities", "unknown", {"?": "company=unknown"}


def _of_entries(place: District, states: Mapping[str, Round], size: int) -> Pages:
    """One community of each round, with a long history in it."""
    officer, at = place.people["officer"], place.at
    for state, round_ in states.items():
        entry = round_.entries.filter(not_assessed_at=None).order_by("pk")[3]
        EntryValue.objects.bulk_create(
            EntryValue(entry=entry, code="fee", text="0.4", source="文", by=officer, at=at) for _ in range(bound(size))
        )
        Declaration.objects.bulk_create(
            Declaration(entry=entry, to_assess=True, reason="可进", by=officer, at=at) for _ in range(bound(size))
        )
        ClassVote.objects.bulk_create(
            ClassVote(entry=entry, class_code="A", inputs="0", reason="看过", at=at, by=officer)
            for _ in range(bound(size))
        )
        filings = Filing.objects.bulk_create(
            Filing(entry=entry, kind="bonus", code="party_branch", document="文", filed_by=officer, filed_at=at)
            for _ in range(bound(size))
        )
        exhibits(filings[0].subject, place.area, bound(size), officer, at)
        yield "assessments:entry", state, {"pk": round_.pk, "number": entry.number}
    draft, decided = states["draft"], states["decided"]
    voted = ClassVote.objects.filter(by=officer).values("entry")
    waiting = draft.entries.filter(class_code="").exclude(pk__in=voted).order_by("pk")[0]
    for name in ("entry", "class-confirm"):
        yield f"assessments:{name}", "waiting", {"pk": draft.pk, "number": waiting.number}
    of = {"pk": decided.pk, "number": decided.entries.filter(not_assessed_at=None)[5].number}
    yield "assessments:round-community", "", of
    yield "assessments:round-decision", "", of


def _of_visits(place: District, round_: Round, size: int) -> Pages:
    today, officer = _day(place, 0), place.people["officer"]
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


def _shown(record: VisitRecord, kept: Sequence[Exhibit]) -> None:
    """Let the findings of a record show these exhibits."""
    document: dict[str, Any] = record.sheet_document
    for n, exhibit in enumerate(kept):
        if findings := document.get("findings"):
            findings[n % len(findings)]["evidence"].append(exhibit.sha256)
    record.sheet = canonical(document).decode()
    record.save(update_fields=["sheet"])


def _of_draws(place: District, frozen: Round, fieldwork: Round) -> Pages:
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


def _rosters(place: District, communities: Sequence[Community]) -> Pages:
    roster = Roster.objects.create(
        area=place.area, file_name="小区名册.xlsx", input_digest="1" * 64, read_at=place.at,
        counts={"added": 1, "changed": 1, "same": 1, "warned": 1}, requested_at=place.at,
    )  # fmt: skip
    doubt = keep(Reason("roster.namesake", N_("{name} has number {other} in the same place; check."),
                        {"name": "x", "other": "y"}))  # fmt: skip
    lines = []
    for n, community in enumerate(communities):
        values = state_of(community, None)
        lines.append(
            RosterLine(roster=roster, row=n + 2, number=community.number, kind=("added", "changed", "same")[n % 3],
                       community=community if n % 3 else None, values=values, warnings=[doubt] if n % 2 else [],
                       before={"name": "旧"} if n % 3 == 1 else {})
        )  # fmt: skip
    RosterLine.objects.bulk_create(lines)
    yield "assessments:roster", "read", {"pk": roster.pk}
    yield "assessments:roster-absent", "read", {"pk": roster.pk}
    for kind in ("added", "changed", "same", "warned"):
        yield "assessments:roster-lines", kind, {"pk": roster.pk, "kind": kind}


def _what_if(place: District, decided: Round) -> Pages:
    asked = ask_what_if(scheme=decided.scheme, rounds=[decided], by=place.people["officer"], at=place.at)
    drain()
    entry = decided.entries.filter(not_assessed_at=None)[5]
    yield "assessments:what-if", "", {"what_if": asked.pk}
    yield "assessments:what-if-round", "", {"what_if": asked.pk, "pk": decided.pk}
    yield "assessments:what-if-community", "", {"what_if": asked.pk, "pk": decided.pk, "number": entry.number}


def _replay(place: District, size: int) -> Pages:
    header = TABLE.splitlines()[0]
    rows = "\n".join(f"site{n},,60,98,1,half," for n in range(size))
    replay = request_replay(
        scheme=Version.objects.get(rulebook__code="hetang-2024", number=1), mapping_name="m.toml",
        mapping_text=MAPPING, file=BytesIO(f"{header}\n{rows}\n".encode()), file_name="m.csv",
        by=place.people["officer"], at=place.at,
    )  # fmt: skip
    drain()
    yield "assessments:replay", "", {"pk": replay.pk}
    yield "assessments:results", "", {"pk": replay.pk, "class_code": "A"}
    yield "assessments:results-table", "", {"pk": replay.pk}


def _of_register(communities: Sequence[Community]) -> Pages:
    yield "assessments:community", "long history", {"pk": communities[0].pk}
    yield "assessments:community-remove", "", {"pk": communities[1].pk}
