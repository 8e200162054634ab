"""A family joins on the phone; the office makes the sheet; a parent sees all children on one page."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
import typst
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import text

from core import access, identity
from core.data.session import Database
from core.identity.families import issuing
from core.people.services import create_person
from core.sdk.qr import document
from core.types.actor import Actor
from plugins.learners.documents import family_sheet
from plugins.learners.services.classes import create_class
from plugins.learners.services.learners import create_learner
from tests.conftest import SignIn

GOOD = "bon con cho vang"


@pytest.fixture
def code(db: Database, school: UUID, system: Actor) -> str:
    return _code(db, school, system, "Nguyễn Văn An")


def _code(db: Database, school: UUID, system: Actor, name: str) -> str:
    with db.context(system, school) as ctx:
        create_class(ctx, "6A1")
        father = {"hovaten": "Nguyễn Văn Bình", "sdt": ["+84912345678"]}
        value = {"hovaten": name, "ngaysinh": "2014-09-05", "lop": "6A1", "cha": father, "me": {"hovaten": "Trần Hoa"}}
        child = create_learner(ctx, value)
        issuing.issue(ctx, [child])
        return issuing.families(ctx, [child])[child].code


def _prove(client: FlaskClient, code: str, kind: str = "Cha", **answer: str) -> str:
    page = client.get(f"/join/{code}").text
    found: list[tuple[str, str]] = re.findall(r'value="([0-9a-f-]{36})".*?radio-label">(\w+)<', page)
    guardian = next(value for value, label in found if label == kind)
    done = client.post(f"/join/{code}", data={"guardian": guardian, **answer})
    assert done.status_code == 303, done.text
    return done.headers["Location"]


def test_a_parent_joins_in_three_steps(app: Flask, code: str) -> None:
    client = app.test_client()
    typed = client.post("/join", data={"code": f"{code[:5]} {code[5:].lower()}"})
    assert (typed.status_code, typed.headers["Location"]) == (303, f"/join/{code}")
    page = client.get(f"/join/{code}").text
    assert "N.V.A." in page
    assert "Nguyễn" not in page
    assert "Bình" not in page
    where = _prove(client, code, phone="5678")
    form = client.get(where)
    assert form.headers["Cache-Control"] == "no-store"
    assert "Nguyễn Văn Bình" in form.text
    bad = client.post(where, data={"login": "001203012345", "password": GOOD, "again": GOOD})
    assert bad.status_code == 422
    assert "số căn cước" in bad.text
    done = client.post(where, data={"login": "0912345678", "password": GOOD, "again": GOOD})
    assert (done.status_code, done.headers["Location"]) == (303, "/")
    assert "Nguyễn Văn Bình" in client.get("/").text
    assert client.get(where).status_code == 410
    assert "đã tham gia" in app.test_client().get(f"/join/{code}").text


def test_wrong_codes_and_answers(app: Flask, code: str) -> None:
    client = app.test_client()
    assert client.post("/join", data={"code": "ABCDE-FGHJK"}).status_code in (404, 422)
    assert client.get("/join/0000000000").status_code == 404
    page = client.get(f"/join/{code}").text
    guardian = re.findall(r'value="([0-9a-f-]{36})"', page)[0]
    wrong = client.post(f"/join/{code}", data={"guardian": guardian, "phone": "0000"})
    assert wrong.status_code == 422
    assert "không khớp" in wrong.text
    assert client.post(f"/join/{code}", data={"guardian": "", "phone": "5678"}).status_code == 422
    forged = client.get("/join/with/" + "A" * 48)
    assert forged.status_code == 404


def test_one_home_for_children_at_two_schools(
    app: Flask, db: Database, school: UUID, other_school: UUID, system: Actor, code: str
) -> None:
    client = app.test_client()
    client.post(_prove(client, code, phone="5678"), data={"login": "binh", "password": GOOD, "again": GOOD})
    second = _code(db, other_school, system, "Nguyễn Thị Chi")
    where = _prove(client, second, phone="5678")
    page = client.get(where).text
    assert "Đang đăng nhập: Nguyễn Văn Bình" in page
    assert client.post(where, data={}).status_code == 422, "not without the token of the session"
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    assert client.post(where, data={"csrf_token": token}).headers["Location"] == "/"
    home = client.get("/").text
    for seen in ("Nguyễn Văn An", "Nguyễn Thị Chi", "Trường THCS Hoa Phượng", "Trường Tiểu học Cánh Diều"):
        assert seen in home
    assert 'href="/switch' not in "".join(re.findall(r"<use [^>]*>", home)), "pictures stay where they are"
    link = re.findall(rf'href="(/switch/{other_school}\?next=%2F[^"]+)"', home)[0]
    there = client.get(link)
    assert there.status_code == 303
    assert client.get(there.headers["Location"]).status_code == 200
    with db.all_schools(system) as ctx:
        assert ctx.session.execute(text("SELECT count(*) FROM core_account")).scalar_one() == 1
    assert client.get(f"/switch/{school}?next=https://evil.example/").headers["Location"] == "/"


def test_work_and_family_on_one_page(app: Flask, db: Database, school: UUID, system: Actor, code: str) -> None:
    with db.context(system, school) as ctx:
        me = create_person(ctx, "Nguyễn Văn Bình")
        mine = identity.create_account(ctx, "ke.toan", "Nguyễn Văn Bình", password=GOOD, person_id=me)
        access.grant(ctx, mine, "accountant")
    client = app.test_client()
    client.post("/sign-in", data={"login": "ke.toan", "password": GOOD})
    assert "Con tôi ở" not in client.get("/").text
    where = _prove(client, code, phone="5678")
    token = re.findall(r'name="csrf_token" value="([^"]+)"', client.get(where).text)[0]
    client.post(where, data={"csrf_token": token})
    home = client.get("/").text
    assert "Con tôi ở Trường THCS Hoa Phượng" in home
    assert "Kế toán, đồng thời là phụ huynh" in home
    assert home.index('id="card-finance.today"') < home.index("Con tôi ở") < home.index('id="card-finance.family"')


def test_the_office_makes_a_sheet(app: Flask, db: Database, school: UUID, sign_in: SignIn, system: Actor) -> None:
    with db.context(system, school) as ctx:
        class_id = create_class(ctx, "6A1")
        for number in range(10):
            father = {"hovaten": f"Lê Văn Cha {number}", "sdt": [f"+8491234567{number}"]}
            value = {"hovaten": f"Lê Thị Con {number}", "ngaysinh": "2014-09-05", "lop": "6A1", "cha": father}
            create_learner(ctx, value)
    office = sign_in(school, "office")
    where = f"/learners/classes/{class_id}/families"
    assert where in office.get("/learners/classes").text
    assert "Tạo mã cho 10 gia đình" in office.get(where).text
    assert office.get(f"{where}/sheet").status_code == 409
    form = {"csrf_token": office.csrf}  # type: ignore[attr-defined]
    assert office.post(where, data=form).status_code == 303
    page = office.get(where).text
    assert "In 10 phiếu (PDF)" in page
    sheet = office.get(f"{where}/sheet")
    assert sheet.mimetype == "application/pdf"
    reader = PdfReader(io.BytesIO(sheet.data))
    assert len(reader.pages) == 2
    words = reader.pages[0].extract_text()
    codes = re.findall(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b", words)
    assert len(codes) == 8
    assert "Lê Thị Con 0" in words
    assert app.test_client().get(f"/join/{codes[0].replace('-', '')}").status_code == 200
    assert office.post(f"{where}/withdraw", data=form).status_code == 303
    assert app.test_client().get(f"/join/{codes[0].replace('-', '')}").status_code == 404
    assert sign_in(school, "accountant").get(where).status_code == 403
    assert sign_in(school, "parent").get(where).status_code == 403


def test_the_code_of_a_slip_can_be_scanned() -> None:
    slip = family_sheet.Slip("Lê An", "K3M9Q-7WXT2", "https://truong.example.vn/join/K3M9Q7WXT2", date(2026, 12, 22))
    made = datetime(2026, 11, 22, tzinfo=UTC)
    assert family_sheet.render("Trường", "6A1", "truong.example.vn/join", [slip], made).startswith(b"%PDF")
    page = '#image(bytes(sys.inputs.qr), format: "svg", width: 5cm)\n#set page(fill: white)'
    picture = typst.compile(page.encode(), format="png", ppi=150, sys_inputs={"qr": document(slip.address)})
    assert isinstance(picture, bytes)
    assert [found.text for found in zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))] == [slip.address]
