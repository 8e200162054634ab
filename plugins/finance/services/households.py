"""What the family page shows: each child with bills, balance and receipts."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from core.sdk import Context
from core.sdk.data import local_date

from . import bills, links, receipts
from .bills import BillRow
from .families import Child, family
from .receipts import ReceiptRow


@dataclass(frozen=True, slots=True)
class ChildPage:
    """A child with everything about money: open bills in `child`, settled ones, receipts."""

    child: Child
    settled: tuple[BillRow, ...]
    receipts: tuple[ReceiptRow, ...]


def household(ctx: Context) -> list[ChildPage]:
    """The children of the signed-in parent."""
    return [
        ChildPage(
            child,
            tuple(row for row in bills.bills_of(ctx, child.person_id) if row.state in ("paid", "cancelled")),
            tuple(receipts.receipts_of(ctx, child.person_id)),
        )
        for child in family(ctx)
    ]


@dataclass(frozen=True, slots=True)
class FamilyToday:
    """What a parent has to do: for the start page. Amounts in dong."""

    bills: int
    open: int
    overdue: int


def today(ctx: Context) -> FamilyToday | None:
    """The open bills of one's own children in numbers; None for those who have no children here."""
    children = family(ctx)
    if not children:
        return None
    day = local_date(ctx.now())
    rows = [row for child in children for row in child.bills]
    return FamilyToday(len(rows), sum(row.open for row in rows), sum(row.due_on < day for row in rows))


def own_link(ctx: Context, bill_id: UUID) -> str:
    """A fresh pay link for a bill of one's own child.

    Raises:
        NotFound: no such bill, or a bill of somebody else's child.
    """
    return links.pay_link(ctx, bill_id)
