"""The second step of signing in, and setting one up where that is required: all that a waiting session reaches."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, current_app, request, url_for
from flask.typing import ResponseReturnValue

from core.identity import second_step
from core.identity.factors import own, passkeys, totp
from core.identity.factors.passkeys import PasskeyRefused
from core.identity.factors.proofs import FactorRefused
from core.identity.second_step import Waiting
from core.identity.signin import TooManyAttempts
from core.sdk.qr import svg
from core.sdk.web.render import redirect_to, render, see_other
from core.sdk.web.runtime import COOKIE, runtime
from core.sdk.web.view import public
from core.types.actor import Actor, system_actor
from core.types.errors import Invalid, NotFound, TruongError
from core.types.message import Message, _
from core.web.devices import device_name
from core.web.language import translate

from .entrance import DEVICE_COOKIE, address, go_on, passkeys_work_here, remember, safe, site

blueprint = Blueprint("second_step", __name__, url_prefix="/sign-in")
WHY = "the waiting session is checked here; it reaches nothing else"


@blueprint.route("/step", methods=["GET", "POST"])
@public(WHY)
def step() -> ResponseReturnValue:
    """The code of the app, a recovery code, or a passkey."""
    following = safe(request.values.get("next"))
    who = _waiting()
    if who is None or who.stage != "factor":
        return _elsewhere(who, following)
    if request.method == "GET":
        return _step_page(who, following)
    _check_form()
    answer = request.form.get("passkey", "")
    try:
        done = (
            second_step.finish_with_passkey(
                runtime().db, who, site(), answer, remote_addr=address(),
                user_agent=request.user_agent.string, clock=runtime().clock,
            )
            if answer
            else second_step.finish_with_code(
                runtime().db, who, request.form.get("code", "")[:60], remote_addr=address(),
                user_agent=request.user_agent.string, device=request.cookies.get(DEVICE_COOKIE), clock=runtime().clock,
            )
        )  # fmt: skip
    except (FactorRefused, PasskeyRefused, TooManyAttempts) as refused:
        again = _waiting()
        if again is None:
            return see_other(url_for("identity.sign_in", next=following))
        response = current_app.make_response((_step_page(again, following, refused.message), refused.status))
        if isinstance(refused, TooManyAttempts):
            response.headers["Retry-After"] = str(refused.retry_after)
        return response
    return go_on(done, following)


@blueprint.get("/passkey")
@public("a challenge means nothing to whoever has no passkey")
def passkey_options() -> ResponseReturnValue:
    """What the browser needs to use a passkey: in place of the password, or as the second step."""
    if not passkeys_work_here():
        raise NotFound
    who = _waiting()
    purpose, account = (who.purpose, who.account_id) if who else (second_step.SIGN_IN, None)
    with runtime().db.all_schools(_nobody(who), clock=runtime().clock) as ctx:
        options = passkeys.request_options(ctx, site(), purpose, account)
    return Response(options, mimetype="application/json")


@blueprint.post("/passkey")
@public("nobody is signed in yet")
def passkey() -> ResponseReturnValue:
    """Sign in with a passkey alone."""
    following = safe(request.form.get("next"))
    try:
        done = second_step.sign_in_with_passkey(
            runtime().db,
            site(),
            request.form.get("passkey", ""),
            remote_addr=address(),
            user_agent=request.user_agent.string,
            replaces=request.cookies.get(COOKIE),
            clock=runtime().clock,
        )
    except PasskeyRefused as refused:
        return render(
            "pages/sign_in.html", school_name="Trường", following=following, login="", problem=refused.message,
            advice=None, passkeys=passkeys_work_here(),
        ), refused.status  # fmt: skip
    return go_on(done, following)


@blueprint.route("/setup", methods=["GET", "POST"])
@public(WHY)
def setup() -> ResponseReturnValue:
    """The first second factor of somebody who must have one: app or passkey."""
    following = safe(request.values.get("next"))
    who = _waiting()
    if who is None or who.stage != "setup":
        return _elsewhere(who, following)
    if request.method == "GET":
        return _setup_page(who, following, totp.new_secret(), {})
    _check_form()
    program = runtime()
    secret = totp.new_secret()
    try:
        actor = who.setting_up(program.clock(), address())
        with program.db.all_schools(actor, clock=program.clock) as ctx:
            answer = request.form.get("passkey", "")
            if answer:
                name = translate(device_name(request.user_agent.string))
                codes = own.add_passkey(ctx, site(), who.session_id, answer, name)
            else:
                secret = _offered(who)
                codes = own.set_up_app(ctx, secret, request.form.get("code", "")[:20])
            done = second_step.finish_setup(ctx, who, address(), request.user_agent.string)
    except TruongError as refused:
        errors = refused.fields if isinstance(refused, Invalid) and refused.fields else {"": refused.message}
        return _setup_page(who, following, secret, errors), 422
    page = render("pages/codes_first.html", school_name="Trường", codes=codes, following=following)
    response = current_app.make_response(page)
    remember(response, done)
    return response


@blueprint.get("/setup/passkey")
@public(WHY)
def setup_passkey_options() -> ResponseReturnValue:
    """What the browser needs to make a passkey."""
    who = _waiting()
    if who is None or not passkeys_work_here():
        raise NotFound
    program = runtime()
    with program.db.all_schools(who.setting_up(program.clock()), clock=program.clock) as ctx:
        return Response(own.passkey_options(ctx, site(), who.session_id), mimetype="application/json")


@blueprint.post("/cancel")
@public(WHY)
def cancel() -> ResponseReturnValue:
    """Give up the waiting session: back to name and password."""
    answer = current_app.make_response(redirect_to("identity.sign_in"))
    answer.delete_cookie(COOKIE)
    return answer


@blueprint.get("/help")
@public("for those who cannot sign in")
def help() -> str:
    """A forgotten password, a lost phone: who helps, in plain words."""
    return render("pages/sign_in_help.html", school_name="Trường")


def _waiting() -> Waiting | None:
    return second_step.waiting(runtime().db, request.cookies.get(COOKIE, ""), clock=runtime().clock)


def _elsewhere(who: Waiting | None, following: str) -> ResponseReturnValue:
    if who is None:
        return see_other(url_for("identity.sign_in", next=following))
    return redirect_to(f"second_step.{'step' if who.stage == 'factor' else 'setup'}", next=following)


def _nobody(who: Waiting | None) -> Actor:
    return who.actor() if who else system_actor("sign-in")


def _check_form() -> None:
    """The token of the waiting session, as every form of an open one has it."""
    wanted = runtime().csrf_token(request.cookies.get(COOKIE, ""))
    if not hmac.compare_digest(request.form.get("csrf_token", "").encode(), wanted.encode()):
        raise Invalid(_("This page is too old. Load it again; nothing was changed."), code="csrf")


def _csrf() -> str:
    return runtime().csrf_token(request.cookies.get(COOKIE, ""))


def _step_page(who: Waiting, following: str, problem: Message | None = None) -> str:
    return render(
        "pages/second_step.html",
        school_name="Trường",
        who=who,
        following=following,
        problem=problem,
        csrf=_csrf(),
        passkeys=who.factors.passkeys > 0 and passkeys_work_here(),
    )


def _offered(who: Waiting) -> str:
    try:
        return totp.open_offer(request.form.get("offer", "")[:500], who.account_id, who.session_id)
    except ValueError as error:
        raise Invalid(_("This page is too old. Load it again; nothing was changed.")) from error


def _setup_page(who: Waiting, following: str, secret: str, errors: dict[str, Message]) -> str:
    return render(
        "pages/second_step_setup.html",
        school_name="Trường",
        following=following,
        errors=errors,
        csrf=_csrf(),
        offer=totp.seal_offer(secret, who.account_id, who.session_id),
        secret=secret,
        code=svg(totp.uri(secret, who.login, "Truong"), label=translate(_("QR code for the authenticator app"))),
        passkeys=passkeys_work_here(),
    )
