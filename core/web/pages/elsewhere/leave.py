"""Signing out on both sides."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, jsonify, make_response, request
from flask.typing import ResponseReturnValue

from core.identity.oauth.redirects import origin_of
from core.identity.oidc import sessions
from core.identity.oidc.providers import reach
from core.identity.oidc.refusal import OidcRefused
from core.sdk.web.render import render
from core.sdk.web.runtime import runtime
from core.sdk.web.view import public
from core.web.headers import POLICY

from .enter import label_of, site

blueprint = Blueprint("external_leave", __name__, url_prefix="/sign-in")


def said_goodbye(session_id: UUID) -> Response | None:
    """The page that offers to sign out at the provider too; None where none opened this session."""
    found = sessions.farewell(runtime().db, session_id, site(), clock=runtime().clock)
    if found is None:
        return None
    page_ = render(
        "pages/external_goodbye.html", school_name="Trường", farewell=found, provider=label_of(found.provider)
    )
    response = make_response(page_)
    own = "form-action 'self'"
    response.headers["Content-Security-Policy"] = POLICY.replace(own, f"{own} {origin_of(found.url)}")
    return response


@blueprint.get("/out")
@public("everybody may read that they are signed out")
def out() -> str:
    """Back from signing out at the provider."""
    return render("pages/external_out.html", school_name="Trường")


@blueprint.post("/with/<name>/logout")
@public("the provider's signature says who it is")
def back_channel(name: str) -> ResponseReturnValue:
    """OpenID Connect Back-Channel Logout section 2.5."""
    try:
        sessions.end_by_token(runtime().db, name, site(), request.form.get("logout_token", ""), clock=runtime().clock)
    except OidcRefused:
        response = jsonify({"error": "invalid_request"})
        response.status_code = 400
    else:
        response = Response(status=200)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/with/<name>/logout")
@public("the number of the provider's session is known to nobody else")
def front_channel(name: str) -> ResponseReturnValue:
    """OpenID Connect Front-Channel Logout section 2: shown in a frame of the provider's page."""
    issuer, sid = request.args.get("iss", ""), request.args.get("sid", "")
    try:
        sessions.end_by_sid(runtime().db, name, site(), issuer, sid, clock=runtime().clock)
    except OidcRefused:
        return Response(status=400)
    _provider, outside = reach(runtime().db, name, site(), runtime().clock)
    response = Response("", mimetype="text/html")
    framed = "frame-ancestors " + origin_of(outside.profile.issuer)
    response.headers["Content-Security-Policy"] = POLICY.replace("frame-ancestors 'none'", framed)
    return response
