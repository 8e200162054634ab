"""COPY into a temporary table: the quick way in. Tables with row-level security take no COPY, so rows are moved on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from psycopg import Connection as PgConnection
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.orm import Session


def stage(session: Session, table: str, columns: str, rows: Iterable[Sequence[Any]], types: Sequence[str]) -> int:
    """Create a temporary table that lives as long as the transaction and fill it.

    Args:
        table: name of the temporary table.
        columns: its columns as in CREATE TABLE.
        rows: values in the order of the columns.
        types: names of the PostgreSQL types of the columns, for the binary form.

    Returns:
        Number of rows.
    """
    session.execute(text(f"DROP TABLE IF EXISTS pg_temp.{table}"))
    session.execute(text(f"CREATE TEMP TABLE {table} ({columns}) ON COMMIT DROP"))
    driver = session.connection().connection.driver_connection
    if not isinstance(driver, PgConnection):
        raise TypeError("COPY needs psycopg")
    count = 0
    with driver.cursor() as cursor:
        statement = sql.SQL("COPY {} FROM STDIN (FORMAT BINARY)").format(sql.Identifier(table))
        with cursor.copy(statement) as copy:
            copy.set_types(list(types))
            for row in rows:
                copy.write_row(row)
                count += 1
    session.execute(text(f"ANALYZE {table}"))
    return count
