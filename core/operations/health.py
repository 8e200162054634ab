"""Whether this installation can serve: asked by load balancers, monitors and the operator."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from core.data.session import Database
from core.kernel.migrations import chains, config
from core.kernel.registry import Registry
from core.kernel.states import PluginState
from core.work import beats

_CORE = text("SELECT version_num FROM core_version")


@dataclass(frozen=True, slots=True)
class Health:
    """States only: nothing that a stranger could use."""

    database: Literal["ok", "down"]
    migrations: Literal["ok", "pending", "unknown"] = "unknown"
    workers: int = 0
    replica: Literal["none", "ok", "late", "down"] = "none"
    """`none`: none is configured. One that is late or down is left out of reports."""
    plugins: dict[str, str] = field(default_factory=dict)

    @property
    def ready(self) -> bool:
        """Whether requests should be sent here. Without a worker pages serve and jobs wait, without the replica the
        primary serves reports: told, but not fatal.
        """
        return self.database == "ok" and self.migrations == "ok"


def look(db: Database, registry: Registry) -> Health:
    """Ask the database and the registry."""
    degraded = registry.containment.degraded()
    plugins = {
        plugin.name: (PluginState.DEGRADED if plugin.usable and plugin.name in degraded else plugin.state).value
        for plugin in registry.plugins
    }
    try:
        with db.engine.connect() as connection:
            behind = connection.execute(_CORE).scalar_one_or_none() != _head()
            workers = len(beats.alive(connection))
            replica = db.replica.standing(connection).state if db.replica else "none"
    except SQLAlchemyError:
        return Health("down", plugins=plugins)
    return Health("ok", "pending" if behind else "ok", workers, replica, plugins)


@cache
def _head() -> str | None:
    """The newest migration of the core in the files of this program."""
    return ScriptDirectory.from_config(config(chains(())[0])).get_current_head()
