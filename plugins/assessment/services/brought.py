"""Entering what a pupil brings along from another school: marks and results of a term, and their paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, update

from core.sdk import Context, Message, _
from core.sdk.audit import record
from core.sdk.data import new_id
from core.sdk.errors import Forbidden, Invalid, NotFound
from core.sdk.files import store
from core.sdk.school import current_year
from plugins.curriculum import public as curriculum
from plugins.learners import public as learners

from ..access import EDIT, READ
from ..grid import words
from ..grid.cells import Unreadable, read, stored
from ..grid.slots import COMMENT_SLOT, RESULT_ACCEPTS, RESULT_SLOT, Layout, Slot
from ..models import Brought
from .books import layout_of, rules_for
from .carrying import OWN

LONGEST = 300
_MOST_BYTES = 10 * 1024 * 1024
_KINDS = ((b"%PDF-", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n", "image/png"))
"""What a scanner or a telephone makes; what the file claims to be is not believed."""
PURPOSE = "assessment.brought"


@dataclass(frozen=True, slots=True)
class Paper:
    """What the entry stands on: the school, the paper (what it is, number, day), and its picture or PDF."""

    from_school: str
    document: str
    file_name: str = ""
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class BroughtLine:
    """An entry: cells by subject and slot as stored; one that was ended stays readable."""

    id: UUID
    term: int
    cells: Mapping[str, Mapping[str, str]]
    from_school: str
    document: str
    file_id: UUID | None
    entered_by: str
    entered_at: datetime
    ended_by: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Subject:
    """What can be entered for a subject of the pupil's class, or without a course for the class's own book."""

    course: curriculum.CourseLine | None
    layout: Layout

    @property
    def code(self) -> str:
        return self.course.code if self.course else OWN

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The result of the term as the other school made it, and the columns of the book."""
        found = tuple(slot for slot in self.layout.slots if slot.name != COMMENT_SLOT)
        return (_result(self.layout), *found) if self.layout.averages and self.layout.rules.secondary else found


def _result(layout: Layout) -> Slot:
    accept = RESULT_ACCEPTS[layout.assessed]
    return Slot(RESULT_SLOT, "ck", accept, words.TERM_RESULT, words.SHORT_RESULT, required=False)


def require_pupil(ctx: Context, learner_id: UUID, permission: str = EDIT) -> learners.ClassInfo:
    """The present class of a pupil, for who may enter what they bring along: the office, and who leads the class.

    Raises:
        NotFound: not in a class of the current year, or not within the actor's reach. Forbidden.
    """
    if not any(ctx.actor.has(name) for name in (permission, f"{permission}.{curriculum.HOMEROOM}")):
        raise Forbidden(permission)
    lines = [one for one in learners.enrolments_of(ctx, learner_id, current_year(ctx).id) if one.ends_on is None]
    if not lines:
        raise NotFound
    if not ctx.actor.has(permission) and lines[-1].class_id not in curriculum.my_homerooms(ctx):
        raise NotFound
    return learners.class_of(ctx, lines[-1].class_id)


def may_enter(ctx: Context, learner_id: UUID) -> bool:
    """Whether the actor may enter what this pupil brings along."""
    try:
        require_pupil(ctx, learner_id)
    except (NotFound, Forbidden):
        return False
    return True


def subjects(ctx: Context, klass: learners.ClassInfo, term: int) -> list[Subject]:
    """What can be entered for a pupil of a class. The caller has checked who asks."""
    rules = rules_for(ctx, klass)
    courses: list[curriculum.CourseLine | None] = [*curriculum.courses(ctx, class_id=klass.id), None]
    return [Subject(course, layout_of(rules, course, klass.grade, term, frozenset())) for course in courses]


def entered(ctx: Context, learner_id: UUID, term: int) -> list[BroughtLine]:
    """The entries of a pupil for a term of the current year, the one in force first.

    Raises:
        NotFound: no such term. Also NotFound, Forbidden as `require_pupil`.
    """
    require_pupil(ctx, learner_id, READ)
    if term not in (1, 2):
        raise NotFound
    wanted = select(Brought).where(
        Brought.school_id == ctx.school_id,
        Brought.learner_id == learner_id,
        Brought.year_id == current_year(ctx).id,
        Brought.term == term,
    )
    rows = ctx.session.scalars(wanted.order_by(Brought.ended_at.desc().nulls_first(), Brought.id.desc()))
    return [
        BroughtLine(
            row.id, row.term, row.cells, row.from_school, row.document, row.file_id, row.entered_by, row.entered_at,
            row.ended_by, row.ended_at,
        )
        for row in rows
    ]  # fmt: skip


