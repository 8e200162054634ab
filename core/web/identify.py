"""From a session token to the visitor of a request: one question, with which the transaction of a page begins."""

from __future__ import annotations

from collections.abc import Callable

from flask import current_app, request
from sqlalchemy import Connection

from core.identity import sessions
from core.identity.oauth import bearer
from core.identity.sessions import SignedIn
from core.sdk.web.runtime import Runtime, Visitor


def identifier(program: Runtime) -> Callable[[str], Visitor | None]:
    """The function that `Runtime.identify` calls."""

    def identify(token: str) -> Visitor | None:
        if bearer.is_access_token(token):
            return _program(program, token)
        found = sessions.resolve(program.db, token, clock=program.clock)
        return _visitor(program, found, token) if found is not None else None

    return identify


def enterer(program: Runtime) -> Callable[[str], tuple[Visitor, Connection] | None]:
    """The function that `Runtime.enter` calls."""

    def enter(token: str) -> tuple[Visitor, Connection] | None:
        entered = sessions.enter(program.db, token, clock=program.clock)
        return (_visitor(program, entered[0], token), entered[1]) if entered is not None else None

    return enter


def _visitor(program: Runtime, found: SignedIn, token: str) -> Visitor:
    return Visitor(
        actor=found.actor(program.registry, request.remote_addr or ""),
        school_id=found.school_id,
        school_name=found.school_name,
        year_name=found.year_name,
        modules=(found.modules & program.registry.school_modules()) | program.registry.always_on(),
        token=token,
        signed_in=found,
    )


def _program(program: Runtime, token: str) -> Visitor | None:
    """A vendor's program with an access token; it reaches the API and views made for programs, and no page."""
    view = current_app.view_functions.get(request.endpoint or "")
    if not (request.path.startswith("/api/") or hasattr(view, "truong_programs")):
        return None
    address = request.remote_addr or ""
    found = bearer.resolve(program.db, program.registry, token, remote_addr=address, clock=program.clock)
    if found is None:
        return None
    registry, actor = program.registry, found.actor
    modules = (found.modules & registry.school_modules()) | registry.always_on()
    stands_for = SignedIn(
        session_id=found.token_id,
        account_id=actor.account_id or found.token_id,
        name=actor.name,
        locale=actor.locale,
        signed_in_at=found.issued_at,
        school_id=found.school_id,
        school_name=found.school_name,
        year_name=found.year_name,
        modules=found.modules,
        person_id=actor.person_id,
        roles=actor.roles,
        schools=((found.school_id, found.school_name),),
    )
    return Visitor(
        actor=actor,
        school_id=found.school_id,
        school_name=found.school_name,
        year_name=found.year_name,
        modules=modules,
        token=token,
        signed_in=stands_for,
        by_cookie=False,
    )
