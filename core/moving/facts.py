"""What two databases must agree in: rows and content of every table, sequences, books, heads of the audit chains."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from sqlalchemy import Connection, create_engine, text

_SAME_TEXT = "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'; SET LOCAL bytea_output = 'hex'"
_TABLES = text(
    "SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY 1"
)
# The sum of the hashes of all rows: the same for the same rows in any order.
_CONTENT = 'SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM public."{}" t'
_SEQUENCES = text("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1")
_BOOKS = text(
    "SELECT school_id::text || ' ' || account AS account, sum(amount)::bigint AS total"
    " FROM core_posting GROUP BY 1 ORDER BY 1"
)
_HEADS = text("SELECT chain::text AS chain, seq || ' ' || encode(hash, 'hex') AS head FROM core_audit_head ORDER BY 1")
_FILES = text("SELECT sha256, max(size) AS size FROM core_file GROUP BY 1 ORDER BY 1")


class Facts(msgspec.Struct, frozen=True):
    """What is in a database, in figures."""

    rows: dict[str, int]
    """Of every table."""
    content: dict[str, str]
    """A digest of all rows of every table."""
    sequences: dict[str, int | None]
    books: dict[str, int]
    """Sum of all postings of each account of each school, in minor units."""
    heads: dict[str, str]
    """Number and hash of the last entry of each audit chain."""
    files: dict[str, int]
    """Digest and size of each document."""

    @property
    def total(self) -> int:
        return sum(self.rows.values())


def facts_of(connection: Connection) -> Facts:
    """Look at a database, in a transaction that sees one moment."""
    for statement in _SAME_TEXT.split(";"):
        connection.exec_driver_sql(statement)
    rows, content = {}, {}
    for name in connection.execute(_TABLES).scalars().all():
        rows[name], content[name] = connection.exec_driver_sql(_CONTENT.format(name)).one()
    return Facts(
        rows=rows,
        content=content,
        sequences={row.sequencename: row.last_value for row in connection.execute(_SEQUENCES)},
        books={row.account: row.total for row in connection.execute(_BOOKS)},
        heads={row.chain: row.head for row in connection.execute(_HEADS)},
        files={row.sha256: row.size for row in connection.execute(_FILES)},
    )


def differences(one: Facts, other: Facts) -> list[str]:
    """Where two databases disagree, one line each; empty when they are equal."""
    found = []
    for part in Facts.__struct_fields__:
        mine, theirs = getattr(one, part), getattr(other, part)
        found += [
            f"{part} of {key}: {mine.get(key, 'nothing')} here, {theirs.get(key, 'nothing')} there"
            for key in sorted({*mine, *theirs})
            if mine.get(key) != theirs.get(key)
        ]
    return found


@contextmanager
def looking_at(url: str) -> Iterator[Connection]:
    """A connection whose transaction sees one moment; whoever may read all rows."""
    engine = create_engine(url, isolation_level="REPEATABLE READ")
    try:
        with engine.connect() as connection, connection.begin():
            yield connection
    finally:
        engine.dispose()
