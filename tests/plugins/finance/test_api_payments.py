"""Payments and links of families by API: several bills, parts, and only for those who may."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.data.session import Database
from core.kernel.registry import Registry
from core.people.models import Person, Relation
from core.people.services import derived
from core.sdk.data import new_id
from tests.conftest import SignIn

from .conftest import Moment, World
from .pay_site import SYSTEM, PaySite, build

AN, HUONG, OTHER = "Đỗ Thị An", "Phan Ánh Hương", "Trần Văn Ân"
ROOT = "/api/v1/finance"


@pytest.fixture
def site(app: Flask, db: Database, registry: Registry, world: World, clock: Moment) -> PaySite:
    return build(app, db, registry, world, clock)


@pytest.fixture
def parent(site: PaySite, sign_in: SignIn) -> FlaskClient:
    mother: UUID = new_id()
    with site.db.context(SYSTEM, site.world.school) as ctx:
        ctx.session.add(Person(id=mother, full_name="Nguyễn Thị Mẹ", **derived("Nguyễn Thị Mẹ", codes=[])))
        ctx.session.flush()
        for child in (AN, HUONG):
            ctx.session.add(Relation(person_id=mother, related_id=site.world.pupils[child], kind="mother"))
    return sign_in(site.world.school, "parent", person_id=mother)


def _send(client: FlaskClient, method: str, path: str, body: dict[str, Any] | None = None, key: str = "k1") -> Any:
    headers = {"X-CSRF-Token": client.csrf, "Idempotency-Key": key}  # type: ignore[attr-defined]
    return client.open(f"{ROOT}{path}", method=method, json=body or {}, headers=headers)


def test_one_payment_for_own_children_only(site: PaySite, parent: FlaskClient) -> None:
    both = [str(site.bills[name]) for name in (AN, HUONG)]
    body = {"bill_ids": both, "channel_id": str(site.vietqr)}
    begun = _send(parent, "POST", "/payments", body)
    assert (begun.status_code, begun.json["amount"]) == (201, 2_295_750)
    assert begun.json["qr"].startswith("000201")
    assert _send(parent, "POST", "/payments", body).json == begun.json
    crossed = {**body, "bill_ids": [*both, str(site.bills[OTHER])]}
    assert _send(parent, "POST", "/payments", crossed, "k2").status_code == 404
    site.transfer(begun.json["reference"], 2_295_750)
    assert _send(parent, "POST", "/payments", body, "k3").status_code == 409


def test_a_part_only_where_it_is_allowed(site: PaySite, parent: FlaskClient) -> None:
    path = f"/bills/{site.bills[AN]}/payments"
    part = {"channel_id": str(site.vietqr), "amount": 500_000}
    refused = _send(parent, "POST", path, part)
    assert (refused.status_code, "amount" in refused.text) == (422, True)
    assert _send(parent, "POST", path, {"channel_id": str(site.vietqr)}, "k2").json["amount"] == 1_411_800


def test_links_for_own_children_only(site: PaySite, school: UUID, parent: FlaskClient, sign_in: SignIn) -> None:
    def link(client: FlaskClient, name: str, method: str = "POST") -> Any:
        return _send(client, method, f"/pupils/{site.world.pupils[name]}/family-link")

    token = link(parent, AN).json["token"]
    assert site.client().get(f"/pay/family/{token}").status_code == 200
    assert _send(parent, "POST", "/family-link").status_code == 201
    assert (link(parent, OTHER).status_code, link(parent, OTHER, "DELETE").status_code) == (404, 404)
    assert link(sign_in(school, "accountant"), AN).status_code == 404, "another school"
    assert link(sign_in(site.world.school, "teacher"), AN).status_code == 403
    accountant = sign_in(site.world.school, "accountant")
    assert _send(accountant, "POST", "/family-link").status_code == 403
    page = accountant.get(f"/finance/pupils/{site.world.pupils[AN]}/link")
    assert "/pay/family/" in page.text
    assert link(accountant, AN, "DELETE").status_code == 204
    assert site.client().get(f"/pay/family/{token}").status_code == 410


def test_claims_and_links_for_other_payers(site: PaySite, parent: FlaskClient) -> None:
    own, other = site.bills[AN], site.bills[OTHER]
    today = site.clock.now.date().isoformat()
    told = {"amount": 500_000, "paid_on": today, "number": "FT26300001", "bank": "ACB"}
    made = _send(parent, "POST", f"/bills/{own}/claims", told)
    assert made.json is not None
    assert (made.status_code, made.json["state"], made.json["amount"]) == (201, "checking", 500_000)
    assert [one["id"] for one in parent.get(f"{ROOT}/bills/{own}/claims").get_json()["items"]] == [made.json["id"]]
    assert _send(parent, "POST", f"/bills/{other}/claims", told).status_code in (403, 404)
    company = {"bill_ids": [str(own)], "name": "Công ty Hoa Phượng", "tax_code": "0100000002"}
    link = _send(parent, "POST", "/shares", company)
    assert link.status_code == 201
    assert site.app.test_client().get(f"/pay/for/{link.json['token']}").status_code == 200
    assert _send(parent, "POST", "/shares", {**company, "bill_ids": [str(other)]}).status_code in (403, 404)
    assert _send(parent, "POST", "/shares", {**company, "tax_code": "1"}).status_code == 422
