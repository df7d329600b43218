"""The way of phones past the middleware of pages: the same addresses, the same host, their language, no cookie."""

import pytest
from django.test import Client
from django.urls import get_resolver, resolve

from mingjing.faces.field.front import BELOW, URLS

pytestmark = pytest.mark.django_db


def asked(path: str, **headers: str):  # type: ignore[no-untyped-def]
    return Client().post(f"{BELOW}{path}", "{}", content_type="application/json", headers=headers)


@pytest.mark.parametrize("path", ["sync/", "uploads/", "uploads/a-b/", "receipts/ab/", "session/", "pack/"])
def test_an_address_leads_where_the_routes_lead(path: str) -> None:
    ours, theirs = get_resolver(URLS).resolve(f"/{path}"), resolve(f"{BELOW}{path}")
    assert (ours.func, ours.args, ours.kwargs) == (theirs.func, theirs.args, theirs.kwargs)


def test_an_answer_says_what_every_answer_says_and_sets_no_cookie() -> None:
    answer = asked("sync/")
    assert answer.status_code == 401
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert not answer.cookies
    assert "Strict-Transport-Security" not in answer.headers


def test_problems_are_told_in_the_phones_language() -> None:
    english, chinese = (asked("sync/", **{"accept-language": code}) for code in ("en", "zh-CN"))
    assert english.json()["problems"][0]["text"].startswith("The session is over")
    assert "会话" in chinese.json()["problems"][0]["text"] or "登录" in chinese.json()["problems"][0]["text"]


def test_anothers_host_and_an_address_that_is_none_are_refused_as_for_pages() -> None:
    assert asked("sync/", host="evil.example").status_code == 400
    assert asked("nothing/").status_code == 404
    assert "X-Content-Type-Options" in asked("nothing/").headers
