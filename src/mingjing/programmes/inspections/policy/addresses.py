"""Addresses that may be told of events: HTTPS to a public host, nothing that leads into our own network.

Checked when it is written down and again with every address it resolves to. Not here: resolving and sending (jobs).
"""

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from mingjing.engine.outcome import N_, Problem

__all__ = ["check_address", "is_public"]

PORTS = (None, 443, 8443)
LIMIT = 500
NAT64, LOCAL_NAT64 = IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48")
HOST = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]", re.I)


def check_address(url: str) -> Iterator[Problem]:
    """What is wrong with an address, before anybody asks where it leads."""
    text = N_("An address begins with https://, names a public host, and has neither a user nor another port.")
    wrong = Problem("inspections.hook.url", text, {}, "url")
    url = url.strip()
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        yield wrong
        return
    host = parts.hostname or ""
    plain = url.isprintable() and " " not in url and len(url) <= LIMIT and not parts.username and not parts.password
    if parts.scheme != "https" or not plain or port not in PORTS or not _is_public_host(host):
        yield wrong


def is_public(address: str) -> bool:
    """Whether an IP address is of the public internet: none of our own, none that means something special.

    >>> [is_public(one) for one in ("8.8.8.8", "10.0.0.1", "127.0.0.1", "169.254.169.254", "::ffff:10.0.0.1")]
    [True, False, False, False, False]
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and not _is_public_within(found):
        return False
    return found.is_global and not found.is_multicast


def _is_public_within(found: IPv6Address) -> bool:
    """Whether the IPv4 address that an IPv6 address may stand for is public."""
    if found.teredo or found in LOCAL_NAT64:
        return False
    meant = found.ipv4_mapped or found.sixtofour
    if found in NAT64:
        meant = IPv4Address(int(found) & 0xFFFFFFFF)
    return meant is None or is_public(str(meant))


def _is_public_host(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return bool(HOST.fullmatch(host)) and not host.lower().endswith((".local", ".localhost", ".internal", ".lan"))
    return is_public(host)
