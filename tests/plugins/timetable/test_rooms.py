"""Rooms as rows: named in files however people write them, shown by room, never two classes in one."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from uuid import UUID

import pytest

from core.data.session import Database
from core.sdk import Actor
from core.sdk.data import local_date
from core.sdk.errors import Conflict, Invalid
from plugins.timetable.rules.board import Slot
from plugins.timetable.rules.rooms import room_key, room_name
from plugins.timetable.services import absences, days, editing, importing, rooms, versions
from plugins.timetable.services.substitutions import propose
from tests.conftest import SignIn

from .conftest import Stand

HEADER = ["Thứ", "Buổi", "Tiết", "6A1", "6A2"]


def _file() -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(
        [
            HEADER,
            ["Thứ 2", "Sáng", "2", "Toán - Phòng 12", "Tin - P.Tin 1"],
            ["Thứ 2", "Sáng", "3", "Ngữ văn - P. 12", "Toán - p.tin1"],
        ]
    )
    return text.getvalue().encode()


def test_the_same_room_however_it_is_written() -> None:
    assert {room_key(text) for text in ("Phòng Tin 1", "P.Tin 1", "tin1", "p.tin 1", "PHÒNG TIN 1")} == {"tin1"}
    assert [room_name(text) for text in ("Phòng 12", "P.12", "A1.2", "Pháp 2")] == ["12", "12", "A1.2", "Pháp 2"]


def test_a_file_brings_rooms_and_they_are_matched(db: Database, system: Actor, stand: Stand) -> None:
    with db.context(system, stand.school) as ctx:
        lab = rooms.save(ctx, None, name="Phòng máy", kind="computer", capacity=40)
        plan = importing.plan_file(ctx, "tkb.csv", _file())
        held = importing.get_import(ctx, plan).plan
        assert len(held["lessons"]) == 4 and sorted(held["rooms"]) == ["P.Tin 1", "Phòng 12"], held["problems"]
        version = importing.confirm(ctx, plan, "Có phòng", {"P.Tin 1": lab})
        _found, board = editing.opened(ctx, version)
        assert sorted(lesson.room for lesson in board.lessons) == ["12", "12", "Máy", "Máy"]
        assert [(room.name, room.kind) for room in rooms.rooms(ctx)] == [("12", "classroom"), ("Máy", "computer")]
        first = next(o for o in board.lessons if o.slot == Slot(1, 2) and o.class_id == stand.classes["6A1"])
        with pytest.raises(Conflict):
            editing.describe(ctx, version, first.id, revision=1, room="phòng máy", teacher_id=None, fixed=False)
        with pytest.raises(Invalid):
            editing.describe(ctx, version, first.id, revision=1, room="99", teacher_id=None, fixed=False)
        editing.describe(ctx, version, first.id, revision=1, room="", teacher_id=None, fixed=False)
        with pytest.raises(Invalid) as caught:
            rooms.save(ctx, None, name="P.12", capacity=0, kind="cellar")
        assert set(caught.value.fields) == {"name", "kind", "capacity"}


def test_rooms_on_pages_and_a_substitute_reads_where_to_go(
    db: Database, system: Actor, stand: Stand, sign_in: SignIn
) -> None:
    client = sign_in(stand.school, "office")
    csrf = {"csrf_token": client.csrf}  # type: ignore[attr-defined]
    assert client.post("/timetable/rooms", data={**csrf, "name": "", "kind": "hall"}).status_code == 422
    hall = {**csrf, "name": "A1", "kind": "hall", "capacity": "45"}
    assert client.post("/timetable/rooms", data=hall).status_code == 303
    with db.context(system, stand.school) as ctx:
        [room] = rooms.rooms(ctx)
        copy = versions.copy(ctx, stand.version, "Mới")
        lesson = next(o for o in editing.opened(ctx, copy)[1].lessons if o.kind == "lesson" and o.teacher)
        editing.describe(ctx, copy, lesson.id, revision=1, room="A1", teacher_id=None, fixed=False)
        today = local_date(ctx.now())
        versions.put_in_force(ctx, copy, today + timedelta(days=1))
        monday = days.monday(today) + timedelta(days=7)
        day = monday + timedelta(days=lesson.slot.weekday - 1)
        absences.enter(ctx, lesson.teacher, day, day, "sick", tell=False)  # type: ignore[arg-type]
        proposal = next(p for p in propose(ctx, day, day) if p.lesson.lesson == lesson.id)
        assert proposal.candidates, "somebody is free"
        absences.substitute(ctx, lesson.id, day, proposal.candidates[0].teacher)
    shown = client.get(f"/timetable/?by=room&of={room.id}&day={day}")
    assert shown.status_code == 200 and "A1" in shown.text and "Dạy thay" in shown.text
    substitute = sign_in(stand.school, "teacher", person_id=proposal.candidates[0].teacher)
    with db.context(system, stand.school) as ctx:
        told = absences.told(days.between(ctx, day, day), proposal.lesson)
    assert str(told.params["room"]) == "A1" and {"subject", "name", "number", "clock"} <= set(told.params)
    page = substitute.get("/inbox").text
    assert f"phòng {room.name}" in page and str(told.params["clock"]) in page
    closed = client.post(f"/timetable/rooms/{room.id}", data={**csrf, "name": "A1", "kind": "hall", "closed": "1"})
    assert closed.status_code == 303 and client.get(f"/timetable/rooms/{room.id}").status_code == 200
    assert client.get(f"/timetable/rooms/{UUID(int=7)}").status_code == 404
