# ruff: noqa: S608  (names of tables and columns, all from declared references and the catalogue)
"""Two records of one person made one: every row that names the one who goes follows, and comes back with an undo.

Which tables name persons is declared by their modules (`provide_person_references`). What is not declared and holds a
row of the person who goes forbids the merge: a forgotten table loses nothing. Where the same row of both says different
things, a person chooses; what is set aside can be read with the merge.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from core.data.context import Context
from core.types.contributions import MergedRows, PersonReference
from core.types.errors import Conflict
from core.types.message import Message, _

from .merged import leave_trace, lift_trace

Undo = list[dict[str, Any]]
"""What was done, in its order: `{"table", "column", "key", "moved": [keys], "dropped": [rows]}`."""

_NAMES = ("person_id", "learner_id", "pupil_id", "child_id", "related_id", "other_id", "guardian_id", "kept_id")
# Columns that name persons: by what they are called, or by a foreign key, or a reference that is checked once a
# statement (`core.data.references`), to persons or to a table whose key is that of a person.
_COLUMNS = text("""
    WITH RECURSIVE link AS (
      SELECT f.conrelid AS child, k.mine AS column_number, f.confrelid AS parent
      FROM pg_constraint f CROSS JOIN LATERAL unnest(f.conkey, f.confkey) AS k(mine, theirs)
      JOIN pg_constraint p ON p.conrelid = f.confrelid AND p.contype = 'p' AND p.conkey = ARRAY[k.theirs]
      WHERE f.contype = 'f'
      UNION
      SELECT a.attrelid, a.attnum, t.tgrelid FROM pg_trigger t
      JOIN pg_class c ON c.relkind IN ('r', 'p') AND starts_with(t.tgname, c.relname || '_')
      JOIN pg_attribute a ON a.attrelid = c.oid AND t.tgname = c.relname || '_' || a.attname || '_gone'
    ), whose AS (
      SELECT 'core_person'::regclass::oid AS id
      UNION
      SELECT l.child FROM link l JOIN whose w ON w.id = l.parent
      JOIN pg_constraint p ON p.conrelid = l.child AND p.contype = 'p' AND p.conkey = ARRAY[l.column_number]
    )
    SELECT c.relname AS name, a.attname AS column_name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND NOT a.attisdropped
      AND a.atttypid = 'uuid'::regtype AND has_table_privilege(c.oid, 'SELECT')
      AND (a.attname = ANY(:names) OR EXISTS (
        SELECT FROM link l JOIN whose w ON w.id = l.parent WHERE l.child = c.oid AND l.column_number = a.attnum))
    ORDER BY c.relname, a.attname""")


@dataclass(frozen=True, slots=True)
class Double:
    """Rows that both persons have and that say different things, pair by pair."""

    table: str
    """Name of the choice."""
    label: Message
    pairs: list[tuple[Message, Message]]
    """Of the first person, of the second one."""


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
    """Tables and columns that name persons."""
    return [(row.name, row.column_name) for row in ctx.session.execute(_COLUMNS, {"names": list(_NAMES)})]


def doubled(ctx: Context, references: Iterable[PersonReference], first: UUID, second: UUID) -> list[Double]:
    """What both persons have and of which only one can stay: for somebody to choose, table by table."""
    found: list[Double] = []
    for one in references:
        if one.choose is None or one.read is None:
            continue
        mine, theirs = (
            one.read(ctx, _same_rows(ctx, one, who, other)) for who, other in ((first, second), (second, first))
        )
        pairs = [pair for pair in zip(mine, theirs, strict=True) if pair[0] != pair[1]]
        if pairs:
            found.append(Double(one.table, one.choose, pairs))
    return found


def _same_rows(ctx: Context, one: PersonReference, who: UUID, other: UUID) -> list[dict[str, Any]]:
    """The rows of one person for which the other has the same, in the order of what makes them the same."""
    order = ", ".join(f"t.{name}" for name in one.same)
    query = text(f"SELECT to_jsonb(t) FROM {one.table} t WHERE {_same(one)} ORDER BY {order}")
    return list(ctx.session.execute(query, {"loser": who, "winner": other}).scalars())


def _same(one: PersonReference) -> str:
    equal = " AND ".join(f"o.{name} IS NOT DISTINCT FROM t.{name}" for name in one.same)
    return f"t.{one.column} = :loser AND EXISTS (SELECT FROM {one.table} o WHERE o.{one.column} = :winner AND {equal})"


def merge_rows(
    ctx: Context, references: Sequence[PersonReference], keep: UUID, gone: UUID, prefer_gone: Collection[str] = ()
) -> Undo:
    """Let every row that names `gone` name `keep`. The caller has asked for its own permission and shown the effect.

    Args:
        prefer_gone: tables (of `doubled`) in which the row of `gone` stays where both have the same.

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
        dropped = _drop(ctx, one, keep, gone, prefer_gone=one.choose is not None and one.table in prefer_gone)
        moved = _move(ctx, one, keep, gone) if one.on_merge == "move" else []
        if dropped or moved:
            done.append(
                {"table": one.table, "column": one.column, "key": list(one.key), "moved": moved, "dropped": dropped}
            )
            if one.after is not None:
                one.after(ctx, MergedRows(keep, gone, moved, dropped, undone=False))
    leave_trace(ctx, keep, gone)
    return done


def unmerge_rows(ctx: Context, references: Iterable[PersonReference], done: Undo, keep: UUID, gone: UUID) -> None:
    """Take `merge_rows` back, exactly: rows point to where they pointed, dropped ones are there again."""
    lift_trace(ctx, gone)
    declared = {(one.table, one.column): one for one in references}
    for step in reversed(done):
        if step["moved"]:
            _move_back(ctx, step, keep, gone)
        if step["dropped"]:
            put_back(ctx, step["table"], step["dropped"])
        one = declared.get((step["table"], step["column"]))
        if one is not None and one.after is not None:
            one.after(ctx, MergedRows(keep, gone, step["moved"], step["dropped"], undone=True))


def set_aside(ctx: Context, references: Iterable[PersonReference], done: Undo) -> list[tuple[Message, list[Message]]]:
    """What a merge dropped because the same row of the other person stayed, in plain words."""
    dropped = {(step["table"], step["column"]): step["dropped"] for step in done}
    return [
        (one.choose, list(one.read(ctx, rows)))
        for one in references
        if one.choose is not None and one.read is not None and (rows := dropped.get((one.table, one.column)))
    ]


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


def _drop(ctx: Context, one: PersonReference, keep: UUID, gone: UUID, *, prefer_gone: bool) -> list[dict[str, Any]]:
    if one.on_merge == "drop":
        return taken_out(ctx, one.table, f"t.{one.column} = :gone", {"gone": gone})
    if not one.same:
        return []
    loser, winner = (keep, gone) if prefer_gone else (gone, keep)
    values, where = {"loser": loser, "winner": winner}, _same(one)
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


def _move_back(ctx: Context, step: dict[str, Any], keep: UUID, gone: UUID) -> None:
    table, column = step["table"], step["column"]
    # A key that holds the column itself names the person who was kept since.
    keys = [{**key, column: str(keep)} if column in step["key"] else key for key in step["moved"]]
    where = " AND ".join(f"t.{name} = k.{name}" for name in step["key"])
    statement = (
        f"UPDATE {table} t SET {column} = :gone"
        f" FROM jsonb_populate_recordset(NULL::{table}, CAST(:keys AS jsonb)) k WHERE {where}"
    )
    ctx.session.execute(text(statement), {"gone": gone, "keys": json.dumps(keys)})
