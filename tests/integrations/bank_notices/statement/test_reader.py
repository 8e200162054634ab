"""Which rows are lines, which continue a line, which are something else; and files that are no statements."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from core.sdk.errors import Invalid
from core.sdk.statements import IgnoredKind, Line, Statement
from integrations.bank_notices.statement import read_statement

_HEADER = "Ngày GD;Số CT;Nội dung;Ghi nợ;Ghi có;Số dư"


def read(*rows: str, header: str = _HEADER) -> Statement:
    return read_statement("\n".join((header, *rows)).encode())


def one(*rows: str, header: str = _HEADER) -> Line:
    (line,) = read(*rows, header=header).lines
    return line


def test_a_line() -> None:
    line = one("01/10/2026 06:10:38;FT1;nop  tien ;;793.800;1,000,000.00")
    assert line.booked_at == datetime(2026, 9, 30, 23, 10, 38, tzinfo=UTC)
    assert (line.number, line.text, line.credit, line.debit) == ("FT1", "nop tien", 793_800, 0)
    assert (line.balance, line.origin.sheet, line.origin.row) == (1_000_000, "", 2)


@pytest.mark.parametrize(
    ("first", "second", "text"),
    [
        ("MA TRG0G", "PLSXSU", "MA TRG0GPLSXSU"),
        ("MA TRG0G ", "PLSXSU", "MA TRG0G PLSXSU"),
        ("MA TRG0G", " PLSXSU", "MA TRG0G PLSXSU"),
        ("CHUYEN CHO", "CONG TY A", "CHUYEN CHOCONG TY A"),
        ("CHO CON", "TONG THI B", "CHO CONTONG THI B"),
    ],
)
def test_continuation_neither_loses_nor_adds_a_space(first: str, second: str, text: str) -> None:
    statement = read(f"01/10/2026;FT1;{first};;1.000;", f";;{second};;;")
    assert [line.text for line in statement.lines] == [text]
    assert [(row.kind, row.of) for row in statement.ignored] == [(IgnoredKind.CONTINUATION, statement.lines[0].origin)]


def test_a_text_may_run_over_three_rows() -> None:
    assert one("01/10/2026;FT1;A;;1.000;", ";;B;;;", ";;C;;;").text == "ABC"


def test_what_is_no_line() -> None:
    statement = read(
        ";;Số dư đầu kỳ;;;5.000",
        "(1);(2);(3);(4);(5);(6)",
        "01/10/2026;FT1;x;;1.000;6.000",
        "",
        ";;lạc lõng;;;",
        _HEADER,
        "02/10/2026;FT2;y;400;;5.600",
        ";;Cộng trang;400;1.000;",
        "Tổng cộng;;;400;1.000;",
        ";;Số dư cuối kỳ;;;5.600",
        ";;;;77.000;",
        "Người lập biểu;;;;;",
    )
    assert [line.number for line in statement.lines] == ["FT1", "FT2"]
    assert [row.kind.value for row in statement.ignored] == [
        "total", "column_numbers", "signature", "header", "total", "total", "total",
        "not_understood", "signature",
    ]  # fmt: skip
    declared = statement.declared
    assert (declared.opening, declared.debit, declared.credit, declared.closing) == (5_000, 400, 1_000, 5_600)


def test_a_dated_opening_balance_is_no_line() -> None:
    statement = read("01/10/2026;;Số dư đầu kỳ;;;5.000", "01/10/2026;FT1;x;;1.000;6.000")
    assert len(statement.lines) == 1
    assert statement.declared.opening == 5_000


@pytest.mark.parametrize(
    ("debit", "credit", "read_as"),
    [
        ("", "1.3O8.800", (None, 0)),
        ("x", "", (0, None)),
        ("", "", (None, None)),
        ("5.000", "5.000", (None, None)),
        ("0", "1.000", (1_000, 0)),
        ("-", "1 000", (1_000, 0)),
        ("-1.000", "", (0, 1_000)),
        ("", "-1.000", (0, 1_000)),
        ("", "12,5", (None, 0)),
        ("0", "0", (0, 0)),
    ],
)
def test_amounts(debit: str, credit: str, read_as: tuple[int | None, int | None]) -> None:
    line = one(f"01/10/2026;FT1;x;{debit};{credit};")
    assert (line.credit, line.debit) == read_as


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("01/10/2026", datetime(2026, 9, 30, 17, tzinfo=UTC)),
        ("1-10-26 7:05", datetime(2026, 10, 1, 0, 5, tzinfo=UTC)),
        ("2026-10-01T07:05:09", datetime(2026, 10, 1, 0, 5, 9, tzinfo=UTC)),
        ("07:05:09 01.10.2026", datetime(2026, 10, 1, 0, 5, 9, tzinfo=UTC)),
        ("01/10/2026 01:05:00 CH", datetime(2026, 10, 1, 6, 5, tzinfo=UTC)),
        ("31/02/2026", None),  # nothing is exchanged to save an impossible date
        ("10/13/2026", None),
    ],
)
def test_dates_are_day_first(text: str, utc: datetime | None) -> None:
    assert one(f"{text};FT1;x;;1.000;").booked_at == utc


def test_a_merged_date_holds_for_the_rows_that_it_spans() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("S")
        sheet.write_row(0, 0, ["Ngày", "Nội dung", "Nợ", "Có"])
        sheet.merge_range(1, 0, 3, 0, "05/10/2026")
        for row in (1, 2, 3):
            sheet.write_row(row, 1, [f"x{row}", None, 1000 * row])
    lines = read_statement(out.getvalue()).lines
    assert [line.credit for line in lines] == [1000, 2000, 3000]
    assert {line.booked_at for line in lines} == {datetime(2026, 10, 4, 17, tzinfo=UTC)}


def test_a_date_without_its_format_is_the_number_of_its_day() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("S")
        sheet.write_row(0, 0, ["Ngày", "Nội dung", "Có"])
        sheet.write_row(1, 0, [46296.5, "x", 1000])
    (line,) = read_statement(out.getvalue()).lines
    assert line.booked_at == datetime(2026, 10, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "header",
    [
        "Ngày giao dịch,Nội dung giao dịch,Số tiền ghi nợ,Số tiền ghi có,Số dư,Mã giao dịch,Tên đối ứng",
        "Date,Description,Withdrawal,Deposit,Balance,Transaction No,Remitter",
        "Thời gian giao dịch,Diễn giải,Tiền ra,Tiền vào,Số dư sau GD,Số tham chiếu,Người chuyển",
        "Ngày/Date,Chi tiết/Details,Nợ/Debit,Có/Credit,Số dư/Balance,Số chứng từ/Ref,Tên người chuyển",
        "NGÀY GD,MÔ TẢ,PS NỢ,PS CÓ,SỐ DƯ,SỐ BÚT TOÁN,ĐƠN VỊ CHUYỂN",
    ],
)
def test_words_of_headers(header: str) -> None:
    line = one("01/10/2026,hoc phi,,1000,5000,FT1,TRAN VAN A", header=header)
    assert (line.text, line.credit, line.debit, line.balance) == ("hoc phi", 1000, 0, 5000)
    assert (line.number, line.payer) == ("FT1", "TRAN VAN A")


@pytest.mark.parametrize("data", [b"", b"\x00\x01", b"PK\x03\x04broken", b"a,b\n1,2\n", "Họ tên;Lớp\nAn;1A".encode()])
def test_files_that_are_no_statements(data: bytes) -> None:
    with pytest.raises(Invalid):
        read_statement(data)


_CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["", "01/10/2026", "FT1", "1.000", "Ghi có", "Ngày", "Nội dung", "Số dư đầu kỳ", "Tổng", "-", "(1)"]
    ),
)


@given(st.lists(st.lists(_CELLS, max_size=7), max_size=8))
@settings(max_examples=200, deadline=None)
def test_any_table_is_read_or_refused(rows: list[list[str]]) -> None:
    text = "\n".join(";".join(cell.replace('"', "") for cell in row) for row in rows)
    try:
        statement = read(text)
    except Invalid:
        return
    assert len({line.origin for line in statement.lines}) == len(statement.lines)
    for line in statement.lines:
        assert (line.credit or 0) >= 0
        assert (line.debit or 0) >= 0
