"""What the system knows itself: orders and earlier lists, as the scheme asks for them; people's word comes first."""

import copy
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.faces import district
from tests.guarded import guards_lifted
from tests.programmes.assessments.conftest import SignedIn
from tests.programmes.assessments.drawn_schemes import shipped
from tests.programmes.assessments.judged import in_review, register
from tests.programmes.assessments.listed import engaged
from tests.programmes.assessments.test_round_decisions import decided

from mingjing.engine.outcome import Reason, Titled
from mingjing.engine.rules import Measure
from mingjing.kernel import registry
from mingjing.kernel.cases import actions as cases
from mingjing.kernel.cases.models import Case
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.programmes.assessments.models import Engagement, Entry, Replay, Round, VisitRecord
from mingjing.programmes.assessments.policy.changes import changes
from mingjing.programmes.assessments.policy.scheme import compile_scheme
from mingjing.programmes.assessments.policy.soundness import check_scheme
from mingjing.programmes.assessments.policy.sources import (
    Order,
    Source,
    Sourced,
    Stay,
    follow,
    known_elsewhere,
    months_known,
    orders_known,
    streak_known,
)
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.sheets import order_subject, sheets_of
from mingjing.programmes.assessments.queries.sourced import sourced_of

People = dict[str, Person]
DAY = timedelta(days=1)
DUE = datetime.fromisoformat("2024-09-10T12:00:00+08:00")
LATER = DUE + 20 * DAY


def ordered(*steps: tuple[str, datetime, datetime | None]) -> Order:
    order = Order("2024-430202-0001", DUE)
    for kind, at, due in steps:
        order = follow(order, kind, at, due)
    return order


OPENED = ("opened", DUE - DAY, DUE)
STEPS: dict[str, tuple[list[tuple[str, datetime, datetime | None]], str, str]] = {
    "open after its time": ([OPENED], "yes", "no"),
    "given more time, and that has passed": ([OPENED, ("extended", DUE - DAY, DUE + DAY)], "yes", "yes"),
    "given more time that lasts": ([OPENED, ("extended", DUE - DAY, LATER + DAY)], "no", "no"),
    "reported in time, nobody looked yet": ([OPENED, ("claimed", DUE - DAY, None)], "no", "no"),
    "reported late": ([OPENED, ("claimed", DUE + DAY, None)], "yes", "no"),
    "reported and sent back": ([OPENED, ("claimed", DUE - DAY, None), ("returned", DUE, None)], "yes", "yes"),
    "sent back, reported late again": (
        [OPENED, ("claimed", DUE - DAY, None), ("returned", DUE, None), ("claimed", DUE + DAY, None)], "yes", "no",
    ),
    "met": ([OPENED, ("claimed", DUE, None), ("confirmed", DUE + DAY, None)], "no", "no"),
    "cancelled": ([OPENED, ("cancelled", DUE + DAY, None)], "no", "no"),
    "opened again with time": ([OPENED, ("cancelled", DUE, None), ("reopened", DUE, LATER + DAY)], "no", "no"),
    "opened again, and late again": ([OPENED, ("cancelled", DUE, None), ("reopened", DUE, DUE + DAY)], "yes", "no"),
}  # fmt: skip


@pytest.mark.parametrize("name", STEPS)
def test_an_order_is_overdue_or_unmet_by_its_steps(name: str) -> None:
    steps, overdue, unmet = STEPS[name]
    order = ordered(*steps)
    assert orders_known(Source("orders_overdue"), [order], LATER).text == overdue
    found = orders_known(Source("orders_unmet"), [order], LATER)
    assert found.text == unmet
    assert (order.number in found.reason.say()) == (unmet == "yes")


def stay(tier: str, company: str = "甲公司", *, assessed: bool = True, engagement: int | None = None) -> Stay:
    return Stay(f"round {tier}", tier, assessed, engagement, None, company)


NONE = stay("NONE", assessed=False)
ROWS: dict[str, tuple[list[Stay], str]] = {
    "nothing before": ([], ""),
    "never assessed before": ([NONE], ""),
    "another tier last": ([stay("RED"), stay("WATCH")], "0"),
    "two in a row": ([stay("WATCH"), stay("WATCH")], "2"),
    "broken before": ([stay("WATCH"), stay("RED"), stay("WATCH")], "1"),
    "not assessed between": ([stay("WATCH"), NONE, stay("WATCH"), stay("RED")], "2"),
    "another company before": ([stay("WATCH"), stay("WATCH", "乙公司")], "1"),
    "another company last": ([stay("WATCH", "乙公司")], "0"),
}


@pytest.mark.parametrize("name", ROWS)
def test_rounds_in_a_row_in_a_tier(name: str) -> None:
    before, count = ROWS[name]
    assert streak_known(Source("tier_streak", "WATCH"), stay(""), before).text == count


def test_a_company_that_was_renamed_is_the_same_one() -> None:
    now = stay("", "甲物业（集团）", engagement=7)
    assert streak_known(Source("tier_streak", "WATCH"), now, [stay("WATCH", engagement=7)]).text == "1"