def enter(ctx: Context, learner_id: UUID, term: int, typed: Mapping[tuple[str, str], str], paper: Paper) -> UUID | None:
    """Keep what a pupil brings along for a term; what was entered before is ended and stays. Without any cell the entry
    is taken back (None).

    Args:
        typed: by code of the subject and slot, as people write it.

    Raises:
        Invalid: what is no mark, or school or paper are missing; fields are `<code>.<slot>`.
        NotFound: no such pupil or term, or not within the actor's reach. Forbidden.
    """
    klass = require_pupil(ctx, learner_id)
    if term not in (1, 2):
        raise NotFound
    cells, faults = _read(subjects(ctx, klass, term), typed)
    school, document = (" ".join(text.split())[:LONGEST] for text in (paper.from_school, paper.document))
    if cells and not school:
        faults["from_school"] = _("Please give the name of the other school.")
    if cells and not document:
        faults["document"] = _("Please say on which paper this stands.")
    if faults:
        raise Invalid(_("Please correct the marked fields."), fields=faults)
    file_id = _kept(ctx, paper)
    before = _end(ctx, learner_id, klass.year_id, term)
    if not cells:
        if before is not None:
            record(ctx, "assessment.brought.taken_back", target=("learner", learner_id), detail={"term": term})
        return None
    row = Brought(
        id=new_id(), school_id=ctx.school_id, learner_id=learner_id, year_id=klass.year_id, term=term, cells=cells,
        from_school=school, document=document, file_id=file_id or (before.file_id if before else None),
        entered_by=ctx.actor.name, entered_by_id=ctx.actor.account_id, entered_at=ctx.now(),
    )  # fmt: skip
    ctx.session.add(row)
    ctx.session.flush()
    detail = {"term": term, "count": sum(len(one) for one in cells.values()), "school": school}
    record(ctx, "assessment.brought.entered", target=("learner", learner_id), detail=detail)
    return row.id


def _kept(ctx: Context, paper: Paper) -> UUID | None:
    if not paper.content:
        return None
    kind = next((kind for magic, kind in _KINDS if paper.content.startswith(magic)), None)
    if kind is None or len(paper.content) > _MOST_BYTES:
        problem = _("Choose a PDF or a picture of at most 10 MB.")
        raise Invalid(problem, fields={"file": problem})
    name = paper.file_name or "paper"
    return store(ctx, paper.content, name=name, media_type=kind, purpose=PURPOSE, limit=_MOST_BYTES).id


def _read(
    known: list[Subject], typed: Mapping[tuple[str, str], str]
) -> tuple[dict[str, dict[str, str]], dict[str, Message]]:
    accepts = {(one.code, slot.name): slot.accept for one in known for slot in one.slots}
    cells: dict[str, dict[str, str]] = {}
    faults: dict[str, Message] = {}
    for (code, slot), text in typed.items():
        if not text.strip():
            continue
        if (code, slot) not in accepts:
            faults[f"{code}.{slot}"] = _("This book has no such column.")
            continue
        try:
            cells.setdefault(code, {})[slot] = stored(read(text, accepts[code, slot]))
        except Unreadable as error:
            faults[f"{code}.{slot}"] = error.reason
    return cells, faults


class _Ended(NamedTuple):
    file_id: UUID | None


def _end(ctx: Context, learner_id: UUID, year_id: UUID, term: int) -> _Ended | None:
    """End the entry in force, if there is one."""
    statement = (
        update(Brought)
        .where(
            Brought.school_id == ctx.school_id, Brought.learner_id == learner_id, Brought.year_id == year_id,
            Brought.term == term, Brought.ended_at.is_(None),
        )
        .values(ended_by=ctx.actor.name, ended_at=ctx.now())
        .returning(Brought.file_id)
    )  # fmt: skip
    row = ctx.session.execute(statement).one_or_none()
    return _Ended(row[0]) if row is not None else None


def file_of(ctx: Context, brought_id: UUID) -> UUID:
    """The file of an entry's paper.

    Raises:
        NotFound: none, or not within the actor's reach. Forbidden.
    """
    wanted = select(Brought.learner_id, Brought.file_id)
    row = ctx.session.execute(wanted.where(Brought.school_id == ctx.school_id, Brought.id == brought_id)).one_or_none()
    if row is None or row.file_id is None:
        raise NotFound
    require_pupil(ctx, row.learner_id, READ)
    return UUID(str(row.file_id))
