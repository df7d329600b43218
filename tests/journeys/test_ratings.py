"""A firm rates after a visit: its browser blinds, unblinds and sends; the rating’s request carries nothing more."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, Request, expect
from tests.journeys.conftest import PATIENCE, SIZES, Screen
from tests.programmes.inspections import doors

from mingjing.programmes.inspections.models import Entry, Rating, RatingToken
from mingjing.programmes.inspections.queries.ratings import code_of, word_of

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
SESSION = "the-session-of-the-portal"


@pytest.fixture
def entry(db: None) -> Entry:
    return doors.build(bodies=1, firms=1).enter(timezone.now() - timedelta(hours=3))


@pytest.fixture(params=["zh", "en"])
def screen(browser: Browser, live_server: Any, request: pytest.FixtureRequest) -> Iterator[tuple[Screen, str]]:
    """A firm's browser, signed in to the portal as far as its cookies say."""
    width, height = SIZES["phone"] if request.param == "zh" else SIZES["desk"]
    context = browser.new_context(viewport={"width": width, "height": height})
    context.add_cookies([{"name": "sessionid", "value": SESSION, "url": live_server.url}])
    context.set_default_timeout(PATIENCE)
    shown = Screen(context.new_page(), live_server.url)
    shown.page.on("console", shown.hear)
    yield shown, request.param
    context.close()


def kept(page: Page) -> int:
    return int(page.evaluate("localStorage.length"))


def test_a_firm_keeps_its_rating_and_sends_it_another_day(screen: tuple[Screen, str], entry: Entry) -> None:
    (shown, variant), requests = screen, list[Request]()
    page = shown.page
    page.on("request", lambda one: requests.append(one))
    shown.open(f"/board/inspections/{variant}/r/{code_of(entry)}/#{word_of(entry.firm)}")
    page.locator("#rating").wait_for()
    shown.check()
    assert page.locator("#word").input_value() == word_of(entry.firm)
    page.locator("input[name=stars][value='2']").check()
    page.locator("input[name=conduct][value=late]").check()
    page.locator("button[value=later]").click()
    page.locator("#kept").wait_for()
    shown.check()
    assert (RatingToken.objects.count(), Rating.objects.count()) == (1, 0)
    page.reload()
    page.locator("#send").click()
    expect(page.locator("#sent")).to_be_visible()
    shown.check()
    assert [(one.stars, one.conduct) for one in Rating.objects.all()] == [(2, ["late"])]
    assert kept(page) == 0
    carried_nothing(requests, entry)


def body(request: Request) -> dict[str, Any]:
    assert request.post_data_json
    return dict(request.post_data_json)


def carried_nothing(requests: list[Request], entry: Entry) -> None:
    """The request that brings the rating: no cookie, no referrer, nothing of the page that led to it."""
    (sent,) = (one for one in requests if one.url.endswith("/board/inspections/ratings/"))
    headers = {name.lower(): value for name, value in sent.all_headers().items()}
    assert not {"cookie", "referer", "authorization"} & set(headers)
    assert set(body(sent)) == {"key", "message", "signature", "stars", "conduct"}
    told = " ".join([sent.url, sent.post_data or "", *headers.values()])
    assert code_of(entry) not in told
    assert word_of(entry.firm) not in told
    assert SESSION not in told
    blinded = [body(one)["blinded"] for one in requests if one.url.endswith("/token/")]
    assert blinded
    assert not any(one in told for one in blinded)
    for one in requests:
        if "/r/" in one.url and one.method == "POST":
            assert "cookie" not in {name.lower() for name in one.all_headers()}
