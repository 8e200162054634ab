"""Which addresses may be called: public ones over HTTPS. Whoever enters an address must not reach our own network.

Checked twice: as text when it is entered, and as numbers at each connection, which then goes to the very number that
was checked. A name that resolves to anything private is refused whole, also when it has a public number as well.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from core.types.message import Message, _

_LONGEST = 2_000
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


class Refused(Exception):
    """The address may not be called."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart."""

    secure: bool
    host: str
    port: int
    path: str


def problem(url: str, *, loopback: bool) -> Message | None:
    """What is wrong with an address that somebody enters; None when it may be tried."""
    try:
        target = parse(url, loopback=loopback)
    except Refused:
        return _("Enter a public address that begins with https://.")
    try:
        literal = ipaddress.ip_address(target.host)
    except ValueError:
        return None
    return None if allowed(literal, loopback=loopback) else _("This address is not public.")


def parse(url: str, *, loopback: bool) -> Target:
    """Take an address apart.

    Args:
        loopback: also plain HTTP to this machine, for development and tests.

    Raises:
        Refused: for another scheme, user and password, or no host.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Refused("not an address") from error
    host = parts.hostname or ""
    plain = loopback and parts.scheme == "http" and host in ("127.0.0.1", "localhost", "::1")
    if (parts.scheme != "https" and not plain) or not host or parts.username or parts.password:
        raise Refused("only https without user and password")
    if len(url) > _LONGEST or not url.isascii() or any(c <= " " for c in url):
        raise Refused("not an address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme == "https", host, port or (443 if parts.scheme == "https" else 80), path)


def resolve(target: Target, *, loopback: bool) -> list[str]:
    """The numbers behind a name, each of them allowed.

    Raises:
        Refused: when one of them is not public.
        OSError: when the name is not known.
    """
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    numbers = list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))
    if not numbers or not all(allowed(ipaddress.ip_address(number), loopback=loopback) for number in numbers):
        raise Refused("the name leads to an address that is not public")
    return numbers


def allowed(ip: Ip, *, loopback: bool) -> bool:
    """Whether a number is public. Forms of IPv6 that carry an IPv4 number count as that one."""
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return allowed(inner, loopback=loopback)
    if ip.is_loopback:
        return loopback
    return ip.is_global and not ip.is_multicast and not ip.is_reserved
