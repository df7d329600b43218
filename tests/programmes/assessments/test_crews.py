"""A crew for a second visit to which no team can go: committed to, drawn of others, sealed, drawn again by anybody."""

import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.guarded import guards_lifted
from tests.programmes.assessments import second_lots
from tests.programmes.assessments.contested import codes, reviewed
from tests.programmes.assessments.drawing import DAYS, Drawn

from mingjing.engine.chain import canonical
from mingjing.engine.drawing import commitment
from mingjing.engine.outcome import Problem
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.models import Person
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.actions import draws
from mingjing.programmes.assessments.actions.crews import call_crew, make_crew
from mingjing.programmes.assessments.actions.draws.days import open_team_day
from mingjing.programmes.assessments.actions.seconds import assign_second
from mingjing.programmes.assessments.models import CrewDraw, Entry, Purpose, Round, TeamDay, TeamMember, VisitRecord
from mingjing.programmes.assessments.policy.crews import Inputs, Pool, check_crew, draw_crew, going, inputs_from
from mingjing.programmes.assessments.queries.checks.draw import draw_faults
from mingjing.programmes.assessments.queries.crews import able_on, crew_file
from mingjing.programmes.assessments.queries.seconds import barred_people

pytestmark = pytest.mark.django_db
DAY = DAYS[-1] + timedelta(days=2)
WHY = "两个小组都去过或须回避"


@pytest.fixture
def ready(hetang: Version, people: dict[str, Person], ready_once: Callable[[], Drawn]) -> Drawn:
    """A round in fieldwork, drawn, with two of the staff and three supervisors to each of its two teams."""
    made = ready_once()
    made.draw()
    made.begin()
    return made


@pytest.fixture
def stuck(ready: Drawn) -> Entry:
    """A community of the first day to which no team can go: somebody of the other one is in conflict with it."""
    record = VisitRecord.objects.filter(round=ready.round, team_day__day=DAYS[0]).select_related("entry__community")[0]
    other = TeamDay.objects.filter(day=DAYS[-1]).exclude(team=record.team_day.team).get()
    member = other.members.filter(part="expert").exclude(person__in=went(record.entry)).first()
    if member:
        expert = ready.round.experts.get(person=member.person)
        draws.declare_conflict(
            expert=expert, community=record.entry.community, reason="近亲属", by=ready.by, at=ready.noon(DAYS[-1])
        )
    return record.entry


def went(entry: Entry) -> set[int]:
    found = TeamMember.objects.filter(team_day__records__entry=entry, team_day__records__purpose=Purpose.FIRST)
    return set(found.values_list("person", flat=True))


def asked(ready: Drawn, entry: Entry, **changes: Any) -> dict[str, Any]:
    return {"entry": entry, "day": DAY, "by": ready.by, "at": ready.noon(DAYS[-1]), **changes}


def called(ready: Drawn, entry: Entry, **changes: Any) -> CrewDraw:
    return call_crew(reason=WHY, **asked(ready, entry, **changes))


def made(ready: Drawn, crew: CrewDraw) -> VisitRecord:
    return make_crew(crew=crew, by=ready.by, at=ready.noon(DAYS[-1]))


def test_where_no_team_can_go_a_crew_of_others_is_called_and_drawn(ready: Drawn, stuck: Entry) -> None:
    for team in (1, 2):
        assert codes(lambda team=team: assign_second(team=team, **asked(ready, stuck))) == ["seconds.same_team"]
    crew = called(ready, stuck)
    assert not VisitRecord.objects.filter(purpose=Purpose.SECOND).exists()
    assert codes(lambda: called(ready, stuck)) == ["seconds.crew_called"]
    record = made(ready, crew)
    going = record.team_day
    members = dict(going.members.values_list("person", "part"))
    assert (record.purpose, going.day, going.team, going.crew.reason) == ("second", DAY, 3, WHY)
    assert sorted(members.values()) == ["expert", "expert", "staff", "staff"]
    assert not members.keys() & went(stuck)
    barred = ready.round.experts.filter(conflicts__community=stuck.community).values_list("person", flat=True)
    assert not members.keys() & set(barred)
    assert ready.by.pk not in members
    assert codes(lambda: made(ready, crew)) == ["seconds.crew_drawn"]
    later = DAY + timedelta(days=1)
    assert codes(lambda: called(ready, stuck, day=later)) == ["seconds.twice"]
    assert codes(lambda: open_team_day(team_day=going, by=ready.by, at=ready.noon(DAYS[-1]))) == ["team_day.sealed"]
    assert open_team_day(team_day=going, by=ready.by, at=ready.noon(DAY)).opened_at
    assert verify().whole


