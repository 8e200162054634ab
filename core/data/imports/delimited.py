"""CSV texts as tables: byte order mark, encoding and delimiter found out, quoted line breaks kept (RFC 4180)."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from . import errors
from .cells import Cell
from .limits import DEFAULT, Limits
from .tables import Merge, Row, Tables

DELIMITERS = (";", ",", "\t", "|")
_SAMPLE_RECORDS = 40
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_STRAY_MARK = re.compile(r"[\u0300\u0301\u0303\u0309\u0323]")


@dataclass(frozen=True, slots=True)
class CsvSheet:
    """The one sheet of a CSV; read again from the bytes each time, never held as rows."""

    data: bytes
    encoding: str
    delimiter: str
    skip_hint: bool
    name: str = ""
    visible: bool = True
    merges: tuple[Merge, ...] = ()
    hidden_columns: frozenset[int] = frozenset()

    def rows(self) -> Iterator[Row]:
        text = io.TextIOWrapper(io.BytesIO(self.data), encoding=self.encoding, newline="")
        reader = csv.reader(text, delimiter=self.delimiter)
        record, line = 0, 1
        try:
            for cells in cast(Iterator[list[Cell]], reader):
                record += 1
                if not (record == 1 and self.skip_hint):
                    yield Row(record, line, cells)
                line = reader.line_num + 1
        except csv.Error as error:
            raise errors.open_quote(record + 1) from error
        except UnicodeDecodeError as error:  # only a text that changes its encoding half way
            raise errors.unknown_format() from error


def read_csv(data: bytes, limits: Limits = DEFAULT) -> Tables:
    """Open a CSV text.

    Raises:
        UnreadableFile: the bytes are no text, or a quotation mark is never closed.
    """
    encoding = _encoding(data)
    csv.field_size_limit(limits.csv_field)
    sample = data[: 256 * 1024].decode(encoding, errors="ignore")
    if not sample.strip():
        raise errors.empty()
    hint = re.match(r"sep=(.)\r?\n", sample)
    delimiter = hint.group(1) if hint else _delimiter(sample)
    sheet = CsvSheet(data, encoding, delimiter, skip_hint=hint is not None)
    return Tables("csv", (sheet,), encoding, delimiter)


def _encoding(data: bytes) -> str:
    """UTF-8 where it is UTF-8; otherwise the Vietnamese code page of Windows, or the Western one."""
    if data.startswith(b"\xef\xbb\xbf"):
        encoding = "utf-8-sig"
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    else:
        encoding = "utf-8"
    if _CONTROL.search(data):
        raise errors.unknown_format()
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        if encoding == "utf-8-sig":
            raise errors.unknown_format() from None
        return _code_page(data)
    return encoding


def _code_page(data: bytes) -> str:
    """Windows-1258 writes tones as marks after the vowel: composed, none may be left over."""
    sample = data[: 256 * 1024].decode("cp1258", errors="replace")
    composed = unicodedata.normalize("NFC", sample)
    plausible = "\ufffd" not in composed and not _STRAY_MARK.search(composed)
    return "cp1258" if plausible else "cp1252"


def _delimiter(sample: str) -> str:
    """The delimiter that gives the most columns in the most records."""
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        widths: Counter[int] = Counter()
        try:
            for number, record in enumerate(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)):
                if number >= _SAMPLE_RECORDS:
                    break
                if any(record):
                    widths[len(record)] += 1
        except csv.Error:
            continue
        width, count = max(widths.items(), key=lambda item: (item[0] - 1) * item[1], default=(1, 0))
        score = (width - 1) * count / max(1, sum(widths.values()))
        if score > best_score:
            best, best_score = delimiter, score
    return best
