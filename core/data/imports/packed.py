"""What lies packed in a workbook, looked at before it is opened.

The reader for values (calamine) is quick but trusting: it allocates the whole rectangle between the first and the
last cell, drops error values, and knows no hidden columns. So the parts are streamed through zlib once, with counted
sizes, and only a few byte patterns are looked for. No XML of a sheet is parsed and no entity is ever expanded.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree

from . import errors
from .cells import column_index
from .limits import Limits

_CHUNK = 1 << 20
_OVERLAP = 512
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_REL_STRICT = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_FAR = re.compile(rb' r="(?:([A-Z]{2,3})([0-9]+)|[A-Z]([0-9]{6,7}))"')
_HIDDEN = re.compile(rb"<(?:\w+:)?col\s[^>]*>")
_NUMBER = re.compile(rb'\b(min|max|hidden)="([^"]*)"')
_REF = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')


@dataclass(slots=True)
class SheetFacts:
    """What calamine does not tell: hidden columns and cells with an error value (zero-based row, column)."""

    hidden_columns: frozenset[int] = frozenset()
    error_cells: frozenset[tuple[int, int]] = frozenset()
    rows: int = 0
    columns: int = 0


@dataclass(slots=True)
class _Scan:
    errors: set[tuple[int, int]] = field(default_factory=set)
    rows: int = 99_999
    columns: int = 26
    far: bool = False


def inspect(data: bytes, limits: Limits) -> dict[str, SheetFacts]:
    """Check the package and return the facts of each sheet by its name.

    Raises:
        UnreadableFile: not a zip, damaged, a bomb, or a value far outside its table.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check_sizes(package, limits, len(data))
            return {name: _scan(package, part, name, limits) for name, part in _sheet_parts(package)}
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, ElementTree.ParseError) as error:
        raise errors.damaged() from error
    except (RuntimeError, ValueError, OSError) as error:
        raise errors.damaged() from error


def _check_sizes(package: zipfile.ZipFile, limits: Limits, packed: int) -> None:
    infos = package.infolist()
    total = sum(info.file_size for info in infos)
    if len(infos) > limits.parts or total > limits.unpacked:
        raise errors.bomb()
    if total > limits.ratio_from and total > packed * limits.ratio:
        raise errors.bomb()
    if any(info.flag_bits & 0x1 for info in infos):
        raise errors.locked()


def _small_part(package: zipfile.ZipFile, name: str) -> ElementTree.Element:
    """Parse one of the two small parts that name the sheets. A document type is never accepted."""
    with package.open(name) as part:
        content = part.read(_CHUNK)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise errors.damaged()
    return ElementTree.fromstring(content)  # noqa: S314  (no document type: checked above)


def _sheet_parts(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    names = set(package.namelist())
    if "xl/workbook.xml" not in names:
        raise errors.damaged()
    targets: dict[str, str] = {}
    if "xl/_rels/workbook.xml.rels" in names:
        for relation in _small_part(package, "xl/_rels/workbook.xml.rels"):
            target = relation.get("Target", "").lstrip("/")
            targets[relation.get("Id", "")] = target if target.startswith("xl/") else f"xl/{target}"
    book = _small_part(package, "xl/workbook.xml")
    for sheet in [*book.iter(f"{_MAIN}sheet"), *book.iter(f"{_STRICT}sheet")]:
        part = targets.get(sheet.get(_REL) or sheet.get(_REL_STRICT) or "")
        if part in names and part is not None:
            yield sheet.get("name", ""), part


def _unpacked(package: zipfile.ZipFile, part: str, limits: Limits) -> Iterator[bytes]:
    """The bytes of a part in chunks, counted: a package that declares too little is cut off here."""
    read = 0
    with package.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            read += len(chunk)
            if read > limits.unpacked:
                raise errors.bomb()
            yield chunk


def _scan(package: zipfile.ZipFile, part: str, name: str, limits: Limits) -> SheetFacts:
    scan = _Scan()
    hidden: frozenset[int] | None = None
    tail = b""
    for chunk in _unpacked(package, part, limits):
        window = tail + chunk
        if hidden is None:
            if b"<!DOCTYPE" in window:
                raise errors.damaged()
            hidden = _hidden_columns(window.partition(b"<sheetData")[0])
        _find_far(window, scan)
        _find_errors(window, scan)
        tail = window[-_OVERLAP:]
    if scan.far and scan.rows * scan.columns > limits.cells:
        raise errors.sheet_too_large(name)
    return SheetFacts(hidden or frozenset(), frozenset(scan.errors), scan.rows, scan.columns)


def _hidden_columns(head: bytes) -> frozenset[int]:
    columns: set[int] = set()
    for tag in _HIDDEN.findall(head):
        values = dict(_NUMBER.findall(tag))
        if values.get(b"hidden") in (b"1", b"true"):
            first, last = int(values[b"min"]), min(int(values[b"max"]), 16384)
            columns.update(range(first - 1, last))
    return frozenset(columns)


def _has_value(window: bytes, at: int) -> bool:
    end = window.find(b">", at)
    return end > 0 and window[end - 1] != 0x2F and window.rfind(b"<c", 0, at) > window.rfind(b"<row", 0, at)


def _find_far(window: bytes, scan: _Scan) -> None:
    """The largest row and column of a cell with a value, looked for only beyond Z and beyond row 99,999."""
    for match in _FAR.finditer(window):
        letters, short_row, long_row = match.groups()
        row = int(long_row or short_row)
        column = column_index(letters.decode()) + 1 if letters else 1
        if (row > scan.rows or column > scan.columns) and _has_value(window, match.start()):
            scan.rows, scan.columns = max(scan.rows, row), max(scan.columns, column)
            scan.far = True


def _find_errors(window: bytes, scan: _Scan) -> None:
    at = window.find(b't="e"')
    while at >= 0:
        start = window.rfind(b"<", 0, at)
        reference = _REF.search(window, max(start, 0), at + 64) if start >= 0 else None
        if reference:
            letters, row = reference.groups()
            scan.errors.add((int(row) - 1, column_index(letters.decode())))
        at = window.find(b't="e"', at + 5)
