# ruff: noqa: S101  (a contract suite asserts)
"""What every link to the sector's database must keep; a link's tests inherit it.

```python
class TestMine(SectorLinkContract):
    link = MyLink()

    def answered(self, package: bytes) -> bytes: ...   # what the other side says when it takes all rows
```
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

import pytest

from core.sdk.errors import Invalid

from ..port import Head, OutRow, SectorLink
from ..rules.shapes import KINDS, Kind, Shape, kind_of, versions

NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
HEAD = Head("Trường THCS Hoa Phượng", "HOAPHUONG", "2026-2027", 1, 7, NOW)


def make_rows(kind: Kind, shape: Shape, count: int) -> list[OutRow]:
    """Rows of a kind that a sector would take."""
    given = {
        "hovaten": "Nguyễn Văn An", "ngaysinh": "02/03/2014", "gioitinh": "Nam", "dantoc": "Kinh", "lop": "6A1",
        "khoi": "6", "mahocsinh": "0012", "ketqua": "8.1", "gvcn_hovaten": "Vũ Thị Hoa",
    }  # fmt: skip
    return [
        OutRow(UUID(int=number + 1), known=False, version=1, values={
            **{name: text for name, text in given.items() if name in shape.fields},
            **({"sodinhdanh": f"0012140{number:05d}"} if "sodinhdanh" in kind.fields else {}),
        })
        for number in range(count)
    ]  # fmt: skip


class SectorLinkContract:
    """The contract."""

    link: ClassVar[SectorLink]

    def answered(self, package: bytes) -> bytes:
        """The other side's answer that takes every row of a package of records."""
        raise NotImplementedError

    def package(self, kind_name: str, rows: list[OutRow]) -> tuple[int, bytes]:
        """A package of the newest shape."""
        kind, target = kind_of(kind_name), io.BytesIO()
        count = self.link.write(kind, versions(kind_name)[-1], HEAD, rows, target)
        return count, target.getvalue()

    def test_it_names_itself_and_what_it_sends(self) -> None:
        assert self.link.name.isidentifier() and self.link.label.msgid
        assert set(self.link.kinds()) <= set(KINDS) and self.link.kinds()

    def test_it_counts_what_it_writes(self) -> None:
        for name in self.link.kinds():
            kind, shape = kind_of(name), versions(name)[-1]
            count, content = self.package(name, make_rows(kind, shape, 3))
            assert count == 3 and content
            assert self.package(name, [])[0] == 0

    def test_it_reads_the_answer_to_its_own_package(self) -> None:
        kind, shape = kind_of("profiles"), versions("profiles")[-1]
        _count, content = self.package("profiles", make_rows(kind, shape, 5))
        answer = self.link.read(self.answered(content))
        assert [row.accepted for row in answer.rows] == [True] * 5
        assert {row.row_id for row in answer.rows} == {str(UUID(int=number + 1)) for number in range(5)}

    @pytest.mark.parametrize("content", [b"", b"\0\1\2", b"PK\3\4 cut off", "Tên;Tuổi\nAn;7\n".encode()])
    def test_it_refuses_what_is_no_answer(self, content: bytes) -> None:
        with pytest.raises(Invalid):
            self.link.read(content)
