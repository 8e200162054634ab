"""A school with a class, pupils, bills that are out, a receipt and an imported list: ids that requests can name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from core.data.session import Database
from core.data.types import new_id
from core.kernel.registry import Registry
from core.payments import cash
from core.people.models import Person, Relation
from core.people.services import derived
from plugins.finance.models import Exemption, Receipt
from plugins.finance.services.rounds import open_round
from plugins.learners.services import planning
from tests.conftest import SignIn
from tests.plugins.finance.conftest import Moment, make_world
from tests.plugins.finance.pay_site import EXEMPT, SYSTEM, build

LIST = "Họ và tên;Ngày sinh;Giới tính;Lớp\nTrần Bình An;02/03/2019;Nam;1A\nLê Thị Bưởi;31/02/2019;Nữ;2A\n"


@dataclass(frozen=True)
class Known:
    """Who asks, and the ids of real things by the names that paths and bodies have for them."""

    callers: dict[str, dict[str, str]]
    """Headers of each kind of caller."""
    ids: dict[str, str]
    """`round_id` is a published round."""
    draft: str
    """A round that can still be changed."""

    def into(self, value: object) -> Any:
        """A body in which every id is a real one."""
        if isinstance(value, dict):
            pairs = cast(dict[str, Any], value).items()
            return {key: self.ids[key] if key in self.ids and inner else self.into(inner) for key, inner in pairs}
        if isinstance(value, list):
            return [self.into(inner) for inner in value]
        return value


def furnish(app: Flask, db: Database, registry: Registry, school: UUID, sign_in: SignIn) -> Known:
    """Put everything there, and sign the callers in."""
    clock, father = Moment(), new_id()
    with db.context(SYSTEM, school, clock=clock) as ctx:
        world = make_world(ctx)
    site = build(app, db, registry, world, clock)
    with db.context(SYSTEM, school, clock=clock) as ctx:
        cash.collect_cash(ctx, world.pupils[EXEMPT], 100_000)
        ctx.session.add(Person(id=father, full_name="Lê Văn Bình", **derived("Lê Văn Bình", codes=[])))
        ctx.session.flush()
        ctx.session.add(Relation(person_id=father, related_id=world.pupils[EXEMPT], kind="father"))
        items = [world.items["tien_an"].id]
        draft = open_round(ctx, title="Đợt hai", period=date(2026, 10, 1), due_on=date(2026, 10, 31), item_ids=items)
        listed = planning.start_import(ctx, "danh sách.csv", LIST.encode())
    site.drain()
    with db.context(SYSTEM, school, clock=clock) as ctx:
        receipt = ctx.session.scalars(select(Receipt.id)).first()
        exemption = ctx.session.scalars(select(Exemption.id)).first()
    found: dict[str, object] = {
        "person_id": world.pupils[EXEMPT],
        "learner_id": world.pupils[EXEMPT],
        "item_id": world.items["tien_an"].id,
        "round_id": world.round_id,
        "bill_id": site.bills[EXEMPT],
        "receipt_id": receipt,
        "exemption_id": exemption,
        "import_id": listed,
        "channel_id": site.vietqr,
        "class_id": world.classes["1A"],
    }
    ids = {name: str(value) for name, value in found.items()}
    assert "None" not in ids.values(), ids
    everything = sign_in(school, "office", "accountant", "head", "operator")
    parent = sign_in(school, "parent", person_id=father)
    callers: dict[str, dict[str, str]] = {"nobody": {}}
    for name, client in (("everything", everything), ("parent", parent)):
        cookie = client.get_cookie("truong_session")
        assert cookie is not None
        callers[name] = {"Authorization": f"Bearer {cookie.value}"}
    code_list = next(iter(registry.code_lists(registry.school_modules())))
    return Known(callers, {**ids, "name": code_list}, str(draft.id))
