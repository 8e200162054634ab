"""Bank statements: what a reader of statement files gives, and what it reads files with."""

from core.data.imports.amounts import AmountUnreadable, read_amount
from core.data.imports.cells import Cell, clean, text_of
from core.data.imports.errors import UnreadableFile
from core.data.imports.reading import read_tables
from core.data.imports.tables import Row, Sheet, Tables
from core.payments.matching import Decision, Declared, IgnoredKind, IgnoredRow, Line, Origin, Result, Statement

__all__ = [
    "AmountUnreadable",
    "Cell",
    "Decision",
    "Declared",
    "IgnoredKind",
    "IgnoredRow",
    "Line",
    "Origin",
    "Result",
    "Row",
    "Sheet",
    "Statement",
    "Tables",
    "UnreadableFile",
    "clean",
    "read_amount",
    "read_tables",
    "text_of",
]
