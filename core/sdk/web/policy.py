"""What pages may load and speak to (Content-Security-Policy), and the exception for programs of the own computer."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self'; script-src 'self'; style-src 'self'"
)


def may_connect(response: Response, address: str) -> Response:
    """Let the scripts of this one page speak to a program of the reader's own computer by web socket.

    Args:
        address: `ws://` or `wss://` at 127.0.0.1 or localhost, with its port.

    Raises:
        ValueError: any other address.
    """
    parts = urlsplit(address)
    if parts.scheme not in ("ws", "wss") or parts.hostname not in ("127.0.0.1", "localhost") or not parts.port:
        raise ValueError("pages speak to programs of the own computer only")
    origin = f"{parts.scheme}://{parts.hostname}:{parts.port}"
    response.headers["Content-Security-Policy"] = f"{POLICY}; connect-src 'self' {origin}"
    return response