def test_months_of_service() -> None:
    first_day = date(2024, 7, 1)
    assert months_known("甲公司", date(2024, 1, 2), first_day).text == "5"
    assert months_known("甲公司", date(2024, 1, 1), first_day).text == "6"
    assert months_known("甲公司", date(2025, 1, 1), first_day).text == "0"
    assert months_known("甲公司", None, first_day).text == ""


@pytest.mark.parametrize(
    ("attribute", "source", "problem"),
    [
        (8, "tier_streak:GOLD", "document.unknown_code"), (8, "tier_streak", "document.unknown_code"),
        (8, "orders_overdue", "scheme.source_type"), (4, "service_months", "scheme.source_type"),
        (4, "orders_overdue:WATCH", "document.unknown_code"), (4, "guessed", "document.unknown_code"),
        (0, "tier_streak:WATCH", "scheme.source_class"),
    ],
)  # fmt: skip
def test_a_source_that_cannot_be_is_refused_at_its_place(attribute: int, source: str, problem: str) -> None:
    document = shipped("hetang-2024")
    document["attributes"][attribute]["source"] = source
    found = [(entry.code, entry.place) for entry in check_scheme(document)]
    assert found == [(problem, f"attributes/{attribute}/source")]


def test_a_source_is_compared_in_words() -> None:
    old, new = shipped("hetang-2024"), shipped("hetang-2024")
    del old["attributes"][8]["source"]
    (change,) = changes(old, new)
    assert change.path == "attributes/8/source"
    assert change.say().endswith("set to decided rounds in a row before this one in tier WATCH")


@pytest.fixture
def rounds(people: People, at: datetime) -> list[Round]:
    """Two decided rounds in which the first community stood on watch, and one in review in which it has an order."""
    communities = register(3, at)
    made = []
    for number in range(3):
        round_ = in_review(
            people, at, communities, code=f"2024-{number}", seed=5 + number, first_day=date(2022 + number, 7, 1)
        )
        entry = first(round_)
        entry.attributes = {"occupancy": "90", "service_months": "40"}
        entry.attributes |= {"complaints_top_decile": "yes"} if number < 2 else {}
        entry.company_name = "示例物业服务有限公司000"
        entry.save(update_fields=["attributes", "company_name"])
        if number < 2:
            decided(round_, people, at)
        made.append(round_)
    return made


def first(round_: Round) -> Entry:
    return Entry.objects.get(round=round_, number="HT-00001")


def order(round_: Round, people: People, at: datetime) -> Case:
    record = VisitRecord.objects.get(entry=first(round_))
    return cases.open_case(
        programme="assessments", kind="rectification", subject=order_subject(record, "A5.1"), title="消防通道",
        area=round_.area, site=record.entry.community.site, organisation=None, owner=None, due_at=at + DAY,
        by=people["officer"], at=at,
    )  # fmt: skip


def tier(round_: Round, people: People, at: datetime) -> str:
    replay: Replay = decided(round_, people, at)
    found: str = replay.results.get(entry=first(round_)).tier
    return found


@pytest.mark.django_db
def test_two_rounds_on_watch_and_an_unmet_order_are_black_by_the_scheme_s_own_rule(
    rounds: list[Round], people: People, at: datetime
) -> None:
    assert [Replay.objects.get(round=r).results.get(entry=first(r)).tier for r in rounds[:2]] == ["WATCH", "WATCH"]
    cases.extend_case(case=order(rounds[2], people, at), due_at=at + 5 * DAY, note="停水", by=people["officer"], at=at)
    assert tier(rounds[2], people, at + 6 * DAY) == "BLACK"
    rule = Replay.objects.get(round=rounds[2]).results.get(entry=first(rounds[2]))
    wanted = {"watch_streak": "2", "order_unmet": "yes", "order_overdue": "yes", "service_months": "40"}
    assert wanted.items() <= rule.sheet_document["attributes"].items()


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "streak"), [(0, "0"), (1, "2")])
def test_who_had_come_by_the_day_of_the_visit_inherits_no_rounds_on_watch(
    days: int, streak: str, rounds: list[Round], at: datetime
) -> None:
    entry = Entry.objects.select_related("community").get(pk=first(rounds[2]).pk)
    before, newcomer = district.companies(2, at)
    engaged(entry.community, before, at)
    held = Engagement.objects.get(community=entry.community)
    with guards_lifted():
        Entry.objects.filter(community=entry.community).update(
            company=before, company_name=before.name, engagement=held
        )
    engaged(entry.community, newcomer, at, VisitRecord.objects.get(entry=entry).team_day.day + days * DAY)
    scheme = scheme_of(rounds[2].scheme)
    assert sourced_of([first(rounds[2])], rounds[2], scheme)[entry.pk]["watch_streak"].text == streak


@pytest.mark.django_db
def test_an_order_that_was_never_given_more_time_is_not_unmet(
    rounds: list[Round], people: People, at: datetime
) -> None:
    order(rounds[2], people, at)
    assert tier(rounds[2], people, at + 6 * DAY) == "WATCH"


