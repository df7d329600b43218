"""An auditor's comparison of a round with the ledger: a whole one passes, every kind of tampering is named."""

import json
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.guarded import guards_lifted
from tests.programmes.assessments import rounds
from tests.programmes.assessments.conftest import SignedIn
from tests.programmes.assessments.judged import in_review
from tests.programmes.assessments.judged import register as registered
from tests.programmes.assessments.rostering import apply, hand_in, table, warnings
from tests.programmes.assessments.worked import in_fieldwork, noon, visited

from mingjing.config.commands import main
from mingjing.engine.outcome import Refusal
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area, Level
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.actions import draws
from mingjing.programmes.assessments.actions.communities import remove_community
from mingjing.programmes.assessments.actions.decisions import request_decision
from mingjing.programmes.assessments.actions.entries import record_attribute
from mingjing.programmes.assessments.actions.filings import decide_filing, file_document
from mingjing.programmes.assessments.actions.rounds import begin_review
from mingjing.programmes.assessments.actions.seconds import assign_second, commit_lot, draw_lot
from mingjing.programmes.assessments.models import (
    Community,
    Draw,
    Entry,
    Filing,
    Result,
    Round,
    SheetEdit,
    Signature,
    TeamDay,
    TeamMember,
    VisitRecord,
)
from mingjing.programmes.assessments.queries.checks.draw import draw_faults
from mingjing.programmes.assessments.queries.checks.records import record_faults
from mingjing.programmes.assessments.queries.schemes import scheme_of

pytestmark = pytest.mark.django_db
People = dict[str, Person]
COMMAND = ("assessments", "check-round", "2024-1", "--area", "430202", "--lang", "en")


@pytest.fixture
def drawn(hetang: Version, people: People, at: datetime) -> Round:
    """A round of six communities in fieldwork, by the real actions."""
    return in_fieldwork(hetang, people, at)


@pytest.fixture
def decided(drawn: Round, people: People, at: datetime) -> Round:
    """The same, visited and decided: a member replaced, a value and a bonus recorded on the way."""
    by = people["director"]
    entry = drawn.entries.earliest("number")
    record_attribute(entry=entry, code="occupancy", text="91", source="物业台账", by=by, at=at)
    filing = file_document(
        entry=entry, kind="bonus", code="party_branch", document="荷组〔2024〕3号", occurred_on=None,
        by=people["officer"], at=at,
    )  # fmt: skip
    decide_filing(filing=filing, approved=True, reason="", by=by, at=at)
    first = TeamDay.objects.filter(draw__round=drawn).earliest("day", "team")
    gone = first.members.filter(part="staff").earliest("pk")
    draws.replace_member(member=gone, person=people["staff4"], reason="生病", by=by, at=noon(at, first))
    for record in VisitRecord.objects.filter(round=drawn).select_related("entry", "team_day"):
        visited(record, people, noon(at, record.team_day))
    end = noon(at, TeamDay.objects.filter(draw__round=drawn).latest("day")) + timedelta(days=1)
    request_decision(round=begin_review(round=drawn, by=by, at=end), by=by, at=end)
    drain()
    drawn.refresh_from_db()
    assert drawn.state == "decided"
    return drawn


def test_a_whole_round_passes_and_says_what_was_checked(decided: Round, capsys: pytest.CaptureFixture[str]) -> None:
    status = main([*COMMAND])
    said = capsys.readouterr()
    assert (status, said.err) == (0, "")
    assert "Checked: 6 communities, 1 draws, 6 team-days, 6 records" in said.out
    assert "1 filings, 6 results" in said.out
    assert "agrees with the ledger and with itself" in said.out


def test_a_sealed_draw_is_said_to_be_sealed(
    drawn: Round, at: datetime, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)
    assert main([*COMMAND]) == 0
    assert "The draw is sealed until its last day" in capsys.readouterr().out
    team_day = TeamDay.objects.filter(draw__round=drawn).latest("day", "team")
    with guards_lifted():
        team_day.members.latest("pk").delete()
    assert main([*COMMAND]) == 1
    told = capsys.readouterr()
    assert "members of this team" in told.err
    assert team_day.day.isoformat() not in told.err + told.out


