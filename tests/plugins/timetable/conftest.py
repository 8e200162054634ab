"""A school of four classes with teachers and a timetable in force."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pytest

from core.data.session import Database
from core.sdk import Actor
from core.sdk.school import current_year
from plugins.curriculum import demo as curriculum_demo
from plugins.learners.services.classes import create_class
from plugins.timetable.services import making, versions


@dataclass(frozen=True)
class Stand:
    """The school, its timetable in force, its classes by name."""

    school: UUID
    version: UUID
    classes: dict[str, UUID]


@pytest.fixture
def stand(db: Database, system: Actor, school: UUID) -> Stand:
    with db.context(system, school) as ctx:
        classes = {name: create_class(ctx, name) for name in ("6A1", "6A2", "7A1", "7A2")}
        curriculum_demo.fill(ctx, {})
        version = making.arrange_quickly(ctx, "Học kỳ I", tries=200)
        versions.put_in_force(ctx, version, current_year(ctx).starts_on)
    return Stand(school, version, classes)
