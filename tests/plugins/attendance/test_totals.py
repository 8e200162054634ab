"""Totals: counting bases, missing registers, typed numbers, moves between classes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID, uuid4

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from core import settings
from core.sdk import Context
from core.sdk.errors import Invalid, NotFound
from plugins.attendance import public
from plugins.attendance.rules.counting import AbsenceTotals
from plugins.attendance.rules.merge import Value, merge
from plugins.attendance.services import overview, registers, typed
from plugins.attendance.services.registers import Key
from plugins.learners.models import Enrolment

from .conftest import MONDAY, World

ABSENT, LEAVE = Value("unexcused"), Value("excused")
WEEK = [date(2026, 9, 7), date(2026, 9, 8), date(2026, 9, 10), date(2026, 9, 11)]
"""The first days of the term; the ninth is a holiday."""


def _take(ctx: Context, world: World, day: date, session: int, marks: Mapping[UUID, Value], period: int = 0) -> None:
    registers.save(ctx, Key(world.first, day, session, period), marks, base=0)


def test_absences_registers_and_what_is_missing(world: World) -> None:
    an, binh, chi, _dung = world.pupils
    with world.by(world.system) as ctx:
        _take(ctx, world, WEEK[0], 1, {an: ABSENT, binh: Value("late", 5)})
        _take(ctx, world, WEEK[1], 1, {an: LEAVE})
        found = public.totals(ctx, class_id=world.first, term=1)
        assert set(found) == set(world.pupils)
        one = found[an]
        # 7 September to Monday 5 October: 21 weekdays, one of them a holiday.
        assert (one.excused, one.unexcused, one.sessions_registered, one.sessions_expected) == (1, 1, 2, 20)
        assert (one.missing, one.complete, one.within()) == (18, False, True), "even the worst case is below 45"
        assert one.within(10) is None, "missing registers could decide it: undetermined, never a no"
        assert found[binh].late == 1 and found[chi].absent == 0
        assert public.totals(ctx)[an] == public.totals(ctx, learner_ids=[an])[an]
        assert public.totals(ctx, term=2)[an].sessions_expected == 0, "not begun"


def test_a_full_day_counts_once_where_the_school_says_so(world: World) -> None:
    an, binh, *_rest = world.pupils
    with world.by(world.system) as ctx:
        settings.put(ctx, "attendance.sessions", "2")
    with world.by(world.system) as ctx:
        _take(ctx, world, WEEK[0], 1, {an: LEAVE, binh: LEAVE})
        _take(ctx, world, WEEK[0], 2, {an: ABSENT})
        assert public.totals(ctx, term=1)[an].absent == 2
        assert public.totals(ctx, term=1)[an].sessions_expected == 40
        settings.put(ctx, "attendance.basis", "day")
    with world.by(world.system) as ctx:
        found = public.totals(ctx, term=1)
        assert (found[an].excused, found[an].unexcused) == (0, 1), "one part without leave: the day is"
        assert (found[binh].excused, found[binh].sessions_registered, found[binh].sessions_expected) == (1, 1, 20)


def test_periods_tell_of_a_session_that_has_no_register_of_its_own(world: World) -> None:
    an, binh, *_rest = world.pupils
    with world.by(world.system) as ctx:
        for period in (1, 2, 3):
            _take(ctx, world, WEEK[0], 1, {an: ABSENT, **({binh: ABSENT} if period == 3 else {})}, period)
        found = public.totals(ctx, term=1)
        assert (found[an].unexcused, found[an].sessions_registered) == (1, 1), "one session, not three"
        assert (found[binh].unexcused, found[binh].left) == (0, 1)


def test_typed_totals_stand_in_place_of_registers(world: World) -> None:
    an, binh, *_rest = world.pupils
    leader = world.actor("teacher", world.teacher)
    with world.by(leader) as ctx:
        _take(ctx, world, MONDAY, 1, {an: ABSENT})
        with pytest.raises(NotFound):
            typed.type_totals(ctx, world.second, 1, {})
        with pytest.raises(Invalid) as wrong:
            typed.type_totals(ctx, world.first, 1, {an: (401, 0), world.others[0]: (1, 1)})
        assert set(wrong.value.fields) == {str(an), str(world.others[0])}
        assert typed.type_totals(ctx, world.first, 1, {an: (40, 6), binh: None}) == 1
        one = public.totals(ctx, class_id=world.first, term=1)[an]
        assert (one.absent, one.source, one.complete, one.within()) == (46, "hand", True, False)
        assert public.totals(ctx, class_id=world.first)[an].source == "mixed"
        assert typed.type_totals(ctx, world.first, 1, {an: None}) == 1
        assert public.totals(ctx, class_id=world.first, term=1)[an].unexcused == 1


def test_a_pupil_who_moves_has_the_registers_of_both_classes(world: World) -> None:
    an = world.pupils[0]
    with world.by(world.system) as ctx:
        _take(ctx, world, WEEK[0], 1, {an: ABSENT})
        mine = Enrolment.school_id == ctx.school_id, Enrolment.learner_id == an
        ctx.session.execute(update(Enrolment).where(*mine).values(ends_on=WEEK[2]))
        year = ctx.session.get_one(Enrolment, ctx.session.query(Enrolment.id).where(*mine).scalar()).year_id
        ctx.session.add(
            Enrolment(school_id=ctx.school_id, learner_id=an, year_id=year, class_id=world.second, starts_on=WEEK[2],
                      ends_on=None, import_id=None, closed_by=None)
        )  # fmt: skip
        ctx.session.flush()
        registers.save(ctx, Key(world.second, WEEK[2], 1), {}, base=0)
        one = public.totals(ctx, learner_ids=[an], term=1)[an]
        assert (one.sessions_registered, one.sessions_expected, one.unexcused) == (2, 20, 1)


def test_the_month_sheet(world: World) -> None:
    an = world.pupils[0]
    with world.by(world.actor("teacher", world.teacher)) as ctx:
        _take(ctx, world, MONDAY, 1, {an: ABSENT})
        sheet = overview.month(ctx, world.first, MONDAY)
        assert sheet.lines[0].marks == {(MONDAY, 1): "unexcused"} and sheet.registered == {(MONDAY, 1)}
        assert len(sheet.days) == 22 and sheet.sessions == (1,)
        with pytest.raises(NotFound):
            overview.month(ctx, world.second, MONDAY)


PATIENT = hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
"""A busy machine is no fault of the rule."""
PUPILS = [uuid4() for _number in range(4)]
VALUES = st.sampled_from([Value("present"), ABSENT, LEAVE, Value("late", 5)])
STATES = st.dictionaries(st.sampled_from(PUPILS), VALUES)


@PATIENT
@given(base=STATES, mine=STATES, theirs=STATES)
def test_merging_keeps_every_change(
    base: dict[UUID, Value], mine: dict[UUID, Value], theirs: dict[UUID, Value]
) -> None:
    merged = merge(PUPILS, base, mine, theirs)
    present = Value("present")
    for pupil in PUPILS:
        seen, said, held = (state.get(pupil, present) for state in (base, mine, theirs))
        now = merged.changes.get(pupil, held)
        assert now == (said if said != seen else held), "who changed something has it, the later one before the earlier"
        clashed = any(clash.learner_id == pupil for clash in merged.clashes)
        assert clashed == (len({seen, said, held}) == 3), "shown exactly when both changed it differently"


@PATIENT
@given(absent=st.integers(0, 100), missing=st.integers(0, 400), more=st.integers(0, 50))
def test_missing_registers_are_never_a_no(absent: int, missing: int, more: int) -> None:
    one = AbsenceTotals(PUPILS[0], absent, 0, sessions_registered=0, sessions_expected=missing)
    unknown = AbsenceTotals(PUPILS[0], absent, 0, sessions_expected=None)
    assert one.within() is (False if absent > 45 else True if absent + missing <= 45 else None)
    assert unknown.within() is (False if absent > 45 else None)
    worse = AbsenceTotals(PUPILS[0], absent + more, 0, sessions_registered=0, sessions_expected=missing)
    assert not (one.within() is False and worse.within() is not False), "more absences never help"
