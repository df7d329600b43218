"""What a procurement office is told: barred or not on a day, by what was known when, in two languages, with acts."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.faces import district
from tests.programmes.assessments.judged import register
from tests.programmes.assessments.listed import corrected, engaged, published, served
from tests.programmes.assessments.test_measures import FIRST, LAW, entry_of

from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.actions.bars import decide_bar, issue_bar_document, sign_bar
from mingjing.programmes.assessments.models import Edition

pytestmark = pytest.mark.django_db
URL = "/api/assessments/standing"
DAY = timedelta(days=1)
People = dict[str, Person]


@pytest.fixture
def companies(people: People, at: datetime) -> list[Organisation]:
    return district.companies(3, at)


@pytest.fixture
def edition(people: People, companies: list[Organisation], at: datetime) -> Edition:
    """A list whose first community is on the black list and its company barred, all of it long ago."""
    communities = register(2, at)
    for community in communities:
        engaged(community, companies[0], at)
    found, officer = published(communities, {FIRST: "BLACK"}, people, at), people["officer"]
    deputy = district.staff("director", "副主任", Area.objects.get(code="430202"), at, username="deputy")
    last = date(2099, 12, 31)
    bar = decide_bar(entry=entry_of(found), first_day=at.date(), last_day=last, **LAW, by=officer, at=at)
    sign_bar(bar=bar, opinion="依据充分", by=deputy, at=at)
    served(issue_bar_document(bar=bar, by=officer, at=at), found, officer, at + DAY)
    return found


def ask(company: Organisation | str, **more: str) -> dict[str, Any]:
    code = company if isinstance(company, str) else company.credit_code
    response = Client().get(URL, {"credit_code": code, **more})
    assert response.status_code == 200, response.content
    found: dict[str, Any] = response.json()
    return found


def problems(**asked: str) -> list[tuple[str, str]]:
    response = Client().get(URL, asked)
    assert response.status_code == 422
    found = response.json()["problems"]
    assert all(one["zh-Hans"] and one["en"] and one["zh-Hans"] != one["en"] for one in found)
    return [(one["code"], one["place"]) for one in found]


def test_a_barred_company_with_the_acts_it_rests_on(edition: Edition, companies: list[Organisation]) -> None:
    found = ask(companies[0])
    assert found["barred"] is True
    (bar,) = found["bars"]
    assert bar["basis"] == {"title": LAW["basis"], "article": LAW["clause"], "quote": LAW["quote"]}
    assert bar["listing"]["tier"] == {"zh-Hans": "黑榜", "en": "Black list"}
    assert bar["listing"]["edition"] == 1
    assert bar["document"]["number"]
    assert bar["document"]["verify"].startswith("http")
    assert found["reasons"][0]["zh-Hans"].startswith(found["on"])
    assert found["name"] == companies[0].name


def test_before_it_began_and_before_it_was_known(edition: Edition, companies: list[Organisation], at: datetime) -> None:
    assert not ask(companies[0], on=str(at.date() - DAY))["barred"]
    assert not ask(companies[0], on=str(at.date()))["barred"]  # decided, and not served yet
    assert ask(companies[0], on=str(at.date() + DAY))["barred"]
    assert not ask(companies[0], on="2026-01-01", known=str(at.date() - DAY))["barred"]
    assert ask(companies[0], on="2026-01-01", known=(at + 2 * DAY).isoformat())["barred"]


def test_a_listing_overturned_after_publication_leaves_no_trace(
    edition: Edition, companies: list[Organisation], at: datetime
) -> None:
    before = ask(companies[0])
    corrected(edition, {FIRST: "ORDINARY"}, at + 9 * DAY)
    after, never = ask(companies[0]), ask(companies[2])
    assert before["barred"]
    for name in ("barred", "bars", "name", "notes", "reasons", "on"):
        assert after[name] == never[name]
    for number in range(0, 30, 3):
        assert not ask(companies[0], on=str((at + number * DAY).date()))["barred"]
    then = ask(companies[0], on=str((at + 3 * DAY).date()), known=(at + 5 * DAY).isoformat())
    assert then["barred"]
    assert then["bars"][0]["listing"]["edition"] == 1


def test_another_name_is_the_same_company_and_a_branch_is_not(edition: Edition, companies: list[Organisation]) -> None:
    parent, branch = companies[:2]
    Organisation.objects.filter(pk=parent.pk).update(name="新名称物业服务有限公司")
    Organisation.objects.filter(pk=branch.pk).update(branch_of=parent)
    found = ask(parent)
    assert found["barred"]
    assert (found["name"], found["bars"][0]["name_then"]) == ("新名称物业服务有限公司", parent.name)
    assert [note["code"] for note in found["notes"]] == ["standing.has_branches"]
    other = ask(branch)
    assert not other["barred"]
    assert [note["code"] for note in other["notes"]] == ["standing.branch"]


def test_a_company_nobody_knows_is_not_barred_and_that_is_said(edition: Edition) -> None:
    found = ask(district.credit_code(999))
    assert not found["barred"]
    assert [note["code"] for note in found["notes"]] == ["standing.unknown"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, [("parties.credit_code.length", "credit_code")]),
        ({"credit_code": "91430202MA4Q00000X"}, [("parties.credit_code.check_digit", "credit_code")]),
        ({"credit_code": "OK", "on": "28.11.2026"}, [("standing.on", "on")]),
        ({"credit_code": "OK", "known": "yesterday"}, [("standing.known", "known")]),
        ({"credit_code": "OK", "known": "2999-01-01"}, [("standing.future", "known")]),
        ({"credit_code": "OK", "known": "0001-01-01T00:00:00+14:00"}, [("standing.known", "known")]),
        ({"credit_code": "OK", "day": "2026-11-28"}, [("standing.parameter", "")]),
        ({"credit_code": "x\0y"}, [("parties.credit_code.length", "credit_code")]),
    ],
)
def test_what_is_not_understood_is_refused_with_a_code(
    asked: dict[str, str], told: list[tuple[str, str]], people: People
) -> None:
    asked = {name: district.credit_code(1) if text == "OK" else text for name, text in asked.items()}
    assert problems(**asked) == told


def test_it_answers_reads_only_and_names_nobody(
    edition: Edition, companies: list[Organisation], people: People
) -> None:
    assert Client().post(URL).status_code == 405
    response = Client().get(URL, {"credit_code": companies[0].credit_code})
    text = response.content.decode()
    assert not any(person.display_name in text or person.token in text for person in people.values())
    assert response["Cache-Control"] == "no-cache"
    assert response["Access-Control-Allow-Origin"] == "*"


def test_its_cost_does_not_grow_with_the_bars(
    edition: Edition, companies: list[Organisation], people: People, at: datetime, django_assert_max_num_queries: Any
) -> None:
    for _ in range(3):
        decide_bar(
            entry=entry_of(edition), first_day=at.date(), last_day=date(2099, 1, 1), **LAW, by=people["officer"], at=at
        )
    with django_assert_max_num_queries(9):
        ask(companies[0])
