"""The accountant's desk: statements imported, doubts decided, money given back, a bill taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context
from core.sdk.demo import Stage, Transfer
from core.sdk.ledger import ExceptionCase, PaymentAttempt, cases, channels, refunds
from plugins.finance.services.corrections import cancel_bill
from plugins.finance.services.rails import BankAccount
from plugins.finance.services.statement_columns import read_file
from plugins.finance.services.statements import start_import, upload

from .catalogue import at, by
from .months import Month
from .payers import Owed


def import_statement(ctx: Context, stage: Stage, month: Month) -> None:
    """The statement of a month that is over is booked on the next morning; that of this month is only looked at."""
    over = month.over_at < ctx.now()
    then = by(at(ctx, month.over_at + timedelta(hours=8)), stage, "accountant")
    content = stage.statement(month.out_at - timedelta(days=3), min(month.over_at, ctx.now()))
    name = f"sao-ke-{month.period:%Y-%m}.xlsx"
    accounts = [BankAccount(c.id, c.merchant, c.label) for c in channels.all_of(ctx) if c.provider == "bank_notices"]
    found = upload(then, accounts, "", name, read_file(stage.readers, content, "", {}))
    if over:
        start_import(then, found)
        stage.work(then)


def decide(ctx: Context, stage: Stage, month: Month, named: Owed) -> None:
    """What the accountant has settled by now: the doubts of the month before last, and some of the last one."""
    if month.ago == 2:
        then = by(at(ctx, month.over_at + timedelta(hours=9)), stage, "accountant")
        for case in _open(ctx, "overpaid"):
            cases.close(then, case.id, "Phụ huynh đồng ý trừ vào tháng sau")
        for case in _open(ctx, "unmatched"):
            if "DON HANG" in str(case.facts.get("memo", "")):
                cases.refuse(then, case.id, "Người lạ chuyển nhầm, đã hẹn trả lại")
            else:
                cases.assign(then, case.id, named.person_id, "Đã gọi điện hỏi phụ huynh")
    stage.work(at(ctx, month.over_at + timedelta(hours=9)))


def give_back(ctx: Context, stage: Stage, month: Month) -> None:
    """Money that came twice goes back by transfer: last month's has arrived, this month's is still to be sent."""
    for case in _open(ctx, "double_payment"):
        attempt = _attempt_of(ctx, case)
        moment = case.opened_at + timedelta(days=1)
        if attempt is None or moment > ctx.now():
            continue
        asking, approving = by(at(ctx, moment), stage, "accountant"), at(ctx, moment + timedelta(hours=4))
        key, why = f"demo:{case.id}", "Phụ huynh chuyển hai lần"
        refund = refunds.request(asking, attempt, case.amount, why, key=key, person_id=case.person_id)
        refunds.approve(by(approving, stage, "head"), refund)
        cases.close(asking, case.id, "Đã đề nghị trả lại phụ huynh")
        stage.work(approving)
        if month.ago == 1:
            _transfer_by_hand(at(ctx, moment + timedelta(days=1)), stage, refund)


def _transfer_by_hand(ctx: Context, stage: Stage, refund: UUID) -> None:
    """The bank has carried the transfer out; the case of the payout list is done."""
    refunds.paid_out(by(ctx, stage, "head"), refund, f"UNC{refund.int % 10**9:09d}")
    for case in _open(ctx, "payout"):
        cases.close(by(ctx, stage, "accountant"), case.id, "Đã chuyển khoản trả lại")


def take_back_a_bill(ctx: Context, stage: Stage, month: Month, owed: Owed, now: datetime) -> list[Transfer]:
    """A bill is cancelled because the pupil is away for the month; the family's transfer comes all the same."""
    moment = max(month.out_at, now - timedelta(days=4))
    cancel_bill(by(at(ctx, moment), stage, "accountant"), owed.bill_id, "Học sinh xin nghỉ học cả tháng")
    late = Transfer(moment + timedelta(days=2), owed.amount, f"{owed.reference} {owed.payer}", owed.payer)
    return [late] if late.at < now else []


def _open(ctx: Context, kind: str) -> list[ExceptionCase]:
    query = select(ExceptionCase).where(ExceptionCase.state == "open", ExceptionCase.kind == kind)
    query = query.execution_options(populate_existing=True)
    return list(ctx.session.scalars(query.order_by(ExceptionCase.opened_at, ExceptionCase.id)))


def _attempt_of(ctx: Context, case: ExceptionCase) -> UUID | None:
    """What the same family paid by QR code in the days before: money goes back by the way it came."""
    own = [channel.id for channel in channels.all_of(ctx) if channel.provider == "vietqr"]
    query = select(PaymentAttempt.id).where(
        PaymentAttempt.person_id == case.person_id,
        PaymentAttempt.channel_id.in_(own),
        PaymentAttempt.captured > 0,
        PaymentAttempt.created_at > case.opened_at - timedelta(days=7),
    )
    return ctx.session.scalars(query.order_by(PaymentAttempt.created_at.desc()).limit(1)).first()