def test_the_ledger_has_the_commitment_before_the_crew_and_anybody_draws_it_again(ready: Drawn, stuck: Entry) -> None:
    crew = called(ready, stuck)
    told = Fact.objects.get(kind="assessments.seconds.crew_called")
    assert told.values["commitment"] == commitment(bytes.fromhex(crew.secret))
    assert crew.secret not in told.data
    made(ready, crew)
    crew.refresh_from_db()
    drawn = Fact.objects.get(kind="assessments.seconds.crew_drawn")
    assert drawn.values["commitment"] == told.values["commitment"]
    assert drawn.values["inputs_digest"] == told.values["inputs_digest"]
    people = Person.objects.filter(pk__in=crew.team_day.members.values("person"))
    for fact in (told, drawn):
        assert not any(kept in fact.data for kept in (stuck.number, crew.secret, *(one.token for one in people)))
    assert crew_file(crew, DAY) is None
    raw = crew_file(crew, DAY + timedelta(days=1))
    assert raw
    assert sha256(raw).hexdigest() == drawn.values["document_digest"]
    document = json.loads(raw)
    assert [type(reason) is Problem for reason in check_crew(document)] == [False]
    assert {person.token for person in people} == set(going(document))


def test_who_cannot_go_any_more_is_passed_over_and_the_next_one_goes(ready: Drawn, stuck: Entry) -> None:
    crew = called(ready, stuck)
    document = draw_crew(inputs_from(json.loads(crew.inputs)), crew.secret)
    first, second, third = document["order"]["expert"][:3]
    Person.objects.filter(token=second).update(left_at=ready.noon(DAYS[-1]))
    record = made(ready, crew)
    supervisors = record.team_day.members.filter(part="expert").values_list("person__token", flat=True)
    assert set(supervisors) == {first, third}
    crew.refresh_from_db()
    assert json.loads(crew.document)["passed_over"] == [second]
    assert not any(isinstance(reason, Problem) for reason in check_crew(json.loads(crew.document)))


