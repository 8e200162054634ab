"""Pages of those who run a school's installation: modules, record of changes, health."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from core.audit import trail
from core.data.context import Context
from core.sdk import VERSION
from core.sdk.web.render import flash, redirect_to, render
from core.sdk.web.runtime import runtime
from core.sdk.web.view import page, public, require_visitor
from core.types.errors import Conflict
from core.types.message import Message, _
from core.web import audit_rows
from core.work import lifecycle

from . import _modules

blueprint = Blueprint("operate", __name__)


@blueprint.get("/modules")
@page("core.modules.read")
def modules(ctx: Context) -> str:
    """All plugins with their state; a school's modules can be switched here."""
    person = require_visitor()
    return render("pages/modules.html", lines=_modules.lines(ctx, runtime().registry), on=person.modules)


@blueprint.post("/modules/<name>")
@page("core.modules.switch")
def switch(ctx: Context, name: str) -> ResponseReturnValue:
    """Switch a module on or off; nothing is deleted."""
    turn_on = request.form.get("on") == "1"
    try:
        changed = lifecycle.switch_module(ctx, runtime().registry, name, on=turn_on)
    except Conflict as refused:  # a module has its reason; nothing was changed
        flash("stop", refused.message)
        return redirect_to("operate.modules")
    names = ", ".join(sorted(changed)) or name
    if turn_on:
        flash("ok", _("Switched on: %(names)s.", names=names))
    else:
        flash("ok", _("Switched off: %(names)s. The data is kept.", names=names))
    return redirect_to("operate.modules")


_AREAS: dict[str, tuple[Message, tuple[str, ...]]] = {
    "payments": (_("Payments"), ("payments",)),
    "school": (_("The school"), ("school", "settings", "people")),
    "accounts": (_("Accounts and roles"), ("access", "identity")),
}
PER_PAGE = 50


@blueprint.get("/audit")
@page("core.audit.read")
def audit_trail(ctx: Context) -> str:
    """Who did what, newest first, in plain words."""
    modules = require_visitor().modules
    areas = _areas_of(modules) | _AREAS
    area, actor = request.args.get("area", ""), request.args.get("who", type=UUID)
    entries = trail.latest(
        ctx,
        before=request.args.get("before", type=int),
        areas=areas[area][1] if area in areas else (),
        actor=actor,
        limit=PER_PAGE,
    )
    last = entries[-1].seq if len(entries) == PER_PAGE else None
    return render(
        "pages/audit.html",
        rows=audit_rows.rows(ctx, entries, modules),
        areas=[(name, label) for name, (label, _prefixes) in areas.items()],
        area=area,
        actor=actor,
        older=url_for("operate.audit_trail", area=area or None, who=actor, before=last) if last else None,
    )


def _areas_of(modules: frozenset[str]) -> dict[str, tuple[Message, tuple[str, ...]]]:
    """The modules that are on and record something of their own."""
    recording = {code.partition(".")[0] for code in runtime().registry.audit_actions()}
    return {
        plugin.name: (plugin.manifest.label, (plugin.name,))
        for plugin in runtime().registry.plugins
        if plugin.manifest and plugin.name in modules & recording
    }


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
