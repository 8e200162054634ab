"""One transfer for several pupils: what each part would be, as a suggestion that the accountant may change."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import BigInteger, cast, func, select

from core.sdk import Context
from core.sdk.ledger import Charge


def suggested(amount: int, owed: Sequence[int]) -> list[int]:
    """Parts of `amount` dong by what each still owes, in their order, while the money lasts.

    What nobody owes goes to the last of several; of one alone it is left open, since another pupil will follow.
    """
    parts: list[int] = []
    for debt in owed:
        parts.append(min(debt, amount - sum(parts)))
    if len(parts) > 1:
        parts[-1] += amount - sum(parts)
    return parts


def parts_for(ctx: Context, amount: int, people: Sequence[UUID]) -> dict[UUID, int]:
    """A suggested part for each pupil, in dong."""
    query = (
        select(Charge.person_id, cast(func.sum(Charge.due - Charge.allocated), BigInteger).label("owed"))
        .where(Charge.school_id == ctx.school_id, Charge.state == "open", Charge.person_id.in_(people))
        .group_by(Charge.person_id)
    )
    owed = {row.person_id: row.owed for row in ctx.session.execute(query)}
    return dict(zip(people, suggested(amount, [owed.get(person, 0) for person in people]), strict=True))