def test_what_a_crew_was_drawn_from_is_kept_by_the_database(ready: Drawn, stuck: Entry) -> None:
    crew = called(ready, stuck)
    rows = CrewDraw.objects.filter(pk=crew.pk)
    for change in ({"secret": "0" * 64}, {"inputs": "{}"}, {"day": DAY + timedelta(days=1)}, {"reason": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    made(ready, crew)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(document="{}")
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.delete()


def test_nobody_could_go_who_was_there_is_in_conflict_or_goes_elsewhere(ready: Drawn, stuck: Entry) -> None:
    shut = went(stuck) | barred_people(ready.round)[stuck.number]
    able = able_on(stuck, ready.round, DAY, ready.by)
    assert able.supervisors == {person.pk for person in ready.supervisors} - shut
    assert able.on_teams == {person.pk for person in ready.staff} - shut
    assert able.on_teams < able.staff
    busy = TeamDay.objects.create(draw=ready.round.draws.get(), day=DAY, team=1)
    for taken in (min(able.supervisors), min(able.staff)):
        TeamMember.objects.create(team_day=busy, person_id=taken, part="staff", added_at=ready.at)
    again = able_on(stuck, ready.round, DAY, ready.by)
    assert again.supervisors == able.supervisors - {min(able.supervisors)}
    assert min(able.staff) not in again.staff


def test_where_a_team_can_go_none_is_called(ready: Drawn) -> None:
    first = VisitRecord.objects.filter(round=ready.round, team_day__day=DAYS[0]).select_related("entry", "team_day")[0]
    other = TeamDay.objects.filter(day=DAYS[-1]).exclude(team=first.team_day.team).get()
    shut = went(first.entry) | barred_people(ready.round)[first.entry.number]
    other.members.filter(person__in=shut).update(removed_at=ready.at)
    assert codes(lambda: called(ready, first.entry)) == ["seconds.team_can"]
    assert assign_second(team=other.team, **asked(ready, first.entry)).team_day.team == other.team


def test_an_auditor_compares_a_crew_with_what_was_committed_to(ready: Drawn, stuck: Entry) -> None:
    crew = called(ready, stuck)
    assert beside(ready) == set()
    record = made(ready, crew)
    assert beside(ready) == set()
    gone = record.team_day.members.filter(part="staff").earliest("pk")
    draws.replace_member(member=gone, person=ready.people["officer"], reason="生病", by=ready.by, at=ready.noon(DAY))
    assert beside(ready) == set()
    with guards_lifted(), transaction.atomic():
        record.team_day.members.latest("pk").delete()
        assert beside(ready) == {"check.members"}
        transaction.set_rollback(True)
    crew.refresh_from_db()
    other = draw_crew(inputs_from(json.loads(crew.inputs)), "ab" * 32)
    with guards_lifted():
        CrewDraw.objects.filter(pk=crew.pk).update(document=canonical(other).decode())
    assert "check.second_file" in beside(ready)


def beside(ready: Drawn) -> set[str]:
    """What an auditor is told of the draw that is wrong."""
    return {reason.code for reason in draw_faults(ready.round, Counter()) if isinstance(reason, Problem)}


def test_what_is_missing_is_said_and_nothing_is_made(ready: Drawn, stuck: Entry) -> None:
    days = TeamDay.objects.count()
    assert codes(lambda: call_crew(reason=" ", **asked(ready, stuck))) == ["draw.reason"]
    assert codes(lambda: called(ready, stuck, day=DAYS[-1])) == ["seconds.past"]
    crew = called(ready, stuck)
    ready.round.experts.update(days=[DAYS[0].isoformat()])
    Person.objects.exclude(pk=ready.by.pk).update(left_at=ready.noon(DAYS[-1]))
    assert codes(lambda: made(ready, crew)) == ["seconds.staff", "seconds.supervisors"]
    later = DAY + timedelta(days=1)
    assert codes(lambda: called(ready, stuck, day=later)) == ["seconds.staff", "seconds.supervisors"]
    assert TeamDay.objects.count() == days
    assert not VisitRecord.objects.filter(purpose=Purpose.SECOND).exists()
    crew.refresh_from_db()
    assert (crew.drawn_at, crew.document) == (None, "")


PEOPLE = st.lists(st.text("abcdef0123456789", min_size=4, max_size=4), min_size=4, max_size=12, unique=True)


@given(PEOPLE, st.binary(min_size=32, max_size=32), st.data())
def test_a_changed_crew_does_not_hold(people: list[str], seed: bytes, data: st.DataObject) -> None:
    half = len(people) // 2
    pools = (Pool("staff", 2, tuple(sorted(people[:half]))), Pool("expert", 2, tuple(sorted(people[half:]))))
    document = json.loads(canonical(draw_crew(Inputs("2026-1", "HT-001", "2026-04-01", pools), seed.hex())))
    assert not any(isinstance(reason, Problem) for reason in check_crew(document))
    assert second_lots.crew(document["inputs"], seed, ()) == (document["order"], document["crew"])
    name = data.draw(st.sampled_from(["crew", "order", "seed", "commitment", "inputs", "inputs_digest", "passed_over"]))
    document[name] = {
        "crew": {**document["crew"], "staff": document["crew"]["staff"][1:]}, "inputs": {},
        "order": {**document["order"], "expert": document["order"]["expert"][::-1]},
        "passed_over": document["crew"]["staff"][:1],
    }.get(name, "cd" * 32)  # fmt: skip
    assert all(isinstance(reason, Problem) for reason in check_crew(document))


def test_everybody_is_as_likely_as_the_next() -> None:
    inputs = Inputs("2026-1", "HT-001", "2026-04-01", (Pool("staff", 2, tuple("abcdefgh")),))
    hits = Counter(one for n in range(2000) for one in draw_crew(inputs, f"{n:064x}")["crew"]["staff"])
    assert sum(hits.values()) == 4000
    assert 430 < min(hits.values()) <= max(hits.values()) < 570


def test_on_the_desk_it_is_called_drawn_and_later_downloaded(
    ready: Drawn, stuck: Entry, signed_in: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = {"is": ready.noon(DAYS[-1])}
    monkeypatch.setattr("django.utils.timezone.now", lambda: now["is"])
    home = f"/assessments/rounds/{ready.round.pk}/seconds/"
    there, director = f"{home}crew/{stuck.number}/", signed_in("director")
    assert signed_in("officer").post(there).status_code == 403
    assert "Give a day and say why" in director.post(there, {"day": "soon"}, follow=True).content.decode()
    done = director.post(there, {"day": DAY.isoformat(), "reason": WHY}, follow=True)
    assert "The step is in the ledger" in done.content.decode()
    crew = CrewDraw.objects.get()
    assert signed_in("officer").post(f"{home}crews/{crew.pk}/draw/").status_code == 403
    done = director.post(f"{home}crews/{crew.pk}/draw/", follow=True)
    assert "The step is in the ledger" in done.content.decode()
    assert VisitRecord.objects.get(entry=stuck, purpose=Purpose.SECOND).team_day.crew == crew
    file = f"{home}crews/{crew.pk}.json"
    assert f'href="{file}"' not in director.get(home).content.decode()
    assert director.get(file).status_code == 404
    now["is"] = ready.noon(DAY + timedelta(days=1))
    page = signed_in("auditor").get(home).content.decode()
    assert f'href="{file}"' in page
    assert WHY in page
    assert not any(
        isinstance(reason, Problem) for reason in check_crew(json.loads(signed_in("auditor").get(file).content))
    )


def test_with_more_than_a_page_of_communities_and_of_crews_each_list_turns_for_itself(
    people: dict[str, Person], at: datetime, signed_in: Callable[[str], Client]
) -> None:
    round_ = reviewed(people, at, 70, 53)
    many_crews(round_, 52, at)
    client, home = signed_in("auditor"), f"/assessments/rounds/{round_.pk}/seconds/"

    def shown(query: str) -> tuple[list[str], list[str], Any]:
        answer = client.get(f"{home}?{query}")
        rows = [row["entry"].number for row in answer.context["rows"]]
        crews = re.findall(r'href="[^"]*/(crews/\d+\.json)"', answer.content.decode())
        return rows, crews, answer.context

    rows, crews, page = shown("")
    assert (len(rows), len(crews)) == (50, 50)
    later, same, page = shown(page["page"].after)
    assert (len(later), same) == (3, crews)
    kept, others, page = shown(page["crews"].after)
    assert (kept, len(others)) == (later, 2)
    back, kept, page = shown(page["page"].before)
    assert (back, kept) == (rows, others)
    assert len({*rows, *later}) == 53
    assert len({*crews, *others}) == 52


def many_crews(round_: Round, count: int, at: datetime) -> None:
    """So many crews that were drawn and went, as rows."""
    draw, entries = round_.draws.get(), list(round_.entries.order_by("number"))
    for n in range(count):
        day = DAYS[0] + timedelta(days=n)
        team_day = TeamDay.objects.create(draw=draw, day=day, team=200 + n)
        CrewDraw.objects.create(
            round=round_, entry=entries[n], day=day, reason=WHY, team_day=team_day, inputs="{}", inputs_digest="0" * 64,
            commitment="1" * 64, secret="2" * 64, committed_at=at, drawn_at=at, document="{}",
            document_digest=f"{n:064d}",
        )  # fmt: skip
