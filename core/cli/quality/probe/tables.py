"""Tables: what the migrations make, and whether they go up, down and up again."""

from __future__ import annotations

from sqlalchemy import create_engine, text

from core.cli.quality.facts import Facts
from core.data.ddl import PREPARE_DATABASE
from core.kernel import migrations
from core.kernel.migrations import Chain
from core.kernel.registry import Registry
from core.kernel.rehearsal import rounds
from core.kernel.upgrade import MigrationFault, move
from core.types.tracing import place

from .loading import Subject

_COLUMNS = text(
    "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
    " AND table_name = ANY(:tables) ORDER BY table_name, ordinal_position"
)
_TABLES = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
_REFERS = text(
    "SELECT c.conrelid::regclass::text || '.' || a.attname FROM pg_constraint c"
    " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey)"
    " WHERE c.contype = 'f' AND c.conrelid::regclass::text = ANY(:tables) AND a.attname <> 'school_id'"
    " AND c.confrelid::regclass::text IN ('core_person', 'learners_learner')"
)


def make(subject: Subject, registry: Registry, facts: Facts) -> None:
    """The tables of the core, of what is required, and of the package itself, each chain judged as in an upgrade."""
    engine = create_engine(subject.address("postgres"))
    with engine.begin() as connection:
        for statement in PREPARE_DATABASE:
            connection.exec_driver_sql(statement)
    engine.dispose()
    engine = create_engine(subject.address("truong_owner"))
    try:
        for chain in migrations.chains(registry.plugins):
            with engine.begin() as connection:
                if chain.name != subject.name:
                    migrations.upgrade(connection, chain)
        own = _chain(subject, registry)
        if own is not None:
            facts.migrations = [f"{act.name}: {act.fault}" for act in rounds(engine, own) if act.fault]
        with engine.connect() as connection:
            names = {*connection.execute(_TABLES).scalars()}
            mine = {"tables": sorted(name for name in names if _is_own(name, subject.name))}
            for row in connection.execute(_COLUMNS, mine):
                facts.tables.setdefault(row.table_name, []).append(row.column_name)
            facts.refers = sorted(connection.execute(_REFERS, mine).scalars())
    finally:
        engine.dispose()


def rehearse(subject: Subject, registry: Registry, facts: Facts) -> None:
    """Down and up again while there is data: a migration that only works on empty tables is found here."""
    chain = _chain(subject, registry)
    if chain is None:
        return
    engine = create_engine(subject.address("truong_owner"))
    try:
        with engine.begin() as connection:
            migrations.downgrade(connection, chain)
        with engine.begin() as connection:
            move(connection, chain)
    except Exception as error:
        facts.rehearsal = [str(error) if isinstance(error, MigrationFault) else place(error)]
    finally:
        engine.dispose()


def _chain(subject: Subject, registry: Registry) -> Chain | None:
    return next((chain for chain in migrations.chains(registry.plugins) if chain.name == subject.name), None)


def _is_own(table: str, name: str) -> bool:
    return table.startswith(f"{name}_") and table != f"{name}_version"
