"""Shapes by school year, checks of a row, and the digest that says what the sector knows."""

from __future__ import annotations

import pytest

from plugins.sector.rules.checks import FINDINGS, check
from plugins.sector.rules.shapes import KINDS, OWN, Column, Shape, kind_of, resolve, shape_for, versions
from plugins.sector.services.shapes import lists

GOOD = {
    "hovaten": "Nguyễn Văn An", "ngaysinh": "2014-03-02", "gioitinh": "1", "dantoc": "01", "lop": "6A1", "khoi": "6",
    "sodinhdanh": "001214000001", "quoctich": "VN", "trangthai": "studying", "hai_buoi": "0",
}  # fmt: skip
KIND, SHAPE = kind_of("profiles"), versions("profiles")[-1]


def _found(**changed: str) -> list[tuple[str, str]]:
    return list(check(KIND, SHAPE, {**GOOD, **changed}, lists()).findings)


def test_a_good_row_is_written_in_the_sectors_words() -> None:
    done = check(KIND, SHAPE, GOOD, lists())
    assert done.findings == ()
    words = ("ngaysinh", "gioitinh", "dantoc", "quoctich", "trangthai", "hai_buoi")
    assert [done.values[name] for name in words] == ["02/03/2014", "Nam", "Kinh", "Việt Nam", "Đang học", "Không"]
    assert done.values["noitru"] == "", "not known is never no"


@pytest.mark.parametrize(
    ("changed", "finding"),
    [
        ({"hovaten": ""}, ("E_MISSING", "hovaten")),
        ({"ngaysinh": "2014-03"}, ("E_DATE", "ngaysinh")),
        ({"gioitinh": ""}, ("E_MISSING", "gioitinh")),
        ({"dantoc": "99"}, ("E_CODE", "dantoc")),
        ({"sodinhdanh": ""}, ("E_MISSING", "sodinhdanh")),
        ({"sodinhdanh": "01214000001"}, ("E_PERSONAL_ID", "sodinhdanh")),
        ({"cha_namsinh": "85"}, ("E_YEAR", "cha_namsinh")),
        ({"hovaten": "A" * 151}, ("E_LENGTH", "hovaten")),
    ],
)
def test_what_cannot_leave(changed: dict[str, str], finding: tuple[str, str]) -> None:
    assert _found(**changed) == [finding]


def test_another_paper_stands_in_for_the_personal_id() -> None:
    assert _found(sodinhdanh="", giayto_so="C1234567") == []


def test_marks_are_written_as_the_sector_reads_them() -> None:
    kind, shape = kind_of("term_marks"), versions("term_marks")[-1]
    base = {"hovaten": "An", "lop": "6A1", "hocky": "1", "mamonhoc": "toan", "tenmonhoc": "Toán"}
    written = {
        raw: check(kind, shape, {**base, "ketqua": raw}, {}).values["ketqua"] for raw in ("8.1", "10", "D", "CD")
    }
    assert written == {"8.1": "8.1", "10": "10", "D": "Đ", "CD": "CĐ"}
    for bad in ("11", "8,1", "giỏi", ""):
        assert check(kind, shape, {**base, "ketqua": bad}, {}).findings, bad


def test_the_digest_changes_with_the_record_and_not_with_the_sectors_own_code() -> None:
    first = check(KIND, SHAPE, GOOD, lists()).digest
    assert check(KIND, SHAPE, {**GOOD, "madinhdanhnganh": "2307930338"}, lists()).digest == first
    assert check(KIND, SHAPE, {**GOOD, "noio_xa": "Hải Châu"}, lists()).digest != first
    older = versions("profiles")[0]
    assert check(KIND, older, GOOD, lists()).digest != first, (
        "a field more is a change, as it is sent for the first time"
    )


def test_shapes_hold_from_a_school_year_on() -> None:
    assert shape_for("profiles", "2025-2026").code == "profiles/2025-2026"
    assert shape_for("profiles", "2031-2032").code == "profiles/2026-2027"
    assert shape_for("profiles", "2001-2002").code == "profiles/2025-2026"
    own = Shape("profiles", "own", "2026-2027", "S", (), (Column("Họ tên", "hovaten"),))
    assert shape_for("profiles", "2026-2027", [own]).code == "own"
    assert shape_for("profiles", "2025-2026", [own]).code == "profiles/2025-2026", "not before its year"


@pytest.mark.parametrize("kind", KINDS)
def test_the_data_of_every_kind_are_sound(kind: str) -> None:
    known = kind_of(kind)
    for shape in versions(kind):
        assert {column.field for column in shape.columns} <= set(known.fields)
        required = {one.name for one in known.fields.values() if one.required}
        assert required <= set(shape.fields), "what is required has a column"
        assert {"idbanghi", "sukien", "phienban", "thoigiancapnhat"} <= {c.field for c in shape.columns}
    held = lists()
    assert all(one.codes in held for one in known.fields.values() if one.codes)
    assert all(one.unless in known.fields for one in known.fields.values() if one.unless)
    for one in known.fields.values():
        assert one.name in OWN or all(resolve(kind, header.upper()) == one.name for header in one.headers), one.name


def test_every_finding_has_words() -> None:
    assert all(code.startswith("E_") and message.msgid for code, message in FINDINGS.items())
