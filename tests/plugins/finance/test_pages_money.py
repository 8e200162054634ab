"""Bills, cash, receipts, exemptions, cases and channels, as they are used in the browser."""

from __future__ import annotations

import re
from datetime import date
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core.data.session import Database
from core.payments import channels
from core.payments.booking import transfers
from core.payments.booking.evidence import Origin
from core.payments.port import Fact, FactKind
from core.sdk import Actor
from core.sdk.ledger import Charge, trial_balance
from plugins.finance.models import Bill, Exemption, Receipt
from plugins.finance.services import publish
from tests.conftest import SignIn

from .conftest import World

VIETQR = {
    "bank_bin": "970436",
    "account_number": "0011223344",
    "account_name": "TRUONG CANH DIEU",
    "service": "account",
}


@pytest.fixture
def accountant(world: World, sign_in: SignIn) -> FlaskClient:
    return sign_in(world.school, "accountant", name="Cô Lan")


@pytest.fixture
def bill(world: World, db: Database, system: Actor) -> UUID:
    """The published bill of Lê Lan Lam, 1A."""
    with db.context(system, world.school) as ctx:
        publish.publish(ctx, world.round_id)
        return ctx.session.scalars(select(Bill.id).where(Bill.person_id == world.pupils["Lê Lan Lam"])).one()


def send(client: FlaskClient, url: str, **data: object):  # type: ignore[no-untyped-def]
    return client.post(url, data={"csrf_token": client.csrf, **data})  # type: ignore[attr-defined]


def test_a_bill_explains_each_line(bill: UUID, accountant: FlaskClient) -> None:
    text = accountant.get(f"/finance/bills/{bill}").text
    assert "18 × 32.000" in text
    assert "NQ 20/2026/NQ-HĐND" in text
    assert "883.950" in text
    assert "/pay/" in text, "the link to send to the family"


def test_cash_gives_a_receipt_at_once_and_twice_the_same_form_pays_once(
    bill: UUID, world: World, accountant: FlaskClient, db: Database, system: Actor
) -> None:
    key = re.search(r'name="key" value="([^"]+)"', accountant.get(f"/finance/bills/{bill}").text)
    assert key
    form = {"amount": "500.000", "note": "Mẹ nộp", "key": key[1]}
    first, second = (send(accountant, f"/finance/bills/{bill}/cash", **form) for _twice in range(2))
    assert first.status_code == 303
    assert first.location == second.location
    receipt = accountant.get(first.location).text
    assert "500.000" in receipt
    assert "năm trăm nghìn đồng" in receipt.lower()
    page = accountant.get(f"/finance/bills/{bill}").text
    assert "383.950" in page
    assert first.location in page
    pdf = accountant.get(first.location + "/pdf")
    assert pdf.data.startswith(b"%PDF")
    with db.context(system, world.school) as ctx:
        books = trial_balance(ctx)
        assert books["cash:desk"] == 500_000
        assert sum(books.values()) == 0
        content = ctx.session.scalars(select(Receipt.content)).one()
        assert [b["paid"] for b in content["bills"]] == [500_000]


@pytest.mark.parametrize("amount", ["", "0", "-5000", "mười nghìn", "500"])
def test_cash_that_is_no_amount_books_nothing(amount: str, bill: UUID, accountant: FlaskClient) -> None:
    answer = send(accountant, f"/finance/bills/{bill}/cash", amount=amount, key="k")
    assert answer.status_code == 422
    assert 'id="e-amount"' in answer.text
    assert "Chưa có biên lai" in accountant.get("/finance/receipts").text


def test_cancel_and_issue_anew(bill: UUID, accountant: FlaskClient) -> None:
    url = f"/finance/bills/{bill}"
    assert "Hủy phiếu thu 883.950" in accountant.get(f"{url}/cancel").text.replace("\u00a0", " ")
    assert send(accountant, f"{url}/cancel", reason="").status_code == 422
    assert send(accountant, f"{url}/cancel", reason="Chuyển trường <i>").status_code == 303
    page = accountant.get(url).text
    assert "Chuyển trường &lt;i&gt;" in page
    assert "/pay/" not in page
    anew = send(accountant, f"{url}/reissue")
    assert anew.location != url
    assert "883.950" in accountant.get(anew.location).text
    send(accountant, f"{url}/reissue")
    assert "Chỉ phiếu" in accountant.get(url).text or "phiếu" in accountant.get(url).text


def test_a_cancelled_receipt_keeps_its_number(bill: UUID, accountant: FlaskClient) -> None:
    made = send(accountant, f"/finance/bills/{bill}/cash", amount="100.000", key="r").location
    assert send(accountant, made + "/cancel", reason="").status_code == 422
    assert send(accountant, made + "/cancel", reason="Ghi nhầm người nộp").status_code == 303
    listed = accountant.get("/finance/receipts?q=1").text
    assert "/000001" in listed
    assert "Đã h" in listed
    assert accountant.get(made + "/pdf").data.startswith(b"%PDF")


