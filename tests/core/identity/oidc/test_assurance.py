"""Steps that ask for a level of assurance: declared with the permission, proved at a certified provider."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.access import core_permissions
from core.data.session import Database
from core.identity.oauth.clients import NewClient, make_client
from core.identity.oidc import providers
from core.kernel import discovery
from core.kernel.registry import Registry, collect
from core.payments import plugin as payments
from core.payments.permissions import PERMISSIONS as PAYMENTS
from core.sdk import VERSION
from core.sdk.testing.fixtures import SECRET as KEY
from core.sdk.testing.fixtures import signed_in
from core.settings.instance import InstanceSettings
from core.types.actor import Actor
from core.web import core_plugin
from core.web.app import create_app

from .conftest import Peer, Profile, Web, settings_of

GUARDED = {"core.figures.read": 2, "payments.ledger.read": 2}


def _asking(found: Any) -> list[Any]:
    return [replace(one, assurance=GUARDED.get(one.name, 0)) for one in found]


@pytest.fixture(scope="module")
def strict(registry: Registry, db: Database, var: Path) -> Iterator[Flask]:
    """The program, with two permissions that ask for the second level."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(core_plugin, "PERMISSIONS", _asking(core_permissions.PERMISSIONS))
        patch.setattr(payments, "PERMISSIONS", _asking(PAYMENTS))
        mine = collect(discovery.load(discovery.find(), api_version=VERSION), core_plugin.CORE_PLUGINS)
        settings = InstanceSettings(secret_keys=(KEY,), var=var, base_url="http://localhost", secure_cookies=False)
        yield create_app(settings, db=db, registry=mine)
    providers.bind({})


def through(client: FlaskClient, url: str) -> str:
    return Web().follow(url).removeprefix("http://localhost")


def test_the_way_up_to_the_level(strict: Flask, panva: Peer, db: Database, school: UUID) -> None:
    providers.bind(
        {
            "test": Profile("test", settings_of(panva)),
            "test_post": Profile("test_post", settings_of(panva, client_id="test_post", levels=("LoA1",))),
        }
    )
    head = signed_in(strict, db, school, "head")
    refused = head.get("/figures?lang=en")
    assert refused.status_code == 403
    (way,) = re.findall(r'href="([^"]+/confirm[^"]+)"', refused.text)
    assert "/with/test/" in way, "only who knows such a level"
    asked = head.get("/api/v1/code-lists").status_code
    assert asked == 200, "what asks for no level goes on"

    panva.control(account="level", acr="LoA1")
    page = head.post("/account/identities/link/test", data={"csrf_token": head.csrf})  # type: ignore[attr-defined]
    out = re.search(r'href="(http://127[^"]+)"', page.text)
    assert out
    assert head.get(through(head, out[1].replace("&amp;", "&"))).status_code == 303

    begun = head.get(way.replace("&amp;", "&"))
    assert "acr_values=LoA2+LoA3" in begun.headers["Location"]
    weak = head.get(through(head, begun.headers["Location"]))
    assert weak.status_code == 400, "the provider answered with less than was asked for"
    assert head.get("/figures").status_code == 403
    panva.control(account="level", acr="LoA2")
    done = head.get(through(head, head.get(way.replace("&amp;", "&")).headers["Location"]))
    assert urlsplit(done.headers["Location"]).path == "/figures"
    assert head.get("/figures").status_code == 200
    assert signed_in(strict, db, school, "head").get("/figures").status_code == 403, "another session is another proof"


def test_a_program_cannot_prove_a_level(strict: Flask, db: Database, school: UUID, system: Actor) -> None:
    with db.context(system, school) as ctx:
        new = NewClient("Sổ", "Đối soát", "service", permissions=["payments.ledger.read"])
        client_id, secret = make_client(ctx, new)
    caller = strict.test_client()
    form = {"grant_type": "client_credentials", "scope": "payments:ledger:read"}
    token = caller.post("/oauth/token", data=form, auth=(str(client_id), secret)).json
    assert token is not None
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    answer = caller.get("/api/v1/payments/trial-balance", headers=headers)
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (403, "assurance")
