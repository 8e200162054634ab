"""Money back to families from the balance: leavers, meals of those who eat no more. Two people, as for refunds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from core.sdk import Context, Message, _
from core.sdk.data import new_id
from core.sdk.errors import Conflict, Forbidden, Invalid, NotFound
from core.sdk.ledger import CASH, REFUND_PAYABLE, LedgerBalance, charges, ledger
from core.sdk.people import Person
from plugins.finance.events import PAYOUT_PAID
from plugins.finance.models import Payout
from plugins.finance.roll import enrolled

from ._trail import note

STATES: dict[str, tuple[str, Message]] = {
    "requested": ("attention", _("Waits for approval")),
    "approved": ("wait", _("To be paid")),
    "paid": ("ok", _("Paid back")),
    "refused": ("stop", _("Payout refused")),
}


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody whose money nothing has used. Dong."""

    person_id: UUID
    full_name: str
    class_name: str
    """Empty for those who have left."""
    credit: int
    waiting: int
    """Of it, what payouts that nobody has decided yet would take."""


@dataclass(frozen=True, slots=True)
class PayoutRow:
    """A payout as lists show it."""

    id: UUID
    person_id: UUID
    full_name: str
    amount: int
    reason: str
    to_whom: str
    state: str
    requested_by: UUID | None
    requested_by_name: str
    requested_at: datetime
    decided_by_name: str
    refusal: str
    paid_number: str
    paid_at: datetime | None


def holders(ctx: Context, *, left_only: bool = False, limit: int = 200) -> list[Holder]:
    """Who has money at the school that nothing has used: those who have left first, then the largest sums."""
    ctx.require("finance.bill.read")
    roll = enrolled(ctx)
    waiting = (
        select(func.coalesce(func.sum(Payout.amount), 0))
        .where(Payout.person_id == Person.id, Payout.state == "requested")
        .correlate(Person)
        .scalar_subquery()
    )
    query = (
        select(Person.id, Person.full_name, func.coalesce(roll.c.class_name, ""), -LedgerBalance.amount, waiting)
        .join(LedgerBalance, and_(LedgerBalance.person_id == Person.id, LedgerBalance.account == "student_balance"))
        .outerjoin(roll, roll.c.person_id == Person.id)
        .where(LedgerBalance.school_id == ctx.school_id, LedgerBalance.amount < 0)
        .order_by(roll.c.person_id.is_not(None), LedgerBalance.amount, Person.sort_key)
        .limit(limit)
    )
    if left_only:
        query = query.where(roll.c.person_id.is_(None))
    return [Holder(p, name, place, credit, int(asked)) for p, name, place, credit, asked in ctx.session.execute(query)]


_COLUMNS = (
    Payout.id,
    Payout.person_id,
    Person.full_name,
    Payout.amount,
    Payout.reason,
    Payout.to_whom,
    Payout.state,
    Payout.requested_by,
    Payout.requested_by_name,
    Payout.requested_at,
    Payout.decided_by_name,
    Payout.refusal,
    Payout.paid_number,
    Payout.paid_at,
)


def payouts(ctx: Context, *, person_id: UUID | None = None, limit: int = 100) -> list[PayoutRow]:
    """Payouts: those that wait for somebody first, then the latest."""
    if not (ctx.actor.has("payments.refund.request") or ctx.actor.has("payments.refund.approve")):
        raise Forbidden("payments.refund.request")
    open_ = or_(Payout.state == "requested", Payout.state == "approved")
    query = select(*_COLUMNS).join(Person, Person.id == Payout.person_id).where(Payout.school_id == ctx.school_id)
    if person_id is not None:
        query = query.where(Payout.person_id == person_id)
    rows: Sequence[object] = ctx.session.execute(query.order_by(open_.desc(), Payout.id.desc()).limit(limit)).all()
    return [PayoutRow(*row) for row in rows]  # type: ignore[misc]


