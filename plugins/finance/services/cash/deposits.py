"""Cash carried to the bank: out of the safe, on its way, and arrived when a line of the bank's statement is it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, cast, func, select, text

from core.sdk import Context, Message, _
from core.sdk.data import format_vnd, new_id
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.ledger import CASH, ExceptionCase, LedgerBalance, ledger, take_as_own
from plugins.finance.models import Deposit
from plugins.finance.services._trail import note

TRANSIT = "cash:transit"
FITTING = 5
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('finance.deposit:' || :school, 0))")


@dataclass(frozen=True, slots=True)
class DepositRow:
    """Cash handed to the bank, in dong."""

    id: UUID
    amount: int
    slip: str
    bank: str
    handed_by: str
    handed_at: datetime
    arrived_at: datetime | None


def in_safe(ctx: Context) -> int:
    """What the books say is in the safe, in dong."""
    total = select(cast(func.coalesce(func.sum(LedgerBalance.amount), 0), BigInteger))
    return ctx.session.scalar(total.where(LedgerBalance.school_id == ctx.school_id, LedgerBalance.account == CASH)) or 0


def deposits(ctx: Context, *, limit: int = 50) -> Sequence[DepositRow]:
    """What was handed to the bank: what is still on its way first, then the latest."""
    ctx.require("finance.cash.read")
    d = Deposit
    query = select(d.id, d.amount, d.slip, d.bank, d.handed_by, d.handed_at, d.arrived_at)
    query = query.where(d.school_id == ctx.school_id).order_by(d.arrived_at.is_not(None), d.id.desc()).limit(limit)
    return [DepositRow(*row) for row in ctx.session.execute(query)]


def deposit(ctx: Context, amount: int, slip: str, bank: str = "") -> UUID:
    """Note that cash was handed to the bank. Needs `payments.cash.collect`.

    Args:
        slip: number of the bank's paying-in slip.

    Raises:
        Invalid: no amount, more than is in the safe, or no slip.
    """
    ctx.require("payments.cash.collect")
    ctx.session.execute(_ONE_AT_A_TIME, {"school": str(ctx.school_id)})
    there = in_safe(ctx)
    faults: dict[str, Message] = {}
    if amount <= 0:
        faults["amount"] = _("The amount must be more than zero.")
    elif amount > there:
        faults["amount"] = _("The safe holds %(amount)s.", amount=format_vnd(there))
    if not slip.strip():
        faults["slip"] = _("Give the number of the paying-in slip.")
    if faults:
        raise Invalid(_("Some fields need another look."), fields=faults)
    row = Deposit(
        id=new_id(),
        amount=amount,
        slip=slip.strip()[:60],
        bank=bank.strip()[:80],
        handed_by=ctx.actor.name,
        handed_at=ctx.now(),
        entry_id=new_id(),
    )
    lines = (ledger.Line(TRANSIT, amount), ledger.Line(CASH, -amount))
    ledger.post(
        ctx,
        ledger.Entry(f"deposit:{row.id}", "finance.deposit.handed", ctx.now(), lines, memo=row.slip, id=row.entry_id),
    )
    ctx.session.add(row)
    ctx.session.flush()
    note(ctx, "finance.deposit.handed", ("finance_deposit", row.id), {"amount": amount, "slip": row.slip})
    return row.id


@dataclass(frozen=True, slots=True)
class Arrival:
    """A credit of the bank that may be a deposit: it fits nobody and is of the same amount."""

    case_id: UUID
    amount: int
    memo: str
    opened_at: datetime


def possible(ctx: Context, amounts: Sequence[int]) -> dict[int, list[Arrival]]:
    """Unmatched credits of these amounts, by amount, the latest first: at most a few of each are worth showing."""
    if not ctx.actor.has("payments.case.read") or not amounts:
        return {}
    case = ExceptionCase
    rows = ctx.session.execute(
        select(case.id, case.amount, func.coalesce(case.facts["memo"].astext, ""), case.opened_at)
        .where(case.school_id == ctx.school_id, case.state == "open", case.kind == "unmatched",
               case.amount.in_(amounts))
        .order_by(case.opened_at.desc())
        .limit(100)
    )  # fmt: skip
    found: dict[int, list[Arrival]] = {}
    for row in rows:
        fitting = found.setdefault(row.amount, [])
        if len(fitting) < FITTING:
            fitting.append(Arrival(*row))
    return found


def arrived(ctx: Context, deposit_id: UUID, case_id: UUID) -> None:
    """Say that an unmatched credit of the bank is this deposit. Needs `payments.case.resolve`.

    Raises:
        Conflict: it has arrived already, or the credit is decided or of another amount.
    """
    ctx.require("payments.case.resolve")
    row = ctx.session.scalar(
        select(Deposit).where(Deposit.school_id == ctx.school_id, Deposit.id == deposit_id).with_for_update()
    )
    if row is None:
        raise NotFound()
    if row.arrived_at is not None:
        raise Conflict(_("This deposit has arrived already."))
    take_as_own(ctx, case_id, row.amount, TRANSIT, f"Nộp tiền mặt {row.slip}")
    row.case_id, row.arrived_at = case_id, ctx.now()
    ctx.session.flush()
    note(ctx, "finance.deposit.arrived", ("finance_deposit", row.id), {"amount": row.amount})


def not_arrived(ctx: Context, case_id: UUID) -> None:
    """The bank has taken the credit of a deposit back: the cash is on its way again, as the books say."""
    query = select(Deposit).where(Deposit.school_id == ctx.school_id, Deposit.case_id == case_id).with_for_update()
    row = ctx.session.scalar(query)
    if row is None:
        return
    row.case_id = row.arrived_at = None
    ctx.session.flush()
    note(ctx, "finance.deposit.returned", ("finance_deposit", row.id), {"amount": row.amount})
