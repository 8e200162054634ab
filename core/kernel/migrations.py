"""Migrations: one chain and one version table for the core and for each plugin, one shared environment."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from core.data.ddl import APP_ROLE, SYSTEM_ROLE

from .states import Loaded

_SHARED = Path(__file__).resolve().parent.parent / "migrations"


@dataclass(frozen=True, slots=True)
class Chain:
    """The migrations of one owner: `core` or a plugin."""

    name: str
    versions: Path

    @property
    def version_table(self) -> str:
        return f"{self.name}_version"


def chains(plugins: tuple[Loaded, ...]) -> list[Chain]:
    """The core's chain, then those of usable plugins that have tables, dependencies first."""
    found = [Chain("core", _SHARED / "versions")]
    for plugin in plugins:
        if not plugin.usable:
            continue
        file = import_module(plugin.module.partition(":")[0]).__file__
        versions = Path(file or "").resolve().parent / "migrations" / "versions"
        if versions.is_dir():
            found.append(Chain(plugin.name, versions))
    return found


def config(chain: Chain, connection: Connection | None = None) -> Config:
    """An alembic configuration in memory; no ini file."""
    cfg = Config()
    cfg.set_main_option("script_location", str(_SHARED))
    cfg.set_main_option("path_separator", "os")
    cfg.set_main_option("version_locations", str(chain.versions))
    cfg.attributes["connection"] = connection
    cfg.attributes["chain"] = chain
    return cfg


def upgrade(connection: Connection, chain: Chain, revision: str = "head") -> None:
    """Run what is pending; the application may read how far the chain has come."""
    command.upgrade(config(chain, connection), revision)
    connection.exec_driver_sql(f"GRANT SELECT ON {chain.version_table} TO {APP_ROLE}, {SYSTEM_ROLE}")


def downgrade(connection: Connection, chain: Chain, revision: str = "base") -> None:
    command.downgrade(config(chain, connection), revision)


def pending(connection: Connection, chain: Chain) -> bool:
    """Whether the database is behind the files."""
    heads = set(ScriptDirectory.from_config(config(chain)).get_heads())
    context = MigrationContext.configure(connection, opts={"version_table": chain.version_table})
    return set(context.get_current_heads()) != heads
