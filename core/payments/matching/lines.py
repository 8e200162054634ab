"""Lines of a bank statement as the matching takes them, whatever file or message they came from."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """Where a line stands: sheet and row as the spreadsheet counts, or "" and the record of a CSV."""

    sheet: str
    row: int


@dataclass(frozen=True, slots=True)
class Line:
    """One movement of the account; amounts in whole dong, never negative, None if they cannot be read."""

    origin: Origin
    booked_at: datetime | None
    """Aware, UTC. Midnight in Viet Nam where the bank gives the day only."""
    number: str
    """Transaction number of the bank; empty where it gives none."""
    text: str
    credit: int | None
    debit: int | None
    balance: int | None = None
    payer: str = ""

    @property
    def readable(self) -> bool:
        return self.credit is not None and self.debit is not None


class IgnoredKind(enum.StrEnum):
    """Why a row of a statement file is no line of its own."""

    CONTINUATION = "continuation"  # its text belongs to the line above
    HEADER = "header"  # repeated header
    COLUMN_NUMBERS = "column_numbers"
    TOTAL = "total"
    SIGNATURE = "signature"
    NOT_UNDERSTOOD = "not_understood"  # holds an amount, but neither date nor number: a person must look


@dataclass(frozen=True, slots=True)
class IgnoredRow:
    origin: Origin
    kind: IgnoredKind
    of: Origin | None = None
    """The line that a continuation belongs to."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What the statement says of itself; None where it says nothing."""

    opening: int | None = None
    debit: int | None = None
    credit: int | None = None
    closing: int | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as read: nothing is judged yet, lines stand in the order of the file."""

    lines: tuple[Line, ...]
    declared: Declared = Declared()
    ignored: tuple[IgnoredRow, ...] = ()
    account: str = ""
    """Number of the account if the file names it, digits only."""
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    """By sheet: role of a column -> its header, to show a person what was understood."""
