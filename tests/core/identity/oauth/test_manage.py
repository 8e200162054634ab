"""The school's side: letting programs in, secrets, switching off; never more than the maker's own rights."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from core.data.session import Database
from core.identity.oauth import scopes
from core.identity.oauth.clients import NewClient, client, make_client
from core.identity.oauth.redirects import redirect_fault
from core.identity.oauth.scopes import grantable, narrowed, scope_of
from core.sdk.testing.fixtures import signed_in
from core.types.actor import Actor
from core.types.clock import utc_now
from core.types.contributions import Permission
from core.types.errors import Forbidden, Invalid, NotFound, StepUp
from core.types.message import Message

from .conftest import SCOPE, Program


def test_from_letting_in_to_switching_off(app: Flask, db: Database, school: UUID) -> None:
    head = signed_in(app, db, school, "head")
    csrf = {"csrf_token": head.csrf}  # type: ignore[attr-defined]
    assert "Chưa cho phép ứng dụng nào" in head.get("/programs").text
    bad = head.post("/programs/new", data={**csrf, "kind": "app", "auth_method": "none", "redirect_uris": "http://x"})
    assert bad.status_code == 422
    for field in ("name", "purpose", "redirect_uris"):
        assert f'id="e-{field}"' in bad.text
    form = {"name": "Máy chấm công", "purpose": "Đọc sổ", "kind": "service", "auth_method": "client_secret_basic"}
    made = head.post("/programs/new", data={**csrf, **form, "permissions": ["payments.ledger.read"]})
    assert made.status_code in (200, 403), made.text
    if made.status_code == 403:
        pytest.fail("the head reads the books")
    secret = re.search(r'data-copy="([\w-]{43})"', made.text)
    number = re.search(r'data-copy="([0-9a-f-]{36})"', made.text)
    assert secret and number
    address = f"/programs/{number[1]}"
    assert secret[1] not in head.get(address).text, "shown once"
    program = Program(app, number[1], secret[1])
    assert program.post("token", grant_type="client_credentials", scope=SCOPE).status_code == 200
    rotated = head.post(f"{address}/rotate", data=csrf)
    new = re.search(r'data-copy="([\w-]{43})"', rotated.text)
    assert new and new[1] != secret[1]
    assert program.post("token", grant_type="client_credentials", scope=SCOPE).status_code == 401
    program = Program(app, number[1], new[1])
    token = program.post("token", grant_type="client_credentials", scope=SCOPE).json
    assert token is not None
    assert head.post(f"{address}/off", data=csrf).status_code == 303
    bearer = {"Authorization": f"Bearer {token['access_token']}"}
    assert app.test_client().get("/api/v1/payments/trial-balance", headers=bearer).status_code == 401, "at once"
    assert program.post("token", grant_type="client_credentials", scope=SCOPE).status_code == 401
    head.post(f"{address}/on", data=csrf)
    assert app.test_client().get("/api/v1/payments/trial-balance", headers=bearer).status_code == 401, "stays over"
    assert program.post("token", grant_type="client_credentials", scope=SCOPE).status_code == 200
    trail = head.get("/audit?area=accounts").text
    assert secret[1] not in trail


def test_only_who_may_and_never_more_than_their_own_rights(
    app: Flask, db: Database, school: UUID, other_school: UUID, learning: Program
) -> None:
    for role in ("accountant", "office", "parent"):
        assert signed_in(app, db, school, role).get("/programs").status_code == 403
    stranger = signed_in(app, db, other_school, "head")
    assert stranger.get(f"/programs/{learning.id}").status_code == 404
    csrf = {"csrf_token": stranger.csrf}  # type: ignore[attr-defined]
    assert stranger.post(f"/programs/{learning.id}/off", data=csrf).status_code == 404
    weak = Actor(
        "account", "x", permissions=frozenset({"core.clients.manage", "core.clients.read"}), proved_at=utc_now()
    )
    service = NewClient("a", "b", "service", permissions=["payments.cash.collect"])
    with db.context(weak, school) as ctx, pytest.raises(Forbidden):
        make_client(ctx, service)
    stale = Actor("account", "x", permissions=weak.permissions)
    with db.context(stale, school) as ctx, pytest.raises(StepUp):
        make_client(ctx, service)
    with db.context(weak, other_school) as ctx, pytest.raises(NotFound):
        client(ctx, UUID(learning.id))


def test_keys_of_a_client_are_public_halves(db: Database, school: UUID, system: Actor) -> None:
    from joserfc.jwk import OctKey, RSAKey

    whole = RSAKey.generate_key(2048).as_dict(private=True)
    shared = OctKey.generate_key(256).as_dict(private=True)
    tried: list[Any] = [{"keys": [whole]}, {"keys": [shared]}, {"keys": []}, {"keys": "x"}, {}, None]
    for jwks in tried:
        new = NewClient("a", "b", "service", "private_key_jwt", permissions=["payments.pay"], jwks=jwks)
        with db.context(system, school) as ctx, pytest.raises(Invalid) as refused:
            make_client(ctx, new)
        assert set(refused.value.fields) == {"jwks"}


@pytest.mark.parametrize(
    ("address", "public", "good"),
    [
        ("https://app.example/back", False, True),
        ("http://127.0.0.1:5000/back", False, True),
        ("vn.edu.app:/back", True, True),
        ("vn.edu.app:/back", False, False),
        ("http://app.example/back", False, False),
        ("https://*.app.example/", False, False),
        ("https://app.example/#x", False, False),
        ("https://user@app.example/", False, False),
        ("javascript:alert(1)", True, False),
        ("https:///x", False, False),
        ("https://[/", False, False),
    ],
)
def test_return_addresses(address: str, public: bool, good: bool) -> None:
    assert (redirect_fault(address, public=public) is None) == good


def test_scopes_are_permissions_in_other_words() -> None:
    assert scope_of("finance.bill.read.own") == "finance:bill:read"
    assert grantable({"core.accounts.manage", "finance.bill.read.own"}) == {"finance.bill.read"}
    held = frozenset({"finance.bill.read.own", "finance.round.publish", "learners.learner.read"})
    most = ["finance.bill.read", "finance.round.publish"]
    assert narrowed(held, "openid finance:bill:read learners:learner:read", most) == {"finance.bill.read.own"}
    assert narrowed(held, "", most) == frozenset()


def test_a_scope_of_a_standard_needs_every_permission_that_names_it() -> None:
    one = Permission("a.b.read", Message("x"), scopes=("https://std.example/all", "https://std.example/b"))
    two = Permission("a.c.read", Message("x"), scopes=("https://std.example/all",))
    before = scopes._standard
    scopes.bind([one, two])
    try:
        assert scopes.scopes_of(["a.b.read"]) == {"a:b:read", "https://std.example/b"}
        assert "https://std.example/all" in scopes.scopes_of(["a.b.read", "a.c.read"])
        held = frozenset({"a.b.read", "a.c.read", "a.d.read"})
        assert scopes.narrowed(held, "https://std.example/b", held) == {"a.b.read"}
        assert scopes.narrowed(held, "https://std.example/all", {"a.b.read"}) == {"a.b.read"}
    finally:
        scopes._standard = before
