"""Many pupils moved at once, as one thing that can be undone: what roll-over, splitting and joining share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from core.sdk import Context
from core.sdk.audit import record
from core.sdk.data import new_id
from core.sdk.errors import Conflict, NotFound
from core.sdk.events import emit
from core.sdk.text import _

from ..events import MOVED_MANY
from ..models import Batch

ROLL = "learners.year.roll"


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A move of many pupils."""

    id: UUID
    kind: str
    happened_on: date
    summary: dict[str, Any]
    author: str
    created_at: datetime
    undone_at: datetime | None


def batches(ctx: Context, limit: int = 20) -> list[BatchLine]:
    """The latest moves of many pupils, newest first."""
    ctx.require(ROLL)
    query = (
        select(
            Batch.id, Batch.kind, Batch.happened_on, Batch.summary, Batch.author, Batch.created_at, Batch.undone_at
        )
        .where(Batch.school_id == ctx.school_id)
        .order_by(Batch.id.desc())
        .limit(limit)
    )  # fmt: skip
    return [BatchLine(*row) for row in ctx.session.execute(query)]


def begin(ctx: Context, kind: str, year_id: UUID, on: date, summary: dict[str, Any]) -> UUID:
    """Open a batch; its movements are written by the caller."""
    now = ctx.now()
    batch = Batch(
        id=new_id(), school_id=ctx.school_id, kind=kind, year_id=year_id, happened_on=on, summary=summary,
        author=ctx.actor.name, created_at=now, updated_at=now,
    )  # fmt: skip
    ctx.session.add(batch)
    ctx.session.flush()
    return batch.id


def finish(ctx: Context, batch_id: UUID, kind: str, moved: int) -> None:
    """Say that a batch is done."""
    record(ctx, f"learners.batch.{kind}", target=("learners_batch", batch_id), detail={"count": moved})
    emit(ctx, MOVED_MANY, {"batch_id": str(batch_id), "count": moved})


# Pupils of the batch for whom something was entered since: a step of their own, or another class of that year.
_LATER = text("""
    SELECT DISTINCT c.full_name, c.sort_key FROM learners_movement m JOIN core_person c ON c.id = m.learner_id
    WHERE m.school_id = :school AND m.batch_id = :batch AND (
          EXISTS (SELECT FROM learners_movement o WHERE o.learner_id = m.learner_id AND o.id > m.id
                  AND o.batch_id IS DISTINCT FROM m.batch_id)
       OR EXISTS (SELECT FROM learners_enrolment e WHERE e.learner_id = m.learner_id AND e.year_id = m.year_id
                  AND e.created_at > m.created_at AND e.id IS DISTINCT FROM m.began)
       OR EXISTS (SELECT FROM learners_enrolment e WHERE e.id = m.began AND e.ends_on IS NOT NULL))
    ORDER BY c.sort_key LIMIT 6""")
_STEPS = text("""
    DELETE FROM learners_movement WHERE school_id = :school AND batch_id = :batch RETURNING began, ended""")
_BEGAN = text("DELETE FROM learners_enrolment WHERE school_id = :school AND id = ANY(:ids)")
_ENDED = text("UPDATE learners_enrolment SET ends_on = NULL WHERE school_id = :school AND id = ANY(:ids)")
_OPENED = text("""
    DELETE FROM learners_class k WHERE k.school_id = :school AND k.id = ANY(:ids)
    AND NOT EXISTS (SELECT FROM learners_enrolment e WHERE e.school_id = :school AND e.class_id = k.id)""")


def undo_batch(ctx: Context, batch_id: UUID) -> None:
    """Take back a move of many pupils, exactly.

    Raises:
        NotFound: no such batch. Conflict: undone already, or something later stands on it; it says for whom.
    """
    ctx.require(ROLL)
    query = select(Batch).where(Batch.school_id == ctx.school_id, Batch.id == batch_id).with_for_update()
    batch = ctx.session.execute(query).scalar_one_or_none()
    if batch is None:
        raise NotFound
    if batch.undone_at is not None:
        raise Conflict(_("This was taken back already."))
    mine = {"school": ctx.school_id, "batch": batch_id}
    names = [row.full_name for row in ctx.session.execute(_LATER, mine)]
    if names:
        shown = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
        raise Conflict(_("Something later is entered for these pupils: %(names)s. It cannot be undone.", names=shown))
    try:
        with ctx.session.begin_nested():
            steps = ctx.session.execute(_STEPS, mine).all()
            began = [step.began for step in steps if step.began is not None]
            ended = [step.ended for step in steps if step.ended is not None]
            ctx.session.execute(_BEGAN, {**mine, "ids": began})
            ctx.session.execute(_ENDED, {**mine, "ids": ended})
            opened = [UUID(value) for value in batch.summary.get("opened", [])]
            ctx.session.execute(_OPENED, {**mine, "ids": opened})
    except IntegrityError as error:
        raise Conflict(
            _("Other records stand on these classes already, for example marks or attendance. It cannot be undone."),
            code="batch_in_use",
        ) from error
    batch.undone_at = ctx.now()
    ctx.session.flush()
    ctx.session.expire_all()
    record(ctx, "learners.batch.undone", target=("learners_batch", batch_id), detail={"count": len(steps)})
    emit(ctx, MOVED_MANY, {"batch_id": str(batch_id), "count": len(steps)})
