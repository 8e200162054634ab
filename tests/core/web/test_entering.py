"""A page that is read begins its transaction with the question who is asking: nothing is held, nobody waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import UUID

from flask import Flask
from sqlalchemy import text
from sqlalchemy.pool import QueuePool

from core.data.session import Database
from core.identity import sessions
from core.types.actor import Actor
from tests.conftest import SignIn


def _held(db: Database) -> int:
    return cast(QueuePool, db.engine.pool).checkedout()


def test_every_answer_gives_its_connection_back(app: Flask, db: Database, school: UUID, sign_in: SignIn) -> None:
    parent, operator = sign_in(school, "parent"), sign_in(None, "operator")
    assert parent.get("/").status_code == 200
    assert parent.get("/modules").status_code == 403
    assert parent.get("/api/v1/learners/not-an-id").status_code == 404
    assert operator.get("/modules").status_code == 200
    stranger = app.test_client()
    stranger.set_cookie("truong_session", "x" * 43)
    assert stranger.get("/").status_code == 302
    assert _held(db) == 0


def test_the_wall_stands_before_the_first_statement(
    db: Database, school: UUID, other_school: UUID, system: Actor, sign_in: SignIn
) -> None:
    token = _token(sign_in(school, "office"))
    entered = sessions.enter(db, token)
    assert entered is not None
    person, connection = entered
    assert person.school_id == school
    with db.entered(connection, system, school) as ctx:
        assert ctx.session.scalar(text("SELECT current_setting('app.school_id')")) == str(school)
        assert ctx.session.scalars(text("SELECT DISTINCT school_id FROM core_school_year")).all() == [school]
    assert _held(db) == 0
    with db.engine.connect() as after:
        assert after.exec_driver_sql("SELECT current_setting('app.school_id', true)").scalar() in ("", None)


def test_a_page_that_takes_long_holds_up_no_other_page_of_the_same_person(
    db: Database, school: UUID, sign_in: SignIn
) -> None:
    token = _token(sign_in(school, "office"))
    soon = datetime.now(UTC) + timedelta(minutes=5)  # late enough for `last_seen_at` to be written
    first = sessions.enter(db, token, clock=lambda: soon)
    assert first is not None
    second = sessions.enter(db, token, clock=lambda: soon)  # would wait for ten seconds and fail
    assert second is not None
    first[1].close()
    second[1].close()


def _token(client: object) -> str:
    cookie = client.get_cookie("truong_session")  # type: ignore[attr-defined]
    return str(cookie.value)
