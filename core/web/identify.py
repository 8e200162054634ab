"""From a session token to the visitor of a request: one question, with which the transaction of a page begins."""

from __future__ import annotations

from collections.abc import Callable

from flask import request
from sqlalchemy import Connection

from core.identity import sessions
from core.identity.sessions import SignedIn
from core.sdk.web.runtime import Runtime, Visitor


def identifier(program: Runtime) -> Callable[[str], Visitor | None]:
    """The function that `Runtime.identify` calls."""

    def identify(token: str) -> Visitor | None:
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
