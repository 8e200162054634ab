"""Signing in and out, and one's own account."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, current_app, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields

from core.data.context import Context
from core.identity import notices, own_sessions, second_step, sessions, signin
from core.identity.factors import own
from core.sdk.web.forms import load_form, say
from core.sdk.web.render import flash, redirect_to, render, see_other
from core.sdk.web.runtime import COOKIE, Visitor, runtime, visitor
from core.sdk.web.view import page, public, require_visitor
from core.types.errors import Invalid
from core.types.message import Message, _
from core.web.devices import device_name, place_of

from .elsewhere.leave import said_goodbye
from .entrance import DEVICE_COOKIE, address, go_on, passkeys_work_here, safe

blueprint = Blueprint("identity", __name__)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public("nobody is signed in yet")
def sign_in() -> ResponseReturnValue:
    """The form, and what it sends."""
    following = safe(request.values.get("next"))
    if request.method == "GET":
        if visitor() is not None:
            return see_other(following)
        if waiting := second_step.waiting(runtime().db, request.cookies.get(COOKIE, ""), clock=runtime().clock):
            name = "second_step.step" if waiting.stage == "factor" else "second_step.setup"
            return redirect_to(name, next=following)
        return _form(following)
    login = request.form.get("login", "")[:200]
    try:
        done = signin.sign_in(
            runtime().db,
            login,
            request.form.get("password", "")[:1000],
            remote_addr=address(),
            user_agent=request.user_agent.string,
            device=request.cookies.get(DEVICE_COOKIE),
            replaces=request.cookies.get(COOKIE),
            clock=runtime().clock,
        )
    except (signin.SignInRefused, signin.TooManyAttempts) as refused:
        advice = _("Check for Caps Lock and the Vietnamese keyboard. The school office can set a new password.")
        response = current_app.make_response((_form(following, login, refused.message, advice), refused.status))
        if isinstance(refused, signin.TooManyAttempts):
            response.headers["Retry-After"] = str(refused.retry_after)
        return response
    if done.failed_before:
        flash(
            "attention",
            _("Since you last signed in, a wrong password was tried %(count)s times.", count=done.failed_before),
        )
    return go_on(done, following)


def _form(following: str, login: str = "", problem: Message | None = None, advice: Message | None = None) -> str:
    return render(
        "pages/sign_in.html",
        school_name="Trường",
        following=following,
        login=login,
        problem=problem,
        advice=advice,
        passkeys=passkeys_work_here(),
        school=request.values.get("school", "")[:40],
    )


@blueprint.post("/sign-out")
@page("core.account.own")
def sign_out(ctx: Context) -> ResponseReturnValue:
    """End this session; where a provider opened it, offer to sign out there too."""
    goodbye = said_goodbye(_me().signed_in.session_id)
    sessions.sign_out(runtime().db, _me().token, clock=runtime().clock)
    answer = goodbye or Response(status=303, headers={"Location": url_for("identity.sign_in")})
    answer.headers["Clear-Site-Data"] = '"cache"'
    answer.delete_cookie(COOKIE)
    return answer


@blueprint.get("/account")
@page("core.account.own")
def account(ctx: Context) -> str:
    """Password and sessions."""
    return _account(ctx, {})


def _account(ctx: Context, errors: dict[str, Message]) -> str:
    current = _me().signed_in.session_id
    found = [
        (session, device_name(session.user_agent), place_of(session.remote_addr))
        for session in own_sessions.sessions_of(ctx)
    ]
    return render(
        "pages/account.html",
        sessions=found,
        current=current,
        errors=errors,
        second=own.overview(ctx),
        recent=[
            {"when": notice.at, "who": notice.by_name, "title": notice.words} for notice in notices.recent(ctx, limit=8)
        ],
        passkeys=passkeys_work_here(),
        school=request.values.get("school", "")[:40],
    )


class PasswordForm(Schema):
    """The present and the new password."""

    current = fields.String(required=True, error_messages=say(required=_("Type your present password.")))
    new = fields.String(required=True, error_messages=say(required=_("Type a new password.")))


@blueprint.post("/account/password")
@page("core.account.own")
def change_password(ctx: Context) -> ResponseReturnValue:
    """Change one's own password; all other sessions end."""
    try:
        form = load_form(PasswordForm())
        signin.change_password(
            runtime().db,
            _me().signed_in,
            form["current"],
            form["new"],
            remote_addr=request.remote_addr or "",
            clock=runtime().clock,
        )
    except Invalid as refused:
        return _account(ctx, refused.fields or {"": refused.message}), 422
    flash("ok", _("The password is changed. You are signed out everywhere else."))
    return redirect_to("identity.account")


@blueprint.post("/account/sessions/<uuid:session_id>/revoke")
@page("core.account.own")
def revoke(ctx: Context, session_id: UUID) -> ResponseReturnValue:
    """Sign out another browser of one's own."""
    own_sessions.revoke_session(ctx, session_id)
    flash("ok", _("That device is signed out."))
    return redirect_to("identity.account")


@blueprint.post("/account/sessions/others")
@page("core.account.own")
def end_others(ctx: Context) -> ResponseReturnValue:
    """Sign out everywhere but here."""
    own_sessions.end_others(ctx, _me().signed_in.session_id)
    flash("ok", _("You are signed out everywhere else."))
    return redirect_to("identity.account")


@blueprint.get("/switch/<uuid:school>")
@page("core.home.see")
def switch(ctx: Context, school: UUID) -> ResponseReturnValue:
    """Look at another school. Harmless to be sent here by a link: it changes only what is shown."""
    own_sessions.switch_school(ctx, _me().signed_in.session_id, school)
    return see_other(safe(request.args.get("next")))


def _me() -> Visitor:
    return require_visitor()
