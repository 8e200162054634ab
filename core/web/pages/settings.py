"""Settings of the school and of the installation: forms made from what modules declare; tests of connections."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from core import settings
from core.data.context import Context
from core.data.http import OutboundClient
from core.payments import channels, probing
from core.sdk.web.render import flash, redirect_to, render
from core.sdk.web.runtime import runtime
from core.sdk.web.steps import Open, stepwise
from core.sdk.web.view import page, require_visitor
from core.settings import Shown
from core.types.contributions import Setting
from core.types.errors import Invalid, NotFound
from core.types.message import Message, _
from core.types.probe import Probe

blueprint = Blueprint("settings", __name__, url_prefix="/settings")
INSTALLATION = "core.installation.manage"
CHANNELS = "payments.channel.manage"


@dataclass(frozen=True, slots=True)
class Group:
    """The settings of one module."""

    module: str
    label: Message | str
    rows: Sequence[Shown]

    @property
    def check(self) -> Setting | None:
        """The setting that can test the module's connection."""
        return next((row.setting for row in self.rows if row.setting.check), None)


def _groups(rows: Sequence[Shown]) -> list[Group]:
    names = list(dict.fromkeys(row.module for row in rows))
    plugins = {name: runtime().registry.plugin(name) for name in names}
    labels: dict[str, Message | str] = {
        name: plugin.manifest.label if plugin and plugin.manifest else _("The program itself")
        for name, plugin in plugins.items()
    }
    return [Group(name, labels[name], [row for row in rows if row.module == name]) for name in names]


@blueprint.route("/", methods=["GET", "POST"])
@page("core.settings.read")
def school(ctx: Context) -> ResponseReturnValue:
    """Settings of the school, one form for each module."""
    return _page(ctx, "settings.school")


@blueprint.route("/installation", methods=["GET", "POST"])
@page(INSTALLATION)
def installation(ctx: Context) -> ResponseReturnValue:
    """Settings that hold for every school."""
    with _whole(ctx) as everywhere:
        return _page(everywhere, "settings.installation")


@contextmanager
def _whole(ctx: Context) -> Iterator[Context]:
    """The same person over all schools: settings of the installation belong to none."""
    if ctx.school is None:
        yield ctx
        return
    with runtime().db.all_schools(ctx.actor, clock=ctx.clock) as everywhere:
        yield everywhere


def _page(ctx: Context, endpoint: str) -> ResponseReturnValue:
    modules = require_visitor().modules if ctx.school else frozenset(p.name for p in runtime().registry.plugins)
    errors: dict[str, Message] = {}
    rows = settings.shown(ctx, modules)
    module = request.form.get("module", "")
    if request.method == "POST":
        errors = _save(ctx, [row for row in rows if row.module == module])
        if not errors:
            flash("ok", _("The settings are saved."))
            return redirect_to(endpoint)
    page_ = render(
        "pages/settings.html",
        groups=_groups(rows),
        endpoint=endpoint,
        errors=errors,
        posted=module,
        form=request.form,
        may_manage=ctx.actor.has("core.settings.manage" if ctx.school else INSTALLATION),
        may_installation=ctx.actor.has(INSTALLATION),
        may_channels=ctx.school is not None and ctx.actor.has(CHANNELS),
    )
    return page_, 422 if errors else 200


def _save(ctx: Context, rows: Sequence[Shown]) -> dict[str, Message]:
    """All changed settings of a form, or none; what is the same is not written, so the record stays readable."""
    errors: dict[str, Message] = {}
    try:
        with ctx.session.begin_nested():
            for row in rows:
                given = request.form.get(row.setting.key, "")
                try:
                    if row.setting.secret or settings.checked(row.setting, given) != row.value:
                        settings.put(ctx, row.setting.key, given)
                except Invalid as refused:
                    errors |= refused.fields
            if errors:
                raise Invalid(_("Please check the marked fields."), fields=errors)
    except Invalid as refused:
        return refused.fields
    return {}


@blueprint.post("/<any(school, installation):scope>/clear/<key>")
@page("core.settings.read")
def clear(ctx: Context, scope: str, key: str) -> ResponseReturnValue:
    """Back to the default; the only way to take a secret away."""
    if scope == "school":
        settings.clear(ctx, key)
    else:
        with _whole(ctx) as everywhere:
            settings.clear(everywhere, key)
    flash("ok", _("Put back to the default."))
    return redirect_to(f"settings.{scope}")


@blueprint.post("/<any(school, installation):scope>/test/<module>")
@stepwise("core.settings.read")
def test(open: Open, scope: str, module: str) -> ResponseReturnValue:
    """Test the connection of a module with its stored settings."""
    with open() as ctx:
        ctx.require("core.settings.manage" if scope == "school" else INSTALLATION)
        if scope == "school":
            ask = _question(ctx, module)
        else:
            with _whole(ctx) as everywhere:
                ask = _question(everywhere, module)
    _tell(ask())
    return redirect_to(f"settings.{scope}")


def _question(ctx: Context, module: str) -> Callable[[], Probe]:
    """The test that a module offers, with its values and a way out to its hosts and no others."""
    plugin = runtime().registry.plugin(module)
    rows = [row for row in settings.shown(ctx, frozenset({module})) if row.module == module]
    check = next((row.setting.check for row in rows if row.setting.check), None)
    if check is None or plugin is None or plugin.manifest is None:
        raise NotFound
    values = settings.values(ctx, module)
    entered = {urlsplit(str(values[row.setting.key])).hostname for row in rows if row.setting.kind == "address"}
    client = OutboundClient({*plugin.manifest.outbound_hosts, *(host for host in entered if host)})
    return lambda: check(values, client)


@blueprint.get("/connections")
@page(CHANNELS)
def connections(ctx: Context) -> str:
    """Payment channels of the school, each with a test."""
    rows = [(channel, probing.can_probe(channel.provider)) for channel in channels.all_of(ctx)]
    providers = runtime().registry.payment_providers()
    labels = {name: provider.label for name, provider in providers.items()}
    return render("pages/connections.html", rows=rows, labels=labels)


@blueprint.post("/connections/<uuid:channel_id>/test")
@stepwise(CHANNELS)
def test_channel(open: Open, channel_id: UUID) -> ResponseReturnValue:
    """Test the connection of one channel."""
    with open() as ctx:
        ask = probing.prepared(ctx, channel_id)
    _tell(ask())
    return redirect_to("settings.connections")


def _tell(found: Probe) -> None:
    flash("ok" if found.ok else "attention", found.message)
