"""The movements of a statement laid out as other banks do it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import xlsxwriter
from python_calamine import CalamineWorkbook

Cell = str | int | float | date | datetime | time | timedelta | None
Row = Sequence[Cell]


@dataclass(frozen=True)
class Movement:
    """A line of the shared statement, cells as they stand there, with the texts of its continuation rows."""

    moment: datetime
    number: str
    texts: tuple[str, ...]
    debit: Cell
    credit: Cell
    balance: Cell


def movements(data: bytes) -> list[Movement]:
    """Taken from the file by position, without the reader under test."""
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    found: list[Movement] = []
    for cells in sheet.to_python(skip_empty_area=False)[8:607]:
        _, moment, _, number, text, debit, credit, balance = cells
        if not number:
            last = found.pop()
            found.append(
                Movement(last.moment, last.number, (*last.texts, str(text)), last.debit, last.credit, last.balance)
            )
            continue
        when = moment if isinstance(moment, datetime) else datetime.strptime(str(moment), "%d/%m/%Y %H:%M:%S")  # noqa: DTZ007
        found.append(Movement(when, str(number), (str(text),), debit, credit, balance))
    return found


def in_two_sheets_with_merged_groups(lines: Sequence[Movement]) -> bytes:
    """XLSX: two-row header (Phát sinh: Nợ, Có), date and hour apart, two sheets, column numbers."""

    def block(part: Sequence[Movement]) -> list[Row]:
        rows: list[Row] = [
            ["SỔ PHỤ TÀI KHOẢN"],
            ["Số TK: 0000 1234 567 89", None, None, None, "Số dư đầu kỳ: 612.345.678 VND"],
            ["TT", "Ngày, tháng, năm", "Giờ", "Diễn giải", "Phát sinh", None, "Số dư", "Số bút toán"],
            [None, None, None, None, "Nợ", "Có", None, None],
            [1, 2, 3, 4, 5, 6, 7, 8],
        ]
        for place, line in enumerate(part, 1):
            day, clock = line.moment.strftime("%d-%m-%Y"), line.moment.strftime("%H:%M:%S")
            first, *more = line.texts
            rows.append([place, day, clock, first, line.debit, line.credit, line.balance, line.number])
            rows.extend([None, None, None, text] for text in more)
        return rows

    return _workbook({"Nửa đầu": block(lines[:300]), "Nửa sau": block(lines[300:])})


def english_newest_first(lines: Sequence[Movement]) -> bytes:
    """CSV with semicolons, English words, newest first, one column of amounts with a direction, ISO dates."""
    rows: list[Row] = [
        ["Account Number", "0000123456789"],
        ["Opening Balance", "612,345,678"],
        ["Transaction Date", "Description", "Reference No.", "D/C", "Amount", "Running Balance"],
    ]
    for line in reversed(lines):
        first, *more = line.texts
        out = line.debit != ""
        amount = _text(line.debit if out else line.credit)
        stamp = line.moment.isoformat(" ")
        rows.append([stamp, first, line.number, "D" if out else "C", amount, _text(line.balance)])
        rows.extend([None, text, None, None, None, None] for text in more)
    return _csv(rows, ";")


def signed_amounts(lines: Sequence[Movement]) -> bytes:
    """CSV with commas and a byte order mark, one signed amount, the header again after each 100 lines."""
    header: Row = ["Số dư (VND)", "Số tiền GD", "Mã giao dịch", "Nội dung", "Thời gian"]
    rows: list[Row] = [["Số dư đầu kỳ", "612345678"], header]
    for place, line in enumerate(lines):
        if place and place % 100 == 0:
            rows.append(header)
        first, *more = line.texts
        amount = _text(line.credit) if line.credit != "" else f"-{_text(line.debit)}"
        stamp = line.moment.strftime("%H:%M:%S %d/%m/%y")
        rows.append([_text(line.balance), amount, line.number, first, stamp])
        rows.extend([None, None, None, text, None] for text in more)
    return b"\xef\xbb\xbf" + _csv(rows, ",")


def bilingual_with_zeros(lines: Sequence[Movement]) -> bytes:
    """XLSX: bilingual header, zeros or dashes for nothing, true dates, negative debits."""
    rows: list[Row] = [
        ["Sao kê / Statement"],
        [],
        [
            "Ngày hạch toán\nPosting date",
            "Ngày hiệu lực\nValue date",
            "Số tham chiếu\nReference",
            "Phát sinh có\nCredit",
            "Phát sinh nợ\nDebit",
            "Số dư lũy kế\nBalance",
            "Mô tả giao dịch\nTransaction details",
            "Ghi chú\nRemark",
        ],
        [None, None, None, None, None, 612345678, "Số dư đầu kỳ / Opening balance"],
    ]
    for line in lines:
        first, *more = line.texts
        debit = -line.debit if isinstance(line.debit, float) else 0
        credit = line.credit if line.credit != "" else "-"
        rows.append([line.moment, line.moment.date(), line.number, credit, debit, line.balance, first])
        rows.extend([None, None, None, None, None, None, text] for text in more)
    rows.append(["Tổng cộng", None, None, 2638274963, -1727456200])
    rows.append(["Số dư cuối kỳ", None, None, None, None, 1523164441])
    return _workbook({"Account 1": rows})


LAYOUTS: tuple[Callable[[Sequence[Movement]], bytes], ...] = (
    in_two_sheets_with_merged_groups,
    english_newest_first,
    signed_amounts,
    bilingual_with_zeros,
)


def _text(cell: Cell) -> str:
    return f"{cell:.0f}" if isinstance(cell, float) else str(cell)


def _csv(rows: Sequence[Row], delimiter: str) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode("utf-8")


def _workbook(sheets: dict[str, list[Row]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "dd/mm/yyyy hh:mm:ss"}) as book:
        hidden = book.add_worksheet("DM")
        hidden.write_row(0, 0, ["Ngày", "Nội dung", "Ghi có"])
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
            sheet.activate()
        hidden.hide()
    return out.getvalue()