def test_a_second_visit_on_a_day_of_its_own_is_no_fault_and_its_team_is_compared_too(
    drawn: Round, people: People, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)
    by, late = people["director"], TeamDay.objects.filter(draw__round=drawn).latest("day").day + timedelta(days=2)
    record = None
    for entry in drawn.entries.order_by("number"):
        for team in (1, 2):
            with suppress(Refusal):
                record = record or assign_second(entry=entry, day=late, team=team, by=by, at=at)
    assert record
    team_day = record.team_day
    gone = team_day.members.filter(part="staff").earliest("pk")
    assert main([*COMMAND]) == 0
    draws.replace_member(member=gone, person=people["staff4"], reason="生病", by=by, at=noon(at, team_day))
    assert main([*COMMAND]) == 0
    lot = commit_lot(round=drawn, days=[late + timedelta(days=3), late + timedelta(days=4)], by=by, at=at)
    draw_lot(lot=lot, by=by, at=at + timedelta(minutes=5))
    assert TeamDay.objects.filter(draw=team_day.draw, day__gt=late).exists()
    assert {fault.code for fault in draw_faults(drawn, Counter())} == {"check.draw_sealed"}
    TeamDay.objects.create(draw=team_day.draw, day=late + timedelta(days=1), team=1)
    assert {fault.code for fault in draw_faults(drawn, Counter())} == {"check.draw_sealed", "check.team_days"}
    with guards_lifted():
        team_day.members.filter(removed_at=None).latest("pk").delete()
    assert "check.members" in {fault.code for fault in draw_faults(drawn, Counter())}


def test_a_roster_amid_fieldwork_changes_the_register_and_nothing_of_the_round(
    drawn: Round, people: People, at: datetime, signed_in: SignedIn
) -> None:
    records = list(
        VisitRecord.objects.filter(round=drawn).select_related("entry", "team_day").order_by("team_day__day")
    )
    visited(records[0], people, noon(at, records[0].team_day))
    frozen = list(Entry.objects.filter(round=drawn).order_by("pk").values())
    kept = list(VisitRecord.objects.filter(round=drawn).order_by("pk").values())
    renamed, moved, *same, gone = drawn.entries.select_related("community").order_by("number")
    places = Area.objects.under(drawn.area).filter(level=Level.NEIGHBOURHOOD)
    other = places.exclude(path__startswith=moved.stratum.path).earliest("path")
    rows = [f"{renamed.number},改名后的小区,,,,,,,,,", f"{moved.number},{moved.name},,{other.name},,,,,,,"]
    rows += [f"{entry.number},{entry.name},,,,,,,,," for entry in same]
    roster = hand_in(table(*rows), people["officer"], at)
    assert warnings(roster) == {renamed.number: ["roster.renamed"], moved.number: ["roster.moved"]}
    page = signed_in("officer").get(f"/assessments/rosters/{roster.pk}/").content.decode()
    assert f'These rounds keep the roster they were frozen with: <a href="/assessments/rounds/{drawn.pk}/">' in page
    assert "1 communities on the register are not in the file. Nothing happens to them." in page
    apply(roster, people["officer"], at, renames_confirmed=True)
    remove_community(community=gone.community, reason="拆迁", by=people["officer"], at=at)
    register = {one.number: one for one in Community.objects.select_related("site")}
    assert (register[renamed.number].name, register[moved.number].place) == ("改名后的小区", other)
    assert register[gone.number].removed_at
    assert list(Entry.objects.filter(round=drawn).order_by("pk").values()) == frozen
    assert list(VisitRecord.objects.filter(round=drawn).order_by("pk").values()) == kept
    assert main([*COMMAND]) == 0
    for record in records[1:]:
        visited(record, people, noon(at, record.team_day))
    end = noon(at, records[-1].team_day) + timedelta(days=1)
    request_decision(round=begin_review(round=drawn, by=people["director"], at=end), by=people["director"], at=end)
    drain()
    results = Result.objects.filter(entry__round=drawn, replay__purpose="decision")
    assert {result.key for result in results} == {entry["number"] for entry in frozen}
    assert list(Entry.objects.filter(round=drawn).order_by("pk").values()) == frozen
    assert main([*COMMAND]) == 0


def empty_sheet(round_: Round) -> str:
    record = VisitRecord.objects.filter(round=round_).earliest("pk")
    VisitRecord.objects.filter(pk=record.pk).update(sheet="{}")
    return record.entry.number


def garble_sheet(round_: Round) -> str:
    record = VisitRecord.objects.filter(round=round_).earliest("pk")
    VisitRecord.objects.filter(pk=record.pk).update(sheet="[")
    return record.entry.number


def change_period(round_: Round) -> str:
    Round.objects.filter(pk=round_.pk).update(last_day="2025-01-31")
    return "2024-1"


def lose_edit(round_: Round) -> str:
    edit = SheetEdit.objects.filter(record__round=round_).latest("pk")
    edit.delete()
    return edit.record.entry.number


def change_value(round_: Round) -> str:
    entry = round_.entries.latest("number")
    Entry.objects.filter(pk=entry.pk).update(attributes=entry.attributes | {"occupancy": "12"})
    return "2024-1"


def change_recorded_value(round_: Round) -> str:
    entry = round_.entries.earliest("number")
    Entry.objects.filter(pk=entry.pk).update(attributes=entry.attributes | {"occupancy": "12"})
    return entry.number


def change_class(round_: Round) -> str:
    entry = round_.entries.earliest("number")
    Entry.objects.filter(pk=entry.pk).update(class_code="AB"[entry.class_code == "A"])
    return entry.number


