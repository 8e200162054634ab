"""The pages of webhooks: from an address to its log; secrets are shown once."""

from __future__ import annotations

import re
from uuid import UUID

from flask import Flask

from core.data.session import Database
from core.kernel.registry import Registry
from core.sdk.testing.fixtures import as_worker
from core.types.actor import Actor
from core.webhooks import endpoints, messages
from core.work.worker import Worker
from tests.conftest import SignIn

from .conftest import Receiver


def test_from_an_address_to_its_log(
    app: Flask, db: Database, school: UUID, system: Actor, registry: Registry, sign_in: SignIn, other_system: Receiver
) -> None:
    client = sign_in(school, "head")
    token = {"csrf_token": client.csrf}  # type: ignore[attr-defined]
    event = next(name for name, kind in registry.event_types().items() if kind.outside)
    wrong = client.post("/webhooks/new", data={**token, "url": "https://10.0.0.1/", "events": event})
    assert wrong.status_code == 422
    assert "10.0.0.1" in wrong.text, "what was typed is kept"
    made = client.post("/webhooks/new", data={**token, "url": other_system.url(), "events": event, "label": "Kế toán"})
    assert made.status_code == 200
    (secret,) = set(re.findall(r"whsec_[A-Za-z0-9+/=]+", made.text))
    assert "Kế toán" in client.get("/webhooks/").text
    with db.context(system, school) as ctx:
        (row,) = endpoints.endpoints(ctx)
    page = client.get(f"/webhooks/{row.id}").text
    assert secret not in page
    pinged = client.post(f"/webhooks/{row.id}/ping", data=token)
    Worker(as_worker(db), registry).drain()
    other_system.call()
    shown = client.get(pinged.headers["Location"]).text
    assert "204" in shown
    assert messages.PING in shown
    rotated = client.post(f"/webhooks/{row.id}/rotate", data=token).text
    assert "whsec_" in rotated
    assert secret not in rotated
    assert "không còn nhận tin" not in client.get("/").text
    with db.context(system, school) as ctx:
        endpoints.set_stopped(ctx, endpoints.row_of(ctx, row.id), "failing")
    assert "không còn nhận tin" in client.get("/").text, "its people hear of it on the start page"
    for step in ("stop", "start", "replay"):
        assert client.post(f"/webhooks/{row.id}/{step}", data=token).status_code == 303
    edited = client.post(f"/webhooks/{row.id}/edit", data={**token, "url": other_system.url("/200"), "events": event})
    assert edited.status_code == 303
    assert client.post(f"/webhooks/{row.id}/delete", data=token).status_code == 303
    assert client.get(f"/webhooks/{row.id}").status_code == 404
    assert sign_in(school, "accountant").get("/webhooks/").status_code == 403
