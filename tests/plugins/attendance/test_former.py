"""Absences at the school that a pupil came from in the middle of the year."""

from __future__ import annotations

import io
from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from core.sdk.data import new_id
from core.sdk.errors import Invalid, NotFound
from plugins.attendance import public
from plugins.attendance.models import FormerTotal
from plugins.attendance.services import former, former_file, registers, typed
from plugins.attendance.services.registers import Key
from plugins.learners.models import Enrolment, Movement
from tests.conftest import SignIn

from .conftest import MONDAY, World

CAME = date(2026, 9, 28)
"""Monday of the fourth week: 14 school days of the term are over, the ninth was a holiday."""
BEFORE = 14
OLD, PAPER = "THCS Nguyễn Du", "Giấy xác nhận 15/2026"


def _transferred(world: World, learner: UUID) -> None:
    with world.by(world.system) as ctx:
        mine = Enrolment.school_id == ctx.school_id, Enrolment.learner_id == learner
        ctx.session.execute(update(Enrolment).where(*mine).values(starts_on=CAME))
        stay = ctx.session.scalars(select(Enrolment).where(*mine)).one()
        ctx.session.add(
            Movement(id=new_id(), school_id=ctx.school_id, learner_id=learner, kind="transfer_in", happened_on=CAME,
                     year_id=stay.year_id, began=stay.id, other_school=OLD)
        )  # fmt: skip


def test_what_nobody_told_is_missing_and_what_was_told_is_added(world: World) -> None:
    an, binh, *_rest = world.pupils
    _transferred(world, an)
    with world.by(world.system) as ctx:
        registers.save(ctx, Key(world.first, MONDAY, 1), {}, base=0)
        found = public.totals(ctx, class_id=world.first, term=1)
        one, other = found[an], found[binh]
        assert (one.untold, one.sessions_expected, one.absent) == (BEFORE, 20, 0), "as for who was here all the time"
        assert (other.untold, other.sessions_expected) == (0, 20)
        assert one.within(10) is None, "what nobody knows is no fail"
        [line] = former.arrivals(ctx)
        assert (line.learner_id, line.from_school, line.terms) == (an, OLD, ())
        former.enter(ctx, an, {1: (3, 40)}, OLD, PAPER)
        one = public.totals(ctx)[an]
        assert (one.excused, one.unexcused, one.elsewhere, one.former_school) == (3, 40, 43, OLD)
        assert one.untold == 0 and (one.missing or 0) + BEFORE == other.missing and one.within(42) is False
        assert public.totals(ctx, learner_ids=[an])[an] == one
        typed.type_totals(ctx, world.first, 1, {an: (1, 0)})
        assert public.totals(ctx)[an].absent == 44, "a count by hand is of what happened here"


def test_entries_are_replaced_and_taken_back_and_stay_readable(world: World) -> None:
    an = world.pupils[0]
    with world.by(world.system) as ctx:
        assert former.enter(ctx, an, {1: (1, 2)}, OLD, PAPER) == 1
        assert former.enter(ctx, an, {1: (1, 2)}, OLD, PAPER) == 0, "the same once more"
        assert former.enter(ctx, an, {1: (2, 2)}, OLD, PAPER) == 1
        assert former.enter(ctx, an, {1: None}, "", "") == 1
        assert len(former.entries(ctx, an)) == 2 and all(line.ended_at for line in former.entries(ctx, an))
        assert public.totals(ctx, learner_ids=[an], term=1)[an].absent == 0
        for school, paper, values in (("", PAPER, {1: (0, 0)}), (OLD, "", {1: (0, 0)}), (OLD, PAPER, {3: (0, 0)}),
                                      (OLD, PAPER, {1: (0, 401)})):  # fmt: skip
            with pytest.raises(Invalid):
                former.enter(ctx, an, values, school, paper)
    with world.by(world.actor("teacher", world.teacher)) as ctx:
        former.enter(ctx, an, {1: (1, 0)}, OLD, PAPER)
        with pytest.raises(NotFound):
            former.enter(ctx, world.others[0], {1: (1, 0)}, OLD, PAPER)


LIST = "Mã học sinh;Họ và tên;Học kỳ;Có phép;Không phép;Trường cũ;Giấy tờ\n"


def test_a_list_is_taken_over_whole_or_not_at_all(world: World) -> None:
    good = f"HS0;Nguyễn Văn An;I;2;1;{OLD};{PAPER}\nHS1;;HK1;;4;{OLD};{PAPER}\n"
    bad = (
        f"HS9;;1;1;1;{OLD};{PAPER}\nHS1;;1;x;1;{OLD};{PAPER}\nHS2;;5;1;1;{OLD};{PAPER}\nHS3;;1;1;1;;\nHS0;;1;0;0;A;B\n"
    )
    with world.by(world.system) as ctx:
        with pytest.raises(Invalid) as refused:
            former_file.take_over(ctx, (LIST + good + bad).encode())
        assert set(refused.value.fields) == {"row_4", "row_5", "row_6", "row_7", "row_8"}
        assert ctx.session.scalars(select(FormerTotal)).all() == []
        assert former_file.take_over(ctx, (LIST + good).encode()) == 2
        found = public.totals(ctx, class_id=world.first, term=1)
        assert [(found[id].excused, found[id].unexcused) for id in world.pupils[:2]] == [(2, 1), (0, 4)]


def test_pages(app: Flask, world: World, sign_in: SignIn) -> None:
    app.extensions["truong"].clock = world.clock
    an = world.pupils[0]
    _transferred(world, an)
    office = sign_in(world.school, "office")
    assert "chưa nhập" in office.get("/attendance/former").text
    form = {"csrf_token": office.csrf, "from_school": OLD, "document": PAPER, "excused_1": "3"}  # type: ignore[attr-defined]
    path = f"/attendance/former/{an}"
    assert OLD in office.get(path).text
    assert office.post(path, data={**form, "unexcused_1": "x"}).status_code == 422
    assert office.post(path, data=form).status_code == 303
    assert "đã nhập" in office.get("/attendance/former").text
    assert f"trong đó 3 ở {OLD}" in office.get(f"/attendance/classes/{world.first}/totals").text
    sent = {"csrf_token": office.csrf, "file": (io.BytesIO(b"nothing"), "a.csv")}  # type: ignore[attr-defined]
    assert office.post("/attendance/former", data=sent).status_code == 422
    body = {"terms": [{"term": 1, "excused": 1, "unexcused": 2}], "from_school": OLD, "document": PAPER}
    token = {"X-CSRF-Token": office.csrf}  # type: ignore[attr-defined]
    api = "/api/v1/attendance"
    assert office.put(f"{api}/pupils/{an}/former-totals", json=body, headers=token).get_json() == {"changed": 1}
    [found] = office.get(f"{api}/totals?learner={an}").get_json()["items"]
    assert (found["absent"], found["elsewhere"], found["former_school"]) == (3, 3, OLD)
