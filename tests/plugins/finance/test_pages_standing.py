"""The accountant's day, debts, the year at a glance and a family's years, in the browser's words."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core.data.session import Database
from core.people.services import create_person, relate
from core.sdk import Actor
from plugins.finance.models import Bill
from plugins.finance.services import publish
from tests.conftest import SignIn

from .conftest import World
from .test_pages_money import send

LAM = "Lê Lan Lam"


@pytest.fixture
def accountant(world: World, db: Database, system: Actor, sign_in: SignIn) -> FlaskClient:
    """The bills are out and Lam has paid half a million at the counter."""
    with db.context(system, world.school) as ctx:
        publish.publish(ctx, world.round_id)
        bill = ctx.session.scalars(select(Bill.id).where(Bill.person_id == world.pupils[LAM])).one()
    client = sign_in(world.school, "accountant", name="Cô Lan")
    assert send(client, f"/finance/bills/{bill}/cash", amount="500.000", key="k").status_code == 303
    return client


def main(text: str) -> str:
    return text.split("<main", 1)[1].replace("\u00a0", " ")


def test_day_debts_and_year_tell_the_same_money(accountant: FlaskClient, world: World, sign_in: SignIn) -> None:
    day = main(accountant.get("/finance/day").text)
    assert "500.000 ₫" in day
    assert "Tiền mặt" in day
    assert main(accountant.get("/finance/day?on=2020-01-01").text).count("500.000") == 0
    assert accountant.get("/finance/day?on=never").status_code == 200

    debts = main(accountant.get("/finance/debts").text)
    owed = 3 * 883_950 + 3 * 1_411_800 - 500_000
    shown = f"{owed:,}".replace(",", ".")
    assert debts.count(shown) >= 2
    one = main(accountant.get(f"/finance/debts?class=1A&item={world.items['bhyt'].id}").text)
    assert "Phan Ánh Hương" in one and "Đỗ Thị An" not in one.split('id="pupils"')[1]
    assert "Không có học sinh nào còn nợ" in accountant.get("/finance/debts?age=over_90").text

    head = sign_in(world.school, "head")
    year = main(head.get("/finance/overview").text)
    for words in ("Thu trong năm học", "Theo tháng", "Tiền ăn", "500.000 ₫", "<svg"):
        assert words in year, words
    assert "Bảo hiểm" in year and "Health" not in year


def test_debts_leave_as_a_file_through_the_door(accountant: FlaskClient) -> None:
    link = re.search(
        r'href="(/reports/finance\.debts\?[^"]*format=csv[^"]*)"', accountant.get("/finance/debts?class=1A").text
    )
    assert link
    answer = accountant.get(link[1].replace("&amp;", "&"))
    assert answer.status_code == 200
    text = answer.data.decode("utf-8-sig")
    assert LAM in text and "Đỗ Thị An" not in text


def test_a_parent_sees_every_year_of_the_own_children_only(
    accountant: FlaskClient, world: World, db: Database, system: Actor, sign_in: SignIn
) -> None:
    with db.context(system, world.school) as ctx:
        mother = create_person(ctx, "Lê Thị Mẹ")
        relate(ctx, mother, world.pupils[LAM], "mother")
    parent = sign_in(world.school, "parent", person_id=mother)
    text = main(parent.get("/finance/family/years").text)
    assert LAM in text and "Đỗ Thị An" not in text
    assert "2026-2027" in text
    assert "500.000 ₫" in text and "883.950 ₫" in text
    pdf = re.search(r"/finance/family/receipts/[0-9a-f-]{36}", text)
    assert pdf and parent.get(pdf[0]).data.startswith(b"%PDF")
    stranger = sign_in(world.school, "parent")
    assert LAM not in main(stranger.get("/finance/family/years").text)


@pytest.mark.parametrize(
    ("role", "reached"),
    [
        ("accountant", {"/finance/day", "/finance/debts", "/finance/overview"}),
        ("head", {"/finance/day", "/finance/debts", "/finance/overview"}),
        ("office", set()),
        ("teacher", set()),
        ("parent", {"/finance/family/years"}),
    ],
)
def test_each_role_reaches_its_pages(role: str, reached: set[str], world: World, sign_in: SignIn) -> None:
    client = sign_in(world.school, role)
    pages = ("/finance/day", "/finance/debts", "/finance/overview", "/finance/family/years")
    assert {path for path in pages if client.get(path).status_code == 200} == reached
