"""The school's side: programs of other makers that it lets in."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from core.data.context import Context
from core.identity.oauth import clients as programs
from core.identity.oauth.clients import MANAGE, ClientRow, NewClient
from core.identity.oauth.scopes import grantable
from core.kernel.registry import Registry
from core.sdk.web.render import flash, redirect_to, render
from core.sdk.web.runtime import runtime
from core.sdk.web.view import page, require_visitor
from core.types.errors import Invalid
from core.types.message import Message, _

from .endpoints import issuer

blueprint = Blueprint("oauth_clients", __name__, url_prefix="/programs")
KINDS = {
    "service": _("A service that acts for itself"),
    "app": _("An app that people sign in to and agree to"),
    "resource": _("A service that only checks keys of others"),
}
METHODS = {
    "client_secret_basic": _("By a secret that is shown once"),
    "private_key_jwt": _("By a signature; we hold only its public keys"),
    "none": _("Not at all: an app on people's own devices"),
}


@blueprint.get("")
@page("core.clients.read")
def clients(ctx: Context) -> str:
    """All programs of the school."""
    found = programs.clients(ctx)
    return render("pages/oauth_clients.html", rows=found, kinds=KINDS, may_manage=ctx.actor.has(MANAGE))


@blueprint.route("/new", methods=["GET", "POST"])
@page("core.clients.manage")
def new(ctx: Context) -> ResponseReturnValue:
    """Let a program in; its secret is on the page that answers and nowhere else."""
    errors: dict[str, Message] = {}
    if request.method == "POST":
        try:
            client_id, secret = programs.make_client(ctx, _entered())
        except Invalid as refused:
            errors = refused.fields or {"": refused.message}
        else:
            return _show(ctx, programs.client(ctx, client_id), secret)
    answer = render(
        "pages/oauth_client_new.html",
        values=request.form,
        chosen=request.form.getlist("permissions"),
        errors=errors,
        kinds=KINDS,
        methods=METHODS,
        rights=_rights(ctx, runtime().registry),
    )
    return answer, 422 if errors else 200


@blueprint.get("/<uuid:client_id>")
@page("core.clients.read")
def client(ctx: Context, client_id: UUID) -> str:
    """One program."""
    return _show(ctx, programs.client(ctx, client_id), "")


@blueprint.post("/<uuid:client_id>/<any(rotate, off, on):step>")
@page("core.clients.manage")
def change(ctx: Context, client_id: UUID, step: str) -> ResponseReturnValue:
    """A new secret, or the switch."""
    if step == "rotate":
        secret = programs.rotate_secret(ctx, client_id)
        return _show(ctx, programs.client(ctx, client_id), secret)
    programs.set_client_active(ctx, client_id, step == "on")
    flash("ok", _("The program is on again.") if step == "on" else _("The program is off; all its keys ended at once."))
    return redirect_to("oauth_clients.client", client_id=client_id)


def _show(ctx: Context, found: ClientRow, secret: str) -> str:
    labels = {p.name: p.label for p in runtime().registry.permissions()}
    return render(
        "pages/oauth_client.html",
        client=found,
        secret=secret,
        people=programs.people_of(ctx, found.id),
        rights=[labels.get(name, labels.get(f"{name}.own", name)) for name in found.permissions],
        kind=KINDS[found.kind],
        method=METHODS[found.auth_method],
        issuer=issuer(),
        may_manage=ctx.actor.has(MANAGE),
    )


def _entered() -> NewClient:
    form = request.form
    return NewClient(
        name=form.get("name", "")[:200],
        purpose=form.get("purpose", "")[:500],
        kind=form.get("kind", ""),
        auth_method=form.get("auth_method", ""),
        redirect_uris=form.get("redirect_uris", "")[:4000].split(),
        permissions=form.getlist("permissions"),
        jwks=_json(form.get("jwks", "")[:20_000]),
    )


def _json(text: str) -> dict[str, Any] | None:
    """The key set that was entered; what is no JSON object is no key set."""
    try:
        found = json.loads(text) if text.strip() else None
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _rights(ctx: Context, registry: Registry) -> list[tuple[str, Message]]:
    """What this person can give: rights of modules that are on, as far as they hold them."""
    labels = {p.name: p.label for p in registry.permissions(require_visitor().modules)}
    held = grantable(name for name in labels if ctx.actor.has(name))
    return sorted((name, labels.get(name, labels.get(f"{name}.own", Message(name)))) for name in held)
