"""Writing and reading the trail.

`record` adds one row to a waiting list in the caller's transaction and locks nothing, so requests of one
school never wait for each other. `core_audit_link` (run by the worker every few seconds, and before each
verification) moves waiting rows into the hash chain of their school in the order in which they became
visible, under one advisory lock. The other way, a lock on the head of the chain until commit, would let a
school commit one transaction at a time, disk flush included. Until it is linked an entry cannot be changed or
deleted by the program either: rights and triggers see to that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from core.data.context import Context
from core.data.types import new_id

from .canonical import Facts, clean, dumps, entry_hash, plain

_INSERT = text(
    "INSERT INTO core_audit_pending (id, school_id, at, actor_kind, actor_id, actor_name, action,"
    " target_type, target_id, detail, entry_hash) VALUES (:id, :school_id, :at, :actor_kind, :actor_id,"
    " :actor_name, :action, :target_type, :target_id, CAST(:detail AS jsonb), :entry_hash)"
)
_COLUMNS = "id, at, actor_kind, actor_id, actor_name, action, target_type, target_id, detail"
_MINE = "target_type = :type AND target_id = :id AND (:everywhere OR {} = CAST(:school AS uuid))"
_HISTORY = text(
    f"SELECT {_COLUMNS}, NULL::bigint AS seq FROM core_audit_pending WHERE {_MINE.format('school_id')}"  # noqa: S608
    f" UNION ALL SELECT {_COLUMNS}, seq FROM core_audit WHERE {_MINE.format('chain')}"
    " ORDER BY at DESC, id DESC LIMIT :limit"
)


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One act in the history of a record; `seq` is None until it is linked."""

    id: UUID
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    actor_name: str
    action: str
    target_type: str
    target_id: str
    detail: dict[str, Any]
    seq: int | None


def record(
    ctx: Context,
    action: str,
    *,
    target: tuple[str, UUID | str],
    detail: Mapping[str, object] | None = None,
    school_id: UUID | None = None,
) -> UUID:
    """Add an entry to the trail, in the caller's transaction.

    Args:
        action: what happened, as `finance.round.published`.
        target: kind and id of the record it happened to.
        detail: JSON values, dates, UUIDs, decimals, messages; no floats, no secrets.
        school_id: in a context over all schools, the school it concerns; without it the installation.

    Raises:
        TypeError: when a detail has no exact JSON form.
    """
    if ctx.school is not None and school_id not in (None, ctx.school):
        raise ValueError("an entry of another school than the context's")
    facts = Facts(
        new_id(),
        ctx.school or school_id,
        ctx.now(),
        ctx.actor.kind,
        ctx.actor.account_id,
        clean(ctx.actor.name),
        action,
        target[0],
        clean(str(target[1])),
        plain(detail or {}),
    )
    values = facts._asdict()
    values["detail"] = dumps(facts.detail)
    values["entry_hash"] = entry_hash(facts)
    ctx.session.connection().execute(_INSERT, values)
    return facts.id


def history(ctx: Context, target: tuple[str, UUID | str], *, limit: int = 50) -> list[HistoryEntry]:
    """What was done to a record, newest first. Who may see the record may see its history: the caller has
    checked.
    """
    rows = ctx.session.connection().execute(
        _HISTORY,
        {
            "type": target[0],
            "id": str(target[1]),
            "everywhere": ctx.school is None,
            "school": ctx.school,
            "limit": limit,
        },
    )
    return [HistoryEntry(**row) for row in rows.mappings()]
