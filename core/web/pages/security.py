"""One's own second step: app, passkeys, recovery codes; and proving once more who one is."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from core.data.context import Context
from core.identity import sessions
from core.identity.factors import own, passkeys, proofs, totp
from core.identity.factors.passkeys import PasskeyRefused
from core.identity.factors.proofs import FactorRefused
from core.identity.signin import TooManyAttempts
from core.sdk.qr import svg
from core.sdk.web.render import flash, redirect_to, render
from core.sdk.web.runtime import Visitor, runtime
from core.sdk.web.view import SAFE, page, require_visitor
from core.types.errors import Invalid, NotFound, StepUp
from core.types.message import Message, _
from core.web.devices import device_name
from core.web.language import translate

from .entrance import address, passkeys_work_here, safe, site

blueprint = Blueprint("security", __name__, url_prefix="/account/security")
_OURS = frozenset({"csrf_token", "prove_next", "prove_method", "prove_code", "prove_passkey"})


@blueprint.route("/app", methods=["GET", "POST"])
@page("core.account.own")
def app(ctx: Context) -> ResponseReturnValue:
    """Connect an authenticator app."""
    ctx.require_fresh()
    if request.method == "GET":
        return _app_page(ctx, totp.new_secret(), {})
    me = _me().signed_in
    try:
        secret = totp.open_offer(request.form.get("offer", "")[:500], me.account_id, me.session_id)
    except ValueError:
        return _app_page(ctx, totp.new_secret(), {"": _("This page is too old. Please scan the new code.")}), 422
    try:
        codes = own.set_up_app(ctx, secret, request.form.get("code", "")[:20])
    except Invalid as refused:
        return _app_page(ctx, secret, refused.fields), 422
    flash("ok", _("The authenticator app is connected."))
    return _codes_page(codes) if codes else redirect_to("identity.account")


@blueprint.post("/app/remove")
@page("core.account.own")
def remove_app(ctx: Context) -> ResponseReturnValue:
    """Take the app away."""
    own.remove_app(ctx)
    flash("ok", _("The authenticator app is removed."))
    return redirect_to("identity.account")


@blueprint.get("/passkeys/options")
@page("core.account.own")
def passkey_options(ctx: Context) -> ResponseReturnValue:
    """What the browser needs to make a passkey."""
    return Response(own.passkey_options(ctx, site(), _me().signed_in.session_id), mimetype="application/json")


@blueprint.route("/passkeys", methods=["GET", "POST"])
@page("core.account.own")
def add_passkey(ctx: Context) -> ResponseReturnValue:
    """Make a passkey on this device."""
    ctx.require_fresh()
    if request.method == "GET":
        return render("pages/passkey_new.html", works=passkeys_work_here())
    name = translate(device_name(request.user_agent.string))
    codes = own.add_passkey(
        ctx, site(), _me().signed_in.session_id, request.form.get("passkey", ""), request.form.get("name", "") or name
    )
    flash("ok", _("The passkey is ready. From now on you can sign in with it."))
    return _codes_page(codes) if codes else redirect_to("identity.account")


@blueprint.post("/passkeys/<uuid:passkey_id>/remove")
@page("core.account.own")
def remove_passkey(ctx: Context, passkey_id: UUID) -> ResponseReturnValue:
    """Forget a passkey."""
    own.remove_passkey(ctx, passkey_id)
    flash("ok", _("The passkey is removed."))
    return redirect_to("identity.account")


@blueprint.post("/codes")
@page("core.account.own")
def new_codes(ctx: Context) -> ResponseReturnValue:
    """Ten new recovery codes; shown once, in this answer."""
    return _codes_page(own.new_codes(ctx))


@blueprint.post("/prove")
@page("core.account.own")
def prove(ctx: Context) -> ResponseReturnValue:
    """Check the proof; then the step that asked for it goes on with everything that was sent."""
    me, program = _me(), runtime()
    following = safe(request.form.get("prove_next"))
    method = "POST" if request.form.get("prove_method") == "POST" else "GET"
    answer = request.form.get("prove_passkey", "")
    session_id, account_id = me.signed_in.session_id, me.signed_in.account_id
    try:
        if answer:
            if proofs.check_passkey(program.db, site(), answer, _proving(session_id), program.clock) != account_id:
                raise PasskeyRefused
        else:
            proofs.prove(
                program.db, account_id, typed=request.form.get("prove_code", "")[:1000], remote_addr=address(),
                device=f"session:{session_id}", clock=program.clock,
            )  # fmt: skip
    except (FactorRefused, PasskeyRefused, TooManyAttempts) as refused:
        return _prove_page(ctx, following, method, refused.message), refused.status
    sessions.proved(ctx, session_id)
    return redirect(following, code=307 if method == "POST" else 303)


@blueprint.get("/prove/passkey")
@page("core.account.own")
def prove_options(ctx: Context) -> ResponseReturnValue:
    """What the browser needs to prove the person by a passkey."""
    if not passkeys_work_here():
        raise NotFound
    me = _me().signed_in
    with runtime().db.all_schools(ctx.actor, clock=runtime().clock) as system:
        options = passkeys.request_options(system, site(), _proving(me.session_id), me.account_id)
    return Response(options, mimetype="application/json")


def ask_for_proof(error: StepUp) -> ResponseReturnValue:
    """The answer to a page's step that needs a fresh proof: the question, with all that was sent kept in it."""
    person, program = require_visitor(), runtime()
    method = "GET" if request.method in SAFE else "POST"
    target = request.full_path.rstrip("?")
    with program.db.all_schools(person.actor, clock=program.clock) as ctx:
        page_ = _prove_page(ctx, target, method, None)
    return current_app.make_response((page_, error.status))


def _prove_page(ctx: Context, following: str, method: str, problem: Message | None) -> str:
    found = own.overview(ctx).factors
    kept = [(name, value) for name, value in request.form.items(multi=True) if name not in _OURS]
    return render(
        "pages/prove.html",
        following=following,
        method=method,
        kept=kept if method == "POST" else [],
        problem=problem,
        factors=found,
        passkeys=found.passkeys > 0 and passkeys_work_here(),
        files=bool(request.files),
        back=urlsplit(request.referrer or "").path or url_for("identity.account"),
    )


def _app_page(ctx: Context, secret: str, errors: dict[str, Message]) -> str:
    me = _me().signed_in
    label = translate(_("QR code for the authenticator app"))
    return render(
        "pages/app_new.html",
        errors=errors,
        secret=secret,
        offer=totp.seal_offer(secret, me.account_id, me.session_id),
        code=svg(totp.uri(secret, own.login_of(ctx), "Truong"), label=label),
    )


def _codes_page(codes: list[str]) -> str:
    return render("pages/codes.html", codes=codes)


def _proving(session_id: UUID) -> str:
    return f"prove:{session_id}"


def _me() -> Visitor:
    return require_visitor()
