"""The lightest client that is still right: requests that are ready as bytes, answers kept as they came.

What a driver does between two requests is counted against whoever answers many small ones, for it draws on the same
processors. So nothing is made, formatted or looked at while the clock runs: a request goes out in one call of its head
and its body, an answer is read by its status and its Content-Length, and checked when the clock has stopped. Not here:
what is sent (sync_load).
"""

import re
import socket
import struct
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

__all__ = ["Answer", "Line", "Request", "drive", "request"]

PATIENCE = 60
"""Seconds to wait for an answer."""
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it goes out. `body` is the caller's own bytes: twenty phones' photos are in memory once."""

    head: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came."""

    head: bytes
    body: bytes

    @property
    def status(self) -> int:
        """The number of its first line."""
        return int(self.head[9:12])

    def header(self, name: str) -> str:
        """What a header says; empty for none."""
        found = re.search(rb"\r\n" + name.encode() + rb": *([^\r]*)", self.head, re.IGNORECASE)
        return found[1].decode() if found else ""


def request(method: str, path: str, body: bytes, **headers: str) -> Request:
    """A request; headers are named with _ for -."""
    told = {"Host": "127.0.0.1", "Content-Length": str(len(body)), **headers}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name.replace('_', '-')}: {value}" for name, value in told.items())]
    return Request("\r\n".join([*lines, "", ""]).encode(), body)


class Line:
    """One connection that is kept open."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # The kernel keeps the time: a socket with a timeout of Python's asks before each call whether it may.
        self._socket.settimeout(None)
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            self._socket.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", PATIENCE, 0))

    def ask(self, asked: Request) -> Answer:
        """Send and wait. Raises OSError when it takes too long, ValueError for an answer without a length."""
        sent = self._socket.sendmsg([asked.head, asked.body])
        if sent < len(asked.head) + len(asked.body):
            self._socket.sendall((asked.head + asked.body)[sent:])
        came = self._socket.recv(1 << 16)
        while (end := came.find(b"\r\n\r\n")) < 0:
            came += self._more()
        length = _LENGTH.search(came, 0, end + 2)
        if length is None:
            raise ValueError(came[:200])
        body = came[end + 4 :]
        while len(body) < int(length[1]):
            body += self._more()
        return Answer(came[: end + 2], body)

    def _more(self) -> bytes:
        found = self._socket.recv(1 << 16)
        if not found:
            raise ConnectionError("the server hung up")
        return found

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


def drive(port: int, lots: Sequence[Sequence[Sequence[Request]]]) -> tuple[float, list[float], list[list[Answer]]]:
    """Let every phone send its visits one after the other, each of one or several requests.

    Each visit comes on a connection of its own, as from a phone that has come out of a basement: which of the server's
    processes answers is the kernel's choice each time, not once for all that a phone sends. Returns the seconds in all,
    those of each visit, and the answers of each, in the order of the phones.
    """

    def work(lot: Sequence[Sequence[Request]]) -> list[tuple[float, list[Answer]]]:
        told = []
        for visit in lot:
            start = time.perf_counter()
            with closing(Line(port)) as line:
                answers = [line.ask(one) for one in visit]
            told.append((time.perf_counter() - start, answers))
        return told

    with ThreadPoolExecutor(len(lots)) as pool:
        start = time.perf_counter()
        told = [one for found in pool.map(work, lots) for one in found]
        seconds = time.perf_counter() - start
    return seconds, [took for took, _ in told], [answers for _, answers in told]
