"""Links of a family: several children in one payment, several schools one after the other, other payers."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.data.session import Database
from core.data.types import new_id
from core.kernel.registry import Registry
from core.payments import ledger
from core.people.models import Person, Relation
from core.people.services import derived
from core.sdk import Actor
from core.sdk.errors import NotFound
from plugins.finance.models import Payer, Receipt, Share
from plugins.finance.services import baskets, links
from tests.conftest import SignIn

from .conftest import Moment, World
from .pay_site import EXEMPT, FREE, SYSTEM, PaySite, build

AN, HUONG, HALF = "Đỗ Thị An", "Phan Ánh Hương", "Trần Văn Ân"
AN_OWES, HUONG_OWES = 1_411_800, 883_950


@pytest.fixture
def site(app: Flask, db: Database, registry: Registry, world: World, clock: Moment) -> PaySite:
    return build(app, db, registry, world, clock)


def person(site: PaySite, name: str, *children: str, school: UUID | None = None) -> UUID:
    """A guardian of these children."""
    made = new_id()
    with site.db.context(SYSTEM, school or site.world.school) as ctx:
        ctx.session.add(Person(id=made, full_name=name, **derived(name, codes=[])))
        ctx.session.flush()
        for child in children:
            ctx.session.add(Relation(person_id=made, related_id=site.world.pupils[child], kind="mother"))
    return made


@pytest.fixture
def mother(site: PaySite) -> UUID:
    """Of An and Hương; An's half brother Ân has another mother, and the same father."""
    mother = person(site, "Nguyễn Thị Mẹ", AN, HUONG)
    person(site, "Phạm Thị Khác", HALF)
    return mother


def family(site: PaySite, child: str = AN) -> str:
    with site.db.context(SYSTEM, site.world.school, clock=site.clock) as ctx:
        return f"/pay/family/{baskets.family_link(ctx, site.world.pupils[child])}"


def begin(site: PaySite, client: FlaskClient, home: str, channel: UUID, **more: object) -> str:
    """Press the button of the page; gives the address that the browser is sent to."""
    page = client.get(home)
    assert page.status_code == 200, page.text
    found = dict(re.findall(r'name="(nonce|school)" value="([^"]+)"', page.text))
    bills = re.findall(r'type="hidden" name="bill" value="([^"]+)"', page.text)
    data = {"channel": str(channel), "bill": bills, **found, **more}
    answer = client.post(home.partition("?")[0], data=data)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def test_one_page_and_one_payment_for_all_children(site: PaySite, mother: UUID) -> None:
    client, home = site.client(), family(site)
    page = client.get(home).text
    for shown in ("Đ.T.A.", "P.Á.H.", "lớp 2A", "lớp 1A", "2.295.750", "1.411.800", "883.950"):
        assert shown in page
    for hidden in (AN, HUONG, "T.V.Â."):
        assert hidden not in page
    assert page.index(str(site.vietqr)) < page.index(str(site.vnpay)), "the free way first"
    assert page.count('class="button primary"') == 1
    address = begin(site, client, home, site.vietqr)
    reference = address.rsplit("/", 1)[1]
    assert f'data-copy="{AN_OWES + HUONG_OWES}"' in client.get(address).text
    assert client.get(f"{home}/state/{reference}").json == {"state": "open"}
    site.transfer(f"MBVCB {reference} CT DEN", AN_OWES + HUONG_OWES)
    assert client.get(f"{home}/state/{reference}").json == {"state": "receipt"}
    done = client.get(address).text
    receipts = re.findall(rf"{home}/receipt/{reference}/2026-\d+", done)
    assert len(set(receipts)) == 2, "one receipt for each child"
    assert client.get(receipts[0]).data.startswith(b"%PDF")
    assert client.get(f"{home}/receipt/{reference}/2026-000009").status_code == 404
    assert "Hiện không phải nộp khoản nào" in client.get(home).text
    with site.db.context(SYSTEM, site.world.school) as ctx:
        assert ledger.verify(ctx) == []
        paid = {row.person_id: row.amount for row in ctx.session.execute(select(Receipt.person_id, Receipt.amount))}
    assert paid == {site.world.pupils[AN]: AN_OWES, site.world.pupils[HUONG]: HUONG_OWES}


