"""Day close: counted note by note against the books, a difference with its reason, confirmed by a second person."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from core.sdk import Context, Message, _
from core.sdk.errors import Conflict, Invalid
from core.sdk.ledger import CASH, ledger
from plugins.finance.events import DRAWER_CLOSED
from plugins.finance.models import Drawer
from plugins.finance.rules.notes import worth
from plugins.finance.services._trail import note

from .drawers import FLOAT, account_of, expected, locked

DIFFERENCE = "cash:difference"
_LATE = _("This drawer is in another state by now.")


def count(ctx: Context, counts: Mapping[int, int], reason: str = "") -> UUID:
    """The cashier has counted: nothing more is taken until a second person confirms. Counting again is possible.

    Args:
        counts: number of notes by their worth.
        reason: needed where the drawer holds more or less than the books say.

    Raises:
        Invalid: no reason for a difference. Conflict: no drawer in hand.
    """
    ctx.require("payments.cash.collect")
    row = locked(ctx)
    found, there = worth(counts), expected(ctx, row)
    if found != there and not reason.strip():
        message = _("The drawer differs from the books. Please give the reason.")
        raise Invalid(message, fields={"reason": message})
    row.state, row.counted_at = "counted", ctx.now()
    row.counts = {str(note_): number for note_, number in counts.items() if number}
    row.counted, row.expected = found, there
    row.reason, row.refusal = reason.strip() if found != there else "", ""
    ctx.session.flush()
    detail = {"amount": found, "difference": found - there}
    note(ctx, "finance.drawer.counted", ("finance_drawer", row.id), detail)
    return row.id


def reopen(ctx: Context) -> None:
    """The cashier takes more after all: the count is gone.

    Raises:
        Conflict: the drawer is not counted.
    """
    ctx.require("payments.cash.collect")
    _open_again(ctx, locked(ctx), "")


def send_back(ctx: Context, drawer_id: UUID, reason: str) -> None:
    """The second person wants another count. Needs `finance.cash.confirm` and a reason."""
    if not reason.strip():
        message = _("Please give the reason.")
        raise Invalid(message, fields={"reason": message})
    _open_again(ctx, _as_second(ctx, drawer_id), reason.strip())


def _open_again(ctx: Context, row: Drawer, refusal: str) -> None:
    if row.state != "counted":
        raise Conflict(_LATE)
    row.state, row.counted, row.expected, row.counted_at = "open", None, None, None
    row.counts, row.reason, row.refusal = {}, "", refusal
    ctx.session.flush()
    note(ctx, "finance.drawer.reopened", ("finance_drawer", row.id), {"reason": refusal})


def _as_second(ctx: Context, drawer_id: UUID) -> Drawer:
    ctx.require("finance.cash.confirm")
    row = locked(ctx, drawer_id=drawer_id)
    if ctx.actor.account_id is None or row.cashier_id == ctx.actor.account_id:
        raise Conflict(_("Another person has to confirm what you have counted."))
    return row


def confirm(ctx: Context, drawer_id: UUID) -> None:
    """The second person has seen the money: it goes into the safe, change money back, the difference into the books.

    From here on nothing of that day changes any more. Needs `finance.cash.confirm`.

    Raises:
        Conflict: the cashier's own drawer, or it is not counted.
    """
    row = _as_second(ctx, drawer_id)
    if row.state != "counted" or row.counted is None or row.expected is None:
        raise Conflict(_LATE)
    back = min(row.opening_float, row.counted)
    lines = (
        ledger.Line(account_of(row.number), -row.expected),
        ledger.Line(FLOAT, back),
        ledger.Line(CASH, row.counted - back),
        ledger.Line(DIFFERENCE, row.expected - row.counted),
    )
    moved = tuple(line for line in lines if line.amount)
    if moved:
        entry = ledger.Entry(
            f"drawer:{row.id}:closed", "finance.drawer.closed", ctx.now(), moved, memo=row.reason or row.cashier_name
        )
        ledger.post(ctx, entry)
        row.entry_id = entry.id
    row.state, row.confirmed_by, row.confirmed_name = "closed", ctx.actor.account_id, ctx.actor.name
    row.confirmed_at = ctx.now()
    ctx.session.flush()
    facts = {"drawer_id": str(row.id), "amount": row.counted, "difference": row.counted - row.expected}
    note(ctx, DRAWER_CLOSED, ("finance_drawer", row.id), facts, event=True)


def words_of(difference: int) -> Message:
    """A difference in one word."""
    if difference == 0:
        return _("Exactly as in the books")
    return _("Too much in the drawer") if difference > 0 else _("Missing in the drawer")
