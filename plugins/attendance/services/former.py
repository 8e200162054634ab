"""Absences at the school that a pupil came from in the middle of the year: entered with their paper, and counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, update

from core.sdk import Context, Message, _, audit
from core.sdk.data import new_id
from core.sdk.errors import Forbidden, Invalid, NotFound
from core.sdk.school import current_year, terms
from plugins.curriculum import public as curriculum
from plugins.learners import public as learners

from ..access import TYPE
from ..models import FormerTotal
from ..rules.counting import AbsenceTotals
from .typed import MOST

LONGEST = 300


class Told(NamedTuple):
    """What a paper says of a pupil's term."""

    excused: int
    unexcused: int
    from_school: str


@dataclass(frozen=True, slots=True)
class FormerLine:
    """An entry; one that was ended stays readable."""

    term: int
    excused: int
    unexcused: int
    from_school: str
    document: str
    author: str
    entered_at: datetime
    ended_by: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Arrival:
    """A pupil who came from another school in this year; `terms` are those of which a paper has told."""

    learner_id: UUID
    full_name: str
    code: str
    class_id: UUID
    class_name: str
    came_on: date
    from_school: str
    terms: tuple[int, ...]


def came(ctx: Context, year_id: UUID) -> dict[UUID, date]:
    """First days of the pupils who came from another school in a year."""
    rows = ctx.session.execute(learners.arrivals_in(ctx, year_id))
    return {row.person_id: row.came_on for row in rows}


def told(ctx: Context, year_id: UUID, term: int) -> dict[UUID, Told]:
    """What papers say of a term, by pupil."""
    query = select(
        FormerTotal.learner_id, FormerTotal.excused, FormerTotal.unexcused, FormerTotal.from_school
    ).where(
        FormerTotal.school_id == ctx.school_id,
        FormerTotal.year_id == year_id,
        FormerTotal.term == term,
        FormerTotal.ended_at.is_(None),
    )  # fmt: skip
    return {row[0]: Told(*row[1:]) for row in ctx.session.execute(query)}


def joined(here: AbsenceTotals, before: int, paper: Told | None) -> AbsenceTotals:
    """Totals of a term with those of the former school. Pure.

    Args:
        before: units that were held there, by this school's calendar. Without a paper they are missing: nobody knows,
            and what nobody knows is never a fail. Totals typed by hand are the whole truth already.
    """
    if paper is None:
        if not before or here.source == "hand":
            return here
        due = None if here.sessions_expected is None else here.sessions_expected + before
        return replace(here, sessions_expected=due, untold=before)
    due = None if here.sessions_expected is None else here.sessions_expected + before
    return replace(
        here,
        excused=here.excused + paper.excused,
        unexcused=here.unexcused + paper.unexcused,
        sessions_registered=here.sessions_registered + before,
        sessions_expected=due,
        elsewhere=paper.excused + paper.unexcused,
        former_school=paper.from_school,
    )


def arrivals(ctx: Context) -> list[Arrival]:
    """Who came from another school in the current year and is in a class within the actor's reach, by day.

    Raises:
        Forbidden.
    """
    mine = _classes(ctx)
    year = current_year(ctx).id
    came_in = learners.arrivals_in(ctx, year).subquery()
    roll = learners.enrolled(ctx).subquery()
    query = select(roll, came_in.c.came_on, came_in.c.from_school).join(
        came_in, came_in.c.person_id == roll.c.person_id
    )
    if mine is not None:
        query = query.where(roll.c.class_id.in_(mine))
    rows = ctx.session.execute(query.order_by(came_in.c.came_on.desc(), roll.c.sort_key, roll.c.person_id)).all()
    entered = _entered(ctx, year, [row.person_id for row in rows])
    return [
        Arrival(row.person_id, row.full_name, row.code or "", row.class_id, row.class_name, row.came_on,
                row.from_school, tuple(entered.get(row.person_id, ())))
        for row in rows
    ]  # fmt: skip


def _classes(ctx: Context) -> Sequence[UUID] | None:
    """The classes for which the actor types totals; None stands for all."""
    if ctx.actor.has(TYPE):
        return None
    ctx.require(f"{TYPE}.{curriculum.HOMEROOM}")
    return list(curriculum.my_homerooms(ctx))


def _entered(ctx: Context, year_id: UUID, ids: Sequence[UUID]) -> dict[UUID, list[int]]:
    query = select(FormerTotal.learner_id, FormerTotal.term).where(
        FormerTotal.school_id == ctx.school_id, FormerTotal.year_id == year_id, FormerTotal.learner_id.in_(ids),
        FormerTotal.ended_at.is_(None),
    )  # fmt: skip
    found: dict[UUID, list[int]] = {}
    for learner, term in ctx.session.execute(query.order_by(FormerTotal.term)):
        found.setdefault(learner, []).append(term)
    return found


