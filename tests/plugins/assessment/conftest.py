"""A class with pupils, subjects and teachers: what marks need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from core.access import scopes
from core.data.session import Database
from core.files import service as files
from core.files.stores import LocalStore
from core.kernel.registry import Registry
from core.sdk import Actor, Context
from core.sdk.people import create_person, relate
from core.sdk.school import current_year
from core.settings import services as settings
from plugins.curriculum.services import courses, plan, teachers
from plugins.learners import public as learners
from plugins.learners.services.classes import create_class
from plugins.learners.services.learners import create_learner


@pytest.fixture(autouse=True)
def _program(registry: Registry, var: Path) -> None:
    """What a program binds at start: settings, scopes, the store of documents."""
    settings.bind(registry)
    scopes.bind(registry)
    files.bind(LocalStore(var / "files"))


@dataclass(frozen=True)
class Stage:
    """A school of two classes; `an` teaches maths and leads 7A1, `binh` teaches literature in both."""

    school: UUID
    klass: UUID
    other_class: UUID
    courses: Mapping[str, UUID]
    """Courses of 7A1 by the code of the subject."""
    an: UUID
    binh: UUID
    pupils: list[UUID]
    """Of 7A1, by given name."""
    stranger: UUID
    """A pupil of 7A2."""
    parent: UUID
    """Of the first pupil."""

    def teacher(self, person_id: UUID, name: str = "Cô giáo") -> Actor:
        """A teacher as they sign in."""
        permissions = frozenset(
            f"{what}.{scope}"
            for what in ("assessment.mark.read", "assessment.mark.edit")
            for scope in ("curriculum_taught", "curriculum_homeroom")
        )
        return Actor("account", name, account_id=person_id, person_id=person_id, permissions=permissions)


def fill(ctx: Context, school: UUID, names: tuple[str, str] = ("7A1", "7A2")) -> Stage:
    """Fill a school."""
    first, second = (create_class(ctx, name) for name in names)
    plan.take_over(ctx)
    lines = {line.code: line.id for line in courses.courses(ctx, class_id=first)}
    an, binh = teachers.add_teacher(ctx, "Nguyễn Văn An"), teachers.add_teacher(ctx, "Lê Thị Bình")
    starts = current_year(ctx).starts_on
    mine = "toan"
    other = next(code for code in ("nguvan", "tiengviet") if code in lines)
    courses.assign(ctx, lines[mine], an, starts_on=starts)
    courses.assign(ctx, lines[other], binh, starts_on=starts)
    courses.set_homeroom(ctx, first, an, starts_on=starts)
    for name in ("Trần Bảo Anh", "Lê Minh Châu", "Phạm Thu Dung", "Hoàng Gia Đạt"):
        create_learner(ctx, {"hovaten": name, "gioitinh": 1, "ngaysinh": "2014-03-05", "lop": names[0]})
    stranger = create_learner(ctx, {"hovaten": "Vũ Khôi", "gioitinh": 1, "ngaysinh": "2014-05-06", "lop": names[1]})
    pupils = [member.id for member in learners.class_list(ctx, first)]
    parent = create_person(ctx, "Trần Văn Bố")
    relate(ctx, parent, pupils[0], "father")
    return Stage(school, first, second, lines, an, binh, pupils, stranger, parent)


Filling = Callable[[Context, UUID], Stage]


@pytest.fixture
def stage(db: Database, school: UUID, system: Actor) -> Stage:
    with db.context(system, school) as ctx:
        return fill(ctx, school)
