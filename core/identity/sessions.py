"""Signed-in browsers."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Literal, cast
from uuid import UUID

import msgspec
import psycopg
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from core import audit
from core.access.permissions import permissions_for
from core.audit.canonical import clean
from core.data.context import Context
from core.data.ddl import SYSTEM_ROLE
from core.data.session import Database
from core.data.types import new_id
from core.kernel.registry import Registry
from core.types.actor import Actor, system_actor
from core.types.clock import Clock, utc_now
from core.types.errors import NotAuthenticated, Unavailable
from core.types.message import _

from .models import AccountSession

IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=7)
PENDING = timedelta(minutes=15)
"""Time between the password and the second factor, or to set one up."""
Stage = Literal["open", "factor", "setup"]
_TOUCH = timedelta(minutes=1)
_LENGTH = 43
_REVOKE = "UPDATE core_session SET revoked_at = :now WHERE revoked_at IS NULL AND "
_REVOKE_TOKEN = text(_REVOKE + "token_hash = :hash RETURNING account_id, school_id")
_REVOKE_OTHERS = text(_REVOKE + "account_id = :id AND id IS DISTINCT FROM CAST(:session AS uuid)")
_PROVED = text("UPDATE core_session SET proved_at = :now WHERE id = :session AND account_id = :id AND stage = 'open'")
_PRUNE = text("DELETE FROM core_session WHERE expires_at < :before OR revoked_at < :before")
_ENTER = text(f"SET LOCAL ROLE {SYSTEM_ROLE}")
_LEAVE = text("SET LOCAL ROLE NONE")
_KEPT = timedelta(days=30)
_RESOLVE = b"SELECT * FROM core_session_resolve(%s, %s, %s, %s)"


class _Entered(msgspec.Struct, frozen=True):
    """The row of `core_session_resolve` as JSON, in its order."""

    session_id: UUID
    account_id: UUID
    name: str
    locale: str
    signed_in_at: datetime
    school_id: UUID | None
    school_name: str | None
    year_name: str | None
    modules: list[str] | None
    person_id: UUID | None
    roles: list[str]
    school_ids: list[UUID] | None
    school_names: list[str] | None
    proved_at: datetime | None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who a session token stands for, and where: everything a request needs, from one query."""

    session_id: UUID
    account_id: UUID
    name: str
    locale: str
    signed_in_at: datetime
    school_id: UUID | None
    school_name: str
    year_name: str
    modules: frozenset[str]
    """Switched on at the school."""
    person_id: UUID | None
    roles: frozenset[str]
    schools: tuple[tuple[UUID, str], ...]
    """Schools to choose from, by name; at most 20."""
    proved_at: datetime | None = None
    """When the person last proved who they are in this session."""

    def actor(self, registry: Registry, remote_addr: str = "") -> Actor:
        """The actor for contexts at the current school."""
        return Actor(
            kind="account",
            name=self.name,
            account_id=self.account_id,
            person_id=self.person_id,
            roles=self.roles,
            permissions=permissions_for(registry, self.roles, self.modules),
            locale=self.locale,
            remote_addr=remote_addr,
            proved_at=self.proved_at,
            session_id=self.session_id,
        )


def resolve(db: Database, token: str, *, clock: Clock = utc_now) -> SignedIn | None:
    """Who holds the token, or None when it is unknown, revoked, over, or the account is disabled.

    One round trip, outside any transaction. `last_seen_at` is written at most once a minute.
    """
    if len(token) != _LENGTH:
        return None
    now = clock()
    row = _fetch(db, (token_hash(token), now, now - IDLE, now - _TOUCH))
    return _signed_in(row) if row is not None else None


def enter(db: Database, token: str, *, clock: Clock = utc_now) -> tuple[SignedIn, Connection] | None:
    """The same for a page that is only read, with its transaction begun at the visitor's school: no trip of its own.

    Returns:
        the visitor, and the connection for `Database.entered`; whoever asks closes it.
    """
    if len(token) != _LENGTH:
        return None
    now = clock()
    moments = ", ".join(f"'{moment.isoformat()}'" for moment in (now, now - IDLE, now - _TOUCH))
    try:
        connection, found = db.enter(f"SELECT core_session_enter('\\x{token_hash(token).hex()}', {moments})")
    except OperationalError as error:
        raise Unavailable(_("The database does not answer. Please try again in a moment.")) from error
    if found is None:
        connection.close()
        return None
    row = msgspec.json.decode(found, type=_Entered)
    return _signed_in(msgspec.structs.astuple(row)), connection


