"""Opening one record in an emergency: for a short while, for reading only, in front of head and family."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text

from core import settings
from core.access import may
from core.data.session import Database
from core.disclosure import disclose, emergency, log, state_purpose
from core.kernel.registry import Registry
from core.types.actor import Actor
from core.types.errors import Conflict, Forbidden, Invalid, NotFound
from core.types.message import Message
from plugins.learners.services.learners import get_learner, list_learners, update_learner

from .conftest import House, Wind, somebody

WHY = "Cháu ngất ở sân trường, cần biết bệnh nền để gọi cấp cứu"
READ = "learners.learner.read"
MESSAGES = text("SELECT person_id, account_id, url FROM core_message WHERE kind = 'core.emergency.opened'")


def test_one_record_opens_for_an_hour_and_head_and_family_are_told(
    db: Database, house: House, registry: Registry, clock: Wind
) -> None:
    teacher = somebody(registry, "teacher")
    with db.context(teacher, house.school, clock=clock) as ctx:
        with pytest.raises(NotFound):
            get_learner(ctx, house.child)
        assert [found.id for found in emergency.find(ctx, "le van an")] == [house.child]
        assert emergency.find(ctx, "van an") == [] and emergency.find(ctx, "an") == []
        with pytest.raises(Invalid):
            emergency.open_record(ctx, house.child, "khẩn cấp")
        case = emergency.open_record(ctx, house.child, WHY)
        assert emergency.open_record(ctx, house.child, WHY) == case
        assert get_learner(ctx, house.child).value["hovaten"] == "Lê Văn An"
        assert [line.id for line in list_learners(ctx)] == [house.child]
        with pytest.raises(NotFound):
            get_learner(ctx, house.other_child)
        opened = disclose(ctx, house.child, {"health", "policy"}, place=Message("x"), purpose="benefits")
        assert opened == {"health"}, "an emergency is the only purpose"
        with pytest.raises(Forbidden):
            state_purpose(ctx, house.child, "benefits")
        told = {(row.person_id, row.account_id) for row in ctx.session.execute(MESSAGES)}
        assert told == {(house.mother, None), (None, house.head_account)}
    with db.context(somebody(registry, "parent", person_id=house.mother), house.school, clock=clock) as ctx:
        (look,) = log.looks_at(ctx, house.child)
        assert (look.how, look.note, look.data_classes) == ("emergency", WHY, ["health", "identity"])
    clock.forward(minutes=61)
    with db.context(teacher, house.school, clock=clock) as ctx:
        assert not may(ctx, READ, house.child)
        assert emergency.own_open(ctx) == []


def test_it_never_allows_changing_or_exporting_and_ends_when_it_is_closed(
    db: Database, house: House, registry: Registry
) -> None:
    teacher = somebody(registry, "teacher")
    with db.context(teacher, house.school) as ctx:
        case = emergency.open_record(ctx, house.child, WHY)
        with pytest.raises(Forbidden):
            update_learner(ctx, house.child, {"ghichu": "x"})
        assert not ctx.actor.has("learners.learner.export")
    with db.context(somebody(registry, "teacher"), house.school) as ctx:
        assert not may(ctx, READ, house.child), "a colleague gets nothing of it"
        with pytest.raises(NotFound):
            emergency.close(ctx, case)
    with db.context(teacher, house.school) as ctx:
        emergency.close(ctx, case)
        assert not may(ctx, READ, house.child)


def test_the_school_says_which_roles_may_and_nobody_opens_many(
    db: Database, house: House, other_school: UUID, registry: Registry, system: Actor, clock: Wind
) -> None:
    teacher = somebody(registry, "teacher")
    for refused in ("parent", "accountant", "data_protection", "pupil"):
        with db.context(somebody(registry, refused), house.school) as ctx, pytest.raises(Forbidden):
            emergency.open_record(ctx, house.child, WHY)
    with db.context(teacher, other_school) as ctx, pytest.raises(NotFound):
        emergency.open_record(ctx, house.child, WHY)
    with db.context(teacher, house.school, clock=clock) as ctx:
        for _time in range(emergency.MOST_A_DAY):
            emergency.close(ctx, emergency.open_record(ctx, house.child, WHY))
            clock.forward(minutes=1)
        with pytest.raises(Conflict):
            emergency.open_record(ctx, house.child, WHY)
    with db.context(system, house.school) as ctx:
        settings.put(ctx, "core.emergency.teacher", False)
    with db.context(somebody(registry, "teacher"), house.school) as ctx, pytest.raises(Forbidden):
        emergency.open_record(ctx, house.child, WHY)


def test_a_second_person_reviews_each_case_once(
    db: Database, house: House, other_school: UUID, registry: Registry, clock: Wind
) -> None:
    teacher, head = somebody(registry, "teacher"), somebody(registry, "head", name="Thầy Hiệu")
    with db.context(teacher, house.school, clock=clock) as ctx:
        case = emergency.open_record(ctx, house.child, WHY)
    clock.forward(days=3)
    for actor, school in ((teacher, house.school), (somebody(registry, "office"), house.school)):
        with db.context(actor, school, clock=clock) as ctx, pytest.raises(Forbidden):
            emergency.review(ctx, case, justified=True, remark="x")
    with db.context(head, other_school, clock=clock) as ctx:
        assert emergency.cases(ctx) == [] and emergency.waiting(ctx) == (0, False)
        with pytest.raises(NotFound):
            emergency.review(ctx, case, justified=True, remark="x")
    with db.context(head, house.school, clock=clock) as ctx:
        assert emergency.waiting(ctx) == (1, True)
        with pytest.raises(Invalid):
            emergency.review(ctx, case, justified=True, remark=" ")
        emergency.review(ctx, case, justified=True, remark="Đúng quy trình")
        assert emergency.waiting(ctx) == (0, False)
        with pytest.raises(Conflict):
            emergency.review(ctx, case, justified=False, remark="x")
        mine = emergency.open_record(ctx, house.child, WHY)
        with pytest.raises(Forbidden):
            emergency.review(ctx, mine, justified=True, remark="x")
