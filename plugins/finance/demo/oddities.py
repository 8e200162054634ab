"""What does not go smoothly: wrong amounts, texts without a code, double and late payments, and all else that moves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.sdk import fold
from core.sdk.demo import Transfer

from .months import Month
from .payers import Owed, Payment


def odd_payments(month: Month, odd: Sequence[Owed], now: datetime) -> list[Payment]:
    """Payments of families that do something else than their bill asks.

    Args:
        odd: at least eight open bills that nobody else pays.
    """
    if month.ago == 2:
        too_little = [_pays(month, day, owed, owed.amount - 100_000) for day, owed in zip((4, 7, 9), odd, strict=False)]
        too_much = [_pays(month, day, owed, owed.amount + 50_000) for day, owed in zip((5, 8), odd[3:], strict=False)]
        made = [*too_little, *too_much]
    elif month.ago == 1:
        made = [_pays(month, 6, odd[0], odd[0].amount + 32_000)]
        made += [
            Payment(_day(month, 8), "qr", odd[1], odd[1].amount),
            _pays(month, 8, odd[1], odd[1].amount, hours=5),
        ]
    else:
        made = [
            _pays(month, 4, odd[0], odd[0].amount // 2000 * 1000),
            Payment(_day(month, 5), "vnpay", odd[1], odd[1].amount, outcome="cancel"),
            Payment(_day(month, 7), "vnpay", odd[2], odd[2].amount, outcome="fail"),
            Payment(now - timedelta(hours=30), "vnpay", odd[3], odd[3].amount, outcome="suspect"),
            Payment(_day(month, 6), "qr", odd[4], odd[4].amount),
            _pays(month, 6, odd[4], odd[4].amount, hours=3),
        ]
    return [payment for payment in made if payment.at < now]


def other_movements(month: Month, odd: Sequence[Owed], now: datetime) -> list[Transfer]:
    """Movements of the account that no bill's code explains; the bank's own ones come by the statement only."""
    named, cut = odd[6], odd[7]
    pupil = fold(named.pupil).upper()
    moves = [
        Transfer(_day(month, 1), 55_000, "PHI QUAN LY TAI KHOAN", "", incoming=False, told=False),
        Transfer(_day(month, 12), 38_400_000, f"TT TIEN THUC PHAM THANG {month.period.month} HD 0{month.period.month}",
                 "", incoming=False, told=False),
        Transfer(_day(month, 15), 4_500_000, "NOP TIEN MAT QUY TRUONG", "TRAN THU LAN", told=False),
        Transfer(_day(month, 21), 18_250, "TRA LAI TAI KHOAN", "", told=False),
    ]  # fmt: skip
    if month.ago == 2:
        moves.append(Transfer(_day(month, 6), named.amount, f"{pupil} nop tien hoc", named.payer))
        moves.append(Transfer(_day(month, 9), 250_000, "THANH TOAN DON HANG 88213", "LE VAN TU"))
    elif month.ago == 1:
        memo = f"{pupil} lop {named.class_name} hoc phi"
        moves.append(Transfer(_day(month, 10), named.amount, memo, named.payer))
        moves.append(Transfer(_day(month, 17), cut.amount, f"{cut.reference[:-2]} {cut.payer}", cut.payer))
    else:
        moves.append(Transfer(now - timedelta(days=5), 409_000, "chuyen tien hoc cho con", "PHAM THI HOA"))
        moves.append(Transfer(now - timedelta(hours=26), cut.amount, f"{cut.reference[:-2]} hoc phi", cut.payer))
        moves.append(Transfer(now - timedelta(hours=3), named.amount, f"{pupil} {named.class_name}", named.payer))
    return [move for move in moves if move.at < now]


def _pays(month: Month, day: int, owed: Owed, amount: int, hours: int = 0) -> Payment:
    return Payment(_day(month, day, hours), "vietqr", owed, amount, f"{owed.reference} {owed.payer}")


def _day(month: Month, day: int, hours: int = 0) -> datetime:
    """In the middle of a morning, so many days after the bills."""
    return month.out_at + timedelta(days=day, hours=2 + hours)
