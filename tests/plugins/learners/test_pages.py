"""Pages over HTTP: from the upload of the real file to the undo, without JavaScript."""

from __future__ import annotations

import io
import re
from pathlib import Path
from uuid import UUID

import openpyxl
import pytest
from flask.testing import FlaskClient

from core.data.session import Database
from core.types.actor import Actor
from plugins.learners.services import confirming, learners, planning
from tests.conftest import SignIn


def _upload(client: FlaskClient, content: bytes, name: str) -> str:
    data = {"file": (io.BytesIO(content), name), "csrf_token": client.csrf}  # type: ignore[attr-defined]
    answer = client.post("/learners/imports", data=data)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def _post(client: FlaskClient, url: str, **data: object) -> str:
    answer = client.post(url, data={**data, "csrf_token": client.csrf})  # type: ignore[attr-defined]
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


@pytest.fixture
def thcs(shared: Path) -> bytes:
    return (shared / "data" / "learners-thcs.xlsx").read_bytes()


def test_upload_plan_confirm_undo(school: UUID, sign_in: SignIn, thcs: bytes) -> None:
    client = sign_in(school, "office")
    empty = client.get("/learners/")
    assert "Chưa có học sinh" in empty.text
    plan = _upload(client, thcs, "learners-thcs.xlsx")
    page = client.get(plan)
    assert page.status_code == 200
    assert "Lớp 6A2: trang Tổng hợp ghi 42 học sinh, danh sách có 41 dòng." in page.text
    assert "Nhập 1.160 học sinh" in page.text
    assert re.search(r"Khối 6 · G156\b", page.text), "the refused ID is shown with its cell"
    assert "00131577350" in page.text
    for kind in ("new", "check", "changed", "unchanged", "all"):
        assert client.get(f"{plan}?kind={kind}").status_code == 200
    assert "Trần Lan An" in client.get(f"{plan}?kind=all&q=tran+lan+an").text
    assert "Trần Lan An" not in client.get(f"{plan}?kind=all&q=khong+ai+ca").text
    following = re.search(r'rel="next" href="([^"]+)"', client.get(f"{plan}?kind=new").text)
    assert following and client.get(following[1].replace("&amp;", "&")).status_code == 200
    assert _post(client, f"{plan}/confirm") == plan
    done = client.get(plan)
    assert "Đã nhập: 1.160 mới" in done.text
    people = client.get("/learners/")
    assert "1.160" in people.text
    link = re.search(r'href="(/learners/[0-9a-f-]{36})"', people.text)
    assert link
    for tab in ("", "?tab=family", "?tab=history"):
        assert client.get(link[1] + tab).status_code == 200
    assert "learners-thcs.xlsx" in client.get(f"{link[1]}?tab=history").text
    classes = client.get("/learners/classes")
    assert classes.text.count("/learners/?class=") == 28
    _post(client, f"{plan}/undo")
    assert "Chưa có học sinh" in client.get("/learners/").text


def test_refused_rows_come_back_in_the_same_layout(school: UUID, sign_in: SignIn, thcs: bytes) -> None:
    client = sign_in(school, "office")
    plan = _upload(client, thcs, "learners-thcs.xlsx")
    answer = client.get(f"{plan}/refused")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    original = openpyxl.load_workbook(io.BytesIO(thcs))
    assert book.sheetnames == ["Khối 6", "Khối 7", "Khối 8", "Khối 9"]
    for name in book.sheetnames:
        mine, theirs = book[name], original[name]
        width = theirs.max_column
        header = next(row for row in range(1, 9) if theirs.cell(row, 1).value == "STT")
        for row in range(1, header + 2):
            assert [mine.cell(row, c).value for c in range(1, width)] == [
                theirs.cell(row, c).value for c in range(1, width)
            ]
        assert "Lý do chưa nhận" in [mine.cell(header + 1, width + 1).value, mine.cell(header + 2, width + 1).value]
    remarks = [row[-1].value for row in book["Khối 6"].iter_rows(min_row=7)]
    assert any("không đủ 12 chữ số" in str(remark) for remark in remarks)
    again = _upload(client, answer.data, "refused.xlsx")
    page = client.get(again)
    assert "25 dòng học sinh" in page.text


