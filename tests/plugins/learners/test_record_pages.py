"""Pages of the record, the year, the data quality desk and double records: what they do, and to whom they open."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from core.data.session import Database
from core.school.services import open_year
from core.sdk import Actor
from core.sdk.data import local_date, utc_now
from core.sdk.people import guardians_of
from plugins.learners import public
from plugins.learners.services import movements, policies
from plugins.learners.services.classes import class_choices, create_class
from plugins.learners.services.learners import create_learner
from tests.conftest import SignIn

PDF = b"%PDF-1.4 a paper"


def _post(client: FlaskClient, url: str, **data: object) -> str:
    answer = client.post(url, data={**data, "csrf_token": client.csrf})  # type: ignore[attr-defined]
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


@pytest.fixture
def family(db: Database, school: UUID, system: Actor) -> tuple[UUID, UUID, UUID]:
    """A pupil with a sibling and a mother."""
    with db.context(system, school) as ctx:
        for name in ("7A1", "7A2"):
            create_class(ctx, name)
        mother = {"hovaten": "Lê Thị Hoa", "sdt": ["+84900000002"]}
        value = {"ngaysinh": "2014-05-02", "gioitinh": 1, "lop": "7A1", "me": mother}
        child = create_learner(ctx, {**value, "hovaten": "Trần Gia An"})
        other = create_learner(ctx, {**value, "hovaten": "Trần Gia Bảo"})
        return child, other, guardians_of(ctx, child)[0].id


def test_the_record_from_further_fields_to_the_paper_of_a_policy_group(
    school: UUID, sign_in: SignIn, family: tuple[UUID, UUID, UUID]
) -> None:
    child, other, mother = family
    client = sign_in(school, "office")
    place = f"/learners/{child}"
    _post(client, f"{place}/more", swims="1", area="2", other_name="Bé Na", disability_kind="3")
    more = client.get(f"{place}?tab=more")
    assert "Bé Na" in more.text and "Khu vực 2 (KV2)" in more.text
    wrong = client.post(f"{place}/more", data={"area": "9", "csrf_token": client.csrf})  # type: ignore[attr-defined]
    assert wrong.status_code == 422
    _post(client, f"{place}/verify", checked="verified", checked_against="Giấy khai sinh")
    _post(client, f"{place}/numbers", scheme="school", value="SDB 17")
    numbers = client.get(f"{place}?tab=more").text
    assert "SDB17" in numbers and "Giấy khai sinh" in numbers
    _post(client, f"{place}/family/{mother}", may_access="1", may_be_told="1", position="1", has_custody="1")
    _post(client, f"{place}/siblings/{other}", confirmed="1")
    page = client.get(f"{place}?tab=family").text
    assert "1. Lê Thị Hoa" in page and "Trần Gia Bảo" in page and "Đã xác nhận" in page
    refused = client.post(
        f"{place}/family/{mother}",
        data={"may_be_told": "1", "csrf_token": client.csrf},  # type: ignore[attr-defined]
    )
    assert refused.status_code == 422 and "không được xem hồ sơ" in refused.text
    client.get(f"{place}/edit")  # states the purpose, so that the tab of policy groups opens
    for content, says in ((b"MZ no paper", "PDF"), (PDF, "")):
        data = {"name": "Hộ nghèo", "valid_from": "2026-08-01", "paper": (io.BytesIO(content), "giay.pdf")}
        _post(client, f"{place}/policies", **data)
        assert says in client.get(f"{place}?tab=policies").text
    page = client.get(f"{place}?tab=policies").text
    link = re.search(rf'href="({place}/papers/[0-9a-f-]+)"', page)
    assert link and client.get(link[1]).data == PDF
    client.get(f"/learners/{other}/edit")
    assert client.get(link[1].replace(str(child), str(other))).status_code == 404, "the paper of another pupil"
    history = client.get(f"{place}?tab=history").text
    assert "Biết bơi" in history and "giá trị không hiện ở đây" in history


def test_a_step_and_its_way_back(school: UUID, sign_in: SignIn, family: tuple[UUID, UUID, UUID]) -> None:
    client = sign_in(school, "office")
    place = f"/learners/{family[0]}"
    today = local_date(utc_now()).isoformat()
    wrong = client.post(f"{place}/step", data={"kind": "transfer_out", "on": today, "csrf_token": client.csrf})  # type: ignore[attr-defined]
    assert wrong.status_code == 422 and "tên trường kia" in wrong.text
    _post(client, f"{place}/step", kind="transfer_out", on=today, other_school="THCS Sao Mai", document="12/GGT")
    page = client.get(f"{place}?tab=steps").text
    assert "THCS Sao Mai" in page and "Chuyển đi" in page
    back = re.search(rf'action="({place}/step/[0-9a-f-]+/back)"', page)
    assert back
    _post(client, back[1])
    assert "Đang học" in client.get(f"{place}?tab=steps").text


def test_the_desk_leads_from_field_to_field(school: UUID, sign_in: SignIn, family: tuple[UUID, UUID, UUID]) -> None:
    first, second, _mother = family
    client = sign_in(school, "office")
    desk = client.get("/learners/quality").text
    assert "Chưa có dân tộc" in desk and "7A1" in desk
    assert "Trần Gia An" in client.get("/learners/quality/list?rule=C_ETHNIC").text
    place = client.get("/learners/quality/next?rule=C_ETHNIC").headers["Location"]
    assert place == f"/learners/{first}/edit?desk=C_ETHNIC#f-dantoc"
    form = client.get(place).text
    version = re.search(r'name="version" value="(\d+)"', form)
    assert version and 'name="desk" value="C_ETHNIC"' in form
    fields = {"hovaten": "Trần Gia An", "ngaysinh": "02/05/2014", "lop": "7A1", "dantoc": "01", "gioitinh": "1"}
    on = _post(client, f"/learners/{first}/edit", **fields, desk="C_ETHNIC", version=version[1])
    place = client.get(on).headers["Location"]
    assert place == f"/learners/{second}/edit?desk=C_ETHNIC#f-dantoc"
    on = _post(client, f"/learners/{second}/more", swims="1", desk="C_AREA")
    assert client.get(on).headers["Location"] == "/learners/quality", "the end of the list"
    assert client.get("/learners/quality/next?rule=NONE").status_code == 404


def test_the_turn_of_the_year_is_shown_before_it_is_done(
    db: Database, school: UUID, system: Actor, sign_in: SignIn, family: tuple[UUID, UUID, UUID]
) -> None:
    client = sign_in(school, "head")
    assert "Chưa mở năm học tiếp theo" in client.get("/learners/year").text
    with db.context(system, school) as ctx:
        new = open_year(ctx, "2027-2028", date(2027, 8, 1), date(2028, 7, 31), current=False)
        old = public.enrolments_of(ctx, family[0])[0]
    _post(client, f"/learners/classes/{old.class_id}/promotion", all="1", **{f"pupil:{family[1]}": "repeats"})
    page = client.get("/learners/year").text
    assert "8A1" in page
    given = {"from": old.year_id, "to": new, f"target:{old.class_id}": "8A9", "csrf_token": client.csrf}  # type: ignore[attr-defined]
    shown = client.post("/learners/year", data=given)
    assert "8A9" in shown.text and "Chuyển 2 học sinh" in shown.text
    wrong = client.post("/learners/year", data={**given, f"target:{old.class_id}": "9A1"})
    assert wrong.status_code == 422
    _post(client, "/learners/year", **{**given, "confirmed": "1"})
    with db.context(system, school) as ctx:
        rows = [(one.class_name, one.year_name) for one in public.enrolments_of(ctx, family[0])]
        assert rows == [("7A1", "2026-2027"), ("8A9", "2027-2028")]
    undo = re.search(r'action="(/learners/year/moves/[0-9a-f-]+/undo)"', client.get("/learners/year").text)
    assert undo
    _post(client, undo[1])
    with db.context(system, school) as ctx:
        assert len(public.enrolments_of(ctx, family[0])) == 1


def test_a_class_is_split_with_a_preview(
    db: Database, school: UUID, system: Actor, sign_in: SignIn, family: tuple[UUID, UUID, UUID]
) -> None:
    client = sign_in(school, "office")
    with db.context(system, school) as ctx:
        class_id = public.enrolments_of(ctx, family[0])[0].class_id
    url = f"/learners/classes/{class_id}/regroup"
    given = {"kind": "split", "target": "7a3", "on": local_date(utc_now()).isoformat(), "pupils": [str(family[1])]}
    shown = client.post(url, data={**given, "csrf_token": client.csrf})  # type: ignore[attr-defined]
    assert "2 → 1" in shown.text and "Trần Gia Bảo" in shown.text
    assert client.post(url, data={**given, "pupils": [], "csrf_token": client.csrf}).status_code == 422  # type: ignore[attr-defined]
    _post(client, url, **given, confirmed="1")
    with db.context(system, school) as ctx:
        assert [one.full_name for one in public.class_list(ctx, class_id)] == ["Trần Gia An"]
        assert {one.name for one in class_choices(ctx)} == {"7A1", "7A2", "7A3"}


def test_double_records_are_compared_merged_and_taken_apart(
    db: Database, school: UUID, system: Actor, sign_in: SignIn, family: tuple[UUID, UUID, UUID]
) -> None:
    with db.context(system, school) as ctx:
        twin = create_learner(ctx, {"hovaten": "Trần Gia An", "ngaysinh": "2014-05-02", "gioitinh": 1, "lop": "7A2"})
    client = sign_in(school, "office")
    url = f"/learners/doubles/{family[0]}/{twin}"
    assert url in client.get("/learners/doubles").text
    assert "Hồ sơ thứ hai" in client.get(url).text
    _post(client, url, lop="first")
    assert client.get(f"/learners/{twin}").status_code == 404
    page = client.get("/learners/doubles").text
    undo = re.search(r'action="(/learners/doubles/merges/[0-9a-f-]+/undo)"', page)
    assert undo
    _post(client, undo[1])
    assert client.get(f"/learners/{twin}").status_code == 200
    _post(client, f"{url}/distinct")
    assert url not in client.get("/learners/doubles").text


def _addresses(child: UUID, other: UUID, mother: UUID, class_id: UUID, paper: UUID) -> Iterator[tuple[str, str]]:
    """Every new page and action, as method and address."""
    one = uuid4()
    for part in ("more", "step", f"family/{mother}", f"papers/{paper}"):
        yield "GET", f"/learners/{child}/{part}"
    for part in (
        "more", "verify", "numbers", f"numbers/{one}/remove", "policies", f"policies/{one}/verify",
        f"policies/{one}/end", "step", f"step/{one}/back", f"family/{mother}", f"siblings/{other}",
    ):  # fmt: skip
        yield "POST", f"/learners/{child}/{part}"
    for part in ("quality", "quality/list", "quality/next?rule=C_ID", "year", "doubles", f"doubles/{child}/{other}"):
        yield "GET", f"/learners/{part}"
    for part in ("promotion", "regroup"):
        yield "GET", f"/learners/classes/{class_id}/{part}"
        yield "POST", f"/learners/classes/{class_id}/{part}"
    for part in ("year", f"year/moves/{one}/undo", f"doubles/{child}/{other}", f"doubles/{child}/{other}/distinct",
                 f"doubles/merges/{one}/undo"):  # fmt: skip
        yield "POST", f"/learners/{part}"


def test_every_new_page_is_closed_to_teachers_parents_and_other_schools(
    db: Database, school: UUID, other_school: UUID, system: Actor, sign_in: SignIn, family: tuple[UUID, UUID, UUID]
) -> None:
    child, other, mother = family
    with db.context(system, school) as ctx:
        class_id = public.enrolments_of(ctx, child)[0].class_id
        policies.add_policy(ctx, child, "Hộ nghèo", date(2026, 8, 1), None)
        stranger = create_learner(ctx, {"hovaten": "Vũ Minh Châu", "ngaysinh": "2014-01-01", "gioitinh": 2,
                                        "me": {"hovaten": "Phạm Thị Lan", "sdt": ["+84900000077"]}})  # fmt: skip
        foreign = guardians_of(ctx, stranger)[0].id
    clients = {
        "teacher": sign_in(school, "teacher"),
        "foreign parent": sign_in(school, "parent", person_id=foreign),
        "parent": sign_in(school, "parent", person_id=mother),
    }
    for who, client in clients.items():
        for method, url in _addresses(child, other, mother, class_id, uuid4()):
            answer = client.open(url, method=method, data={"csrf_token": client.csrf})  # type: ignore[attr-defined]
            assert answer.status_code in (403, 404), f"{who}: {method} {url} {answer.status_code}"
    for tab in ("more", "policies", "steps", "family", "history"):
        assert clients["foreign parent"].get(f"/learners/{child}?tab={tab}").status_code == 404
        assert clients["parent"].get(f"/learners/{child}?tab={tab}").status_code == 200
    assert "Trần Gia Bảo" not in clients["parent"].get(f"/learners/{child}?tab=family").text
    office = sign_in(other_school, "office")
    for method, url in _addresses(child, other, mother, class_id, uuid4()):
        if str(child) in url or str(class_id) in url:
            answer = office.open(url, method=method, data={"csrf_token": office.csrf, "kind": "leave"})  # type: ignore[attr-defined]
            assert answer.status_code in (404, 422), f"{method} {url} {answer.status_code}"
    with db.context(system, school) as ctx:
        assert movements.movements_of(ctx, child) == []


@contextmanager
def _counting(db: Database) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield statements
    event.remove(db.engine, "before_cursor_execute", note)


def test_pages_ask_the_same_number_of_questions_for_more_pupils(
    db: Database, school: UUID, system: Actor, sign_in: SignIn, family: tuple[UUID, UUID, UUID]
) -> None:
    client = sign_in(school, "office")
    with db.context(system, school) as ctx:
        class_id = public.enrolments_of(ctx, family[0])[0].class_id
    pages = [
        f"/learners/{family[0]}?tab={tab}" for tab in ("more", "policies", "steps", "family", "history")
    ] + ["/learners/quality", "/learners/quality/list", "/learners/year", f"/learners/classes/{class_id}/promotion",
         "/learners/doubles"]  # fmt: skip
    asked: list[list[int]] = []
    for _round in range(2):
        counts = []
        for page in pages:
            client.get(page)
            with _counting(db) as statements:
                assert client.get(page).status_code == 200
            counts.append(len(statements))
        asked.append(counts)
        with db.context(system, school) as ctx:
            for number in range(12):
                value = {"ngaysinh": "2014-03-01", "gioitinh": 1, "lop": "7A1"}
                mother = {"hovaten": "Lê Thị Hoa", "sdt": ["+84900000002"]}
                create_learner(ctx, {**value, "hovaten": f"Lê Văn {chr(65 + number)}", "me": mother})
    assert asked[0] == asked[1], list(zip(pages, *asked, strict=True))
    assert max(asked[0]) <= 30, list(zip(pages, asked[0], strict=True))
