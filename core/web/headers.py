"""Headers of every answer: nothing is loaded from elsewhere, nothing runs inline, nothing personal is cached.

They are added below Flask, to the plain list that the server sends: building them into each response costs ten times as
much, and what Flask answers by itself has them too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask

from core.sdk.web.policy import POLICY

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["POLICY", "Headed", "install"]


def install(app: Flask, *, secure: bool) -> None:
    """Add the headers to each answer; a view that set one itself keeps it."""
    fixed = {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Cache-Control": "no-store",
    }
    if secure:
        fixed["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    app.wsgi_app = Headed(app.wsgi_app, fixed)  # type: ignore[method-assign]


class Headed:
    """The WSGI layer itself."""

    def __init__(self, inner: WSGIApplication, fixed: dict[str, str]) -> None:
        self._inner = inner
        self._fixed = [(name, name.lower(), value) for name, value in fixed.items()]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(line: str, headers: list[tuple[str, str]], *rest: Any) -> Callable[[bytes], object]:
            own = {name.lower() for name, _value in headers}
            added = [(name, value) for name, lower, value in self._fixed if lower not in own]
            return start_response(line, headers + added, *rest)

        return self._inner(environ, start)
