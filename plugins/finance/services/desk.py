"""The counter, from the page of one bill: cash with its receipt."""

from __future__ import annotations

from uuid import NAMESPACE_OID, UUID, uuid5

from core.sdk import Context, _, settings
from core.sdk.errors import Conflict
from core.sdk.ledger import collect_cash
from plugins.finance.settings import NEEDS_DRAWER

from ._allocated import allocated_now
from .bills import view_of
from .cash import Share, batch, own, take
from .receipts import Collection, issue_receipt


def take_cash(ctx: Context, bill_id: UUID, amount: int, note: str = "", *, key: str) -> UUID:
    """Take cash for the pupil of a bill: it pays what is due first. The receipt is there at once.

    The money goes into the actor's open drawer; without one into the safe, where the school allows that.

    Args:
        amount: dong.
        key: of the form; sending it twice takes the money once.

    Returns:
        the receipt.

    Raises:
        Invalid: no amount. Conflict: the school takes cash with a drawer only, and none is open.
    """
    ctx.require("payments.cash.collect")
    person_id = view_of(ctx, bill_id).bill.person_id
    if ctx.actor.account_id is not None and own(ctx) is not None:
        taken = take(ctx, [Share(person_id, amount)], amount, key=uuid5(NAMESPACE_OID, f"{bill_id}:{key}"), note=note)
        return batch(ctx, taken).lines[0].receipt_id
    if settings.get(ctx, NEEDS_DRAWER):
        raise Conflict(_("Open a drawer first."), code="no_drawer")
    entry_id = collect_cash(ctx, person_id, amount, note.strip(), key=key)
    return issue_receipt(ctx, Collection(entry_id, person_id, amount, allocated_now(ctx, person_id)))
