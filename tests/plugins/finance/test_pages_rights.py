"""Who reaches which page: by role, by school, by child."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.data.session import Database
from core.sdk import Actor
from plugins.finance.models import Bill
from plugins.finance.services import publish
from tests.conftest import SignIn

from .conftest import World

PAGES = {
    "/finance/rounds": "finance.round.read",
    "/finance/rounds/new": "finance.round.edit",
    "/finance/bills": "finance.bill.read",
    "/finance/exemptions": "finance.exemption.read",
    "/finance/exemptions/new": "finance.exemption.edit",
    "/finance/receipts": "finance.receipt.read",
    "/finance/desk": "payments.case.read",
    "/finance/statements": "payments.statement.import",
    "/finance/channels": "payments.channel.manage",
    "/finance/books": "payments.ledger.read",
    "/finance/items": "finance.round.read",
    "/finance/items/new": "finance.item.edit",
}
REACH = {
    "accountant": {p for p in PAGES if p != "/finance/channels"},
    "head": {
        p
        for p in PAGES
        if p not in ("/finance/rounds/new", "/finance/exemptions/new", "/finance/statements", "/finance/items/new")
    },
    "office": {"/finance/rounds", "/finance/bills", "/finance/items"},
    "parent": set(),
}


@pytest.mark.parametrize("role", REACH)
def test_each_role_reaches_its_pages_and_no_other(role: str, world: World, sign_in: SignIn) -> None:
    client = sign_in(world.school, role)
    reached = {path for path in PAGES if client.get(path).status_code == 200}
    assert reached == REACH[role]


def test_another_school_sees_nothing(
    world: World, school: object, db: Database, system: Actor, sign_in: SignIn
) -> None:
    with db.context(system, world.school) as ctx:
        publish.publish(ctx, world.round_id)
        bill_id = ctx.session.scalars(select(Bill.id)).first()
    stranger = sign_in(school, "accountant", "head")
    person = world.pupils["Đỗ Thị An"]
    for path in (
        f"/finance/rounds/{world.round_id}",
        f"/finance/rounds/{world.round_id}/preview",
        f"/finance/rounds/{world.round_id}/prices",
        f"/finance/bills/{bill_id}",
        f"/finance/bills/{bill_id}/cancel",
        f"/finance/accounts/{person}",
        f"/finance/exemptions/new?person={person}",
    ):
        assert stranger.get(path).status_code == 404, path
    assert "An" not in stranger.get("/finance/bills?q=do thi an").text.split("<main")[1].split('id="found"')[1]
    token = {"csrf_token": stranger.csrf}  # type: ignore[attr-defined]
    assert (
        stranger.post(f"/finance/bills/{bill_id}/cash", data={**token, "amount": "1000", "key": "k"}).status_code == 404
    )
    assert stranger.post(f"/finance/rounds/{world.round_id}/publish", data={**token, "bills": "6"}).status_code == 404


def test_a_parent_gets_no_bill_of_another_child_and_no_books(
    world: World, db: Database, system: Actor, sign_in: SignIn
) -> None:
    from core.people.services import create_person, relate

    with db.context(system, world.school) as ctx:
        publish.publish(ctx, world.round_id)
        mother = create_person(ctx, "Đỗ Thị Mẹ")
        relate(ctx, mother, world.pupils["Đỗ Thị An"], "mother")
        ids = {row.person_id: row.id for row in ctx.session.execute(select(Bill.person_id, Bill.id))}
    parent = sign_in(world.school, "parent", person_id=mother)
    assert parent.get(f"/finance/bills/{ids[world.pupils['Đỗ Thị An']]}").status_code == 200
    assert parent.get(f"/finance/bills/{ids[world.pupils['Lê Lan Lam']]}").status_code == 404
    assert parent.get(f"/finance/accounts/{world.pupils['Lê Lan Lam']}").status_code == 403


def test_names_are_escaped_everywhere(world: World, db: Database, system: Actor, sign_in: SignIn) -> None:
    from core.people.services import update_person

    evil = '<script>alert("x")</script> An'
    with db.context(system, world.school) as ctx:
        update_person(ctx, world.pupils["Đỗ Thị An"], full_name=evil)
        publish.publish(ctx, world.round_id)
        bill_id = ctx.session.scalars(select(Bill.id).where(Bill.person_id == world.pupils["Đỗ Thị An"])).one()
    client = sign_in(world.school, "accountant")
    for path in ("/finance/bills", f"/finance/bills/{bill_id}", f"/finance/rounds/{world.round_id}", "/search?q=alert"):
        text = client.get(path).text
        assert "<script>alert" not in text, path
        assert "&lt;script&gt;" in text, path


def test_the_start_page_and_the_search(world: World, db: Database, system: Actor, sign_in: SignIn) -> None:
    with db.context(system, world.school) as ctx:
        publish.publish(ctx, world.round_id)
    client = sign_in(world.school, "accountant")
    start = client.get("/").text
    assert "phiếu thu chờ nộp" in start
    assert "/finance/bills?state=open" in start
    assert "Đỗ Thị An" in client.get("/search?q=do thi an").text
    parent = sign_in(world.school, "parent")
    assert "Đỗ Thị An" not in parent.get("/search?q=do thi an").text
