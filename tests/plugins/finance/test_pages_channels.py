"""Pages of payment channels, items and ceilings."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from core.data.session import Database
from core.payments import channels
from core.sdk import Actor
from core.sdk.ledger import PaymentChannel
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


def send(client: FlaskClient, url: str, **data: object):  # type: ignore[no-untyped-def]
    return client.post(url, data={"csrf_token": client.csrf, **data})  # type: ignore[attr-defined]


def test_a_channel_is_set_up_from_its_fields_and_never_shows_its_secret(world: World, sign_in: SignIn) -> None:
    head = sign_in(world.school, "head")
    wrong = send(
        head,
        "/finance/channels/new",
        provider="bank_notices",
        c_style="sepay",
        c_account_number="0011223344",
        enabled="1",
    )
    assert wrong.status_code == 422
    assert 'id="e-c_secret"' in wrong.text
    assert 'value="0011223344"' in wrong.text
    form = {"c_style": "sepay", "c_account_number": "0011223344", "enabled": "1"}
    made = send(head, "/finance/channels/new", provider="bank_notices", c_secret="khoa-rat-bi-mat", **form)
    assert made.status_code == 303
    page = head.get(made.location).text
    assert "khoa-rat-bi-mat" not in page
    assert f"/notices/{made.location.rsplit('/', 1)[1]}" in page
    kept = send(head, made.location, c_secret="", **form | {"c_account_number": "99887766"})
    assert kept.status_code == 303, "an empty secret stays as it was"
    assert "99887766" in head.get("/finance/channels").text
    assert send(head, made.location, c_secret="", **form | {"c_style": "lạ"}).status_code == 422
    assert send(sign_in(world.school, "accountant"), made.location, **form).status_code == 403


def test_items_and_ceilings(world: World, accountant: FlaskClient) -> None:
    refused = send(
        accountant,
        "/finance/items/new",
        code="Xe Đưa",
        label_vi="Xe đưa đón",
        kind="service",
        unit="month",
        legal_basis="",
        active="1",
    )
    assert refused.status_code == 422
    assert 'value="Xe đưa đón"' in refused.text
    made = send(
        accountant,
        "/finance/items/new",
        code="xe_dua",
        label_vi="Xe đưa đón",
        kind="service",
        unit="month",
        legal_basis="QĐ 5",
        active="1",
    )
    assert made.status_code == 303
    item = f"/finance/items/{world.items['tien_an'].id}"
    assert (
        send(accountant, item + "/ceiling", maximum="ba mươi", valid_from="2026-08-01", basis="NQ 20").status_code
        == 422
    )
    assert (
        send(accountant, item + "/ceiling", maximum="30.000", valid_from="2026-08-01", basis="NQ 20").status_code == 303
    )
    assert (
        "trên mức" in accountant.get(f"/finance/rounds/{world.round_id}/preview").text
        or "trần" in accountant.get(f"/finance/rounds/{world.round_id}/preview").text
    )


def test_a_channel_whose_secrets_are_unreadable_is_shown_with_its_remedy(
    world: World, sign_in: SignIn, db: Database, system: Actor
) -> None:
    head = sign_in(world.school, "head")
    with db.context(system, world.school) as ctx:
        notices = {"style": "sepay", "secret": "khoa-bi-mat", "account_number": "0011223344"}
        broken = channels.configure(ctx, "bank_notices", notices, label="Báo có", position=1)
        channels.configure(ctx, "vietqr", VIETQR, label="Mã QR", position=50)
        ctx.session.execute(update(PaymentChannel).where(PaymentChannel.id == broken).values(secrets="v1:other"))
    page = head.get("/finance/channels").text
    assert page.index("Mã QR</a>") < page.index("Báo có</a>"), "what pays stands before what only tells"
    assert "Không đọc được khóa bí mật" in page
    assert f'href="/finance/channels/{broken}"' in page
    one = head.get(f"/finance/channels/{broken}")
    assert one.status_code == 200
    assert "Nhập lại các khóa bí mật" in one.text
    form = {"c_style": "sepay", "c_account_number": "0011223344", "enabled": "1"}
    assert send(head, f"/finance/channels/{broken}", c_secret="", **form).status_code == 422
    assert send(head, f"/finance/channels/{broken}", c_secret="khoa-moi", **form).status_code == 303
    assert "Không đọc được khóa bí mật" not in head.get("/finance/channels").text
