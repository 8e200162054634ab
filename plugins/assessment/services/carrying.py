"""What a pupil was given elsewhere in the same school year: in another class of the grade, or at another school.

It counts here as if it had been given here, is seen with its origin, and is changed by nobody but where it was given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, select

from core.sdk import Context
from core.sdk.data import query
from plugins.curriculum import public as curriculum
from plugins.learners import public as learners

from ..grid.cells import Cell, stored
from ..grid.slots import COMMENT_SLOT, Layout, parsed, regular_number
from ..models import Brought

_ELSEWHERE = """
SELECT b.class_id, b.course_id, m.learner_id, m.slot, m.state, m.tenths, m.text
FROM assessment_gradebook b JOIN assessment_mark m ON m.school_id = b.school_id AND m.gradebook_id = b.id
WHERE b.school_id = :school AND b.class_id = ANY(:classes::uuid[]) AND b.term = :term
  AND m.learner_id = ANY(:learners::uuid[])
"""
OWN = ""
"""In place of a subject's code: the class's own book."""


class Carried(NamedTuple):
    """A cell that was given elsewhere: its stored text, and the name of the class or school."""

    text: str
    origin: str
    brought: bool


Cells = Mapping[str, Carried]
"""By slot."""
Elsewhere = Mapping[str, Mapping[UUID, Cells]]
"""By code of the subject (`OWN`: the class's own book) and pupil."""


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a pupil in a book with those given elsewhere; `origins` says where by slot, `beside` holds comments
    of others, which bar nobody from writing their own."""

    cells: Mapping[str, Cell]
    origins: Mapping[str, str]
    beside: str = ""


def elsewhere(ctx: Context, klass: learners.ClassInfo, term: int, learner_id: UUID | None = None) -> Elsewhere:
    """What the present pupils of a class were given elsewhere, set-based; two statements where nobody was elsewhere.

    Args:
        learner_id: of one of them only.
    """
    found: dict[str, dict[UUID, dict[str, Carried]]] = defaultdict(lambda: defaultdict(dict))
    for row in ctx.session.execute(_papers(ctx, klass, term, learner_id)):
        for code, cells in row.cells.items():
            for slot, text in cells.items():
                found[code][row.learner_id][slot] = Carried(text, row.from_school, True)
    _other_classes(ctx, klass, term, learner_id, found)
    return found


def _papers(
    ctx: Context, klass: learners.ClassInfo, term: int, learner_id: UUID | None
) -> Select[UUID, dict[str, Any], str]:
    """Pupil, cells and school of the papers of the present pupils of a class."""
    here = learners.enrolments_in(ctx, klass.year_id).subquery()
    wanted = (
        select(Brought.learner_id, Brought.cells, Brought.from_school)
        .join(here, here.c.person_id == Brought.learner_id)
        .where(Brought.school_id == ctx.school_id, Brought.year_id == klass.year_id, Brought.term == term)
        .where(Brought.ended_at.is_(None), here.c.class_id == klass.id, here.c.ends_on.is_(None))
    )
    return wanted.where(Brought.learner_id == learner_id) if learner_id else wanted


def brought(ctx: Context, learner_id: UUID, year_id: UUID, term: int) -> Mapping[str, Cells]:
    """What a pupil brought along for a term, by code of the subject. The caller has checked who asks."""
    wanted = select(Brought.cells, Brought.from_school).where(
        Brought.school_id == ctx.school_id, Brought.year_id == year_id, Brought.term == term,
        Brought.learner_id == learner_id, Brought.ended_at.is_(None),
    )  # fmt: skip
    row = ctx.session.execute(wanted).one_or_none()
    if row is None:
        return {}
    return {
        code: {slot: Carried(text, row.from_school, True) for slot, text in cells.items()}
        for code, cells in row.cells.items()
    }


def _other_classes(
    ctx: Context,
    klass: learners.ClassInfo,
    term: int,
    learner_id: UUID | None,
    found: dict[str, dict[UUID, dict[str, Carried]]],
) -> None:
    """Add the marks of earlier classes of the same grade, the latest class last, so that it counts."""
    here = learners.enrolments_in(ctx, klass.year_id).subquery()
    then = learners.enrolments_in(ctx, klass.year_id).subquery()
    moved = (
        select(then.c.person_id, then.c.class_id)
        .join(here, here.c.person_id == then.c.person_id)
        .where(here.c.class_id == klass.id, here.c.ends_on.is_(None), then.c.class_id != klass.id)
        .order_by(then.c.ends_on)
    )
    moved = moved.where(then.c.person_id == learner_id) if learner_id else moved
    classes: dict[UUID, learners.ClassInfo] = {}
    pupils: set[UUID] = set()
    for person, class_id in ctx.session.execute(moved):
        classes[class_id] = classes.get(class_id) or learners.class_of(ctx, class_id)
        pupils.add(person)
    former = {id: one for id, one in classes.items() if one.grade == klass.grade}
    if not former:
        return
    codes = {
        line.id: line.code
        for one in former.values()
        for line in curriculum.courses(ctx, class_id=one.id, year_id=one.year_id)
    }
    place = {id: at for at, id in enumerate(former)}
    wanted = {"school": ctx.school_id, "classes": list(former), "term": term, "learners": list(pupils)}
    for class_id, course_id, learner, slot, state, tenths, text in sorted(
        query(ctx, _ELSEWHERE, wanted), key=lambda row: place[row[0]]
    ):
        code = OWN if course_id is None else codes.get(course_id)
        if code is not None:
            put(found[code][learner], slot, Carried(stored(Cell(state, tenths, text)), former[class_id].name, False))


def put(cells: dict[str, Carried], slot: str, one: Carried) -> None:
    """Put a cell of another class beside those that came before; a regular mark never replaces one."""
    cells[free(slot, cells) or slot] = one


def free(slot: str, taken: Iterable[str]) -> str | None:
    """The slot itself, or for a regular mark the first free place; None where it is taken."""
    if slot not in taken:
        return slot
    number = regular_number(slot)
    if not number:
        return None
    return next((name for at in range(1, 10) if (name := f"tx{at}") not in taken), None)


def joined(layout: Layout, own: Mapping[str, Cell], others: Cells | None) -> Row:
    """The cells of a row with those given elsewhere. What was given here stands; a regular mark finds a free place."""
    if not others:
        return Row(own, {})
    cells, origins = dict(own), dict[str, str]()
    for slot, one in others.items():
        if slot == COMMENT_SLOT:
            continue
        place = free(slot, cells)
        cell = parsed(layout, slot, one.text)
        if place is not None and cell is not None:
            cells[place], origins[place] = cell, one.origin
    comment = others.get(COMMENT_SLOT)
    return Row(cells, origins, f"{comment.origin}: {comment.text}" if comment else "")
