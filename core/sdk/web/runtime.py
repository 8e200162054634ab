"""The running program and the visitor of the present request."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import cast
from uuid import UUID

from flask import current_app, g, request
from sqlalchemy import Connection

from core.data.session import Database
from core.identity.oauth.bearer import is_access_token
from core.identity.sessions import SignedIn
from core.kernel.registry import Registry
from core.types.actor import Actor
from core.types.clock import Clock, utc_now


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in person at one school."""

    actor: Actor
    school_id: UUID | None
    school_name: str
    year_name: str
    modules: frozenset[str]
    """Modules that are on at the school."""
    token: str = field(repr=False)
    signed_in: SignedIn
    by_cookie: bool = True

    @property
    def schools(self) -> tuple[tuple[UUID, str], ...]:
        """Schools to choose from."""
        return self.signed_in.schools


@dataclass(slots=True)
class Runtime:
    """Everything that lives as long as the process."""

    db: Database
    registry: Registry
    secret: bytes = field(repr=False)
    base_url: str
    development: bool = False
    clock: Clock = utc_now
    identify: Callable[[str], Visitor | None] = lambda token: None
    """Resolves a session token; bound by the application factory."""
    enter: Callable[[str], tuple[Visitor, Connection] | None] = lambda token: None
    """The same with the transaction of the page begun."""
    module_of: dict[str, str] = field(default_factory=dict)
    """Blueprint name to module name."""

    def csrf_token(self, token: str) -> str:
        """Tied to the session, so it needs no storage and ends with it."""
        return hmac.new(self.secret, b"csrf:" + token.encode(), hashlib.sha256).hexdigest()[:40]


COOKIE = "truong_session"
_UNSET = object()


def runtime() -> Runtime:
    """The program that serves this request."""
    return cast(Runtime, current_app.extensions["truong"])


def visitor() -> Visitor | None:
    """Who is asking, by session cookie or bearer token; looked up once a request."""
    found = g.get("visitor", _UNSET)
    if found is _UNSET:
        found = _identify()
        g.visitor = found
    return cast("Visitor | None", found)


def _identify() -> Visitor | None:
    token, by_cookie = _token()
    found = runtime().identify(token) if token else None
    return found if by_cookie or found is None else replace(found, by_cookie=False)


def _token() -> tuple[str, bool]:
    """The session token, and whether a browser brought it along by itself."""
    header = request.headers.get("Authorization", "")
    if header.startswith("Bearer "):
        return header[7:].strip(), False
    return request.cookies.get(COOKIE, ""), True


def enter() -> Connection | None:
    """Look the visitor up for a page that is only read; the connection has its transaction begun at their school.

    None when there is nobody, the visitor is known already, is at no school, or is a vendor's program. Whoever asks
    closes it.
    """
    token, by_cookie = _token()
    if not token or is_access_token(token) or g.get("visitor", _UNSET) is not _UNSET:
        return None
    entered = runtime().enter(token)
    if entered is None:
        g.visitor = None
        return None
    person, connection = entered
    g.visitor = person if by_cookie else replace(person, by_cookie=False)
    if person.school_id is None:
        connection.close()
        return None
    return connection
