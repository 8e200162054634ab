"""Figures, reports, imports and exports, code lists, and what is held on a person: pages for what all modules bring."""

from __future__ import annotations

import csv
import io
import json
from uuid import UUID

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import text

from core.data import sheets
from core.data.session import Database
from core.people.services import create_person, relate
from core.sdk.testing.fixtures import SignIn
from core.types.actor import Actor
from core.types.contributions import Column
from core.types.message import Message
from plugins.learners.services.classes import create_class
from plugins.learners.services.learners import create_learner


@pytest.fixture
def pupil(db: Database, school: UUID, system: Actor) -> UUID:
    """A pupil in a class, with a mother who can be reached, and a remark."""
    with db.context(system, school) as ctx:
        create_class(ctx, "6A")
        value = {"hovaten": "Nguyễn Văn An", "mahocsinh": "HS01", "sodinhdanh": "001099000001", "gioitinh": 1,
                 "lop": "6A", "ghichu": "hay ốm"}  # fmt: skip
        child = create_learner(ctx, value)
        ctx.session.execute(text("UPDATE core_person SET phones = '{+84900000009}' WHERE id = :id"), {"id": child})
        relate(ctx, create_person(ctx, "Trần Thị Mẹ", phones=["+84900000001"]), child, "mother")
    return child


def test_figures_say_what_they_count(school: UUID, pupil: UUID, sign_in: SignIn) -> None:
    head = sign_in(school, "head")
    page = head.get("/figures?lang=en").text
    for words in ("Pupils in a class of the present school year", "Decree 88/2026", "Billed so far", "Overdue fees"):
        assert words in page
    assert sign_in(school, "parent").get("/figures").status_code == 403


def test_a_report_is_read_and_taken_away(school: UUID, other_school: UUID, pupil: UUID, sign_in: SignIn) -> None:
    head = sign_in(school, "head")
    assert "6A" in head.get("/reports/learners.classes").text
    book = load_workbook(io.BytesIO(head.get("/reports/learners.classes?format=xlsx&lang=en").data)).active
    assert book is not None
    assert [cell.value for cell in book[1]] == ["Class", "Grade", "Pupils", "Girls", "Boys"]
    assert [cell.value for cell in book[2]] == ["6A", 6, 1, 0, 1]
    rows = list(csv.reader(io.StringIO(head.get("/reports/learners.classes?format=csv").data.decode("utf-8-sig")),
                           delimiter=";"))  # fmt: skip
    assert rows[1] == ["6A", "6", "1", "0", "1"]
    assert head.get("/reports/nothing").status_code == 404
    assert sign_in(school, "office").get("/reports/finance.debtors").status_code == 403
    assert "6A" not in sign_in(other_school, "head").get("/reports/learners.classes").text


def test_files_in_and_out_have_one_page(school: UUID, sign_in: SignIn) -> None:
    page = sign_in(school, "office").get("/exchange").text
    assert "/imports" in page
    assert "format=xlsx" in page
    assert "/learners/export" not in sign_in(school, "accountant").get("/exchange").text


def test_code_lists_for_people_and_programs(school: UUID, sign_in: SignIn) -> None:
    head = sign_in(school, "head")
    assert "Quyết định 19/2025" in head.get("/code-lists/learners.provinces").text
    assert "Dân tộc" in head.get("/code-lists").text
    lists = json.loads(head.get("/api/v1/code-lists").data)
    assert {"learners.provinces", "learners.ethnic_groups"} <= {each["name"] for each in lists["items"]}
    one = json.loads(head.get("/api/v1/code-lists/learners.provinces").data)
    assert one["version"] == "2025-07"
    assert {"code": "01", "label": "Hà Nội"} in one["codes"]
    assert head.get("/api/v1/code-lists/learners.provinces?version=1900").status_code == 404
    assert head.get("/api/v1/code-lists/nothing").status_code == 404


def test_all_that_is_held_is_shown_and_looking_is_recorded(
    db: Database, school: UUID, other_school: UUID, pupil: UUID, system: Actor, sign_in: SignIn
) -> None:
    head = sign_in(school, "head")
    page = head.get(f"/people/{pupil}/data?lang=en").text
    for words in ("Nguyễn Văn An", "001099000001", "hay ốm", "Trần Thị Mẹ", "Duty of the school"):
        assert words in page, words
    body = json.loads(head.get(f"/people/{pupil}/data.json").data)
    assert {"core.person", "learners.record"} <= {each["name"] for each in body["held"]}
    assert all(each["complete"] for each in body["held"])
    with db.context(system, school) as ctx:
        seen = ctx.session.execute(
            text("SELECT detail->>'how' FROM core_audit_pending WHERE action = 'people.data_seen' ORDER BY at")
        )
        assert list(seen.scalars()) == ["shown", "exported"]
    assert sign_in(other_school, "head").get(f"/people/{pupil}/data").status_code == 404
    assert sign_in(school, "accountant").get(f"/people/{pupil}/data").status_code == 404


def test_a_family_sees_its_own(db: Database, school: UUID, pupil: UUID, system: Actor, sign_in: SignIn) -> None:
    with db.context(system, school) as ctx:
        mother = ctx.session.scalar(text("SELECT person_id FROM core_relation WHERE related_id = :id"), {"id": pupil})
        other = create_person(ctx, "Bạn Khác")
    parent = sign_in(school, "parent", person_id=mother)
    assert "HS01" in parent.get(f"/people/{pupil}/data").text
    assert f'href="/people/{mother}/data"' in parent.get("/").text, "the way there begins in the menu of the account"
    assert f'href="/people/{pupil}/data"' in parent.get(f"/people/{mother}/data").text
    assert parent.get(f"/people/{other}/data").status_code == 404
    assert parent.get(f"/people/{pupil}/erase").status_code == 403


def test_erasing_takes_what_no_duty_keeps(
    db: Database, school: UUID, pupil: UUID, system: Actor, sign_in: SignIn, app: Flask
) -> None:
    head = sign_in(school, "head")
    plan = head.get(f"/people/{pupil}/erase?lang=en").text
    assert "Remark" in plan
    assert "article 8.3" in plan
    with db.context(system, school) as ctx:
        assert ctx.session.scalar(text("SELECT remark FROM learners_learner")) == "hay ốm", "a plan changes nothing"
    answer = head.post(f"/people/{pupil}/erase", data={"csrf_token": head.csrf})  # type: ignore[attr-defined]
    assert answer.status_code == 303, answer.text
    with db.context(system, school) as ctx:
        row = ctx.session.execute(text("SELECT remark, personal_id FROM learners_learner")).one()
        assert tuple(row) == (None, "001099000001")
        assert ctx.session.scalar(text("SELECT phones FROM core_person WHERE id = :id"), {"id": pupil}) == []
        done = "SELECT count(*) FROM core_audit_pending WHERE action = 'people.data_erased'"
        assert ctx.session.scalar(text(done)) == 1


def test_no_cell_becomes_a_formula() -> None:
    columns = (Column("a", Message("A")),)
    assert b"'=1+1" in b"".join(sheets.csv_pieces(columns, [("=1+1",)], str))
    book = load_workbook(sheets.workbook("x/[y]", columns, [("=1+1",), (None,)], str)).active
    assert book is not None
    assert (book["A2"].value, book["A2"].data_type) == ("=1+1", "s")
