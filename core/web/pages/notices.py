"""Where payment providers knock. Bytes in, protocol answer out; nothing else happens here."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from core.payments import inbox, lookups
from core.payments.port import Notice
from core.sdk.web.runtime import runtime

blueprint = Blueprint("notices", __name__)
MOST = 64 * 1024


@blueprint.route("/notices/<uuid:channel>", methods=["GET", "POST"], provide_automatic_options=False)
def receive(channel: UUID) -> Response:
    """Verify, store, commit, answer (payments.md section 1, rule 5)."""
    program, notice = runtime(), _notice()
    if notice is None:
        return Response(status=413)
    answer = inbox.receive_at(program.db, program.registry.payment_providers(), channel, notice, clock=program.clock)
    return Response(answer.body, status=answer.status, content_type=answer.content_type)


receive.truong_public = "payment providers sign their messages; the adapter verifies them"  # type: ignore[attr-defined]


@blueprint.post("/lookups/<uuid:channel>")
def look_up(channel: UUID) -> Response:
    """Whether there is a bill under a number; authenticated services only."""
    program, notice = runtime(), _notice()
    if notice is None:
        return Response(status=413)
    answer = lookups.answer_at(program.db, program.registry.payment_providers(), channel, notice, clock=program.clock)
    return Response(answer.body, status=answer.status, content_type=answer.content_type)


look_up.truong_public = "payment services sign their questions; the adapter verifies them"  # type: ignore[attr-defined]


@blueprint.post("/returns/<uuid:channel>")
def come_back(channel: UUID) -> AnyResponse:
    """A payer comes back by a form of the service; nothing is booked, the page of the payment shows what is known."""
    program, notice = runtime(), _notice()
    if notice is None:
        return Response(status=413)
    providers = program.registry.payment_providers()
    way = lookups.way_back(program.db, providers, channel, notice.body, clock=program.clock)
    return redirect(way, 303) if way else Response(status=404)


come_back.truong_public = "payers come back from a payment service; only leads to their page"  # type: ignore[attr-defined]


def _notice() -> Notice | None:
    """The request as it came; None when it is too long."""
    if request.content_length is not None and request.content_length > MOST:
        return None
    body = request.stream.read(MOST + 1) if request.method == "POST" else b""
    if len(body) > MOST:
        return None
    return Notice(
        method=request.method,
        query=request.query_string,
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
        received_at=runtime().clock(),
        remote_addr=request.remote_addr or "",
    )
