"""Sessions: fresh tokens, ends, revocation, and nothing of another's."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from core import access, identity
from core.data.context import Context
from core.data.session import Database
from core.kernel.registry import Registry
from core.types.actor import Actor
from core.types.errors import NotAuthenticated, NotFound, Unavailable

from .conftest import PASSWORD, FakeClock

NEW = "một mật khẩu khác 77"


def _sign_in(db: Database, clock: FakeClock, *, replaces: str | None = None) -> str:
    return identity.sign_in(db, "lan@example.vn", PASSWORD, replaces=replaces, clock=clock).token


def _signed_in(db: Database, token: str, clock: FakeClock) -> identity.SignedIn:
    found = identity.resolve(db, token, clock=clock)
    assert found is not None
    return found


@contextmanager
def _as(db: Database, who: identity.SignedIn, school: UUID, clock: FakeClock) -> Iterator[Context]:
    actor = Actor("account", who.name, account_id=who.account_id, proved_at=who.proved_at)
    with db.context(actor, school, clock=clock) as ctx:
        yield ctx


def test_one_query_recognises_a_visitor(
    db: Database, lan: UUID, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = _sign_in(db, clock)
    seen: list[object] = []
    run = psycopg.Connection.execute

    def note(connection: object, query: object, *rest: Any, **named: Any) -> Any:
        seen.append(query)
        return run(connection, query, *rest, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(psycopg.Connection, "execute", note)
    event.listen(db.engine, "before_cursor_execute", lambda *told: seen.append(told))
    _signed_in(db, token, clock)
    assert len(seen) == 1


def test_recognising_leaves_the_connection_clean(db: Database, lan: UUID, school: UUID, clock: FakeClock) -> None:
    token = _sign_in(db, clock)
    for _number in range(20):
        _signed_in(db, token, clock)
        with db.engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            assert driver.autocommit is False
            assert driver.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


def test_a_database_that_went_away_is_said_so_and_comes_back(
    server: str, db: Database, lan: UUID, clock: FakeClock
) -> None:
    token = _sign_in(db, clock)
    _signed_in(db, token, clock)
    with psycopg.connect(server, autocommit=True) as superuser:
        superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            (db.engine.url.database,),
        )
    refused = 0
    for _number in range(5):
        try:
            _signed_in(db, token, clock)
        except Unavailable:
            refused += 1
    assert 1 <= refused < 5
    _signed_in(db, token, clock)


def test_the_database_keeps_no_token(db: Database, lan: UUID, clock: FakeClock) -> None:
    token = _sign_in(db, clock)
    raw = base64.urlsafe_b64decode(token + "=")
    assert len(raw) == 32
    with db.all_schools(Actor("system", "x")) as ctx:
        row = str(ctx.session.execute(text("SELECT s::text FROM core_session s")).scalar_one())
    assert token not in row
    assert raw.hex() not in row


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "A" * 42, "\u00e9" * 43, "A" * 100_000, "' OR 1=1 --" + "A" * 32])
def test_forged_tokens_are_nobody(db: Database, lan: UUID, clock: FakeClock, token: str) -> None:
    _sign_in(db, clock)
    assert identity.resolve(db, token, clock=clock) is None


def test_one_changed_letter_is_another_token(db: Database, lan: UUID, clock: FakeClock) -> None:
    token = _sign_in(db, clock)
    for place in (0, 20, 41):
        other = "B" if token[place] != "B" else "C"
        assert identity.resolve(db, token[:place] + other + token[place + 1 :], clock=clock) is None


def test_a_planted_session_is_not_adopted(db: Database, lan: UUID, clock: FakeClock) -> None:
    planted = "P" * 43
    token = _sign_in(db, clock, replaces=planted)
    assert token != planted
    assert identity.resolve(db, planted, clock=clock) is None
    # And a real session that was planted in the browser ends when its owner signs in.
    again = _sign_in(db, clock, replaces=token)
    assert identity.resolve(db, token, clock=clock) is None
    assert identity.resolve(db, again, clock=clock) is not None


def test_last_seen_is_written_once_a_minute(db: Database, lan: UUID, clock: FakeClock) -> None:
    token = _sign_in(db, clock)

    def version() -> str:
        with db.all_schools(Actor("system", "x")) as ctx:
            return str(ctx.session.execute(text("SELECT xmin::text || last_seen_at FROM core_session")).scalar_one())

    before = version()
    for _ in range(5):
        clock.pass_by(seconds=11)
        _signed_in(db, token, clock)
    assert version() == before
    clock.pass_by(seconds=11)
    _signed_in(db, token, clock)
    assert version() != before


def test_people_see_and_end_their_own_sessions_only(
    db: Database, school: UUID, lan: UUID, system: Actor, clock: FakeClock
) -> None:
    with db.context(system, school, clock=clock) as ctx:
        minh = identity.create_account(ctx, "minh", "Trần Minh", password=PASSWORD)
        access.grant(ctx, minh, "office")
    mine, theirs = _sign_in(db, clock), identity.sign_in(db, "minh", PASSWORD, clock=clock).token
    me, other = _signed_in(db, mine, clock), _signed_in(db, theirs, clock)
    with _as(db, me, school, clock) as ctx:
        assert [session.id for session in identity.sessions_of(ctx)] == [me.session_id]
        with pytest.raises(NotFound):
            identity.revoke_session(ctx, other.session_id)
        with pytest.raises(NotFound):
            identity.switch_school(ctx, other.session_id, school)
    assert identity.resolve(db, theirs, clock=clock) is not None
    with _as(db, me, school, clock) as ctx:
        identity.revoke_session(ctx, me.session_id)
    assert identity.resolve(db, mine, clock=clock) is None
    with pytest.raises(NotAuthenticated), db.context(system, school) as ctx:
        identity.sessions_of(ctx)


def test_only_schools_with_a_role_can_be_entered(
    db: Database, school: UUID, other_school: UUID, lan: UUID, system: Actor, clock: FakeClock
) -> None:
    who = _signed_in(db, _sign_in(db, clock), clock)
    with _as(db, who, school, clock) as ctx:
        for place in (other_school, UUID(int=7)):
            with pytest.raises(NotFound):
                identity.switch_school(ctx, who.session_id, place)
    with db.all_schools(system, clock=clock) as ctx:
        access.grant(ctx, lan, "operator")
    with _as(db, who, school, clock) as ctx:
        identity.switch_school(ctx, who.session_id, other_school)


def test_a_page_of_a_school_cannot_reach_secrets_or_make_sessions(
    db: Database, school: UUID, other_school: UUID, lan: UUID, system: Actor
) -> None:
    for statement in [
        "SELECT password_hash FROM core_account",
        "UPDATE core_account SET password_hash = 'x'",
        "UPDATE core_account SET state = 'active'",
        "SELECT * FROM core_session",
        "INSERT INTO core_session (id) VALUES (uuidv7())",
        "SELECT * FROM core_sign_in_counter",
        "INSERT INTO core_grant (id, account_id, role, school_id, valid_from, created_at, updated_at)"
        " SELECT uuidv7(), :account, 'head', CAST(:other AS uuid), now(), now(), now()",
        "INSERT INTO core_grant (id, account_id, role, valid_from, created_at, updated_at)"
        " SELECT uuidv7(), :account, 'operator', now(), now(), now()",
    ]:
        refused = pytest.raises(DBAPIError, match=r"permission denied|row-level security")
        with refused, db.context(system, school) as ctx:
            ctx.session.execute(text(statement), {"account": lan, "other": other_school})


def test_the_actor_has_the_permissions_of_its_roles(
    db: Database, registry: Registry, lan: UUID, clock: FakeClock
) -> None:
    who = _signed_in(db, _sign_in(db, clock), clock)
    actor = who.actor(registry, "203.0.113.7")
    assert (actor.account_id, actor.person_id, actor.remote_addr) == (lan, who.person_id, "203.0.113.7")
    assert actor.permissions == access.permissions_for(registry, {"accountant"}, who.modules)
