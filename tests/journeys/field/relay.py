"""What stands between a phone and the installation on the way down to a basement: so much of a photo comes through.

A relay of bytes on a port of its own; a phone that is bound through it knows no other address. Not here: what the phone
makes of it (test_trouble).
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import SHUT_RDWR, create_connection, socket
from socketserver import BaseRequestHandler, ThreadingTCPServer
from urllib.parse import urlsplit

__all__ = ["Relay", "relay"]

PIECE = b"PATCH /field/api/uploads/"
END = b"\r\n\r\n"


class Relay(ThreadingTCPServer):
    """Passes everything on to `beyond`; while `limit` is a number, so many bytes of each piece of a photo only."""

    daemon_threads = allow_reuse_address = True

    def __init__(self, beyond: tuple[str, int]) -> None:
        super().__init__(("127.0.0.1", 0), _Passed)
        self.beyond, self.held = beyond, threading.Event()
        self.limit: int | None = None
        self.passed = 0  # bytes of pieces that were cut

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server_address[1]}"


class _Passed(BaseRequestHandler):
    server: Relay

    def handle(self) -> None:
        near: socket = self.request
        with create_connection(self.server.beyond) as far, suppress(OSError):
            threading.Thread(target=_poured, args=(far, near), daemon=True).start()
            while heard := near.recv(65536):
                if self.server.limit is not None and heard.startswith(PIECE):
                    self.cut(near, far, heard, self.server.limit)
                    return
                far.sendall(heard)

    def cut(self, near: socket, far: socket, heard: bytes, limit: int) -> None:
        """The head and so many bytes of the body go through; the rest goes nowhere until the phone gives up."""
        while END not in heard:
            heard += near.recv(65536)
        head, _, body = heard.partition(END)
        while len(body) < limit:
            body += near.recv(65536)
        far.sendall(head + END + body[:limit])
        self.server.passed += limit
        self.server.held.set()
        with suppress(OSError):
            while near.recv(65536):
                pass
        far.shutdown(SHUT_RDWR)


def _poured(source: socket, into: socket) -> None:
    with suppress(OSError):
        while heard := source.recv(65536):
            into.sendall(heard)
    with suppress(OSError):
        into.shutdown(SHUT_RDWR)


@contextmanager
def relay(url: str) -> Iterator[Relay]:
    """A relay to the installation at `url`, while it runs."""
    beyond = urlsplit(url)
    with Relay((beyond.hostname or "localhost", beyond.port or 80)) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()
