"""Petitions and lawsuits come in like complaints, are decided by people, stand in no ranking, prove a zero or not."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests.programmes.complaints.conftest import (
    CANARY_NAME,
    CANARY_PHONE,
    People,
    SignedIn,
    decided,
    ranked,
    row,
    table,
)

from mingjing.engine.outcome import Refusal
from mingjing.kernel import registry
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area, Site
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.complaints.actions.decisions import decide
from mingjing.programmes.complaints.actions.editions import open_edition
from mingjing.programmes.complaints.actions.intakes import approve_intake, request_intake
from mingjing.programmes.complaints.models import Complaint, Intake
from mingjing.programmes.complaints.policy.decisions import Wanted
from mingjing.programmes.complaints.policy.periods import first_uncovered, period_problems
from mingjing.programmes.complaints.queries.files import shipped_mappings

FIRST, LAST = date(2024, 7, 1), date(2024, 12, 31)
AFTER = date(2025, 1, 10)
PETITION = (
    "信访件编号",
    "登记日期",
    "办结日期",
    "小区名称",
    "问题类别",
    "详细地址",
    "信访内容",
    "信访形式",
    "信访人",
    "联系电话",
)
LAWSUIT = ("案号", "立案日期", "结案日期", "小区名称", "案由", "原告", "被告")
Days = tuple[date | None, date | None]


def petition(number: int, community: str = "桂花花园", opened: str = "2024-08-01", **more: str) -> dict[str, str]:
    told = dict.fromkeys(PETITION, "") | {
        "信访件编号": f"X{number}", "登记日期": opened, "小区名称": community, "问题类别": "物业收费",
        "信访内容": f"{CANARY_NAME}反映收费不公开", "信访人": CANARY_NAME, "联系电话": CANARY_PHONE,
    }  # fmt: skip
    return told | more


def lawsuit(number: int, community: str = "桂花花园", opened: str = "2024-09-01") -> dict[str, str]:
    told = {
        "案号": f"（2024）湘0202民初{number}号",
        "立案日期": opened,
        "小区名称": community,
        "案由": "物业服务合同纠纷",
    }
    return dict.fromkeys(LAWSUIT, "") | told | {"原告": CANARY_NAME, "被告": f"{community}物业公司"}


def written(columns: Sequence[str], rows: Sequence[dict[str, str]]) -> BytesIO:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows(rows)
    return BytesIO(text.getvalue().encode())


def hand_in(area: Area, mapping: str, file: BytesIO, days: Days = (FIRST, LAST), at: datetime | None = None) -> Intake:
    text = shipped_mappings()[mapping].read_text("utf-8")
    intake = request_intake(
        area=area, file=file, file_name=f"{mapping}.csv", mapping_name=mapping, mapping_text=text, first_day=days[0],
        last_day=days[1], by=None, at=at or timezone.now(),
    )  # fmt: skip
    drain()
    intake.refresh_from_db()
    return intake


def taken(area: Area, mapping: str, file: BytesIO, days: Days = (FIRST, LAST)) -> Intake:
    intake = hand_in(area, mapping, file, days)
    assert intake.state == "previewed", intake.told_problems
    approve_intake(intake=intake, by=None, at=timezone.now())
    drain()
    intake.refresh_from_db()
    assert intake.state == "applied", intake.told_problems
    return intake


def told(code: str, sites: dict[str, Site], at: datetime | None = None) -> dict[str, str]:
    keys = [site.pk for site in sites.values()]
    found = registry.answers(registry.known()[f"complaints.{code}"], keys, FIRST, LAST, at or timezone.now())
    return {name: found[site.pk].text for name, site in sites.items()}


def why(code: str, site: Site) -> str:
    return registry.answers(registry.known()[f"complaints.{code}"], [site.pk], FIRST, LAST, timezone.now())[
        site.pk
    ].reason.code


def one_is(complaint: Complaint, by: Person, validity: str, duty: str = "", site: int | None = None) -> datetime:
    wanted = Wanted(validity=validity, duty=duty, site=site or complaint.site_id, reason="经核实")
    now = timezone.now()
    decide(complaint=complaint, wanted=wanted, by=by, at=now)
    return now


def test_none_is_known_only_of_days_that_files_cover_once_people_decided_on_everything(
    area: Area, sites: dict[str, Site], people: People
) -> None:
    assert (set(told("petitions", sites).values()), why("petitions", sites["桂花花园"])) == (
        {""},
        "complaints.uncovered",
    )
    taken(area, "petitions", written(PETITION, []), (FIRST, date(2024, 9, 30)))
    assert why("petitions", sites["桂花花园"]) == "complaints.uncovered"
    rows = [
        petition(1, opened="2024-10-01"),
        petition(2, "东方名苑", "2024-11-01"),
        petition(3, "没有的小区", "2024-11-02"),
    ]
    taken(area, "petitions", written(PETITION, rows), (date(2024, 10, 1), LAST))
    assert (set(told("petitions", sites).values()), why("petitions", sites["桂花花园"])) == (
        {""},
        "complaints.undecided",
    )
    first, second, third = Complaint.objects.order_by("number")
    one_is(first, people["officer"], "valid", "company")
    one_is(second, people["officer"], "invalid")
    assert told("petitions", sites) == {"桂花花园": "1", "东方名苑": "", "小井坊": "", "望江楼": ""}
    settled = one_is(third, people["officer"], "valid", "company", sites["望江楼"].pk)
    assert told("petitions", sites) == {"桂花花园": "1", "东方名苑": "0", "小井坊": "0", "望江楼": "1"}
    assert set(told("lawsuits", sites).values()) == set(told("hotline", sites).values()) == {""}
    one_is(first, people["second"], "invalid")
    one_is(third, people["second"], "valid", "company", sites["小井坊"].pk)
    assert told("petitions", sites) == {"桂花花园": "0", "东方名苑": "0", "小井坊": "1", "望江楼": "0"}
    # What was answered then is answered again, whatever came later.
    assert told("petitions", sites, settled) == {"桂花花园": "1", "东方名苑": "0", "小井坊": "0", "望江楼": "1"}
    assert set(told("petitions", sites, settled - timedelta(days=1)).values()) == {""}


def test_an_owner_who_is_sued_for_fees_is_nobodys_blame_once_a_person_says_so(
    area: Area, sites: dict[str, Site], rules: Version, people: People
) -> None:
    taken(area, "lawsuits", written(LAWSUIT, [lawsuit(1), lawsuit(2, "东方名苑")]))
    first, second = Complaint.objects.order_by("number")
    one_is(first, people["officer"], "valid", "owners")
    one_is(second, people["officer"], "valid", "company")
    assert told("lawsuits", sites) == {"桂花花园": "0", "东方名苑": "1", "小井坊": "0", "望江楼": "0"}


def test_the_same_file_twice_changes_nothing_and_numbers_of_two_keepers_do_not_meet(
    area: Area, sites: dict[str, Site]
) -> None:
    taken(area, "petitions", written(PETITION, [petition(1) | {"信访件编号": "W1"}, petition(2)]))
    again = hand_in(area, "petitions", written(PETITION, [petition(2), petition(1) | {"信访件编号": "W1"}]))
    assert (again.counts["added"], again.counts["changed"], again.counts["same"]) == (0, 0, 2)
    taken(area, "hotline-12345", table([row(1)]), (None, None))
    assert sorted(Complaint.objects.values_list("origin", "number")) == [
        ("hotline", "W1"), ("petition", "W1"), ("petition", "X2"),
    ]  # fmt: skip
    fact = Fact.objects.filter(kind="complaints.intake.requested").earliest("seq").values
    assert (fact["origin"], fact["first"], fact["last"]) == ("petition", "2024-07-01", "2024-12-31")


def test_a_file_that_does_not_keep_its_word_is_refused_with_the_row(area: Area, sites: dict[str, Site]) -> None:
    intake = hand_in(area, "petitions", written(PETITION, [petition(1), petition(2, opened="2025-01-03")]))
    assert [(problem.code, problem.row) for problem in intake.told_problems] == [("record.outside_period", 3)]
    for days, code in (
        ((None, None), "intake.no_period"), ((FIRST, None), "intake.no_period"), ((LAST, FIRST), "intake.period_order"),
        ((FIRST, timezone.localdate() + timedelta(days=1)), "intake.period_future"),
    ):  # fmt: skip
        with pytest.raises(Refusal) as refused:
            hand_in(area, "petitions", written(PETITION, [petition(1)]), days)
        assert [problem.code for problem in refused.value.problems] == [code]
    assert not list(period_problems("hotline", None, None, AFTER))


def test_they_stand_in_no_ranking_and_hold_none_up(
    area: Area, sites: dict[str, Site], rules: Version, people: People
) -> None:
    taken(area, "hotline-12345", table([row(n) for n in range(1, 5)]), (FIRST, LAST))
    decided(people["officer"], timezone.now())
    taken(area, "petitions", written(PETITION, [petition(n, opened=f"2024-07-0{n}") for n in range(1, 6)]))
    edition = ranked(open_edition(area=area, first_day=FIRST, last_day=date(2024, 7, 31), by=None, at=timezone.now()))
    assert (edition.totals["raw"], edition.totals["outcomes"]["undecided"]) == (4, 0)
    assert told("hotline", sites)["桂花花园"] == "4"


def test_nobody_who_petitioned_or_sued_is_found_anywhere(
    area: Area, sites: dict[str, Site], signed_in: SignedIn, people: People
) -> None:
    intakes = [
        taken(area, "petitions", written(PETITION, [petition(1)])),
        taken(area, "lawsuits", written(LAWSUIT, [lawsuit(1)])),
    ]
    pages = [reverse("complaints:complaints"), reverse("complaints:complaints") + "?origin=petition"]
    pages += [reverse("complaints:intake-lines", args=[one.pk, "added"]) for one in intakes]
    pages += [reverse("complaints:intake", args=[one.pk]) for one in intakes]
    pages += [reverse("complaints:complaint", args=[one.pk]) for one in Complaint.objects.all()]
    client = signed_in("director")
    for page in pages:
        text = client.get(page).content.decode()
        assert not [canary for canary in (CANARY_NAME, CANARY_PHONE) if canary in text], page
    only = client.get(pages[1]).content.decode()
    assert "X1" in only
    assert "民初" not in only


def test_the_desk_takes_a_file_of_petitions_in_with_its_days(
    area: Area, sites: dict[str, Site], signed_in: SignedIn
) -> None:
    client = signed_in("officer")
    data = {"area": area.code, "mapping": "petitions", "first_day": "2024-07-01", "last_day": ""}
    refused = client.post(reverse("complaints:intake-add"), data | {"file": written(PETITION, [])})
    assert refused.status_code == 422
    assert "Say from which day to which" in refused.content.decode()
    data["last_day"] = "2024-12-31"
    assert (
        client.post(reverse("complaints:intake-add"), data | {"file": named(written(PETITION, []))}).status_code == 302
    )
    drain()
    intake = Intake.objects.get()
    page = client.get(reverse("complaints:intake", args=[intake.pk])).content.decode()
    assert "Take in: 0 new, 0 changed" in page
    client.post(reverse("complaints:intake-approve", args=[intake.pk]))
    drain()
    assert set(told("petitions", sites).values()) == {"0"}


def named(file: BytesIO) -> BytesIO:
    file.name = "信访件.csv"
    return file


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 12)), max_size=6), st.integers(0, 20), st.integers(0, 20))
def test_the_first_day_left_out_is_the_first_in_no_period(
    drawn: list[tuple[int, int]], begins: int, length: int
) -> None:
    def day(number: int) -> date:
        return FIRST + timedelta(days=number)

    periods = [(day(first), day(first + more)) for first, more in drawn]
    wanted = [day(begins + n) for n in range(length + 1)]
    missing = [one for one in wanted if not any(first <= one <= last for first, last in periods)]
    assert first_uncovered(periods, wanted[0], wanted[-1]) == (missing[0] if missing else None)
