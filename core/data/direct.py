"""Statements of the hot paths, straight on the driver: SQLAlchemy's way costs three times as much a statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import psycopg
from psycopg.rows import TupleRow
from sqlalchemy.exc import DBAPIError

from .context import Context


def direct(ctx: Context, statement: str, values: Mapping[str, object]) -> psycopg.Cursor[TupleRow]:
    """Run a constant statement in the transaction of `ctx`; rows are plain tuples.

    Args:
        statement: with psycopg's places, `%(name)s`; prepared by the driver once it has been used a few times.

    Raises:
        sqlalchemy.exc.DBAPIError: the same kinds as SQLAlchemy raises (`IntegrityError`, `OperationalError`, ...).
    """
    connection = ctx.session.connection()
    driver = cast("psycopg.Connection[TupleRow]", connection.connection.driver_connection)
    try:
        return driver.execute(statement.encode(), values)
    except psycopg.Error as error:
        if driver.closed:
            connection.invalidate(error)  # the pool opens another one
        raised = DBAPIError.instance(statement, None, error, psycopg.Error, hide_parameters=True)
        raise raised from error
