"""The pages and the API over HTTP: who gets in, what is held back, what the family reads."""

from __future__ import annotations

import re
from uuid import UUID

from flask.testing import FlaskClient

from core import settings
from core.data.session import Database
from core.sdk.testing.fixtures import SignIn
from core.types.actor import Actor

from .conftest import House

WHY = "Cháu ngất ở sân trường, cần biết bệnh nền để gọi cấp cứu"


def _post(client: FlaskClient, url: str, expected: int = 303, **data: object) -> str:
    answer = client.post(url, data={**data, "csrf_token": client.csrf})  # type: ignore[attr-defined]
    assert answer.status_code == expected, answer.text
    return answer.headers.get("Location", answer.text)


def test_a_record_shows_sensitive_fields_for_a_purpose_and_the_family_reads_it(house: House, sign_in: SignIn) -> None:
    office = sign_in(house.school, "office", name="Cô Hoa")
    page, where = f"/learners/{house.child}", f"/people/{house.child}/purpose"
    closed = office.get(page).text
    assert "Lê Văn An" in closed and "Khiếm thính" not in closed and "Hộ nghèo" not in closed
    assert closed.count("Đang ẩn") >= 4 and 'name="purpose"' in closed
    for bad in ("https://elsewhere.test/", "//elsewhere.test", "/\\elsewhere.test"):
        assert _post(office, where, purpose="benefits", next=bad) == "/"
    assert _post(office, where, purpose="benefits", next=page) == page
    opened = office.get(page).text
    assert "Khiếm thính" in opened and "Hộ nghèo" in opened and "Đang ẩn" in opened
    _post(office, where, purpose="nothing", next=page)
    mother = sign_in(house.school, "parent", person_id=house.mother)
    own = mother.get(page).text
    assert "Khiếm thính" in own and 'name="purpose"' not in own
    log = mother.get(f"/people/{house.child}/readers").text
    assert "Cô Hoa" in log and "Văn phòng" in log and "Miễn giảm học phí" in log
    assert "Cô Hoa" in mother.get(f"{page}?tab=readers").text
    assert f"/people/{house.child}/readers" in mother.get("/").text
    answer = mother.get(f"/api/v1/people/{house.child}/readers").json
    assert answer is not None and answer["items"][0]["purpose"] == "benefits"
    assert sorted(answer["items"][0]["data_classes"]) == ["health", "policy"]


def test_editing_and_the_page_of_all_data_are_written_down_too(house: House, sign_in: SignIn) -> None:
    office = sign_in(house.school, "office")
    assert "Khiếm thính" in office.get(f"/learners/{house.child}/edit").text
    assert "Khiếm thính" in office.get(f"/people/{house.child}/data").text
    head = sign_in(house.school, "head").get(f"/people/{house.child}/readers").text
    assert "Nhập và sửa hồ sơ" in head and "Trả lời yêu cầu về dữ liệu" in head


def test_the_api_holds_back_what_has_no_purpose(house: House, sign_in: SignIn) -> None:
    office, address = sign_in(house.school, "office"), f"/api/v1/learners/{house.child}"
    closed = office.get(address).json
    assert closed is not None and "khuyettat" not in closed and "dantoc" not in closed
    assert sorted(closed["withheld"]) == ["bhyt", "dantoc", "doituongchinhsach", "khuyettat"]
    opened = office.get(f"{address}?purpose=care").json
    assert opened is not None and opened["khuyettat"] == "Khiếm thính" and "doituongchinhsach" not in opened
    assert office.get(f"{address}?purpose=record").status_code == 422
    mother = sign_in(house.school, "parent", person_id=house.mother).get(address).json
    assert mother is not None and mother["withheld"] == [] and mother["doituongchinhsach"] == "Hộ nghèo"


def test_an_emergency_from_the_form_to_the_review(house: House, sign_in: SignIn) -> None:
    teacher, head = sign_in(house.school, "teacher", name="Thầy Nam"), sign_in(house.school, "head")
    page = f"/learners/{house.child}"
    assert teacher.get(page).status_code == 404
    assert "Lê Văn An" in teacher.get("/emergency?q=le+van+an").text
    assert "Nguyễn Thị Mẹ" not in teacher.get("/emergency?q=nguyen+thi+me").text.replace("nguyen thi me", "")
    assert "20" in _post(teacher, "/emergency", 422, person=house.child, reason="khẩn", q="le van an")
    _post(teacher, "/emergency", 422, person="", reason=WHY)
    _post(teacher, "/emergency", 422, person=house.mother, reason=WHY)
    assert _post(teacher, "/emergency", person=house.child, reason=WHY) == page
    shown = teacher.get(page).text
    assert "Đang xem khẩn cấp" in shown and "Khiếm thính" in shown and "Hộ nghèo" not in shown
    assert teacher.get(f"{page}/edit").status_code == 403
    assert teacher.get("/learners/export").status_code == 403
    assert "Lần mở khẩn cấp cần xem xét" in head.get("/").text
    cases = head.get("/emergencies").text
    assert WHY in cases and "Thầy Nam" in cases
    case = re.search(r'action="(/emergencies/[0-9a-f-]{36})"', cases)
    assert case
    _post(head, case[1], 422, verdict="yes", remark="")
    _post(head, case[1], 422, remark="x")
    _post(head, case[1], verdict="yes", remark="Đúng quy trình")
    assert "Đúng quy trình" in head.get("/emergencies").text
    assert "Lần mở khẩn cấp cần xem xét" not in head.get("/").text
    close = re.search(r'action="(/emergency/[0-9a-f-]{36}/close)"', shown)
    assert close
    _post(teacher, close[1])
    assert teacher.get(page).status_code == 404


