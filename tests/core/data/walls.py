"""Every table of the program, filled for two schools, and every way in which a row could pass from one to the other.

The rows mean nothing: they only have to be there. So checks are dropped and triggers are off while they are written,
in a database of these tests alone; what is tried afterwards is tried with all triggers on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

Connection = psycopg.Connection[TupleRow]
_VALUES: dict[str, LiteralString] = {
    "uuid": "uuidv7()",
    "text": "md5(random()::text)",
    "varchar": "md5(random()::text)",
    "int2": "1",
    "int4": "(random() * 1e9)::int",
    "int8": "(random() * 1e12)::bigint",
    "numeric": "(random() * 1e6)::numeric(12, 2)",
    "float8": "random()",
    "bool": "false",
    "date": "current_date + (random() * 1e4)::int",
    "timestamptz": "now() + random() * interval '1 day'",
    "bytea": "sha256(random()::text::bytea)",
    "jsonb": "'{}'",
    "xid8": "pg_current_xact_id()",
}
ROWS = 2


@dataclass(frozen=True, slots=True)
class Table:
    """A table that holds rows of schools."""

    name: str
    key: str
    """The column that says whose a row is."""
    columns: tuple[tuple[str, str], ...]
    """Those that are written, with their types."""


def tables(connection: Connection) -> list[Table]:
    """Every table with a `school_id`, and the heads of the audit chains, which name the school `chain`."""
    rows = connection.execute("""
        SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum), array_agg(t.typname::text ORDER BY a.attnum)
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
        WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0
          AND NOT a.attisdropped AND a.attgenerated = ''
        GROUP BY c.relname ORDER BY c.relname""").fetchall()
    found = []
    for name, columns, types in rows:
        key = "school_id" if "school_id" in columns else "chain" if name == "core_audit_head" else ""
        if key:
            found.append(Table(name, key, tuple(zip(columns, types, strict=True))))
    return found


def fill(owner: Connection, schools: Sequence[UUID]) -> None:
    """A few rows in every table for every school; `owner` is a superuser's connection."""
    checks = owner.execute("""
        SELECT c.relname, conname FROM pg_constraint JOIN pg_class c ON c.oid = conrelid
        WHERE contype = 'c' AND connamespace = 'public'::regnamespace""").fetchall()
    for table, name in checks:
        owner.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.Identifier(table), sql.Identifier(name)))
    owner.execute("SET session_replication_role = replica")
    for table in tables(owner):
        for school in schools:
            for _row in range(1 if table.key == "chain" else ROWS):
                _write(owner, table, school)
    owner.execute("SET session_replication_role = origin")


def _write(owner: Connection, table: Table, school: UUID) -> None:
    values = [sql.Literal(school) if column == table.key else _value(type_) for column, type_ in table.columns]
    owner.execute(
        sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({}) ON CONFLICT DO NOTHING").format(
            sql.Identifier(table.name),
            sql.SQL(", ").join(sql.Identifier(column) for column, _ in table.columns),
            sql.SQL(", ").join(values),
        )
    )


def _value(type_: str) -> sql.Composable:
    return sql.SQL("'{}'" if type_.startswith("_") else _VALUES[type_])  # KeyError: teach it the new type


def rows_of(owner: Connection, table: Table, school: UUID) -> list[str]:
    """The rows of a school as the superuser sees them."""
    query = sql.SQL("SELECT to_jsonb(t)::text FROM {} t WHERE {} = %s ORDER BY 1")
    found = owner.execute(query.format(sql.Identifier(table.name), sql.Identifier(table.key)), [school])
    return [row[0] for row in found]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A statement that must not reach a row of `other`, by somebody who stands in `mine` or nowhere."""

    kind: str
    table: str
    went_through: bool


def attempts(app: Connection, owner: Connection, mine: UUID | None, other: UUID) -> Iterator[Attempt]:
    """Try every way against every table, as the application without the guard of its sessions."""
    for table in tables(owner):
        before = rows_of(owner, table, other)
        assert before, f"{table.name} is empty: nothing is proved"
        for kind, statement, values in _ways(table, other, before[0]):
            yield Attempt(kind, table.name, _goes_through(app, mine, statement, values))
        assert rows_of(owner, table, other) == before, table.name


def _ways(table: Table, other: UUID, row: str) -> Iterator[tuple[str, sql.Composed, list[object]]]:
    name, key = sql.Identifier(table.name), sql.Identifier(table.key)
    columns = sql.SQL(", ").join(sql.Identifier(column) for column, _ in table.columns)
    yield "read", sql.SQL("SELECT FROM {} WHERE {} = %s").format(name, key), [other]
    yield "read all", sql.SQL("SELECT FROM {} WHERE {} IS DISTINCT FROM {}").format(name, key, _MINE), []
    yield "change", sql.SQL("UPDATE {} SET {} = {} WHERE {} = %s").format(name, key, key, key), [other]
    yield "give away", sql.SQL("UPDATE {} SET {} = %s").format(name, key), [other]
    yield "delete", sql.SQL("DELETE FROM {} WHERE {} = %s").format(name, key), [other]
    yield (
        "bring in",
        sql.SQL(
            "INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM jsonb_populate_record(NULL::{}, %s)"
        ).format(name, columns, columns, name),
        [json.dumps(_another(json.loads(row), table))],
    )
    yield "empty", sql.SQL("TRUNCATE {}").format(name), []


_MINE = sql.SQL("NULLIF(current_setting('app.school_id', true), '')::uuid")


def _another(row: dict[str, object], table: Table) -> dict[str, object]:
    """The same row under another id, so that no unique key stops it where the wall does not."""
    fresh = {"id": str(uuid4())} if dict(table.columns).get("id") == "uuid" else {}
    return {**row, **fresh}


def _goes_through(app: Connection, mine: UUID | None, statement: sql.Composed, values: list[object]) -> bool:
    """Whether the statement reached any row; rolled back in any case."""
    app.execute("BEGIN")
    try:
        if mine is not None:
            app.execute(sql.SQL("SET LOCAL app.school_id = {}").format(sql.Literal(str(mine))))
        done = app.execute(statement, values)
        return done.rowcount != 0  # TRUNCATE says -1
    except psycopg.Error as refused:
        assert refused.sqlstate not in ("42P01", "42703", "42601"), refused  # a mistake of the test
        return isinstance(refused, psycopg.errors.IntegrityError)  # past the wall, stopped by something else
    finally:
        app.execute("ROLLBACK")
