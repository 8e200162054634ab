"""Reading the batch and writing the answer, with the faults that real answers have."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineWorkbook

from .judge import Memory, Verdict, judge


@dataclass(frozen=True)
class Faults:
    """What the answer does to its reader.

    Attributes:
        shuffled: rows in another order. loud: headers in capitals, and other names. numbers: codes and IDs as numbers.
        missing: rows left out, one in so many. stranger: a row that was never sent. anonymous: without our row ids.
        refuse: rows refused without a fault of theirs, one in so many.
    """

    shuffled: bool = False
    loud: bool = False
    numbers: bool = False
    missing: int = 0
    stranger: bool = False
    anonymous: bool = False
    refuse: int = 0


HEADS = ("STT", "Mã dòng", "Số định danh cá nhân", "Mã học sinh", "Họ và tên", "Mã định danh Bộ GD&ĐT",
         "Trạng thái xử lý", "Nội dung lỗi")  # fmt: skip


def read_batch(path: Path) -> list[dict[str, str]]:
    """The rows of a batch file by header."""
    with CalamineWorkbook.from_path(path) as book:
        rows = book.get_sheet_by_index(0).to_python()
    at = next(number for number, row in enumerate(rows) if "Họ và tên" in row)
    heads = [str(cell) for cell in rows[at]]
    return [dict(zip(heads, map(_text, row), strict=False)) for row in rows[at + 1 :] if any(row)]


def _text(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def answer(rows: Sequence[Mapping[str, str]], memory: Memory, faults: Faults, seed: int) -> list[dict[str, str]]:
    """The answer row by row; what is refused for no fault of its own is told so."""
    pick, seen = random.Random(seed), set[str]()  # noqa: S311  (faults that repeat)
    said: list[dict[str, str]] = []
    for row in rows:
        verdict = judge(row, memory, seen)
        if verdict.taken and faults.refuse and pick.randrange(faults.refuse) == 0:
            verdict = Verdict("", "Học sinh đang có hồ sơ ở trường khác")
            memory.versions.pop(row.get("Mã dòng", ""), None)
        if faults.missing and pick.randrange(faults.missing) == 0:
            continue
        said.append(_line(row, verdict, faults))
    if faults.stranger:
        stranger = {"STT": "99999", "Mã dòng": "", "Số định danh cá nhân": "001099999999", "Họ và tên": "Người Lạ"}
        said.append(_line(stranger, Verdict("2399999999", ""), faults))
    if faults.shuffled:
        pick.shuffle(said)
    return said


def _line(row: Mapping[str, str], verdict: Verdict, faults: Faults) -> dict[str, str]:
    return {
        "STT": row.get("STT", ""),
        "Mã dòng": "" if faults.anonymous else row.get("Mã dòng", ""),
        "Số định danh cá nhân": row.get("Số định danh cá nhân", ""),
        "Mã học sinh": row.get("Mã học sinh", ""),
        "Họ và tên": row.get("Họ và tên", ""),
        "Mã định danh Bộ GD&ĐT": verdict.code,
        "Trạng thái xử lý": "Thành công" if verdict.taken else "Lỗi",
        "Nội dung lỗi": verdict.reason,
    }


def write_answer(path: Path, said: Sequence[Mapping[str, str]], faults: Faults) -> None:
    """The answer as a workbook."""
    heads = [head for head in HEADS if not (faults.anonymous and head == "Mã dòng")]
    if faults.loud:
        heads = heads[::-1]
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("KetQua")
    page.write_string(0, 0, "KẾT QUẢ NHẬP DỮ LIỆU")
    for column, head in enumerate([*heads, "Ghi chú của hệ thống"]):
        page.write_string(2, column, f" {head.upper()} (*)" if faults.loud else head)
    for number, line in enumerate(said, 3):
        for column, head in enumerate(heads):
            _cell(page, number, column, head, line[head], faults)
    book.close()


def _cell(page: object, line: int, column: int, head: str, text: str, faults: Faults) -> None:
    numeric = faults.numbers and text.isdecimal() and head in ("STT", "Số định danh cá nhân", "Mã định danh Bộ GD&ĐT")
    write = getattr(page, "write_number" if numeric else "write_string")
    write(line, column, float(text) if numeric else text)