def _signed_in(row: tuple[Any, ...]) -> SignedIn:
    return SignedIn(
        session_id=row[0],
        account_id=row[1],
        name=row[2],
        locale=row[3],
        signed_in_at=row[4],
        school_id=row[5],
        school_name=row[6] or "",
        year_name=row[7] or "",
        modules=frozenset(row[8] or ()),
        person_id=row[9],
        roles=frozenset(row[10]),
        schools=tuple(zip(row[11] or (), row[12] or (), strict=True)),
        proved_at=row[13],
    )


def _fetch(db: Database, values: tuple[object, ...]) -> tuple[Any, ...] | None:
    """The one query of every request, on the driver itself: half the cost of the same through SQLAlchemy."""
    connection = db.engine.raw_connection()
    try:
        driver: psycopg.Connection[tuple[Any, ...]] = cast(Any, connection.driver_connection)
        driver.autocommit = True
        row = driver.execute(_RESOLVE, values, prepare=True).fetchone()
        driver.autocommit = False
        return row
    except Exception as error:
        connection.invalidate()  # never back into the pool with autocommit on: a school's walls last one transaction
        if isinstance(error, psycopg.OperationalError):
            raise Unavailable(_("The database does not answer. Please try again in a moment.")) from error
        raise
    finally:
        connection.close()


def token_hash(token: str) -> bytes:
    """What is stored of a token: it has 256 random bits, so one plain SHA-256 is enough."""
    return sha256(token.encode("ascii", "replace")).digest()


def open_session(
    ctx: Context,
    account_id: UUID,
    school_id: UUID | None,
    address: str,
    agent: str,
    *,
    stage: Stage = "open",
    until: datetime | None = None,
) -> str:
    """A new session; always a fresh token, whatever the browser sent (no fixation).

    Args:
        stage: what its person has still to do; the token of another stage than `open` reaches nothing else.
        until: an end before that of every session.
    """
    token = secrets.token_urlsafe(32)
    now = ctx.now()
    end = now + (ABSOLUTE if stage == "open" else PENDING)
    ctx.session.execute(
        AccountSession.__table__.insert(),  # type: ignore[attr-defined]
        {
            "id": new_id(),
            "token_hash": token_hash(token),
            "account_id": account_id,
            "school_id": school_id,
            "created_at": now,
            "last_seen_at": now,
            "expires_at": min(end, until) if until else end,
            "stage": stage,
            "proved_at": now if stage == "open" else None,
            "failures": 0,
            "remote_addr": clean(address[:64]),
            "user_agent": clean(agent[:200]),
        },
    )
    return token


def sign_out(db: Database, token: str, *, clock: Clock = utc_now) -> None:
    """End the session of a token; nothing happens when there is none."""
    with db.all_schools(system_actor("sign-out"), clock=clock) as ctx:
        revoke_by_token(ctx, token)


def revoke_by_token(ctx: Context, token: str) -> None:
    """End the session of a token, in a context over all schools."""
    row = ctx.session.execute(_REVOKE_TOKEN, {"hash": token_hash(token), "now": ctx.now()}).one_or_none()
    if row is not None:
        audit.record(ctx, "identity.signed_out", target=("account", row.account_id), school_id=row.school_id)


def revoke_others(ctx: Context, account_id: UUID, but: UUID | None = None) -> None:
    """End all sessions of an account but one. For the program; it asks for no permission."""
    with as_system(ctx):
        ctx.session.execute(_REVOKE_OTHERS, {"id": account_id, "session": but, "now": ctx.now()})


def proved(ctx: Context, session_id: UUID) -> None:
    """Note that the actor has just proved who they are in this session. For the program, which has checked it."""
    with as_system(ctx):
        ctx.session.execute(_PROVED, {"id": acting_account(ctx), "session": session_id, "now": ctx.now()})


def prune(ctx: Context) -> None:
    """Delete sessions that ended a month ago, in a context over all schools."""
    ctx.session.execute(_PRUNE, {"before": ctx.now() - _KEPT})


@contextmanager
def as_system(ctx: Context) -> Iterator[None]:
    """Reach the tables of accounts from inside a school: for the statements within, then back to its rights."""
    if ctx.school is None:
        yield
        return
    ctx.session.flush()
    ctx.session.execute(_ENTER)
    yield
    ctx.session.execute(_LEAVE)


def acting_account(ctx: Context) -> UUID:
    """The account of the actor.

    Raises:
        NotAuthenticated: when the actor is nobody's account.
    """
    if ctx.actor.account_id is None:
        raise NotAuthenticated
    return ctx.actor.account_id
