"""Addresses of other systems that are told of events: set up, secret, test, log."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from core.data.context import Context
from core.sdk.web.render import flash, redirect_to, render
from core.sdk.web.view import page
from core.types.errors import Invalid
from core.types.message import Message, _
from core.webhooks import bound, delivery, endpoints, messages
from core.webhooks.audit_names import WHY
from core.webhooks.endpoints import MANAGE, Endpoint, Made
from core.webhooks.signing import Scheme

blueprint = Blueprint("webhooks", __name__, url_prefix="/webhooks")
PER_PAGE = 50
STATES: dict[str, tuple[str, Message]] = {
    "pending": ("wait", _("Under way")),
    "delivered": ("ok", _("Delivered")),
    "failed": ("stop", _("Not delivered")),
}
FAULTS: dict[str, Message] = {
    "address": _("The address is not public, so it was not called."),
    "name": _("The name of the server is not known."),
    "connection": _("The server does not take connections."),
    "certificate": _("The certificate of the server is not valid."),
    "timeout": _("No answer in time."),
    "answer": _("The answer broke off or could not be read."),
}
SPANS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}


def state_of(row: Endpoint) -> tuple[str, Message]:
    """Where an address stands, as kind and word."""
    if row.stopped:
        return ("neutral" if row.stopped == "by_hand" else "stop"), WHY[row.stopped]
    if row.failing_since:
        return "attention", _("Does not take messages")
    return "ok", _("In use")


@blueprint.get("/")
@page(MANAGE)
def overview(ctx: Context) -> str:
    """All addresses of the school."""
    return render("pages/webhooks.html", rows=endpoints.endpoints(ctx), state_of=state_of)


@blueprint.route("/new", methods=["GET", "POST"])
@page(MANAGE)
def new(ctx: Context) -> ResponseReturnValue:
    """Add an address; the secret is on the page that answers, once."""
    errors: dict[str, Message] = {}
    if request.method == "POST":
        try:
            with ctx.session.begin_nested():
                scheme: Scheme = "v1a" if request.form.get("scheme") == "v1a" else "v1"
                made = endpoints.make(ctx, *_where(), label=request.form.get("label", ""), scheme=scheme)
            return _secret(ctx, made)
        except Invalid as refused:
            errors = refused.fields or {"": refused.message}
    return _form(None, errors)


@blueprint.route("/<uuid:endpoint_id>/edit", methods=["GET", "POST"])
@page(MANAGE)
def edit(ctx: Context, endpoint_id: UUID) -> ResponseReturnValue:
    """Change where and what."""
    found = endpoints.endpoint(ctx, endpoint_id)
    errors: dict[str, Message] = {}
    if request.method == "POST":
        try:
            with ctx.session.begin_nested():
                endpoints.change(ctx, endpoint_id, *_where(), label=request.form.get("label", ""))
            flash("ok", _("Saved."))
            return redirect_to("webhooks.endpoint", endpoint_id=endpoint_id)
        except Invalid as refused:
            errors = refused.fields or {"": refused.message}
    return _form(found, errors)


def _where() -> tuple[str, list[str]]:
    return request.form.get("url", "").strip(), request.form.getlist("events")


def _form(found: Endpoint | None, errors: dict[str, Message]) -> ResponseReturnValue:
    posted = request.method == "POST"
    values = {
        "url": request.form.get("url", "") if posted else (found.url if found else ""),
        "label": request.form.get("label", "") if posted else (found.label if found else ""),
        "scheme": request.form.get("scheme", "v1"),
    }
    chosen = request.form.getlist("events") if posted else list(found.events if found else ())
    kinds = sorted(bound.event_types().values(), key=lambda kind: kind.name)
    page_ = render(
        "pages/webhook_form.html",
        found=found,
        values=values,
        chosen=chosen,
        kinds=[(kind.name, kind.label) for kind in kinds],
        errors=errors,
    )
    return page_, 422 if errors else 200


def _secret(ctx: Context, made: Made) -> str:
    """The one page that shows a secret; not a redirect, because nothing may keep it."""
    return render("pages/webhook_secret.html", row=endpoints.endpoint(ctx, made.id), key=made.key)


@blueprint.get("/<uuid:endpoint_id>")
@page(MANAGE)
def endpoint(ctx: Context, endpoint_id: UUID) -> str:
    """One address: how it stands, and the log of its messages."""
    found = endpoints.endpoint(ctx, endpoint_id)
    before = request.args.get("before", type=UUID)
    rows = messages.sent(ctx, endpoint_id, before=before, limit=PER_PAGE + 1)
    shown = rows[:PER_PAGE]
    older = None
    if len(rows) > PER_PAGE:
        older = url_for("webhooks.endpoint", endpoint_id=endpoint_id, before=shown[-1].id)
    return render(
        "pages/webhook.html",
        row=found,
        state=state_of(found),
        labels={name: kind.label for name, kind in bound.event_types().items()} | {messages.PING: _("Test message")},
        rows=shown,
        states=STATES,
        older=older,
        now=ctx.now(),
    )


@blueprint.post("/<uuid:endpoint_id>/<any(ping, rotate, stop, start, delete, replay):step>")
@page(MANAGE)
def change(ctx: Context, endpoint_id: UUID, step: str) -> ResponseReturnValue:
    """One step with an address."""
    if step == "rotate":
        return _secret(ctx, endpoints.rotate(ctx, endpoint_id))
    if step == "ping":
        return redirect_to("webhooks.message", message_id=messages.ping(ctx, endpoint_id))
    if step == "delete":
        endpoints.delete(ctx, endpoint_id)
        flash("ok", _("The address and its log are deleted."))
        return redirect_to("webhooks.overview")
    if step == "replay":
        count = messages.replay_since(ctx, endpoint_id, _since(ctx))
        flash("ok", _("Messages that are sent again: %(count)s.", count=count))
    elif step == "stop":
        endpoints.stop(ctx, endpoint_id)
        flash("ok", _("Nothing is sent there until it is started again."))
    else:
        endpoints.start(ctx, endpoint_id)
        flash("ok", _("Events are sent there again. What failed can be sent again below."))
    return redirect_to("webhooks.endpoint", endpoint_id=endpoint_id)


def _since(ctx: Context) -> datetime:
    return ctx.now() - SPANS.get(request.form.get("span", ""), SPANS["day"])


@blueprint.get("/messages/<uuid:message_id>")
@page(MANAGE)
def message(ctx: Context, message_id: UUID) -> str:
    """One message: what was sent, and every try."""
    found, endpoint_id, body, tries = messages.message(ctx, message_id)
    return render(
        "pages/webhook_message.html",
        row=found,
        name=delivery.name_of(found.id),
        endpoint=endpoints.endpoint(ctx, endpoint_id),
        body=body,
        tries=[(one, _said(one)) for one in tries],
        state=STATES[found.state],
        now=ctx.now(),
    )


def _said(one: messages.Try) -> Message:
    if one.status is None:
        return FAULTS.get(one.fault, FAULTS["answer"])
    return _("Answer %(status)s", status=one.status)


@blueprint.post("/messages/<uuid:message_id>/replay")
@page(MANAGE)
def replay(ctx: Context, message_id: UUID) -> ResponseReturnValue:
    """Send one message again."""
    messages.replay(ctx, message_id)
    flash("ok", _("It is sent again."))
    return redirect_to("webhooks.message", message_id=message_id)
