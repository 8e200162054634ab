"""The person's side: what a program asks for in plain words, yes or no, and taking it back."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, make_response, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from core.data.context import Context
from core.identity.oauth import consents
from core.identity.oauth.grants import CodeGrant
from core.identity.oauth.holders import Client, Person
from core.identity.oauth.redirects import origin_of
from core.identity.oauth.scopes import split
from core.identity.oauth.server import Server
from core.identity.oauth.wire import Answer, Call
from core.identity.sessions import sign_out
from core.school.models import School
from core.sdk.web.render import flash, redirect_to, render
from core.sdk.web.runtime import Visitor, runtime, visitor
from core.sdk.web.view import page, public
from core.types.actor import system_actor
from core.types.message import _
from core.web.headers import POLICY

from .endpoints import answered, call, issuer
from .words import rights_of

blueprint = Blueprint("oauth_agree", __name__)
_ASKS_TO_SIGN_IN = frozenset({"prompt", "max_age"})


@blueprint.get("/oauth/authorize")
@public("whoever is not signed in is sent to sign in; the program is told so if it wants no page")
def authorize() -> ResponseReturnValue:
    """Check what is asked for, and ask the person."""
    return _visit(call())


@blueprint.post("/oauth/authorize")
@page("core.account.own")
def decide(ctx: Context) -> ResponseReturnValue:
    """The person's answer; the question stands in the address, as it came."""
    asked = call()
    return _visit(Call("GET", asked.query, {}, asked.headers), answer=request.form.get("answer", "no"))


def _visit(asked: Call, answer: str = "") -> ResponseReturnValue:
    program, person = runtime(), visitor()
    prompts = set(split((asked.query.get("prompt") or [""])[0]))
    actor = person.actor if person else system_actor("oauth")
    with program.db.all_schools(actor, clock=program.clock) as ctx:
        server = Server(ctx, issuer())
        grant = server.asked(asked, _person(person) if person else None)
        if isinstance(grant, Answer):
            return _refused(grant)
        if person is None:
            return answered(server.refuse(grant, "login_required")) if "none" in prompts else _sign_in(asked)
        if _stale(asked, person, prompts) and not answer:
            if "none" in prompts:
                return answered(server.refuse(grant, "login_required"))
            return _sign_in(asked, ending=person)
        return _answer(ctx, server, grant, person, prompts, answer)


def _answer(
    ctx: Context, server: Server, grant: CodeGrant, visiting: Visitor, prompts: set[str], answer: str
) -> ResponseReturnValue:
    client: Client = grant.request.client
    scope: str = grant.request.scope
    person = _person(visiting)
    if not consents.belongs(ctx, person.account_id, client):
        return answered(server.agreed(grant, None))
    if answer == "yes":
        return answered(server.agreed(grant, consents.agree(ctx, person, client, split(scope))))
    if answer:
        return answered(server.agreed(grant, None))
    if "consent" not in prompts and consents.has_agreed(ctx, person.account_id, client, scope):
        return answered(server.agreed(grant, consents.with_subject(ctx, person, client)))
    if "none" in prompts:
        return answered(server.refuse(grant, "consent_required"))
    return _ask(ctx, client, scope, str(grant.redirect_uri))


def _ask(ctx: Context, client: Client, scope: str, redirect_uri: str) -> Response:
    school = ctx.session.execute(select(School.name).where(School.id == client.school_id)).scalar_one()
    wanted = split(scope)
    page_ = render(
        "pages/oauth_agree.html",
        client=client,
        school_name=school,
        rights=rights_of(runtime().registry, wanted),
        who="openid" in wanted,
        name="profile" in wanted,
        stays="offline_access" in wanted,
        host=origin_of(redirect_uri),
        here=request.full_path,
    )
    response = make_response(page_)
    # The answer leads back to the program: browsers hold redirects of a form against form-action too.
    own = "form-action 'self'"
    response.headers["Content-Security-Policy"] = POLICY.replace(own, f"{own} {origin_of(redirect_uri)}")
    return response


def _refused(answer: Answer) -> ResponseReturnValue:
    """A refusal that goes back to the program, or a page where no address of it is known."""
    if answer.location:
        return answered(answer)
    code = answer.body.get("error", "") if not isinstance(answer.body, str) else ""
    return render("pages/oauth_refused.html", school_name="Trường", code=code), 400


def _sign_in(asked: Call, ending: Visitor | None = None) -> ResponseReturnValue:
    """Sign in first; a program that wants a fresh sign-in ends the session that is there."""
    kept = [(name, value) for name, values in asked.query.items() for value in values]
    if ending is not None:
        sign_out(runtime().db, ending.token, clock=runtime().clock)
        kept = [(name, value) for name, value in kept if name not in _ASKS_TO_SIGN_IN]
    following = f"{request.path}?{urlencode(kept)}"
    return redirect_to("identity.sign_in", next=following)


def _stale(asked: Call, person: Visitor, prompts: set[str]) -> bool:
    if "login" in prompts:
        return True
    longest = (asked.query.get("max_age") or [""])[0]
    if not longest.isdecimal() or len(longest) > 9:
        return False
    return _person(person).auth_time + timedelta(seconds=int(longest)) < runtime().clock()


def _person(person: Visitor) -> Person:
    found = person.signed_in
    return Person(found.account_id, found.name, found.locale, "", found.proved_at or found.signed_in_at)


@blueprint.get("/account/programs")
@page("core.account.own")
def programs(ctx: Context) -> str:
    """Programs that one has let in."""
    found = [(consent, rights_of(runtime().registry, consent.scopes)) for consent in consents.consents(ctx)]
    return render("pages/oauth_programs.html", programs=found)


@blueprint.post("/account/programs/<uuid:client_id>/withdraw")
@page("core.account.own")
def withdraw(ctx: Context, client_id: UUID) -> ResponseReturnValue:
    """Take one's consent back."""
    consents.withdraw(ctx, client_id)
    flash("ok", _("The program can no longer see anything of yours here."))
    return redirect_to("oauth_agree.programs")
