"""The database of an installation and its plugins: moving it forward, and judging what may run on it.

Each chain of migrations is one transaction. A plugin's that fails changes nothing, is remembered with its diagnosis,
and takes only the plugin and what needs it out of service; the core's stops the program.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from core.types.clock import utc_now
from core.types.tracing import place

from .migrations import Chain, chains, pending, upgrade
from .registry import Registry
from .states import Loaded, PluginState

log = logging.getLogger(__name__)
_LOCK = 0x7472756F6E67
"""Key of the advisory lock under which migrations run: the letters of the project's name."""
_HOLD = text("SELECT pg_advisory_lock(:key)")
_LEAVE = text("SELECT pg_advisory_unlock(:key)")
_TABLES = text(
    "SELECT c.relname, c.relrowsecurity, EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid "
    "AND a.attname = 'school_id' AND NOT a.attisdropped) AS of_a_school "
    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')"
)
_REMEMBER = text(
    "INSERT INTO core_plugin (name, blocked, reason, fault, changed_at, changed_by) "
    "VALUES (:name, false, '', :fault, :at, 'truong db upgrade') "
    "ON CONFLICT (name) DO UPDATE SET fault = :fault, changed_at = :at, changed_by = 'truong db upgrade' "
    "WHERE core_plugin.fault <> :fault"
)
_RECORDS = text("SELECT name, blocked, reason, fault FROM core_plugin")


class MigrationFault(Exception):
    """A migration does what the manifest does not allow."""


class DatabaseBehind(Exception):
    """The core's own migrations are pending: nothing may run on this database."""


@dataclass(frozen=True, slots=True)
class Step:
    """What became of one chain. `fault` is empty when it moved or had nothing to do."""

    chain: str
    moved: bool
    fault: str = ""


def upgrade_all(engine: Engine, plugins: Sequence[Loaded]) -> list[Step]:
    """Run everything that is pending, one process at a time (an advisory lock of the database).

    Args:
        engine: signed in as the owner of the tables, straight to the server: the lock belongs to the connection.

    Raises:
        Exception: what the core's own migrations raise.
    """
    needs = {plugin.name: plugin.manifest.requires for plugin in plugins if plugin.manifest}
    steps: list[Step] = []
    with engine.connect() as guard:
        guard.execute(_HOLD, {"key": _LOCK})
        guard.commit()
        try:
            for chain in chains(tuple(plugins)):
                lacking = [s.chain for s in steps if s.fault and s.chain in needs.get(chain.name, ())]
                steps.append(_step(engine, chain, lacking))
        finally:
            guard.execute(_LEAVE, {"key": _LOCK})
            guard.commit()
    return steps


def _step(engine: Engine, chain: Chain, lacking: Sequence[str]) -> Step:
    if lacking:
        return _failed(engine, chain, f"needs {', '.join(lacking)}, whose migrations failed")
    try:
        with engine.begin() as connection:
            moved = move(connection, chain)
            if chain.name != "core":
                connection.execute(_REMEMBER, {"name": chain.name, "fault": "", "at": utc_now()})
    except Exception as error:
        if chain.name == "core":
            raise
        log.exception("the migrations of plugin %s failed; nothing was changed", chain.name)
        return _failed(engine, chain, str(error) if isinstance(error, MigrationFault) else place(error))
    return Step(chain.name, moved)


def _failed(engine: Engine, chain: Chain, fault: str) -> Step:
    with engine.begin() as connection:
        connection.execute(_REMEMBER, {"name": chain.name, "fault": fault, "at": utc_now()})
    return Step(chain.name, False, fault)


def move(connection: Connection, chain: Chain) -> bool:
    """Run what is pending of one chain and check what it made; False when there was nothing to do.

    Raises:
        MigrationFault: a table without the plugin's prefix, or with a school but without row-level security.
    """
    if not pending(connection, chain):
        return False
    before = {row.relname for row in connection.execute(_TABLES)}
    upgrade(connection, chain)
    if chain.name != "core":
        faults = list(_faults(connection, chain, before))
        if faults:
            raise MigrationFault("; ".join(faults))
    return True


def _faults(connection: Connection, chain: Chain, before: set[str]) -> Iterator[str]:
    for row in connection.execute(_TABLES):
        if row.relname in before:
            continue
        if not row.relname.startswith(f"{chain.name}_"):
            yield f"makes the table {row.relname}, which does not begin with {chain.name}_"
        if row.of_a_school and not row.relrowsecurity:
            yield f"makes the table {row.relname} with a school_id but without row-level security"


def judge(engine: Engine, registry: Registry) -> None:
    """Take out of service what the operator has blocked and what the database is not ready for.

    Raises:
        DatabaseBehind: when the core's own migrations are pending.
    """
    with engine.connect() as connection:
        core, *others = chains(registry.plugins)
        if pending(connection, core):
            raise DatabaseBehind("migrations of the core are pending")
        records = {row.name: row for row in connection.execute(_RECORDS)}
        for name, row in records.items():
            if row.blocked:
                registry.quarantine(name, PluginState.BLOCKED, row.reason or "blocked by the operator")
        for chain in others:
            known = records[chain.name].fault if chain.name in records else ""
            _judge(connection, registry, chain, known)


def _judge(connection: Connection, registry: Registry, chain: Chain, known: str) -> None:
    plugin = registry.plugin(chain.name)
    if plugin is None or not plugin.usable:
        return
    try:
        behind, fault = pending(connection, chain), known
    except Exception as error:
        log.exception("the migrations of plugin %s cannot be read", chain.name)
        behind, fault = True, place(error)
    if behind:
        state = PluginState.MIGRATION_FAILED if fault else PluginState.MIGRATION_PENDING
        registry.quarantine(chain.name, state, fault or "run `truong db upgrade`")


def blocked(engine: Engine) -> Mapping[str, str]:
    """Plugins that the operator has blocked, with the reason, before any of them is imported.

    A database that is not there yet, or not that far, blocks nothing.
    """
    try:
        with engine.connect() as connection:
            return {row.name: row.reason for row in connection.execute(_RECORDS) if row.blocked}
    except (OperationalError, ProgrammingError):
        return {}
