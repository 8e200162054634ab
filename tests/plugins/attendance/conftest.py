"""A school with two classes, a teacher of one of them, and a clock that a test moves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from core import settings
from core.access import scopes
from core.data.session import Database
from core.kernel.registry import Registry
from core.school.calendar import add_day, set_terms
from core.sdk import Actor, Context
from core.sdk.data import new_id
from core.sdk.people import create_person, relate
from core.sdk.school import current_year
from plugins.attendance.access import PUPIL, REPORT, ROLES
from plugins.curriculum.services import courses, plan, teachers
from plugins.learners.services.classes import create_class
from tests.plugins.finance.conftest import Moment, add_pupils

MONDAY = date(2026, 10, 5)
SEVEN = datetime(2026, 10, 5, 0, 10, tzinfo=UTC)
"""Monday, ten past seven in the morning in Vietnam."""
NAMES = ("Nguyễn Văn An", "Trần Thị Bình", "Lê Hoàng Chi", "Phạm Gia Dũng")


@dataclass
class World:
    """Ids of what the school has."""

    db: Database
    school: UUID
    clock: Moment
    first: UUID
    second: UUID
    pupils: list[UUID]
    """Four pupils of the first class."""
    others: list[UUID]
    """Two of the second."""
    teacher: UUID
    """Teaches maths in the first class and leads it."""
    parent: UUID
    """Of the first pupil."""
    system: Actor = field(repr=False)

    @contextmanager
    def by(self, actor: Actor) -> Iterator[Context]:
        with self.db.context(actor, self.school, clock=self.clock) as ctx:
            yield ctx

    def actor(self, role: str, person: UUID | None = None) -> Actor:
        """Somebody with a role's rights of this module."""
        rights = frozenset[str]().union(*(grant.permissions for grant in ROLES if grant.role == role))
        return Actor("account", f"{role} thử", account_id=new_id(), person_id=person, permissions=rights)

    def family(self) -> Actor:
        rights = frozenset({f"{PUPIL}.own", f"{REPORT}.own"})
        return Actor("account", "Mẹ của An", account_id=new_id(), person_id=self.parent, permissions=rights)


@pytest.fixture
def clock() -> Moment:
    return Moment(SEVEN)


@pytest.fixture
def world(db: Database, registry: Registry, system: Actor, school: UUID, clock: Moment) -> World:
    settings.bind(registry)
    scopes.bind(registry)
    with db.context(system, school, clock=clock) as ctx:
        first, second = create_class(ctx, "6A1"), create_class(ctx, "6A2")
        pupils = add_pupils(ctx, [(f"HS{n}", name, first) for n, name in enumerate(NAMES)])
        others = add_pupils(ctx, [(f"KH{n}", name, second) for n, name in enumerate(NAMES[:2])])
        plan.take_over(ctx)
        teacher = teachers.add_teacher(ctx, "Vũ Thị Hoa")
        maths = next(line for line in courses.courses(ctx, class_id=first) if line.code == "toan")
        year = current_year(ctx)
        courses.assign(ctx, maths.id, teacher, starts_on=year.starts_on)
        courses.set_homeroom(ctx, first, teacher, starts_on=year.starts_on)
        set_terms(ctx, year.id, [(date(2026, 9, 7), date(2027, 1, 15)), (date(2027, 1, 18), date(2027, 5, 28))])
        add_day(ctx, year.id, kind="holiday", name="Nghỉ", starts_on=date(2026, 9, 9))
        parent = create_person(ctx, "Nguyễn Thị Mẹ")
        relate(ctx, parent, pupils[0], "mother")
    return World(db, school, clock, first, second, pupils, others, teacher, parent, system)
