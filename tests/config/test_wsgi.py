"""How answers leave the application: those that are whole in one piece, streams piece by piece; both are ended."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import override_settings
from django.urls import path

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
