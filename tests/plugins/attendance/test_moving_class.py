"""One pupil who joins, changes the class, leaves, comes back and moves up: the right class on every day, everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.school.services import open_year, set_current_year
from core.sdk import Context
from core.sdk.school import current_year
from plugins.attendance.rules.merge import Value
from plugins.attendance.services import overview, pupils, registers, totals
from plugins.attendance.services.registers import Key
from plugins.learners import public as learners
from plugins.learners.services import movements, quality, rollover
from plugins.learners.services.learners import create_learner, get_learner, list_learners
from plugins.learners.services.movements import Papers
from tests.conftest import SignIn

from .conftest import World

JOINED, MOVED, LEFT, RETURNED = date(2026, 10, 5), date(2026, 10, 14), date(2026, 11, 9), date(2026, 11, 23)
NEW_YEAR = date(2027, 9, 6)
NAME = "Đỗ Khánh Linh"
ABSENT = Value("unexcused")


@dataclass
class Walk:
    """The world on a day, and the pupil."""

    world: World
    pupil: UUID

    def on(self, day: date) -> None:
        self.world.clock.now = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)

    def classes(self, ctx: Context, day: date) -> list[str]:
        """In which class the lists of a day show the pupil, wherever somebody looks."""
        both = (self.world.first, self.world.second)
        rolls = [c for c in both if self.pupil in {m.id for m in learners.class_list(ctx, c, day)}]
        opened = [
            c for c in both
            if self.pupil in {line.id for line in registers.register(ctx, Key(c, day, 1)).lines}
        ]  # fmt: skip
        at = [
            row.class_id for row in ctx.session.execute(learners.enrolled_at(ctx, day)) if row.person_id == self.pupil
        ]
        assert rolls == opened == at, day
        return [learners.class_of(ctx, one).name for one in rolls]


@pytest.fixture
def walk(app: Flask, world: World) -> Iterator[Walk]:
    app.extensions["truong"].clock = world.clock
    with world.by(world.system) as ctx:
        pupil = create_learner(ctx, {"hovaten": NAME, "gioitinh": 2, "ngaysinh": "2015-01-02"})
        movements.enter(ctx, pupil, "transfer_in", world.first, JOINED, Papers(other_school="THCS Xuân La"))
    yield Walk(world, pupil)


def _steps(walk: Walk) -> None:
    """Absent once in each class; moved, left for two weeks, came back to the second class."""
    world = walk.world
    with world.by(world.system) as ctx:
        registers.save(ctx, Key(world.first, JOINED, 1), {walk.pupil: ABSENT}, base=0)
        walk.on(MOVED)
        movements.change_class(ctx, walk.pupil, world.second, MOVED)
        registers.save(ctx, Key(world.first, MOVED, 1), {walk.pupil: ABSENT}, base=0)
        registers.save(ctx, Key(world.second, MOVED, 1), {walk.pupil: Value("excused")}, base=0)
        walk.on(LEFT)
        movements.leave(ctx, walk.pupil, "leave", LEFT, Papers(reason="illness"))
        walk.on(RETURNED)
        movements.enter(ctx, walk.pupil, "return", world.second, RETURNED)


def test_every_list_shows_the_class_of_the_day(walk: Walk) -> None:
    _steps(walk)
    before = {day: date.fromordinal(day.toordinal() - 1) for day in (JOINED, MOVED, LEFT, RETURNED)}
    with walk.world.by(walk.world.system) as ctx:
        assert [walk.classes(ctx, day) for day in (before[JOINED], JOINED, before[MOVED], MOVED)] == [
            [], ["6A1"], ["6A1"], ["6A2"],
        ]  # fmt: skip
        assert [walk.classes(ctx, day) for day in (before[LEFT], LEFT, before[RETURNED], RETURNED)] == [
            ["6A2"], [], [], ["6A2"],
        ]  # fmt: skip
        gone = learners.absences_of_enrolment(ctx, walk.pupil, current_year(ctx).id)
        assert [(span.first, span.last) for span in gone][-1] == (LEFT, before[RETURNED])
        missed = totals.totals(ctx, learner_ids=[walk.pupil])[walk.pupil]
        assert (missed.excused, missed.unexcused) == (1, 1), "what the register of the other class sent was left out"
        assert [mark.day for mark in pupils.page_of(ctx, walk.pupil).marks] == [MOVED, JOINED]
        assert [row.class_name for row in overview.today(ctx, MOVED).absent] == ["6A2"]


def test_the_month_sheets_of_both_classes_keep_the_pupil(walk: Walk, sign_in: SignIn) -> None:
    _steps(walk)
    world = walk.world
    with world.by(world.system) as ctx:
        old, new = (overview.month(ctx, one, MOVED) for one in (world.first, world.second))
        was, now = (next(line for line in sheet.lines if line.id == walk.pupil) for sheet in (old, new))
        assert was.marks == {(JOINED, 1): "unexcused"} and now.marks == {(MOVED, 1): "excused"}
        assert min(was.outside - {day for day in was.outside if day < JOINED}) == MOVED
        assert {day for day in now.outside if day < MOVED} == {day for day in new.days if day < MOVED}
        assert MOVED not in now.outside
        november = overview.month(ctx, world.second, LEFT)
        [line] = [line for line in november.lines if line.id == walk.pupil]
        assert {LEFT, date(2026, 11, 20)} <= line.outside and RETURNED not in line.outside
        assert walk.pupil not in {one.id for one in overview.month(ctx, world.first, LEFT).lines}
    page = sign_in(world.school, "office").get(f"/attendance/classes/{world.first}/month?m=2026-10")
    assert NAME in page.text and "Không học lớp này" in page.text


def test_pages_and_api_of_today_show_the_class_of_today(walk: Walk, sign_in: SignIn) -> None:
    _steps(walk)
    office, teacher = sign_in(walk.world.school, "office"), _teacher_client(walk, sign_in)
    assert _seen(walk, office) == "6A2"
    assert teacher.get(f"/learners/{walk.pupil}").status_code == 404, "who teaches 6A1 has no pupil of 6A2"
    with walk.world.by(walk.world.system) as ctx:
        walk.on(date(2026, 12, 1))
        movements.leave(ctx, walk.pupil, "transfer_out", date(2026, 12, 1), Papers(other_school="THCS Tứ Liên"))
    assert _seen(walk, sign_in(walk.world.school, "office")) == ""
    with walk.world.by(walk.world.system) as ctx:
        assert learners.pupil(ctx, walk.pupil).class_name == ""
        assert walk.pupil not in {row.person_id for row in ctx.session.execute(learners.enrolled(ctx))}


def _teacher_client(walk: Walk, sign_in: SignIn) -> FlaskClient:
    return sign_in(walk.world.school, "teacher", person_id=walk.world.teacher)


def _seen(walk: Walk, client: FlaskClient) -> str:
    """The class of the pupil now as pages and the API say it; they must agree."""
    world = walk.world
    rolls = {
        name: str(walk.pupil) in client.get(f"/api/v1/classes/{one}/learners").text
        for name, one in (("6A1", world.first), ("6A2", world.second))
    }
    found = "".join(name for name, there in rolls.items() if there)
    for name, one in (("6A1", world.first), ("6A2", world.second)):
        listed = client.get("/learners/", query_string={"class": str(one)})
        assert (NAME in listed.text) == (name == found), f"list of {name}"
    record = client.get(f"/learners/{walk.pupil}")
    assert record.status_code == 200
    with world.by(world.system) as ctx:
        assert (get_learner(ctx, walk.pupil).value.get("lop") or "") == found
        [line] = list_learners(ctx, query="khanh linh")
        assert (line.class_name or "") == found
        desk = {one.id: one.class_name for one in quality.findings(ctx, limit=500)}
        assert desk.get(walk.pupil, found) == found
    return found


def test_the_turn_of_the_year_keeps_both_years_apart(walk: Walk) -> None:
    _steps(walk)
    world = walk.world
    walk.on(date(2027, 6, 1))
    with world.by(world.system) as ctx:
        old = current_year(ctx)
        new = open_year(ctx, "2027-2028", NEW_YEAR, date(2028, 5, 26), current=False)
        learners.take_outcomes(ctx, old.id, [learners.PromotionOutcome(walk.pupil, "promoted", "")])
        rollover.apply(ctx, old.id, new)
        assert learners.pupil(ctx, walk.pupil).class_name == "6A2", "until the new year is the current one"
        set_current_year(ctx, new)
        walk.on(NEW_YEAR)
        assert learners.pupil(ctx, walk.pupil).class_name == "7A2"
        assert [line.class_name for line in learners.enrolments_of(ctx, walk.pupil)] == ["6A1", "6A2", "6A2", "7A2"]
        assert get_learner(ctx, walk.pupil).value["lop"] == "7A2"
        [line] = list_learners(ctx, query="khanh linh")
        assert line.class_name == "7A2"
        assert walk.pupil in {one.id for one in learners.class_list(ctx, world.second, RETURNED)}, "the old roll stays"
        movements.leave(ctx, walk.pupil, "leave", NEW_YEAR, Papers(reason="work"))
        assert learners.pupil(ctx, walk.pupil).class_name == "", "not the class of the year before"
