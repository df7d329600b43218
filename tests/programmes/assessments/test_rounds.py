"""A round from draft to review: what each step does, what it refuses, and what the database refuses afterwards."""

from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction
from tests.faces import district
from tests.programmes.assessments import rounds
from tests.programmes.assessments.conftest import published

from mingjing.engine.outcome import Refusal
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.rulebooks.actions import publish_version, start_draft
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.actions import entries
from mingjing.programmes.assessments.actions import rounds as actions
from mingjing.programmes.assessments.models import ClassVote, Community, Entry, Round, VisitRecord

People = dict[str, Person]


def codes(refusal: Refusal) -> list[str]:
    return [problem.code for problem in refusal.problems]


@pytest.fixture
def round_(hetang: Version, people: People, at: datetime) -> Round:
    """A draft of ten communities, two of each kind."""
    rounds.register(10, at, rounds.KINDS)
    return rounds.opened(hetang, people["director"], at)


@pytest.fixture
def clear(hetang: Version, people: People, at: datetime) -> Round:
    """A draft of six communities whose classes are plain."""
    rounds.register(6, at)
    return rounds.opened(hetang, people["director"], at)


def test_a_round_takes_every_current_community_with_its_class(round_: Round) -> None:
    found = {entry.number: entry for entry in round_.entries.all()}
    assert len(found) == 10
    old, new, border, divided, unknown = (found[f"HT-000{n}"] for n in range(1, 6))
    assert (old.class_code, new.class_code) == ("A", "B")
    assert (border.class_code, border.proposed_class, border.borderline) == ("", "A", True)
    assert (divided.class_code, divided.proposed_class, divided.borderline) == ("", "", True)
    assert divided.ranges == {"fee": ["0.8", "1.4"]}
    assert "fee" not in divided.attributes
    assert (unknown.class_code, unknown.proposed_class, unknown.borderline) == ("", "", False)
    assert old.attributes == {"completed_year": "1998", "fee": "0.4", "service_months": "30"}
    assert "runs from 0.8 to 1.4" in divided.told_class_reasons[0].say()
    assert {reason.code for reason in unknown.told_class_reasons} == {"class.value_missing"}
    assert old.stratum.level == 4
    assert old.words == old.community.words
    kinds = [*Fact.objects.filter(subject=round_.subject).values_list("kind", flat=True)]
    assert kinds == ["assessments.round.opened", "assessments.round.roster_taken"]


def test_communities_that_the_register_says_go_together_are_one_group(
    hetang: Version, people: People, at: datetime
) -> None:
    rounds.register(3, at)
    Community.objects.filter(number__in=["HT-0001", "HT-0002"]).update(group="east")
    found = rounds.opened(hetang, people["director"], at).entries.order_by("number")
    assert [entry.group for entry in found] == ["east", "east", ""]


def test_opening_names_everything_that_is_wrong(hetang: Version, people: People, at: datetime) -> None:
    with pytest.raises(Refusal) as caught:
        actions.open_round(
            area=Area.objects.get(code="430202"), code="no spaces", title=" ", scheme=hetang,
            first_day=date(2024, 6, 30), last_day=date(2024, 6, 1), lead=people["auditor"], by=people["officer"], at=at,
        )  # fmt: skip
    assert codes(caught.value) == [
        "round.code", "round.title", "round.days", "round.scheme_early", "round.lead",
    ]  # fmt: skip
    assert not Round.objects.exists()


def test_a_scheme_must_be_in_force_on_the_first_day(hetang: Version, people: People, at: datetime) -> None:
    newer = start_draft(base=hetang, by=people["director"], at=at)
    with pytest.raises(Refusal) as caught:
        rounds.opened(newer, people["director"], at)
    assert codes(caught.value) == ["round.scheme_draft"]
    publish_version(
        version=newer, effective_from=date(2024, 10, 1), expected_digest=newer.digest, by=people["director"], at=at
    )
    newer.refresh_from_db()
    with pytest.raises(Refusal) as caught:
        rounds.opened(newer, people["director"], at)
    assert codes(caught.value) == ["round.scheme_not_in_force"]
    assert "version 1 is" in caught.value.problems[0].say()


def test_who_may_not_manage_rounds_is_refused_in_words(hetang: Version, people: People, at: datetime) -> None:
    with pytest.raises(Refusal) as caught:
        rounds.opened(hetang, people["auditor"], at)
    assert codes(caught.value) == ["round.not_yours"]
    round_ = rounds.opened(hetang, people["officer"], at)
    with pytest.raises(Refusal) as caught:
        actions.freeze_round(round=round_, by=people["officer"], at=at)
    assert codes(caught.value) == ["round.not_yours"]


