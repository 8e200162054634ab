"""Telling families that bills are out."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from core.sdk import Context, _
from core.sdk.notify import tell_families

from ..models import Bill, Round


def announce(ctx: Context, round_id: UUID) -> int:
    """Tell those who may see the bills of a round that they are there, each of them once a round.

    Returns:
        How many messages were written.
    """
    row = ctx.session.get(Round, round_id)
    if row is None or row.state != "published":
        return 0
    mine = Bill.school_id == ctx.school_id, Bill.round_id == round_id, Bill.state == "published"
    children = list(ctx.session.scalars(select(Bill.person_id).where(*mine).distinct()))
    return tell_families(
        ctx,
        children,
        "finance.bill.issued",
        _("New bills of the school"),
        _(
            "The bills of “%(title)s” are out. This message leads to the page where all your children can be paid for.",
            title=row.title,
        ),
        url="/finance/family/pay",
        key=f"finance.round:{round_id}",
    )
