"""Rule 5: movements that are no fees, by whole words of the folded memo; the first kind that fits decides."""

from __future__ import annotations

import re

from .outcomes import Kind
from .text import Memo

_CREDITS = {
    Kind.CASH_DEPOSIT: "CASH DEPOSIT|NOP TIEN MAT|NOP TM|THU QUY NOP",
    Kind.INTEREST: "LAI TIEN GUI|LAI NHAP GOC|NHAP LAI|LAI (?:KKH|KHONG KY HAN)|TRA LAI T(?:K|AI KHOAN)|INTEREST",
    Kind.BUDGET: "KBNN|KHO BAC|CAP KINH PHI|KINH PHI THUONG XUYEN|NGAN SACH|RUT DU TOAN",
    Kind.INSURANCE_TRANSFER: "BHXH (?:TP|THANH PHO|TINH|CO SO|VIET NAM)|BAO HIEM XA HOI|CSSKBD",
}
_DEBITS = {
    Kind.BANK_FEE: "PHI|FEES?|CHARGES?|SMS BANKING",
    Kind.SALARY: "LUONG|SALARY|PHU CAP",
    Kind.INSURANCE_TRANSFER: "BHXH|BHYT|BAO HIEM",
    Kind.REFUND_TO_PARENT: "HOAN TIEN|TRA LAI TIEN|REFUND",
    Kind.UTILITIES: "TIEN DIEN|TIEN NUOC|CUOC|INTERNET|VIEN THONG",
    Kind.SUPPLIER: "TT TIEN|THANH TOAN|HD|HOA DON|HOP DONG|MUA",
}
_REVERSAL = "HUY (?:LENH|GD|GIAO DICH)|HOAN TRA (?:GD|GIAO DICH)|REVERSAL|DIEU CHINH"


def _compile(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})\b")


_CREDIT_WORDS = {kind: _compile(words) for kind, words in _CREDITS.items()}
_DEBIT_WORDS = {kind: _compile(words) for kind, words in _DEBITS.items()}
_REVERSAL_WORDS = _compile(_REVERSAL)


def credit_kind(memo: Memo) -> Kind | None:
    """What a credit is by its words, if it is no payment of fees."""
    return _first(memo, _CREDIT_WORDS)


def debit_kind(memo: Memo) -> Kind:
    """What a debit is by its words. Money that leaves the account is never a payment of fees."""
    return _first(memo, _DEBIT_WORDS) or Kind.OTHER


def says_reversal(memo: Memo) -> bool:
    """Whether a debit says that it takes back another movement, and names one by its number."""
    names_one = any(len(word) >= 8 and any(sign.isdigit() for sign in word) for word in memo.words)
    return names_one and bool(_REVERSAL_WORDS.search(" ".join(memo.words)))


def _first(memo: Memo, table: dict[Kind, re.Pattern[str]]) -> Kind | None:
    text = " ".join(memo.words)
    return next((kind for kind, words in table.items() if words.search(text)), None)
