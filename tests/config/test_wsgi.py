"""How answers leave the application: those that are whole in one piece, streams piece by piece; both are ended."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import override_settings
from django.urls import path

from mingjing.config import wsgi
from mingjing.config.wsgi import application

ENDED: list[str] = []


class Whole(HttpResponse):
    """Says when it is ended."""

    def close(self) -> None:
        super().close()
        ENDED.append("whole")


class Stream(StreamingHttpResponse):
    """The same of a stream."""

    def close(self) -> None:
        super().close()
        ENDED.append("stream")


def whole(request: HttpRequest) -> HttpResponse:
    """Written in pieces, but all there."""
    return Whole(["one ", "two"])


def stream(request: HttpRequest) -> StreamingHttpResponse:
    """Made as it is asked for."""

    def pieces() -> Iterator[bytes]:
        yield b"one "
        assert "stream" not in ENDED
        yield b"two"

    return Stream(pieces())


@pytest.fixture(autouse=True)
def _lines_stay() -> Iterator[None]:
    """The tests' lines to the database are no request's to close, as Django's own client sees to."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


urlpatterns = [path("whole", whole), path("stream", stream)]


@pytest.mark.parametrize(("where", "pieces"), [("whole", [b"one two"]), ("stream", [b"one ", b"two"])])
def test_an_answer_that_is_no_stream_is_one_piece_and_each_is_ended_once(where: str, pieces: list[bytes]) -> None:
    ENDED.clear()
    finished: list[Any] = []
    request_finished.connect(listener := lambda **_told: finished.append(1), weak=False)
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": f"/{where}", "SERVER_NAME": "testserver", "SERVER_PORT": "80",
        "wsgi.input": BytesIO(), "wsgi.url_scheme": "http",
    }  # fmt: skip
    try:
        with override_settings(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["testserver"]):
            found = application(environ, lambda *_told: None)
            assert isinstance(found, list) == (where == "whole")  # what the server takes at once
            assert list(found) == pieces
            if where == "stream":
                found.close()
    finally:
        request_finished.disconnect(listener)
    assert (ENDED, finished) == ([where], [1])


@pytest.fixture
def by_itself() -> Iterator[Any]:
    """An application as a server has it, which says whether there is a line to the database."""
    signals = (request_started, request_finished)
    heard = {signal: list(signal.receivers) for signal in signals}
    yield wsgi._by_itself(lambda _environ, _start: [connection.connection is not None])
    for signal in signals:
        signal.receivers = heard[signal]
        signal.sender_receivers_cache.clear()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fault", ["old", "left half way", ""])
def test_before_a_request_a_line_to_the_database_that_is_old_or_was_left_half_way_is_closed(
    by_itself: Any, fault: str
) -> None:
    def asked() -> list[bool]:
        try:
            connection.ensure_connection()
            if fault == "old":
                connection.close_at = time.monotonic() - 1
            elif fault:
                connection.set_autocommit(False)
            found: list[bool] = by_itself({}, None)
            return found
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:  # a thread has a line of its own
        assert pool.submit(asked).result() == [not fault]


def test_only_djangos_own_listeners_go_and_nobody_else_listens_to_each_request(by_itself: Any) -> None:
    for signal in (request_started, request_finished):
        assert signal._live_receivers(None) == ([], [])
    heard: list[Any] = []
    request_finished.connect(listener := lambda **_told: heard.append(1), weak=False)
    HttpResponse(b"").close()
    request_finished.disconnect(listener)
    assert heard == [1]
