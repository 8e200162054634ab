"""Rows of a statement or day file as a workbook, each with its cause: for whoever mends the file or asks the bank.

What banks and payers have written is text, whatever it begins with: no cell of ours is ever a formula.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import xlsxwriter

from core.sdk import Message, _
from core.sdk.data import local_date
from core.sdk.ledger import settlements

from .cases import WHY
from .statements import Planned, PlannedDay

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CAUSES: dict[str, Message] = {
    "unreadable": _("An amount cannot be read."),
    "duplicate": _("Known already"),
    "proposed": _("Proposed: you confirm"),
    "suspense": _("Without a name"),
}
STATES: dict[str, Message] = {
    "R1": _("Confirmed, no money yet"),
    "R2": _("Money, not confirmed"),
    "R3": _("Confirmed by hand"),
    "R4": _("Confirmed by itself"),
}
Cell = str | int | None
Say = Callable[[Message], str]


def rows_to_look_at(found: Planned, say: Say) -> list[list[Cell]]:
    """Header and lines of a bank statement that are not simply booked."""
    heads = (_("Row"), _("Day"), _("Number at the bank"), _("Text of the bank"), _("Amount"), _("Cause"))
    rows: list[list[Cell]] = [[say(head) for head in heads]]
    for d in found.result.decisions:
        if (cause := _CAUSES.get(d.outcome.value)) is None:
            continue
        because = WHY.get(str(d.how or d.reason or ""))
        line = d.line
        day = f"{local_date(line.booked_at):%d/%m/%Y}" if line.booked_at else ""
        amount = line.credit if line.credit else -line.debit if line.debit else None
        words = f"{say(cause)}: {say(because)}" if because else say(cause)
        rows.append([line.origin.row, day, line.number, line.text, amount, words])
    return rows


def faults_of_day(found: PlannedDay, say: Say) -> list[list[Cell]]:
    """The refused rows of a day file as they stand in it, with the cause in a column of its own."""
    width = len(found.file.header)
    rows: list[list[Cell]] = [[*found.file.header, say(_("Cause"))]]
    for fault in found.file.faults:
        rows.append([*fault.cells[:width], *[""] * (width - len(fault.cells)), say(fault.why)])
    return rows


def report(found: Sequence[settlements.Transaction], rails: Callable[[str], str], say: Say) -> list[list[Cell]]:
    """The daily comparison, a transaction a row."""
    heads = (_("Day"), _("Bank or service"), _("State"), _("Number at the bank"), _("Text of the transfer"),
             _("They say"), _("Our books"), _("Difference"), _("Decided by"), _("Reason"))  # fmt: skip
    rows: list[list[Cell]] = [[say(head) for head in heads]]
    rows += [
        [
            f"{t.day:%d/%m/%Y}",
            rails(t.rail),
            f"{t.state}: {say(STATES[t.state])}",
            t.number,
            t.memo,
            t.theirs,
            t.ours,
            t.difference,
            t.decided_by,
            t.reason,
        ]
        for t in found
    ]
    return rows


def workbook(rows: Sequence[Sequence[Cell]]) -> bytes:
    """One sheet. Numbers are numbers, everything else is text."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, int):
                    sheet.write_number(place, column, cell)
                elif cell:
                    sheet.write_string(place, column, cell)
    return target.getvalue()
