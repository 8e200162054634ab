"""The family page and printed notices: own children only, and only for those who may."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.data.session import Database
from core.data.types import new_id
from core.kernel.registry import Registry
from core.people.models import Person, Relation
from core.people.services import derived
from plugins.finance.models import Receipt
from plugins.finance.services import paper
from tests.conftest import SignIn

from .conftest import Moment, World
from .pay_site import EXEMPT, FREE, SYSTEM, PaySite, build

MINE, ALSO_MINE, NOT_MINE = EXEMPT, "Phan Ánh Hương", "Đỗ Thị An"


@pytest.fixture
def site(app: Flask, db: Database, registry: Registry, world: World, clock: Moment) -> PaySite:
    return build(app, db, registry, world, clock)


@pytest.fixture
def parent(site: PaySite, sign_in: SignIn) -> FlaskClient:
    """A father of two, with an account."""
    father = new_id()
    with site.db.context(SYSTEM, site.world.school) as ctx:
        ctx.session.add(Person(id=father, full_name="Lê Văn Bình", **derived("Lê Văn Bình", codes=[])))
        ctx.session.flush()
        for name in (MINE, ALSO_MINE):
            ctx.session.add(Relation(person_id=father, related_id=site.world.pupils[name], kind="father"))
    return sign_in(site.world.school, "parent", person_id=father)


def test_all_own_children_with_what_is_to_pay(parent: FlaskClient) -> None:
    page = parent.get("/finance/family")
    assert page.status_code == 200
    assert page.text.index(ALSO_MINE) < page.text.index(MINE), "by given name: Hương, Lam"
    assert NOT_MINE not in page.text
    assert "Còn phải nộp: 1.321.950" in page.text
    assert "Nộp 438.000" in page.text
    assert "Khoản nộp của con" in parent.get("/").text


def test_the_pay_button_opens_the_bill_of_an_own_child_only(site: PaySite, parent: FlaskClient) -> None:
    answer = parent.get(f"/finance/family/bills/{site.bills[MINE]}")
    assert answer.status_code == 303
    assert "L.L.L." in parent.get(answer.headers["Location"]).text
    for other in (site.bills[NOT_MINE], UUID(int=7)):
        assert parent.get(f"/finance/family/bills/{other}").status_code == 404
    assert parent.get(f"/finance/bills/{site.bills[NOT_MINE]}").status_code in (403, 404)


def test_receipts_of_own_children_only(site: PaySite, parent: FlaskClient, sign_in: SignIn) -> None:
    for number, (name, amount) in enumerate(((MINE, 438_000), (NOT_MINE, 1_411_800))):
        address = site.begin(site.client(), site.token(name), site.vietqr)
        site.transfer(address.rsplit("/", 1)[1], amount, txn=f"FT2632600{number}", number=900 + number)
    page = parent.get("/finance/family").text
    assert "Biên lai 2026/000001" in page
    assert "2026/000002" not in page
    with site.db.context(SYSTEM, site.world.school) as ctx:
        rows = {row.number: row.id for row in ctx.session.execute(select(Receipt.number, Receipt.id))}
    own = parent.get(f"/finance/family/receipts/{rows[1]}")
    assert (own.status_code, own.mimetype) == (200, "application/pdf")
    assert parent.get(f"/finance/family/receipts/{rows[2]}").status_code == 404


def test_a_parent_without_children_is_told_what_to_do(site: PaySite, sign_in: SignIn) -> None:
    page = sign_in(site.world.school, "parent").get("/finance/family")
    assert page.status_code == 200
    assert "chưa được gắn với học sinh nào" in page.text


def test_the_family_page_is_for_parents(site: PaySite, school: UUID, sign_in: SignIn) -> None:
    assert site.client().get("/finance/family").status_code == 302
    assert sign_in(site.world.school, "accountant").get("/finance/family").status_code == 403
    assert sign_in(school, "accountant").get(f"/finance/family/bills/{site.bills[MINE]}").status_code == 403


def test_notices_of_a_class_on_paper(site: PaySite, sign_in: SignIn) -> None:
    accountant = sign_in(site.world.school, "accountant")
    choice = accountant.get(f"/finance/rounds/{site.world.round_id}/notices")
    assert "Lớp 1A" in choice.text
    sheets = accountant.get(f"/finance/rounds/{site.world.round_id}/notices?class=1A")
    assert sheets.status_code == 200
    assert sheets.text.count('class="sheet"') == 2
    for shown in (MINE, ALSO_MINE, "438.000", "được giảm 50%", "15/10/2026", "MB Bank"):
        assert shown in sheets.text
    assert FREE not in sheets.text, "who owes nothing gets no notice"
    assert NOT_MINE not in sheets.text
    assert sheets.text.count('role="img"') == 4, "two codes on each sheet"


def test_notices_are_the_accountants_own_schools(site: PaySite, school: UUID, sign_in: SignIn) -> None:
    address = f"/finance/rounds/{site.world.round_id}/notices?class=1A"
    assert sign_in(site.world.school, "office").get(address).status_code == 403
    assert sign_in(site.world.school, "parent").get(address).status_code == 403
    assert sign_in(school, "accountant").get(address).status_code == 404


def test_a_transfer_by_the_paper_code_pays_the_bill(site: PaySite) -> None:
    """The paper names the bill's own reference, no payment has to be begun."""
    with site.db.context(SYSTEM, site.world.school, clock=site.clock) as ctx:
        sheet = next(s for s in paper.class_notices(ctx, site.world.round_id, "2A") if s.bill.full_name == NOT_MINE)
    assert sheet.transfer is not None
    assert sheet.transfer.memo == sheet.bill.reference
    site.transfer(f"NGUYEN VAN A {sheet.transfer.memo} chuyen tien", sheet.bill.open)
    assert site.client().get(f"/pay/{sheet.token}/state").json == {"state": "receipt"}
