"""Lists leave the school by two people and within a quota, and all of it is written down."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import text

from core import settings
from core.data.session import Database
from core.data.types import new_id
from core.disclosure import exports, log, requests
from core.kernel.registry import Registry
from core.types.actor import Actor
from core.types.errors import Conflict, Forbidden, Invalid, NotFound
from core.types.message import Message

from .conftest import House, Wind, somebody

LIST = exports.Leaving("learners.list", Message("List of pupils"), "/list", 10, frozenset({"identity"}))
BIG = replace(LIST, persons=500, url="/big")
WHY = "Nộp phòng Giáo dục"


def test_small_lists_go_at_one_click_and_figures_are_nobodys(db: Database, house: House, registry: Registry) -> None:
    office = somebody(registry, "office")
    with db.context(office, house.school) as ctx:
        assert exports.leave(ctx, LIST) is None
        assert exports.leave(ctx, replace(BIG, data_classes=frozenset())) is None
        assert exports.taken_today(ctx, office.account_id or new_id()) == 10
        draft = exports.leave(ctx, BIG)
        assert draft is not None and exports.leave(ctx, BIG) == draft, "one draft for one list"
        assert exports.leave(ctx, replace(LIST, data_classes=frozenset({"health"}))) is not None
        assert requests.request(ctx, draft).state == "draft"
    with db.context(somebody(registry, "head"), house.school) as ctx:
        assert [(file.persons, file.request_id) for file in requests.taken(ctx)] == [(10, None)]
        with pytest.raises(NotFound):
            requests.request(ctx, draft)


def test_a_second_person_agrees_and_the_families_read_it(
    db: Database, house: House, registry: Registry, clock: Wind
) -> None:
    office, head = somebody(registry, "office"), somebody(registry, "head", name="Thầy Hiệu")
    what = replace(LIST, persons=[house.child, house.other_child], data_classes=frozenset({"identity", "health"}))
    with db.context(office, house.school, clock=clock) as ctx:
        asked = exports.leave(ctx, what)
        assert asked is not None
        with pytest.raises(Invalid):
            requests.send(ctx, asked, "vì")
        requests.send(ctx, asked, WHY)
        with pytest.raises(Conflict):
            exports.leave(ctx, what, asked)
        with pytest.raises(Forbidden):
            requests.decide(ctx, asked, agreed=True)
    with db.context(head, house.school, clock=clock) as ctx:
        assert [found.id for found in requests.to_decide(ctx)] == [asked]
        requests.decide(ctx, asked, agreed=True)
        with pytest.raises(Conflict):
            requests.decide(ctx, asked, agreed=False, remark="x")
        with pytest.raises(Conflict):
            exports.leave(ctx, what, asked)
    with db.context(office, house.school, clock=clock) as ctx:
        for other in (
            replace(what, url="/other"),
            replace(what, persons=9),
            replace(what, data_classes=frozenset({"identity", "health", "origin"})),
        ):
            with pytest.raises(Conflict), ctx.session.begin_nested():
                exports.leave(ctx, other, asked)
        for _time in range(3):
            assert exports.leave(ctx, what, asked) is None
        with pytest.raises(Conflict):
            exports.leave(ctx, what, asked)
    with db.context(somebody(registry, "parent", person_id=house.mother), house.school, clock=clock) as ctx:
        looks = log.looks_at(ctx, house.child)
        assert [(look.how, look.note, look.data_classes) for look in looks] == [("export", WHY, ["health"])] * 3


def test_nobody_agrees_to_their_own_request_from_whatever_account(
    db: Database, house: House, other_school: UUID, registry: Registry
) -> None:
    head = somebody(registry, "head", "office", person_id=house.mother)
    twin = replace(somebody(registry, "head"), person_id=house.mother)
    with db.context(head, house.school) as ctx:
        asked = exports.leave(ctx, BIG)
        assert asked is not None
        requests.send(ctx, asked, WHY)
        assert requests.to_decide(ctx) == []
    for same in (head, twin):
        with db.context(same, house.school) as ctx, pytest.raises(Forbidden):
            requests.decide(ctx, asked, agreed=True)
    for stranger in ("teacher", "office", "parent"):
        with db.context(somebody(registry, stranger), house.school) as ctx:
            with pytest.raises(Forbidden):
                requests.decide(ctx, asked, agreed=True)
            with pytest.raises(NotFound):
                requests.request(ctx, asked)
    with db.context(somebody(registry, "head"), other_school) as ctx, pytest.raises(NotFound):
        requests.decide(ctx, asked, agreed=True)
    with db.context(somebody(registry, "data_protection"), house.school) as ctx:
        with pytest.raises(Invalid):
            requests.decide(ctx, asked, agreed=False)
        requests.decide(ctx, asked, agreed=False, remark="Chỉ cần số liệu tổng hợp")
    with db.context(head, house.school) as ctx:
        assert requests.state_of(requests.request(ctx, asked))[0] == "stop"
        with pytest.raises(Conflict):
            exports.leave(ctx, BIG, asked)


def test_an_agreed_link_ends(db: Database, house: House, registry: Registry, clock: Wind) -> None:
    office = somebody(registry, "office")
    with db.context(office, house.school, clock=clock) as ctx:
        asked = exports.leave(ctx, BIG)
        assert asked is not None
        requests.send(ctx, asked, WHY)
    with db.context(somebody(registry, "head"), house.school, clock=clock) as ctx:
        requests.decide(ctx, asked, agreed=True)
    clock.forward(hours=25)
    with db.context(office, house.school, clock=clock) as ctx:
        assert not requests.fetchable(ctx, requests.request(ctx, asked))
        with pytest.raises(Conflict, match="any more"):
            exports.leave(ctx, BIG, asked)


def test_the_quota_holds_when_two_sessions_ask_at_once(
    db: Database, house: House, registry: Registry, system: Actor, clock: Wind
) -> None:
    with db.context(system, house.school) as ctx:
        settings.put(ctx, "core.exports.quota", 15)
    office, start = somebody(registry, "office"), Barrier(2)

    def take(number: int) -> bool:
        try:
            with db.context(office, house.school, clock=clock) as ctx:
                ctx.session.execute(text("SELECT 1"))
                start.wait(10)
                exports.leave(ctx, replace(LIST, url=f"/{number}"))
        except Conflict as refused:
            assert refused.code == "export_quota"
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take, range(2))) == [False, True]
    clock.forward(days=1)
    with db.context(office, house.school, clock=clock) as ctx:
        assert exports.leave(ctx, LIST) is None, "a new day"
