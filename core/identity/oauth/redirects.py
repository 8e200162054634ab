"""Return addresses of programs (RFC 9700 section 4.1, RFC 8252 section 7). Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

from core.types.message import Message, _

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def redirect_fault(address: str, *, public: bool) -> Message | None:
    """What is wrong with a return address, if anything.

    Args:
        public: a program on the person's own device, which may be reached by a scheme of its own (`vn.edu.app:/back`).
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return _("%(address)s is no address.", address=address)
    if parts.fragment or "#" in address or "*" in address or any(c.isspace() for c in address):
        return _("%(address)s must be complete: no wildcard, no # part.", address=address)
    if parts.scheme == "https" and host and parts.username is None:
        return None
    if parts.scheme == "http" and host in _LOOPBACK:
        return None
    if public and "." in parts.scheme and not parts.netloc:
        return None
    return _("%(address)s must begin with https://.", address=address)


def origin_of(address: str) -> str:
    """What a Content-Security-Policy calls the place of a return address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"
