"""Registers on the real database: taking, changing, two people at once, leave."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text

from core.sdk import Context
from core.sdk.errors import Conflict, Forbidden, Invalid, NotFound, PreconditionFailed
from plugins.attendance.models import Change, Mark, Register
from plugins.attendance.rules.merge import PRESENT, Value
from plugins.attendance.services import away, mine, overview, registers, requests
from plugins.attendance.services.registers import Key
from plugins.attendance.services.telling import tell

from .conftest import MONDAY, World

ABSENT, LEAVE, LATE = Value("unexcused"), Value("excused"), Value("late", 10)


def _key(world: World, **other: object) -> Key:
    return Key(**{"class_id": world.first, "day": MONDAY, "session": 1, **other})  # type: ignore[arg-type]


def _kinds(ctx: Context, key: Key) -> list[str]:
    return [line.kind for line in registers.register(ctx, key).lines]


def test_a_register_has_only_those_who_were_not_there(world: World) -> None:
    an, binh, _chi, dung = world.pupils
    with world.by(world.actor("teacher", world.teacher)) as ctx:
        before = registers.register(ctx, _key(world))
        assert (before.version, before.open, [line.kind for line in before.lines]) == (0, True, ["present"] * 4)
        saved = registers.save(ctx, _key(world), {an: ABSENT, dung: LATE, binh: PRESENT}, base=0)
        assert (saved.version, saved.changed, saved.clashes) == (1, 2, [])
        after = registers.register(ctx, _key(world))
        assert {line.id: (line.kind, line.minutes) for line in after.lines if line.kind != "present"} == {
            an: ("unexcused", 0), dung: ("late", 10),
        }  # fmt: skip
        assert (after.version, after.author) == (1, "teacher thử")
        assert registers.save(ctx, _key(world), {an: ABSENT, dung: LATE}, base=1).version == 1, "nothing changed"
    with world.by(world.system) as ctx:
        assert ctx.session.scalar(select(func.count()).select_from(Mark)) == 2
        assert ctx.session.scalar(select(Register.size)) == 4
        emitted = ctx.session.scalars(
            text("SELECT payload->>'event' FROM core_job WHERE task LIKE 'core.event%'")
        ).all()
        assert emitted.count("attendance.absence.recorded") == 1, "being late is no absence"


def test_two_people_in_one_register_lose_nothing(world: World) -> None:
    an, binh, chi, dung = world.pupils
    with world.by(world.actor("teacher", world.teacher)) as ctx:
        registers.save(ctx, _key(world), {an: ABSENT}, base=0)
        registers.save(ctx, _key(world), {an: ABSENT, binh: LATE}, base=1)
    with world.by(world.actor("office")) as ctx:
        # Based on version 1, where Bình was there: the office knows of An's leave and of Chi, not of Bình.
        saved = registers.save(ctx, _key(world), {an: LEAVE, chi: ABSENT}, base=1)
        assert saved.clashes == [] and saved.version == 3
        assert _kinds(ctx, _key(world)) == ["excused", "late", "unexcused", "present"]
        # Bình again, from the same old page: now it is a conflict, and the later one holds.
        again = registers.save(ctx, _key(world), {an: ABSENT, binh: ABSENT, dung: LATE}, base=1)
        clash = again.clashes[0]
        assert (clash.learner_id, clash.mine, clash.theirs, clash.kept) == (binh, ABSENT, LATE, ABSENT)
        assert _kinds(ctx, _key(world)) == ["excused", "unexcused", "unexcused", "late"]
        history = ctx.session.execute(
            select(Change.old_kind, Change.new_kind, Change.conflict, Change.author)
            .where(Change.learner_id == binh)
            .order_by(Change.version)
        ).all()
        assert [tuple(row) for row in history] == [
            ("present", "late", False, "teacher thử"), ("late", "unexcused", True, "office thử"),
        ]  # fmt: skip


def test_two_first_registers_join_and_show_where_they_differ(world: World) -> None:
    an, binh, _chi, _dung = world.pupils
    with world.by(world.actor("teacher", world.teacher)) as ctx:
        registers.save(ctx, _key(world), {an: ABSENT}, base=0)
        saved = registers.save(ctx, _key(world), {binh: ABSENT}, base=0)
        assert {clash.learner_id: clash.kept for clash in saved.clashes} == {an: ABSENT, binh: ABSENT}
        kept = ctx.session.execute(
            select(Change.new_kind, Change.applied).where(Change.learner_id == an, Change.conflict)
        ).one()
        assert tuple(kept) == ("present", False), "what was sent and not taken is in the history"
        assert registers.save(ctx, _key(world), {an: ABSENT, binh: ABSENT}, base=0).clashes == [], "sent again"
        with pytest.raises(PreconditionFailed):
            registers.save(ctx, _key(world), {}, base=1, strict=True)


def test_what_may_not_be_written(world: World) -> None:
    teacher = world.actor("teacher", world.teacher)
    with world.by(teacher) as ctx:
        with pytest.raises(NotFound):
            registers.save(ctx, _key(world, class_id=world.second), {}, base=0)
        with pytest.raises(Conflict):
            registers.save(ctx, _key(world, day=MONDAY + timedelta(days=1)), {}, base=0)
        with pytest.raises(Conflict):
            registers.save(ctx, _key(world, day=date(2026, 10, 1)), {}, base=0)
        with pytest.raises(Invalid):
            registers.save(ctx, _key(world, session=3), {}, base=0)
        with pytest.raises(Invalid):
            registers.save(ctx, _key(world), {world.pupils[0]: Value("excused", 5)}, base=0)
        stranger = registers.save(ctx, _key(world), {world.others[0]: ABSENT}, base=0)
        assert stranger.left_out == [world.others[0]] and stranger.changed == 0
        assert mine.now(ctx) == (mine.MyClass(world.first, "6A1", True, (1,)), 1)
    with world.by(world.actor("office")) as ctx:
        assert registers.save(ctx, _key(world, day=date(2026, 10, 1)), {}, base=0).version == 1, "the office corrects"
        assert [row.class_name for row in overview.today(ctx).unregistered] == ["6A2"]
    with world.by(world.family()) as ctx, pytest.raises(Forbidden):
        registers.register(ctx, _key(world))


def test_leave_fills_in_and_excuses(world: World) -> None:
    an = world.pupils[0]
    with world.by(world.family()) as ctx:
        with pytest.raises(NotFound):
            requests.report(ctx, world.pupils[1], first_day=MONDAY, last_day=MONDAY, reason="Cháu bị sốt")
        with pytest.raises(Invalid) as wrong:
            requests.report(ctx, an, first_day=MONDAY, last_day=MONDAY - timedelta(days=1), reason=" ")
        assert set(wrong.value.fields) == {"last_day", "reason"}
        tuesday = MONDAY + timedelta(days=1)
        asked = requests.report(ctx, an, first_day=MONDAY, last_day=tuesday, reason="Cháu  bị sốt")
        with pytest.raises(Conflict):
            requests.report(ctx, an, first_day=MONDAY, last_day=tuesday, reason="Cháu bị sốt")
    with world.by(world.actor("teacher", world.teacher)) as ctx:
        line = registers.register(ctx, _key(world)).lines[0]
        assert line.kind == "present" and line.report is not None and line.report.reason == "Cháu bị sốt"
        registers.save(ctx, _key(world), {an: ABSENT}, base=0)
        assert [row.full_name for row in requests.requests(ctx)] == ["Nguyễn Văn An"]
        assert requests.decide(ctx, asked, True) == 1
        assert _kinds(ctx, _key(world))[0] == "excused"
        with pytest.raises(Conflict):
            requests.decide(ctx, asked, False)
    world.clock.forward(days=1)
    with world.by(world.actor("teacher", world.teacher)) as ctx:
        suggested = registers.register(ctx, _key(world, day=tuesday)).lines[0]
        assert (suggested.kind, suggested.suggested) == ("excused", True), "accepted leave is filled in"
    with world.by(world.family()) as ctx:
        other = requests.report(ctx, an, first_day=tuesday, last_day=tuesday, session=2, reason="Khám răng")
        requests.withdraw(ctx, other)
        with pytest.raises(NotFound):
            requests.requests_of(ctx, world.others[0])


def test_families_are_told_once_a_day(world: World) -> None:
    an, binh, *_rest = world.pupils
    with world.by(world.actor("teacher", world.teacher)) as ctx:
        registers.save(ctx, _key(world), {an: ABSENT, binh: LEAVE}, base=0)
    with world.by(world.system) as ctx:
        register_id = ctx.session.scalars(select(Register.id)).one()
        waiting = ctx.session.execute(text("SELECT run_at FROM core_job WHERE task = 'attendance.tell'")).one()
        assert waiting.run_at == world.clock() + timedelta(minutes=15)
        assert tell(ctx, register_id) == 1
        assert tell(ctx, register_id) == 0
        message = ctx.session.execute(text("SELECT person_id, title->>'msgid' FROM core_message")).one()
        assert tuple(message) == (world.parent, "Your child was not in class")


def test_meals_know_who_is_absent_and_since_when(world: World) -> None:
    an, binh, *_rest = world.pupils
    with world.by(world.family()) as ctx:
        requests.report(ctx, an, first_day=MONDAY, last_day=MONDAY, reason="Cháu bị sốt")
    world.clock.forward(hours=2)
    with world.by(world.actor("teacher", world.teacher)) as ctx:
        registers.save(ctx, _key(world), {an: LEAVE, binh: ABSENT}, base=0)
    with world.by(world.system) as ctx:
        found = {row.learner_id: row for row in away.absent_on(ctx, MONDAY)}
        assert (found[an].in_time, found[an].excused) == (True, True), "told at ten past seven"
        assert (found[binh].in_time, found[binh].excused) == (False, False), "seen at ten past nine"
        assert away.absent_on(ctx, MONDAY + timedelta(days=1)) == []
