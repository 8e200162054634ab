"""Where payment providers knock: `/notices/<channel>`. Bytes in, protocol answer out; nothing else happens here."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, request

from core.payments import inbox
from core.payments.port import Notice
from core.sdk.web.runtime import runtime

blueprint = Blueprint("notices", __name__)
MOST = 64 * 1024


@blueprint.route("/notices/<uuid:channel>", methods=["GET", "POST"], provide_automatic_options=False)
def receive(channel: UUID) -> Response:
    """Verify, store, commit, answer (payments.md section 1, rule 5)."""
    program = runtime()
    if request.content_length is not None and request.content_length > MOST:
        return Response(status=413)
    body = request.stream.read(MOST + 1) if request.method == "POST" else b""
    if len(body) > MOST:
        return Response(status=413)
    notice = Notice(
        method=request.method,
        query=request.query_string,
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
        received_at=program.clock(),
        remote_addr=request.remote_addr or "",
    )
    answer = inbox.receive_at(program.db, program.registry.payment_providers(), channel, notice, clock=program.clock)
    return Response(answer.body, status=answer.status, content_type=answer.content_type)


receive.truong_public = "payment providers sign their messages; the adapter verifies them"  # type: ignore[attr-defined]