def require_pupil(ctx: Context, learner_id: UUID) -> learners.ClassInfo:
    """The present class of a pupil, for who may enter their absences elsewhere.

    Raises:
        NotFound: not in a class of the current year, or not within the actor's reach. Forbidden.
    """
    if not (ctx.actor.has(TYPE) or ctx.actor.has(f"{TYPE}.{curriculum.HOMEROOM}")):
        raise Forbidden(TYPE)
    lines = [one for one in learners.enrolments_of(ctx, learner_id, current_year(ctx).id) if one.ends_on is None]
    if not lines:
        raise NotFound
    curriculum.require_class(ctx, TYPE, lines[-1].class_id)
    return learners.class_of(ctx, lines[-1].class_id)


def may_enter(ctx: Context, learner_id: UUID) -> bool:
    """Whether the actor may enter absences of this pupil at another school."""
    try:
        require_pupil(ctx, learner_id)
    except (NotFound, Forbidden):
        return False
    return True


def entries(ctx: Context, learner_id: UUID) -> list[FormerLine]:
    """The entries of a pupil in the current year, those in force first. Raises: as `require_pupil`."""
    require_pupil(ctx, learner_id)
    query = (
        select(FormerTotal)
        .where(FormerTotal.school_id == ctx.school_id, FormerTotal.learner_id == learner_id)
        .where(FormerTotal.year_id == current_year(ctx).id)
        .order_by(FormerTotal.ended_at.desc().nulls_first(), FormerTotal.term, FormerTotal.id.desc())
    )
    return [
        FormerLine(one.term, one.excused, one.unexcused, one.from_school, one.document, one.author, one.entered_at,
                   one.ended_by, one.ended_at)
        for one in ctx.session.scalars(query)
    ]  # fmt: skip


def enter(
    ctx: Context, learner_id: UUID, values: Mapping[int, tuple[int, int] | None], from_school: str, document: str
) -> int:
    """Keep what a paper of the former school says; what was entered before for the term is ended and stays.

    Args:
        values: by number of the term, with leave and without; None takes the entry of the term back.

    Returns:
        How many terms changed.

    Raises:
        Invalid: numbers out of range, no such term, or school or paper are missing. NotFound, Forbidden: as
            `require_pupil`.
    """
    klass = require_pupil(ctx, learner_id)
    school, paper = (" ".join(one.split())[:LONGEST] for one in (from_school, document))
    faults = _faults(ctx, klass.year_id, values, school, paper)
    if faults:
        raise Invalid(_("Please correct the marked fields."), fields=faults)
    before = {line.term: line for line in entries(ctx, learner_id) if line.ended_at is None}
    changed: dict[int, tuple[int, int] | None] = {}
    for term, pair in values.items():
        old = before.get(term)
        if _same(old, pair, school, paper):
            continue
        changed[term] = pair
        _end(ctx, learner_id, klass.year_id, term)
        if pair is not None:
            ctx.session.add(
                FormerTotal(
                    id=new_id(), school_id=ctx.school_id, learner_id=learner_id, year_id=klass.year_id, term=term,
                    excused=pair[0], unexcused=pair[1], from_school=school, document=paper, author=ctx.actor.name,
                    entered_at=ctx.now(),
                )
            )  # fmt: skip
            ctx.session.flush()
    if changed:
        detail = {"terms": sorted(changed), "school": school,
                  "after": {str(term): list(pair) for term, pair in changed.items() if pair is not None}}  # fmt: skip
        audit.record(ctx, "attendance.former.entered", target=("learner", learner_id), detail=detail)
    return len(changed)


def _same(old: FormerLine | None, pair: tuple[int, int] | None, school: str, paper: str) -> bool:
    if old is None or pair is None:
        return old is None and pair is None
    return (old.excused, old.unexcused, old.from_school, old.document) == (*pair, school, paper)


def _faults(
    ctx: Context, year_id: UUID, values: Mapping[int, tuple[int, int] | None], school: str, paper: str
) -> dict[str, Message]:
    known = {row.number for row in terms(ctx, year_id)}
    problem = _("Please type a number from 0 to %(most)s.", most=MOST)
    faults: dict[str, Message] = {}
    for term, pair in values.items():
        if term not in known or (pair is not None and not all(0 <= number <= MOST for number in pair)):
            faults[f"term_{term}"] = problem
    if any(values.values()) and not school:
        faults["from_school"] = _("Please give the name of the other school.")
    if any(values.values()) and not paper:
        faults["document"] = _("Please say on which paper this stands.")
    return faults


def _end(ctx: Context, learner_id: UUID, year_id: UUID, term: int) -> None:
    ctx.session.execute(
        update(FormerTotal)
        .where(FormerTotal.school_id == ctx.school_id, FormerTotal.learner_id == learner_id)
        .where(FormerTotal.year_id == year_id, FormerTotal.term == term, FormerTotal.ended_at.is_(None))
        .values(ended_at=ctx.now(), ended_by=ctx.actor.name)
    )
