"""Writing the trail.

`record` adds one row to a waiting list in the caller's transaction and locks nothing, so requests of one
school never wait for each other. `core_audit_link` (run by the worker every few seconds, and before each
verification) moves waiting rows into the hash chain of their school in the order in which they became
visible, under one advisory lock. The other way, a lock on the head of the chain until commit, would let a
school commit one transaction at a time, disk flush included. Until it is linked an entry cannot be changed or
deleted by the program either: rights and triggers see to that.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from core.data.context import Context
from core.data.direct import direct
from core.data.types import new_id

from .canonical import Facts, clean, dumps, entry_hash, plain

_INSERT = (
    "INSERT INTO core_audit_pending (id, school_id, at, actor_kind, actor_id, actor_name, action,"
    " target_type, target_id, detail, entry_hash) VALUES (%(id)s, %(school_id)s, %(at)s, %(actor_kind)s, %(actor_id)s,"
    " %(actor_name)s, %(action)s, %(target_type)s, %(target_id)s, %(detail)s::jsonb, %(entry_hash)s)"
)


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
        ctx.actor.account_id or ctx.actor.client_id,
        clean(ctx.actor.name),
        action,
        target[0],
        clean(str(target[1])),
        plain(detail or {}),
    )
    values = facts._asdict()
    values["detail"] = dumps(facts.detail)
    values["entry_hash"] = entry_hash(facts)
    direct(ctx, _INSERT, values)
    return facts.id
