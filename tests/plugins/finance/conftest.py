"""A primary school with classes, pupils and a collection round, on the real database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert

from core import settings
from core.data.session import Database
from core.kernel.registry import Registry
from core.people.services import derived
from core.sdk import Actor, Context
from core.sdk.data import new_id
from core.sdk.people import Person
from core.sdk.school import current_year
from plugins.finance.models import Item, Round
from plugins.finance.services import prices as price_service
from plugins.finance.services import rounds as round_service
from plugins.finance.services.items import ItemInput, save_item
from plugins.finance.services.prices import PriceInput
from plugins.learners.models import Enrolment, Learner, SchoolClass


@dataclass
class Moment:
    """A clock that stands still until a test moves it."""

    now: datetime = datetime(2026, 9, 20, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> Moment:
    return Moment()


ITEMS = (
    ItemInput("tien_an", "Tiền ăn", "Meals", "meal", "day", "NQ 20/2026/NQ-HĐND"),
    ItemInput("ban_tru", "Bán trú", "Boarding", "service", "month", "NQ 20/2026/NQ-HĐND"),
    ItemInput("hai_buoi", "Học 2 buổi/ngày", "Two sessions", "service", "month", "NQ 20/2026/NQ-HĐND"),
    ItemInput("bhyt", "Bảo hiểm y tế", "Health insurance", "insurance", "year", "Nghị định 188/2025/NĐ-CP"),
    ItemInput("nuoc_uong", "Nước uống", "Drinking water", "service", "month", "NQ 20/2026/NQ-HĐND"),
)


def add_items(ctx: Context) -> dict[str, Item]:
    return {entry.code: save_item(ctx, entry) for entry in ITEMS}


def add_classes(ctx: Context, names: list[str]) -> dict[str, UUID]:
    year = current_year(ctx)
    assert year is not None
    ids = {name: new_id() for name in names}
    now = ctx.now()
    rows = [
        {
            "id": ids[name],
            "school_id": ctx.school_id,
            "year_id": year.id,
            "name": name,
            "grade": int("".join(c for c in name if c.isdigit())[:1]),
            "position": place,
            "created_at": now,
            "updated_at": now,
        }
        for place, name in enumerate(names)
    ]
    ctx.session.execute(insert(SchoolClass), rows)
    return ids


def add_pupils(ctx: Context, pupils: list[tuple[str, str, UUID]]) -> list[UUID]:
    """Pupils by code, full name and class; returns their person ids in the same order."""
    year = current_year(ctx)
    assert year is not None
    base = {"school_id": ctx.school_id, "created_at": ctx.now(), "updated_at": ctx.now()}
    ids = [new_id() for _pupil in pupils]
    people = [
        {"id": i, "full_name": name, **derived(name, codes=[code]), **base}
        for i, (code, name, _class) in zip(ids, pupils, strict=True)
    ]
    ctx.session.execute(insert(Person), people)
    learners = [{"id": i, "code": code, **base} for i, (code, _name, _class) in zip(ids, pupils, strict=True)]
    ctx.session.execute(insert(Learner), learners)
    enrolments = [
        {
            "id": new_id(),
            "learner_id": i,
            "year_id": year.id,
            "class_id": class_id,
            "starts_on": date(2026, 9, 1),
            **base,
        }
        for i, (_code, _name, class_id) in zip(ids, pupils, strict=True)
    ]
    ctx.session.execute(insert(Enrolment), enrolments)
    return ids


@dataclass(frozen=True)
class World:
    """A school with two classes of three pupils, items, and a draft round with prices."""

    school: UUID
    items: dict[str, Item]
    classes: dict[str, UUID]
    pupils: dict[str, UUID]
    round_id: UUID


NAMES = {
    "1A": ("Nguyễn Anh Cường", "Phan Ánh Hương", "Lê Lan Lam"),
    "2A": ("Nguyễn Bảo Hoa", "Trần Văn Ân", "Đỗ Thị An"),
}


def make_world(ctx: Context) -> World:
    items = add_items(ctx)
    classes = add_classes(ctx, list(NAMES))
    listed = [
        (f"26{place}{number:03d}", name, classes[class_name])
        for place, (class_name, names) in enumerate(NAMES.items(), start=1)
        for number, name in enumerate(names)
    ]
    ids = add_pupils(ctx, listed)
    pupils = {name: i for i, (_code, name, _class) in zip(ids, listed, strict=True)}
    opened: Round = round_service.open_round(
        ctx,
        title="Thu tháng 9/2026",
        period=date(2026, 9, 1),
        due_on=date(2026, 10, 15),
        item_ids=[items[code].id for code in ("tien_an", "bhyt", "hai_buoi")],
    )
    price_service.set_prices(
        ctx,
        opened.id,
        [
            PriceInput(items["tien_an"].id, 35_000, 18),
            PriceInput(items["tien_an"].id, 32_000, 18, class_id=classes["1A"]),
            PriceInput(items["bhyt"].id, 631_800),
            PriceInput(items["bhyt"].id, 157_950, grade=1),
            PriceInput(items["hai_buoi"].id, 150_000),
        ],
    )
    return World(ctx.school_id, items, classes, pupils, opened.id)


@pytest.fixture
def world(db: Database, other_school: UUID, system: Actor, clock: Moment) -> World:
    with db.context(system, other_school, clock=clock) as ctx:
        return make_world(ctx)


@pytest.fixture
def ctx(db: Database, world: World, system: Actor, clock: Moment) -> Iterator[Context]:
    """A context of the program at the school of `world`."""
    with db.context(system, world.school, clock=clock) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _program(registry: Registry) -> None:
    """What the program does at start: the settings are known."""
    settings.bind(registry)
