"""A guardian with children at two schools of the installation: one page, one payment for each school."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from core.access.models import Grant
from core.data.session import Database
from core.identity.models import AccountPerson
from core.kernel.registry import Registry
from core.payments import channels
from core.people.models import Person, Relation
from core.people.services import derived
from core.sdk.data import new_id
from plugins.finance.models import Bill
from plugins.finance.services import publish
from tests.conftest import SignIn

from .conftest import Moment, World, make_world
from .pay_site import SYSTEM, PaySite, build

AN, HUONG = "Đỗ Thị An", "Phan Ánh Hương"


@pytest.fixture
def site(app: Flask, db: Database, registry: Registry, world: World, clock: Moment) -> PaySite:
    return build(app, db, registry, world, clock)


def _guardian(site: PaySite, school: UUID, child: UUID) -> UUID:
    made = new_id()
    with site.db.context(SYSTEM, school) as ctx:
        ctx.session.add(Person(id=made, full_name="Nguyễn Thị Mẹ", **derived("Nguyễn Thị Mẹ", codes=[])))
        ctx.session.flush()
        ctx.session.add(Relation(person_id=made, related_id=child, kind="mother"))
    return made


@pytest.fixture
def second(site: PaySite, school: UUID) -> World:
    """The other school, with bills and an account of its own."""
    with site.db.context(SYSTEM, school, clock=site.clock) as ctx:
        world = make_world(ctx)
        publish.publish(ctx, world.round_id)
        rail = {"bank_bin": "970436", "account_number": "9990001112", "account_name": "TRUONG HAI"}
        channels.configure(ctx, "vietqr", rail)
    return world


@pytest.fixture
def mother(site: PaySite, second: World, sign_in: SignIn) -> FlaskClient:
    """Signed in at the first school; her account is a person at both."""
    client = sign_in(site.world.school, "parent", person_id=_guardian(site, site.world.school, site.world.pupils[AN]))
    account: UUID = client.account_id  # type: ignore[attr-defined]
    there = _guardian(site, second.school, second.pupils[HUONG])
    with site.db.all_schools(SYSTEM, clock=site.clock) as ctx:
        ctx.session.add(AccountPerson(account_id=account, school_id=second.school, person_id=there))
        ctx.session.add(
            Grant(account_id=account, role="parent", school_id=second.school, valid_from=ctx.now(), granted_by=None)
        )
    return client


def _home(mother: FlaskClient) -> str:
    return str(mother.get("/finance/family/pay").headers["Location"])


def test_one_page_and_a_payment_for_each_school(site: PaySite, second: World, mother: FlaskClient) -> None:
    stranger, home = site.client(), _home(mother)
    page = stranger.get(home).text
    assert "Nộp riêng cho từng trường" in page
    for shown in ("Đ.T.A.", "P.Á.H.", "2.295.750", "1.411.800", "883.950"):
        assert shown in page
    assert 'type="radio"' not in page, "first the school, then the way of paying"
    one = stranger.get(f"{home}?school={site.world.school}").text
    two = stranger.get(f"{home}?school={second.school}").text
    assert "Nộp 1.411.800" in one
    assert "P.Á.H." not in one
    assert "Nộp 883.950" in two
    with site.db.context(SYSTEM, second.school) as ctx:
        rail = channels.payable(ctx)[0].id
        foreign = str(ctx.session.scalars(select(Bill.id).where(Bill.person_id == second.pupils[HUONG])).one())
    crossed = {"school": str(site.world.school), "bill": foreign, "channel": str(site.vietqr), "nonce": "n" * 24}
    assert stranger.post(home, data=crossed).headers["Location"] == home, "no payment over the border of a school"
    crossed["school"], crossed["channel"] = str(second.school), str(site.vietqr)
    assert stranger.post(home, data=crossed).status_code == 422, "nor over another school's channel"
    begun = stranger.post(home, data={**crossed, "channel": str(rail)}).headers["Location"]
    assert "9990001112" in stranger.get(begun).text
    own = {
        "school": str(site.world.school),
        "bill": str(site.bills[AN]),
        "channel": str(site.vietqr),
        "nonce": "m" * 24,
    }
    address = stranger.post(home, data=own).headers["Location"]
    site.transfer(address.rsplit("/", 1)[1], 1_411_800)
    left = stranger.get(home).text
    assert "Nộp 883.950" in left, "only the second school asks still"
    assert re.search(r'type="radio"', left)


def test_without_a_role_there_the_other_school_stays_closed(site: PaySite, second: World, mother: FlaskClient) -> None:
    home = _home(mother)
    with site.db.all_schools(SYSTEM, clock=site.clock) as ctx:
        ended = update(Grant).where(Grant.school_id == second.school).values(valid_until=site.clock.now)
        ctx.session.execute(ended)
    page = site.client().get(home).text
    assert "P.Á.H." not in page
    assert "Nộp 1.411.800" in page


def test_the_guardian_ends_the_link_and_a_lost_right_ends_its_child(
    site: PaySite, second: World, mother: FlaskClient
) -> None:
    home = _home(mother)
    with site.db.context(SYSTEM, second.school) as ctx:
        ctx.session.execute(update(Relation).where(Relation.school_id == second.school).values(may_access=False))
    assert "P.Á.H." not in site.client().get(home).text
    page = mother.get("/finance/family/link")
    assert page.status_code == 200
    assert "/pay/family/" in page.text
    assert mother.post("/finance/family/link/end", data={"csrf_token": mother.csrf}).status_code == 303  # type: ignore[attr-defined]
    assert site.client().get(home).status_code == 410
    site.clock.now += timedelta(minutes=1)
    assert site.client().get(_home(mother)).status_code == 200
