"""Rounds in every state over one register of any size, with all that hangs on them (tests/crowds.py)."""

from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO

from django.utils import timezone
from tests.crowds import bound, exhibits
from tests.districts import District
from tests.programmes.assessments.conftest import MAPPING, TABLE
from tests.programmes.assessments.crowd_fieldwork import Pages, day_of, drawn, of_draws, of_visits, ready
from tests.programmes.assessments.crowd_published import accidents, of_publication
from tests.programmes.assessments.judged import in_review, register

from mingjing.engine.kept import keep
from mingjing.engine.outcome import N_, Reason
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.parties.models import Organisation
from mingjing.kernel.places.models import EntryCode
from mingjing.kernel.rulebooks.models import Version
from mingjing.kernel.visits.models import Visit
from mingjing.programmes.assessments.actions.decisions import request_decision
from mingjing.programmes.assessments.actions.replays import request_replay
from mingjing.programmes.assessments.actions.rounds import open_round
from mingjing.programmes.assessments.actions.what_ifs import ask_what_if
from mingjing.programmes.assessments.models import (
    CalibrationNote,
    ClassVote,
    Community,
    Declaration,
    Engagement,
    Entry,
    EntryValue,
    Export,
    Filing,
    Roster,
    RosterLine,
    Round,
    VisitRecord,
)
from mingjing.programmes.assessments.queries.communities import state_of
from mingjing.programmes.assessments.queries.lists import decision_of

OF_ROUND = (
    "round", "round-entries", "round-classes", "round-teams", "round-draw", "team-days", "round-visits",
    "round-review", "round-alike", "round-judging", "round-result", "round-absent", "round-what-if", "round-change",
    "round-handover",
)  # fmt: skip
OF_RESULT = (
    "round-changes", "round-edges", "round-exports", "round-csv", "round-json", "round-report", "round-alarms",
    "report-orders", "report-disputes",
)  # fmt: skip


def crowd(place: District, size: int) -> Pages:
    """Everything of the programme in proportion to `size` communities, and its pages in each state."""
    communities = _register(place, size)
    before, decided = _decided(place, communities)
    review = in_review(place.people, place.at, communities, code="review", seed=3, first_day=day_of(place, -30))
    _absent(place, review)
    _filings(place, review)
    fieldwork = drawn(place, communities)
    draft = _draft(place)
    days = tuple(day_of(place, n).isoformat() for n in range(1, 5 if size < 500 else 30))
    frozen = ready(place, communities, "frozen", days)
    for round_ in (fieldwork, review):
        CalibrationNote.objects.bulk_create(
            CalibrationNote(round=round_, check_code=("A1.1", "")[n % 2], text="两处以内不扣", at=place.at,
                            by=place.people["officer"])
            for n in range(bound(size))
        )  # fmt: skip
    states = {"decided": decided, "review": review, "fieldwork": fieldwork, "frozen": frozen, "draft": draft}
    for state, round_ in states.items():
        for name in OF_ROUND:
            yield f"assessments:{name}", state, {"pk": round_.pk}
    for name in OF_RESULT:
        yield f"assessments:{name}", "", {"pk": decided.pk}
    yield "assessments:report-check", "", {"pk": decided.pk, "class_code": "A", "check": "A1.1"}
    yield from _of_lists(fieldwork, decided)
    yield from _of_entries(place, states, size)
    yield from of_publication(place, decided, before)
    yield "assessments:report-listed", "", {"pk": before.pk}
    yield from of_visits(place, fieldwork, size)
    yield from of_draws(place, frozen, fieldwork)
    yield from _rosters(place, communities)
    yield from _what_if(place, decided)
    yield from _replay(place, size)
    yield from _of_register(communities)
    assert before.decided_at


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
    return list(Community.objects.filter(number__startswith="HT-").select_related("site", "company").order_by("pk"))


def _decided(place: District, communities: Sequence[Community]) -> tuple[Round, Round]:
    """Two rounds that are decided, one after the other."""
    found = []
    for seed, (code, days) in enumerate((("before", -400), ("decided", -200)), start=1):
        round_ = in_review(place.people, place.at, communities, code=code, seed=seed, first_day=day_of(place, days))
        _absent(place, round_)
        if code == "decided":
            accidents(place, round_)
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
        area=place.area, code="draft", title="draft", scheme=scheme, first_day=day_of(place, 30),
        last_day=day_of(place, 200), lead=place.people["director"], by=place.people["director"], at=place.at,
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
    first, now = communities[0], timezone.now()
    for record in VisitRecord.objects.select_related("round__area").order_by("id")[:5]:
        # The last five visits are the same in every district, whatever the lot of the draws decides.
        Visit.objects.create(
            programme="assessments", purpose="assessments.first", subject=record.subject, site=first.site,
            area=record.round.area, entered_at=now, recorded_at=now,
        )  # fmt: skip
        exhibits(record.subject, record.round.area, 3, None, now)
    yield "assessments:community", "long history", {"pk": first.pk}
    EntryCode.objects.bulk_create(
        EntryCode(site=one.site, code=f"CODE{one.pk}", issued_at=now) for one in communities[::2]
    )
    yield "assessments:community-sign", "", {"pk": first.pk}
    yield "assessments:community-remove", "", {"pk": communities[1].pk}
