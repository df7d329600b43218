"""People at the desk of a running server: HTTP over loopback, as a browser speaks it; sent again until it is answered.

Not here: the server (tests/config/test_serving), what anybody asks of it.
"""

import re
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from typing import Any

from django.test.client import BOUNDARY, encode_multipart

__all__ = ["Answer", "Seat"]

PATIENCE = 120.0
"""Seconds until somebody gives up on a server that does not come back, or on work that does not end."""
FORM = f"multipart/form-data; boundary={BOUNDARY}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status, where it leads to, the body."""

    status: int
    location: str
    body: bytes


@dataclass
class Seat:
    """Somebody at a browser that knows its server by the port; `heard` holds what was answered to what was sent."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    heard: list[tuple[str, int]] = field(default_factory=list)
    unheard: int = 0

    def sign_in(self, username: str, password: str) -> None:
        """Sign in at the desk, in English."""
        self.cookies["django_language"] = "en"
        self.get("/sign-in/")
        answer = self.post("/sign-in/", username=username, password=password)
        assert answer.status == 302, answer

    def get(self, path: str) -> Answer:
        """A page."""
        return self._answered("GET", path, b"")

    def post(self, path: str, **sent: Any) -> Answer:
        """A form, sent again wherever nothing was heard: nobody knows whether it arrived.

        It must be taken, or have been: what is asked a second time may be refused as done.
        """
        before = self.unheard
        answer = self._answered("POST", path, encode_multipart(BOUNDARY, sent))
        assert answer.status < 400 or self.unheard > before, (path, answer.status, answer.body[:2000])
        self.heard.append((path, answer.status))
        return answer

    def lose(self, path: str, **sent: Any) -> None:
        """Send a form and be gone before anything can be heard; whether it arrived, nobody knows."""
        with suppress(OSError), closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as line:
            line.request("POST", path, encode_multipart(BOUNDARY, sent), self._lines("POST"))
        self.unheard += 1

    def sees(self, path: str, pattern: str, told: Callable[[str], object] = str) -> "re.Match[str]":
        """Look at a page again and again until it says `pattern`; `told` is given every page on the way."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            page = self.get(path).body.decode()
            told(page)
            if found := re.search(pattern, page):
                return found
            time.sleep(0.1)
        raise AssertionError(f"{path} never said {pattern}")

    def _answered(self, method: str, path: str, body: bytes) -> Answer:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                answer = self._once(method, path, body)
            except (OSError, HTTPException):
                self.unheard += 1
                time.sleep(0.05)
                continue
            assert answer.status < 500, (path, answer.status, answer.body[:2000])
            return answer
        raise AssertionError(f"nobody answered {path}")

    def _once(self, method: str, path: str, body: bytes) -> Answer:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as line:
            line.request(method, path, body, self._lines(method))
            with closing(line.getresponse()) as answer:
                whole = answer.read()
                for set_cookie in answer.headers.get_all("Set-Cookie") or ():
                    self.cookies |= {name: one.value for name, one in SimpleCookie(set_cookie).items()}
                return Answer(answer.status, answer.headers.get("Location") or "", whole)

    def _lines(self, method: str) -> dict[str, str]:
        lines = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if method == "POST":
            lines |= {"Content-Type": FORM, "X-CSRFToken": self.cookies.get("csrftoken", "")}
        return lines
