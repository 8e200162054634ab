"""A department's own template: its header row is mapped to our fields by the names we know."""

from __future__ import annotations

from core.sdk.imports import Header, Row, Tables, find_header, text_of

from .shapes import OWN, Column, Shape, kind_of, resolve

_MOST_TITLES = 30


def read_template(tables: Tables, kind: str, valid_from: str) -> Shape | None:
    """The shape of an uploaded template: sheet, lines above the header, columns in their order.

    Columns that no field of ours fills are kept with their header and stay empty. None where no sheet has a header
    with at least two fields of the kind.
    """
    found: list[tuple[int, Shape]] = []
    for sheet in tables.sheets:
        rows = [row for row, _number in zip(sheet.rows(), range(_MOST_TITLES * 2), strict=False)]
        header = find_header(
            rows, sheet.merges, sheet.hidden_columns, lambda texts: resolve(kind, texts[-1]) if texts else None,
            lambda fields: len(fields - OWN) >= 2,
        )  # fmt: skip
        if header is not None:
            columns = _columns(header, kind)
            titles = _titles(rows, header)
            known = sum(1 for column in columns if column.field)
            row = header.rows[0]
            found.append((known, Shape(kind, "", valid_from, sheet.name or "Sheet1", titles, columns, row)))
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _columns(header: Header, kind: str) -> tuple[Column, ...]:
    """In the order of the sheet; a field that two columns name fills the first of them."""
    places = {index: name for name, index in header.fields().items()}
    known = kind_of(kind).fields
    return tuple(
        Column(
            column.texts[-1] if column.texts else "", name if (name := places.get(column.index, "")) in known else ""
        )
        for column in header.columns
    )


def _titles(rows: list[Row], header: Header) -> tuple[str, ...]:
    above = [row for row in rows if row.number < header.rows[0]]
    lines = {row.number: next((text_of(cell) for cell in row.cells if text_of(cell)), "") for row in above}
    return tuple(lines.get(number, "") for number in range(1, header.rows[0]))
