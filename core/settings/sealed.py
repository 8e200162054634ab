"""Every sealed text in the database, sealed anew with the newest key.

A column that holds sealed texts says so in its model: `mapped_column(info={"sealed": <place>})`, where the place is SQL
over the columns of its row and gives the text that `Keyring.seal` was given. So tables of plugins take part too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Column, Table, inspect, text
from sqlalchemy.dialects.postgresql import JSONB

from core.data.base import Base
from core.data.context import Context

from .keys import Keyring

_SEALED = "^v1[.][0-9a-f]{8}[.][A-Za-z0-9_=-]{38,}$"
_PAGE = 500
_TEXTS = text(
    'SELECT quote_ident(table_name) AS "table", quote_ident(column_name) AS "column", data_type AS type '
    "FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name) "
    "WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND data_type IN ('text', 'jsonb') ORDER BY 1, 2"
)


@dataclass(frozen=True, slots=True)
class Resealed:
    """What became of the sealed texts of one column."""

    column: str
    renewed: int
    current: int
    """Sealed with the newest key already."""
    shut: int
    """Cannot be opened with any key that is there: left as they are."""


def columns() -> list[tuple[Table, Column[object]]]:
    """Every column of every table that holds sealed texts, by name."""
    found = [(table, column) for table in Base.metadata.tables.values() for column in table.columns]
    return sorted(((t, c) for t, c in found if "sealed" in c.info), key=lambda pair: (pair[0].name, pair[1].name))


def reseal(ctx: Context, keyring: Keyring) -> Iterator[Resealed]:
    """Seal anew what was sealed with older keys; what is written meanwhile is not overwritten.

    Args:
        ctx: over all schools. The caller commits.
        keyring: the newest key first, with every older one that is still needed.
    """
    there = set(inspect(ctx.session.connection()).get_table_names())
    for table, column in columns():
        if table.name in there:  # a plugin that is installed but not migrated has nothing yet
            yield _reseal(ctx, keyring, table, column)


def leftovers(ctx: Context, keyring: Keyring) -> dict[str, int]:
    """Texts in any column of any table that are sealed with other keys than the newest, declared or not.

    Reads every table once: for the one moment when an old key is about to be forgotten.
    """
    found: dict[str, int] = {}
    for row in ctx.session.execute(_TEXTS).all():
        content = f"{row.column} #>> '{{}}'" if row.type == "jsonb" else row.column
        query = f"SELECT count(*) FROM {row.table} WHERE {content} ~ '{_SEALED}' AND {content} NOT LIKE :mine"  # noqa: S608
        count: int = ctx.session.execute(text(query), {"mine": f"v1.{keyring.names()[0]}.%"}).scalar_one()
        if count:
            found[f"{row.table}.{row.column}"] = count
    return found


def _reseal(ctx: Context, keyring: Keyring, table: Table, column: Column[object]) -> Resealed:
    is_json = isinstance(column.type, JSONB)
    content = f"{column.name} #>> '{{}}'" if is_json else column.name
    renewed_as = "to_jsonb(CAST(:new AS text))" if is_json else ":new"
    key = [part.name for part in table.primary_key.columns]
    id = f"CAST(ROW({', '.join(key)}) AS text)"
    page = text(
        f"SELECT {id} AS id, {content} AS sealed, {column.info['sealed']} AS place FROM {table.name} "  # noqa: S608
        f"WHERE {content} ~ '{_SEALED}' AND {id} > :after ORDER BY 1 LIMIT {_PAGE}"
    )
    change = text(
        f"UPDATE {table.name} SET {column.name} = {renewed_as} WHERE {id} = :id AND {content} = :old"  # noqa: S608
    )
    counts, after = [0, 0, 0], ""
    while rows := ctx.session.execute(page, {"after": after}).all():
        for row in rows:
            counts[_one(ctx, keyring, change, row.id, row.sealed, row.place)] += 1
        after = rows[-1].id
    return Resealed(f"{table.name}.{column.name}", *counts)


def _one(ctx: Context, keyring: Keyring, change: object, id: str, sealed: str, place: str) -> int:
    """0: sealed anew, 1: was current, 2: stays shut."""
    if keyring.is_current(sealed):
        return 1
    try:
        opened = keyring.unseal(sealed, place)
    except ValueError:
        return 2
    values = {"id": id, "old": sealed, "new": keyring.seal(opened, place)}
    ctx.session.execute(change, values)  # type: ignore[call-overload]
    return 0
