"""Two records of one pupil made one: their marks in plain words, and the traces that it leaves in the books."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context, MergedRows, Message, _
from core.sdk.data import new_id, query
from plugins.curriculum import public as curriculum
from plugins.learners import public as learners

from ..grid.cells import Cell, stored
from ..grid.words import OWN_PRIMARY, OWN_SECONDARY, TERMS
from ..models import Gradebook
from .books import layout_of, rules_for

Row = Mapping[str, Any]
_REMEMBER = """
WITH books AS (
  UPDATE assessment_gradebook SET revision = revision + 1, updated_at = :now
  WHERE school_id = :school AND id = ANY(:books::uuid[]) RETURNING id, revision
)
INSERT INTO assessment_change
  (school_id, gradebook_id, learner_id, slot, id, revision, at, old, new, actor_id, actor_name, door, reason)
SELECT :school, s.book, :learner, s.slot, s.id, b.revision, :now, s.old, s.new, :actor, :name, 'merge', ''
FROM unnest(:books::uuid[], :slots::text[], :olds::text[], :news::text[], :ids::uuid[]) AS s(book, slot, old, new, id)
JOIN books b ON b.id = s.book
RETURNING 1
"""
_STAND = """
SELECT m.gradebook_id, m.slot, m.state, m.tenths, m.text FROM assessment_mark m
JOIN unnest(:books::uuid[], :slots::text[]) AS s(book, slot) ON m.gradebook_id = s.book AND m.slot = s.slot
WHERE m.school_id = :school AND m.learner_id = :learner
"""
Place = tuple[UUID, str]
"""A book and a column of it."""


def read_marks(ctx: Context, rows: Sequence[Row]) -> list[Message]:
    """Marks in plain words: class, subject, term, column, and what stands there."""
    found = select(Gradebook).where(
        Gradebook.school_id == ctx.school_id, Gradebook.id.in_({UUID(row["gradebook_id"]) for row in rows})
    )
    books = {book.id: _Named(ctx, book) for book in ctx.session.scalars(found)}
    return [books[UUID(row["gradebook_id"])].mark(row["slot"], stored(_cell(row))) for row in rows]


def read_summers(ctx: Context, rows: Sequence[Row]) -> list[Message]:
    """What was entered after a year, in plain words."""
    return [
        _("%(marks)s; training: %(training)s", marks=_retests(row["retests"]), training=row["training"] or "–")
        for row in rows
    ]


def read_brought(ctx: Context, rows: Sequence[Row]) -> list[Message]:
    """Papers of another school, in plain words."""
    return [
        _("%(term)s, %(school)s: %(paper)s", term=TERMS[row["term"]], school=row["from_school"], paper=row["document"])
        for row in rows
    ]


def _retests(retests: Mapping[str, str]) -> str:
    return ", ".join(f"{code} {text.replace('.', ',')}" for code, text in sorted(retests.items())) or "–"


class _Named:
    """A book with its names."""

    def __init__(self, ctx: Context, book: Gradebook) -> None:
        klass = learners.class_of(ctx, book.class_id)
        courses = {line.id: line for line in curriculum.courses(ctx, class_id=klass.id, year_id=klass.year_id)}
        course = courses.get(book.course_id) if book.course_id else None
        self._class, self._term = klass.name, book.term
        self._what = course.name_vi if course else OWN_PRIMARY if klass.grade < 6 else OWN_SECONDARY
        self._layout = layout_of(rules_for(ctx, klass), course, klass.grade, book.term, frozenset())

    def mark(self, slot: str, text: str) -> Message:
        column = self._layout.slot(slot)
        label = column.label if column is not None else slot
        return _(
            "%(name)s, %(subject)s, %(term)s, %(column)s: %(mark)s", name=self._class, subject=self._what,
            term=TERMS[self._term], column=label, mark=text.replace(".", ",") if column is None else text,
        )  # fmt: skip


def marks_merged(ctx: Context, rows: MergedRows) -> None:
    """The history of the books says what a merge, or its undo, changed in the cells of the record that is kept."""
    moved = [(UUID(key["gradebook_id"]), key["slot"]) for key in rows.moved]
    mine, theirs = _aside(rows, rows.keep), _aside(rows, rows.gone)
    stand = _texts(ctx, rows.gone if rows.undone else rows.keep, [*moved, *theirs])
    said = [(place, mine.get(place, ""), stand.get(place, "")) for place in moved]
    if rows.undone:
        said = [(place, now, before) for place, before, now in said]
    else:
        said += [(place, text, stand.get(place, "")) for place, text in theirs.items()]
    if not said:
        return
    query(
        ctx,
        _REMEMBER,
        {
            "school": ctx.school_id, "learner": rows.keep, "now": ctx.now(), "actor": ctx.actor.account_id,
            "name": ctx.actor.name, "books": [place[0] for place, _old, _new in said],
            "slots": [place[1] for place, _old, _new in said], "olds": [old for _place, old, _new in said],
            "news": [new for _place, _old, new in said], "ids": [new_id() for _one in said],
        },
    )  # fmt: skip


def _aside(rows: MergedRows, who: UUID) -> dict[Place, str]:
    return {
        (UUID(row["gradebook_id"]), row["slot"]): stored(_cell(row))
        for row in rows.dropped
        if row["learner_id"] == str(who)
    }


def _texts(ctx: Context, learner_id: UUID, places: Sequence[Place]) -> dict[Place, str]:
    values = {
        "school": ctx.school_id, "learner": learner_id, "books": [book for book, _slot in places],
        "slots": [slot for _book, slot in places],
    }  # fmt: skip
    rows = query(ctx, _STAND, values)
    return {(book, slot): stored(Cell(state, tenths, text)) for book, slot, state, tenths, text in rows}


def _cell(row: Row) -> Cell:
    return Cell(row["state"], row["tenths"], row["text"])
