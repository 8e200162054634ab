"""A school with a sensitive record, and the people around it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from core import settings
from core.access import permissions_for
from core.access.grants import grant
from core.access.scopes import bind
from core.data.session import Database
from core.data.types import new_id, utc_now
from core.identity import create_account
from core.kernel.registry import Registry
from core.people.services import create_person, relate
from core.types.actor import Actor
from plugins.learners.services.learners import create_learner

MODULES = frozenset({"learners", "finance"})


@dataclass
class House:
    """The persons of the tests."""

    school: UUID
    child: UUID
    mother: UUID
    other_child: UUID
    other_father: UUID
    head_account: UUID


class Wind:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = utc_now()

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **how: float) -> None:
        self.now += timedelta(**how)


@pytest.fixture
def clock() -> Wind:
    return Wind()


@pytest.fixture(autouse=True)
def _bound(registry: Registry) -> None:
    bind(registry)
    settings.bind(registry)


@pytest.fixture
def house(db: Database, school: UUID, system: Actor) -> House:
    with db.context(system, school) as ctx:
        child = create_learner(ctx, {"hovaten": "Lê Văn An", "ngaysinh": "2015-03-07", "khuyettat": "Khiếm thính",
                                     "doituongchinhsach": "Hộ nghèo", "dantoc": "02"})  # fmt: skip
        other = create_learner(ctx, {"hovaten": "Trần Thị Bình", "ngaysinh": "2015-05-07"})
        mother = create_person(ctx, "Nguyễn Thị Mẹ")
        father = create_person(ctx, "Trần Văn Cha")
        relate(ctx, mother, child, "mother")
        relate(ctx, father, other, "father")
        head = create_account(ctx, "hieutruong", "Hiệu trưởng")
        grant(ctx, head, "head")
    return House(school, child, mother, other, father, head)


def somebody(registry: Registry, *roles: str, person_id: UUID | None = None, name: str = "Cô Hoa") -> Actor:
    """An actor with the permissions of these roles, in a session of their own."""
    held = permissions_for(registry, roles, MODULES)
    return Actor("account", name, new_id(), person_id, frozenset(roles), held, session_id=new_id())


def elsewhere(actor: Actor) -> Actor:
    """The same account in another session."""
    return replace(actor, session_id=new_id())
