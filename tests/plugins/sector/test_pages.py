"""Pages and the API: who reaches what, the way of a batch by clicks, and the door for the file."""

from __future__ import annotations

import io
from uuid import UUID

import openpyxl
from flask.testing import FlaskClient
from sqlalchemy import event, select

from core.data.session import Database
from core.sdk import Actor
from plugins.learners.models import SchoolClass
from plugins.sector.models import Batch, OwnShape
from plugins.sector.services import batches
from plugins.sector.services.checking import get_batch
from tests.conftest import SignIn

from .conftest import NAMES, Sector, content_of, send, take

API = "/api/v1/sector"


def _post(client: FlaskClient, path: str, **form: object) -> tuple[int, str]:
    answer = client.post(path, data={"csrf_token": client.csrf, **form})  # type: ignore[attr-defined]
    return answer.status_code, answer.headers.get("Location", "")


def _paths(batch_id: UUID) -> dict[str, str]:
    own = f"/sector/batches/{batch_id}"
    return {
        "index": "/sector/", "desk": "/sector/desk", "shapes": "/sector/shapes", "new": "/sector/new", "batch": own,
        "api": f"{API}/batches", "api batch": f"{API}/batches/{batch_id}", "api rows": f"{API}/batches/{batch_id}/rows",
        "api refusals": f"{API}/refusals",
    }  # fmt: skip


def test_who_reaches_what(db: Database, system: Actor, small: UUID, other_school: UUID, sign_in: SignIn) -> None:
    with db.context(system, small) as ctx:
        batch_id = batches.make_batch(ctx, "profiles")
    office = sign_in(small, "office")
    paths = _paths(batch_id)
    assert {name: office.get(path).status_code for name, path in paths.items()} == dict.fromkeys(paths, 200)
    posts = ["check", "leave-out", "write", "handed-over", "answer", "discard"]
    for role in ("teacher", "parent", "accountant"):
        client = sign_in(small, role)
        assert {client.get(path).status_code for path in [*paths.values(), f"{paths['batch']}/file"]} == {403}, role
        assert {_post(client, f"{paths['batch']}/{step}")[0] for step in posts} == {403}, role
        assert _post(client, "/sector/batches", kind="profiles")[0] == _post(client, "/sector/shapes")[0] == 403
        head = {"X-CSRF-Token": client.csrf}  # type: ignore[attr-defined]
        for step in ("check", "left-out", "file", "handed-over", "answers"):
            assert client.post(f"{API}/batches/{batch_id}/{step}", json={}, headers=head).status_code in (403, 422)
        assert client.post(f"{API}/batches", json={"kind": "profiles"}, headers=head).status_code == 403
    stranger = sign_in(other_school, "head", "office")
    foreign = [paths["batch"], f"{paths['batch']}/file", paths["api batch"], paths["api rows"]]
    assert [stranger.get(path).status_code for path in foreign] == [404] * 4
    for step in posts[:4] + posts[5:]:
        assert _post(stranger, f"{paths['batch']}/{step}")[0] == 404, step
    answer = (io.BytesIO(b"x"), "a.xlsx")
    _post(stranger, f"{paths['batch']}/answer", file=answer)
    assert "Nguyễn Văn An" not in stranger.get("/sector/").text + stranger.get("/sector/desk").text
    with db.context(system, small) as ctx:
        assert get_batch(ctx, batch_id).state == "checked", "nobody else moved it"


def test_by_clicks_from_the_check_to_the_answer(
    db: Database, system: Actor, small: UUID, sector: Sector, sign_in: SignIn
) -> None:
    with db.context(system, small) as ctx:
        ctx.session.connection().exec_driver_sql("UPDATE learners_learner SET ethnic = NULL WHERE code = 'HS0'")
    office = sign_in(small, "office")
    status, page = _post(office, "/sector/batches", kind="profiles")
    assert status == 303
    seen = office.get(page).text
    assert "1 dòng chưa gửi được" in seen and "#f-dantoc" in seen and "Nguyễn Văn An" in seen
    assert "Tạo tệp</span></button>" not in seen, "nothing leaves with errors"
    assert _post(office, f"{page}/write") == (303, page)
    assert _post(office, f"{page}/leave-out", do="errors") == (303, page)
    assert _post(office, f"{page}/write") == (303, page)
    # Records of pupils have sensitive columns: a second person has to agree before the file leaves.
    door = office.get(f"{page}/file")
    assert door.status_code == 303 and "/exports/" in door.headers["Location"]
    assert _post(office, f"{page}/handed-over", note="L-77") == (303, page)
    with db.context(system, small) as ctx:
        batch = ctx.session.scalars(select(Batch)).one()
        content = content_of(ctx, batch.id)
        assert (batch.state, batch.handed_by, batch.handed_note) == ("handed", "Người thử", "L-77")
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert rows[0][0] == "HỒ SƠ HỌC SINH" and len(rows) == 3 + 3
    assert "=HYPERLINK(1)" in rows[-3] + rows[-2] + rows[-1]
    assert openpyxl.load_workbook(io.BytesIO(content)).active["D4"].data_type == "s", "text stays text"  # type: ignore[index]
    said = sector.answer(content, "--loud")
    for _again in range(2):
        assert _post(office, f"{page}/answer", file=(io.BytesIO(said), "kq.xlsx")) == (303, page)
    assert "Tiếp nhận toàn bộ" in office.get(page).text
    assert _post(office, f"{page}/answer", file=(io.BytesIO(b"no table"), "kq.xlsx")) == (303, page)
    assert "không có kết quả đọc được" in office.get(page).text or "không đọc được" in office.get(page).text


