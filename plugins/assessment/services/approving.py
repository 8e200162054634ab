"""Who may approve marks and decide whether they are opened again: the head of the school and whom they have named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from core.sdk import Context, _
from core.sdk.audit import record
from core.sdk.errors import Forbidden, Invalid, NotFound
from plugins.curriculum import public as curriculum

from ..access import APPROVE, NAMED
from ..models import Approver

_HELD = "assessment.approver_of"


@dataclass(frozen=True, slots=True)
class ApproverLine:
    """A person who was named, for one subject or (empty) for all."""

    person_id: UUID
    name: str
    subject: str
    given_by: str
    given_at: datetime


def subjects_of(ctx: Context) -> frozenset[str]:
    """The codes of the subjects for which the actor was named; the empty one stands for all."""
    if ctx.actor.person_id is None or not ctx.actor.has(NAMED):
        return frozenset()
    held: frozenset[str] | None = ctx.session.info.get(_HELD)
    if held is None:
        wanted = select(Approver.subject).where(
            Approver.school_id == ctx.school_id, Approver.person_id == ctx.actor.person_id
        )
        held = frozenset(ctx.session.execute(wanted).scalars())
        ctx.session.info[_HELD] = held
    return held


def may_approve(ctx: Context, course: curriculum.CourseLine | None) -> bool:
    """Whether the actor decides on the books of a course, or without one on the classes' own."""
    if ctx.actor.has(APPROVE):
        return True
    named = subjects_of(ctx)
    return "" in named or (course is not None and course.code in named)


def require_approver(ctx: Context, course: curriculum.CourseLine | None) -> None:
    """Let pass who decides on these books.

    Raises:
        Forbidden: otherwise.
    """
    if not may_approve(ctx, course):
        raise Forbidden(APPROVE)


def approvers(ctx: Context) -> list[ApproverLine]:
    """Who was named, by name.

    Raises:
        Forbidden: not the head of the school.
    """
    ctx.require(APPROVE)
    names = {one.id: one.full_name for one in curriculum.teachers(ctx)}
    wanted = select(Approver).where(Approver.school_id == ctx.school_id).order_by(Approver.given_at)
    return [
        ApproverLine(row.person_id, names.get(row.person_id, "–"), row.subject, row.given_by, row.given_at)
        for row in ctx.session.scalars(wanted)
    ]


def name_approver(ctx: Context, person_id: UUID, subject: str) -> None:
    """Let a teacher approve the marks of a subject (its code), or with an empty one of all.

    Raises:
        Invalid: nobody who teaches here, or no such subject. Forbidden: not the head of the school.
    """
    ctx.require(APPROVE)
    if person_id not in {one.id for one in curriculum.teachers(ctx)}:
        problem = _("Choose a teacher of the school.")
        raise Invalid(problem, fields={"person": problem})
    if subject and subject not in {one.code for one in curriculum.subjects(ctx)}:
        problem = _("Choose a subject of the school.")
        raise Invalid(problem, fields={"subject": problem})
    row = {
        "school_id": ctx.school_id, "person_id": person_id, "subject": subject, "given_by": ctx.actor.name,
        "given_at": ctx.now(),
    }  # fmt: skip
    ctx.session.execute(insert(Approver).values(row).on_conflict_do_nothing())
    record(ctx, "assessment.approver.named", target=("person", person_id), detail={"subject": subject})


def take_from(ctx: Context, person_id: UUID, subject: str) -> None:
    """Take it back.

    Raises:
        NotFound: was not named. Forbidden: not the head of the school.
    """
    ctx.require(APPROVE)
    statement = delete(Approver).where(
        Approver.school_id == ctx.school_id, Approver.person_id == person_id, Approver.subject == subject
    )
    if ctx.session.execute(statement.returning(Approver.subject)).one_or_none() is None:
        raise NotFound
    record(ctx, "assessment.approver.withdrawn", target=("person", person_id), detail={"subject": subject})