def test_an_exemption_is_approved_by_a_second_person(
    world: World, accountant: FlaskClient, sign_in: SignIn, db: Database, system: Actor
) -> None:
    person = world.pupils["Đỗ Thị An"]
    form = {
        "person_id": str(person),
        "item_ids": str(world.items["tien_an"].id),
        "percent": "150",
        "group_code": "poor",
        "reason": "Hộ nghèo",
        "legal_basis": "Nghị định 238/2025/NĐ-CP",
        "evidence": "Giấy chứng nhận 12/2026",
        "valid_from": "2026-09-01",
        "valid_to": "2027-05-31",
    }
    refused = send(accountant, "/finance/exemptions/new", **form)
    assert refused.status_code == 422
    assert 'value="150"' in refused.text
    assert 'value="Giấy chứng nhận 12/2026"' in refused.text
    made = send(accountant, "/finance/exemptions/new", **form | {"percent": "50"})
    assert made.status_code == 303
    assert send(accountant, made.location + "/approve").status_code == 403
    both = sign_in(world.school, "accountant", "head")
    assert "Đỗ Thị An" in both.get("/finance/exemptions?waiting=1").text
    assert send(both, made.location + "/approve").status_code == 303
    with db.context(system, world.school) as ctx:
        row = ctx.session.scalars(select(Exemption)).one()
        assert row.approved_by == both.account_id  # type: ignore[attr-defined]
    preview = accountant.get(f"/finance/rounds/{world.round_id}/preview").text
    assert "Giảm 50 %" in preview
    assert send(accountant, made.location + "/end", valid_to="2028-01-01", reason="x").status_code == 422
    assert send(accountant, made.location + "/end", valid_to="2026-12-31", reason="Thoát nghèo").status_code == 303
    with db.context(system, world.school) as ctx:
        assert ctx.session.scalars(select(Exemption.valid_to)).one() == date(2026, 12, 31)


def _lost(db: Database, system: Actor, school: UUID, memo: str, amount: int) -> None:
    """Money comes in whose memo names nobody for certain."""
    with db.context(system, school) as ctx:
        channel = channels.load(ctx, channels.configure(ctx, "vietqr", VIETQR))
        fact = Fact(FactKind.CREDIT, "FT263170001", amount, "VND", ctx.now(), memo=memo, merchant="0011223344")
        transfers.apply(ctx, channel, fact, Origin("notice"))


def test_money_without_a_name_is_proposed_and_assigned_with_one_click(
    bill: UUID, world: World, accountant: FlaskClient, db: Database, system: Actor
) -> None:
    _lost(db, system, world.school, "LE LAN LAM lop 1A nop tien <b>", 883_950)
    desk = accountant.get("/finance/desk").text
    assert "Của Lê Lan Lam" in desk
    assert "&lt;b&gt;" in desk
    case = re.search(r"/finance/desk/([0-9a-f-]{36})/assign", desk)
    assert case
    url = f"/finance/desk/{case[1]}"
    assert accountant.get(url + "?q=lam").status_code == 200
    assert send(accountant, url + "/assign", person="no").status_code == 422
    assert send(accountant, url + "/assign", person=world.pupils["Lê Lan Lam"]).status_code == 303
    with db.context(system, world.school) as ctx:
        assert ctx.session.scalars(select(Charge.state).where(Charge.origin_id == bill)).one() == "settled"
        assert sum(trial_balance(ctx).values()) == 0
    assert send(accountant, url + "/assign", person=world.pupils["Lê Lan Lam"]).status_code == 303, "said, not broken"
    assert send(accountant, url + "/undo", reason="").status_code == 422
    assert send(accountant, url + "/undo", reason="Nhầm em").status_code == 303
    with db.context(system, world.school) as ctx:
        assert ctx.session.scalars(select(Charge.state).where(Charge.origin_id == bill)).one() == "open"
    assert send(accountant, url + "/refuse", reason="Chuyển nhầm trường").status_code == 303
    assert "Chuyển nhầm trường" in accountant.get("/finance/desk?done=1").text


def test_the_office_sees_no_cases_and_the_head_decides_none(
    bill: UUID, world: World, sign_in: SignIn, db: Database, system: Actor
) -> None:
    _lost(db, system, world.school, "CK", 10_000)
    head = sign_in(world.school, "head")
    case = re.search(r"/finance/desk/[0-9a-f-]{36}", head.get("/finance/desk").text)
    assert case
    assert "Gán" not in head.get(case[0]).text
    assert send(head, case[0] + "/assign", person=world.pupils["Lê Lan Lam"]).status_code == 403
    assert sign_in(world.school, "office").get(case[0]).status_code == 403


def test_the_books_are_equal_on_both_sides(bill: UUID, accountant: FlaskClient) -> None:
    send(accountant, f"/finance/bills/{bill}/cash", amount="883.950", key="b")
    text = accountant.get("/finance/books").text
    assert "sổ sách cân" in text
    assert "Bảo hiểm y tế" in text, "accounts bear the names of items"


def test_a_bill_names_how_each_payment_came(
    bill: UUID, world: World, accountant: FlaskClient, db: Database, system: Actor, sign_in: SignIn
) -> None:
    with db.context(system, world.school) as ctx:
        reference = ctx.session.scalars(select(Charge.reference).where(Charge.origin_id == bill)).one()
        channel = channels.load(ctx, channels.configure(ctx, "vietqr", VIETQR, label="Tài khoản trường"))
        fact = Fact(FactKind.CREDIT, "FT263170042", 500_000, "VND", ctx.now(), memo=f"HP <i> {reference}",
                    merchant="0011223344", reference=reference)  # fmt: skip
        transfers.apply(ctx, channel, fact, Origin("notice"))
    assert send(accountant, f"/finance/bills/{bill}/cash", amount="383.950", key="k-1").status_code == 303
    page = accountant.get(f"/finance/bills/{bill}").text
    for shown in ("Chuyển khoản", "báo qua Tài khoản trường", "FT263170042", "Tiền mặt", "Cô Lan", "HP &lt;i&gt;"):
        assert shown in page
    assert "/finance/receipts/" in page
    link = re.search(r"/finance/evidence/[0-9a-f-]{36}", page)
    assert link
    kept = accountant.get(link[0]).text
    for shown in ("FT263170042", "500.000", "Thông báo có chữ ký", "0011223344"):
        assert shown in kept
    assert sign_in(world.school, "office").get(link[0]).status_code == 403
    assert accountant.get(f"/finance/evidence/{bill}").status_code == 404
