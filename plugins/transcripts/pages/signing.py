"""Signing: what waits for me, a group as it is signed, and an order from confirmation to its last signature."""

from __future__ import annotations

import json
from uuid import UUID

from flask import make_response, request, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk import signing as ports
from core.sdk.errors import Conflict
from core.sdk.text import _
from core.sdk.web import Open, flash, page, redirect_to, render, see_other, stepwise
from core.sdk.web.policy import may_connect

from ..access import SIGN
from ..services import signing
from ..services.signing import GroupKey
from .blueprint import blueprint, group_of, group_url


@blueprint.get("/signing")
@page(SIGN)
def queue(ctx: Context) -> str:
    """What waits for me, by class; what waits for others before me; what I have signed."""
    found = signing.groups(ctx)
    orders = [signing.load_order(ctx, id) for id in signing.open_orders(ctx)]
    return render("transcripts/queue.html", groups=found, orders=orders, today=ctx.now())


_GROUP = "/signing/<role>/<uuid:year_id>/<uuid:class_id>/<subject>"


@blueprint.get(_GROUP)
@page(SIGN)
def group(ctx: Context, role: str, year_id: UUID, class_id: UUID, subject: str) -> str:
    """The pupils of a group with what will be signed."""
    return _group(ctx, group_of(role, year_id, class_id, subject))


def _group(ctx: Context, key: GroupKey, problem: object = None) -> str:
    members = signing.members(ctx, key)
    found = next((one for one in signing.groups(ctx) if one.key == key), None)
    return render("transcripts/group.html", key=key, group=found, members=members, problem=problem)


@blueprint.post(_GROUP)
@page(SIGN)
def start(ctx: Context, role: str, year_id: UUID, class_id: UUID, subject: str) -> ResponseReturnValue:
    """Prepare the signatures of a group for one confirmation."""
    key = group_of(role, year_id, class_id, subject)
    try:
        order_id = signing.start(ctx, key)
    except Conflict as error:
        flash("attention", error.message)
        return see_other(group_url(key))
    return redirect_to("transcripts.order", order_id=order_id)


@blueprint.get("/orders/<uuid:order_id>")
@stepwise(SIGN)
def order(open: Open, order_id: UUID) -> ResponseReturnValue:
    """An order: what is signed, and how it is confirmed. Looking at it also hands it over or asks where it is."""
    answer = signing.begin(open, order_id)
    with open() as ctx:
        found = signing.load_order(ctx, order_id)
        provider = ports.installed().get(found.account.provider)
        page = render(
            "transcripts/order.html",
            order=found,
            confirms=provider.confirms if provider is not None else "",
            provider=provider.label if provider is not None else found.account.provider,
            silent=isinstance(answer, ports.NoAnswer),
            over=found.expires_at <= ctx.now(),
        )
    return _with_agent(page, found) if provider is not None and provider.confirms == "agent" else page


def _with_agent(page: str, order: signing.Order) -> ResponseReturnValue:
    """The page of an order that the signing program of this computer signs: its script may speak to that program."""
    address = json.loads(order.prompt).get("agent", "") if order.open and order.prompt else ""
    return may_connect(make_response(page), address) if address else page


@blueprint.post("/orders/<uuid:order_id>")
@stepwise(SIGN)
def confirm(open: Open, order_id: UUID) -> ResponseReturnValue:
    """Hand on what the signer has typed, or what the agent in their browser answered."""
    answer = signing.authorise(open, order_id, request.form.get("code", "").strip())
    if isinstance(answer, ports.NoAnswer):
        flash("wait", _("The signing service does not answer. Nothing is lost: look again in a moment."))
    with open() as ctx:
        found = signing.load_order(ctx, order_id)
        done = sum(line.state == "embedded" for line in found.lines)
    if found.state == "signed" and done == len(found.lines):
        flash("ok", _("%(count)s transcripts are signed.", count=done))
        return redirect_to("transcripts.queue")
    if found.state == "prepared" and not isinstance(answer, ports.NoAnswer):
        flash("attention", _("The confirmation was not accepted. Please check the code."))
    return see_other(url_for("transcripts.order", order_id=order_id))
