"""What programs call: tokens, introspection, revocation, userinfo, keys, metadata."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint, Response, jsonify, request

from core.data.context import Context
from core.identity.oauth import keys, openid
from core.identity.oauth.metadata import metadata
from core.identity.oauth.server import Server
from core.identity.oauth.wire import Answer, Call
from core.sdk.web.runtime import runtime
from core.sdk.web.view import public
from core.types.actor import system_actor

blueprint = Blueprint("oauth", __name__)
Found = TypeVar("Found")
_CLIENT = "the client proves itself by its secret or a signature"


def issuer() -> str:
    """The name of this server, exactly as tokens and metadata say it."""
    return runtime().base_url.rstrip("/")


def call() -> Call:
    """The present request without Flask."""
    query, form = request.args.to_dict(flat=False), request.form.to_dict(flat=False)
    return Call(request.method, query, form, dict(request.headers), request.remote_addr or "")


def answered(answer: Answer) -> Response:
    """An answer of the protocol as Flask sends it; never cached."""
    response = Response(status=answer.status) if isinstance(answer.body, str) else jsonify(answer.body)
    response.status_code = answer.status
    for name, value in answer.headers.items():
        response.headers[name] = value
    response.headers["Cache-Control"] = "no-store"
    return response


def _serve(step: Callable[[Server], Answer]) -> Response:
    program = runtime()
    # Refusals commit too: a code that was tried is used up, a stolen token has ended its family.
    with program.db.all_schools(system_actor("oauth"), clock=program.clock) as ctx:
        answer = step(Server(ctx, issuer()))
    return answered(answer)


@blueprint.post("/oauth/token")
@public(_CLIENT)
def token() -> Response:
    """RFC 6749 section 3.2."""
    asked = call()
    return _serve(lambda server: server.token(asked))


@blueprint.post("/oauth/introspect")
@public(_CLIENT)
def introspect() -> Response:
    """RFC 7662."""
    asked = call()
    return _serve(lambda server: server.introspect(asked))


@blueprint.post("/oauth/revoke")
@public(_CLIENT)
def revoke() -> Response:
    """RFC 7009."""
    asked = call()
    return _serve(lambda server: server.revoke(asked))


@blueprint.route("/oauth/userinfo", methods=["GET", "POST"])
@public("the access token says whom it is about")
def userinfo() -> Response:
    """OpenID Connect Core section 5.3."""
    kind, _space, given = request.headers.get("Authorization", "").partition(" ")
    found = _read(lambda ctx: openid.userinfo(ctx, given.strip())) if kind.lower() == "bearer" else None
    if found is None:
        response = answered(Answer(401, {"error": "invalid_token"}))
        response.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"' if given else "Bearer"
        return response
    return answered(Answer(200, found))


@blueprint.get("/oauth/jwks")
@public("public keys")
def jwks() -> Response:
    """The keys that sign id_tokens."""
    response = jsonify(_read(keys.published))
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@blueprint.get("/.well-known/openid-configuration")
@blueprint.get("/.well-known/oauth-authorization-server")
@public("everybody may know how to sign in here")
def configuration() -> Response:
    """RFC 8414 and OpenID Connect Discovery: the same document."""
    response = jsonify(metadata(issuer()))
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@blueprint.after_app_request
def challenge(response: Response) -> Response:
    """A refused API call says what it wants (RFC 6750 section 3)."""
    if response.status_code == 401 and request.path.startswith("/api/"):
        sent = request.headers.get("Authorization", "").startswith("Bearer ")
        response.headers.setdefault("WWW-Authenticate", 'Bearer error="invalid_token"' if sent else "Bearer")
    return response


def _read(question: Callable[[Context], Found]) -> Found:
    program = runtime()
    with program.db.all_schools(system_actor("oauth"), clock=program.clock) as ctx:
        return question(ctx)
