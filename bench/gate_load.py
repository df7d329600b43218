"""Questions to the gate from several connections at once, drawn by one thread; see scenario_gate.

Whoever asks shares the processors with whoever answers, so asking is as light as it can be, and alike for all servers:
requests are bytes before the clock starts, one thread waits for all sockets together, of an answer only its length
is read, and what was answered is looked at after the clock has stopped.
"""

import json
import random
import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

__all__ = ["ask"]

LARGEST = 2**18
"""Bytes of an answer that are read at once; a longer one comes in several pieces."""
SECONDS = 60.0
"""How long an answer is waited for."""


@dataclass(slots=True)
class _Line:
    """A connection: what it still asks, what is coming in, and its answers so far with their seconds."""

    socket: socket.socket
    asked: Iterator[bytes]
    since: float = 0.0
    coming: bytes = b""
    answers: list[bytes] = field(default_factory=list)
    took: list[float] = field(default_factory=list)

    def ask(self) -> bool:
        """Send the next question; whether there was one."""
        request = next(self.asked, b"")
        if request:
            self.since = time.perf_counter()
            self.socket.sendall(request)
        return bool(request)

    def hear(self) -> bool:
        """Take what has come; whether that is a whole answer."""
        piece = self.socket.recv(LARGEST)
        if not piece:
            raise ConnectionError("The server hung up.")
        self.coming = self.coming + piece if self.coming else piece
        if len(self.coming) < _length(self.coming):
            return False
        self.took.append(time.perf_counter() - self.since)
        self.answers.append(self.coming)
        self.coming = b""
        return True


def ask(port: int, told: dict[str, Any], chance: random.Random, questions: int) -> tuple[float, list[float]]:
    """Seconds of a question on average, and of each, from all connections at once; each has a key of its own."""
    lots = [
        [_request(port, secret, _body(told, 1 + chance.randrange(told["firms"]))) for _ in range(questions)]
        for secret in told["secrets"]
    ]  # fmt: skip
    lines = [_Line(socket.create_connection(("127.0.0.1", port), SECONDS), iter(lot)) for lot in lots]
    try:
        seconds = _drawn(lines)
    finally:
        for line in lines:
            line.socket.close()
    for answer in (answer for line in lines for answer in line.answers):
        head, _, said = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 "), answer[:500]
        assert isinstance(json.loads(said), dict)
    took = [one for line in lines for one in line.took]
    assert len(took) == len(lots) * questions
    return seconds / len(took), took


def _drawn(lines: list[_Line]) -> float:
    """Seconds until all is answered."""
    with selectors.DefaultSelector() as waiting:
        for line in lines:
            line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            waiting.register(line.socket, selectors.EVENT_READ, line)
        start = time.perf_counter()
        left = sum(line.ask() for line in lines)
        while left:
            ready = waiting.select(SECONDS)
            if not ready:
                raise TimeoutError(f"No answer within {SECONDS:.0f} seconds.")
            for key, _events in ready:
                if key.data.hear() and not key.data.ask():
                    left -= 1
        return time.perf_counter() - start


def _length(answer: bytes) -> int:
    """Bytes of the whole answer, as far as they are told; more than are there where they are not."""
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return len(answer) + 1
    head = answer[:end].lower()
    told = head.rpartition(b"content-length:")[2].partition(b"\r\n")[0]
    return end + 4 + int(told)


def _body(told: dict[str, Any], firm: int) -> bytes:
    asked = {"firm": f"F{firm:017d}", **{name: told[name] for name in ("authority", "officers", "items")}}
    return json.dumps({**asked, "purpose": "routine", "trigger": "plan", "method": "on_site"}).encode()


def _request(port: int, secret: str, body: bytes) -> bytes:
    head = (
        f"POST /api/inspections/gate HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {secret}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
