"""Filling tables by the ten million: indexes that are no primary key come after the rows, as in a restore."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg
from sqlalchemy.engine import make_url

from core.data.embedded import database_url

# Indexes of unique constraints go and come with these.
_OF_TABLES = """
    SELECT c.relname, conname, pg_get_constraintdef(o.oid), indexrelid::regclass::text, pg_get_indexdef(indexrelid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid LEFT JOIN pg_constraint o ON o.conindid = i.indexrelid
      AND o.conrelid = i.indrelid
    WHERE c.relname = ANY(%s) AND NOT i.indisprimary
      AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.confrelid = i.indrelid AND f.conindid = i.indexrelid)
"""


@contextmanager
def as_owner(server: str, name: str) -> Iterator[psycopg.Connection]:
    """A superuser's connection for which triggers and references rest."""
    address = make_url(database_url(server, name, "postgres"))
    with psycopg.connect(host=str(address.query["host"]), dbname=name, user="postgres", autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute("SET synchronous_commit = off")
        owner.execute("SET maintenance_work_mem = '1GB'")
        owner.execute("SET work_mem = '256MB'")
        yield owner


@contextmanager
def without_indexes(owner: psycopg.Connection, tables: Sequence[str]) -> Iterator[None]:
    """Take the indexes of these tables away and make them anew at the end; primary keys stay."""
    made: list[str] = []
    for table, constraint, definition, index, statement in owner.execute(_OF_TABLES, [list(tables)]).fetchall():
        if constraint:
            owner.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}".encode())
            made.append(f"ALTER TABLE {table} ADD CONSTRAINT {constraint} {definition}")
        else:
            owner.execute(f"DROP INDEX {index}".encode())
            made.append(statement)
    yield
    for statement in made:
        owner.execute(statement.encode())
