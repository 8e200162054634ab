"""What triggers check once a statement, in place of foreign keys: pupils, their classes and enrolments."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from core.data.session import Database
from core.people.models import Person
from core.sdk import Actor
from core.sdk.data import new_id
from plugins.learners.models import Enrolment, Learner, SchoolClass
from plugins.learners.services.classes import create_class
from plugins.learners.services.learners import create_learner


@pytest.fixture
def pupil(db: Database, school: UUID, system: Actor) -> UUID:
    with db.context(system, school) as ctx:
        create_class(ctx, "7A1")
        return create_learner(ctx, {"hovaten": "Trần An", "ngaysinh": "2013-05-02", "gioitinh": 1, "lop": "7A1"})


@pytest.mark.parametrize("column", ["learner_id", "class_id", "year_id", "import_id", "closed_by"])
def test_an_enrolment_names_what_is_there(db: Database, school: UUID, system: Actor, pupil: UUID, column: str) -> None:
    with pytest.raises(IntegrityError, match="names no learners_"), db.context(system, school) as ctx:
        ctx.session.execute(update(Enrolment).values({column: new_id()}))


def test_a_pupil_is_a_person_of_the_same_school(db: Database, school: UUID, other_school: UUID, system: Actor) -> None:
    with db.context(system, school) as ctx:
        person = Person(id=new_id(), school_id=school, full_name="An", sort_key="an", search_text="an")
        ctx.session.add(person)
    with pytest.raises(IntegrityError, match="names no core_person"), db.context(system, other_school) as ctx:
        ctx.session.add(Learner(id=person.id, school_id=other_school))


def test_a_class_with_pupils_stays_and_pupils_take_their_enrolments_along(
    db: Database, school: UUID, system: Actor, pupil: UUID
) -> None:
    with pytest.raises(IntegrityError, match="rows of learners_enrolment"), db.context(system, school) as ctx:
        ctx.session.execute(delete(SchoolClass))
    with db.context(system, school) as ctx:
        ctx.session.execute(delete(Person).where(Person.id == pupil))
        for model in (Learner, Enrolment):
            assert ctx.session.scalar(select(func.count()).select_from(model)) == 0
        ctx.session.execute(delete(SchoolClass))
