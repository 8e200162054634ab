"""The page behind an invitation: a person sets the password that nobody else knows, and is signed in."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from core import identity
from core.identity import Invited
from core.identity.invitations import InvitationOver
from core.identity.links import LinkExpired
from core.sdk.web.render import flash, render
from core.sdk.web.runtime import COOKIE, runtime
from core.sdk.web.view import public
from core.types.errors import Invalid
from core.types.message import Message, _

from .entrance import address, go_on

blueprint = Blueprint("invitation", __name__, url_prefix="/invitation")


@blueprint.route("/<string(length=48):token>", methods=["GET", "POST"])
@public("the signed link is the key; nobody has a password yet")
def invitation(token: str) -> ResponseReturnValue:
    """Who is invited, and the one field that matters."""
    program = runtime()
    try:
        person = identity.invited(program.db, token, clock=program.clock)
        if request.method == "GET":
            return _form(person, {})
        return _accept(token, person)
    except (LinkExpired, InvitationOver) as over:
        return render("pages/invitation_over.html", school_name="Trường", used=isinstance(over, InvitationOver)), 410


def _accept(token: str, person: Invited) -> ResponseReturnValue:
    password = request.form.get("password", "")[:1000]
    if password != request.form.get("again", "")[:1000]:
        return _form(person, {"again": _("The two are not the same. Please type both again.")}), 422
    try:
        done = identity.accept(
            runtime().db,
            token,
            password,
            remote_addr=address(),
            user_agent=request.user_agent.string,
            replaces=request.cookies.get(COOKIE),
            clock=runtime().clock,
        )
    except Invalid as refused:
        return _form(person, refused.fields), 422
    if done.stage == "open":
        flash("ok", _("Welcome. Your password is set and you are signed in."))
    return go_on(done, url_for("home.start"))


def _form(person: Invited, errors: dict[str, Message]) -> str:
    return render("pages/invitation.html", school_name="Trường", person=person, errors=errors)