def test_the_same_by_the_api(db: Database, system: Actor, small: UUID, sector: Sector, sign_in: SignIn) -> None:
    office = sign_in(small, "office")
    head = {"X-CSRF-Token": office.csrf}  # type: ignore[attr-defined]

    def post(path: str, body: object = None, **more: object) -> tuple[int, dict[str, object]]:
        answer = office.post(f"{API}{path}", json=body, headers=head, **more)
        return answer.status_code, answer.get_json()

    status, made = post("/batches", {"kind": "profiles", "grade": 6})
    assert status == 201
    path = f"/batches/{made['id']}"
    assert post("/batches", {"kind": "term_marks"})[0] == 422
    assert post(f"{path}/left-out", {"rows": [1]}) == (200, {"changed": 1})
    assert post(f"{path}/left-out", {"back": True}) == (200, {"changed": 1})
    assert post(f"{path}/file")[1]["rows"] == {"in_file": 4}
    assert post(f"{path}/file")[0] == 409
    assert post(f"{path}/handed-over", {})[1]["state"] == "handed"
    with db.context(system, small) as ctx:
        said = sector.answer(content_of(ctx, UUID(str(made["id"]))), "--refuse", "2")
    data = {"file": (io.BytesIO(said), "kq.xlsx")}
    answer = office.post(f"{API}{path}/answers", data=data, headers=head, content_type="multipart/form-data")
    assert answer.status_code == 201
    rows = office.get(f"{API}{path}/rows?limit=3").get_json()
    assert len(rows["items"]) == 3 and rows["next"] and "values" not in rows["items"][0]
    refused = office.get(f"{API}/refusals?kind=profiles").get_json()["items"]
    assert refused and {one["message"] for one in refused} == {"Học sinh đang có hồ sơ ở trường khác"}
    assert refused[0]["full_name"] in office.get("/sector/desk").text


def test_a_departments_template_takes_the_place_of_ours(
    db: Database, system: Actor, small: UUID, sign_in: SignIn
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Mau_Nhap_HS"
    for row in (["SỞ GIÁO DỤC VÀ ĐÀO TẠO"], [], ["HỌ TÊN HỌC SINH (*)", "Ngày tháng năm sinh", "giới tính", "Mã huyện",
                "Mã học sinh"], [1, 2, 3, 4, 5]):  # fmt: skip
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    office = sign_in(small, "office")
    status, page = _post(office, "/sector/shapes", kind="profiles", year="2026-2027",
                         file=(io.BytesIO(content.getvalue()), "mau-so.xlsx"))  # fmt: skip
    assert status == 303
    seen = office.get(page).text
    assert "Mã huyện" in seen and "Không nhận ra, để trống" in seen
    assert "mau-so.xlsx" in office.get("/sector/shapes").text
    with db.context(system, small) as ctx:
        batch = send(ctx)
        rows = list(
            openpyxl.load_workbook(io.BytesIO(content_of(ctx, batch.id)))["Mau_Nhap_HS"].iter_rows(values_only=True)
        )
    assert rows[0][0] == "SỞ GIÁO DỤC VÀ ĐÀO TẠO"
    assert rows[2][:4] == ("HỌ TÊN HỌC SINH (*)", "Ngày tháng năm sinh", "giới tính", "Mã huyện")
    assert sorted(str(row[0]) for row in rows[3:]) == sorted(NAMES) and all(row[3] is None for row in rows[3:])
    bad = (io.BytesIO("Tên;Tuổi\nAn;7\n".encode()), "x.csv")
    assert _post(office, "/sector/shapes", kind="profiles", year="2026-2027", file=bad)[0] == 422
    assert _post(office, f"{page}/remove") == (303, "/sector/shapes")
    with db.context(system, small) as ctx:
        assert ctx.session.scalars(select(OwnShape)).all() == []


def test_pages_take_a_bounded_number_of_queries(
    db: Database, system: Actor, thcs: UUID, sector: Sector, sign_in: SignIn
) -> None:
    with db.context(system, thcs) as ctx:
        small_class = ctx.session.scalars(select(SchoolClass.id).order_by(SchoolClass.position)).first()
        one = send(ctx, class_id=small_class)
        one = take(ctx, one, sector.answer(content_of(ctx, one.id), "--refuse", "8"))
        whole = send(ctx)
        whole = take(ctx, whole, sector.answer(content_of(ctx, whole.id), "--refuse", "8"))
        ids = one.id, whole.id
    office = sign_in(thcs, "office")
    seen: list[int] = []
    statements = 0

    def count(*_given: object) -> None:
        nonlocal statements
        statements += 1

    event.listen(db.engine, "before_cursor_execute", count)
    for batch_id in ids:
        statements = 0
        for path in ("/sector/", "/sector/desk", f"/sector/batches/{batch_id}", f"{API}/batches/{batch_id}/rows"):
            assert office.get(path).status_code == 200
        seen.append(statements)
    assert seen[1] <= seen[0] < 40, "of 30 pupils as of 1,160"
