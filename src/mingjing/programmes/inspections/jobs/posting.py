"""One message to one address of somebody else: HTTPS, to a public address and to no other, answered soon or not at all.

The name is resolved once, every address it has must be public, and the connection goes to that very address: a name
that means another host a moment later leads nowhere. Redirects are not followed, the answer is not kept.
"""

import socket
import ssl
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from django.conf import settings

from mingjing.programmes.inspections.policy.addresses import is_public

__all__ = ["NotSent", "post"]

SECONDS = 5.0
LIMIT = 4096


class NotSent(Exception):
    """Nobody answered, or nobody was asked: why."""


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """The status that the address answers; raises NotSent."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = _resolved(host, port)
    connection = _connection(parts.scheme, host, address, port)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", target, body, {**headers, "Host": parts.netloc, "Connection": "close"})
        response = connection.getresponse()
        response.read(LIMIT)
        return response.status
    except (OSError, HTTPException, ValueError) as error:
        raise NotSent(f"{type(error).__name__}: {error}") from error
    finally:
        connection.close()


def _resolved(host: str, port: int) -> str:
    """The address to connect to; raises NotSent where one of them is not public."""
    try:
        found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise NotSent(f"{host} is not known: {error}") from error
    if not found:
        raise NotSent(f"{host} has no address.")
    if not settings.WEBHOOKS_LOCAL and (inside := [one for one in found if not is_public(one)]):
        raise NotSent(f"{host} is {inside[0]}, which is no public address.")
    return found[0]


def _connection(scheme: str, host: str, address: str, port: int) -> HTTPConnection:
    if scheme == "https":
        return _Pinned(host, address, port)
    if settings.WEBHOOKS_LOCAL:
        return HTTPConnection(address, port, timeout=SECONDS)
    raise NotSent("Only https:// is told anything.")


class _Pinned(HTTPSConnection):
    """Connects to one address, and asks it for the certificate of the name."""

    def __init__(self, host: str, address: str, port: int) -> None:
        self.name, self.address = host, address
        self.trusted = ssl.create_default_context()
        super().__init__(host, port, timeout=SECONDS, context=self.trusted)

    def connect(self) -> None:
        raw = socket.create_connection((self.address, self.port), SECONDS)
        try:
            self.sock = self.trusted.wrap_socket(raw, server_hostname=self.name)
        except BaseException:
            raw.close()
            raise
