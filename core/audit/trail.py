"""Reading the trail: the history of a record, and everything, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from core.data.context import Context

from .models import NO_SCHOOL

_COLUMNS = "id, at, actor_kind, actor_id, actor_name, action, target_type, target_id, detail"
_MINE = "target_type = :type AND target_id = :id AND (:everywhere OR {} = CAST(:school AS uuid))"
_HISTORY = text(
    f"SELECT {_COLUMNS}, NULL::bigint AS seq FROM core_audit_pending WHERE {_MINE.format('school_id')}"  # noqa: S608
    f" UNION ALL SELECT {_COLUMNS}, seq FROM core_audit WHERE {_MINE.format('chain')}"
    " ORDER BY at DESC, id DESC LIMIT :limit"
)
_CHOSEN = (
    "(:any_area OR split_part(action, '.', 1) = ANY(CAST(:areas AS text[])))"
    " AND (CAST(:actor AS uuid) IS NULL OR actor_id = CAST(:actor AS uuid))"
)
_WAITING = text(
    f"SELECT {_COLUMNS}, NULL::bigint AS seq FROM core_audit_pending"  # noqa: S608
    f" WHERE coalesce(school_id, '{NO_SCHOOL}') = :chain AND {_CHOSEN} ORDER BY at DESC, id DESC LIMIT :limit"
)
_LATEST = text(
    f"SELECT {_COLUMNS}, seq FROM core_audit WHERE chain = :chain"  # noqa: S608
    f" AND seq < coalesce(CAST(:before AS bigint), 9223372036854775807) AND {_CHOSEN} ORDER BY seq DESC LIMIT :limit"
)


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One act; `seq` is its number in the chain, None until it is linked some seconds later."""

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


def history(ctx: Context, target: tuple[str, UUID | str], *, limit: int = 50) -> list[HistoryEntry]:
    """What was done to a record, newest first.

    Who may see the record may see its history: the caller has checked.
    """
    values = {
        "type": target[0],
        "id": str(target[1]),
        "everywhere": ctx.school is None,
        "school": ctx.school,
        "limit": limit,
    }
    rows = ctx.session.connection().execute(_HISTORY, values)
    return [HistoryEntry(**row) for row in rows.mappings()]


def latest(
    ctx: Context,
    *,
    before: int | None = None,
    areas: Sequence[str] = (),
    actor: UUID | None = None,
    limit: int = 50,
) -> list[HistoryEntry]:
    """The trail of the context's school (or of the installation), newest first.

    Args:
        before: number of the last entry of the page before; the first page begins with entries not yet linked.
        areas: first words of the actions wanted, such as `finance`; all without.
        actor: only what this account did.
    """
    ctx.require("core.audit.read")
    values = {
        "chain": ctx.school or NO_SCHOOL,
        "before": before,
        "any_area": not areas,
        "areas": list(areas),
        "actor": actor,
        "limit": limit,
    }
    connection = ctx.session.connection()
    found = [] if before is not None else list(connection.execute(_WAITING, values).mappings())
    if len(found) < limit:
        found += connection.execute(_LATEST, values | {"limit": limit - len(found)}).mappings()
    return [HistoryEntry(**row) for row in found]
