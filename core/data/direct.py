"""Statements of the hot paths, straight on the driver: SQLAlchemy's way costs three times as much a statement."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, cast

import msgspec
import psycopg
from psycopg.rows import TupleRow, namedtuple_row
from sqlalchemy.exc import DBAPIError

from .context import Context

_NAMED = re.compile(r"(?<![:\w]):([a-z_][a-z_0-9]*)")


@lru_cache(maxsize=512)
def _with_places(statement: str) -> bytes:
    """`:name` as SQLAlchemy writes it becomes the driver's `%(name)s`; casts (`::`) stay."""
    return _NAMED.sub(r"%(\1)s", statement.replace("%", "%%")).encode() if ":" in statement else statement.encode()


def query(ctx: Context, statement: str, values: Mapping[str, object]) -> list[TupleRow]:
    """All rows of a statement with SQLAlchemy's places (`:name`), as plain tuples: for lists that people page through.

    Raises:
        sqlalchemy.exc.DBAPIError: as `direct`.
    """
    return _run(ctx, _with_places(statement), values).fetchall()


def by_name(ctx: Context, statement: str, values: Mapping[str, object]) -> list[Any]:
    """`query` with the columns of a row as its attributes."""
    found = _run(ctx, _with_places(statement), values)
    found.row_factory = namedtuple_row
    return found.fetchall()


def direct(ctx: Context, statement: str, values: Mapping[str, object]) -> psycopg.Cursor[TupleRow]:
    """Run a constant statement in the transaction of `ctx`; rows are plain tuples.

    Args:
        statement: with psycopg's places, `%(name)s`; prepared by the driver once it has been used a few times.

    Raises:
        sqlalchemy.exc.DBAPIError: the same kinds as SQLAlchemy raises (`IntegrityError`, `OperationalError`, ...).
    """
    return _run(ctx, statement.encode(), values)


def records(rows: Iterable[Mapping[str, object] | msgspec.Struct]) -> str:
    """Thousands of rows as one value, for `json_to_recordset`: the driver writes arrays of texts many times as slowly.

    A character that no text of the database can hold is left out.
    """
    return msgspec.json.encode(list(rows)).decode().replace("\\u0000", "")


def _run(ctx: Context, statement: bytes, values: Mapping[str, object]) -> psycopg.Cursor[TupleRow]:
    connection = ctx.session.connection()
    driver = cast("psycopg.Connection[TupleRow]", connection.connection.driver_connection)
    try:
        return driver.execute(statement, values)
    except psycopg.Error as error:
        if driver.closed:
            connection.invalidate(error)  # the pool opens another one
        raised = DBAPIError.instance(statement.decode(), None, error, psycopg.Error, hide_parameters=True)
        raise raised from error
