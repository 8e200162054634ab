"""The demo fills a school with invented pupils: any number, the same every time, and clean by our own rules."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from uuid import UUID

from sqlalchemy import text

from core.data.session import Database
from core.data.types import new_id
from core.types.actor import Actor
from plugins.learners.demo import Generator, fill, looked_at
from plugins.learners.services import classes, learners


def test_fill(db: Database, school: UUID, system: Actor) -> None:
    with db.context(system, school) as ctx:
        fill(ctx, {"pupils": 130})
    with db.context(system, school) as ctx:
        lines = classes.list_classes(ctx)
        assert [line.name for line in lines] == ["6A1", "7A1", "8A1", "9A1"]
        assert sum(line.pupils for line in lines) == learners.count_learners(ctx) == 130
        shared_parents = text(
            "SELECT count(*) FROM (SELECT person_id FROM core_relation GROUP BY person_id HAVING count(*) > 1) s"
        )
        assert ctx.session.execute(shared_parents).scalar_one() > 0
        assert len(learners.list_learners(ctx, query="nguyen", limit=10)) == 10


def test_families_of_the_demo_see_who_looked(db: Database, school: UUID, system: Actor) -> None:
    office = replace(system, kind="account", name="Nguyễn Thị Hạnh", account_id=new_id(), roles=frozenset({"office"}))
    stage = SimpleNamespace(staff=lambda role: office)
    with db.context(system, school) as ctx:
        fill(ctx, {"pupils": 130})
        looked_at(ctx, {"stage": stage})
        read = text(
            "SELECT count(DISTINCT person_id), count(DISTINCT reader_name), min(at) < now() FROM core_access_log"
        )
        persons, readers, before = ctx.session.execute(read).one()
        assert persons > 5 and (readers, before) == (1, True)


def test_the_same_seed_gives_the_same_school() -> None:
    one, two, other = Generator(5, 2026, "01"), Generator(5, 2026, "01"), Generator(6, 2026, "01")
    first = [one.pupil(number, "6A1") for number in range(1, 60)]
    assert first == [two.pupil(number, "6A1") for number in range(1, 60)]
    assert first != [other.pupil(number, "6A1") for number in range(1, 60)]
    assert len({pupil["mahocsinh"] for pupil in first}) == len({pupil["sodinhdanh"] for pupil in first}) == 59
