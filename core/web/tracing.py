"""Around every request: its id, how long it took, one line in the log, one more in the counters.

Written are the method, the template of the route and the status: never the address, whose parts name persons and whose
query carries tokens.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request

from core.operations import metrics
from core.types.tracing import is_request_id, tracing

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger("truong.requests")
HEADER = "X-Request-ID"
_ROUTE = "truong.route"
_QUIET = ("/health", "/metrics", "/assets/")
"""Asked for all the time: counted, not logged."""


def install(app: Flask) -> None:
    """Wrap the application; the id goes back in a header, on into jobs and out with calls to others."""

    @app.after_request
    def remember(response: Response) -> Response:
        request.environ[_ROUTE] = request.url_rule.rule if request.url_rule else "(none)"
        return response

    app.wsgi_app = Traced(app.wsgi_app)  # type: ignore[method-assign]


class Traced:
    """The WSGI layer itself."""

    def __init__(self, inner: WSGIApplication) -> None:
        self._inner = inner
        self._counts = metrics.requests()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        given = str(environ.get("HTTP_X_REQUEST_ID", ""))
        id = given if is_request_id(given) else secrets.token_hex(8)
        began, status = time.perf_counter(), 500

        def start(line: str, headers: list[tuple[str, str]], *rest: Any) -> Callable[[bytes], object]:
            nonlocal status
            status = int(line[:3])
            kept = [pair for pair in headers if pair[0] != HEADER]
            return start_response(line, [*kept, (HEADER, id)], *rest)

        with tracing(id):
            try:
                return self._inner(environ, start)
            finally:
                self._note(environ, status, time.perf_counter() - began)

    def _note(self, environ: WSGIEnvironment, status: int, seconds: float) -> None:
        method, route = str(environ.get("REQUEST_METHOD", "")), str(environ.get(_ROUTE, "(none)"))
        method = method if method in _METHODS else "OTHER"
        self._counts.answered(method, route, status, seconds)
        if not route.startswith(_QUIET):
            fields = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
            log.info("request", extra={"fields": fields})


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
