"""What the accountant wants to know in the morning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import func, select

from core.sdk import Context
from core.sdk.data import LOCAL_TZ, local_date
from core.sdk.ledger import Charge, JournalEntry, Posting, cases
from plugins.finance.models import Exemption, Round

_COLLECTING = ("evidence.paid", "evidence.credit", "cash.collected", "assignment")


@dataclass(frozen=True, slots=True)
class Today:
    """Counts and sums of the day; amounts in dong."""

    waiting: int
    """Bills that are still to pay."""
    owed: int
    overdue: int
    cases: int
    collected: int
    payments: int
    drafts: int
    """Rounds that are being prepared."""
    exemptions: int
    """Exemptions that wait for approval."""


def today(ctx: Context) -> Today:
    """The state of the day."""
    ctx.require("finance.bill.read")
    day = local_date(ctx.now())
    rest = Charge.due - Charge.allocated
    waiting, owed, overdue = ctx.session.execute(
        select(func.count(), func.coalesce(func.sum(rest), 0), func.count().filter(Charge.due_on < day)).where(
            Charge.state == "open", Charge.origin == "finance"
        )
    ).one()
    midnight = datetime.combine(day, time(), LOCAL_TZ)
    collected, payments = ctx.session.execute(
        select(func.coalesce(func.sum(-Posting.amount), 0), func.count(Posting.entry_id.distinct()))
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .where(
            JournalEntry.booked_at >= midnight,
            JournalEntry.kind.in_(_COLLECTING),
            Posting.account == "student_balance",
        )
    ).one()
    doubts = sum(cases.open_counts(ctx).values()) if ctx.actor.has("payments.case.read") else 0
    drafts = ctx.session.scalar(select(func.count()).select_from(Round).where(Round.state == "draft")) or 0
    unapproved = ctx.session.scalar(select(func.count()).select_from(Exemption).where(Exemption.approved_at.is_(None)))
    return Today(waiting, int(owed), overdue, doubts, int(collected), payments, drafts, unapproved or 0)
