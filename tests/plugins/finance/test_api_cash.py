"""The API of the cash desk and of the tables: the same services as the pages, the same money."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from core.data.session import Database
from core.people.services import create_person, relate
from core.sdk import Actor
from core.sdk.data import new_id
from plugins.finance.services import publish
from tests.conftest import SignIn

from .conftest import World
from .test_api import _get, _post

CASH, STANDING = "/api/v1/finance/cash", "/api/v1/finance/standing"


@pytest.fixture
def published(world: World, db: Database, system: Actor) -> World:
    with db.context(system, world.school) as ctx:
        publish.publish(ctx, world.round_id)
    return replace(world)


def test_a_day_of_a_drawer_by_program(published: World, sign_in: SignIn) -> None:
    cashier, head = sign_in(published.school, "accountant"), sign_in(published.school, "head")
    assert _post(head, f"{CASH}/drawers", {"number": 1}).status_code == 403
    drawer = UUID(_post(cashier, f"{CASH}/drawers", {"number": 1, "opening_float": 0}).json["id"])
    assert _post(cashier, f"{CASH}/drawers", {"number": 1}).status_code == 409
    person = str(published.pupils["Lê Lan Lam"])
    body = {"shares": [{"person_id": person, "amount": 480_000}], "tendered": 500_000, "key": str(new_id())}
    first, second = (_post(cashier, f"{CASH}/takings", body) for _twice in range(2))
    assert first.json == second.json
    assert (first.json["total"], first.json["change"]) == (480_000, 20_000)
    assert _post(cashier, f"{CASH}/takings", body | {"tendered": 1, "key": str(new_id())}).status_code == 422
    assert _post(cashier, f"{CASH}/count", {"counts": {"3000": 1}}).status_code == 422
    assert (
        _post(cashier, f"{CASH}/count", {"counts": {"200000": 2, "50000": 1, "20000": 1, "10000": 1}}).status_code
        == 200
    )
    assert _post(cashier, f"{CASH}/drawers/{drawer}/confirmation").status_code == 409
    assert _post(head, f"{CASH}/drawers/{drawer}/confirmation").status_code == 200
    listed = _get(head, f"{CASH}/drawers").json["items"]
    assert [(one["state"], one["taken"]) for one in listed] == [("closed", 480_000)]
    assert _post(cashier, f"{CASH}/deposits", {"amount": 480_000, "slip": "7"}).status_code == 201
    receipt = first.json["receipts"][0]["receipt_id"]
    refused = _post(cashier, f"{CASH}/returns", {"receipt_id": receipt, "reason": "Nhầm"})
    assert (refused.status_code, refused.json["code"]) == (409, "no_drawer")
    assert len(_get(head, f"{CASH}/deposits").json["items"]) == 1


def test_the_tables_by_program(published: World, sign_in: SignIn, db: Database, system: Actor) -> None:
    accountant = sign_in(published.school, "accountant")
    due = 3 * 883_950 + 3 * 1_411_800
    debts = _get(accountant, f"{STANDING}/debts").json
    assert debts["owed"] == due == sum(one["owed"] for one in debts["items"])
    assert len(_get(accountant, f"{STANDING}/debts/pupils", class_name="1A").json["items"]) == 3
    year = _get(accountant, f"{STANDING}/collection").json
    assert (year["year"], year["asked"], year["paid"]) == ("2026-2027", due, 0)
    assert _get(accountant, f"{STANDING}/collection", year="1999-2000").status_code == 422
    assert _get(accountant, f"{STANDING}/day").json["rails"] == []
    with db.context(system, published.school) as ctx:
        mother = create_person(ctx, "Lê Thị Mẹ")
        relate(ctx, mother, published.pupils["Lê Lan Lam"], "mother")
    parent = sign_in(published.school, "parent", person_id=mother)
    own = _get(parent, f"{STANDING}/own").json["items"]
    assert [(child["full_name"], child["years"][0]["asked"]) for child in own] == [("Lê Lan Lam", 883_950)]
    assert _get(parent, f"{STANDING}/debts").status_code == 403
