"""A part of a plugin that fails is missing, is recorded, rests after a while, and comes back."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text

from core.data.session import Database
from core.kernel.containment import PATIENCE, REST, Containment
from core.types.actor import Actor


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def _break() -> int:
    raise ValueError("Nguyễn Văn A owes money")


def test_a_failure_gives_the_default_and_is_recorded_without_its_text(caplog: pytest.LogCaptureFixture) -> None:
    containment = Containment()
    assert containment.call("canteen", "provide_cards canteen.today", _break, -1) == -1
    fault = containment.faults()[0]
    assert (fault.module, fault.failures, fault.resting) == ("canteen", 1, False)
    assert "ValueError" in fault.place
    assert "_break" in fault.place
    assert "owes" not in fault.place + caplog.text


def test_a_part_that_keeps_failing_rests_and_is_tried_again() -> None:
    clock = Clock()
    containment = Containment(clock)
    calls = []

    def fail() -> int:
        calls.append(1)
        return _break()

    for _ in range(PATIENCE + 3):
        assert containment.call("canteen", "card", fail, 0) == 0
    assert len(calls) == PATIENCE
    assert set(containment.degraded()) == {"canteen"}
    assert containment.call("canteen", "another card", lambda: 7, 0) == 7
    clock.now += REST + 1
    assert containment.call("canteen", "card", lambda: 42, 0) == 42
    assert containment.degraded() == {}
    assert containment.faults()[0].failures == PATIENCE


def test_what_a_failing_part_did_to_the_database_is_undone(db: Database, school: UUID, system: Actor) -> None:
    containment = Containment()
    with db.context(system, school) as ctx:
        ctx.session.execute(text("UPDATE core_school SET phone = '1' WHERE id = :id"), {"id": school})

        def spoil() -> int:
            ctx.session.execute(text("UPDATE core_school SET phone = '2' WHERE id = :id"), {"id": school})
            ctx.session.execute(text("SELECT 1 / 0"))
            return 1

        assert containment.call("canteen", "card", spoil, 0, ctx=ctx) == 0
        phone = ctx.session.scalar(text("SELECT phone FROM core_school WHERE id = :id"), {"id": school})
    assert phone == "1"


def test_many_that_only_look_share_a_savepoint_and_none_takes_another_along(
    db: Database, school: UUID, system: Actor
) -> None:
    containment = Containment()
    with db.context(system, school) as ctx:

        def wrong() -> int:
            ctx.session.execute(text("SELECT * FROM nowhere"))
            return 1

        def right() -> int:
            return int(ctx.session.scalar(text("SELECT 7")) or 0)

        with containment.reading(ctx) as parts:
            asked = (("a", right), ("b", wrong), ("c", right), ("d", _break), ("e", right))
            assert [parts.call(name, "card", look, -1) for name, look in asked] == [7, -1, 7, -1, 7]
        assert right() == 7
    assert {fault.module for fault in containment.faults()} == {"b", "d"}
