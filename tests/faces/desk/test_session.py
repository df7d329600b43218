"""Signing in, being kept out, and the language of the pages."""

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from tests.faces.district import PASSWORD

from mingjing.kernel.parties.models import Person

SIGN_IN = "/sign-in/"


@pytest.fixture
def visitor(people: dict[str, Person]) -> Client:
    return Client(headers={"accept-language": "en"})


def attempt(client: Client, username: str = "officer", password: str = PASSWORD, **more: str):  # type: ignore[no-untyped-def]
    return client.post(SIGN_IN, {"username": username, "password": password, **more})


def test_a_visitor_is_sent_to_sign_in_and_back(visitor: Client) -> None:
    asked = visitor.get("/areas/430202/")
    assert asked.headers["Location"] == f"{SIGN_IN}?next=/areas/430202/"
    assert visitor.get("/").headers["Location"] == SIGN_IN
    assert attempt(visitor, next="/areas/430202/").headers["Location"] == "/areas/430202/"
    assert visitor.get(SIGN_IN).headers["Location"] == "/"


@pytest.mark.parametrize(
    "onward", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example", ""]
)
def test_signing_in_never_leads_elsewhere(visitor: Client, onward: str) -> None:
    assert attempt(visitor, next=onward).headers["Location"] == "/"


@pytest.mark.parametrize(
    ("username", "password"), [("officer", "wrong"), ("nobody", PASSWORD), ("", ""), ("o\x00", "x")]
)
def test_a_wrong_name_and_a_wrong_password_look_alike(visitor: Client, username: str, password: str) -> None:
    answer = attempt(visitor, username, password)
    assert answer.status_code == 422
    assert PASSWORD not in answer.content.decode()
    if username and "\x00" not in username:
        assert "The username or the password is wrong" in answer.content.decode()


def test_someone_who_left_cannot_sign_in(visitor: Client, people: dict[str, Person]) -> None:
    officer = people["officer"]
    Person.objects.filter(pk=officer.pk).update(left_at=officer.registered_at)
    assert attempt(visitor).status_code == 422


def test_too_many_attempts_are_refused_even_with_the_right_password(visitor: Client) -> None:
    names = ["officer", "OFFICER", " Officer ", "oFFicer", "officer"]
    answers = [attempt(visitor, name, "wrong").status_code for name in names]
    assert answers == [422] * (settings.AXES_FAILURE_LIMIT - 1) + [429]
    refused = attempt(visitor)
    assert refused.status_code == 429
    assert "Too many attempts" in refused.content.decode()
    seconds, until = int(refused.headers["Retry-After"]), refused.context["until"]
    assert 14 * 60 < seconds <= 15 * 60
    assert f"Try again at {timezone.localtime(until):%H:%M}, in 15 minutes" in refused.content.decode()
    assert attempt(visitor).context["until"] == until, "trying again does not put it off"
    assert attempt(visitor, "Director").status_code == 302


def test_signing_out_needs_a_post(visitor: Client) -> None:
    attempt(visitor)
    assert visitor.get("/sign-out/").status_code == 405
    assert visitor.get("/").status_code == 200
    assert visitor.post("/sign-out/").headers["Location"] == SIGN_IN
    assert visitor.get("/").status_code == 302


def test_the_language_is_remembered_with_the_person(visitor: Client, people: dict[str, Person]) -> None:
    attempt(visitor)
    assert 'lang="zh-Hans"' in visitor.get("/").content.decode()  # the person's own, not the browser's
    visitor.post("/language/", {"language": "en", "next": "/areas/"})
    assert 'lang="en"' in visitor.get("/areas/").content.decode()
    people["officer"].refresh_from_db()
    assert people["officer"].preferred_language == "en"
    elsewhere = Client(headers={"accept-language": "zh"})
    attempt(elsewhere)
    assert 'lang="en"' in elsewhere.get("/").content.decode()


def test_an_unknown_language_changes_nothing(visitor: Client) -> None:
    answer = visitor.post("/language/", {"language": "xx", "next": "//evil.example"})
    assert answer.headers["Location"] == "/"
    assert settings.LANGUAGE_COOKIE_NAME not in answer.cookies


def test_an_address_that_is_none_is_no_failure(visitor: Client) -> None:
    for address in ("[]", "desk", "'; DROP TABLE x;--"):
        assert visitor.post("/language/", {"language": "en", "next": address}).status_code == 302
    data = {"username": "officer", "password": PASSWORD, "next": "[]"}
    assert visitor.post(SIGN_IN, data).status_code == 302


def test_a_form_from_elsewhere_is_refused_in_words(people: dict[str, Person]) -> None:
    answer = Client(enforce_csrf_checks=True, headers={"accept-language": "en"}).post(SIGN_IN, {})
    assert answer.status_code == 403
    assert "This form is no longer valid" in answer.content.decode()


def test_demo_logins_show_in_demo_mode_only(visitor: Client, settings) -> None:  # type: ignore[no-untyped-def]
    Person.objects.filter(username="officer").update(is_demo=True)
    assert "Demonstration logins" not in visitor.get(SIGN_IN).content.decode()
    settings.MODE = "demo"
    page = visitor.get(SIGN_IN).content.decode()
    assert "<code>officer</code>" in page
    assert "<code>director</code>" not in page


@pytest.mark.parametrize("page", ["/", "/people/", "/ledger/export/", "/areas/430202/"])
def test_no_page_of_a_person_stays_in_the_browser(visitor: Client, page: str) -> None:
    attempt(visitor, "administrator")
    assert "no-store" in visitor.get(page).headers["Cache-Control"]
