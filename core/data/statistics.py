"""Fresh statistics for the planner after a bulk change, so that the next list is as quick as the one of next week."""

from __future__ import annotations

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT

from .context import Context

_REFRESH = text(
    "SELECT core_refresh_statistics(array_agg(oid::regclass)) FROM pg_class"
    " WHERE oid = ANY(CAST(:tables AS regclass[]))"
    " AND (CAST(:rows AS bigint) IS NULL OR :rows > 50 + reltuples / 10) HAVING count(*) > 0"
).bindparams(bindparam("tables", type_=ARRAY(TEXT)))


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
