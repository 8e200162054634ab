"""The rounds of a demo school: the last three months are out, the next one is being prepared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from core.sdk import Context
from plugins.finance.models import Round
from plugins.finance.roll import classes
from plugins.finance.services.exceptions import ExceptionInput, set_exceptions
from plugins.finance.services.prices import PriceInput, set_prices
from plugins.finance.services.publish import publish
from plugins.finance.services.rounds import open_round, rounds

from .catalogue import MONTHLY, PRICES, TUITION, Cast, items


@dataclass(frozen=True, slots=True)
class Month:
    """A month of collecting: how many per mille of the pupils have paid by today, and how many have come half way."""

    ago: int
    period: date
    paid: int
    partly: int

    @property
    def due_on(self) -> date:
        return self.period + timedelta(days=24)

    @property
    def out_at(self) -> datetime:
        """The third of the month, nine in the morning."""
        return datetime(self.period.year, self.period.month, 3, 2, tzinfo=UTC)

    @property
    def over_at(self) -> datetime:
        """The first moment of the next month."""
        return datetime(self.period.year, self.period.month, 1, tzinfo=UTC) + _length(self.period) - timedelta(hours=7)


def _length(period: date) -> timedelta:
    return (period + timedelta(days=32)).replace(day=1) - period


def month_of(today: date, ago: int) -> Month:
    """The month so many months ago; -1 is the next one."""
    number = today.year * 12 + today.month - 1 - ago
    paid, partly = {0: (600, 15), 1: (900, 10)}.get(ago, (955, 8))
    return Month(ago, date(number // 12, number % 12 + 1, 1), paid, partly)


def open_month(ctx: Context, cast: Cast, month: Month) -> Round:
    """A draft with prices, and the pupils who do not board."""
    known = items(ctx)
    before = rounds(ctx, limit=1).rows
    codes = [code for code in (TUITION.code, *MONTHLY) if code in known] + (["bhyt"] if month.ago == 2 else [])
    row = open_round(
        ctx,
        title=f"Thu tháng {month.period.month}/{month.period.year}",
        period=month.period,
        due_on=month.due_on,
        item_ids=[known[code] for code in codes],
        copy_from=before[0].id if before else None,
    )
    prices = [PriceInput(known[code], PRICES[code], 20 if code == "tien_an" else 1) for code in codes]
    first = classes(ctx)[0]
    prices.append(PriceInput(known["tien_an"], PRICES["tien_an"] - 2_000, 20, class_id=first.id))
    if "bhyt" in codes:
        prices.append(PriceInput(known["bhyt"], 157_950, grade=first.grade))
    set_prices(ctx, row.id, prices)
    _do_not_board(ctx, row, known, [person for person in cast.pupils if person not in cast.boarders])
    return row


def publish_month(ctx: Context, row: Round) -> None:
    """Send the bills out."""
    publish(ctx, row.id)


def _do_not_board(ctx: Context, row: Round, known: dict[str, UUID], people: list[UUID]) -> None:
    reason = "Không đăng ký bán trú"
    entries = [
        ExceptionInput(person, known[code], reason, quantity=0) for person in people for code in ("tien_an", "ban_tru")
    ]
    set_exceptions(ctx, row.id, entries)
