"""Splitting a class and joining classes, from a day on, with what will happen shown first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select, text

from core.sdk import Context
from core.sdk.data import local_date
from core.sdk.errors import Invalid, NotFound
from core.sdk.school import current_year
from core.sdk.text import Message, _

from ..models import Enrolment, SchoolClass
from ..rules.classes import class_key, grade_of
from .batches import ROLL, begin, finish
from .classes import create_class
from .rolls import ClassInfo, class_list, class_of

PRIMARY_SIZE, SECONDARY_SIZE = 35, 45
"""Largest classes of the charters before Circular 15/2026; more only warns."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What splitting or joining would do."""

    source: ClassInfo
    target_name: str
    target_id: UUID | None
    """None: the class will be opened."""
    on: date
    names: list[str]
    left_before: int
    left_after: int
    target_before: int
    target_after: int
    warnings: list[Message]


def plan(ctx: Context, class_id: UUID, target_name: str, on: date, learner_ids: Sequence[UUID] | None = None) -> Plan:
    """What would happen if pupils of a class went to another one of the same grade.

    Args:
        target_name: a class of the year, or a new one.
        learner_ids: those who go; None for all (the class is joined to the other one).

    Raises:
        NotFound: no such class. Invalid: with the field that breaks a rule.
    """
    ctx.require(ROLL)
    source = _source(ctx, class_id)
    name = class_key(target_name)
    if grade_of(name) != source.grade or name == source.name:
        raise _invalid("target", _("Choose another class of grade %(grade)s.", grade=source.grade))
    members = class_list(ctx, class_id)
    wanted = members if learner_ids is None else [one for one in members if one.id in set(learner_ids)]
    if not wanted:
        raise _invalid("pupils", _("Choose at least one pupil."))
    year = current_year(ctx)
    if not year.starts_on <= on <= year.ends_on or on > max(local_date(ctx.now()), year.starts_on):
        raise _invalid("on", _("The day must lie in the school year and not in the future."))
    late = [one.full_name for one in wanted if one.starts_on > on]
    if late:
        raise _invalid("on", _("%(name)s came to the class after this day.", name=late[0]))
    found = select(SchoolClass.id).where(
        SchoolClass.school_id == ctx.school_id, SchoolClass.year_id == source.year_id, SchoolClass.name == name
    )
    target_id = ctx.session.execute(found).scalar_one_or_none()
    before = _size(ctx, target_id) if target_id else 0
    most = PRIMARY_SIZE if source.grade <= 5 else SECONDARY_SIZE
    after = before + len(wanted)
    warnings = [_("The class would have more than %(count)s pupils.", count=most)] if after > most else []
    return Plan(
        source, name, target_id, on, [one.full_name for one in wanted], len(members), len(members) - len(wanted),
        before, after, warnings,
    )  # fmt: skip


_ENDED = text("""
    UPDATE learners_enrolment SET ends_on = :on, updated_at = :now
    WHERE school_id = :school AND class_id = :source AND ends_on IS NULL AND learner_id = ANY(:learners)
    RETURNING id, learner_id""")
_BEGAN = text("""
    INSERT INTO learners_enrolment (id, school_id, learner_id, year_id, class_id, starts_on, created_at, updated_at)
    SELECT uuidv7(), :school, learner_id, :year, :target, :on, :now, :now FROM unnest(:learners ::uuid[]) learner_id""")
_STEPS = text("""
    INSERT INTO learners_movement (id, school_id, learner_id, kind, happened_on, year_id, began, ended, reason,
                                   other_school, document, note, author, batch_id, created_at, updated_at)
    SELECT uuidv7(), :school, e.learner_id, 'move', :on, :year, e.id, o.id, '', '', '', '', :author, :batch, :now, :now
    FROM unnest(:ended ::uuid[], :learners ::uuid[]) o (id, learner_id)
    JOIN learners_enrolment e ON e.learner_id = o.learner_id AND e.year_id = :year AND e.ends_on IS NULL""")


def apply(ctx: Context, class_id: UUID, target_name: str, on: date, learner_ids: Sequence[UUID] | None = None) -> UUID:
    """Do what `plan` says; returns the batch, which can be undone.

    Raises:
        as `plan`.
    """
    planned = plan(ctx, class_id, target_name, on, learner_ids)
    kind = "join" if learner_ids is None else "split"
    members = class_list(ctx, class_id)
    going = [one.id for one in members if learner_ids is None or one.id in set(learner_ids)]
    target_id = planned.target_id or create_class(ctx, planned.target_name)
    opened = [] if planned.target_id else [str(target_id)]
    summary = {"from": planned.source.name, "to": planned.target_name, "count": len(going), "opened": opened}
    batch_id = begin(ctx, kind, planned.source.year_id, on, summary)
    values = {
        "school": ctx.school_id, "source": class_id, "target": target_id, "year": planned.source.year_id, "on": on,
        "now": ctx.now(), "learners": going, "author": ctx.actor.name, "batch": batch_id,
    }  # fmt: skip
    ended = ctx.session.execute(_ENDED, values).all()
    values |= {"learners": [row.learner_id for row in ended], "ended": [row.id for row in ended]}
    ctx.session.execute(_BEGAN, values)
    ctx.session.execute(_STEPS, values)
    ctx.session.expire_all()
    if learner_ids is None:
        finish(ctx, batch_id, "join", len(ended))
    else:
        finish(ctx, batch_id, "split", len(ended))
    return batch_id


def _source(ctx: Context, class_id: UUID) -> ClassInfo:
    source = class_of(ctx, class_id)
    if source.year_id != current_year(ctx).id:
        raise NotFound
    return source


def _size(ctx: Context, class_id: UUID) -> int:
    query = select(func.count()).select_from(Enrolment).where(
        Enrolment.school_id == ctx.school_id, Enrolment.class_id == class_id, Enrolment.ends_on.is_(None)
    )  # fmt: skip
    return ctx.session.execute(query).scalar_one()


def _invalid(field: str, message: Message) -> Invalid:
    return Invalid(message, fields={field: message})
