"""The one place that writes marks: set-based, each change with its history, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from core.sdk import Context
from core.sdk.data import new_id, query

from ..grid.cells import Cell, stored

Place = tuple[UUID, str]
"""Learner and slot."""
_WRITE = """
WITH sent AS (
  SELECT * FROM unnest(:learners::uuid[], :slots::text[], :states::int2[], :tenths::int2[], :texts::text[],
    :olds::text[], :news::text[], :ids::uuid[])
    AS s(learner_id, slot, state, tenths, text, old, new, id)
), gone AS (
  DELETE FROM assessment_mark m USING sent s
  WHERE s.state IS NULL AND m.school_id = :school AND m.gradebook_id = :book AND m.learner_id = s.learner_id
    AND m.slot = s.slot
), put AS (
  INSERT INTO assessment_mark (school_id, gradebook_id, learner_id, slot, state, tenths, text)
  SELECT :school, :book, learner_id, slot, state, tenths, text FROM sent WHERE state IS NOT NULL
  ON CONFLICT (school_id, gradebook_id, learner_id, slot)
  DO UPDATE SET state = EXCLUDED.state, tenths = EXCLUDED.tenths, text = EXCLUDED.text
)
INSERT INTO assessment_change
  (school_id, gradebook_id, learner_id, slot, id, revision, at, old, new, actor_id, actor_name, door, reason,
    import_id)
SELECT :school, :book, learner_id, slot, id, :revision, :now, old, new, :actor, :name, :door, :reason, :import::uuid
FROM sent
RETURNING 1
"""
_CELLS = """
SELECT learner_id, slot, state, tenths, text FROM assessment_mark
WHERE school_id = :school AND gradebook_id = :book
"""


class Written(NamedTuple):
    """A change of a cell: what stood there and what stands there now."""

    place: Place
    old: Cell | None
    new: Cell | None


def cells_of(ctx: Context, book_id: UUID | None) -> dict[UUID, dict[str, Cell]]:
    """Everything that stands in a book: cells by learner and slot."""
    found: dict[UUID, dict[str, Cell]] = {}
    if book_id is None:
        return found
    for learner, slot, state, tenths, text in query(ctx, _CELLS, {"school": ctx.school_id, "book": book_id}):
        found.setdefault(learner, {})[slot] = Cell(state, tenths, text)
    return found


def write(
    ctx: Context,
    book_id: UUID,
    changes: Sequence[Written],
    door: str,
    revision: int,
    *,
    reason: str = "",
    import_id: UUID | None = None,
) -> None:
    """Write changes of a book that the caller holds; pupils, windows and states are checked by then.

    Args:
        revision: which the book has after them (`books.touch`).
    """
    if not changes:
        return
    query(
        ctx,
        _WRITE,
        {
            "school": ctx.school_id, "book": book_id, "now": ctx.now(), "actor": ctx.actor.account_id,
            "name": ctx.actor.name, "door": door, "reason": reason, "import": import_id,
            "revision": revision,
            "learners": [change.place[0] for change in changes],
            "slots": [change.place[1] for change in changes],
            "states": [change.new.state if change.new else None for change in changes],
            "tenths": [change.new.tenths if change.new else None for change in changes],
            "texts": [change.new.text if change.new else None for change in changes],
            "olds": [stored(change.old) for change in changes],
            "news": [stored(change.new) for change in changes],
            "ids": [new_id() for _change in changes],
        },
    )  # fmt: skip
