"""The API over HTTP: conditions, problems, paging, permissions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask.testing import FlaskClient

from core.data.session import Database
from core.sdk import Actor
from plugins.finance.services import publish, rounds
from tests.conftest import SignIn

from .conftest import World

ROUNDS = "/api/v1/finance/rounds"
BILLS = "/api/v1/finance/bills"


def _post(client: FlaskClient, path: str, body: dict[str, Any] | None = None, match: str = "") -> Any:
    headers = {"X-CSRF-Token": client.csrf}  # type: ignore[attr-defined]
    return client.post(path, json=body or {}, headers=headers | ({"If-Match": match} if match else {}))


def _get(client: FlaskClient, path: str, **query: object) -> Any:
    return client.get(path, query_string=query)


def _publish(db: Database, world: World, system: Actor) -> None:
    with db.context(system, world.school) as ctx:
        publish.publish(ctx, world.round_id)


def test_a_round_is_published_only_as_it_was_read(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.school, "accountant")
    shown = _get(client, f"{ROUNDS}/{world.round_id}")
    assert (shown.status_code, shown.json["state"]) == (200, "draft")
    path = f"{ROUNDS}/{world.round_id}/publication"
    assert _post(client, path).status_code == 428
    stale = _post(client, path, match='"something-else"')
    assert (stale.status_code, stale.mimetype) == (412, "application/problem+json")
    started = _post(client, path, match=shown.headers["ETag"])
    assert started.status_code == 202
    UUID(started.json["job_id"])
    preview = _get(client, f"{ROUNDS}/{world.round_id}/preview")
    assert (preview.json["bills"], preview.json["ready"]) == (6, True)


def test_two_rounds_of_one_month_are_both_listed_page_by_page(
    db: Database, world: World, system: Actor, sign_in: SignIn
) -> None:
    with db.context(system, world.school) as ctx:
        known = rounds.round_(ctx, world.round_id)
        items = [item.id for item in rounds.round_items(ctx, world.round_id)]
        twin = rounds.open_round(ctx, title="Đợt hai", period=known.period, due_on=known.due_on, item_ids=items)
        wanted = {str(known.id), str(twin.id)}
    client = sign_in(world.school, "accountant")
    first = _get(client, ROUNDS, limit=1).json
    second = _get(client, ROUNDS, limit=1, cursor=first["next"]).json
    assert {first["items"][0]["id"], second["items"][0]["id"]} == wanted
    assert second["next"] is None


def test_bills_come_in_pages_and_explain_themselves(db: Database, world: World, system: Actor, sign_in: SignIn) -> None:
    _publish(db, world, system)
    client = sign_in(world.school, "accountant")
    first = _get(client, BILLS, round=world.round_id, limit=4).json
    assert len(first["items"]) == 4
    second = _get(client, BILLS, round=world.round_id, limit=4, cursor=first["next"]).json
    assert (len(second["items"]), second["next"]) == (2, None)
    assert _get(client, BILLS, cursor="forged").status_code == 422
    one = _get(client, f"{BILLS}/{first['items'][0]['id']}")
    assert sum(line["amount"] for line in one.json["lines"]) == one.json["total"]
    assert all(line["explanation"] and line["legal_basis"] for line in one.json["lines"])
    cancel = f"{BILLS}/{first['items'][0]['id']}/cancellation"
    missing = _post(client, cancel, match=one.headers["ETag"])
    assert (missing.status_code, missing.mimetype) == (422, "application/problem+json")
    done = _post(client, cancel, {"reason": "Chuyển trường"}, match=one.headers["ETag"])
    assert done.json["state"] == "cancelled"


def test_roles_do_only_what_is_theirs(db: Database, world: World, system: Actor, sign_in: SignIn) -> None:
    _publish(db, world, system)
    office, head = sign_in(world.school, "office"), sign_in(world.school, "head")
    assert _get(office, BILLS).status_code == 200
    assert _get(office, "/api/v1/finance/debtors").status_code == 403
    body = {"title": "x", "period": "2026-10-01", "due_on": "2026-10-31", "item_ids": [str(world.round_id)]}
    assert _post(head, ROUNDS, body).status_code == 403
    parent = sign_in(world.school, "parent")
    assert _get(parent, BILLS).json["items"] == []
    assert _get(parent, "/api/v1/finance/receipts").status_code == 422


def test_an_item_with_faults_names_them(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.school, "accountant")
    body = {"code": "ao_am", "label_vi": "Áo ấm", "label_en": "Coat", "kind": "passthrough", "unit": "once"}
    wrong = _post(client, "/api/v1/finance/items", body)
    assert (wrong.status_code, wrong.mimetype) == (422, "application/problem+json")
    right = _post(client, "/api/v1/finance/items", {**body, "legal_basis": "Thỏa thuận với cha mẹ học sinh"})
    assert (right.status_code, right.json["account"]) == (201, "passthrough:ao_am")
    income = {**body, "legal_basis": "x", "code": "ao_mua", "account": "income:coats"}
    assert _post(client, "/api/v1/finance/items", income).status_code == 422
    codes = {item["code"] for item in _get(client, "/api/v1/finance/items").json["items"]}
    assert "ao_am" in codes
