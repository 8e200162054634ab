"""Coming, leaving and moving; the turn of the year; classes split and joined; all of it taken back exactly."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import select, text

from core.data.session import Database
from core.school.services import open_year
from core.sdk import Actor, Context
from core.sdk.errors import Conflict, Forbidden, Invalid, NotFound
from plugins.learners import public
from plugins.learners.models import Enrolment, Movement, SchoolClass
from plugins.learners.public import PromotionOutcome, Span
from plugins.learners.services import batches, movements, outcomes, regroup, rollover
from plugins.learners.services.classes import create_class
from plugins.learners.services.learners import create_learner, update_learner
from plugins.learners.services.movements import Papers

TODAY = date(2026, 11, 20)


def clock() -> datetime:
    return datetime(2026, 11, 20, 3, tzinfo=UTC)


def _pupil(ctx: Context, name: str, class_name: str | None) -> UUID:
    return create_learner(ctx, {"hovaten": name, "ngaysinh": "2014-05-02", "gioitinh": 1, "lop": class_name})


def _tables(ctx: Context) -> list[object]:
    """Every row that says who is where, without the times of the last change."""
    rows: list[object] = []
    for table in ("learners_enrolment", "learners_movement", "learners_class"):
        query = text(f"SELECT to_jsonb(t) - 'updated_at' AS row FROM {table} t ORDER BY id")  # noqa: S608
        rows += [row.row for row in ctx.session.execute(query)]
    return rows


def test_a_pupil_comes_changes_leaves_and_comes_back(db: Database, school: UUID, system: Actor) -> None:
    with db.context(system, school, clock=clock) as ctx:
        first, second, other_grade = (create_class(ctx, name) for name in ("7A1", "7A2", "8A1"))
        pupil = _pupil(ctx, "Trần An", None)
        assert movements.state(ctx, pupil) == "none"
        papers = Papers(other_school="Trường THCS Sao Mai", document="12/GGT, 30/09/2026")
        movements.enter(ctx, pupil, "transfer_in", first, date(2026, 10, 1), papers)
        assert [one.full_name for one in public.class_list(ctx, first)] == ["Trần An"]
        assert public.class_list(ctx, first, date(2026, 9, 30)) == []
        with pytest.raises(Invalid) as caught:
            movements.change_class(ctx, pupil, other_grade, TODAY)
        assert set(caught.value.fields) == {"class_id"}
        movements.change_class(ctx, pupil, second, date(2026, 11, 2))
        assert [one.class_name for one in public.enrolments_of(ctx, pupil)] == ["7A1", "7A2"]
        assert [one.id for one in public.class_list(ctx, first, date(2026, 11, 1))] == [pupil]
        assert [one.id for one in public.class_list(ctx, second, date(2026, 11, 2))] == [pupil]
        movements.leave(ctx, pupil, "leave", date(2026, 11, 16), Papers(reason="hardship"))
        assert movements.state(ctx, pupil) == "left"
        year_id = public.class_of(ctx, first).year_id
        assert public.absences_of_enrolment(ctx, pupil, year_id) == [
            Span(date(2026, 8, 1), date(2026, 9, 30)),
            Span(date(2026, 11, 16), date(2027, 7, 31)),
        ]
        rows = ctx.session.execute(public.enrolled_at(ctx, date(2026, 11, 15))).all()
        assert [(row.person_id, row.class_name) for row in rows] == [(pupil, "7A2")]
        assert ctx.session.execute(public.enrolled_at(ctx, date(2026, 11, 16))).all() == []
        movements.enter(ctx, pupil, "return", first, TODAY)
        assert movements.state(ctx, pupil) == "studying"
        assert [line.kind for line in movements.movements_of(ctx, pupil)] == ["return", "leave", "move", "transfer_in"]


@pytest.mark.parametrize(
    ("kind", "on", "field"),
    [
        ("leave", date(2026, 7, 31), "on"),
        ("leave", date(2026, 11, 21), "on"),
        ("leave", date(2026, 8, 14), "on"),
        ("leave", TODAY, "reason"),
        ("transfer_out", TODAY, "other_school"),
        ("return", TODAY, "kind"),
        ("nonsense", TODAY, "kind"),
    ],
)
def test_steps_that_break_a_rule_name_the_field(
    db: Database, school: UUID, system: Actor, kind: str, on: date, field: str
) -> None:
    with db.context(system, school, clock=clock) as ctx:
        class_id = create_class(ctx, "7A1")
        pupil = _pupil(ctx, "Trần An", None)
        movements.enter(ctx, pupil, "new", class_id, date(2026, 8, 15))
        with pytest.raises(Invalid) as caught:
            if kind in ("return", "nonsense"):
                movements.enter(ctx, pupil, kind, class_id, on)
            else:
                movements.leave(ctx, pupil, kind, on, Papers())
        assert set(caught.value.fields) == {field}


def test_only_the_last_step_is_taken_back_and_leaves_no_trace(db: Database, school: UUID, system: Actor) -> None:
    with db.context(system, school, clock=clock) as ctx:
        first, second = create_class(ctx, "7A1"), create_class(ctx, "7A2")
        pupil = _pupil(ctx, "Trần An", "7A1")
        before = _tables(ctx)
        moved = movements.change_class(ctx, pupil, second, TODAY)
        left = movements.leave(ctx, pupil, "transfer_out", TODAY, Papers(other_school="Sao Mai"))
        with pytest.raises(Conflict):
            movements.take_back(ctx, moved)
        movements.take_back(ctx, left)
        movements.take_back(ctx, moved)
        assert _tables(ctx) == before
        assert public.class_list(ctx, first)[0].id == pupil


@pytest.fixture
def turn(db: Database, school: UUID, system: Actor) -> tuple[UUID, UUID, dict[str, UUID]]:
    """Two years, three classes, five pupils of whom it is decided what becomes of them, one undecided."""
    with db.context(system, school, clock=clock) as ctx:
        new = open_year(ctx, "2027-2028", date(2027, 8, 1), date(2028, 7, 31), current=False)
        for name in ("6A1", "6A2", "9A1"):
            create_class(ctx, name)
        people = {
            name: _pupil(ctx, name, class_name)
            for name, class_name in (
                ("Lê An", "6A1"), ("Lê Bình", "6A1"), ("Lê Chi", "6A2"), ("Lê Dung", "9A1"), ("Lê Em", "9A1"),
                ("Lê Giang", "6A2"),
            )
        }  # fmt: skip
        old = public.class_of(ctx, ctx.session.scalars(select(SchoolClass.id)).first() or new).year_id
        decided = {"Lê An": "promoted", "Lê Bình": "repeats", "Lê Chi": "promoted", "Lê Dung": "promoted"}
        given = [PromotionOutcome(people[name], outcome) for name, outcome in decided.items()]
        assert public.take_outcomes(ctx, old, given, source="assessment") == 4
        by_hand = [PromotionOutcome(people["Lê Em"], "repeats")]
        outcomes.take_outcomes(ctx, old, by_hand)
        later = [PromotionOutcome(people["Lê Em"], "promoted")]
        assert public.take_outcomes(ctx, old, later, source="assessment") == 0, "a decision by hand stays"
    return old, new, people


def test_a_year_is_rolled_over_and_undone(
    db: Database, school: UUID, system: Actor, turn: tuple[UUID, UUID, dict[str, UUID]]
) -> None:
    old, new, people = turn
    with db.context(system, school) as ctx:
        before = _tables(ctx)
        plan = rollover.plan(ctx, old, new)
        lines = {line.name: line for line in plan.classes}
        assert (lines["6A1"].promoted, lines["6A1"].repeats, lines["6A1"].target) == (1, 1, "7A1")
        assert (lines["9A1"].completed, lines["9A1"].repeats, lines["9A1"].target) == (1, 1, "")
        assert lines["6A2"].undecided == 1 and plan.new_classes == ["6A1", "7A1", "7A2", "9A1"]
        with pytest.raises(Invalid) as caught:
            rollover.plan(ctx, old, new, {lines["6A1"].id: "8A1"})
        assert set(caught.value.fields) == {f"target:{lines['6A1'].id}"}
        batch = rollover.apply(ctx, old, new, {lines["6A2"].id: "7A1"})
    with db.context(system, school) as ctx:
        rows = ctx.session.execute(public.classes(ctx, new)).all()
        rolls = {row.class_name: [one.full_name for one in public.class_list(ctx, row.class_id)] for row in rows}
        assert rolls == {"6A1": ["Lê Bình"], "7A1": ["Lê An", "Lê Chi"], "9A1": ["Lê Em"]}
        steps = {line.kind for line in movements.movements_of(ctx, people["Lê Dung"])}
        assert steps == {"complete"}
        again = rollover.plan(ctx, old, new)
        assert again.to_move == 0 and again.total("moved") == 5, "nobody is moved twice"
        public.take_outcomes(ctx, old, [PromotionOutcome(people["Lê Giang"], "promoted")], source="assessment")
        rest = rollover.apply(ctx, old, new)
        batches.undo_batch(ctx, rest)
        batches.undo_batch(ctx, batch)
        assert _tables(ctx) == before
        with pytest.raises(Conflict):
            batches.undo_batch(ctx, batch)


def test_a_roll_over_on_which_something_stands_is_not_undone(
    db: Database, school: UUID, system: Actor, turn: tuple[UUID, UUID, dict[str, UUID]]
) -> None:
    old, new, people = turn
    with db.context(system, school) as ctx:
        batch = rollover.apply(ctx, old, new)
        entered = {"learner_id": people["Lê An"]}
        ctx.session.execute(
            text(
                "UPDATE learners_enrolment SET ends_on = starts_on WHERE learner_id = :learner_id AND year_id = :year"
            ),
            {**entered, "year": new},
        )
        with pytest.raises(Conflict, match="Lê An"):
            batches.undo_batch(ctx, batch)


def test_a_class_is_split_and_joined_again(db: Database, school: UUID, system: Actor) -> None:
    with db.context(system, school, clock=lambda: datetime(2026, 9, 1, 3, tzinfo=UTC)) as ctx:
        class_id = create_class(ctx, "7A1")
        people = [_pupil(ctx, name, "7A1") for name in ("Lê An", "Lê Bình", "Lê Chi")]
    with db.context(system, school, clock=clock) as ctx:
        before = _tables(ctx)
        with pytest.raises(Invalid):
            regroup.plan(ctx, class_id, "8A1", TODAY, people[:1])
        plan = regroup.plan(ctx, class_id, "7A2", TODAY, people[1:])
        assert (plan.names, plan.left_after, plan.target_after) == (["Lê Bình", "Lê Chi"], 1, 2)
        batch = regroup.apply(ctx, class_id, "7A2", TODAY, people[1:])
        assert len(public.class_list(ctx, class_id)) == 1
        assert len(public.class_list(ctx, class_id, date(2026, 11, 19))) == 3
        batches.undo_batch(ctx, batch)
        assert _tables(ctx) == before
        create_class(ctx, "7A3")
        regroup.apply(ctx, class_id, "7A3", TODAY)
        assert public.class_list(ctx, class_id) == []


def test_rights_and_walls_of_the_year(
    db: Database, school: UUID, other_school: UUID, system: Actor, turn: tuple[UUID, UUID, dict[str, UUID]]
) -> None:
    old, new, people = turn
    teacher = Actor("account", "Cô giáo", permissions=frozenset({"learners.learner.read"}))
    with db.context(teacher, school) as ctx:
        class_id = ctx.session.scalars(select(SchoolClass.id)).first()
        assert class_id is not None
        pupil = people["Lê An"]
        acts: tuple[Callable[[], object], ...] = (
            lambda: movements.leave(ctx, pupil, "leave", TODAY, Papers(reason="other")),
            lambda: rollover.plan(ctx, old, new),
            lambda: regroup.plan(ctx, class_id, "6A9", TODAY),
            lambda: outcomes.take_outcomes(ctx, old, []),
            lambda: batches.batches(ctx),
        )
        for act in acts:
            with pytest.raises(Forbidden):
                act()
    with db.context(system, other_school, clock=clock) as ctx:
        acts = (
            lambda: movements.leave(ctx, pupil, "leave", TODAY, Papers(reason="other")),
            lambda: rollover.plan(ctx, old, new),
            lambda: public.class_of(ctx, class_id),
        )
        for act in acts:
            with pytest.raises(NotFound):
                act()
        assert public.take_outcomes(ctx, old, [PromotionOutcome(pupil, "repeats")], source="assessment") == 0
        assert public.enrolments_of(ctx, pupil) == []
        for model in (Enrolment, Movement):
            assert ctx.session.execute(select(model.id)).all() == []


def test_the_form_changes_a_class_too(db: Database, school: UUID, system: Actor) -> None:
    with db.context(system, school, clock=clock) as ctx:
        create_class(ctx, "7A1")
        create_class(ctx, "7A2")
        pupil = _pupil(ctx, "Trần An", "7A1")
        update_learner(ctx, pupil, {"lop": "7A2"})
        assert [one.class_name for one in public.enrolments_of(ctx, pupil)] == ["7A1", "7A2"]
