"""From a new round to its bills, as an accountant does it in the browser."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core.data.session import Database
from core.sdk import Actor
from core.sdk.testing.fixtures import as_worker
from plugins.finance.models import Bill, Price, Round
from plugins.finance.services import publish
from tests.conftest import SignIn

from .conftest import World


@pytest.fixture
def accountant(world: World, sign_in: SignIn) -> FlaskClient:
    return sign_in(world.school, "accountant", name="Cô Lan")


def send(client: FlaskClient, url: str, **data: object):  # type: ignore[no-untyped-def]
    return client.post(url, data={"csrf_token": client.csrf, **data})  # type: ignore[attr-defined]


def round_of(location: str) -> UUID:
    found = re.search(r"/rounds/([0-9a-f-]{36})", location)
    assert found
    return UUID(found[1])


def test_a_round_from_the_first_step_to_published_bills(
    world: World, accountant: FlaskClient, db: Database, system: Actor
) -> None:
    first = send(accountant, "/finance/rounds/new", title="Thu tháng 11/2026", month="2026-11", due_on="2026-12-05")
    assert first.status_code == 303
    made = round_of(first.location)
    items = [str(world.items[code].id) for code in ("tien_an", "hai_buoi")]
    assert send(accountant, f"/finance/rounds/{made}/items", item=items).status_code == 303
    grid = accountant.get(f"/finance/rounds/{made}/prices")
    assert "Khối 1" in grid.text
    assert "2A" in grid.text
    cells = {
        f"p:{items[0]}:all": "35.000",
        f"d:{items[0]}:all": "18",
        f"p:{items[0]}:g1": "32k",
        f"p:{items[1]}:all": "150,000 đ",
    }
    saved = send(accountant, f"/finance/rounds/{made}/prices", step="save", **cells)
    assert saved.location.endswith(f"/finance/rounds/{made}/exceptions")
    preview = accountant.get(f"/finance/rounds/{made}/preview")
    assert "Phát hành 6 phiếu thu" in preview.text
    assert "780.000" in preview.text, "2A: 18 x 35,000 + 150,000"
    version = re.search(r'name="version" value="(\d+)"', preview.text)
    assert version
    done = send(accountant, f"/finance/rounds/{made}/publish", version=version[1], bills="6")
    assert done.status_code == 303
    page = accountant.get(done.location)
    assert "Đã phát hành 6 phiếu thu" in page.text
    assert "3.1" not in "".join(re.findall(r"Traceback", page.text))
    with db.context(system, world.school) as ctx:
        totals = list(ctx.session.scalars(select(Bill.total).where(Bill.round_id == made).order_by(Bill.total)))
    assert totals == [32_000 * 18 + 150_000] * 3 + [35_000 * 18 + 150_000] * 3


def test_a_wrong_form_keeps_what_was_typed_and_changes_nothing(
    world: World, accountant: FlaskClient, db: Database, system: Actor
) -> None:
    answer = send(accountant, "/finance/rounds/new", title="<b>Đợt lạ</b>", month="2026-11", due_on="2026-10-01")
    assert answer.status_code == 422
    assert "&lt;b&gt;Đợt lạ&lt;/b&gt;" in answer.text, "kept and escaped"
    assert 'href="#f-due_on"' in answer.text, "the summary leads to the field"
    assert send(accountant, "/finance/rounds/new", title="x", month="mai", due_on="2026-12-01").status_code == 422
    with db.context(system, world.school) as ctx:
        assert len(ctx.session.scalars(select(Round)).all()) == 1


def test_a_refused_first_step_leaves_no_half_round(
    world: World, accountant: FlaskClient, db: Database, system: Actor
) -> None:
    """Items that may not be collected are found after the round is written: nothing of it may stay."""
    from plugins.finance.services.items import ItemInput, save_item

    with db.context(system, world.school) as ctx:
        tuition = save_item(ctx, ItemInput("hoc_phi", "Học phí", "Tuition", "tuition", "month", "QĐ 1"))
        source = ctx.session.get(Round, world.round_id)
        assert source is not None
        from plugins.finance.models import RoundItem

        ctx.session.add(RoundItem(round_id=world.round_id, item_id=tuition.id, position=9))
    data = {"title": "Thu tháng 11", "month": "2026-11", "due_on": "2026-12-05", "copy_from": str(world.round_id)}
    assert send(accountant, "/finance/rounds/new", **data).status_code == 422
    with db.context(system, world.school) as ctx:
        assert len(ctx.session.scalars(select(Round)).all()) == 1


def test_a_grid_with_a_fault_keeps_every_cell(
    world: World, accountant: FlaskClient, db: Database, system: Actor
) -> None:
    item = world.items["hai_buoi"].id
    url = f"/finance/rounds/{world.round_id}/prices"
    answer = send(accountant, url, step="save", **{f"p:{item}:all": "150", f"p:{item}:g2": "90.000"})
    assert answer.status_code == 422
    assert 'value="150"' in answer.text
    assert 'value="90.000"' in answer.text
    assert "mất phần nghìn" in answer.text
    with db.context(system, world.school) as ctx:
        kept = ctx.session.scalars(select(Price.unit_price).where(Price.round_id == world.round_id)).all()
        assert len(kept) == 5, "the stored prices are untouched"


def test_a_pasted_table_fills_the_grid_and_stores_nothing(world: World, accountant: FlaskClient) -> None:
    url = f"/finance/rounds/{world.round_id}/prices"
    pasted = "Lớp\tTiền ăn/ngày\tSố ngày\tHọc 2 buổi/ngày\n1A\t31.000\t20\t140k\n9Z\t1\t1\t1"
    answer = send(accountant, url, step="paste", pasted=pasted)
    assert answer.status_code == 200
    for cell in ("31.000", "20", "140.000"):
        assert f'value="{cell}"' in answer.text
    assert "9Z" in answer.text, "the refused row is named, and the text stays"
    assert 'value="31.000"' not in accountant.get(url).text


def test_a_round_that_somebody_changed_meanwhile_is_not_published(world: World, accountant: FlaskClient) -> None:
    stale = send(accountant, f"/finance/rounds/{world.round_id}/publish", version="0", bills="6")
    assert stale.status_code == 412
    assert accountant.get(f"/finance/rounds/{world.round_id}").status_code == 303, "still a draft"


def test_a_missing_price_stops_and_leads_to_the_grid(
    world: World, accountant: FlaskClient, db: Database, system: Actor
) -> None:
    from plugins.finance.services.rounds import set_items

    with db.context(system, world.school) as ctx:
        set_items(ctx, world.round_id, [world.items[code].id for code in ("tien_an", "ban_tru")])
    page = accountant.get(f"/finance/rounds/{world.round_id}/preview")
    assert f"/finance/rounds/{world.round_id}/prices" in page.text
    assert "Phát hành 6 phiếu thu" not in page.text
    assert send(accountant, f"/finance/rounds/{world.round_id}/publish", bills="6").status_code == 422


def test_a_big_round_becomes_a_job(
    world: World, accountant: FlaskClient, db: Database, system: Actor, registry: object
) -> None:
    from core.work.worker import Worker

    started = send(accountant, f"/finance/rounds/{world.round_id}/publish", bills="1180")
    assert started.location.startswith("/jobs/")
    assert accountant.get(started.location).status_code == 200
    assert {o.state for o in Worker(as_worker(db), registry).drain()} == {"done"}  # type: ignore[arg-type]
    assert accountant.get(started.location).location == f"/finance/rounds/{world.round_id}"


def test_an_exception_is_found_by_name_and_says_why(world: World, accountant: FlaskClient) -> None:
    url = f"/finance/rounds/{world.round_id}/exceptions"
    found = accountant.get(f"{url}?q=do thi")
    person = world.pupils["Đỗ Thị An"]
    assert f"person={person}" in found.text
    data = {"person_id": str(person), "item_id": str(world.items["tien_an"].id), "quantity": "10"}
    refused = send(accountant, url, **data)
    assert refused.status_code == 422
    assert 'value="10"' in refused.text
    assert send(accountant, url, **data, reason="Vào học giữa tháng").status_code == 303
    assert "Vào học giữa tháng" in accountant.get(url).text
    preview = accountant.get(f"/finance/rounds/{world.round_id}/preview").text
    assert "Vào học giữa tháng" in preview


def test_withdraw_asks_for_a_reason_and_stops_once_paid(
    world: World, accountant: FlaskClient, db: Database, system: Actor
) -> None:
    with db.context(system, world.school) as ctx:
        publish.publish(ctx, world.round_id)
    url = f"/finance/rounds/{world.round_id}/withdraw"
    assert "Thu hồi 6 phiếu thu" in accountant.get(url).text
    assert send(accountant, url, reason=" ").status_code == 422
    assert send(accountant, url, reason="Sai đơn giá").status_code == 303
    assert accountant.get(f"/finance/rounds/{world.round_id}").status_code == 303, "a draft again"


def test_the_list_filters_and_keeps_its_place(
    world: World, accountant: FlaskClient, db: Database, system: Actor
) -> None:
    with db.context(system, world.school) as ctx:
        publish.publish(ctx, world.round_id)
    page = accountant.get(f"/finance/rounds/{world.round_id}?class=2A&q=tran van")
    assert "Trần Văn Ân" in page.text
    assert "Lê Lan Lam" not in page.text
    assert accountant.get("/finance/bills?after=forged").status_code == 422
    assert "Không có phiếu thu nào phù hợp" in accountant.get("/finance/bills?q=khong co ai").text
