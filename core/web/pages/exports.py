"""Exports by two people: one's own requests, those of others that wait, and what becomes of one."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from core import settings
from core.data.context import Context
from core.disclosure import exports, requests
from core.disclosure.access import APPROVE, DOWNLOADS, QUOTA, REQUEST
from core.sdk.web.render import flash, redirect_to, render
from core.sdk.web.sensitive import release_url
from core.sdk.web.view import page
from core.types.errors import Forbidden, Invalid
from core.types.message import Message, _

blueprint = Blueprint("exports", __name__, url_prefix="/exports")


@blueprint.get("")
@page("core.home.see")
def own(ctx: Context) -> str:
    """One's own requests, and those that wait for oneself."""
    may_ask, may_agree = ctx.actor.has(REQUEST), ctx.actor.has(APPROVE)
    account = ctx.actor.account_id
    if account is None or not (may_ask or may_agree):
        raise Forbidden(REQUEST)
    return render(
        "pages/exports.html",
        mine=[_line(found) for found in requests.own(ctx)] if may_ask else [],
        waiting=[_line(found) for found in requests.to_decide(ctx)] if may_agree else [],
        may_agree=may_agree,
        taken=exports.taken_today(ctx, account),
        quota=int(settings.get(ctx, QUOTA.key)),
    )


def _line(found: requests.Request) -> tuple[requests.Request, str, tuple[str, Message]]:
    return found, url_for("exports.one", request_id=found.id), requests.state_of(found)


@blueprint.get("/<uuid:request_id>")
@page("core.home.see")
def one(ctx: Context, request_id: UUID) -> str:
    """One request: to be completed, waiting, decided, to be fetched."""
    return _page(ctx, request_id, {})


def _page(ctx: Context, request_id: UUID, errors: dict[str, Message]) -> str:
    found = requests.request(ctx, request_id)
    mine = found.account_id == ctx.actor.account_id
    most = int(settings.get(ctx, DOWNLOADS.key))
    return render(
        "pages/export.html",
        found=found,
        state=requests.state_of(found),
        mine=mine,
        may_decide=not mine and found.state == "waiting" and ctx.actor.has(APPROVE),
        fetch=release_url(found.url, found.id) if requests.fetchable(ctx, found) else None,
        left=max(most - found.downloads, 0),
        reason=request.form.get("reason", ""),
        errors=errors,
    )


@blueprint.post("/<uuid:request_id>")
@page(REQUEST)
def send(ctx: Context, request_id: UUID) -> ResponseReturnValue:
    """Send one's request with its reason."""
    try:
        requests.send(ctx, request_id, request.form.get("reason", ""))
    except Invalid as refused:
        return _page(ctx, request_id, refused.fields), 422
    flash("ok", _("Your request was sent. You get a message when it is decided."))
    return redirect_to("exports.one", request_id=request_id)


@blueprint.post("/<uuid:request_id>/decide")
@page(APPROVE)
def decide(ctx: Context, request_id: UUID) -> ResponseReturnValue:
    """Agree or refuse."""
    agreed = request.form.get("answer") == "agree"
    try:
        requests.decide(ctx, request_id, agreed=agreed, remark=request.form.get("remark", ""))
    except Invalid as refused:
        return _page(ctx, request_id, refused.fields), 422
    flash("ok", _("You have agreed to the export.") if agreed else _("You have refused the export."))
    return redirect_to("exports.own")
