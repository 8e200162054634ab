"""Reading workbooks and CSV texts: what is kept, what is refused, and that nothing brings the program down."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.imports import Limits, Tables, UnreadableFile, clean, column_letter, read_tables
from core.data.imports.cells import column_index


def _book(**sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def _rows(tables: Tables, sheet: int = 0) -> list[list[object]]:
    return [list(row.cells) for row in tables.sheets[sheet].rows()]


def _replace(data: bytes, part: str, change: dict[str, str]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            content = old.read(info.filename)
            if info.filename == part:
                text = content.decode()
                for before, after in change.items():
                    assert before in text
                    text = text.replace(before, after)
                content = text.encode()
            new.writestr(info.filename, content)
    return output.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def _error_code(data: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(UnreadableFile) as caught:
        tables = read_tables(data, limits or Limits())
        for sheet in tables.sheets:
            list(sheet.rows())
    return caught.value.code


def test_values_dates_and_places_are_kept() -> None:
    data = _book(A=[[None, None], [None, "Tên", 5, dt.date(2015, 3, 7), 8.5, True]])
    rows = list(read_tables(data).sheets[0].rows())
    assert rows[-1].number == 2
    assert rows[-1].cells == ["", "Tên", 5.0, dt.date(2015, 3, 7), 8.5, True]


def test_hidden_sheets_columns_merges_and_errors_are_seen() -> None:
    book = openpyxl.Workbook()
    first = book.worksheets[0]
    first["A1"], first["B1"], first["C2"] = "x", "y", "=1/0"
    first["D2"] = "#N/A"
    first["D2"].data_type = "e"
    first.column_dimensions["B"].hidden = True
    first.merge_cells("A1:A3")
    book.create_sheet("Ẩn").sheet_state = "hidden"
    output = io.BytesIO()
    book.save(output)
    tables = read_tables(output.getvalue())
    sheet = tables.sheets[0]
    assert sheet.hidden_columns == {1}
    assert [tuple(merge) for merge in sheet.merges] == [(0, 0, 2, 0)]
    assert list(sheet.rows())[1].cells[3] == "#N/A"
    assert [s.visible for s in tables.sheets] == [True, False]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"  \n", "file_empty"),
        (b"\xef\xbb\xbf", "file_empty"),
        (b"PK\x03\x04garbage", "file_damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "file_damaged"),
        (bytes(range(256)) * 40, "file_unknown_format"),
        (b"%PDF-1.7\n\x00\x01", "file_unknown_format"),
    ],
)
def test_broken_files_have_one_clear_error(data: bytes, code: str) -> None:
    assert _error_code(data) == code


def test_a_truncated_workbook_is_damaged() -> None:
    whole = _book(A=[["Họ và tên", "Ngày sinh"]] * 400)
    for part in (len(whole) // 3, len(whole) // 2, len(whole) - 30):
        assert _error_code(whole[:part]) == "file_damaged"


def test_a_zip_without_a_workbook_is_damaged() -> None:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as package:
        package.writestr("readme.txt", "no workbook")
    assert _error_code(output.getvalue()) == "file_damaged"


def test_zip_bombs_are_not_opened() -> None:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", b"<workbook/>")
        package.writestr(SHEET, b"\0" * (200 * 1024 * 1024))
    assert _error_code(output.getvalue()) == "file_bomb"


def test_a_size_that_lies_is_noticed() -> None:
    """The directory says 100 bytes, the stream has far more: the reader cuts it off and the check sum fails."""
    whole = _book(A=[["x" * 90]] * 3000)
    with zipfile.ZipFile(io.BytesIO(whole)) as package:
        real = package.getinfo(SHEET).file_size
    lying = whole.replace(real.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert lying != whole
    assert _error_code(lying) == "file_damaged"


def test_a_stray_cell_at_the_end_of_the_sheet_is_refused_before_it_costs_memory() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"], book.worksheets[0]["XFD1048576"] = "Họ và tên", "x"
    output = io.BytesIO()
    book.save(output)
    assert _error_code(output.getvalue()) == "sheet_too_large"


def test_formats_without_values_far_away_do_no_harm() -> None:
    data = _replace(
        _book(A=[["Họ và tên"]]),
        SHEET,
        {"</sheetData>": '<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'},
    )
    assert _rows(read_tables(data)) == [["Họ và tên"]]


def test_entities_are_never_expanded() -> None:
    entity = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    plain = _book(A=[["x"]])
    for part in ("xl/workbook.xml", SHEET):
        with zipfile.ZipFile(io.BytesIO(plain)) as package:
            start = re.match(r"(<\?xml.*?\?>)?\s*<\w+", package.read(part).decode())
        assert start
        assert (
            _error_code(_replace(plain, part, {start[0]: entity + start[0].rpartition("?>")[2].strip()}))
            == "file_damaged"
        )


def test_files_above_the_limit_are_refused() -> None:
    assert _error_code(b"a;b\n" * 100, Limits(file=100)) == "file_too_large"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1258"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_encodings_and_delimiters_are_found(encoding: str, delimiter: str) -> None:
    import unicodedata

    text = (
        delimiter.join(["Họ tên", "Ghi chú", "Lớp"]) + "\r\n" + delimiter.join(["Nguyễn Văn Ước", "", "6A1"]) + "\r\n"
    )
    if encoding == "cp1258":
        marks = "\u0300\u0301\u0303\u0309\u0323"
        text = "".join(
            unicodedata.normalize("NFC", "".join(c for c in unicodedata.normalize("NFD", char) if c not in marks))
            + "".join(c for c in unicodedata.normalize("NFD", char) if c in marks)
            for char in text
        )
    tables = read_tables(text.encode(encoding))
    assert tables.delimiter == delimiter
    rows = [[clean(str(cell)) for cell in row.cells] for row in tables.sheets[0].rows()]
    assert rows == [["Họ tên", "Ghi chú", "Lớp"], ["Nguyễn Văn Ước", "", "6A1"]]


def test_quoted_separators_and_line_breaks_and_their_lines() -> None:
    data = 'Tên;Ghi chú\r\nAn;"Dị ứng: tôm; cua"\r\nBình;"Đón muộn\nsau 17h"\r\nChi;"nói ""Bi"""\r\n'.encode()
    rows = list(read_tables(data).sheets[0].rows())
    assert [row.cells[1] for row in rows[1:]] == ["Dị ứng: tôm; cua", "Đón muộn\nsau 17h", 'nói "Bi"']
    assert [(row.number, row.line) for row in rows] == [(1, 1), (2, 2), (3, 3), (4, 5)]


def test_a_quote_that_is_never_closed_is_an_error_not_an_empty_list() -> None:
    data = 'Tên;Ghi chú\nAn;"x\n' + "Bình;y\n" * 200_000
    assert _error_code(data.encode()) == "csv_open_quote"


def test_excel_hint_of_the_separator() -> None:
    assert _rows(read_tables(b"sep=|\r\na|b\r\n1|2\r\n")) == [["a", "b"], ["1", "2"]]


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_a_table_or_one_clear_error(data: bytes) -> None:
    for content in (data, b"PK\x03\x04" + data):
        try:
            for sheet in read_tables(content).sheets:
                list(sheet.rows())
        except UnreadableFile as error:
            assert error.message.msgid


@given(st.integers(0, 16_383))
def test_column_letters(index: int) -> None:
    assert column_index(column_letter(index)) == index


def test_large_numbers_stay_exact() -> None:
    output = io.BytesIO()
    with xlsxwriter.Workbook(output) as book:
        book.add_worksheet().write_number(0, 0, 98765432109)
    from core.data.imports import text_of

    assert text_of(next(read_tables(output.getvalue()).sheets[0].rows()).cells[0]) == "98765432109"
