"""Versions, editing, substitutions and files on the real database."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, select, text

from core.data.session import Database
from core.sdk import Actor, Context
from core.sdk.data import local_date
from core.sdk.errors import Conflict, NotFound
from core.sdk.school import current_year
from plugins.timetable import exchange, public
from plugins.timetable.models import Lesson, Run
from plugins.timetable.rules.board import Slot
from plugins.timetable.rules.solver import Tick
from plugins.timetable.services import absences, days, editing, importing, making, substitutions, versions

from .conftest import Stand


def _monday(ctx: Context) -> date:
    """A Monday of the year that is not past."""
    year = current_year(ctx)
    return days.monday(max(local_date(ctx.now()), year.starts_on)) + timedelta(days=7)


def test_only_what_has_no_error_comes_into_force(db: Database, system: Actor, stand: Stand) -> None:
    with db.context(system, stand.school) as ctx:
        with pytest.raises(Conflict):
            versions.delete_draft(ctx, stand.version)
        draft = versions.copy(ctx, stand.version, "Mới")
        one, other = ctx.session.scalars(
            select(Lesson).where(Lesson.version_id == draft, Lesson.kind == "lesson").limit(2)
        )
        one.class_id, one.course_id = other.class_id, other.course_id
        one.weekday, one.period = other.weekday, other.period
        ctx.session.flush()
        day = _monday(ctx)
        with pytest.raises(Conflict):
            versions.put_in_force(ctx, draft, day)
        ctx.session.delete(one)
        ctx.session.flush()
        versions.put_in_force(ctx, draft, day)
        before, now = versions.version_at(ctx, day - timedelta(days=1)), versions.version_at(ctx, day)
        assert before and before.id == stand.version and before.ends_on == day
        assert now and now.id == draft and now.ends_on is None


def test_a_lesson_moves_to_what_is_offered_and_an_old_page_changes_nothing(
    db: Database, system: Actor, stand: Stand
) -> None:
    with db.context(system, stand.school) as ctx:
        draft = versions.copy(ctx, stand.version, "Mới")
        _found, board = editing.opened(ctx, draft)
        offered = next(
            found for o in board.lessons if o.kind == "lesson" and (found := editing.choices(board, o.id)).swaps
        )
        other = offered.swaps[0][0]
        editing.swap(ctx, draft, offered.lesson.id, other.id, revision=1)
        after = {o.id: o.slot for o in editing.opened(ctx, draft)[1].lessons}
        assert (after[offered.lesson.id], after[other.id]) == (other.slot, offered.lesson.slot)
        with pytest.raises(Conflict):
            editing.swap(ctx, draft, offered.lesson.id, other.id, revision=1)
        editing.remove(ctx, draft, other.id, revision=2)
        assert other.id not in {o.id for o in editing.opened(ctx, draft)[1].lessons}
        taken = next(
            o for o in board.lessons if o.class_id == other.class_id and o.id not in (other.id, offered.lesson.id)
        )
        with pytest.raises(Conflict):
            editing.move(ctx, draft, offered.lesson.id, taken.slot, revision=3)
        with pytest.raises(Conflict):
            editing.remove(ctx, stand.version, taken.id, revision=1)


def test_somebody_is_away_and_somebody_else_gives_the_lesson(db: Database, system: Actor, stand: Stand) -> None:
    with db.context(system, stand.school) as ctx:
        day = _monday(ctx)
        held = [o for o in public.lessons_on(ctx, day) if o.kind == "lesson" and o.teacher]
        absent = held[0].teacher
        assert absent
        absences.enter(ctx, absent, day, day, "sick")
        proposals = substitutions.propose(ctx, day, day)
        mine = [o for o in held if o.teacher == absent]
        assert [p.lesson.lesson for p in proposals] == [o.lesson for o in mine]
        busy = {o.teacher for o in held if o.period == mine[0].period}
        best = proposals[0].candidates[0]
        assert best.teacher not in busy and (best.subject or best.of_class)
        with pytest.raises(Conflict):
            absences.substitute(ctx, mine[0].lesson, day, absent)
        change = absences.substitute(ctx, mine[0].lesson, day, best.teacher)
        with pytest.raises(Conflict):
            absences.cancel(ctx, mine[0].lesson, day)
        assert public.teacher_of(ctx, mine[0].lesson, day) == best.teacher
        assert public.teacher_of(ctx, mine[0].lesson, day + timedelta(days=7)) == absent
        assert [(t, n) for t, _name, n in absences.totals(ctx, day, day)] == [(best.teacher, 1)]
        told = set(ctx.session.scalars(text("SELECT person_id FROM core_message")))
        assert {absent, best.teacher} <= told
        absences.restore(ctx, change)
        assert public.teacher_of(ctx, mine[0].lesson, day) == absent
        assert absences.totals(ctx, day, day) == [] and len(absences.history(ctx)) == 1


def test_a_lesson_is_held_at_another_time_or_not_at_all(db: Database, system: Actor, stand: Stand) -> None:
    with db.context(system, stand.school) as ctx:
        day = _monday(ctx)
        lesson = next(o for o in public.lessons_on(ctx, day) if o.kind == "lesson")
        week = days.between(ctx, day, day + timedelta(days=5))
        taken = {
            (o.day, o.period) for o in week.lessons if lesson.class_id == o.class_id or o.teacher == lesson.teacher
        }
        free = [(d, p) for d in week.days for p in range(1, 6) if (d, p) not in taken]
        if free:
            change = absences.move(ctx, lesson.lesson, day, *free[0])
            moved = [o for o in public.lessons_on(ctx, free[0][0]) if o.lesson == lesson.lesson]
            assert [(o.state, o.period, o.teacher) for o in moved] == [("moved_here", free[0][1], lesson.teacher)]
            absences.restore(ctx, change)
        busy_day, busy_period = next((d, p) for d, p in sorted(taken) if d != day)
        with pytest.raises(Conflict):
            absences.move(ctx, lesson.lesson, day, busy_day, busy_period)
        absences.cancel(ctx, lesson.lesson, day)
        assert lesson.lesson not in {o.lesson for o in public.lessons_on(ctx, day)}
        with pytest.raises(NotFound):
            absences.cancel(ctx, lesson.lesson, day + timedelta(days=1))


@pytest.mark.usefixtures("app")  # it binds the store of documents
@pytest.mark.parametrize("shape", ["classes", "sheets"])
def test_what_goes_out_as_a_file_comes_back_the_same(db: Database, system: Actor, stand: Stand, shape: str) -> None:
    with db.context(system, stand.school) as ctx:
        content, _name, _media = exchange.export(ctx, stand.version, shape)
        plan = importing.plan_file(ctx, "tkb.xlsx", content.read())
        assert importing.get_import(ctx, plan).plan["counts"] == {}
        made = importing.confirm(ctx, plan, "Từ tệp")

        def shown(version: UUID) -> set[tuple[UUID, Slot, str, UUID | None]]:
            return {(o.course, o.slot, o.kind, o.teacher) for o in editing.opened(ctx, version)[1].lessons}

        assert shown(made) == shown(stand.version)
        with pytest.raises(Conflict):
            importing.confirm(ctx, plan, "Từ tệp")
        importing.undo(ctx, plan)
        with pytest.raises(NotFound):
            versions.version(ctx, made)
        with pytest.raises(Conflict):
            importing.undo(ctx, plan)


def test_the_solver_makes_a_draft_in_a_job(db: Database, system: Actor, stand: Stand) -> None:
    seen: list[int] = []
    with db.context(system, stand.school) as ctx:
        run_id = making.start(ctx, None, "Máy xếp", seconds=15)
    with db.context(system, stand.school) as ctx:
        step = making.handle(
            ctx, {"run_id": str(run_id), "name": "Máy xếp"}, lambda done, total, note=None: seen.append(done)
        )
    answer = step.call()
    with db.context(system, stand.school) as ctx:
        step.then(ctx, answer)
    with db.context(system, stand.school) as ctx:
        run = ctx.session.get(Run, run_id)
        assert run and run.state == "solved" and run.result_id and seen
        assert not [f for f in versions.findings(ctx, run.result_id)[1] if f.blocks]
        assert making._said(Tick(1.0, 50, 100)).params == {"best": 50, "better": 50}


def test_a_week_is_read_in_a_bounded_number_of_queries(db: Database, system: Actor, stand: Stand) -> None:
    with db.context(system, stand.school) as ctx:
        day = _monday(ctx)
        seen: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *args: seen.append(str(args[2])))
        assert len(days.between(ctx, day, day + timedelta(days=6)).lessons) > 100
    assert len(seen) <= 20, seen
