"""A bounded load on an HTTP server: requests for one path over connections that stay open, many in flight on each.

The client costs next to nothing, so that two cores measure the server. Not here: what is served.
"""

import socket
import threading
import time

__all__ = ["answer_of", "rate"]


LAST = b"\r\n0\r\n\r\n"
"""The empty chunk that ends a chunked answer."""


def _request(path: str, encoding: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: {encoding}\r\n\r\n".encode()


def answer_of(port: int, path: str, encoding: str = "gzip") -> tuple[bytes, bytes]:
    """Head and body of one answer, a chunked one as it came; raises ValueError where it is not 200."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(_request(path, encoding))
        raw = b""
        while b"\r\n\r\n" not in raw:
            raw += connection.recv(1 << 16)
        head, _, body = raw.partition(b"\r\n\r\n")
        fields = {line.split(b":", 1)[0].lower(): line.split(b":", 1)[1].strip() for line in head.split(b"\r\n")[1:]}
        if b" 200 " not in head.split(b"\r\n")[0] + b" ":
            raise ValueError(head[:300])
        length = fields.get(b"content-length")
        while len(body) < int(length) if length else not body.endswith(LAST):
            body += connection.recv(1 << 16)
        return head, body


def _read(connection: socket.socket, answers: int, size: int) -> None:
    """Read so many answers: of `size` bytes each, or chunked, which end with an empty chunk."""
    left, ended, rest = size * answers, 0, b""
    while left > 0 or (not size and ended < answers):
        got = connection.recv(1 << 18)
        if not got:
            raise ValueError("the server hung up")
        left -= len(got)
        if not size:
            ended += (rest + got).count(LAST)
            rest = (rest + got)[1 - len(LAST) :]


def rate(port: int, path: str, *, requests: int, clients: int = 4, flight: int = 8, encoding: str = "gzip") -> float:
    """Seconds for each request, of so many by so many clients with so many in flight."""
    head, body = answer_of(port, path, encoding)
    size = len(head) + 4 + len(body) if b"content-length" in head.lower() else 0
    batches = max(1, requests // (clients * flight))
    start = threading.Barrier(clients + 1)

    def work() -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            start.wait()
            for _ in range(batches):
                connection.sendall(_request(path, encoding) * flight)
                _read(connection, flight, size)

    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return (time.perf_counter() - began) / (batches * clients * flight)
