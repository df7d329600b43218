"""What follows a list: opened with it, taken step by step with papers served, undone whole by a correction."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from tests.faces import district
from tests.programmes.assessments.judged import register
from tests.programmes.assessments.listed import corrected, engaged, exhibit, published, served

from mingjing.engine.outcome import Refusal
from mingjing.kernel.documents.models import Document
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.programmes.assessments.actions.bars import call_off_bar, decide_bar, issue_bar_document, sign_bar
from mingjing.programmes.assessments.actions.controls import confirm_control, record_control, withdraw_control
from mingjing.programmes.assessments.actions.measures import follow_list, issue_measure_document, take_measure_step
from mingjing.programmes.assessments.models import Bar, Community, Edition, Entry
from mingjing.programmes.assessments.policy.standing import answer, why
from mingjing.programmes.assessments.queries.measures import Followed, followed
from mingjing.programmes.assessments.queries.standing import bars_shown

pytestmark = pytest.mark.django_db
People = dict[str, Person]
DAY = timedelta(days=1)
FIRST = "HT-00001"
LAW: dict[str, Any] = {
    "scope": "本区政府采购的物业服务项目",
    "basis": "《示例条例》",
    "clause": "第二十条",
    "quote": "限制参加。",
    "reason": "未整改。",
}


@pytest.fixture
def companies(people: People, at: datetime) -> list[Organisation]:
    return district.companies(3, at)


@pytest.fixture
def communities(people: People, companies: list[Organisation], at: datetime) -> list[Community]:
    found = register(3, at)
    for community in found:
        engaged(community, companies[0], at)
    return found


@pytest.fixture
def edition(communities: list[Community], people: People, at: datetime) -> Edition:
    return published(communities, {FIRST: "BLACK", "HT-00002": "RED"}, people, at)


@pytest.fixture
def other(people: People, at: datetime) -> Person:
    return district.staff("director", "副主任", Area.objects.get(code="430202"), at, username="deputy")


def codes(step: Callable[[], object]) -> list[str]:
    with pytest.raises(Refusal) as refused:
        step()
    return [problem.code for problem in refused.value.problems]


def entry_of(edition: Edition, number: str = FIRST) -> Entry:
    return Entry.objects.select_related("round__scheme", "round__area", "stratum").get(
        round=edition.round, number=number
    )


def now_of(edition: Edition, at: datetime, number: str = FIRST) -> Followed:
    found = entry_of(edition, number)
    return followed([found], at)[found.pk]


def take(edition: Edition, step: str, by: Person, at: datetime, kind: str = "measures", number: str = FIRST) -> None:
    """A step with everything it needs: its paper issued and served, an exhibit, a reason."""
    entry, brought = entry_of(edition, number), {"note": "依法依规"}
    if step in {"reminder", "talk_notice", "admonition", "release", "notified"}:
        told = {"when": "9月1日上午9时", "where": "三楼会议室"}
        paper = issue_measure_document(entry=entry, kind=kind, step=step, told=told, by=by, at=at)
        brought["service"] = served(paper, edition, by, at)  # type: ignore[assignment]
    elif step not in {"proposed", "approved"}:
        subject = now_of(edition, at, number).proceedings[kind].proceeding.ledger_subject
        brought["exhibits"] = [exhibit(subject, edition, at).pk]  # type: ignore[assignment]
    take_measure_step(entry=entry, kind=kind, step=step, by=by, at=at, **brought)


def test_a_published_list_opens_measures_once_for_who_loses_rights(
    edition: Edition, people: People, at: datetime
) -> None:
    for _ in range(2):
        follow_list(edition=edition, by=people["director"], at=at)
    (one,) = Proceeding.objects.filter(kind="measures")
    assert one.subject == entry_of(edition).subject
    found = now_of(edition, at)
    standing = found.proceedings["measures"].standing
    assert set(standing.done) == {"listed"}
    assert standing.open == ("reminder", "reversed")
    assert not Proceeding.objects.filter(kind="exit").exists()
    assert found.streak.count == 1


def test_the_talk_is_due_ten_working_days_after_the_list(edition: Edition, people: People, at: datetime) -> None:
    follow_list(edition=edition, by=people["director"], at=at)
    due = now_of(edition, at).proceedings["measures"].standing.due("listed")
    assert due is not None
    assert timedelta(days=13) < due - at < timedelta(days=26)


def test_from_the_reminder_to_the_release(edition: Edition, people: People, other: Person, at: datetime) -> None:
    officer = people["officer"]
    follow_list(edition=edition, by=people["director"], at=at)
    for days, step in enumerate(("reminder", "talk_notice", "talk", "admonition", "plan"), start=1):
        take(edition, step, officer, at + days * DAY)
    look: dict[str, Any] = {
        "entry": entry_of(edition),
        "kind": "measures",
        "step": "reinspection",
        "note": "已整改",
        "by": officer,
    }
    seen = exhibit("places.site:1", edition, at)
    assert codes(lambda: take_measure_step(**look, exhibits=[seen.pk], at=at + 20 * DAY)) == ["process.same_person"]
    take(edition, "returned", other, at + 20 * DAY)
    take(edition, "reinspection", other, at + 30 * DAY)
    take(edition, "release", officer, at + 31 * DAY)
    standing = now_of(edition, at + 32 * DAY).proceedings["measures"].standing
    assert "release" in standing.done
    assert verify().whole


def test_no_step_is_taken_with_the_paper_of_another(edition: Edition, people: People, at: datetime) -> None:
    officer, entry = people["officer"], entry_of(edition)
    follow_list(edition=edition, by=people["director"], at=at)
    early: dict[str, Any] = {
        "entry": entry,
        "kind": "measures",
        "step": "admonition",
        "told": {},
        "by": officer,
        "at": at,
    }
    assert codes(lambda: issue_measure_document(**early)) == ["process.missing"]
    take(edition, "reminder", officer, at)
    service = Document.objects.get(kind="assessments.reminder").services.get()
    step: dict[str, Any] = {
        "entry": entry,
        "kind": "measures",
        "step": "talk_notice",
        "service": service,
        "by": officer,
        "at": at,
    }
    assert codes(lambda: take_measure_step(**step)) == ["measures.other_paper"]
    untold: dict[str, Any] = {
        "entry": entry,
        "kind": "measures",
        "step": "talk_notice",
        "told": {"when": ""},
        "by": officer,
        "at": at,
    }
    assert codes(lambda: issue_measure_document(**untold)) == ["measures.untold", "measures.untold"]


def rounds(
    communities: list[Community], people: People, at: datetime, tiers: list[str], companies: Sequence[Organisation] = ()
) -> list[Edition]:
    """A round for each of the tiers of the first community, half a year apart; who looks after it may change."""
    found = []
    for n, tier in enumerate(tiers):
        day = date(2024, 1, 1) + timedelta(days=184 * n)
        if n < len(companies) and companies[n] != communities[0].company:
            engaged(communities[0], companies[n], at, day)
        edition = published(communities, {FIRST: tier}, people, at + n * DAY, code=f"r{n + 1}", first_day=day)
        follow_list(edition=edition, by=people["director"], at=at + n * DAY)
        found.append(edition)
    return found


def test_three_in_a_row_open_a_recommendation_and_remove_nobody(
    communities: list[Community], people: People, other: Person, at: datetime
) -> None:
    *_, last = rounds(communities, people, at, ["BLACK"] * 3)
    later = at + 5 * DAY
    (one,) = Proceeding.objects.filter(kind="exit")
    assert one.subject == entry_of(last).subject
    take(last, "proposed", people["officer"], later, kind="exit")
    approve: dict[str, Any] = {"entry": entry_of(last), "kind": "exit", "step": "approved", "note": "同意", "at": later}
    assert codes(lambda: take_measure_step(**approve, by=people["officer"])) == ["process.same_person"]
    take_measure_step(**approve, by=other)
    sent: dict[str, Any] = {
        "entry": entry_of(last),
        "kind": "exit",
        "step": "sent",
        "by": people["officer"],
        "at": later,
    }
    assert codes(lambda: take_measure_step(**sent)) == ["measures.no_document"]
    paper = issue_measure_document(entry=entry_of(last), kind="exit", step="sent", told={}, by=other, at=later)
    assert paper.values()["count"] == "3"
    assert len(paper.values()["rounds"]) == 3
    take(last, "sent", people["officer"], later, kind="exit")
    assert communities[0].engagements.filter(last_day=None).exists()


def test_a_round_overturned_later_takes_the_recommendation_with_it(
    communities: list[Community], people: People, at: datetime
) -> None:
    _, second, third = rounds(communities, people, at, ["BLACK"] * 3)
    later = at + 5 * DAY
    edition = corrected(second, {FIRST: "ORDINARY"}, later)
    follow_list(edition=edition, by=people["director"], at=later)
    assert now_of(third, later).streak.count == 1
    assert now_of(third, later).proceedings["exit"].standing.ended == "reversed"
    assert now_of(second, later).proceedings["measures"].standing.ended == "reversed"
    assert now_of(third, later).proceedings["measures"].standing.ended == ""
    assert verify().whole


@pytest.mark.parametrize(
    ("how", "count"), [("genuine", 1), ("branch", 3), ("control", 3), ("unconfirmed", 1), ("withdrawn", 1)]
)
def test_only_a_genuine_change_of_company_begins_anew(
    how: str, count: int, communities: list[Community], companies: list[Organisation], people: People, other: Person,
    at: datetime,
) -> None:  # fmt: skip
    old, new = companies[:2]
    if how == "branch":
        Organisation.objects.filter(pk=new.pk).update(branch_of=old)
    *_, last = rounds(communities, people, at, ["BLACK"] * 3, [old, old, new])
    if how in {"control", "unconfirmed", "withdrawn"}:
        by, shown = people["officer"], exhibit("places.site:1", last, at)
        found = record_control(
            area=last.round.area, one=old, other=new, reason="同一实际控制人", exhibits=[shown.pk], by=by, at=at
        )
        assert codes(lambda: confirm_control(control=found, by=by, at=at)) == ["control.own"]
        if how != "unconfirmed":
            confirm_control(control=found, by=other, at=at)
        if how == "withdrawn":
            withdraw_control(control=found, reason="查明不是", by=other, at=at)
    assert now_of(last, at + 9 * DAY).streak.count == count


def test_a_finding_without_evidence_or_on_one_company_is_none(
    edition: Edition, companies: list[Organisation], people: People, at: datetime
) -> None:
    one: dict[str, Any] = {"area": edition.round.area, "one": companies[0], "by": people["officer"], "at": at}
    assert codes(lambda: record_control(other=companies[0], reason="", **one)) == [
        "control.one", "control.reason", "control.unshown",
    ]  # fmt: skip


def test_a_commendation_takes_two_and_the_best_tier(
    edition: Edition, people: People, other: Person, at: datetime
) -> None:
    red: dict[str, Any] = {"kind": "reward", "number": "HT-00002"}
    take(edition, "proposed", people["officer"], at, **red)
    take(edition, "approved", other, at, **red)
    take(edition, "notified", people["officer"], at, **red)
    assert "notified" in now_of(edition, at, "HT-00002").proceedings["reward"].standing.done
    ordinary: dict[str, Any] = {
        "entry": entry_of(edition, "HT-00003"),
        "kind": "reward",
        "step": "proposed",
        "note": "x",
        "at": at,
    }
    assert codes(lambda: take_measure_step(**ordinary, by=other)) == ["measures.corrected"]
    follow_list(edition=corrected(edition, {"HT-00002": "ORDINARY"}, at + DAY), by=other, at=at + DAY)
    assert now_of(edition, at + DAY, "HT-00002").proceedings["reward"].standing.ended == "reversed"


def barred(edition: Edition, people: People, other: Person, at: datetime) -> Bar:
    """A bar that is in force: decided, signed off, told."""
    officer = people["officer"]
    days: dict[str, Any] = {"first_day": at.date(), "last_day": at.date() + timedelta(days=365)}
    bar = decide_bar(entry=entry_of(edition), **days, **LAW, by=officer, at=at)
    sign_bar(bar=bar, opinion="依据充分", by=other, at=at)
    served(issue_bar_document(bar=bar, by=officer, at=at), edition, officer, at)
    return bar


def is_barred(bar: Bar, on: date, known: datetime) -> bool:
    found = Bar.objects.select_related("entry__round").filter(pk=bar.pk)
    return answer([one.value for one in bars_shown(found, known)], on, known).barred


def test_a_bar_needs_a_basis_a_second_person_and_service(
    edition: Edition, people: People, other: Person, at: datetime
) -> None:
    officer, entry, day = people["officer"], entry_of(edition), at.date()
    without: dict[str, Any] = {
        "entry": entry,
        "first_day": day,
        "last_day": day - DAY,
        **LAW,
        "quote": " ",
        "by": officer,
        "at": at,
    }
    assert codes(lambda: decide_bar(**without)) == ["bar.text", "bar.days"]
    days: dict[str, Any] = {"first_day": day, "last_day": day + 365 * DAY}
    assert codes(lambda: decide_bar(entry=entry_of(edition, "HT-00003"), **days, **LAW, by=officer, at=at)) == [
        "bar.not_listed"
    ]
    bar = decide_bar(entry=entry, **days, **LAW, by=officer, at=at)
    assert codes(lambda: sign_bar(bar=bar, opinion="同意", by=officer, at=at)) == ["bar.own"]
    assert codes(lambda: issue_bar_document(bar=bar, by=officer, at=at)) == ["bar.unsigned"]
    assert not is_barred(bar, day, at)
    sign_bar(bar=bar, opinion="依据充分", by=other, at=at)
    assert not is_barred(bar, day, at)
    served(issue_bar_document(bar=bar, by=officer, at=at), edition, officer, at)
    assert is_barred(bar, day, at)
    assert verify().whole


def test_its_words_never_change(edition: Edition, people: People, other: Person, at: datetime) -> None:
    bar = barred(edition, people, other, at)
    for change in ({"quote": "别的"}, {"last_day": date(2030, 1, 1)}, {"opinion": "另一意见"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Bar.objects.filter(pk=bar.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Bar.objects.create(
            area=bar.area, entry=bar.entry, company=bar.company, company_name="x", first_day=bar.first_day,
            last_day=bar.last_day, **LAW, decided_by=other, decided_at=at, signed_by=other, signed_at=at, opinion="x",
        )  # fmt: skip


def test_a_release_lifts_the_bar(edition: Edition, people: People, other: Person, at: datetime) -> None:
    follow_list(edition=edition, by=people["director"], at=at)
    bar, officer = barred(edition, people, other, at), people["officer"]
    for days, step in enumerate(("reminder", "talk_notice", "talk", "admonition", "plan"), start=1):
        take(edition, step, officer, at + days * DAY)
    take(edition, "reinspection", other, at + 30 * DAY)
    take(edition, "release", officer, at + 31 * DAY)
    later = at + 40 * DAY
    found = [is_barred(bar, (at + n * DAY).date(), later) for n in (30, 31, 35)]
    assert found == [True, False, False]
    assert is_barred(bar, (at + 35 * DAY).date(), at + 20 * DAY)


def test_a_corrected_list_leaves_no_bar_on_any_day(
    edition: Edition, people: People, other: Person, at: datetime
) -> None:
    bar, later = barred(edition, people, other, at), at + 10 * DAY
    follow_list(edition=corrected(edition, {FIRST: "WATCH"}, later), by=people["director"], at=later)
    assert not any(is_barred(bar, (at + n * DAY).date(), later) for n in range(0, 400, 20))
    assert is_barred(bar, at.date(), at + 5 * DAY)
    (shown,) = bars_shown(Bar.objects.select_related("entry__round"), later)
    assert "standing.corrected" in [reason.code for reason in why(shown.value, at.date(), later)]
    assert Document.objects.get(kind="assessments.bar_decision").withdrawn_at is not None


def test_what_was_called_off_ends_that_day_and_was_until_then(
    edition: Edition, people: People, other: Person, at: datetime
) -> None:
    bar, later = barred(edition, people, other, at), at + 10 * DAY
    call_off_bar(bar=bar, reason="企业已退出", by=other, at=later)
    assert [is_barred(bar, (at + n * DAY).date(), later) for n in (9, 10)] == [True, False]
    assert codes(lambda: call_off_bar(bar=bar, reason="再次", by=other, at=later)) == ["bar.called_off"]


def test_a_company_that_is_listed_again_is_not_barred_by_what_fell(
    edition: Edition, people: People, other: Person, at: datetime
) -> None:
    bar = barred(edition, people, other, at)
    corrected(edition, {FIRST: "ORDINARY"}, at + DAY)
    corrected(Edition.objects.get(number=2), {FIRST: "BLACK"}, at + 9 * DAY)
    assert not any(is_barred(bar, (at + n * DAY).date(), at + 20 * DAY) for n in range(0, 20, 4))
    papers = {"bar": bar, "by": other, "at": at + 10 * DAY}
    assert "bar.corrected" in codes(lambda: issue_bar_document(**papers))


def test_after_a_leap_of_the_clock_nothing_is_said_of_a_bar(
    edition: Edition, people: People, other: Person, at: datetime
) -> None:
    days: dict[str, Any] = {"first_day": at.date(), "last_day": at.date() + 9 * DAY}
    bar = decide_bar(entry=entry_of(edition), **days, **LAW, by=people["officer"], at=at)
    before: dict[str, Any] = {"by": other, "at": at - timedelta(minutes=2)}
    assert codes(lambda: decide_bar(entry=entry_of(edition), **days, **LAW, **before)) == ["bar.clock"]
    assert codes(lambda: sign_bar(bar=bar, opinion="依据充分", **before)) == ["bar.clock"]
    assert codes(lambda: call_off_bar(bar=bar, reason="企业已退出", **before)) == ["bar.clock"]
    sign_bar(bar=bar, opinion="依据充分", by=other, at=at)
    assert codes(lambda: issue_bar_document(bar=bar, **before)) == ["bar.clock"]
