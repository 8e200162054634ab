"""Messages to the person who is signed in, which channels they want, and receipts of the services."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from core.data.context import Context
from core.notify import choices, inbox, receipts
from core.notify.port import Callback, Forged
from core.sdk.web.render import flash, redirect_to, render, see_other
from core.sdk.web.runtime import runtime
from core.sdk.web.view import page, public
from core.types.actor import system_actor
from core.types.errors import NotFound
from core.types.message import _
from core.web.language import translate

blueprint = Blueprint("inbox", __name__)
PAGE = 30
MOST_BYTES = 64 * 1024


@blueprint.get("/inbox")
@page("core.home.see")
def messages(ctx: Context) -> str:
    """Messages, newest first."""
    entries = inbox.entries(ctx, before=request.args.get("before", type=UUID), limit=PAGE + 1)
    older = url_for("inbox.messages", before=entries[PAGE - 1].id) if len(entries) > PAGE else None
    shown, wishes = entries[:PAGE], choices.wishes(ctx) if ctx.actor.account_id else []
    return render(
        "pages/inbox.html",
        entries=shown,
        older=older,
        unread=any(not entry.read for entry in shown),
        options=[(wish.channel, wish.label) for wish in wishes],
        wanted=[wish.channel for wish in wishes if wish.wanted],
    )


@blueprint.get("/inbox/unread")
@page("core.home.see")
def unread(ctx: Context) -> Response:
    """How many wait, for the bell; a browser asks at most once a minute."""
    count = inbox.unread(ctx)
    response = jsonify({"count": count, "text": translate(_("Messages: %(count)s unread", count=count))})
    response.headers["Cache-Control"] = "private, max-age=60"
    return response


@blueprint.post("/inbox/<uuid:message_id>")
@page("core.home.see")
def read(ctx: Context, message_id: UUID) -> ResponseReturnValue:
    """Open a message: it counts as read, and its page comes."""
    entry = inbox.read(ctx, message_id)
    return see_other(entry.url or url_for("inbox.messages"))


@blueprint.post("/inbox/read")
@page("core.home.see")
def read_all(ctx: Context) -> ResponseReturnValue:
    """Count everything as read."""
    inbox.read_all(ctx)
    return redirect_to("inbox.messages")


@blueprint.post("/inbox/channels")
@page("core.account.own")
def wish(ctx: Context) -> ResponseReturnValue:
    """Which ways outside are wanted."""
    wanted = set(request.form.getlist("channels"))
    for known in choices.wishes(ctx):
        choices.choose(ctx, known.channel, wanted=known.channel in wanted)
    flash("ok", _("Your choice was saved."))
    return redirect_to("inbox.messages")


@blueprint.post("/messages/<uuid:school_id>/<channel>")
@public("services report what became of messages; the channel verifies each report over its raw bytes")
def receipt(school_id: UUID, channel: str) -> ResponseReturnValue:
    """Receipts of a service."""
    if (request.content_length or 0) > MOST_BYTES:
        return Response(status=413)
    program = runtime()
    callback = Callback(
        request.method,
        request.query_string,
        {name.lower(): value for name, value in request.headers},
        request.get_data(),
        program.clock(),
    )
    with program.db.context(system_actor(f"channel:{channel}"), school_id, clock=program.clock) as ctx:
        try:
            taken = receipts.take(ctx, channel, callback)
        except NotFound:
            return Response(status=404)
    return Response(status=403 if isinstance(taken, Forged) else 204)