def test_too_little_then_the_rest_by_the_same_code(site: PaySite, mother: UUID) -> None:
    client, home = site.client(), family(site)
    address = begin(site, client, home, site.vietqr)
    reference = address.rsplit("/", 1)[1]
    site.transfer(reference, 1_500_000)
    assert client.get(f"{home}/state/{reference}").json == {"state": "part"}
    assert "còn phải nộp 795.750" in client.get(address).text
    site.transfer(reference, 795_750, txn="FT26326000124", number=92705)
    assert client.get(f"{home}/state/{reference}").json == {"state": "receipt"}
    with site.db.context(SYSTEM, site.world.school) as ctx:
        assert ledger.verify(ctx) == []
        assert [ledger.balance_of(ctx, site.world.pupils[name]).credit for name in (AN, HUONG)] == [0, 0]


def test_only_some_of_the_bills(site: PaySite, mother: UUID) -> None:
    client, home = site.client(), family(site)
    page = client.get(f"{home}?bill={site.bills[HUONG]}").text
    assert "Nộp 883.950" in page
    address = begin(site, client, f"{home}?bill={site.bills[HUONG]}", site.vietqr)
    assert 'data-copy="883950"' in client.get(address).text
    foreign = begin_refused(site, client, home, str(site.bills[HALF]))
    assert foreign == home, "a bill of somebody else is not paid through this link"


def begin_refused(site: PaySite, client: FlaskClient, home: str, bill: str) -> str:
    data = {"channel": str(site.vietqr), "school": str(site.world.school), "bill": bill, "nonce": "n" * 24}
    answer = client.post(home, data=data)
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def test_a_service_takes_all_children_and_brings_the_payer_back(site: PaySite, mother: UUID) -> None:
    client, home = site.client(), family(site)
    address = begin(site, client, home, site.vnpay)
    reference = address.rsplit("/", 1)[1]
    page = client.get(address).text
    assert 'http-equiv="refresh" content="0;url=https://sandbox.vnpayment.vn/' in page
    assert home.rsplit("/", 1)[1] not in re.findall(r"url=(https://sandbox[^\"]*)", page)[0]
    assert "đã có người bắt đầu thanh toán qua VNPay" in client.get(home).text
    bill = client.get(f"/pay/{site.token(HUONG)}").text
    assert "đã có người bắt đầu thanh toán qua VNPay" in bill, "the second child's own link tells it too"
    assert home in client.get(f"/pay/return/{reference}").text
    assert home not in site.client().get(f"/pay/return/{reference}").text
    site.ipn(reference, AN_OWES + HUONG_OWES)
    assert client.get(address).headers["Location"] == home
    assert client.get(f"{home}/state/{reference}").json == {"state": "receipt"}


def test_the_same_form_begins_one_payment(site: PaySite, mother: UUID) -> None:
    client, home = site.client(), family(site)
    first = begin(site, client, home, site.vietqr, nonce="n" * 24)
    assert begin(site, client, home, site.vietqr, nonce="n" * 24) == first
    assert begin(site, client, home, site.vnpay, nonce="n" * 24) != first
    site.clock.forward(days=2)
    assert begin(site, client, home, site.vietqr, nonce="n" * 24) != first, "an old page begins anew"
    answer = client.post(home, data={"school": str(site.world.school), "bill": str(site.bills[AN])})
    assert answer.status_code == 422
    assert "Vui lòng chọn cách nộp" in answer.text


def test_links_that_are_ended_expired_forged_or_of_another_purpose(site: PaySite, mother: UUID) -> None:
    client, home, bill = site.client(), family(site), f"/pay/{site.token(AN)}"
    address = begin(site, client, home, site.vietqr)
    token = home.rsplit("/", 1)[1]
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")
    for wrong in (f"/pay/{token}", f"/pay/for/{token}", f"/pay/family/{forged}", f"/pay/family/{bill[5:]}"):
        assert client.get(wrong).status_code == 404, wrong
    other = family(site, HALF)
    reference = address.rsplit("/", 1)[1]
    for path in (f"transfer/{reference}", f"state/{reference}", f"go/{reference}"):
        assert client.get(f"{other}/{path}").status_code == 404, "a payment of another family"
    with site.db.context(SYSTEM, site.world.school, clock=site.clock) as ctx:
        baskets.end_links(ctx, site.world.pupils[HUONG])
    for over in (home, bill, address):
        assert client.get(over).status_code == 410, "also the bills' own links, also of brothers and sisters"
    assert client.post(home, data={"school": str(site.world.school)}).status_code == 410
    fresh = family(site)
    assert client.get(fresh).status_code == 200
    assert client.get(f"/pay/{site.token(AN)}").status_code == 200
    assert client.get(other).status_code == 200, "other families keep theirs"
    site.clock.forward(days=91)
    assert client.get(fresh).status_code == 410


