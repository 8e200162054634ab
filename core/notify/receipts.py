"""What services tell later about messages that they had taken."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from core.data.context import Context
from core.types.errors import NotFound

from . import channels
from .port import Callback, Forged, Receipt, ReceiptState

# A receipt that comes late or twice never takes a message back: read is more than delivered, and both are final.
_UPDATE = text("""
    UPDATE core_message_delivery SET state = :state, reason = :reason, changed_at = :at
     WHERE school_id = :school AND channel = :channel AND reference = :reference
       AND (state = 'accepted' OR (state = 'delivered' AND :state = 'read'))
""")
_STATES = {ReceiptState.DELIVERED: "delivered", ReceiptState.READ: "read", ReceiptState.FAILED: "failed"}


def take(ctx: Context, name: str, callback: Callback) -> Sequence[Receipt] | Forged:
    """Verify a callback and write its receipts down. Raises `NotFound` for a channel that the school does not use."""
    channel = next((found for found in channels.in_use(ctx) if found.name == name), None)
    if channel is None:
        raise NotFound
    receipts = channel.receive(callback, channels.config_of(ctx, channel))
    if isinstance(receipts, Forged):
        return receipts
    for receipt in receipts:
        ctx.session.execute(
            _UPDATE,
            {
                "school": ctx.school_id, "channel": name, "reference": receipt.reference, "at": receipt.at,
                "state": _STATES[receipt.state], "reason": receipt.reason,
            },
        )  # fmt: skip
    return receipts
