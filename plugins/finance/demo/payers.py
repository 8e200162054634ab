"""How families pay: most by VietQR, some on VNPay's page, some at the desk; day by day, as it comes in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from operator import attrgetter
from random import Random
from typing import Literal
from uuid import UUID

from sqlalchemy import func, select

from core.sdk import Context, fold
from core.sdk.data import LOCAL_TZ, local_date
from core.sdk.demo import Stage, Transfer, Visit
from core.sdk.ledger import Charge, Started, attempts, channels
from core.sdk.payments import Redirect
from core.sdk.payments import Transfer as Instructions
from core.sdk.people import Person, Relation
from plugins.finance.models import Bill, Round
from plugins.finance.services.desk import take_cash
from plugins.finance.services.issue import CHARGE_OF_BILL

from .catalogue import Cast, at, by
from .months import Month

Way = Literal["vietqr", "lost", "qr", "vnpay", "cash"]
_WAYS: dict[Way, int] = {"vietqr": 62, "lost": 6, "vnpay": 14, "cash": 18}
"""Per cent. `lost`: the notice got lost, only the statement shows it. `qr`: from the bill's page, under a code of its
own, as some odd payments are."""
_MEMOS = (
    "{ref}",
    "{ref} chuyen tien",
    "MBVCB.{number}.{ref}.CT tu {payer}",
    "QR {ref} {payer}",
    "{payer} nop {ref}",
)


@dataclass(frozen=True, slots=True)
class Owed:
    """An open bill of a round and who will pay it. Whole dong."""

    bill_id: UUID
    charge_id: UUID
    person_id: UUID
    reference: str
    amount: int
    pupil: str
    class_name: str
    payer: str
    """As banks write names."""


@dataclass(frozen=True, slots=True)
class Payment:
    """What a family does. `outcome` is that of a visit to VNPay's page."""

    at: datetime
    way: Way
    owed: Owed
    amount: int
    memo: str = ""
    outcome: str = "success"


def open_bills(ctx: Context, row: Round) -> list[Owed]:
    """What is still owed of a round, in the order of the pupils' codes."""
    query = (
        select(Bill.id, Charge.id.label("charge"), Bill.person_id, Charge.reference, Charge.due, Charge.allocated,
               Bill.full_name, Bill.class_name)
        .join(Charge, CHARGE_OF_BILL)
        .where(Bill.round_id == row.id, Charge.state == "open")
        .order_by(Bill.code, Bill.id)
    )  # fmt: skip
    rows = ctx.session.execute(query).all()
    payers = _payers(ctx)
    return [
        Owed(r.id, r.charge, r.person_id, r.reference, r.due - r.allocated, r.full_name, r.class_name,
             payers.get(r.person_id, "NGUYEN VAN A"))
        for r in rows
    ]  # fmt: skip


def owe_only_once(ctx: Context) -> set[UUID]:
    """Pupils with a single open bill: what comes in for them twice is too much."""
    query = select(Charge.person_id).where(Charge.state == "open").group_by(Charge.person_id)
    return set(ctx.session.scalars(query.having(func.count() == 1)))


def _payers(ctx: Context) -> Mapping[UUID, str]:
    """One parent of each pupil."""
    query = (
        select(Relation.related_id, Person.full_name)
        .join(Person, Person.id == Relation.person_id)
        .order_by(Relation.related_id, Relation.kind.desc(), Relation.id)
    )
    return {pupil: fold(name).upper() for pupil, name in ctx.session.execute(query)}


