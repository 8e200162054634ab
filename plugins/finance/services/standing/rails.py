"""What came in on which rail, and what the rail kept for itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import BigInteger, ColumnElement, cast, func, or_, select
from sqlalchemy.orm import aliased

from core.sdk import Context
from core.sdk.data import LOCAL_TZ
from core.sdk.ledger import JournalEntry, Posting

COLLECTING = ("evidence.paid", "evidence.credit", "cash.collected")
RETURNING = ("evidence.debit", "evidence.refunded", "evidence.charged_back", "cash.returned")
_FEE = "provider_fee"


@dataclass(frozen=True, slots=True)
class Rail:
    """One account that money comes in on. Amounts in dong."""

    account: str
    payments: int
    came_in: int
    went_back: int
    """Taken back by the bank, refunded, given back as cash; above zero."""
    fee: int

    @property
    def per_mille(self) -> int | None:
        """Fee in thousandths of what came in."""
        return 1000 * self.fee // self.came_in if self.came_in else None


def span(ctx: Context, first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    """Entries that were booked on these local days."""
    begin = datetime.combine(first, time(), LOCAL_TZ)
    end = datetime.combine(last + timedelta(days=1), time(), LOCAL_TZ)
    return (JournalEntry.school_id == ctx.school_id, JournalEntry.booked_at >= begin, JournalEntry.booked_at < end)


def rails(ctx: Context, first: date, last: date) -> list[Rail]:
    """Money of these days by account, the largest first: two statements over the entries of the days.

    A drawer counts as cash like the safe. Fees are those of payouts booked in these days.
    """
    ctx.require("payments.ledger.read")
    outside = or_(*(Posting.account.startswith(name) for name in ("bank:", "clearing:", "cash:")))
    account = func.regexp_replace(Posting.account, "^cash:.*", "cash").label("account")
    rows = ctx.session.execute(
        select(
            account,
            func.count(JournalEntry.id.distinct()).filter(JournalEntry.kind.in_(COLLECTING)),
            cast(func.coalesce(func.sum(Posting.amount).filter(JournalEntry.kind.in_(COLLECTING)), 0), BigInteger),
            cast(func.coalesce(-func.sum(Posting.amount).filter(JournalEntry.kind.in_(RETURNING)), 0), BigInteger),
        )
        .join(Posting, Posting.entry_id == JournalEntry.id)
        .where(*span(ctx, first, last), JournalEntry.kind.in_((*COLLECTING, *RETURNING)), outside)
        .group_by(account)
    ).all()
    other = aliased(Posting)
    fees = {
        name: int(fee)
        for name, fee in ctx.session.execute(
            select(other.account, func.sum(Posting.amount))
            .select_from(JournalEntry)
            .join(Posting, Posting.entry_id == JournalEntry.id)
            .join(other, other.entry_id == JournalEntry.id)
            .where(*span(ctx, first, last), Posting.account == _FEE, other.account.startswith("clearing:"))
            .group_by(other.account)
        )
    }
    known = {name: Rail(name, count, came, back, fees.pop(name, 0)) for name, count, came, back in rows}
    known |= {name: Rail(name, 0, 0, 0, fee) for name, fee in fees.items()}
    return sorted(known.values(), key=lambda rail: (-rail.came_in, rail.account))
