"""The writes of draws: what is committed to before anything is drawn, who may not be drawn, and what stays sealed."""

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st
from tests.faces import district
from tests.programmes.assessments import drawing as rounds
from tests.programmes.assessments.drawing import DAYS, Drawn

from mingjing.engine.drawing import commitment
from mingjing.engine.outcome import Refusal
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.actions import grant_role
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.actions import draws
from mingjing.programmes.assessments.models import Conflict, Draw, DrawSeed, TeamDay, TeamMember, VisitRecord
from mingjing.programmes.assessments.policy.draws import make, published_commitment, seed_file
from mingjing.programmes.assessments.queries.draw_inputs import draw_inputs, prepare
from mingjing.programmes.assessments.queries.draw_people import expert_lines

pytestmark = pytest.mark.django_db
SEED = bytes(range(32))


@pytest.fixture
def ready(hetang: Version, people: dict[str, Person], ready_once: Callable[[], Drawn]) -> Drawn:
    """A frozen round, planned, with everybody it needs."""
    return ready_once()


def refused(act: Callable[[], object]) -> set[str]:
    """The codes for which `act` is refused."""
    with pytest.raises(Refusal) as refusal:
        act()
    return {problem.code for problem in refusal.value.problems}


def witness(ready: Drawn, draw: Draw, number: int = 1, seed: bytes = SEED) -> DrawSeed:
    person = ready.supervisors[number]
    return draws.add_seed(draw=draw, commitment=commitment(seed), label="物业协会", by=person, at=ready.at)


def test_a_round_is_drawn_whole(ready: Drawn) -> None:
    draw = ready.draw()
    assert draw.state == "drawn", draw.told_problems
    assert TeamDay.objects.filter(draw=draw).count() == 6
    assert VisitRecord.objects.standing().filter(round=ready.round).count() == 24
    members = TeamMember.objects.filter(team_day__draw=draw)
    assert members.filter(part="expert").count() == 18
    assert members.filter(part="staff").count() == 12
    assert verify().whole


def test_inputs_and_commitment_stand_in_the_ledger_before_anything_is_drawn(ready: Drawn) -> None:
    draw = ready.commit()
    committed = Fact.objects.get(kind="assessments.draw.committed")
    own = draw.seeds.get()
    assert committed.values["inputs_digest"] == draw.inputs_digest
    assert committed.values["commitment"] == own.commitment == commitment(bytes.fromhex(own.secret))
    assert not TeamDay.objects.exists()
    draws.reveal_draw(draw=draw, by=ready.by, at=ready.at)
    drain()
    seqs = [Fact.objects.get(kind=f"assessments.draw.{kind}").seq for kind in ("committed", "revealed", "drawn")]
    assert seqs == sorted(seqs)
    own.refresh_from_db()
    assert (own.secret, commitment(bytes.fromhex(own.seed))) == ("", own.commitment)


def test_the_same_inputs_and_seeds_give_the_same_bytes(ready: Drawn) -> None:
    draw = ready.draw()
    seeds = draw.seeds.all()
    again = make(
        draw_inputs(draw),
        [seed_file(draw.inputs_digest, seed.seed) for seed in seeds],
        [published_commitment(draw.inputs_digest, seed.commitment) for seed in seeds],
    )
    assert again == json.loads(draw.document)


def test_public_inputs_name_nobody(ready: Drawn) -> None:
    draw = ready.commit()
    people = [*ready.supervisors, *ready.staff, ready.by]
    assert not any(person.display_name in draw.inputs or person.username in draw.inputs for person in people)


def test_every_witness_must_reveal_and_only_the_right_seed_counts(ready: Drawn) -> None:
    draw = ready.commit()
    seed = witness(ready, draw)
    holder, other = ready.supervisors[1], ready.supervisors[2]
    assert refused(lambda: witness(ready, draw)) == {"draw.seed_twice"}
    with pytest.raises(Refusal, match="物业协会"):
        draws.reveal_draw(draw=draw, by=ready.by, at=ready.at)
    wrong = lambda: draws.reveal_seed(seed=seed, secret="00" * 32, by=holder, at=ready.at)  # noqa: E731
    assert refused(wrong) == {"draw.wrong_seed"}
    stolen = lambda: draws.reveal_seed(seed=seed, secret=SEED.hex(), by=other, at=ready.at)  # noqa: E731
    assert refused(stolen) == {"draw.not_holder"}
    draws.reveal_seed(seed=seed, secret=SEED.hex(), by=holder, at=ready.at)
    late = lambda: witness(ready, draw, 2, bytes(32))  # noqa: E731
    assert refused(late) == {"draw.seed_late"}
    draws.reveal_draw(draw=draw, by=ready.by, at=ready.at)
    assert drain() == 1
    draw.refresh_from_db()
    assert json.loads(draw.document)["seeds"].count(SEED.hex()) == 1
    facts = " ".join(Fact.objects.values_list("data", flat=True))
    assert SEED.hex() not in facts