def plan(cast: Cast, month: Month, owing: Sequence[Owed], now: datetime) -> list[Payment]:
    """Who pays when and how, in order of time. Families that are not in it have paid nothing by today."""
    pick = cast.pick(f"payers {month.period}")
    made: list[Payment] = []
    for owed in owing:
        way = pick.choices(list(_WAYS), list(_WAYS.values()))[0]
        chance, moment = pick.randrange(1000), _moment(pick, month, now, hours=6 if way == "cash" else 14)
        memo = pick.choice(_MEMOS).format(ref=owed.reference, payer=owed.payer, number=pick.randrange(10**8, 10**9))
        if moment is None:
            continue
        if chance < month.paid:
            made.append(Payment(moment, way, owed, owed.amount, memo))
        elif chance < month.paid + month.partly:
            made.append(Payment(moment, way, owed, owed.amount // 2000 * 1000, memo))
    return sorted(made, key=lambda payment: (payment.at, payment.owed.reference))


def _moment(pick: Random, month: Month, now: datetime, hours: int) -> datetime | None:
    """Most families pay within days after the bill, until late in the evening; None when that day is yet to come."""
    day, second = int(pick.random() ** 1.6 * 26), pick.randrange(hours * 3600 - 60)
    moment = month.out_at + timedelta(days=day, hours=1, seconds=second)
    return moment if moment < min(month.over_at, now - timedelta(hours=1)) else None


def play(ctx: Context, stage: Stage, payments: Sequence[Payment], extra: Sequence[Transfer] = ()) -> None:
    """Let payments and other movements of the account happen, day by day, with all that follows from them."""
    for day, (mine, others) in _by_day(payments, extra):
        end = at(ctx, datetime.combine(day, time.max, LOCAL_TZ))
        moves = [_transfer(p) for p in mine if p.way in ("vietqr", "lost")]
        moves += [_from_page(at(ctx, p.at), p) for p in mine if p.way == "qr"]
        moves += others
        if moves:
            stage.transfers(end, sorted(moves, key=attrgetter("at")))
        visits = [_visit(at(ctx, p.at), p) for p in mine if p.way == "vnpay"]
        if visits:
            stage.visits(end, "vnpay", visits)
        for payment in (p for p in mine if p.way == "cash"):
            then = by(at(ctx, payment.at), stage, "accountant")
            take_cash(then, payment.owed.bill_id, payment.amount, key=f"demo:{payment.owed.reference}")


def _by_day(
    payments: Sequence[Payment], extra: Sequence[Transfer]
) -> Iterator[tuple[date, tuple[list[Payment], list[Transfer]]]]:
    everything: list[Payment | Transfer] = sorted([*payments, *extra], key=attrgetter("at"))
    for day, group in groupby(everything, key=lambda entry: local_date(entry.at)):
        entries = list(group)
        mine = [entry for entry in entries if isinstance(entry, Payment)]
        yield day, (mine, [entry for entry in entries if isinstance(entry, Transfer)])


def _transfer(payment: Payment) -> Transfer:
    return Transfer(payment.at, payment.amount, payment.memo, payment.owed.payer, told=payment.way == "vietqr")


def _from_page(ctx: Context, payment: Payment) -> Transfer:
    """The payer scans the code of the bill's page, which bears the attempt's own reference."""
    action = _begin(ctx, "vietqr", payment).action
    if not isinstance(action, Instructions):
        raise TypeError("VietQR is a transfer")
    return Transfer(payment.at, action.amount, action.memo, payment.owed.payer)


def _visit(ctx: Context, payment: Payment) -> Visit:
    """The payer chooses VNPay on the bill's page, and decides on VNPay's page two minutes later."""
    action = _begin(ctx, "vnpay", payment).action
    if not isinstance(action, Redirect):
        raise TypeError("VNPay is a redirect")
    return Visit(payment.at + timedelta(minutes=2), action.url, payment.outcome)


def _begin(ctx: Context, provider: str, payment: Payment) -> Started:
    channel = next(c for c in channels.all_of(ctx) if c.provider == provider)
    return attempts.start(
        ctx,
        channel.id,
        [payment.owed.charge_id],
        key=f"demo:{payment.owed.reference}:{payment.outcome}",
        description=f"Thu tien lop {payment.owed.class_name}",
        return_url="http://127.0.0.1/pay/back/{reference}",
    )
