"""The migrations make exactly the tables that the models describe, and go down again."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Text, create_engine, text
from sqlalchemy.dialects.postgresql.base import ischema_names

from core.cli.secrets import know_every_table
from core.data.base import Base
from core.data.ddl import PREPARE_DATABASE
from core.data.embedded import create_database, database_url, drop_database
from core.kernel import migrations
from core.kernel.registry import Registry


def test_models_and_migrations_agree(server: str, template: str, registry: Registry) -> None:
    know_every_table()
    ischema_names.setdefault("xid8", Text)  # a type that SQLAlchemy does not know by name
    engine = create_engine(database_url(server, template, "truong_owner"))
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": _compare})
            found = [d for d in compare_metadata(context, Base.metadata) if not _is_bookkeeping(d)]
    finally:
        engine.dispose()
    assert found == []


def _compare(context: object, inspected: object, column: object, found: object, wanted: object) -> bool | None:
    spec = getattr(wanted, "get_col_spec", None)
    return False if spec is not None and spec() == "xid8" else None


def _is_bookkeeping(difference: object) -> bool:
    text_of = repr(difference)
    return "_version'" in text_of or ("remove_table" in text_of and "_version" in text_of)


def test_every_chain_goes_down_and_up_again(server: str, registry: Registry) -> None:
    name = "test_down_and_up"
    create_database(server, name)
    engine = create_engine(database_url(server, name, "postgres"))
    with engine.begin() as connection:
        for statement in PREPARE_DATABASE:
            connection.exec_driver_sql(statement)
    chains = migrations.chains(registry.plugins)
    for _ in range(2):
        with engine.begin() as connection:
            for chain in chains:
                migrations.upgrade(connection, chain)
                assert not migrations.pending(connection, chain)
        with engine.begin() as connection:
            for chain in reversed(chains):
                migrations.downgrade(connection, chain)
    with engine.connect() as connection:
        left = connection.execute(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '%_version'")
        ).all()
    engine.dispose()
    drop_database(server, name)
    assert left == []


def test_only_chains_keep_their_state_in_a_table_called_version() -> None:
    """Backups, moves and rehearsals know the tables of Alembic by this ending."""
    know_every_table()
    assert [name for name in Base.metadata.tables if name.endswith("_version")] == []
