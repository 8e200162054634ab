"""The shared alembic environment: works on the connection and the chain that `core.kernel.migrations` hands over."""

from __future__ import annotations

from typing import Literal

from alembic import context
from sqlalchemy import Connection

from core.data.base import Base
from core.data.types import UtcDateTime
from core.kernel.migrations import Chain


def run() -> None:
    chain: Chain = context.config.attributes["chain"]
    connection: Connection = context.config.attributes["connection"]

    def of_this_chain(obj: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
        if reflected and compare_to is None:
            return False  # a table of a model that is not imported here
        table = name if kind == "table" else getattr(getattr(obj, "table", None), "name", "")
        return str(table).startswith(f"{chain.name}_") and table != chain.version_table

    def plain_types(kind: str, obj: object, autogen: object) -> str | Literal[False]:
        return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(obj, UtcDateTime) else False

    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        version_table=chain.version_table,
        include_object=of_this_chain,
        compare_type=True,
        render_item=plain_types,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
