"""Pay pages open by the link of their bill and by nothing else, and show what is typed as text."""

from __future__ import annotations

import json
import logging

import pytest
from flask import Flask
from sqlalchemy import text

from core.data.session import Database
from core.kernel.registry import Registry
from core.payments import channels

from .conftest import Moment, World
from .pay_site import ACCOUNT, EXEMPT, SYSTEM, PaySite, build

PUPIL = "Đỗ Thị An"
TOTAL = 18 * 35_000 + 631_800 + 150_000


@pytest.fixture
def site(app: Flask, db: Database, registry: Registry, world: World, clock: Moment) -> PaySite:
    return build(app, db, registry, world, clock)


def _reference(address: str) -> str:
    return address.rsplit("/", 1)[1]


def test_links_that_are_wrong_or_over(site: PaySite) -> None:
    client, token = site.client(), site.token(PUPIL)
    changed = token[:-1] + ("A" if token[-1] != "A" else "B")
    for wrong in (changed, "x" * 48, token[:-1], token + "A", "../../etc/passwd"):
        assert client.get(f"/pay/{wrong}").status_code == 404
    assert client.post(f"/pay/{changed}", data={"channel": str(site.vietqr)}).status_code == 404
    site.clock.forward(days=91)
    over = client.get(f"/pay/{token}")
    assert over.status_code == 410
    assert "Đường dẫn đã hết hạn" in over.text
    assert "Trường Tiểu học Cánh Diều" in over.text
    assert PUPIL not in over.text
    assert "1.411.800" not in over.text
    for more in ("state", "receipt/2026-000001", "transfer/TRGABCD2345", "go/TRGABCD2345"):
        assert client.get(f"/pay/{token}/{more}").status_code == 410
    assert client.post(f"/pay/{token}", data={"channel": str(site.vietqr)}).status_code == 410


def test_a_link_opens_nothing_at_a_school_without_the_module(site: PaySite) -> None:
    with site.db.context(SYSTEM, site.world.school) as ctx:
        ctx.session.execute(text("DELETE FROM core_module_switch WHERE module = 'finance'"))
    assert site.client().get(f"/pay/{site.token(PUPIL)}").status_code == 404


def test_a_receipt_opens_only_by_the_link_of_its_bill(site: PaySite) -> None:
    client, token = site.client(), site.token(PUPIL)
    site.transfer(_reference(site.begin(client, token, site.vietqr)), TOTAL)
    assert client.get(f"/pay/{token}/receipt/2026-000001").status_code == 200
    other = site.token(EXEMPT)
    for number in ("2026-000001", "2026-1", "2026-000002", "x"):
        assert client.get(f"/pay/{other}/receipt/{number}").status_code == 404


def test_only_a_web_address_is_followed(site: PaySite) -> None:
    client, token = site.client(), site.token(PUPIL)
    address = site.begin(client, token, site.vnpay)
    with site.db.context(SYSTEM, site.world.school) as ctx:
        ctx.session.execute(
            text("UPDATE core_payment_channel SET config = config || CAST(:bad AS jsonb) WHERE id = :id"),
            {"bad": json.dumps({"pay_url": "javascript:alert(1)"}), "id": site.vnpay},
        )
    assert client.get(address).status_code == 404


def test_a_payment_opens_only_by_the_link_of_its_bill(site: PaySite) -> None:
    client = site.client()
    transfer = _reference(site.begin(client, site.token(PUPIL), site.vietqr))
    redirect = _reference(site.begin(client, site.token(PUPIL), site.vnpay))
    other = site.token(EXEMPT)
    assert client.get(f"/pay/{other}/transfer/{transfer}").status_code == 404
    assert client.get(f"/pay/{other}/transfer/{transfer}/qr.png").status_code == 404
    assert client.get(f"/pay/{other}/go/{redirect}").status_code == 404
    assert client.get(f"/pay/{site.token(PUPIL)}/transfer/{redirect}").status_code == 404
    assert client.get("/pay/return/TRGAAAAAAAA").status_code == 404
    assert client.get("/pay/return/TRGAAAAAAAA/state").status_code == 404


def test_a_cookie_of_another_bill_opens_nothing(site: PaySite) -> None:
    client = site.client()
    reference = _reference(site.begin(client, site.token(PUPIL), site.vnpay))
    for foreign in (site.token(EXEMPT), "x" * 48, ""):
        stranger = site.client()
        stranger.set_cookie("truong_paying", foreign, path=f"/pay/return/{reference}")
        page = stranger.get(f"/pay/return/{reference}")
        assert page.status_code == 200
        assert "Về phiếu thu" not in page.text


def test_what_is_typed_by_people_is_escaped(site: PaySite) -> None:
    with site.db.context(SYSTEM, site.world.school) as ctx:
        channels.configure(
            ctx,
            "vietqr",
            {"bank_bin": "970422", "account_number": ACCOUNT, "account_name": "TRUONG"},
            label="<img src=x onerror=alert(1)>",
        )
        ctx.session.execute(text("UPDATE finance_round SET title = '<b>Thu</b>'"))
        ctx.session.execute(text("UPDATE finance_item SET label_vi = '<script>x</script>'"))
    page = site.client().get(f"/pay/{site.token(PUPIL)}").text
    for raw in ("<img src=x", "<b>Thu</b>", "<script>x"):
        assert raw not in page


def test_no_link_is_logged(site: PaySite, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client, token = site.client(), site.token(PUPIL)
    site.transfer(_reference(site.begin(client, token, site.vietqr)), TOTAL)
    client.get(f"/pay/{token}/receipt/2026-000001")
    assert token not in caplog.text
    assert PUPIL not in caplog.text