def test_from_the_commitment_on_nothing_of_the_inputs_changes(ready: Drawn) -> None:
    draw, expert = ready.commit(), ready.round.experts.first()
    by, at, community = ready.by, ready.at, ready.entry("C001").community
    acts = [
        lambda: draws.remove_expert(expert=expert, reason="生病", by=by, at=at),
        lambda: draws.declare_conflict(expert=expert, community=community, reason="亲属", by=by, at=at),
        lambda: draws.list_expert(round=ready.round, person=expert.person, home="荷塘区", by=by, at=at),
        lambda: draws.plan_draw(round=ready.round, settings=rounds.settings(teams=1), by=by, at=at),
    ]
    assert [refused(act) for act in acts] == [{"draw.inputs_committed"}] * 4
    assert refused(ready.commit) == {"draw.standing"}
    assert refused(lambda: draws.cancel_draw(draw=draw, reason=" ", by=by, at=at)) == {"draw.reason"}
    draws.cancel_draw(draw=draw, reason="专家生病", by=by, at=at)
    draws.remove_expert(expert=expert, reason="生病", by=by, at=at)
    again = ready.commit()
    assert again.inputs_digest != draw.inputs_digest
    assert ready.round.draws.count() == 2
    assert refused(lambda: draws.reveal_draw(draw=draw, by=by, at=at)) == {"draw.closed"}


def test_a_draw_called_off_after_drawing_frees_its_communities(ready: Drawn) -> None:
    draw = ready.draw()
    draws.cancel_draw(draw=draw, reason="台风", by=ready.by, at=ready.at)
    assert not VisitRecord.objects.standing().exists()
    again = ready.draw()
    assert again.state == "drawn"
    assert VisitRecord.objects.standing().count() == 24
    ready.begin()
    assert refused(lambda: draws.cancel_draw(draw=again, reason="x", by=ready.by, at=ready.at)) == {"draw.in_use"}


def test_only_a_frozen_round_with_days_to_come_is_drawn(ready: Drawn) -> None:
    late = ready.noon(DAYS[0]) + timedelta(days=1)
    act = lambda: draws.commit_draw(round=ready.round, by=ready.by, at=late)  # noqa: E731
    assert refused(act) == {"draw.past"}
    ready.begin()
    assert refused(ready.commit) == {"draw.round_state"}


def test_what_cannot_be_drawn_is_said_before_committing(ready: Drawn) -> None:
    for expert in ready.round.experts.all()[:2]:
        draws.remove_expert(expert=expert, reason="生病", by=ready.by, at=ready.at)
    with pytest.raises(Refusal, match="Ask 1 more"):
        ready.commit()
    assert not Draw.objects.exists()


def test_what_only_shows_while_drawing_fails_with_its_reasons(ready: Drawn, monkeypatch: pytest.MonkeyPatch) -> None:
    from mingjing.engine.outcome import Problem
    from mingjing.programmes.assessments.jobs import draws as jobs

    def impossible(*_given: object) -> None:
        raise Refusal([Problem("draw.parts", "The teams fall into {parts} parts.", {"parts": 2}, "experts")])

    monkeypatch.setattr(jobs, "make", impossible)
    draw = ready.draw()
    assert draw.state == "failed"
    assert [problem.code for problem in draw.told_problems] == ["draw.parts"]
    assert Fact.objects.get(kind="assessments.draw.failed").values["codes"] == ["draw.parts"]
    assert not TeamDay.objects.exists()
    draws.cancel_draw(draw=draw, reason="改计划", by=ready.by, at=ready.at)


# --- recusal and conflicts -------------------------------------------------------------------------------------------