def test_a_guardian_who_lost_access_and_half_brothers(site: PaySite, mother: UUID) -> None:
    """A family is children with the same guardians: nobody learns of a child that is not theirs."""
    home = family(site)
    assert "P.Á.H." in site.client().get(home).text
    person(site, "Đỗ Văn Cha", AN)
    page = site.client().get(home).text
    assert "P.Á.H." not in page
    assert "Đ.T.A." in page


def test_nothing_to_pay(site: PaySite) -> None:
    page = site.client().get(family(site, FREE)).text
    assert "Hiện không phải nộp khoản nào" in page
    assert 'type="radio"' not in page


def test_somebody_else_pays_and_the_receipt_names_them(site: PaySite, mother: UUID) -> None:
    client, home = site.client(), family(site)
    form = client.get(f"{home}/share?school={site.world.school}")
    assert form.status_code == 200
    bills = [str(site.bills[AN]), str(site.bills[HALF])]
    data = {"school": str(site.world.school), "bill": bills, "name": "Công ty Sao Mai"}
    assert client.post(f"{home}/share", data={**data, "tax_code": "12"}).status_code == 422
    made = client.post(f"{home}/share", data={**data, "tax_code": "0101234567", "address": "1 Tràng Tiền, Hà Nội"})
    link = re.search(r"http://localhost(/pay/for/[A-Za-z0-9_=-]{48})", made.text)
    assert link is not None
    page = site.client().get(link[1]).text
    for shown in ("1.411.800", "Đ.T.A.", "Công ty Sao Mai", "0101234567"):
        assert shown in page
    for hidden in ("Bảo hiểm y tế", "P.Á.H.", "T.V.Â.", site.token(AN), AN):
        assert hidden not in page
    payer = {"name": "Công ty Sao Mai", "tax_code": "0101234567-001", "address": "1 Tràng Tiền, Hà Nội"}
    address = begin(site, client, link[1], site.vietqr, **payer)
    reference = address.rsplit("/", 1)[1]
    site.transfer(reference, AN_OWES)
    assert client.get(f"{link[1]}/state/{reference}").json == {"state": "receipt"}
    with site.db.context(SYSTEM, site.world.school) as ctx:
        row = ctx.session.execute(select(Payer.name, Payer.tax_code)).one()
        assert tuple(row) == ("Công ty Sao Mai", "0101234567-001")
        receipt = ctx.session.scalars(select(Receipt.content)).one()
        assert receipt["payer"] == payer
        share = ctx.session.scalars(select(Share)).one()
        assert share.payer["tax_code"] == "0101234567"
    with site.db.context(SYSTEM, site.world.school, clock=site.clock) as ctx:
        baskets.end_links(ctx, site.world.pupils[AN])
    assert client.get(link[1]).status_code == 410


def test_a_bills_link_can_be_handed_on(site: PaySite) -> None:
    client, token = site.client(), site.token(EXEMPT)
    assert client.get(f"/pay/{token}/share").status_code == 200
    made = client.post(f"/pay/{token}/share", data={"bill": str(site.bills[AN])})
    link = re.search(r"http://localhost(/pay/for/[A-Za-z0-9_=-]{48})", made.text)
    assert link is not None
    page = client.get(link[1]).text
    assert "L.L.L." in page
    assert "Đ.T.A." not in page, "only the bill of the link itself"


def test_who_may_make_and_end_links(site: PaySite, school: UUID, mother: UUID, sign_in: SignIn) -> None:
    with site.db.context(SYSTEM, site.world.school, clock=site.clock) as ctx:
        token = links.pay_link(ctx, site.bills[AN])
    stranger = Actor("account", "Người lạ", permissions=frozenset({"finance.bill.read.own"}), person_id=new_id())
    with site.db.context(stranger, site.world.school, clock=site.clock) as ctx:
        for call in (baskets.family_link, baskets.end_links):
            with pytest.raises(NotFound):
                call(ctx, site.world.pupils[AN])
    assert site.client().get(f"/pay/{token}").status_code == 200
