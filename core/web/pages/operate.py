"""Pages of those who run a school's installation: modules, record of changes, health."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from core.audit import trail
from core.data.context import Context
from core.school import modules as schools
from core.sdk import VERSION
from core.sdk.web.render import flash, redirect_to, render
from core.sdk.web.runtime import runtime
from core.sdk.web.view import page, public, require_visitor
from core.types.message import _

blueprint = Blueprint("operate", __name__)


@blueprint.get("/modules")
@page("core.modules.read")
def modules(ctx: Context) -> str:
    """All plugins with their state; a school's modules can be switched here."""
    person = require_visitor()
    return render("pages/modules.html", plugins=runtime().registry.plugins, on=person.modules)


@blueprint.post("/modules/<name>")
@page("core.modules.switch")
def switch(ctx: Context, name: str) -> ResponseReturnValue:
    """Switch a module on or off; nothing is deleted."""
    turn_on = request.form.get("on") == "1"
    changed = schools.switch_module(ctx, runtime().registry, name, on=turn_on)
    names = ", ".join(sorted(changed)) or name
    if turn_on:
        flash("ok", _("Switched on: %(names)s.", names=names))
    else:
        flash("ok", _("Switched off: %(names)s. The data is kept.", names=names))
    return redirect_to("operate.modules")


@blueprint.get("/audit")
@page("core.audit.read")
def audit_trail(ctx: Context) -> str:
    """Who did what, newest first."""
    before = request.args.get("before", type=int)
    entries = trail.latest(ctx, before=before, limit=50)
    return render("pages/audit.html", entries=entries, before=before)


@blueprint.get("/health")
@public("monitoring asks without an account; it says nothing but states")
def health() -> tuple[Response, int]:
    """Whether the database answers, and the state of each plugin."""
    program = runtime()
    try:
        with program.db.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        database = "ok"
    except Exception:
        database = "down"
    plugins = {plugin.name: plugin.state.value for plugin in program.registry.plugins}
    body = {"version": VERSION, "database": database, "plugins": plugins}
    return jsonify(body), 200 if database == "ok" else 503