@pytest.mark.django_db
def test_what_happens_after_the_decision_changes_nothing_that_was_known(
    rounds: list[Round], people: People, at: datetime
) -> None:
    case = order(rounds[2], people, at)
    decided(rounds[2], people, at + 6 * DAY)
    case.refresh_from_db()
    cases.cancel_case(case=case, note="误开", by=people["officer"], at=at + 8 * DAY)
    scheme = scheme_of(rounds[2].scheme)
    known = sourced_of([first(rounds[2])], rounds[2], scheme)[first(rounds[2]).pk]
    assert (known["order_overdue"].text, known["order_unmet"].text) == ("yes", "no")


@pytest.mark.django_db
def test_what_people_recorded_comes_before_what_the_system_knows_and_both_are_shown(
    rounds: list[Round], people: People, at: datetime, signed_in: SignedIn
) -> None:
    case, entry = order(rounds[2], people, at), first(rounds[2])
    entry.attributes = {**entry.attributes, "watch_streak": "0"}
    entry.save(update_fields=["attributes"])
    entry.values.create(code="watch_streak", text="0", source="区指导中心复核意见", by=people["officer"], at=at)
    page = signed_in("director").get(f"/assessments/rounds/{rounds[2].pk}/communities/{entry.number}/").content.decode()
    assert case.number in page
    assert "Known to the system" in page
    assert "区指导中心复核意见" in page
    assert "By itself the system would say" in page
    values = {found.pk: sheet.attributes for found, sheet in sheets_of(rounds[2])}[entry.pk]
    assert values["watch_streak"] == 0
    result = signed_in("director").get(f"/assessments/rounds/{rounds[2].pk}/of/{entry.number}/").content.decode()
    assert case.number in result
    assert "区指导中心复核意见" in result


@pytest.mark.django_db
def test_service_is_counted_from_the_engagement_where_the_register_says_nothing(
    rounds: list[Round], people: People, at: datetime
) -> None:
    entry = first(rounds[2])
    made = Engagement.objects.create(
        community=entry.community, company=Organisation.objects.first(), company_name="甲", recorded_at=at,
        first_day=date(2024, 3, 1),
    )  # fmt: skip
    with guards_lifted():
        Entry.objects.filter(pk=entry.pk).update(engagement=made, attributes={"occupancy": "90"})
    assert tier(rounds[2], people, at) == "OBSERVATION"


@pytest.mark.django_db
def test_a_scheme_without_sources_knows_what_it_knew_before(rounds: list[Round], people: People, at: datetime) -> None:
    order(rounds[2], people, at)
    document = copy.deepcopy(rounds[2].scheme.content)
    for attribute in document["attributes"]:
        attribute.pop("source", None)
    older = compile_scheme(document)
    with CaptureQueriesContext(connection) as captured:
        assert sourced_of([first(rounds[2])], rounds[2], older) == {first(rounds[2]).pk: {}}
    assert len(captured) == 2  # those of this test
    for entry, sheet in sheets_of(rounds[2], scheme=older):
        assert sheet.attributes.keys() == entry.attributes.keys() & older.attributes.keys()


@pytest.mark.django_db
def test_another_number_of_communities_costs_no_other_number_of_queries(
    people: People, at: datetime, django_assert_num_queries: Callable[..., object]
) -> None:
    before = in_review(people, at, register(12, at), code="before", first_day=date(2023, 7, 1))
    decided(before, people, at)
    communities = [entry.community for entry in before.entries.select_related("community__site", "community__place")]
    round_ = in_review(people, at, communities, code="now")
    Engagement.objects.bulk_create(Engagement(community=c, company_name="甲", recorded_at=at) for c in communities)
    with guards_lifted():
        for entry in round_.entries.all():
            Entry.objects.filter(pk=entry.pk).update(engagement=entry.community.engagements.get())
    scheme, entries = scheme_of(round_.scheme), list(round_.entries.all())
    kinds = (source.kind for source in scheme.sources.values() if source.is_elsewhere)
    elsewhere = len({registry.known()[kind].together or kind for kind in kinds})
    for size in (2, 12):
        # For what other parts know: which sites these are, then what that part has, once for what it answers together.
        with django_assert_num_queries(4 + 1 + elsewhere):
            assert len(sourced_of(entries[:size], round_, scheme)) == size


def test_what_another_part_knows_is_taken_where_it_fits_and_said_where_not() -> None:
    rate, why = Measure("rate", Titled({"en": "Rate"})), Reason("a.b", "Because.")
    source = Source("neighbours.rate")
    assert source.is_elsewhere
    assert not source.is_frozen
    assert known_elsewhere(source, rate, "number", "2.18", why) == Sourced("2.18", why)
    assert known_elsewhere(source, rate, "flag", "yes", why).text == ""
    nobody = known_elsewhere(source, rate, "", "", why)
    assert (nobody.text, nobody.reason.code) == ("", "source.nobody")


def test_a_scheme_may_name_what_no_part_knows_but_no_class_may_rest_on_it() -> None:
    document = shipped("hetang-2024")
    document["attributes"][6]["source"] = "neighbours.top_share"
    assert not check_scheme(document)
    document["attributes"][0]["source"] = "neighbours.built"
    assert [problem.code for problem in check_scheme(document)] == ["scheme.source_class"]
