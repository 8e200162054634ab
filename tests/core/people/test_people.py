"""Persons and their families."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from core import audit
from core.data.session import Database
from core.people.models import Person
from core.people.services import (
    children_of,
    create_person,
    guardians_of,
    relate,
    search_text,
    unrelate,
    update_person,
)
from core.types.actor import Actor
from core.types.errors import Forbidden, Invalid, NotFound


def test_what_is_typed_finds_the_person() -> None:
    found = search_text("Đỗ Thị Ánh", ["+84912345678"], "Anh@Example.vn", ["HS0042"])
    assert found == "do thi anh hs0042 0912345678 anh@example.vn"


def test_a_person_is_added_and_changed(db: Database, school: UUID, system: Actor) -> None:
    with db.context(system, school) as ctx:
        anh = create_person(
            ctx,
            "  Đỗ  Thị Ánh ",
            sex=2,
            birth_date=date(2014, 3, 1),
            phones=["+84912345678"] * 2,
            codes=["HS0042"],
        )
        person = ctx.session.get_one(Person, anh)
        assert (person.full_name, person.birth_year, person.phones) == ("Đỗ Thị Ánh", 2014, ["+84912345678"])
        update_person(ctx, anh, full_name="Đỗ Thị Ánh Hồng", birth_date=None)
        assert person.search_text.split() == ["do", "thi", "anh", "hong", "hs0042", "0912345678"]
        assert person.birth_year is None
        binh = create_person(ctx, "Nguyễn Văn Bình")
        names = ctx.session.execute(select(Person.id).order_by(Person.sort_key)).scalars().all()
        assert names == [binh, anh]  # by given name: Bình before Hồng
        update_person(ctx, anh, codes=["HS0043"])
        assert "hs0042" not in person.search_text
        trail = audit.history(ctx, ("person", anh))
    assert [entry.detail for entry in reversed(trail)] == [{}, {"fields": ["birth_date", "full_name"]}]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"full_name": "  "}, "full_name"),
        ({"sex": 3}, "sex"),
        ({"birth_date": date(2999, 1, 1)}, "birth_date"),
    ],
)
def test_what_cannot_be_is_refused(
    db: Database, school: UUID, system: Actor, changes: dict[str, Any], field: str
) -> None:
    with db.context(system, school) as ctx:
        person = create_person(ctx, "An")
        with pytest.raises(Invalid) as caught:
            update_person(ctx, person, **changes)
        assert set(caught.value.fields) == {field}
        with pytest.raises(TypeError):
            update_person(ctx, person, school_id=UUID(int=1))


def test_families(db: Database, school: UUID, other_school: UUID, system: Actor) -> None:
    with db.context(system, school) as ctx:
        mother, father, an, binh = (create_person(ctx, name) for name in ("Lê Mai", "Trần Nam", "Trần An", "Trần Bình"))
        for child in (binh, an):
            relate(ctx, mother, child, "mother")
        relate(ctx, father, an, "father", may_access=False)
        assert [child.full_name for child in children_of(ctx, mother)] == ["Trần An", "Trần Bình"]
        relate(ctx, father, an, "father", may_access=True)
        assert [(g.full_name, g.kind, g.may_access) for g in guardians_of(ctx, an)] == [
            ("Lê Mai", "mother", True),
            ("Trần Nam", "father", True),
        ]
        unrelate(ctx, father, an)
        assert [g.id for g in guardians_of(ctx, an)] == [mother]
        with pytest.raises(NotFound):
            unrelate(ctx, father, an)
        for one, other, kind in [(an, an, "mother"), (mother, an, "aunt")]:
            with pytest.raises(Invalid):
                relate(ctx, one, other, kind)
    with db.context(system, other_school) as ctx:
        assert children_of(ctx, mother) == []
        stranger = create_person(ctx, "Người lạ")
        with pytest.raises(NotFound):
            relate(ctx, stranger, an, "father")
        with pytest.raises(NotFound):
            unrelate(ctx, mother, an)
        with pytest.raises(NotFound):
            update_person(ctx, an, full_name="x")


def test_only_who_may_edits(db: Database, school: UUID) -> None:
    with pytest.raises(Forbidden), db.context(Actor("account", "x"), school) as ctx:
        create_person(ctx, "An")
