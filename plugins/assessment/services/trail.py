"""Who changed what: of one cell, of a pupil's row, of a book."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context
from core.sdk.people import all_ids, kept_ids

from ..models import Change
from . import books

MOST = 200


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change of a cell; texts as stored, empty: not entered."""

    at: datetime
    learner_id: UUID
    slot: str
    old: str
    new: str
    who: str
    door: str
    reason: str


def changes(
    ctx: Context, book: books.Book, *, learner_id: UUID | None = None, slot: str = "", most: int = MOST
) -> list[ChangeLine]:
    """The changes of a book that the caller has opened with a right to see it, newest first."""
    if book.id is None:
        return []
    columns = (
        Change.at, Change.learner_id, Change.slot, Change.old, Change.new, Change.actor_name, Change.door,
        Change.reason,
    )  # fmt: skip
    found = select(*columns).where(Change.school_id == ctx.school_id, Change.gradebook_id == book.id)
    if learner_id is not None:
        found = found.where(Change.learner_id.in_(all_ids(learner_id)))
    if slot:
        found = found.where(Change.slot == slot)
    kept = kept_ids(ctx)
    return [
        ChangeLine(at, kept.get(learner, learner), *rest)
        for at, learner, *rest in ctx.session.execute(found.order_by(Change.id.desc()).limit(most))
    ]