def test_taking_the_roster_again_adds_changes_and_drops(round_: Round, people: People, at: datetime) -> None:
    director = people["director"]
    actions.take_roster(round=round_, by=director, at=at)
    fact = Fact.objects.filter(kind="assessments.round.roster_taken").last()
    assert fact is not None
    expected = {"entries": 10, "added": 0, "changed": 0, "unclassed": 6, "dropped": 0, "not_assessed": 0}
    assert fact.values == expected
    voted = round_.entries.get(number="HT-0003")
    entries.confirm_class(entry=voted, class_code="A", reason="低层", by=director, at=at)
    rounds.register(1, at, start=11)
    Community.objects.filter(number="HT-0001").update(name="改名小区", words="改名小区")
    Community.objects.filter(number__in=("HT-0002", "HT-0003")).update(
        removed_at=at, removed_by=director.pk, removal_reason="已拆除"
    )
    actions.take_roster(round=round_, by=director, at=at)
    fact = Fact.objects.filter(kind="assessments.round.roster_taken").last()
    assert fact is not None
    assert fact.values == expected | {"added": 1, "changed": 1, "dropped": 1, "not_assessed": 1}
    assert round_.entries.get(number="HT-0001").name == "改名小区"
    kept = round_.entries.get(number="HT-0003")
    assert (kept.not_assessed_reason, kept.votes.count()) == ("已拆除", 1)
    assert not round_.entries.filter(number="HT-0002").exists()


def test_settled_votes_stay_only_while_the_values_stay(round_: Round, people: People, at: datetime) -> None:
    entry = round_.entries.get(number="HT-0003")
    for role in ("director", "officer"):
        entries.confirm_class(entry=entry, class_code="B", reason="分期建设", by=people[role], at=at)
    actions.take_roster(round=round_, by=people["director"], at=at)
    entry.refresh_from_db()
    assert entry.class_code == "B"
    Community.objects.filter(number="HT-0003").update(completed_year=2016)
    actions.take_roster(round=round_, by=people["director"], at=at)
    entry.refresh_from_db()
    assert entry.class_code == ""
    assert ClassVote.objects.filter(entry=entry).count() == 2
    entries.confirm_class(entry=entry, class_code="B", reason="再看过", by=people["officer"], at=at)
    entry.refresh_from_db()
    assert entry.class_code == ""