def change_total(round_: Round) -> str:
    result = Result.objects.filter(replay__round=round_).earliest("pk")
    Result.objects.filter(pk=result.pk).update(total=result.total + 100)  # type: ignore[operator]
    return result.key


def change_result_sheet(round_: Round) -> str:
    result = Result.objects.filter(replay__round=round_).earliest("pk")
    sheet = json.dumps(result.sheet_document | {"period": ["2020-01-01", "2020-12-31"]})
    Result.objects.filter(pk=result.pk).update(sheet=sheet)
    return result.key


def change_member(round_: Round) -> str:
    member = TeamMember.objects.filter(team_day__draw__round=round_, removed_at=None, part="expert").earliest("pk")
    others = TeamMember.objects.filter(team_day=member.team_day).values("person")
    person = Person.objects.filter(username__startswith="s").exclude(pk__in=others).earliest("pk")
    TeamMember.objects.filter(pk=member.pk).update(person=person)
    return f"{member.team_day.day} #{member.team_day.team}"


def move_record(round_: Round) -> str:
    record = VisitRecord.objects.filter(round=round_).earliest("pk")
    other = TeamDay.objects.filter(draw__round=round_).exclude(pk=record.team_day_id).earliest("pk")
    VisitRecord.objects.filter(pk=record.pk).update(team_day=other)
    return record.entry.number


def change_draw(round_: Round) -> str:
    draw = Draw.objects.get(round=round_)
    Draw.objects.filter(pk=draw.pk).update(document=draw.document.replace('"attempt":', '"attempt": '))
    return draw.subject


def change_seed(round_: Round) -> str:
    team_day = TeamDay.objects.filter(draw__round=round_).earliest("pk")
    TeamDay.objects.filter(pk=team_day.pk).update(pick_seed="f" * 64)
    return f"{team_day.day} #{team_day.team}"


def garble_seed(round_: Round) -> str:
    place = change_seed(round_)
    TeamDay.objects.filter(pick_seed="f" * 64).update(pick_seed="x" * 64)
    return place


def resign(round_: Round) -> str:
    signature = Signature.objects.filter(record__round=round_, part="manager").earliest("pk")
    Signature.objects.filter(pk=signature.pk).update(sheet_digest="0" * 64)
    return signature.record.entry.number


def unlock(round_: Round) -> str:
    record = VisitRecord.objects.filter(round=round_).earliest("pk")
    VisitRecord.objects.filter(pk=record.pk).update(locked_at=None, locked_by=None)
    return record.entry.number


def reject_filing(round_: Round) -> str:
    filing = Filing.objects.get(entry__round=round_)
    Filing.objects.filter(pk=filing.pk).update(approved=False)
    return filing.entry.number


def lose_filing(round_: Round) -> str:
    Filing.objects.filter(entry__round=round_).delete()
    return "2024-1"


TAMPERED = (
    (empty_sheet, "not what its edits make"), (lose_edit, "edits, "), (garble_sheet, "cannot be read"),
    (change_period, "period of the round"), (change_value, "do not come to the digest"),
    (change_recorded_value, "the ledger says that 91"), (change_class, "class or the number"),
    (change_total, "what the scheme makes"), (change_result_sheet, "do not come to its leaf"),
    (change_member, "members of this team"), (move_record, "not with the team and day"),
    (change_seed, "seed of its picks"), (garble_seed, "seed of its picks"),
    (change_draw, "not those the ledger recorded"), (resign, "signatures are kept"),
    (unlock, "was locked differs"),
    (reject_filing, "What was decided on the filing"), (lose_filing, "that is gone"),
)  # fmt: skip


def test_every_kind_of_tampering_is_named(decided: Round, capsys: pytest.CaptureFixture[str]) -> None:
    with guards_lifted():
        for tamper, words in TAMPERED:
            point = transaction.savepoint()
            place = tamper(decided)
            assert main([*COMMAND]) == 1, tamper
            told = capsys.readouterr()
            named = [line for line in told.err.splitlines() if words in line]
            assert any(place in line for line in named), (tamper, told.err)
            assert "does NOT agree" in told.out
            transaction.savepoint_rollback(point)
    assert main([*COMMAND]) == 0


def test_a_round_nobody_knows_and_a_draft_are_refused(
    hetang: Version, people: People, at: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*COMMAND]) != 0
    assert "has no round 2024-1" in capsys.readouterr().err
    rounds.register(1, at)
    rounds.opened(hetang, people["director"], at)
    assert main([*COMMAND]) != 0
    assert "is a draft" in capsys.readouterr().err


def test_records_cost_the_same_statements_whatever_their_number(people: People, at: datetime) -> None:
    counts = []
    for code, start, size in (("small", 0, 10), ("large", 10, 60)):
        round_ = in_review(people, at, registered(size, at, start=start), code=code)
        scheme_of(round_.scheme)
        with CaptureQueriesContext(connection) as captured:
            assert list(record_faults(round_, Counter()))
        counts.append(len(captured))
    assert counts[0] == counts[1]
