"""Reading lists that people keep in Excel or CSV, and planning what an import of them would do."""

from __future__ import annotations

from .body import MergedCells, filled, is_column_numbers, is_header_again, is_signature, texts_at, total_kind
from .cells import Cell, clean, column_letter, is_date, is_error, text_of
from .errors import UnreadableFile, no_table
from .header import Column, Header, Resolver, find_header
from .limits import Limits
from .plan import (
    CountDiffers,
    Finding,
    IgnoredRow,
    Plan,
    PlannedRow,
    SheetLayout,
    Status,
    collector_paused,
    first_text,
    origin,
)
from .reading import read_tables
from .tables import Merge, Row, Sheet, Tables

__all__ = [
    "Cell",
    "Column",
    "CountDiffers",
    "Finding",
    "Header",
    "IgnoredRow",
    "Limits",
    "Merge",
    "MergedCells",
    "Plan",
    "PlannedRow",
    "Resolver",
    "Row",
    "Sheet",
    "SheetLayout",
    "Status",
    "Tables",
    "UnreadableFile",
    "clean",
    "collector_paused",
    "column_letter",
    "filled",
    "find_header",
    "first_text",
    "is_column_numbers",
    "is_date",
    "is_error",
    "is_header_again",
    "is_signature",
    "no_table",
    "origin",
    "read_tables",
    "text_of",
    "texts_at",
    "total_kind",
]
