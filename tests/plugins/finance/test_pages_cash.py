"""The cash desk as a cashier uses it: a family with two children, the count, the second person, the report."""

from __future__ import annotations

import io
import re

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from core.data.session import Database
from core.people.services import create_person, relate
from core.sdk import Actor
from core.sdk.data import new_id
from core.sdk.ledger import trial_balance, verify
from plugins.finance.models import Drawer
from plugins.finance.services import publish
from tests.conftest import SignIn

from .conftest import World
from .test_pages_money import send

LAM, HOA = "Lê Lan Lam", "Nguyễn Bảo Hoa"


@pytest.fixture
def cashier(world: World, db: Database, system: Actor, sign_in: SignIn) -> FlaskClient:
    """Signed in, with drawer 3 open; Lam and Hoa are sisters."""
    with db.context(system, world.school) as ctx:
        publish.publish(ctx, world.round_id)
        mother = create_person(ctx, "Lê Thị Mẹ")
        for child in (LAM, HOA):
            relate(ctx, mother, world.pupils[child], "mother")
    client = sign_in(world.school, "accountant", name="Cô Lan")
    assert "Mở quầy" in client.get("/finance/cash").text
    assert send(client, "/finance/cash/drawer", number="3", opening_float="200.000").status_code == 303
    return client


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_a_family_from_the_search_to_the_day_close(
    cashier: FlaskClient, world: World, db: Database, system: Actor, sign_in: SignIn
) -> None:
    found = cashier.get("/finance/cash?q=lan lam")
    assert found.status_code == 303, "one pupil fits: no second step"
    page = cashier.get(found.location).text
    assert "883.950" in page
    assert HOA in page, "the sister is offered"
    two = re.search(rf'href="([^"]+)">{HOA} ', page)
    assert two
    basket = cashier.get(two[1].replace("&amp;", "&")).text
    people = re.findall(r'name="p" value="([^"]+)"', basket.split("data-cash")[1])
    assert set(people) == {str(world.pupils[LAM]), str(world.pupils[HOA])}
    key = re.search(r'name="key" value="([^"]+)"', basket)
    assert key
    form = {"key": key[1], "p": people, "tendered": "1.000.000", **{f"amount-{person}": "500.000" for person in people}}
    short = send(cashier, "/finance/cash/take", **form | {"tendered": "900.000"})
    assert short.status_code == 422
    assert "Còn thiếu" in short.text
    assert 'value="500.000"' in short.text, "nothing that was typed is lost"
    first, second = (send(cashier, "/finance/cash/take", **form) for _twice in range(2))
    assert first.status_code == 303
    assert first.location == second.location
    taken = cashier.get(first.location).text
    assert "/000001" in taken and "/000002" in taken
    printed = cashier.get(first.location + "/receipts.pdf")
    assert len(PdfReader(io.BytesIO(printed.data)).pages) == 2, "one print"
    assert LAM in text_of(printed.data)

    counted = send(cashier, "/finance/cash/count", n500000="2")
    assert counted.status_code == 422
    assert "1.200.000" in counted.text, "what the books say comes after the count"
    closed = send(cashier, "/finance/cash/count", n500000="2", n100000="1", reason="Thối nhầm")
    assert closed.status_code == 303
    assert send(cashier, closed.location + "/confirm").status_code == 303
    with db.context(system, world.school) as ctx:
        assert ctx.session.scalars(select(Drawer.state)).one() == "counted", "nobody confirms the own drawer"
    head = sign_in(world.school, "head", name="Thầy Quân")
    assert "Xác nhận có" in head.get(closed.location).text
    assert send(head, closed.location + "/confirm").status_code == 303
    report = text_of(head.get(closed.location + "/report.pdf").data)
    for shown in ("Cô Lan", "Thầy Quân", "1.200.000", "−100.000", "Thối nhầm", "1A"):
        assert shown in report, shown
    assert LAM not in report, "names stand on the receipts"
    with db.context(system, world.school) as ctx:
        books = trial_balance(ctx)
        assert (books["cash:desk"], books["cash:difference"], books.get("cash:drawer-3", 0)) == (900_000, 100_000, 0)
        assert verify(ctx) == []
    assert send(cashier, "/finance/cash/deposits", amount="900.000", slip="GNT 5").status_code == 303
    listed = head.get("/finance/cash/drawers").text
    assert "GNT 5" in listed and "Đang chuyển" in listed
    assert "Tiền đang chuyển vào ngân hàng" in head.get("/finance/books").text


def test_cash_of_a_closed_day_is_given_back_from_today(
    cashier: FlaskClient, world: World, db: Database, system: Actor
) -> None:
    person = str(world.pupils[LAM])
    made = send(cashier, "/finance/cash/take", key=str(new_id()), p=person, **{f"amount-{person}": "150.000"})
    receipt = re.search(r"/finance/receipts/[0-9a-f-]{36}", cashier.get(made.location).text)
    assert receipt
    assert "Trả lại khoản tiền mặt này" in cashier.get(receipt[0]).text
    send(cashier, receipt[0] + "/give-back", reason="")
    assert "Hợp lệ" in cashier.get(receipt[0]).text or "Trả lại khoản" in cashier.get(receipt[0]).text
    send(cashier, receipt[0] + "/give-back", reason="Nhầm em")
    assert "Nhầm em" in cashier.get(receipt[0]).text
    with db.context(system, world.school) as ctx:
        assert trial_balance(ctx)["cash:drawer-3"] == 200_000
        assert verify(ctx) == []


def test_only_who_takes_cash_reaches_the_desk(
    world: World, school: object, sign_in: SignIn, cashier: FlaskClient
) -> None:
    pages = ("/finance/cash", "/finance/cash/drawers")
    reached = {
        role: tuple(sign_in(world.school, role).get(path).status_code for path in pages)
        for role in ("head", "office", "teacher", "parent")
    }
    assert reached == {"head": (403, 200), "office": (403, 403), "teacher": (403, 403), "parent": (403, 403)}
    drawer = re.search(r"/finance/cash/drawers/[0-9a-f-]{36}", cashier.get("/finance/cash/drawers").text)
    assert drawer
    stranger = sign_in(school, "accountant", "head")
    for path in (drawer[0], drawer[0] + "/report.pdf", f"/finance/cash/taken/{new_id()}"):
        assert stranger.get(path).status_code == 404, path
    assert "Lê Lan Lam" not in stranger.get(f"/finance/cash?p={world.pupils[LAM]}").text
    send(stranger, drawer[0] + "/confirm")
    assert "Đang mở" in cashier.get(drawer[0]).text
