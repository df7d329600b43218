"""From a file to a published ranking: every step, what stands in its way, and what it leaves behind."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from tests.programmes.complaints.conftest import SIZES, People, decided, hand_in, ranked, row, table, take_in

from mingjing.engine.outcome import Refusal
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.places.models import Area, Site
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.complaints.actions.decisions import decide, decide_many, set_apart
from mingjing.programmes.complaints.actions.editions import (
    begin_check,
    correct_edition,
    discard_edition,
    open_edition,
    publish_edition,
    request_ranking,
)
from mingjing.programmes.complaints.actions.objections import decide_objection, file_objection
from mingjing.programmes.complaints.models import Complaint, Decision, Edition, EditionRow, Ruling
from mingjing.programmes.complaints.policy.decisions import Wanted

FIRST, LAST = date(2024, 7, 1), date(2024, 7, 31)


def codes(refusal: pytest.ExceptionInfo[Refusal]) -> set[str]:
    return {problem.code for problem in refusal.value.problems}


def july() -> list[dict[str, str]]:
    """桂花花园 5 by five callers, one of whom calls again; 东方名苑 4; 望江楼 3, all still open; 小井坊 3."""
    rows = [row(n, "桂花花园", f"2024-07-{n:02d}") for n in range(1, 6)]
    rows.append(row(6, "桂花花园", "2024-07-20", 联系电话=rows[0]["联系电话"]))
    rows += [row(n, "东方名苑", f"2024-07-{n:02d}", 办结时间="2024-07-30") for n in range(11, 15)]
    rows += [row(n, "望江楼", f"2024-07-{n:02d}", 办结时间="") for n in range(21, 24)]
    rows += [row(n, "小井坊", f"2024-07-{n - 10:02d}") for n in range(31, 34)]
    return rows


@pytest.fixture
def taken(area: Area, sites: dict[str, Site], rules: Version, people: People, at: datetime) -> None:
    take_in(area, july(), people["officer"], timezone.now())


@pytest.fixture
def edition(taken: None, area: Area, people: People) -> Edition:
    decided(people["officer"], timezone.now())
    return ranked(open_edition(area=area, first_day=FIRST, last_day=LAST, by=people["officer"], at=timezone.now()))


def standing(edition: Edition) -> dict[str, tuple[int | None, int, int, int | None]]:
    return {r.name: (r.rank, r.raw, r.counted, r.rate) for r in edition.rows.all()}


def test_communities_are_ranked_by_what_counts_per_thousand_households(edition: Edition) -> None:
    assert standing(edition) == {
        "桂花花园": (1, 6, 5, 1000),  # 5 of 500, the sixth is a repeat
        "东方名苑": (2, 4, 4, 400),
        "望江楼": (3, 3, 3, 375),
        "小井坊": (None, 3, 3, None),  # 60 households
    }
    row_ = edition.rows.get(name="桂花花园")
    first, sixth = (Complaint.objects.get(number=number).pk for number in ("W1", "W6"))
    assert row_.cases["repeat"] == [[sixth, first]]
    assert row_.company == "桂花花园物业公司"
    assert [reason.code for reason in edition.rows.get(name="小井坊").told_reasons] == ["ranking.few_households"]
    assert edition.rows.get(name="望江楼").still_open == 3


def test_a_whole_life_of_an_edition(edition: Edition, people: People, area: Area) -> None:
    officer, director, second, now = people["officer"], people["director"], people["second"], timezone.now()
    with pytest.raises(Refusal) as refused:
        publish_edition(edition=edition, by=director, at=now)
    assert codes(refused) == {"edition.not_checking"}
    begin_check(edition=edition, by=officer, at=timezone.now())
    edition = Edition.objects.get(pk=edition.pk)
    assert edition.check_until > timezone.now() + timedelta(days=5)
    with pytest.raises(Refusal) as refused:
        publish_edition(edition=edition, by=director, at=timezone.now())
    assert codes(refused) == {"edition.check_lasts"}
    contested = Complaint.objects.get(number="W22")
    objection = file_objection(
        edition=edition, complaint=contested, claims="parking", statement="是违停，不归物业", document="",
        by=officer, at=timezone.now(),
    )  # fmt: skip
    over = edition.check_until
    with pytest.raises(Refusal) as refused:
        publish_edition(edition=edition, by=director, at=over)
    assert codes(refused) == {"edition.objections"}
    with pytest.raises(Refusal) as refused:
        decide_objection(objection=objection, ruling=Ruling.UPHELD, reason="属实", by=officer, at=timezone.now())
    assert codes(refused) == {"objection.own", "objection.involved"}
    decide_objection(objection=objection, ruling=Ruling.UPHELD, reason="现场为车辆违停", by=second, at=timezone.now())
    with pytest.raises(Refusal) as refused:
        publish_edition(edition=edition, by=director, at=over)
    assert codes(refused) == {"edition.stale"}
    edition = ranked(edition)
    assert standing(edition)["望江楼"] == (None, 3, 2, None)
    publish_edition(edition=edition, by=director, at=over)
    found = Edition.objects.get(pk=edition.pk)
    assert found.state == "published"
    assert found.digest
    kinds = Fact.objects.filter(subject=found.subject).order_by("seq").values_list("kind", flat=True)
    assert [kind.rpartition(".")[2] for kind in kinds] == [
        "opened", "ranked", "check_begun", "ranking_requested", "ranked", "published",
    ]  # fmt: skip


def published(edition: Edition, people: People) -> Edition:
    begin_check(edition=edition, by=people["officer"], at=timezone.now())
    edition = Edition.objects.get(pk=edition.pk)
    return publish_edition(edition=edition, by=people["director"], at=edition.check_until)


def test_a_published_edition_never_changes_and_is_corrected_by_another(edition: Edition, people: People) -> None:
    found = published(edition, people)
    for change in (
        lambda: Edition.objects.filter(pk=found.pk).update(totals={}),
        lambda: found.rows.all().delete(),
        lambda: EditionRow.objects.filter(edition=found).update(rank=9),
        lambda: Decision.objects.all().delete(),
        lambda: Complaint.objects.filter(objections=None).first().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    with pytest.raises(Refusal) as refused:
        request_ranking(edition=found, by=people["officer"], at=timezone.now())
    assert codes(refused) == {"edition.settled"}
    correction = correct_edition(
        edition=found, reason="一件工单归属有误", by=people["director"], at=timezone.now()
    )  # fmt: skip
    assert (correction.number, correction.corrects_id) == (2, found.pk)
    with pytest.raises(Refusal) as refused:
        correct_edition(edition=found, reason="再次更正", by=people["director"], at=timezone.now())
    assert codes(refused) == {"edition.corrected"}
    discard_edition(edition=correction, by=people["officer"], at=timezone.now())
    again = correct_edition(edition=found, reason="再次更正", by=people["director"], at=timezone.now())
    assert again.number == 3


def test_the_next_period_says_what_changed(edition: Edition, people: People, area: Area) -> None:
    published(edition, people)
    rows = [row(100 + n, "东方名苑", f"2024-08-{n:02d}", 联系电话=f"1390000{n:04d}") for n in range(1, 21)]
    rows += [row(200 + n, "桂花花园", f"2024-08-{n:02d}", 联系电话=f"1370000{n:04d}") for n in range(1, 4)]
    take_in(area, rows, people["officer"], timezone.now())
    decided(people["officer"], timezone.now())
    august = ranked(
        open_edition(area=area, first_day=date(2024, 8, 1), last_day=date(2024, 8, 31), by=None, at=timezone.now())
    )
    changes = {r.name: (r.rank_before, r.rank, r.climbed, r.rate_before) for r in august.rows.filter(rank__gt=0)}
    assert changes == {"东方名苑": (2, 1, 1, 400), "桂花花园": (1, 2, -1, 1000)}


def test_a_repeat_of_a_call_in_the_period_before_counts_in_neither(
    edition: Edition, people: People, area: Area
) -> None:
    rows = [row(n, "桂花花园", "2024-08-01", 联系电话=july()[4]["联系电话"]) for n in (301, 302)]
    take_in(area, rows, people["officer"], timezone.now())
    decided(people["officer"], timezone.now())
    august = ranked(
        open_edition(area=area, first_day=date(2024, 8, 1), last_day=date(2024, 8, 31), by=None, at=timezone.now())
    )
    assert august.rows.get(name="桂花花园").counted == 0


def test_more_that_counts_than_the_companies_saw_begins_the_check_again(
    edition: Edition, people: People, area: Area
) -> None:
    begin_check(edition=edition, by=people["officer"], at=timezone.now())
    take_in(area, [row(77, "东方名苑", "2024-07-30")], people["officer"], timezone.now())
    decided(people["officer"], timezone.now())
    request_ranking(edition=edition, by=people["officer"], at=timezone.now())
    edition = ranked(edition)
    with pytest.raises(Refusal) as refused:
        publish_edition(edition=edition, by=people["director"], at=edition.check_until)
    assert codes(refused) == {"edition.not_seen"}
    until = edition.check_until
    begin_check(edition=edition, by=people["officer"], at=timezone.now())
    edition.refresh_from_db()
    assert edition.check_until >= until
    publish_edition(edition=edition, by=people["director"], at=edition.check_until)


def test_an_edition_waits_for_the_last_decision_and_its_period(taken: None, area: Area, people: People) -> None:
    now = timezone.now()
    today = timezone.localdate()
    with pytest.raises(Refusal) as refused:
        open_edition(area=area, first_day=today, last_day=today, by=None, at=now)
    assert codes(refused) == {"edition.not_over"}
    edition = ranked(open_edition(area=area, first_day=FIRST, last_day=LAST, by=None, at=now))
    with pytest.raises(Refusal) as refused:
        begin_check(edition=edition, by=people["officer"], at=timezone.now())
    assert codes(refused) == {"edition.undecided"}
    with pytest.raises(Refusal) as refused:
        open_edition(area=area, first_day=FIRST, last_day=LAST, by=None, at=now)
    assert codes(refused) == {"edition.same_period"}


class TestDecisions:
    def test_a_second_person_revises(self, taken: None, people: People) -> None:
        complaint = Complaint.objects.get(number="W1")
        ours = Wanted(validity="valid", duty="company", reason="核实")
        decide(complaint=complaint, wanted=ours, by=people["officer"], at=timezone.now())
        theirs = Wanted(validity="invalid", reason="查无此事")
        with pytest.raises(Refusal) as refused:
            decide(complaint=complaint, wanted=theirs, by=people["officer"], at=timezone.now())
        assert codes(refused) == {"decision.second_person"}
        decide(complaint=complaint, wanted=theirs, by=people["second"], at=timezone.now())
        complaint.refresh_from_db()
        assert (complaint.validity, complaint.duty) == ("invalid", "")
        told = [(d.matter, d.verdict, d.by) for d in complaint.decisions.all()]
        assert told == [
            ("validity", "valid", people["officer"]), ("duty", "company", people["officer"]),
            ("validity", "invalid", people["second"]),
        ]  # fmt: skip
        facts = Fact.objects.filter(subject=complaint.subject).count()
        assert facts == 3

    def test_what_cannot_be_is_refused(self, taken: None, people: People) -> None:
        complaint = Complaint.objects.get(number="W1")
        with pytest.raises(Refusal) as refused:
            decide(complaint=complaint, wanted=Wanted(validity="", duty="nobody"), by=None, at=timezone.now())
        assert codes(refused) == {"decision.validity", "decision.duty", "decision.reason"}
        nowhere = Wanted(validity="valid", duty="company", site=Site.objects.latest("pk").pk + 1, reason="核实")
        with pytest.raises(Refusal) as refused:
            decide(complaint=complaint, wanted=nowhere, by=None, at=timezone.now())
        assert codes(refused) == {"decision.outside"}

    def test_several_at_once_all_or_none(self, taken: None, people: People, area: Area) -> None:
        take_in(area, [row(90, "不在册小区", "2024-07-05")], None, timezone.now())
        every = list(Complaint.objects.all())
        wanted = Wanted(validity="valid", duty="company", reason="核实")
        with pytest.raises(Refusal) as refused:
            decide_many(complaints=every, wanted=wanted, by=people["officer"], at=timezone.now())
        assert [(p.code, p.place) for p in refused.value.problems] == [("decision.site", "site")]
        assert not Decision.objects.exists()
        known = [one for one in every if one.site_id]
        assert decide_many(complaints=known, wanted=wanted, by=people["officer"], at=timezone.now()) == len(known)

    def test_a_repeat_is_taken_out_of_its_run_and_put_back(self, edition: Edition, people: People) -> None:
        sixth = Complaint.objects.get(number="W6")
        set_apart(complaint=sixth, apart=True, reason="另一处垃圾点", by=people["officer"], at=timezone.now())
        request_ranking(edition=edition, by=None, at=timezone.now())
        assert ranked(edition).rows.get(name="桂花花园").counted == 6
        set_apart(complaint=sixth, apart=False, reason="确为同一处", by=people["second"], at=timezone.now())
        request_ranking(edition=edition, by=None, at=timezone.now())
        assert ranked(edition).rows.get(name="桂花花园").counted == 5
        assert [d.verdict for d in sixth.decisions.filter(matter="repeat")] == ["apart", "merged"]


class TestObjections:
    def test_outside_the_check_or_without_ground_it_is_refused(self, edition: Edition, people: People) -> None:
        def file(number: str, claims: str = "invalid", at: datetime | None = None) -> set[str]:
            with pytest.raises(Refusal) as refused:
                file_objection(
                    edition=edition, complaint=Complaint.objects.get(number=number), claims=claims, statement="不属实",
                    document="", by=people["officer"], at=at or timezone.now(),
                )  # fmt: skip
            return codes(refused)

        assert file("W1") == {"objection.no_check"}
        begin_check(edition=edition, by=None, at=timezone.now())
        edition.refresh_from_db()
        assert file("W1", at=edition.check_until) == {"objection.late"}
        assert file("W6") == {"objection.not_counted"}
        assert file("W1", "company") == {"objection.claims"}

    def test_a_rejected_one_changes_nothing(self, edition: Edition, people: People) -> None:
        begin_check(edition=edition, by=None, at=timezone.now())
        edition.refresh_from_db()
        contested = Complaint.objects.get(number="W1")
        objection = file_objection(
            edition=edition, complaint=contested, claims="invalid", statement="不属实", document="函1号",
            by=people["officer"], at=timezone.now(),
        )  # fmt: skip
        decide_objection(
            objection=objection, ruling=Ruling.REJECTED, reason="照片为证", by=people["second"], at=timezone.now()
        )
        contested.refresh_from_db()
        assert (contested.validity, contested.duty) == ("valid", "company")
        publish_edition(edition=edition, by=people["director"], at=edition.check_until)


def test_the_sizes_of_this_story_are_what_it_says() -> None:
    assert SIZES["桂花花园"] == 500


def test_a_draft_nobody_wants(edition: Edition, people: People) -> None:
    discard_edition(edition=edition, by=people["officer"], at=timezone.now())
    drain()
    with pytest.raises(Refusal):
        begin_check(edition=edition, by=None, at=timezone.now())


def test_a_file_that_is_read_is_kept_as_tokens(taken: None, area: Area) -> None:
    intake = hand_in(area, table(july()), None, timezone.now())
    assert (intake.counts["same"], intake.counts["added"]) == (len(july()), 0)
