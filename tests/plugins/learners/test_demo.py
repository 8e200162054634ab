"""The demo fills a school with invented pupils: any number, the same every time, and clean by our own rules."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from core.data.session import Database
from core.types.actor import Actor
from plugins.learners.demo import Generator, fill
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


def test_the_same_seed_gives_the_same_school() -> None:
    one, two, other = Generator(5, 2026, "01"), Generator(5, 2026, "01"), Generator(6, 2026, "01")
    first = [one.pupil(number, "6A1") for number in range(1, 60)]
    assert first == [two.pupil(number, "6A1") for number in range(1, 60)]
    assert first != [other.pupil(number, "6A1") for number in range(1, 60)]
    assert len({pupil["mahocsinh"] for pupil in first}) == len({pupil["sodinhdanh"] for pupil in first}) == 59
