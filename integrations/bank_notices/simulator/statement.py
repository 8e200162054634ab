"""The bank's statement as a workbook, with differences that an import must find."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace

import xlsxwriter

from core.sdk.testing.simulators import DIFFERENCES
from core.sdk.testing.simulators import with_differences as differing

from .bank import Movement
from .settings import Account

__all__ = ["DIFFERENCES", "with_differences", "workbook"]

HEADER = (
    "STT", "Ngày giao dịch", "Ngày hiệu lực", "Số chứng từ", "Nội dung giao dịch",
    "Ghi nợ", "Ghi có", "Số dư",
)  # fmt: skip


def with_differences(movements: Sequence[Movement], wanted: Mapping[str, int]) -> list[Movement]:
    """The lines to print: the last so many are left out, printed twice, changed, or invented."""
    return differing(movements, wanted, changed=lambda m: replace(m, amount=m.amount + 1000), invented=_invented)


def _invented(like: Movement, index: int) -> Movement:
    number = 99_000 + index
    text = "CHUYEN TIEN HOC PHI"
    return replace(like, number=number, reference=f"FT{like.at:%y%j}{number:06d}", text=text, incoming=True)


def workbook(account: Account, lines: Sequence[Movement]) -> bytes:
    """An XLSX file in the form many banks use."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("Sao ke")
    sheet.write_row(0, 0, ["NGÂN HÀNG MÔ PHỎNG"])
    sheet.write_row(1, 0, ["SAO KÊ TÀI KHOẢN / ACCOUNT STATEMENT"])
    sheet.write_row(2, 0, [f"Chủ tài khoản: {account.name}"])
    sheet.write_row(3, 0, [f"Số tài khoản: {account.number}   Loại tiền: VND"])
    sheet.write_row(4, 0, ["Số dư đầu kỳ:", "", "", "", "", "", "", _before(account, lines)])
    sheet.write_row(6, 0, HEADER)
    for row, line in enumerate(lines, start=1):
        sheet.write_row(6 + row, 0, _cells(row, line))
    last = 7 + len(lines)
    debit = sum(line.amount for line in lines if not line.incoming)
    credit = sum(line.amount for line in lines if line.incoming)
    sheet.write_row(last, 0, ["", "", "", "", "Cộng phát sinh", debit, credit, ""])
    closing = lines[-1].balance if lines else account.opening
    sheet.write_row(last + 1, 0, ["", "", "", "", "Số dư cuối kỳ", "", "", closing])
    book.close()
    return buffer.getvalue()


def _before(account: Account, lines: Sequence[Movement]) -> int:
    """The balance before the first line."""
    if not lines:
        return account.opening
    first = lines[0]
    return first.balance + (-first.amount if first.incoming else first.amount)


def _cells(row: int, line: Movement) -> list[object]:
    debit, credit = ("", line.amount) if line.incoming else (line.amount, "")
    moment = line.at.strftime("%d/%m/%Y %H:%M:%S")
    return [row, moment, moment[:10], line.reference, line.text, debit, credit, line.balance]