def test_a_draft_moves_to_a_newer_version_and_a_frozen_round_keeps_its_own(
    clear: Round, hetang: Version, people: People, at: datetime
) -> None:
    newer = start_draft(base=hetang, by=people["director"], at=at)
    newer = publish_version(
        version=newer, effective_from=date(2024, 10, 1), expected_digest=newer.digest, by=people["director"], at=at
    )
    asked = {"title": clear.title, "last_day": rounds.LAST, "by": people["director"], "at": at}
    actions.change_round(round=clear, scheme=newer, first_day=date(2024, 10, 1), **asked)
    clear.refresh_from_db()
    assert clear.scheme == newer
    assert not clear.entries.unclassed().exists()
    actions.freeze_round(round=clear, by=people["director"], at=at)
    with pytest.raises(Refusal) as caught:
        actions.change_round(round=clear, scheme=hetang, first_day=rounds.FIRST, **asked)
    assert codes(caught.value) == ["round.state"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.filter(pk=clear.pk).update(scheme=hetang)


def test_freezing_is_refused_with_all_that_is_missing(round_: Round, people: People, at: datetime) -> None:
    Community.objects.filter(number="HT-0001").update(
        removed_at=at, removed_by=people["director"].pk, removal_reason="已拆除"
    )
    with pytest.raises(Refusal) as caught:
        actions.freeze_round(round=round_, by=people["director"], at=at)
    assert codes(caught.value) == ["round.unclassed", "round.left_register"]
    assert [problem.place for problem in caught.value.problems] == ["classes", "overview"]
    assert caught.value.problems[0].params == {"count": 6}
    assert not round_.entries.exclude(frozen_at=None).exists()


def test_what_is_frozen_never_changes(clear: Round, people: People, at: datetime) -> None:
    actions.freeze_round(round=clear, by=people["director"], at=at)
    clear.refresh_from_db()
    assert clear.state == "frozen"
    assert len(clear.roster_digest) == 64
    fact = Fact.objects.get(kind="assessments.round.frozen")
    assert (fact.values["roster"], fact.values["entries"]) == (clear.roster_digest, 6)
    for change in ({"class_code": "B"}, {"name": "别名"}, {"ranges": {"fee": ["1", "2"]}}, {"frozen_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Entry.objects.filter(round=clear, number="HT-0001").update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.filter(round=clear).first().delete()  # type: ignore[union-attr]
    with pytest.raises(Refusal) as caught:
        actions.take_roster(round=clear, by=people["director"], at=at)
    assert codes(caught.value) == ["round.state"]
    assert "Begin fieldwork" in caught.value.problems[0].say()


def test_fieldwork_and_review_wait_for_the_draw_and_the_records(clear: Round, people: People, at: datetime) -> None:
    director, officer = people["director"], people["officer"]
    actions.freeze_round(round=clear, by=director, at=at)
    with pytest.raises(Refusal) as caught:
        actions.begin_fieldwork(round=clear, by=director, at=at)
    assert codes(caught.value) == ["round.no_draw", "round.no_staff"]
    rounds.drawn(clear, [director, officer, people["auditor"]], at)
    with pytest.raises(Refusal) as caught:
        actions.begin_fieldwork(round=clear, by=director, at=at)
    assert codes(caught.value) == ["round.team_short"]
    assert caught.value.problems[0].params == {"team": 2, "staff": 1, "needed": 2}
    area = Area.objects.get(code="430202")
    fourth = district.staff("officer", "陈科员", area, at, "officer-2")
    for team_day in clear.draws.get().team_days.filter(team=2):
        team_day.members.create(person=fourth, part="staff", added_at=at)
    actions.begin_fieldwork(round=clear, by=director, at=at)
    with pytest.raises(Refusal) as caught:
        actions.begin_review(round=clear, by=director, at=at)
    assert codes(caught.value) == ["round.not_submitted"]
    assert caught.value.problems[0].params == {"count": 6}
    for entry in clear.entries.all()[:5]:
        entries.declare_not_assessed(entry=entry, reason="未能进入", by=officer, at=at)
    last = clear.records.get(entry=clear.entries.last())
    VisitRecord.objects.filter(pk=last.pk).update(voided_at=at, void_reason="走错小区")
    with pytest.raises(Refusal) as caught:
        actions.begin_review(round=clear, by=director, at=at)
    assert codes(caught.value) == ["round.unvisited"]
    entries.declare_not_assessed(entry=last.entry, reason="未能进入", by=officer, at=at)
    assert actions.begin_review(round=clear, by=director, at=at).state == "review"


def test_a_round_is_handed_over_with_a_reason(clear: Round, people: People, at: datetime) -> None:
    with pytest.raises(Refusal) as caught:
        actions.hand_over(round=clear, to=people["auditor"], reason=" ", by=people["director"], at=at)
    assert codes(caught.value) == ["round.lead", "round.handover_reason"]
    with pytest.raises(Refusal) as caught:
        actions.hand_over(round=clear, to=people["officer"], reason="轮岗", by=people["officer"], at=at)
    assert codes(caught.value) == ["round.not_yours"]
    actions.hand_over(round=clear, to=people["officer"], reason="轮岗", by=people["director"], at=at)
    clear.refresh_from_db()
    assert clear.lead == people["officer"]
    fact = Fact.objects.get(kind="assessments.round.handed_over")
    assert (fact.values["from"], fact.values["to"]) == (people["director"].token, people["officer"].token)
    with pytest.raises(Refusal) as caught:
        actions.hand_over(round=clear, to=people["officer"], reason="轮岗", by=people["officer"], at=at)
    assert codes(caught.value) == ["round.same_lead"]


@pytest.mark.parametrize("count", [20, 300])
def test_opening_and_freezing_cost_the_same_for_many(
    hetang: Version, people: People, at: datetime, count: int, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]
    rounds.register(count, at)
    with django_assert_max_num_queries(40):
        round_ = rounds.opened(hetang, people["director"], at)
    with django_assert_max_num_queries(30):
        actions.freeze_round(round=round_, by=people["director"], at=at)


def test_the_schemes_that_ship_can_judge_a_round(people: People, at: datetime) -> None:
    rounds.register(3, at, rounds.KINDS)
    round_ = rounds.opened(published("toronto-rentsafe", people["director"], at), people["director"], at)
    assert {entry.class_code for entry in round_.entries.all()} == {"ALL"}
