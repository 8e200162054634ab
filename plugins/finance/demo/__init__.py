"""A year of collecting for a demo school: rounds, bills, money by every way, statements, doubts and their end.

Each step is a transaction. Chance comes from the seed, so the same day gives the same school.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from core.sdk import Context, Demo, settings
from core.sdk.data import local_date
from core.sdk.demo import Stage, stage_of
from plugins.finance.models import Round
from plugins.finance.settings import EINVOICE_AUTO

from . import billing
from .catalogue import Cast, at, by, cast_of, exempt, make_items
from .desk import decide, give_back, import_statement, take_back_a_bill
from .months import Month, month_of, open_month, publish_month
from .oddities import odd_payments, other_movements
from .payers import open_bills, owe_only_once, plan, play

_ODD = 9
"""So many bills of a month are paid in an odd way, or not at all; by families who have no older debt."""


def _setting(ctx: Context, options: Mapping[str, Any], ago: int) -> tuple[Stage, Cast, Month]:
    cast = cast_of(ctx, int(options.get("seed", 2026)))
    return stage_of(options), cast, month_of(local_date(ctx.now()), ago)


def prepare(ctx: Context, options: Mapping[str, Any]) -> None:
    """Items, ceilings and exemptions, a week before the first round."""
    stage, cast, first = _setting(ctx, options, 2)
    then = at(ctx, first.out_at - timedelta(days=7))
    settings.put(ctx, EINVOICE_AUTO, False)  # a year of invoices would be sent when the demo starts
    known = make_items(then)
    exempt(then, stage, cast, known, ctx)
    billing.reduce(then, stage, known, local_date(then.now()).replace(day=1))
    billing.take_over(then, stage, cast)


def send_out(ctx: Context, options: Mapping[str, Any], ago: int) -> None:
    """Open a month's round and send its bills out."""
    stage, cast, month = _setting(ctx, options, ago)
    then = by(at(ctx, month.out_at), stage, "accountant")
    publish_month(then, open_month(then, cast, month))


def collect(ctx: Context, options: Mapping[str, Any], ago: int) -> None:
    """Let a month's money come in, and settle what belongs to it."""
    stage, cast, month = _setting(ctx, options, ago)
    row = ctx.session.scalars(select(Round).where(Round.period == month.period)).one()
    owing = open_bills(ctx, row)
    reliable = owe_only_once(ctx)
    odd = cast.pick(f"odd {month.period}").sample([o for o in owing if o.person_id in reliable], _ODD)
    usual = [owed for owed in owing if owed not in odd]
    payments = [*plan(cast, month, usual, ctx.now()), *odd_payments(month, odd, ctx.now())]
    others = other_movements(month, odd, ctx.now())
    if month.ago == 0:
        others += take_back_a_bill(ctx, stage, month, odd[5], ctx.now())
    play(ctx, stage, payments, others)
    import_statement(ctx, stage, month)
    give_back(ctx, stage, month)
    decide(ctx, stage, month, odd[6])


def close_meals(ctx: Context, options: Mapping[str, Any], ago: int) -> None:
    """Close a month of meals, once it is over."""
    stage, cast, month = _setting(ctx, options, ago)
    billing.eat(ctx, stage, cast, month)


def draft(ctx: Context, options: Mapping[str, Any]) -> None:
    """The next month's round is being prepared."""
    stage, cast, month = _setting(ctx, options, -1)
    open_month(by(ctx, stage, "accountant"), cast, month)


DEMOS = [
    Demo("finance.items", 20, prepare),
    *(
        Demo(f"finance.{what}.{ago}", 30 - 3 * ago + number, partial(step, ago=ago))
        for ago in (2, 1, 0)
        for number, (what, step) in enumerate((("bills", send_out), ("money", collect), ("meals", close_meals)))
    ),
    Demo("finance.rest", 36, billing.rest),
    Demo("finance.draft", 40, draft),
]
