"""Signing in with an identity from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

from flask import Blueprint, Response, current_app, make_response, request, url_for
from flask.typing import ResponseReturnValue

from core.data.context import Context
from core.identity.oidc import flow, providers, rounds
from core.identity.oidc.flow import Done, Visit
from core.identity.oidc.outside import Site
from core.identity.oidc.refusal import OidcRefused
from core.identity.oidc.rounds import Begun
from core.identity.signin import TooManyAttempts
from core.sdk.web.render import flash, render, see_other
from core.sdk.web.runtime import COOKIE, runtime, visitor
from core.sdk.web.view import SAFE, page, public, require_visitor
from core.types.actor import system_actor
from core.types.errors import AssuranceNeeded, Conflict, Invalid
from core.types.message import Message, _

from ..entrance import address, go_on, safe

blueprint = Blueprint("external", __name__, url_prefix="/sign-in")
_CODE_COOKIE = "truong_code"
_PATH = "/sign-in"


def site() -> Site:
    """The program as providers know it."""
    return Site(runtime().base_url, loopback=runtime().development)


def label_of(name: str) -> Message | str:
    """What a provider is called."""
    return providers.label(name)


@blueprint.app_template_global("external_providers")
def external_providers(code: str = "") -> Sequence[tuple[str, Message]]:
    """Providers that are set up, for buttons.

    Args:
        code: of a school whose own come first; inside, those of the visitor's school do.
    """
    program, person = runtime(), visitor()
    if not program.registry.identity_providers():
        return ()
    with program.db.all_schools(system_actor("sign-in"), clock=program.clock) as ctx:
        found = providers.offered(ctx)
    which = code or (person.school_id if person else None)
    return [*providers.offered_at(program.db, which, program.clock), *found] if which else found


@blueprint.get("/with/<name>")
@public("nobody is signed in yet")
def start(name: str) -> ResponseReturnValue:
    """Off to the provider."""
    following = safe(request.args.get("next"))
    if visitor() is not None:
        return see_other(following)
    try:
        url, begun = flow.start(runtime().db, name, site(), return_path=following, clock=runtime().clock)
    except OidcRefused as refused:
        return refusal_page(refused, url_for("identity.sign_in", next=following))
    return with_round(make_response(see_other(url)), begun)


@blueprint.get("/with/<name>/confirm")
@page("core.account.own")
def confirm(ctx: Context, name: str) -> ResponseReturnValue:
    """Prove once more that it is oneself, there. Harmless to be sent here: only the same identity counts."""
    following = safe(request.args.get("next"))
    me, level = require_visitor().signed_in, request.args.get("level", 1, type=int)
    try:
        url, begun = flow.start(
            runtime().db, name, site(), purpose="confirm", return_path=following, who=me, minimum=max(1, level),
            clock=runtime().clock,
        )  # fmt: skip
    except OidcRefused as refused:
        return refusal_page(refused, following)
    return with_round(make_response(see_other(url)), begun)


@blueprint.get("/with/<name>/back")
@public("the provider's answer is bound to this browser and counts once")
def back(name: str) -> ResponseReturnValue:
    """The provider sends the browser back."""
    person = visitor()
    state = request.args.get("state", "")
    cookie = _round_cookie(state)
    browser = request.cookies.get(cookie, "")
    try:
        done = flow.finish(
            runtime().db,
            name,
            site(),
            request.args.to_dict(),
            browser,
            _visit(),
            who=person.signed_in if person else None,
            clock=runtime().clock,
        )
    except OidcRefused as refused:
        return refusal_page(refused, url_for("identity.account" if person else "identity.sign_in"))
    except Conflict as conflict:
        flash("attention", conflict.message)
        return see_other(url_for("own_identities.identities"))
    answer = _done(done)
    answer.delete_cookie(cookie, path=_PATH)
    if done.waiting is not None:
        _set_cookie(answer, _CODE_COOKIE, browser)
    return answer


@blueprint.route("/code/<uuid:round_id>", methods=["GET", "POST"])
@public("a proven identity waits for a code of the school, in this browser only")
def code(round_id: UUID) -> ResponseReturnValue:
    """No account knows this identity: the school's code, or the password first."""
    browser = request.cookies.get(_CODE_COOKIE, "")
    program = runtime()
    if request.method == "GET":
        with program.db.all_schools(system_actor("sign-in"), clock=program.clock) as ctx:
            if not rounds.waits(ctx, round_id, browser):
                return refusal_page(OidcRefused("round"), url_for("identity.sign_in"))
        return _code_page(round_id, {})
    try:
        typed = request.form.get("code", "")[:40]
        done = flow.finish_with_code(program.db, round_id, browser, typed, _visit(), clock=program.clock)
    except Invalid as refused:
        return _code_page(round_id, refused.fields), 422
    except (OidcRefused, TooManyAttempts, Conflict) as refused:
        return refusal_page(refused, url_for("identity.sign_in"))
    flash("ok", _("From now on you can sign in this way."))
    answer = _done(done)
    answer.delete_cookie(_CODE_COOKIE, path=_PATH)
    return answer


def with_round(answer: Response, begun: Begun) -> Response:
    """Bind a round to this browser."""
    _set_cookie(answer, _round_cookie(begun.state), begun.browser)
    return answer


def ask_for_assurance(error: AssuranceNeeded) -> ResponseReturnValue:
    """The answer to a page that needs a higher level of assurance: where to prove it. What was sent is lost: the way
    leads through another site."""
    program = runtime()
    with program.db.all_schools(system_actor("sign-in"), clock=program.clock) as ctx:
        offered = providers.vouching(ctx, error.level)
    following = request.full_path.rstrip("?") if request.method in SAFE else safe(request.referrer)
    page_ = render("pages/external_assurance.html", offered=offered, level=error.level, following=following)
    return page_, error.status


def refusal_page(refused: OidcRefused | TooManyAttempts | Conflict, further: str) -> ResponseReturnValue:
    """What happened, that nothing was changed, and the way on."""
    page_ = render("pages/external_refused.html", school_name="Trường", message=refused.message, further=further)
    return page_, refused.status


def _done(done: Done) -> Response:
    if done.waiting is not None:
        return make_response(see_other(url_for("external.code", round_id=done.waiting)))
    if done.signed_in is not None:
        return go_on(done.signed_in, done.return_path)
    if done.purpose == "link":
        flash("ok", _("From now on you can sign in this way."))
    return make_response(see_other(done.return_path))


def _code_page(round_id: UUID, errors: dict[str, Message]) -> str:
    return render("pages/external_code.html", school_name="Trường", round_id=round_id, errors=errors)


def _visit() -> Visit:
    return Visit(address(), request.user_agent.string, request.cookies.get(COOKIE, ""))


def _round_cookie(state: str) -> str:
    """One cookie a round, so that two windows do not disturb each other."""
    return "truong_round_" + sha256(state.encode("utf-8", "replace")).hexdigest()[:12]


def _set_cookie(answer: Response, name: str, value: str) -> None:
    """Lax: the way back from the provider is a navigation of the whole page."""
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    seconds = int(rounds.LIFE.total_seconds())
    answer.set_cookie(name, value, max_age=seconds, httponly=True, secure=secure, samesite="Lax", path=_PATH)
