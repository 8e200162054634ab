# ruff: noqa: S608  (names of tables and columns, all from declared references and the catalogue)
"""Two records of one person made one: every row that names the one who goes follows, and comes back with an undo.

Which tables name persons is declared by their modules (`provide_person_references`). What is not declared and holds a
row of the person who goes forbids the merge: a forgotten table loses nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from core.data.context import Context
from core.types.contributions import PersonReference
from core.types.errors import Conflict
from core.types.message import _

from .merged import leave_trace, lift_trace

Undo = list[dict[str, Any]]
"""What was done, in its order: `{"table", "column", "key", "moved": [keys], "dropped": [rows]}`."""

_NAMES = ("person_id", "learner_id", "pupil_id", "child_id", "related_id", "other_id", "guardian_id", "kept_id")
_COLUMNS = text("""
    SELECT c.relname AS name, a.attname AS column_name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND a.attname = ANY(:names)
      AND a.atttypid = 'uuid'::regtype AND NOT a.attisdropped AND has_table_privilege(c.oid, 'SELECT')
    ORDER BY c.relname, a.attname""")


def hindrances(ctx: Context, references: Iterable[PersonReference], person_id: UUID) -> list[str]:
    """Tables that keep a person from being merged away: rows that wait, or rows that nobody has declared."""
    declared = {(one.table, one.column): one for one in references}
    found: list[str] = []
    for table, column in naming_columns(ctx):
        one = declared.get((table, column))
        if one is not None and not (one.on_merge == "stay" and one.open):
            continue
        condition = f" AND ({one.open})" if one is not None else ""
        query = text(f"SELECT EXISTS (SELECT FROM {table} WHERE {column} = :id{condition})")
        if ctx.session.execute(query, {"id": person_id}).scalar_one():
            found.append(table)
    return sorted(set(found))


def naming_columns(ctx: Context) -> list[tuple[str, str]]:
    """Tables and columns that, by their names, name persons."""
    return [(row.name, row.column_name) for row in ctx.session.execute(_COLUMNS, {"names": list(_NAMES)})]


def merge_rows(ctx: Context, references: Sequence[PersonReference], keep: UUID, gone: UUID) -> Undo:
    """Let every row that names `gone` name `keep`. The caller has asked for its own permission and shown the effect.

    Returns:
        what `unmerge_rows` needs, as JSON.

    Raises:
        Conflict: something of `gone` is open, is not declared, or stands for both and may not be dropped.
    """
    hindering = hindrances(ctx, references, gone)
    if hindering:
        raise Conflict(
            _(
                "Something still hangs on this record, for example an open bill: %(tables)s.",
                tables=", ".join(hindering),
            ),
            code="merge_hindered",
        )
    done: Undo = []
    for one in references:
        if one.on_merge == "stay":
            continue
        dropped = _drop(ctx, one, keep, gone)
        moved = _move(ctx, one, keep, gone) if one.on_merge == "move" else []
        if dropped or moved:
            done.append(
                {"table": one.table, "column": one.column, "key": list(one.key), "moved": moved, "dropped": dropped}
            )
    leave_trace(ctx, keep, gone)
    return done


def unmerge_rows(ctx: Context, done: Undo, keep: UUID, gone: UUID) -> None:
    """Take `merge_rows` back, exactly: rows point to where they pointed, dropped ones are there again."""
    lift_trace(ctx, gone)
    for step in reversed(done):
        table, column = step["table"], step["column"]
        for key in step["moved"]:
            # A key that holds the column itself names the person who was kept since.
            where = " AND ".join(f"{name} = CAST(:k_{name} AS uuid)" for name in step["key"])
            values = {f"k_{name}": str(keep) if name == column else key[name] for name in step["key"]}
            ctx.session.execute(text(f"UPDATE {table} SET {column} = :gone WHERE {where}"), {**values, "gone": gone})
        if step["dropped"]:
            put_back(ctx, table, step["dropped"])


def put_back(ctx: Context, table: str, rows: list[dict[str, Any]]) -> None:
    """Insert rows as they were taken out by `taken_out`."""
    statement = f"INSERT INTO {table} SELECT r.* FROM jsonb_populate_recordset(NULL::{table}, CAST(:rows AS jsonb)) r"
    ctx.session.execute(text(statement), {"rows": json.dumps(rows)})


def taken_out(ctx: Context, table: str, where: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    """Delete rows and give them back as JSON, whole."""
    held = ctx.session.execute(text(f"SELECT to_jsonb(t) FROM {table} t WHERE {where}"), values).scalars().all()
    if held:
        ctx.session.execute(text(f"DELETE FROM {table} t WHERE {where}"), values)
    return list(held)


def _drop(ctx: Context, one: PersonReference, keep: UUID, gone: UUID) -> list[dict[str, Any]]:
    values = {"keep": keep, "gone": gone}
    if one.on_merge == "drop":
        return taken_out(ctx, one.table, f"t.{one.column} = :gone", values)
    if not one.same:
        return []
    equal = " AND ".join(f"o.{name} = t.{name}" for name in one.same)
    where = f"t.{one.column} = :gone AND EXISTS (SELECT FROM {one.table} o WHERE o.{one.column} = :keep AND {equal})"
    if not one.refuse_same:
        return taken_out(ctx, one.table, where, values)
    if ctx.session.execute(text(f"SELECT EXISTS (SELECT FROM {one.table} t WHERE {where})"), values).scalar_one():
        raise Conflict(
            _("Both records have an entry of their own that cannot be one: %(tables)s.", tables=one.table),
            code="merge_hindered",
        )
    return []


def _move(ctx: Context, one: PersonReference, keep: UUID, gone: UUID) -> list[dict[str, str]]:
    names = ", ".join(f"CAST(t.{name} AS text) AS {name}" for name in one.key)
    query = text(f"SELECT {names} FROM {one.table} t WHERE t.{one.column} = :gone")
    keys = [dict(row._mapping) for row in ctx.session.execute(query, {"gone": gone})]
    if keys:
        statement = text(f"UPDATE {one.table} SET {one.column} = :keep WHERE {one.column} = :gone")
        ctx.session.execute(statement, {"keep": keep, "gone": gone})
    return keys
