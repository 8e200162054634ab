"""What a family sees: every child with what is to pay."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context, access
from core.sdk.ledger import balance_of
from plugins.finance.roll import enrolled

from .bills import BillRow, open_bills_of


@dataclass(frozen=True, slots=True)
class Child:
    """A child with the bills that are still to pay, the oldest due first. Amounts in dong."""

    person_id: UUID
    full_name: str
    class_name: str
    bills: tuple[BillRow, ...]
    credit: int
    """Money that has been paid and that no bill has used yet."""

    @property
    def open(self) -> int:
        return sum(bill.open for bill in self.bills)


def family(ctx: Context) -> list[Child]:
    """The children of the signed-in parent, by name; empty for everybody else."""
    ctx.require("finance.bill.read.own")
    people = access.children(ctx)
    if not people:
        return []
    roll = enrolled(ctx)
    rows = ctx.session.execute(
        select(roll.c.person_id, roll.c.full_name, roll.c.class_name)
        .where(roll.c.person_id.in_(people))
        .order_by(roll.c.sort_key, roll.c.person_id)
    ).all()
    bills = open_bills_of(ctx, people)
    return [
        Child(
            row.person_id,
            row.full_name,
            row.class_name or "",
            tuple(bills.get(row.person_id, ())),
            balance_of(ctx, row.person_id).credit,
        )
        for row in rows
    ]