def request_payout(ctx: Context, person_id: UUID, amount: int, *, reason: str, to_whom: str) -> UUID:
    """Ask for money to be given back. Needs `payments.refund.request`.

    Args:
        amount: dong; at most what nothing has used and no other request asks.
        to_whom: name and account, or that it is cash.

    Raises:
        Invalid: something is missing or too much, by field. NotFound: no such person.
    """
    ctx.require("payments.refund.request")
    if ctx.session.scalar(select(Person.id).where(Person.id == person_id).with_for_update()) is None:
        raise NotFound()
    asked = select(func.coalesce(func.sum(Payout.amount), 0)).where(
        Payout.person_id == person_id, Payout.state == "requested"
    )
    free = ledger.balance_of(ctx, person_id).credit - int(ctx.session.scalar(asked) or 0)
    faults: dict[str, Message] = {}
    if amount <= 0:
        faults["amount"] = _("The amount must be more than zero.")
    elif amount > free:
        faults["amount"] = _("More than the balance that nothing has used.")
    if not reason.strip():
        faults["reason"] = _("Please give the reason.")
    if not to_whom.strip():
        faults["to_whom"] = _("Say who receives it: name and account, or cash.")
    if faults:
        raise Invalid(_("Some fields need another look."), fields=faults)
    row = Payout(
        id=new_id(),
        person_id=person_id,
        amount=amount,
        reason=reason.strip(),
        to_whom=to_whom.strip(),
        requested_by=ctx.actor.account_id,
        requested_by_name=ctx.actor.name,
        requested_at=ctx.now(),
    )
    ctx.session.add(row)
    ctx.session.flush()
    note(ctx, "finance.payout.requested", ("finance_payout", row.id), {"amount": amount})
    return row.id


def _locked(ctx: Context, payout_id: UUID, state: str) -> Payout:
    row = ctx.session.scalar(
        select(Payout).where(Payout.school_id == ctx.school_id, Payout.id == payout_id).with_for_update()
    )
    if row is None:
        raise NotFound()
    if row.state != state:
        raise Conflict(_("This payout is in another state by now."))
    return row


def _second(ctx: Context, row: Payout) -> None:
    ctx.require("payments.refund.approve")
    if (row.requested_by, row.requested_by_name) == (ctx.actor.account_id, ctx.actor.name):
        raise Conflict(_("Another person has to approve what you entered."))


def approve_payout(ctx: Context, payout_id: UUID) -> None:
    """The second person says yes: the money is set aside and pays nothing else any more.

    Raises:
        Conflict: the same person asked, it is decided already, or the money has been used meanwhile.
    """
    row = _locked(ctx, payout_id, "requested")
    _second(ctx, row)
    charges.take_out(ctx, row.person_id, row.amount, REFUND_PAYABLE, source=f"payout:{row.id}",
                     kind="finance.payout.approved", memo=row.reason)  # fmt: skip
    _decide(ctx, row, "approved")


def _decide(ctx: Context, row: Payout, state: str) -> None:
    row.state, row.decided_by, row.decided_by_name, row.decided_at = (
        state, ctx.actor.account_id, ctx.actor.name, ctx.now(),
    )  # fmt: skip
    note(ctx, f"finance.payout.{state}", ("finance_payout", row.id), {"amount": row.amount})


def refuse_payout(ctx: Context, payout_id: UUID, reason: str) -> None:
    """The second person says no.

    Raises:
        Invalid: no reason. Conflict: it is decided already.
    """
    row = _locked(ctx, payout_id, "requested")
    ctx.require("payments.refund.approve")
    if not reason.strip():
        message = _("Please give the reason.")
        raise Invalid(message, fields={"reason": message})
    row.refusal = reason.strip()
    row.decided_by = None if row.requested_by == ctx.actor.account_id else ctx.actor.account_id
    row.state, row.decided_by_name, row.decided_at = "refused", ctx.actor.name, ctx.now()
    note(ctx, "finance.payout.refused", ("finance_payout", row.id), {"amount": row.amount})


def mark_paid(ctx: Context, payout_id: UUID, *, number: str, bank: str = "") -> None:
    """Note that the money has left: by transfer from a bank account of the school, or as cash at the counter.

    Args:
        number: of the transfer or of the signed voucher.
        bank: number of the school's account; empty for cash.

    Raises:
        Invalid: no number. Conflict: it is not approved, or paid already.
    """
    ctx.require("payments.refund.request")
    row = _locked(ctx, payout_id, "approved")
    if not number.strip():
        message = _("Give the number of the transfer or of the voucher.")
        raise Invalid(message, fields={"number": message})
    account = f"bank:{bank}" if bank else CASH
    entry = ledger.Entry(
        source=f"payout:{row.id}:paid",
        kind="finance.payout.paid",
        occurred_at=ctx.now(),
        lines=(ledger.Line(REFUND_PAYABLE, row.amount), ledger.Line(account, -row.amount)),
        memo=number.strip(),
    )
    ledger.post(ctx, entry)
    row.state, row.paid_account, row.paid_number, row.paid_at = "paid", account, number.strip(), ctx.now()
    facts = {"payout_id": str(row.id), "person_id": str(row.person_id), "amount": row.amount}
    note(ctx, PAYOUT_PAID, ("finance_payout", row.id), facts, event=True)
