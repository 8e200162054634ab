"""Rule 5: movements that are no fees: cash deposits, bank fees, interest, budget, suppliers, wages and the
like.

Phrases are looked for as whole words of the folded memo; the first table entry that fits decides.
"""

from __future__ import annotations

from .outcomes import Kind
from .text import Memo

_CREDITS: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    (
        Kind.CASH_DEPOSIT,
        (
            "CASH DEPOSIT",
            "NOP TIEN MAT",
            "NOP TM",
            "NOP TIEN VAO TK",
            "NOP TIEN VAO TAI KHOAN",
            "THU QUY NOP",
        ),
    ),
    (
        Kind.INTEREST,
        (
            "TRA LAI TIEN GUI",
            "LAI TIEN GUI",
            "LAI NHAP GOC",
            "NHAP LAI",
            "LAI KKH",
            "LAI KHONG KY HAN",
            "TRA LAI TK",
            "TRA LAI TAI KHOAN",
            "LAI SUAT",
            "INTEREST",
            "INTEREST PAYMENT",
        ),
    ),
    (
        Kind.BUDGET,
        (
            "KBNN",
            "KHO BAC",
            "KHO BAC NHA NUOC",
            "CAP KINH PHI",
            "KINH PHI THUONG XUYEN",
            "NGAN SACH",
            "RUT DU TOAN",
        ),
    ),
)
_DEBITS: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    (Kind.BANK_FEE, ("PHI", "THU PHI", "FEE", "CHARGE", "SMS BANKING")),
    (Kind.SALARY, ("LUONG", "CHI LUONG", "SALARY", "PHU CAP", "THUONG TET")),
    (Kind.INSURANCE_TRANSFER, ("BHXH", "BHYT", "BAO HIEM")),
    (Kind.REFUND_TO_PARENT, ("HOAN TIEN", "TRA LAI TIEN", "REFUND")),
    (Kind.UTILITIES, ("TIEN DIEN", "TIEN NUOC", "CUOC", "INTERNET", "VIEN THONG")),
    (Kind.SUPPLIER, ("TT TIEN", "THANH TOAN", "HD", "HOA DON", "HOP DONG", "MUA")),
)
_REVERSALS = (
    "HUY LENH",
    "HUY GD",
    "HUY GIAO DICH",
    "HOAN TRA GD",
    "HOAN TRA GIAO DICH",
    "REVERSAL",
    "DIEU CHINH",
)


def credit_kind(memo: Memo) -> Kind | None:
    """What a credit is by its words, if it is no payment of fees."""
    return _first(memo, _CREDITS)


def debit_kind(memo: Memo) -> Kind:
    """What a debit is by its words. Money that leaves the account is never a payment of fees."""
    return _first(memo, _DEBITS) or Kind.OTHER


def says_reversal(memo: Memo) -> bool:
    """Whether a debit says that it takes back another movement, and names one by its number."""
    names_one = any(len(word) >= 8 and any(sign.isdigit() for sign in word) for word in memo.words)
    return names_one and any(memo.has_phrase(phrase) for phrase in _REVERSALS)


def _first(memo: Memo, table: tuple[tuple[Kind, tuple[str, ...]], ...]) -> Kind | None:
    for kind, phrases in table:
        if any(memo.has_phrase(phrase) for phrase in phrases):
            return kind
    return None
