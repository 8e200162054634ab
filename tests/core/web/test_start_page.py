"""The start page of the operator: what does not run is said, with the way to mend it."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from core.data.session import Database
from core.kernel.containment import Containment
from core.types.actor import Actor
from core.work.queue import enqueue
from tests.conftest import SignIn


def test_the_operator_sees_what_does_not_run(
    app: Flask, sign_in: SignIn, db: Database, school: UUID, system: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = app.extensions["truong"]
    fresh = replace(program.registry, containment=Containment())  # faults of other tests are not ours
    monkeypatch.setattr(program, "registry", fresh)
    client = sign_in(None, "operator")
    assert "Không có tiến trình nền nào đang chạy" in client.get("/").text
    with db.context(system, school) as ctx:
        enqueue(ctx, "payments.inbox", {})
    with db.all_schools(system) as ctx:
        ctx.session.execute(text("UPDATE core_job SET state = 'failed', finished_at = now()"))
        ctx.session.execute(text("INSERT INTO core_worker (id, host, threads) VALUES (uuidv7(), 'hn-1:4711', 2)"))
    page = client.get("/").text
    assert "việc nền bị lỗi" in page
    assert "Không có tiến trình nền" not in page
    with db.all_schools(system) as ctx:
        ctx.session.execute(text("UPDATE core_job SET state = 'done'"))
    assert "Mọi thứ đang hoạt động bình thường" in client.get("/").text


def test_others_do_not_see_the_installation(sign_in: SignIn, school: UUID) -> None:
    assert "card-core.installation" not in sign_in(school, "head").get("/").text
