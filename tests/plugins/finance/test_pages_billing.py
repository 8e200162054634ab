"""Pages of meals, rules, parts, donations, opening balances and payouts, and the same over the API."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import select

from core.data.session import Database
from core.sdk import Actor
from core.sdk.ledger import balance_of, collect_cash, trial_balance
from plugins.finance.models import Bill, BillPart, Fund, OpeningBatch, Payout
from plugins.finance.services import meals, publish
from plugins.finance.services.meals import AbsenceInput
from tests.conftest import SignIn

from .conftest import World

API = "/api/v1/finance"
LAM = "Lê Lan Lam"


def _send(client: FlaskClient, path: str, **form: object) -> Any:
    return client.post(path, data={"csrf_token": client.csrf, **form})  # type: ignore[attr-defined]


def _json(client: FlaskClient, path: str, body: dict[str, Any] | None = None, method: str = "POST") -> Any:
    headers = {"X-CSRF-Token": client.csrf}  # type: ignore[attr-defined]
    return client.open(f"{API}{path}", method=method, json=body or {}, headers=headers)


def _get(client: FlaskClient, path: str, **query: object) -> Any:
    return client.get(f"{API}{path}", query_string=query).json


def _publish(db: Database, world: World, system: Actor) -> UUID:
    """Publishes the round of September; returns the bill of Lam."""
    with db.context(system, world.school) as ctx:
        publish.publish(ctx, world.round_id)
        return ctx.session.scalars(select(Bill.id).where(Bill.person_id == world.pupils[LAM])).one()


def test_a_month_of_meals_is_typed_closed_and_corrected(
    db: Database, world: World, system: Actor, sign_in: SignIn
) -> None:
    bill = _publish(db, world, system)
    client = sign_in(world.school, "accountant")
    assert "09/2026" in client.get("/finance/meals").text
    path, lam = "/finance/meals/2026-09", world.pupils[LAM]
    assert "Lam" in client.get(path, query_string={"who": "lam"}).text
    day = {"person_id": lam, "day": "2026-09-04", "mark": "in_time", "note": "mẹ nhắn"}
    assert _send(client, f"{path}/absences", **day).status_code == 303
    wrong = _send(client, f"{path}/absences", **{**day, "day": "2026-10-04"})
    assert wrong.status_code == 422
    assert "mẹ nhắn" in wrong.text, "what was typed is shown again"
    shown = client.get(path).text
    assert "04/09/2026" in shown
    assert "32.000" in shown
    assert _send(client, f"{path}/close").status_code == 303
    assert _json(client, "/meals/2026-09/closing").status_code == 409
    sums = _get(client, "/meals/2026-09")
    assert (sums["days_in_time"], sums["to_give_back"], sums["given_back"]) == (1, 32_000, 32_000)
    body = {"absences": [{"person_id": str(lam), "day": "2026-09-04", "in_time": None}]}
    assert _json(client, "/meals/2026-09/absences", body, "PUT").json == {"days": 1}
    corrected = _json(client, "/meals/2026-09/corrections").json
    assert corrected == {"lines": 1, "credited": 0, "asked_again": 32_000}
    assert _get(client, "/meals/2026-09/lines", person=lam)["items"][0]["given"] == 0
    assert _get(client, f"/bills/{bill}")["paid"] == 32_000
    assert sign_in(world.school, "parent").get(path).status_code == 403


def test_a_public_school_has_no_support_and_rules_say_what_is_wrong(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.school, "accountant")
    item = world.items["hai_buoi"].id
    rule = {"step": "sibling", "item_id": item, "nth": "2", "percent": "20", "valid_from": "2026-09-01"}
    refused = _send(client, "/finance/rules", **rule)
    assert refused.status_code == 422
    assert _send(client, "/finance/rules", **rule, legal_basis="NQ HĐ trường 3/2026").status_code == 303
    shown = client.get("/finance/rules").text
    assert "NQ HĐ trường 3/2026" in shown
    (found,) = _get(client, "/sibling-rules")["items"]
    assert _send(client, f"/finance/rules/{found['id']}/end").status_code == 303
    body = {"item_id": str(item), "grade_from": 1, "grade_to": 5, "amount": 1000, "valid_from": "2026-09-01",
            "legal_basis": "x"}  # fmt: skip
    assert _json(client, "/supports", body).status_code == 422
    bhyt = {"item_id": str(world.items["bhyt"].id), "nth": 2, "percent": 10, "valid_from": "2026-09-01",
            "legal_basis": "x"}  # fmt: skip
    assert _json(client, "/sibling-rules", bhyt).status_code == 422, "money for others is not the school's to reduce"


def test_a_bill_is_paid_in_parts(db: Database, world: World, system: Actor, sign_in: SignIn) -> None:
    bill = _publish(db, world, system)
    client = sign_in(world.school, "accountant")
    path = f"/finance/bills/{bill}/parts"
    form = dict(re.findall(r'name="((?:due_on|amount)\.\d+)"[^>]*value="([^"]*)"', client.get(path).text))
    assert _send(client, path, **form).status_code == 303, "what is suggested can be agreed on"
    with db.context(system, world.school) as ctx:
        total = ctx.session.scalars(select(Bill.total).where(Bill.id == bill)).one()
        assert sum(ctx.session.scalars(select(BillPart.amount))) == total
    wrong = _send(client, path, **{**form, "amount.1": "1000"})
    assert wrong.status_code == 422
    assert "1.000" in wrong.text or 'value="1000"' in wrong.text
    parts = _get(client, f"/bills/{bill}/parts")["parts"]
    assert [p["open"] for p in parts] == [p["amount"] for p in parts]
    again = _json(client, f"/bills/{bill}/parts", {"parts": []}, "PUT")
    assert again.json == {"parts": []}
    assert sign_in(world.school, "office").get(path).status_code == 403


def test_donations_are_booked_and_reported(db: Database, world: World, system: Actor, sign_in: SignIn) -> None:
    client, parent = sign_in(world.school, "accountant"), sign_in(world.school, "parent")
    plan = {"code": "san_choi", "label": "Sân chơi", "purpose": "Mái che sân chơi", "plan": "KH 12, 01/09/2026"}
    assert _send(client, "/finance/donations", **{**plan, "plan": ""}).status_code == 422
    assert _send(client, "/finance/donations", **plan).status_code == 303
    with db.context(system, world.school) as ctx:
        fund = ctx.session.scalars(select(Fund.id)).one()
    path = f"/finance/donations/{fund}"
    gift = {"kind": "gift", "amount": "5.000.000", "day": "2026-09-10", "who": "Công ty Bút Nghiên", "named": "1"}
    assert _send(client, path, **gift).status_code == 303
    silent = {"kind": "gift", "amount": 200_000, "day": "2026-09-11", "who": "Bà Tám"}
    assert _json(client, f"/funds/{fund}/lines", silent).status_code == 201
    too_much = {"kind": "use", "amount": "9.000.000", "day": "2026-09-12", "what": "Tôn", "paper": "HĐ 1"}
    assert _send(client, path, **too_much).status_code == 422
    assert _send(client, path, **{**too_much, "amount": "3.000.000"}).status_code == 303
    assert parent.get(path).status_code == 404, "not public yet"
    assert _send(client, f"{path}/publish").status_code == 303
    report = parent.get(path).text
    assert "Công ty Bút Nghiên" in report
    assert "Bà Tám" not in report
    assert "2.200.000" in report
    assert _get(parent, f"/funds/{fund}")["fund"]["left"] == 2_200_000
    with db.context(system, world.school) as ctx:
        books = trial_balance(ctx)
        assert books["fund:san_choi"] == -2_200_000
        assert sum(books.values()) == 0
        assert not any(name.startswith("income") for name in books), "a gift is no income of the school"


def test_opening_balances_are_planned_confirmed_and_undone(
    db: Database, world: World, system: Actor, sign_in: SignIn
) -> None:
    client = sign_in(world.school, "accountant")
    text = (
        "SỐ DƯ ĐẦU KỲ;;;\nMã học sinh;Họ và tên;Còn nợ;Nộp thừa\n"
        "261002;Lê Lan Lam;;50.000\n261000;Nguyễn Anh Cường;120.000;\n999;Ai Đó;1.000;\n261001;Phan Ánh Hương;12,5;\n"
    )
    sent = {"file": (io.BytesIO(text.encode()), "so_du.csv"), "as_of": "2026-08-31"}
    assert _send(client, "/finance/opening", **sent).status_code == 303
    with db.context(system, world.school) as ctx:
        batch = ctx.session.scalars(select(OpeningBatch.id)).one()
    path = f"/finance/opening/{batch}"
    found = _get(client, f"/openings/{batch}")
    assert [(line["amount"], line["fault"]) for line in found["lines"]] == [
        (50_000, ""), (-120_000, ""), (-1_000, "unknown"), (0, "amount"),
    ]  # fmt: skip
    assert "Ai Đó" in client.get(path, query_string={"faults": 1}).text
    assert _send(client, f"{path}/confirm").status_code == 303
    with db.context(system, world.school) as ctx:
        owes = balance_of(ctx, world.pupils["Nguyễn Anh Cường"])
        assert (owes.owed, balance_of(ctx, world.pupils[LAM]).credit) == (120_000, 50_000)
        assert trial_balance(ctx)["opening"] == 50_000 - 120_000
    assert _send(client, f"{path}/undo").status_code == 422, "a reason is wanted"
    assert _send(client, f"{path}/undo", reason="Sai tệp").status_code == 303
    with db.context(system, world.school) as ctx:
        assert {amount for amount in trial_balance(ctx).values() if amount} == set()
    assert _get(client, f"/openings/{batch}")["state"] == "undone"
    assert (
        _send(client, "/finance/opening", file=(io.BytesIO(b"a;b\n1;2\n"), "x.csv"), as_of="2026-08-31").status_code
        == 422
    )


def test_a_leaver_gets_the_balance_by_two_people(db: Database, world: World, system: Actor, sign_in: SignIn) -> None:
    lam = world.pupils[LAM]
    with db.context(system, world.school) as ctx:
        collect_cash(ctx, lam, 105_000)
    accountant, head = sign_in(world.school, "accountant"), sign_in(world.school, "head")
    assert "Lê Lan Lam" in accountant.get("/finance/payouts").text
    form = {"person_id": lam, "amount": "105.001", "reason": "Chuyển trường", "to_whom": "Mẹ, tiền mặt"}
    assert _send(accountant, "/finance/payouts", **form).status_code == 422
    assert _send(accountant, "/finance/payouts", **{**form, "amount": "105.000"}).status_code == 303
    with db.context(system, world.school) as ctx:
        payout = ctx.session.scalars(select(Payout.id)).one()
    assert _json(accountant, f"/payouts/{payout}/approval").status_code == 403
    assert _send(head, f"/finance/payouts/{payout}/approve").status_code == 303
    assert _json(accountant, f"/payouts/{payout}/payment", {"number": "PC 0012"}).status_code == 200
    assert _json(accountant, f"/payouts/{payout}/payment", {"number": "PC 0012"}).status_code == 409
    with db.context(system, world.school) as ctx:
        assert balance_of(ctx, lam).credit == 0
        assert not any(trial_balance(ctx).values()), "the cash has left as it came"
    assert _get(accountant, "/balances")["items"] == []


def test_the_family_reads_what_was_not_eaten(db: Database, world: World, system: Actor, sign_in: SignIn) -> None:
    """The explanation is on the bill that carries the money."""
    _publish(db, world, system)
    lam, meal = world.pupils[LAM], world.items["tien_an"].id
    with db.context(system, world.school) as ctx:
        meals.set_absences(ctx, date(2026, 9, 1), [AbsenceInput(lam, date(2026, 9, 4), True)])
        meals.close_month(ctx, date(2026, 9, 1))
    client = sign_in(world.school, "accountant")
    body = {"title": "Thu tháng 10/2026", "period": "2026-10-01", "due_on": "2026-10-30", "item_ids": [str(meal)]}
    row = _json(client, "/rounds", body)
    prices = {"prices": [{"item_id": str(meal), "unit_price": 32_000, "quantity": 20}]}
    headers = {"X-CSRF-Token": client.csrf, "If-Match": row.headers["ETag"]}  # type: ignore[attr-defined]
    client.put(f"{API}/rounds/{row.json['id']}/prices", json=prices, headers=headers)
    with db.context(system, world.school) as ctx:
        publish.publish(ctx, UUID(row.json["id"]))
        bill = ctx.session.scalars(
            select(Bill.id).where(Bill.person_id == lam, Bill.round_id == UUID(row.json["id"]))
        ).one()
    staff = client.get(f"/finance/bills/{bill}").text
    assert "04/09/2026" in staff
    token = _json(client, f"/bills/{bill}/pay-link").json["token"]
    public = client.get(f"/pay/{token}").text
    assert "04/09/2026" in public
    assert "32.000" in public
