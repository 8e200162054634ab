"""The one door: bytes of an upload in, tables out."""

from __future__ import annotations

from . import errors
from .delimited import read_csv
from .limits import DEFAULT, MB, Limits
from .tables import Tables
from .workbook import OLE_MAGIC, ZIP_MAGIC, read_workbook


def read_tables(data: bytes, limits: Limits = DEFAULT) -> Tables:
    """Read an uploaded list; the bytes decide what it is, never the name of the file.

    Raises:
        UnreadableFile: with one clear message; nothing was changed.
    """
    if not data.strip():
        raise errors.empty()
    if len(data) > limits.file:
        raise errors.too_large(limits.file // MB)
    if data.startswith((ZIP_MAGIC, OLE_MAGIC)):
        return read_workbook(data, limits)
    return read_csv(data, limits)
