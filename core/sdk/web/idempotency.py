"""Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): the same request twice has one effect and one answer.

The key is stored in the transaction of the effect itself. A second request with the key waits at the unique index
until the first has committed or rolled back, and then either answers what the first answered or does the work.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from uuid import UUID

from flask import Response, current_app, request
from sqlalchemy import text

from core.data.context import Context
from core.data.direct import direct
from core.types.errors import Conflict, Invalid
from core.types.message import _

P = ParamSpec("P")
_KEY = re.compile(r'"?([\x21\x23-\x5b\x5d-\x7e]{1,128})"?')
_TAKE = (
    "INSERT INTO core_idempotency_key (school_id, account_id, request, key, body_hash, created_at) "
    "VALUES (%(school)s, %(account)s, %(request)s, %(key)s, %(hash)s, %(now)s) ON CONFLICT DO NOTHING RETURNING 1"
)
_FIND = text(
    "SELECT body_hash, status, media_type, body FROM core_idempotency_key "
    "WHERE school_id = :school AND account_id = :account AND request = :request AND key = :key"
)
_KEEP = (
    "UPDATE core_idempotency_key SET status = %(status)s, media_type = %(media)s, body = %(body)s "
    "WHERE school_id = %(school)s AND account_id = %(account)s AND request = %(request)s AND key = %(key)s"
)
_NOBODY = UUID(int=0)


def idempotent(function: Callable[Concatenate[Context, P], Any]) -> Callable[Concatenate[Context, P], Response]:
    """Below `@api`: require the header and replay the stored answer of a request that was already carried out.

    Raises:
        Invalid: header missing or malformed (400), or the key was used with another body (422).
    """

    @wraps(function)
    def view(ctx: Context, *args: P.args, **kwargs: P.kwargs) -> Response:
        found = _KEY.fullmatch(request.headers.get("Idempotency-Key", ""))
        if found is None:
            raise MissingKey(_("Send an Idempotency-Key header of 1 to 128 characters."), code="idempotency_key")
        row = {
            "school": ctx.school_id,
            "account": ctx.actor.account_id or ctx.actor.client_id or _NOBODY,
            "request": f"{request.method} {request.path}",
            "key": found[1],
        }
        digest = hashlib.sha256(request.get_data()).hexdigest()
        if direct(ctx, _TAKE, {**row, "hash": digest, "now": ctx.now()}).fetchone() is None:
            return _replay(ctx, row, digest)
        response = current_app.make_response(function(ctx, *args, **kwargs))
        kept = {"status": response.status_code, "media": response.mimetype, "body": response.get_data()}
        direct(ctx, _KEEP, {**row, **kept})
        return response

    view.truong_idempotent = True  # type: ignore[attr-defined]  # read by the description of the API
    return cast(Callable[Concatenate[Context, P], Response], view)


class MissingKey(Invalid):
    status = 400


def _replay(ctx: Context, row: dict[str, object], digest: str) -> Response:
    stored = ctx.session.execute(_FIND, row).one()
    if stored.body_hash != digest:
        raise Invalid(_("This Idempotency-Key was used with another request."), code="idempotency_key_reused")
    if stored.status is None:
        raise Conflict(_("The first request with this key is still running."), code="idempotency_key_running")
    response = Response(bytes(stored.body), status=stored.status, mimetype=stored.media_type)
    response.headers["Idempotent-Replayed"] = "true"
    return response
