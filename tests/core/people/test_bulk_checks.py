"""What triggers check once a statement, in place of foreign keys: persons and their relations."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from core.data.session import Database
from core.data.types import new_id
from core.people.models import Person, Relation
from core.people.services import create_person, relate
from core.types.actor import Actor


@pytest.fixture
def family(db: Database, school: UUID, system: Actor) -> tuple[UUID, UUID]:
    """A mother and her child."""
    with db.context(system, school) as ctx:
        mother, child = create_person(ctx, "Trần Thu Lan"), create_person(ctx, "Lê Minh")
        relate(ctx, mother, child, "mother")
    return mother, child


def _relation(school: UUID, person: UUID, child: UUID) -> Relation:
    return Relation(school_id=school, person_id=person, related_id=child, kind="guardian", may_access=True)


def test_a_relation_needs_two_persons_of_its_school(
    db: Database, school: UUID, other_school: UUID, system: Actor, family: tuple[UUID, UUID]
) -> None:
    mother, child = family
    with db.context(system, other_school) as ctx:
        foreign = create_person(ctx, "Bùi Ánh")
    for pair in ((mother, new_id()), (new_id(), child), (foreign, child), (mother, foreign)):
        with pytest.raises(IntegrityError), db.context(system, school) as ctx:
            ctx.session.add(_relation(school, *pair))
    with pytest.raises(IntegrityError), db.context(system, school) as ctx:
        ctx.session.execute(update(Relation).values(person_id=new_id()))


def test_a_person_takes_their_relations_along(
    db: Database, school: UUID, system: Actor, family: tuple[UUID, UUID]
) -> None:
    mother, child = family
    with db.context(system, school) as ctx:
        second = create_person(ctx, "Lê Mai")
        relate(ctx, mother, second, "mother")
    with db.context(system, school) as ctx:
        ctx.session.execute(delete(Person).where(Person.id == child))
        assert ctx.session.scalar(select(func.count()).select_from(Relation)) == 1
        ctx.session.execute(delete(Person).where(Person.id == mother))
        assert ctx.session.scalar(select(func.count()).select_from(Relation)) == 0


def test_a_person_needs_a_school_and_the_school_stays(
    db: Database, school: UUID, system: Actor, family: tuple[UUID, UUID]
) -> None:
    with pytest.raises(IntegrityError), db.all_schools(system) as ctx:
        ctx.session.add(Person(school_id=new_id(), full_name="x", sort_key="x", search_text="x", birth_date=None,
                               birth_year=None))  # fmt: skip
    with pytest.raises(IntegrityError), db.all_schools(system) as ctx:
        ctx.session.execute(text("DELETE FROM core_school_year"))
        ctx.session.execute(text("DELETE FROM core_module_switch"))
        ctx.session.execute(text("DELETE FROM core_school"))


def test_whoever_is_named_stays_until_the_commit(
    db: Database, school: UUID, system: Actor, family: tuple[UUID, UUID]
) -> None:
    """The lock of a foreign key: persons of before are locked, those of the same transaction nobody sees."""
    mother, child = family
    with db.context(system, school) as ctx:
        ctx.session.add(_relation(school, mother, child))
        ctx.session.flush()
        with pytest.raises(OperationalError, match="lock timeout"), db.context(system, school) as other:
            other.session.execute(text("SET LOCAL lock_timeout = '100ms'"))
            other.session.execute(delete(Person).where(Person.id == mother))
        newcomer = create_person(ctx, "Bùi Ánh")
        ctx.session.add(_relation(school, newcomer, child))