def homes(ready: Drawn, home: str) -> tuple[int, tuple[str, ...]]:
    """From how many communities somebody with this home is kept, and what else might be meant."""
    person = ready.supervisors[0]
    draws.list_expert(round=ready.round, person=person, home=home, by=ready.by, at=ready.at)
    line = next(line for line in expert_lines(prepare(ready.round)) if line.expert.person == person)
    return line.bars, line.near


def test_a_home_recuses_however_it_is_written(ready: Drawn) -> None:
    company, town = ready.companies[0], ready.entry("C000").stratum
    spaced = f" {company.name[:4]}　{company.name[4:]} "
    assert homes(ready, company.name) == homes(ready, company.credit_code.lower()) == homes(ready, spaced) == (6, ())
    assert homes(ready, town.name)[0] == 8
    assert homes(ready, "某大学") == (0, ())
    bars, near = homes(ready, company.name[:-3])
    assert (bars, company.name in near) == (0, True)


def test_all_branches_of_one_company_are_one(ready: Drawn) -> None:
    parent, branch, other = ready.companies[:3]
    Organisation.objects.filter(pk=branch.pk).update(branch_of=parent)
    assert homes(ready, branch.name)[0] == homes(ready, parent.credit_code)[0] == 12
    assert homes(ready, other.name)[0] == 6
    expert = ready.round.experts.get(person=ready.supervisors[0])
    draws.declare_conflict(expert=expert, company=branch, reason="兼职", by=ready.by, at=ready.at)
    assert homes(ready, "")[0] == 12
    codes = {site["company"] for site in json.loads(ready.commit().inputs)["sites"]}
    assert codes == {one.credit_code for one in ready.companies} - {branch.credit_code}


pairs = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 23), st.booleans()), max_size=8)


@tried(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=pairs)
def test_nobody_is_drawn_for_what_they_declared(ready: Drawn, found: list[tuple[int, int, bool]]) -> None:
    """Every example leaves the round as it found it."""
    experts = list(ready.round.experts.all())
    entries = [ready.entry(f"C{which:03}") for _, which, _ in found]
    meant = {
        (experts[who], *((None, entry.company) if company else (entry.community, None)))
        for (who, _, company), entry in zip(found, entries, strict=True)
    }
    declared = [
        draws.declare_conflict(expert=one, community=place, company=company, reason="亲属", by=ready.by, at=ready.at)
        for one, place, company in meant
    ]
    try:
        draw = ready.draw()
    except Refusal:  # nothing can be drawn: that is said, and nothing is
        draw = None
    if draw and draw.state == "drawn":
        for record in VisitRecord.objects.filter(team_day__draw=draw).select_related("entry"):
            going = set(record.team_day.members.values_list("person", flat=True))
            for conflict in declared:
                barred = conflict.community_id == record.entry.community_id
                barred = barred or (conflict.company_id is not None and conflict.company_id == record.entry.company_id)
                assert not (barred and conflict.expert.person_id in going)
    for standing in Draw.objects.filter(cancelled_at=None):
        draws.cancel_draw(draw=standing, reason="下一例", by=ready.by, at=ready.at)
    for conflict in declared:
        draws.withdraw_conflict(conflict=conflict, reason="下一例", by=ready.by, at=ready.at)


def test_nobody_is_supervisor_and_staff_at_once(ready: Drawn) -> None:
    by, at, round = ready.by, ready.at, ready.round
    both = district.staff("officer", "两栖", round.area, at, "both")
    grant_role(person=both, role="supervisor", area=round.area, first_day=date(2024, 1, 1), act="聘书",
               act_reference="1", by=None, at=at)  # fmt: skip
    draws.list_expert(round=round, person=both, by=by, at=at)
    assert refused(lambda: draws.staff_team(round=round, team=1, person=both, by=by, at=at)) == {"team.expert"}
    officer, supervisor = ready.staff[0], ready.supervisors[0]
    assert "expert.role" in refused(lambda: draws.list_expert(round=round, person=officer, by=by, at=at))
    assert "team.role" in refused(lambda: draws.staff_team(round=round, team=1, person=supervisor, by=by, at=at))
    draws.staff_team(round=round, team=2, person=officer, by=by, at=at)
    assert round.staff.get(person=officer).team == 2  # moved over, not on two teams


# --- the day ---------------------------------------------------------------------------------------------------------


def begun(ready: Drawn) -> tuple[Draw, TeamDay]:
    draw = ready.draw()
    ready.begin()
    found = draw.team_days.select_related("draw__round__area").get(day=DAYS[1], team=1)
    return draw, found


