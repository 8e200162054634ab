"""Totals typed by hand, for terms without registers."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from core.sdk import Context, _, audit
from core.sdk.errors import Invalid
from plugins.curriculum import public as curriculum
from plugins.learners import public as learners

from ..access import TYPE
from ..models import TypedTotal

MOST = 400


def typed(ctx: Context, class_id: UUID, term: int) -> dict[UUID, tuple[int, int]]:
    """What was typed for the pupils of a class: with leave, without. The caller has checked who asks."""
    found = learners.class_of(ctx, class_id)
    pupils = [member.id for member in learners.class_list(ctx, class_id)]
    query = select(TypedTotal.learner_id, TypedTotal.excused, TypedTotal.unexcused).where(
        TypedTotal.school_id == ctx.school_id,
        TypedTotal.year_id == found.year_id,
        TypedTotal.term == term,
        TypedTotal.learner_id.in_(pupils),
    )
    return {row.learner_id: (row.excused, row.unexcused) for row in ctx.session.execute(query)}


def type_totals(ctx: Context, class_id: UUID, term: int, values: Mapping[UUID, tuple[int, int] | None]) -> int:
    """Set the totals of pupils of a class in a term; None takes a typed total away, so that registers count again.

    Returns:
        How many pupils changed.

    Raises:
        NotFound, Forbidden: a class that the actor does not lead. Invalid: no such term, numbers out of range, or a
            pupil of another class; fields are the ids.
    """
    curriculum.require_class(ctx, TYPE, class_id)
    found = learners.class_of(ctx, class_id)
    members = {member.id for member in learners.class_list(ctx, class_id)}
    problem = _("Please type a number from 0 to 400.")
    wrong = {
        str(learner): problem
        for learner, pair in values.items()
        if learner not in members or (pair is not None and not all(0 <= number <= MOST for number in pair))
    }
    if wrong or not 1 <= term <= 4:
        raise Invalid(problem, fields=wrong)
    before = typed(ctx, class_id, term)
    changed = {learner: pair for learner, pair in values.items() if before.get(learner) != pair}
    if not changed:
        return 0
    of_term = TypedTotal.school_id == ctx.school_id, TypedTotal.year_id == found.year_id, TypedTotal.term == term
    ctx.session.execute(delete(TypedTotal).where(*of_term, TypedTotal.learner_id.in_(list(changed))))
    now = ctx.now()
    rows = [
        {
            "learner_id": learner, "year_id": found.year_id, "term": term, "school_id": ctx.school_id,
            "excused": pair[0], "unexcused": pair[1], "author": ctx.actor.name, "created_at": now, "updated_at": now,
        }
        for learner, pair in changed.items()
        if pair is not None
    ]  # fmt: skip
    if rows:
        ctx.session.execute(insert(TypedTotal), rows)
    old = {str(learner): list(before[learner]) for learner in changed if learner in before}
    new = {str(learner): list(pair) for learner, pair in changed.items() if pair is not None}
    detail = {"term": term, "before": old, "after": new}
    audit.record(ctx, "attendance.total.typed", target=("learners_class", class_id), detail=detail)
    return len(changed)
