"""One's own identities from elsewhere."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, make_response, url_for
from flask.typing import ResponseReturnValue

from core.data.context import Context
from core.identity.oidc import flow, identities
from core.identity.oidc.refusal import OidcRefused
from core.sdk.web.render import flash, redirect_to, render
from core.sdk.web.runtime import runtime
from core.sdk.web.view import page, require_visitor
from core.types.message import _

from .enter import external_providers, label_of, refusal_page, site, with_round

blueprint = Blueprint("own_identities", __name__, url_prefix="/account/identities")


@blueprint.get("", endpoint="identities")
@page("core.account.own")
def mine(ctx: Context) -> str:
    """What opens this account besides the password."""
    found = [(one, label_of(one.provider)) for one in identities.linked(ctx)]
    return render("pages/external_own.html", linked=found, offered=external_providers())


@blueprint.post("/link/<name>")
@page("core.account.own")
def link(ctx: Context, name: str) -> ResponseReturnValue:
    """Begin to link another one: a fresh proof to us first (L2), then the provider's."""
    ctx.require_fresh()
    here = url_for("own_identities.identities")
    try:
        url, begun = flow.start(
            runtime().db,
            name,
            site(),
            purpose="link",
            return_path=here,
            who=require_visitor().signed_in,
            clock=runtime().clock,
        )
    except OidcRefused as refused:
        return refusal_page(refused, here)
    # A link and no redirect: browsers hold redirects of a form against form-action of the page.
    return with_round(make_response(render("pages/external_go.html", url=url, provider=label_of(name))), begun)


@blueprint.post("/<uuid:identity_id>/unlink")
@page("core.account.own")
def unlink(ctx: Context, identity_id: UUID) -> ResponseReturnValue:
    """Take one off the account."""
    identities.unlink(ctx, identity_id)
    flash("ok", _("You can no longer sign in this way."))
    return redirect_to("own_identities.identities")
