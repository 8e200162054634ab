"""One family at the counter: several children, one handful of notes, all receipts at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.sdk import Context, _
from core.sdk.data import format_vnd, new_id
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.ledger import JournalEntry, collect_cash, return_cash
from plugins.finance.models import Drawer, DrawerMove, Receipt
from plugins.finance.rules.notes import change
from plugins.finance.services._allocated import allocated_now
from plugins.finance.services.receipts import Collection, cancel_receipt, issue_receipt, number_label

from .drawers import account_of, expected, locked

MOST_CHANGE = 1_000_000
"""Nobody hands over two of the largest notes too many: a typing error, or a code that was scanned into the box."""


@dataclass(frozen=True, slots=True)
class Share:
    """What is taken for one child, in dong."""

    person_id: UUID
    amount: int


def take(ctx: Context, shares: Sequence[Share], tendered: int, *, key: UUID, note: str = "") -> UUID:
    """Take a family's cash into one's own drawer: pays what is due first, child by child, with a receipt each.

    Args:
        tendered: what was handed over; what is beyond the shares goes back as change.
        key: of the form, and then of the batch; sending it twice takes the money once.

    Returns:
        the batch.

    Raises:
        Invalid: nothing to take, or less was handed over. Conflict: no open drawer.
    """
    ctx.require("payments.cash.collect")
    known = select(DrawerMove.batch).where(DrawerMove.school_id == ctx.school_id, DrawerMove.batch == key).limit(1)
    if ctx.session.scalar(known) is not None:
        return key
    asked = _checked(shares, tendered)
    drawer = _open(ctx)
    entries = {
        # The smallest id first, as everybody locks persons; receipts after all of them.
        share.person_id: collect_cash(
            ctx, share.person_id, share.amount, note.strip(), key=f"{key}:{share.person_id}",
            account=account_of(drawer.number),
        )
        for share in sorted(asked, key=lambda share: share.person_id)
    }  # fmt: skip
    rows = [
        {
            "id": new_id(),
            "school_id": ctx.school_id,
            "drawer_id": drawer.id,
            "batch": key,
            "kind": "taken",
            "person_id": share.person_id,
            "amount": share.amount,
            "tendered": tendered,
            "entry_id": entries[share.person_id],
            "receipt_id": issue_receipt(
                ctx,
                Collection(entries[share.person_id], share.person_id, share.amount,
                           allocated_now(ctx, share.person_id)),
            ),
            "moved_at": ctx.now(),
        }
        for share in asked
    ]  # fmt: skip
    ctx.session.execute(insert(DrawerMove).on_conflict_do_nothing(index_elements=["entry_id"]), rows)
    return key


def _checked(shares: Sequence[Share], tendered: int) -> list[Share]:
    asked = [share for share in shares if share.amount]
    total = sum(share.amount for share in asked)
    if not asked or min(share.amount for share in asked) < 0 or len({s.person_id for s in asked}) < len(asked):
        message = _("Enter the amount that you have received.")
        raise Invalid(message, fields={"amount": message})
    if tendered < total:
        message = _("%(amount)s are missing.", amount=format_vnd(total - tendered))
        raise Invalid(message, fields={"tendered": message})
    if tendered - total > MOST_CHANGE:
        message = _(
            "That would be %(amount)s of change. Please look at the amounts.", amount=format_vnd(tendered - total)
        )
        raise Invalid(message, fields={"tendered": message})
    return asked


def _open(ctx: Context) -> Drawer:
    row = locked(ctx, shared=True)
    if row.state != "open":
        raise Conflict(_("Your drawer is counted already. Open it again to take more."), code="drawer_counted")
    return row


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One child of a batch, with its receipt."""

    person_id: UUID
    full_name: str
    class_name: str
    amount: int
    receipt_id: UUID
    receipt: str
    state: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What one family has paid at the counter. Amounts in dong."""

    id: UUID
    taken_at: datetime
    tendered: int
    lines: tuple[BatchLine, ...]

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def change(self) -> int:
        """What goes back."""
        return self.tendered - self.total

    @property
    def notes(self) -> dict[int, int]:
        """The change in the fewest notes."""
        return change(self.change)


def batch(ctx: Context, batch_id: UUID) -> Batch:
    """A batch with its receipts.

    Raises:
        NotFound: there is none.
    """
    ctx.require("payments.cash.collect")
    rows = ctx.session.execute(
        select(DrawerMove, Receipt)
        .join(Receipt, Receipt.id == DrawerMove.receipt_id)
        .where(DrawerMove.school_id == ctx.school_id, DrawerMove.batch == batch_id, DrawerMove.kind == "taken")
        .order_by(Receipt.year, Receipt.number)
    ).all()
    if not rows:
        raise NotFound()
    lines = tuple(
        BatchLine(
            move.person_id,
            row.content["pupil"]["name"],
            row.content["pupil"]["class"],
            move.amount,
            row.id,
            number_label(row.year, row.number),
            row.state,
        )
        for move, row in rows
    )
    return Batch(batch_id, rows[0][0].moved_at, rows[0][0].tendered, lines)


def may_give_back(ctx: Context, receipt_id: UUID) -> bool:
    """Whether the actor could give this receipt back: it is of cash, and they have an open drawer."""
    if not (ctx.actor.has("payments.cash.collect") and ctx.actor.has("finance.receipt.cancel")):
        return False
    of_cash = (
        select(JournalEntry.id)
        .join(Receipt, Receipt.entry_id == JournalEntry.id)
        .join(Drawer, (Drawer.cashier_id == ctx.actor.account_id) & (Drawer.state == "open"))
        .where(Receipt.id == receipt_id, JournalEntry.kind == "cash.collected", Drawer.school_id == ctx.school_id)
    )
    return ctx.session.scalar(of_cash) is not None


def give_back(ctx: Context, receipt_id: UUID, reason: str) -> UUID:
    """Give the cash of a receipt back out of one's own open drawer, whichever day it was taken on.

    The day that it was taken on stays as it was closed: this is an entry of today. The receipt is cancelled and keeps
    its number. Needs `payments.cash.collect` and `finance.receipt.cancel`.

    Raises:
        NotFound: no such receipt of cash. Invalid: no reason. Conflict: no open drawer, or not so much in it.
    """
    ctx.require("payments.cash.collect")
    ctx.require("finance.receipt.cancel")
    drawer = locked(ctx)
    if drawer.state != "open":
        raise Conflict(_("Your drawer is counted already. Open it again to take more."), code="drawer_counted")
    receipt = ctx.session.scalar(
        select(Receipt).where(Receipt.school_id == ctx.school_id, Receipt.id == receipt_id).with_for_update()
    )
    if receipt is None:
        raise NotFound()
    if receipt.amount > expected(ctx, drawer):
        raise Conflict(_("There is not so much in your drawer."))
    entry_id = return_cash(ctx, receipt.entry_id, reason, account=account_of(drawer.number))
    if receipt.state != "cancelled":
        cancel_receipt(ctx, receipt_id, reason)
    ctx.session.add(
        DrawerMove(
            drawer_id=drawer.id,
            batch=new_id(),
            kind="returned",
            person_id=receipt.person_id,
            amount=-receipt.amount,
            entry_id=entry_id,
            receipt_id=receipt_id,
            moved_at=ctx.now(),
        )
    )
    ctx.session.flush()
    return entry_id
