"""Policy groups with their proof: the paper, how long it holds, and who has verified it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context
from core.sdk.audit import record
from core.sdk.data import local_date, new_id
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.text import Message, _

from ..models import Learner, PolicyGroup
from ..rules.policies import NAMES
from .history import note_changes

EDIT = "learners.learner.edit"


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """A policy group of a pupil."""

    id: UUID
    name: str
    valid_from: date
    valid_to: date | None
    by_hand: bool
    document: str
    file_id: UUID | None
    verified_by: str | None
    verified_at: datetime | None
    holds: bool
    """Whether it holds today."""


def policies_of(ctx: Context, learner_id: UUID) -> list[PolicyLine]:
    """The policy groups of a pupil, those that hold first. The caller has checked who asks, and why."""
    query = (
        select(
            PolicyGroup.id, PolicyGroup.name, PolicyGroup.valid_from, PolicyGroup.valid_to, PolicyGroup.by_hand,
            PolicyGroup.document, PolicyGroup.file_id, PolicyGroup.verified_by, PolicyGroup.verified_at,
        )
        .where(PolicyGroup.school_id == ctx.school_id, PolicyGroup.learner_id == learner_id)
        .order_by(PolicyGroup.valid_from.desc(), PolicyGroup.id)
    )  # fmt: skip
    today = local_date(ctx.now())
    lines = [PolicyLine(**row._mapping, holds=_holds(row.valid_from, row.valid_to, today)) for row in
             ctx.session.execute(query)]  # fmt: skip
    return sorted(lines, key=lambda line: not line.holds)


def _holds(valid_from: date, valid_to: date | None, today: date) -> bool:
    return valid_from <= today and (valid_to is None or today <= valid_to)


def add_policy(
    ctx: Context,
    learner_id: UUID,
    name: str,
    valid_from: date | None,
    valid_to: date | None,
    *,
    document: str = "",
    file_id: UUID | None = None,
) -> UUID:
    """Enter a policy group with its proof.

    Raises:
        NotFound: no such pupil. Invalid: with the field. Conflict: the pupil has it in that time already.
    """
    ctx.require(EDIT)
    known = select(Learner.id).where(Learner.school_id == ctx.school_id, Learner.id == learner_id).with_for_update()
    if ctx.session.execute(known).one_or_none() is None:
        raise NotFound
    problems: dict[str, Message] = {}
    if name not in NAMES:
        problems["name"] = _("Choose one of the values.")
    if valid_from is None:
        problems["valid_from"] = _("Please enter the day.")
    elif valid_to is not None and valid_to < valid_from:
        problems["valid_to"] = _("The last day lies before the first.")
    if problems or valid_from is None:
        raise Invalid(_("Please check the marked fields."), fields=problems)
    same = select(PolicyGroup.id).where(
        PolicyGroup.school_id == ctx.school_id,
        PolicyGroup.learner_id == learner_id,
        PolicyGroup.name == name,
        PolicyGroup.by_hand,
        PolicyGroup.valid_to.is_(None) | (PolicyGroup.valid_to >= valid_from),
        *([PolicyGroup.valid_from <= valid_to] if valid_to is not None else []),
    )
    if ctx.session.execute(same.limit(1)).first():
        raise Conflict(_("This policy group is entered for that time already."))
    row = PolicyGroup(
        id=new_id(), school_id=ctx.school_id, learner_id=learner_id, name=name, valid_from=valid_from,
        valid_to=valid_to, by_hand=True, document=document.strip()[:200], file_id=file_id,
    )  # fmt: skip
    ctx.session.add(row)
    ctx.session.flush()
    note_changes(ctx, learner_id, {"policy": [None, name]})
    record(ctx, "learners.policy.added", target=("learner", learner_id), detail={"policy": row.id})
    return row.id


def verify_policy(ctx: Context, learner_id: UUID, policy_id: UUID) -> None:
    """Say that the paper was seen and holds.

    Raises:
        NotFound: the pupil has no such group. Invalid: there is neither a paper nor its number.
    """
    ctx.require(EDIT)
    row = _get(ctx, learner_id, policy_id)
    if row.file_id is None and not row.document:
        raise Invalid(_("Without a paper or its number there is nothing to verify."))
    row.verified_by, row.verified_at = ctx.actor.name, ctx.now()
    ctx.session.flush()
    record(ctx, "learners.policy.verified", target=("learner", learner_id), detail={"policy": policy_id})


def end_policy(ctx: Context, learner_id: UUID, policy_id: UUID, on: date | None) -> None:
    """Say until which day a group holds; it stays on record.

    Raises:
        NotFound: the pupil has no such group. Invalid: the day lies before the first.
    """
    ctx.require(EDIT)
    row = _get(ctx, learner_id, policy_id)
    if on is None or on < row.valid_from:
        raise Invalid(_("The last day lies before the first."), fields={"on": _("The last day lies before the first.")})
    before, row.valid_to = row.valid_to, on
    ctx.session.flush()
    note_changes(ctx, learner_id, {"policy": [str(before or ""), on.isoformat()]})
    record(ctx, "learners.policy.ended", target=("learner", learner_id), detail={"policy": policy_id, "on": on})


def _get(ctx: Context, learner_id: UUID, policy_id: UUID) -> PolicyGroup:
    query = select(PolicyGroup).where(
        PolicyGroup.school_id == ctx.school_id, PolicyGroup.id == policy_id, PolicyGroup.learner_id == learner_id
    )
    row = ctx.session.execute(query).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row