def test_a_team_day_opens_on_its_day_for_its_team(ready: Drawn) -> None:
    _, team_day = begun(ready)
    member, noon = ready.staff[0], ready.noon(DAYS[1])
    stranger = district.staff("officer", "外组", ready.round.area, ready.at, "otherteam")
    early = lambda: draws.open_team_day(team_day=team_day, by=ready.by, at=ready.noon(DAYS[0]))  # noqa: E731
    assert refused(early) == {"team_day.sealed"}
    outsider = next(p for p in ready.supervisors if not team_day.members.filter(person=p).exists())
    assert refused(lambda: draws.open_team_day(team_day=team_day, by=outsider, at=noon)) == {"team_day.not_member"}
    opened = draws.open_team_day(team_day=team_day, by=member, at=noon)
    assert (opened.opened_by, opened.opened_at) == (member, noon)
    draws.open_team_day(team_day=team_day, by=stranger, at=noon + timedelta(hours=1))
    assert Fact.objects.filter(kind="assessments.team_day.opened").count() == 1


def test_a_conflict_declared_after_the_draw_keeps_the_team_from_going(ready: Drawn) -> None:
    _, team_day = begun(ready)
    noon = ready.noon(DAYS[1])
    member = team_day.members.filter(part="expert").first()
    record = team_day.records.select_related("entry__community").first()
    expert = ready.round.experts.get(person=member.person)
    conflict = {"community": record.entry.community, "reason": "亲属", "by": member.person, "at": noon}
    draws.declare_conflict(expert=expert, **conflict)
    opens = lambda: draws.open_team_day(team_day=team_day, by=ready.by, at=noon)  # noqa: E731
    assert refused(opens) == {"team_day.barred"}
    free = {person.pk for person in ready.supervisors} - set(
        TeamMember.objects.filter(team_day__day=DAYS[1], removed_at=None).values_list("person", flat=True)
    )
    substitute = Person.objects.get(pk=free.pop())
    spare = ready.round.experts.get(person=substitute)
    barred = draws.declare_conflict(expert=spare, **conflict)
    replace = lambda who: draws.replace_member(member=member, person=who, reason="回避", by=ready.by, at=noon)  # noqa: E731
    assert refused(lambda: replace(substitute)) == {"team_member.barred"}
    draws.withdraw_conflict(conflict=barred, reason="弄错", by=ready.by, at=noon)
    busy = TeamMember.objects.filter(team_day__day=DAYS[1], team_day__team=2, part="expert").first()
    assert "team_member.busy" in refused(lambda: replace(busy.person))
    assert "team_member.unlisted" in refused(lambda: replace(ready.people["auditor"]))
    replace(substitute)
    assert draws.open_team_day(team_day=team_day, by=substitute, at=noon).opened_at


def test_nobody_learns_of_a_sealed_day_by_trying_substitutes(ready: Drawn) -> None:
    _, team_day = begun(ready)
    member = team_day.members.filter(part="expert").first()
    act = lambda: draws.replace_member(  # noqa: E731
        member=member, person=ready.supervisors[0], reason="x", by=ready.by, at=ready.noon(DAYS[0])
    )
    assert refused(act) == {"team_day.sealed"}


def test_a_team_never_goes_with_too_few_of_the_centres_staff(ready: Drawn) -> None:
    _, team_day = begun(ready)
    noon, member = ready.noon(DAYS[1]), team_day.members.filter(part="staff").first()
    drop = lambda: draws.replace_member(member=member, person=None, reason="生病", by=ready.by, at=noon)  # noqa: E731
    assert refused(drop) == {"team_day.staff"}
    expert = team_day.members.filter(part="expert").first()
    assert draws.replace_member(member=expert, person=None, reason="生病", by=ready.by, at=noon) is None
    assert team_day.members.filter(removed_at=None).count() == 4


def test_staff_added_after_the_draw_goes_along_on_the_days_to_come(ready: Drawn) -> None:
    draw, _ = begun(ready)
    late = district.staff("officer", "新人", ready.round.area, ready.at, "late")
    draws.staff_team(round=ready.round, team=1, person=late, by=ready.by, at=ready.noon(DAYS[1]))
    days = TeamMember.objects.filter(person=late, team_day__draw=draw).values_list("team_day__day", flat=True)
    assert sorted(days) == list(DAYS[1:])
    assert Conflict.objects.count() == 0