def test_refused_csv_comes_back_as_csv(other_school: UUID, sign_in: SignIn, shared: Path) -> None:
    client = sign_in(other_school, "office")
    plan = _upload(client, (shared / "data" / "learners-primary.csv").read_bytes(), "learners-primary.csv")
    answer = client.get(f"{plan}/refused")
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert answer.mimetype == "text/csv"
    assert lines[0].startswith("TT;Mã HS (CSDL ngành);") and lines[0].endswith(";Lý do chưa nhận")
    assert len(lines) == 20
    again = _upload(client, answer.data, "again.csv")
    assert "19 dòng học sinh" in client.get(again).text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "trống"),
        (b"\x00\x01\x02" * 50, "Excel"),
        (b"PK\x03\x04 no zip at all", "bị hỏng"),
        (b"a;b\n1;2\n", "Không tìm thấy dòng tiêu đề"),
    ],
)
def test_broken_files_get_one_clear_error(school: UUID, sign_in: SignIn, content: bytes, says: str) -> None:
    client = sign_in(school, "office")
    data = {"file": (io.BytesIO(content), "x.xlsx"), "csrf_token": client.csrf}  # type: ignore[attr-defined]
    answer = client.post("/learners/imports", data=data)
    assert answer.status_code == 422
    assert says in answer.text and "Không có gì thay đổi" in answer.text


def test_a_pupil_by_hand(school: UUID, sign_in: SignIn) -> None:
    client = sign_in(school, "office")
    _post(client, "/learners/classes", name="lớp 6a1")
    wrong = client.post(
        "/learners/new",
        data={"hovaten": "Lê An", "ngaysinh": "31/02/2015", "csrf_token": client.csrf},  # type: ignore[attr-defined]
    )
    assert wrong.status_code == 422 and "Không có ngày này" in wrong.text and "Lê An" in wrong.text
    place = _post(
        client, "/learners/new", hovaten="LÊ HOÀ AN", ngaysinh="7/3/2015", gioitinh="2", lop="6A1",
        me_hovaten="Trần Thị Bình", me_sdt="0900 012 345",
    )  # fmt: skip
    page = client.get(place)
    assert "Lê Hòa An" in page.text and "07/03/2015" in page.text
    assert "0900 012 345" in client.get(f"{place}?tab=family").text
    form = client.get(f"{place}/edit")
    version = re.search(r'name="version" value="(\d+)"', form.text)
    assert version
    fields = {
        "hovaten": "Lê Hòa An",
        "ngaysinh": "07/03/2015",
        "lop": "6A1",
        "ghichu": "Ăn chay",
        "version": version[1],
    }
    _post(client, f"{place}/edit", **fields)
    assert "Ăn chay" in client.get(place).text
    late = client.post(f"{place}/edit", data={**fields, "ghichu": "x", "csrf_token": client.csrf})  # type: ignore[attr-defined]
    assert late.status_code == 422 and "tải lại" in late.text.lower()


def test_a_parent_sees_only_their_own_children(
    db: Database, school: UUID, system: Actor, sign_in: SignIn, thcs: bytes
) -> None:
    from sqlalchemy import text

    with db.context(system, school) as ctx:
        confirming.confirm_import(ctx, planning.start_import(ctx, "x.xlsx", thcs))
        child = learners.list_learners(ctx, query="tran lan an")[0].id
        other = learners.list_learners(ctx, query="ngo khanh cam an")[0].id
        relation = text("SELECT person_id FROM core_relation WHERE related_id = :child AND kind = 'father'")
        father = ctx.session.execute(relation, {"child": child}).scalar_one()
    client = sign_in(school, "parent", person_id=father)
    assert client.get(f"/learners/{child}").status_code == 200
    assert client.get(f"/learners/{other}").status_code == 404
    page = client.get("/learners/")
    assert "Trần Lan An" in page.text and page.text.count('href="/learners/0') == 1
    for url in ("/learners/imports", "/learners/export", "/learners/new"):
        assert client.get(url).status_code == 403


def test_export_can_be_imported_again(db: Database, school: UUID, system: Actor, sign_in: SignIn, thcs: bytes) -> None:
    with db.context(system, school) as ctx:
        confirming.confirm_import(ctx, planning.start_import(ctx, "x.xlsx", thcs))
    client, head = sign_in(school, "office"), sign_in(school, "head")
    for kind in ("xlsx", "csv"):
        asked = client.get(f"/learners/export?format={kind}&sensitive=yes").headers["Location"]
        _post(client, asked, reason="Nộp phòng Giáo dục")
        _post(head, f"{asked}/decide", answer="agree")
        link = re.search(r'href="(/learners/export[^"]+release=[^"]+)"', client.get(asked).text)
        assert link
        answer = client.get(link[1].replace("&amp;", "&"))
        assert answer.status_code == 200
        with db.context(system, school) as ctx:
            batch = planning.get_import(ctx, planning.start_import(ctx, f"x.{kind}", answer.data))
            assert batch.summary["actions"] == {"unchanged": 1160}, batch.summary["codes"]
