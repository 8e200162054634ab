"""Cash at the counter, money to the bank, money from providers: bookings that people make."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from core import audit
from core.data.context import Context
from core.data.types import new_id
from core.types.errors import Invalid
from core.types.message import _

from . import channels
from .accounts import CASH, PROVIDER_FEE, STUDENT_BALANCE
from .booking import incoming
from .booking.allocation import lock_people
from .booking.recognise import Part
from .ledger.entries import Entry, Line, post

NOBODY = _("The school has no such person.")


def collect_cash(ctx: Context, person_id: UUID, amount: int, note: str = "", *, key: str | None = None) -> UUID:
    """Take cash for a person: it pays their charges, oldest due first. Needs `payments.cash.collect`.

    Args:
        key: makes repeating the request harmless.

    Returns:
        the id of the journal entry, which the receipt names.

    Raises:
        Invalid: nothing to take, or the school has no such person.
    """
    ctx.require("payments.cash.collect")
    if amount <= 0:
        raise Invalid(
            _("The amount must be more than zero."),
            fields={"amount": _("The amount must be more than zero.")},
        )
    if not lock_people(ctx, [person_id]):
        raise Invalid(NOBODY, fields={"person_id": NOBODY})
    entry = Entry(
        source=f"cash:{key or new_id()}",
        kind="cash.collected",
        occurred_at=ctx.now(),
        lines=(Line(CASH, amount), Line(STUDENT_BALANCE, -amount, person_id)),
        memo=note,
    )
    if not post(ctx, entry):
        return _booked(ctx, entry.source)
    incoming.settle(ctx, entry.id, None, [Part(person_id, amount)])
    detail = {"amount": amount, "person": str(person_id), "note": note}
    audit.record(ctx, "payments.cash.collected", target=("journal_entry", entry.id), detail=detail)
    return entry.id


def settle_provider(
    ctx: Context,
    channel_id: UUID,
    amount: int,
    fee: int,
    bank_account: str,
    number: str,
    occurred_at: datetime,
) -> UUID:
    """Book what a provider has paid out to the school's account, less its fee. Needs `payments.statement.import`.

    Args:
        amount: what was settled, before the fee.
        bank_account: ledger account, `bank:<number>`.
        number: the provider's number of the settlement; once only.
    """
    ctx.require("payments.statement.import")
    if amount <= 0 or not 0 <= fee <= amount:
        raise Invalid(_("The fee cannot be more than the amount."))
    channel = channels.load(ctx, channel_id)
    lines = [Line(bank_account, amount - fee), Line(PROVIDER_FEE, fee), Line(channel.account, -amount)]
    entry = Entry(
        source=f"settlement:{channel.rail}:{number}",
        kind="settlement",
        occurred_at=occurred_at,
        lines=tuple(line for line in lines if line.amount),
        memo=number,
    )
    if not post(ctx, entry):
        return _booked(ctx, entry.source)
    detail = {"amount": amount, "fee": fee, "number": number}
    audit.record(ctx, "payments.settlement.booked", target=("journal_entry", entry.id), detail=detail)
    return entry.id


def _booked(ctx: Context, source: str) -> UUID:
    found: UUID = ctx.session.execute(
        text("SELECT id FROM core_journal_entry WHERE school_id = :school AND source = :source"),
        {"school": ctx.school_id, "source": source},
    ).scalar_one()
    return found
