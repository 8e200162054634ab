"""Why a whole file cannot be read. One clear message each; nothing has been changed when it is raised."""

from __future__ import annotations

from core.types.errors import Invalid
from core.types.message import _


class UnreadableFile(Invalid):
    """The file as such is no table that can be read; `code` names the reason for programs."""

    default_code = "unreadable_file"


def empty() -> UnreadableFile:
    return UnreadableFile(_("The file is empty."), code="file_empty")


def too_large(limit_mb: int) -> UnreadableFile:
    message = _("The file is larger than %(limit)s MB. Please split it.", limit=limit_mb)
    return UnreadableFile(message, code="file_too_large")


def unknown_format() -> UnreadableFile:
    message = _("This is neither an Excel workbook (.xlsx, .xls) nor a CSV text file.")
    return UnreadableFile(message, code="file_unknown_format")


def damaged() -> UnreadableFile:
    message = _("The workbook is damaged or incomplete. Please save it again in Excel and upload it once more.")
    return UnreadableFile(message, code="file_damaged")


def bomb() -> UnreadableFile:
    message = _("The workbook unpacks to far more data than a list can have. It was not opened.")
    return UnreadableFile(message, code="file_bomb")


def sheet_too_large(sheet: str) -> UnreadableFile:
    message = _("Sheet %(sheet)s has a value far outside its table. Please delete the stray cell.", sheet=sheet)
    return UnreadableFile(message, code="sheet_too_large")


def locked() -> UnreadableFile:
    message = _("The workbook is protected with a password. Please save it without one.")
    return UnreadableFile(message, code="file_locked")


def open_quote(record: int) -> UnreadableFile:
    message = _("From record %(record)s on a quotation mark is never closed.", record=record)
    return UnreadableFile(message, code="csv_open_quote")


def no_table(needed: str) -> UnreadableFile:
    """The refusal of a file in which no header row names the column that is needed."""
    message = _("No header row with the column %(column)s was found in this file.", column=needed)
    return UnreadableFile(message, code="no_header")
