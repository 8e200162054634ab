"""The demo school has something to show on every page, and its books hold."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from core.data.session import Database
from core.sdk import Actor
from core.sdk.ledger import trial_balance, verify
from plugins.finance import demo
from plugins.finance.services import debtors, exemptions, receipts, rounds
from plugins.learners.demo import fill as fill_learners


def test_the_demo_fills_a_school(db: Database, other_school: UUID, system: Actor) -> None:
    def clock() -> datetime:
        return datetime(2026, 11, 22, 3, tzinfo=UTC)

    for fill in (fill_learners, demo.fill):
        with db.context(system, other_school, clock=clock) as ctx:
            fill(ctx, {"pupils": 80})
    with db.context(system, other_school, clock=clock) as ctx:
        listed = rounds.rounds(ctx).rows
        assert [(r.period.month, r.state) for r in listed] == [
            (12, "draft"),
            (11, "published"),
            (10, "published"),
            (9, "published"),
            (5, "closed"),
            (4, "closed"),
        ]
        assert receipts.receipts(ctx).rows
        assert receipts.gaps(ctx, 2026) == []
        assert debtors.debtors(ctx).rows
        assert debtors.debts_by_age(ctx).owed > 0
        assert len(exemptions.exemptions(ctx, waiting=True)) == 2
        assert sum(trial_balance(ctx).values()) == 0
        assert verify(ctx) == []
