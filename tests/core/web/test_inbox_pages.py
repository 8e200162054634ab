"""The inbox page, the number on the bell, and receipts of services at the door."""

from __future__ import annotations

import json
from uuid import UUID

from flask import Flask

from core.data.session import Database
from core.notify.services import tell_persons
from core.people.services import create_person
from core.sdk.testing.fixtures import SignIn
from core.types.actor import Actor
from core.types.message import Message


def test_a_message_from_bell_to_page(db: Database, school: UUID, system: Actor, sign_in: SignIn) -> None:
    with db.context(system, school) as ctx:
        mother = create_person(ctx, "Trần Thị Mẹ")
        tell_persons(ctx, [mother], "x.y.z", Message("Meals change"), Message("From Monday on."), url="/search")
    parent, other = sign_in(school, "parent", person_id=mother), sign_in(school, "parent")
    assert 'data-unread="/inbox/unread"' in parent.get("/").text
    waiting = parent.get("/inbox/unread")
    assert json.loads(waiting.data)["count"] == 1
    assert waiting.headers["Cache-Control"] == "private, max-age=60"
    page = parent.get("/inbox").text
    assert "Meals change" in page
    where = page.split('action="/inbox/')[2].split('"')[0]
    assert other.post(f"/inbox/{where}", data={"csrf_token": other.csrf}).status_code == 404  # type: ignore[attr-defined]
    opened = parent.post(f"/inbox/{where}", data={"csrf_token": parent.csrf})  # type: ignore[attr-defined]
    assert (opened.status_code, opened.headers["Location"]) == (303, "/search")
    assert json.loads(parent.get("/inbox/unread").data)["count"] == 0
    assert "Meals change" not in other.get("/inbox").text


def test_a_receipt_of_a_service_that_is_not_in_use_is_not_taken(app: Flask, school: UUID) -> None:
    client = app.test_client()
    assert client.post(f"/messages/{school}/sms", data=b"{}").status_code == 404
    assert client.post(f"/messages/{school}/sms", data=b"x" * 70_000).status_code == 413
