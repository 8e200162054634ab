"""Cash at the counter, money to the bank, money from providers: bookings that people make."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from core import audit
from core.data.context import Context
from core.data.types import new_id
from core.types.errors import Conflict, Invalid, NotFound
from core.types.message import _

from . import channels
from .accounts import CASH, PROVIDER_FEE, STUDENT_BALANCE
from .booking import incoming
from .booking.allocation import allocate, lock_people, release
from .booking.recognise import Part
from .ledger.entries import Entry, Line, post

NOBODY = _("The school has no such person.")


def collect_cash(
    ctx: Context, person_id: UUID, amount: int, note: str = "", *, key: str | None = None, account: str = CASH
) -> UUID:
    """Take cash for a person: it pays their charges, oldest due first. Needs `payments.cash.collect`.

    Args:
        key: makes repeating the request harmless.
        account: where the notes lie: the school's safe, or a drawer.

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
        lines=(Line(account, amount), Line(STUDENT_BALANCE, -amount, person_id)),
        memo=note,
    )
    if not post(ctx, entry):
        return _booked(ctx, entry.source)
    incoming.settle(ctx, entry.id, None, [Part(person_id, amount)])
    detail = {"amount": amount, "person": str(person_id), "note": note}
    audit.record(ctx, "payments.cash.collected", target=("journal_entry", entry.id), detail=detail)
    return entry.id


_TAKEN = text(
    """
SELECT p.person_id, -p.amount AS amount,
       ARRAY(SELECT DISTINCT q.charge_id FROM core_journal_entry a JOIN core_posting q ON q.entry_id = a.id
              WHERE a.school_id = e.school_id AND a.booked_at = e.booked_at AND a.txid = e.txid
                AND a.kind = 'allocation' AND q.person_id = p.person_id AND q.charge_id IS NOT NULL) AS charges
  FROM core_journal_entry e JOIN core_posting p ON p.entry_id = e.id AND p.account = 'student_balance'
 WHERE e.school_id = :school AND e.id = :id AND e.kind = 'cash.collected'
"""
)


def return_cash(ctx: Context, entry_id: UUID, reason: str, *, account: str = CASH) -> UUID:
    """Give cash back that was taken by mistake: a reversing entry of today, the bills are open again.

    Needs `payments.cash.collect`. What the money has paid is released first, then what was due last.

    Args:
        entry_id: of the taking.
        account: where the notes come out of, whichever they went into.

    Raises:
        NotFound: no such taking. Invalid: no reason. Conflict: it was given back before, or the money is gone.
    """
    ctx.require("payments.cash.collect")
    if not reason.strip():
        raise Invalid(_("Please say why."), fields={"reason": _("Please say why.")})
    values = {"school": ctx.school_id, "id": entry_id}
    row = ctx.session.execute(_TAKEN, values).one_or_none()
    if row is None:
        raise NotFound()
    lock_people(ctx, [row.person_id])
    if release(ctx, row.person_id, row.amount, first=row.charges) < row.amount:
        raise Conflict(_("This money has been given back in another way already."))
    entry = Entry(
        source=f"cash:{entry_id}:returned",
        kind="cash.returned",
        occurred_at=ctx.now(),
        lines=(Line(STUDENT_BALANCE, row.amount, row.person_id), Line(account, -row.amount)),
        memo=reason.strip(),
        reverses_id=entry_id,
    )
    if not post(ctx, entry):
        raise Conflict(_("This cash has been given back already."))
    allocate(ctx, [row.person_id])
    detail = {"amount": row.amount, "person": str(row.person_id), "reason": reason.strip()}
    audit.record(ctx, "payments.cash.returned", target=("journal_entry", entry.id), detail=detail)
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
