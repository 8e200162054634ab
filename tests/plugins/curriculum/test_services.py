"""Programmes, plans, courses and who teaches them, on the real database."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from core.data.session import Database
from core.sdk import Actor, Context
from core.sdk.data import local_date
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.school import current_year
from plugins.curriculum import public
from plugins.curriculum.rules.programme import parse, programme_for, programmes
from plugins.curriculum.services import courses, plan, teachers
from plugins.learners.services.classes import create_class


def test_programmes_of_all_grades_are_there() -> None:
    found = programmes()
    assert {grade for programme in found for grade in programme.grades} == set(range(1, 13))
    lower = programme_for(7, date(2026, 8, 1))
    assert lower is not None and lower.act == "32/2018/TT-BGDĐT"
    assert {s.code: s.periods[8] for s in lower.of_grade(8)}["congnghe"] == 52
    assert sum(s.assessed == "score" for s in lower.of_grade(7)) == 8
    assert programme_for(7, date(2019, 8, 1)) is None, "not in force then"


def test_a_programme_with_a_fault_is_refused() -> None:
    head = {"code": "x", "name_vi": "x", "name_en": "x", "act": "x", "effective_on": date(2020, 1, 1), "grades": [1]}
    subject = {"code": "toan", "name_vi": "Toán", "name_en": "Maths", "assessed": "score", "periods": {"1": 35}}
    assert parse({**head, "subjects": [subject]}).subjects[0].periods == {1: 35}
    with pytest.raises(ValueError, match="no grade 2"):
        parse({**head, "subjects": [{**subject, "periods": {"2": 35}}]})
    with pytest.raises(ValueError, match="named twice"):
        parse({**head, "subjects": [subject, subject]})
    with pytest.raises(ValueError, match="assessed"):
        parse({**head, "subjects": [{**subject, "assessed": "stars"}]})


def _classes(ctx: Context) -> list[UUID]:
    return [create_class(ctx, name) for name in ("6A1", "7A1")]


def test_the_programme_gives_each_class_its_courses(db: Database, system: Actor, school: UUID) -> None:
    with db.context(system, school) as ctx:
        first, second = _classes(ctx)
        found = plan.take_over(ctx)
        assert (found.subjects, found.plans, found.courses, found.without) == (12, 24, 24, ())
        again = plan.take_over(ctx)
        assert (again.subjects, again.plans, again.courses) == (0, 0, 0)
        mine = courses.courses(ctx, class_id=first)
        assert [line.code for line in mine][:3] == ["nguvan", "toan", "tienganh"]
        assert {line.class_id for line in courses.courses(ctx)} == {first, second}
        maths = next(line for line in mine if line.code == "toan")
        assert (maths.periods, maths.assessed, maths.weekly) == (140, "score", 4.0)
        plan.set_plan(ctx, 6, maths.subject_id, 105, "score")
        assert courses.lines(ctx, course_id=maths.id)[0].periods == 105, "the classes of the grade follow"
        with pytest.raises(Conflict):
            plan.set_plan(ctx, 6, maths.subject_id, 105, "comment")
        with pytest.raises(Invalid) as wrong:
            plan.set_plan(ctx, 13, maths.subject_id, 0, "stars")
        assert set(wrong.value.fields) == {"grade", "periods", "assessed"}


def test_an_own_subject_comes_to_a_class_by_the_plan(db: Database, system: Actor, school: UUID) -> None:
    with db.context(system, school) as ctx:
        first, _second = _classes(ctx)
        plan.take_over(ctx)
        chess = plan.add_subject(ctx, "covua", "Cờ vua", "Chess")
        with pytest.raises(Conflict):
            plan.add_subject(ctx, "covua", "Cờ vua", "Chess")
        with pytest.raises(Invalid):
            courses.add_course(ctx, first, chess)
        plan.set_plan(ctx, 6, chess, 35, "comment", elective=True)
        assert plan.fill_classes(ctx) == 0, "what is chosen does not come by itself"
        course = courses.add_course(ctx, first, chess)
        assert courses.lines(ctx, course_id=course)[0].name_en == "Chess"
        with pytest.raises(Conflict):
            plan.remove_plan(ctx, 6, chess)
        courses.remove_course(ctx, course)
        plan.remove_plan(ctx, 6, chess)


def test_teachers_follow_each_other(db: Database, system: Actor, school: UUID) -> None:
    with db.context(system, school) as ctx:
        first, _second = _classes(ctx)
        plan.take_over(ctx)
        maths = next(line for line in courses.courses(ctx, class_id=first) if line.code == "toan")
        an, binh = teachers.add_teacher(ctx, "Nguyễn Văn An", code="GV1"), teachers.add_teacher(ctx, "Lê Thị Bình")
        with pytest.raises(Conflict):
            teachers.add_teacher(ctx, "Trần Chi", code="GV1")
        year, today = current_year(ctx), local_date(ctx.now())
        courses.assign(ctx, maths.id, an, starts_on=year.starts_on)
        courses.assign(ctx, maths.id, binh, starts_on=today)
        before = today - timedelta(days=1)
        assert courses.lines(ctx, course_id=maths.id, on=before)[0].teachers == [an]
        assert courses.lines(ctx, course_id=maths.id, on=today)[0].teachers == [binh]
        assert courses.workload(ctx) == {binh: 4.0}
        assert courses.assign_many(ctx, {maths.id: binh}) == 0, "nothing to change"
        with pytest.raises(Conflict):
            teachers.retire(ctx, binh)
        courses.set_homeroom(ctx, first, an)
        courses.set_homeroom(ctx, first, binh)
        assert courses.homerooms(ctx) == {first: binh}
        teachers.retire(ctx, an)
        with pytest.raises(Invalid):
            courses.assign(ctx, maths.id, an)
        with pytest.raises(Invalid):
            courses.assign(ctx, maths.id, binh, starts_on=year.ends_on + timedelta(days=1))


def test_a_teacher_reaches_what_they_teach_and_nothing_else(
    db: Database, system: Actor, school: UUID, other_school: UUID
) -> None:
    with db.context(system, school) as ctx:
        first, second = _classes(ctx)
        plan.take_over(ctx)
        maths = next(line for line in courses.courses(ctx, class_id=first) if line.code == "toan")
        other = next(line for line in courses.courses(ctx, class_id=second) if line.code == "toan")
        an = teachers.add_teacher(ctx, "Nguyễn Văn An")
        courses.assign(ctx, maths.id, an)
    rights = frozenset({"a.b.curriculum_taught", "a.c.curriculum_homeroom"})
    teacher = Actor("account", "An", person_id=an, roles=frozenset({"teacher"}), permissions=rights)
    with db.context(teacher, school) as ctx:
        assert public.my_courses(ctx) == {maths.id} and public.my_classes(ctx) == {first}
        assert public.require_course(ctx, "a.b", maths.id).id == maths.id
        with pytest.raises(NotFound):
            public.require_course(ctx, "a.b", other.id)
        with pytest.raises(NotFound):
            public.require_class(ctx, "a.c", first)  # teaches there, but does not lead the class
    with db.context(teacher, other_school) as ctx:
        assert public.my_classes(ctx) == frozenset()
