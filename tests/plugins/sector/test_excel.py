"""The Excel link keeps the contract, and reads answers however they are arranged."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from core.sdk.errors import Invalid
from plugins.sector.links.excel import ExcelLink
from plugins.sector.testing.contract import SectorLinkContract

from .conftest import Sector


class TestExcel(SectorLinkContract):
    link = ExcelLink()

    @pytest.fixture(autouse=True)
    def _sector(self, tmp_path: Path) -> None:
        self.sector = Sector(tmp_path)

    def answered(self, package: bytes) -> bytes:
        return self.sector.answer(package)


def _book(*rows: list[object]) -> bytes:
    book, target = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(target)
    return target.getvalue()


def test_headers_in_any_order_case_and_company() -> None:
    found = ExcelLink().read(
        _book(
            ["Kết quả nhập dữ liệu: THÀNH CÔNG MỘT PHẦN"],
            [],
            ["nội dung lỗi", "CỘT LẠ", "KẾT QUẢ XỬ LÝ (*)", "số định danh cá nhân", "Mã định danh bộ GD&ĐT", "stt"],
            ["", "x", "Thành công", 1214000012, 2307930338, 2.0],
            ["Thiếu dân tộc", "", " LỖI ", "001214000013", "", "1"],
            ["", "", "Đang chờ duyệt", "001214000014", "", 3],
        )
    )
    assert found.outcome == "PARTIAL" and found.unread == ("CỘT LẠ",)
    said = [(row.number, row.personal_id, row.sector_code, row.accepted, row.message) for row in found.rows]
    assert said == [
        (2, "001214000012", "2307930338", True, ""),
        (1, "001214000013", "", False, "Thiếu dân tộc"),
        (3, "001214000014", "", None, ""),
    ]


def test_our_own_columns_are_no_result() -> None:
    """A file that came back with columns added: `Trạng thái` (of the pupil) stands beside the result."""
    head: list[object] = ["STT", "Họ và tên", "Trạng thái", "Trạng thái xử lý", "Lý do"]
    found = ExcelLink().read(_book(head, [1, "An", "Đang học", "OK", ""], [2, "Bình", "Đang học", "failed", "Trùng"]))
    assert [row.accepted for row in found.rows] == [True, False]


def test_a_batch_that_was_refused_as_a_whole() -> None:
    found = ExcelLink().read(_book(["Kết quả: THẤT BẠI"], ["Sai mã trường"]))
    assert (found.outcome, found.rows, found.message) == ("FAILED", (), "Sai mã trường")


def test_a_list_of_pupils_is_no_answer(shared: Path) -> None:
    with pytest.raises(Invalid):
        ExcelLink().read((shared / "data" / "staff.xlsx").read_bytes())
