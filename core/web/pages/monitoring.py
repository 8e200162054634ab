"""What machines ask: alive? ready? how many? Nothing here names a school or a person."""

from __future__ import annotations

import hmac
from dataclasses import asdict
from ipaddress import ip_address

from flask import Blueprint, Response, abort, current_app, jsonify, request

from core.operations import health, metrics
from core.sdk import VERSION
from core.sdk.web.runtime import runtime
from core.sdk.web.view import public

blueprint = Blueprint("monitoring", __name__)
TOKEN = "METRICS_TOKEN"  # noqa: S105  (a name)
_FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded")


@blueprint.get("/health/live")
@public("monitoring asks without an account; it says only that the process answers")
def live() -> Response:
    """Whether this process answers at all; a restart helps when it does not."""
    return jsonify({"version": VERSION})


@blueprint.get("/health/ready")
@public("load balancers ask without an account; it says nothing but states")
def ready() -> tuple[Response, int]:
    """Whether requests should be sent here: 503 without a database or with pending migrations of the core."""
    found = health.look(runtime().db, runtime().registry)
    return jsonify({"ready": found.ready, **asdict(found)}), 200 if found.ready else 503


@blueprint.get("/metrics")
@public("asks for a token of its own, or a caller on this machine")
def numbers() -> Response:
    """Prometheus' text format."""
    if not _may_read():
        abort(404)
    program = runtime()
    source = current_app.extensions.get("truong.metrics")
    if not isinstance(source, metrics.Installation):
        source = current_app.extensions["truong.metrics"] = metrics.Installation(program.db, program.registry)
    return Response(metrics.exposition(source), content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_read() -> bool:
    """By the configured token; without one only straight from this machine, not through a proxy on it."""
    token: str = current_app.config.get(TOKEN, "")
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if token:
        return hmac.compare_digest(given.encode(), token.encode())
    if any(name in request.headers for name in _FORWARDED):
        return False
    straight = request.environ.get("werkzeug.proxy_fix.orig", {}).get("REMOTE_ADDR") or request.remote_addr
    try:
        return ip_address(straight or "").is_loopback
    except ValueError:
        return False
