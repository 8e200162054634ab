"""COPY into a temporary table: the quick way in. Tables with row-level security take no COPY, so rows are moved on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from struct import Struct
from typing import Any

from psycopg import Connection as PgConnection
from psycopg import pq, sql
from psycopg.adapt import Dumper
from psycopg.postgres import types
from sqlalchemy import text
from sqlalchemy.orm import Session

Columns = Mapping[str, str]
"""Names and PostgreSQL types of columns, in the order of the values."""


class _EncodedJson(Dumper):
    """JSON that is encoded already: nobody reads and writes it again on the way."""

    format = pq.Format.BINARY
    oid = types["jsonb"].oid

    def dump(self, obj: bytes) -> bytes:
        return b"\x01" + obj


class _Texts(Dumper):
    """A list of texts; the library's own looks for dimensions and types in each list, at ten times the cost."""

    format = pq.Format.BINARY
    oid = types["text"].array_oid

    def dump(self, obj: Sequence[str]) -> bytes:
        if not obj:
            return _NO_TEXTS
        parts = [_ONE_DIMENSION.pack(1, 0, types["text"].oid, len(obj), 1)]
        for one in obj:
            encoded = one.encode()
            parts += (len(encoded).to_bytes(4, "big"), encoded)
        return b"".join(parts)


_ONE_DIMENSION = Struct("!iiIii")
_NO_TEXTS = Struct("!iiI").pack(0, 0, types["text"].oid)


def create(session: Session, table: str, columns: Columns, *more: str) -> None:
    """Create a temporary table that lives as long as the transaction.

    Args:
        more: definitions of columns that fill themselves (defaults, generated ones).
    """
    session.execute(text(f"DROP TABLE IF EXISTS pg_temp.{table}"))
    defined = ", ".join([f"{name} {kind}" for name, kind in columns.items()] + list(more))
    session.execute(text(f"CREATE TEMP TABLE {table} ({defined}) ON COMMIT DROP"))


def fill(session: Session, table: str, columns: Columns, rows: Iterable[Sequence[Any]]) -> int:
    """Append rows; values of type jsonb are bytes of JSON.

    Returns:
        Number of rows.
    """
    driver = session.connection().connection.driver_connection
    if not isinstance(driver, PgConnection):
        raise TypeError("COPY needs psycopg")
    count = 0
    with driver.cursor() as cursor:
        cursor.adapters.register_dumper(bytes, _EncodedJson)
        cursor.adapters.register_dumper(list, _Texts)
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(sql.Identifier(table), names)
        with cursor.copy(statement) as copy:
            copy.set_types(list(columns.values()))
            for row in rows:
                copy.write_row(row)
                count += 1
    return count


def analyze(session: Session, *tables: str) -> None:
    """Let the planner know what the temporary tables hold; nobody else looks at them."""
    session.execute(text(f"ANALYZE {', '.join(tables)}"))