def test_a_large_list_waits_for_a_second_person(db: Database, house: House, system: Actor, sign_in: SignIn) -> None:
    office, head = sign_in(house.school, "office"), sign_in(house.school, "head")
    plain = office.get("/learners/export?format=csv")
    assert plain.status_code == 200 and "Khiếm thính" not in plain.text and "Lê Văn An" in plain.text
    asked = office.get("/learners/export?format=csv&sensitive=yes").headers["Location"]
    assert "Dân tộc" in office.get(asked).text or "Ethnic" in office.get(asked).text
    _post(office, asked, 422, reason="")
    _post(office, f"{asked}/decide", 403, answer="agree")
    _post(office, asked, reason="Nộp phòng Giáo dục")
    assert "Danh sách chờ người thứ hai" in head.get("/").text
    _post(head, f"{asked}/decide", 422, answer="refuse", remark="")
    _post(head, f"{asked}/decide", answer="agree")
    link = re.search(r'href="(/learners/export[^"]+release=[^"]+)"', office.get(asked).text)
    assert link
    got = office.get(link[1].replace("&amp;", "&"))
    assert got.status_code == 200 and "Khiếm thính" in got.text
    stolen = head.get(link[1].replace("&amp;", "&"))
    assert stolen.status_code == 303 and stolen.headers["Location"] == "/exports"
    assert "Có người thứ hai" in head.get("/readers").text


def test_a_long_report_of_persons_waits_too(db: Database, house: House, system: Actor, sign_in: SignIn) -> None:
    with db.context(system, house.school) as ctx:
        settings.put(ctx, "core.exports.threshold", 0)
    accountant = sign_in(house.school, "accountant")
    assert "/exports/" in accountant.get("/reports/finance.debtors?format=csv").headers["Location"]
    assert accountant.get("/reports/finance.debtors").status_code == 200
    assert sign_in(house.school, "head").get("/reports/learners.classes?format=csv").status_code == 200


WHO = {
    # What each role gets at each address; the school of the last column is another one.
    "/people/{child}/readers": {"head": 200, "data_protection": 200, "office": 404, "teacher": 404, "stranger": 404},
    "/api/v1/people/{child}/readers": {"head": 200, "data_protection": 200, "teacher": 404, "stranger": 404},
    "/readers": {"head": 200, "data_protection": 200, "office": 403, "teacher": 403, "stranger": 403},
    "/emergency": {"head": 200, "teacher": 200, "accountant": 200, "data_protection": 403, "stranger": 403},
    "/emergencies": {"head": 200, "data_protection": 200, "office": 403, "teacher": 403, "stranger": 403},
    "/exports": {"head": 200, "data_protection": 200, "office": 200, "stranger": 403},
    "/exports/{child}": {"head": 404, "office": 404, "stranger": 404},
}


def test_who_gets_in(house: House, other_school: UUID, sign_in: SignIn) -> None:
    clients = {
        role: sign_in(house.school, role) for role in ("head", "data_protection", "office", "teacher", "accountant")
    }
    clients["stranger"] = sign_in(house.school, "parent", person_id=house.other_father)
    wrong = [
        (address, role, got)
        for address, roles in WHO.items()
        for role, expected in roles.items()
        if (got := clients[role].get(address.format(child=house.child)).status_code) != expected
    ]
    assert wrong == []
    foreign = sign_in(other_school, "head")
    _post(foreign, f"/people/{house.child}/purpose", 404, purpose="care")
    _post(foreign, f"/emergencies/{house.child}", 404, verdict="yes", remark="x")
    assert foreign.get(f"/learners/{house.child}").status_code == 404
    for role in ("office", "teacher", "stranger"):
        _post(clients[role], f"/emergencies/{house.child}", 403, verdict="yes", remark="x")
        _post(clients[role], f"/exports/{house.child}/decide", 403, answer="agree")
