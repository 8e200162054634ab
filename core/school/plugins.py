"""What the operator decides about plugins of the installation, for all schools."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core import audit
from core.data.context import Context
from core.kernel.models import PluginRecord
from core.types.errors import Invalid
from core.types.message import _


@dataclass(frozen=True, slots=True)
class Block:
    """A plugin that is kept from loading."""

    name: str
    reason: str
    at: datetime
    by: str


def block_plugin(ctx: Context, name: str, reason: str) -> None:
    """Keep a plugin from loading, from the next start of each process on. Its data stays.

    Raises:
        Forbidden: without `core.installation.manage`.
        Invalid: without a reason.
    """
    ctx.require("core.installation.manage")
    if not reason.strip():
        message = _("Please give the reason.")
        raise Invalid(message, fields={"reason": message})
    _write(ctx, name, blocked=True, reason=reason.strip())
    audit.record(ctx, "core.plugin.blocked", target=("plugin", name), detail={"reason": reason.strip()})


def unblock_plugin(ctx: Context, name: str) -> None:
    """Let a plugin load again, from the next start of each process on."""
    ctx.require("core.installation.manage")
    _write(ctx, name, blocked=False, reason="")
    audit.record(ctx, "core.plugin.unblocked", target=("plugin", name))


def blocks(ctx: Context) -> list[Block]:
    """Every plugin that the operator has blocked, by name."""
    columns = PluginRecord.name, PluginRecord.reason, PluginRecord.changed_at, PluginRecord.changed_by
    query = select(*columns).where(PluginRecord.blocked).order_by(PluginRecord.name)
    return [Block(*row) for row in ctx.session.execute(query)]


def _write(ctx: Context, name: str, *, blocked: bool, reason: str) -> None:
    row = {"blocked": blocked, "reason": reason, "changed_at": ctx.now(), "changed_by": ctx.actor.name}
    statement = insert(PluginRecord).values(name=name, fault="", **row)
    ctx.session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=row))
