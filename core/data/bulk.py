"""Bulk work: room to do it in memory, and fresh statistics after it, so that the next list is as quick as always."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT

from .context import Context

_REFRESH = text(
    "SELECT core_refresh_statistics(array_agg(oid::regclass)) FROM pg_class"
    " WHERE oid = ANY(CAST(:tables AS regclass[]))"
    " AND (CAST(:rows AS bigint) IS NULL OR :rows > 50 + reltuples / 10) HAVING count(*) > 0"
).bindparams(bindparam("tables", type_=ARRAY(TEXT)))

_BY_SETS, _AS_USUAL = text("SET LOCAL enable_nestloop = off"), text("SET LOCAL enable_nestloop TO DEFAULT")
_ROOM = text("SET LOCAL work_mem = '64MB'")


def in_memory(ctx: Context) -> None:
    """Let this transaction sort and join a hundred thousand rows in memory; the usual 4 MB are for pages."""
    ctx.session.execute(_ROOM)


@contextmanager
def by_sets(ctx: Context) -> Iterator[None]:
    """Statements in here join whole sets; the planner must not join row by row because it takes a set for small.

    It knows nothing of what a statement has just computed, and a wrong guess costs minutes where the other costs
    milliseconds.
    """
    ctx.session.execute(_BY_SETS)
    yield
    ctx.session.execute(_AS_USUAL)  # after an error there is nothing left to set


def refresh_statistics(ctx: Context, *tables: str, rows: int | None = None) -> None:
    """Let the planner look at tables that this transaction has filled or emptied (ANALYZE, a sample of each).

    Autovacuum does the same within a minute or so; until then plans made for an empty table can read all of it for
    each row. Call it last in the transaction: each table stays closed to other ANALYZE and VACUUM until the commit. A
    table that is being analysed elsewhere is skipped.

    Args:
        tables: names of tables of the program; statistics know no school, so they need no permission.
        rows: how many rows changed in each. A table of which that is less than a tenth is left as it is, as
            autovacuum would leave it. None refreshes all of them.
    """
    ctx.session.execute(_REFRESH, {"tables": list(tables), "rows": rows})
