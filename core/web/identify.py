"""From a session token to the visitor of a request: one query."""

from __future__ import annotations

from collections.abc import Callable

from flask import request

from core.identity import sessions
from core.sdk.web.runtime import Runtime, Visitor


def identifier(program: Runtime) -> Callable[[str], Visitor | None]:
    """The function that `Runtime.identify` calls."""

    def identify(token: str) -> Visitor | None:
        found = sessions.resolve(program.db, token, clock=program.clock)
        if found is None:
            return None
        return Visitor(
            actor=found.actor(program.registry, request.remote_addr or ""),
            school_id=found.school_id,
            school_name=found.school_name,
            year_name=found.year_name,
            modules=(found.modules & program.registry.school_modules()) | program.registry.always_on(),
            token=token,
            signed_in=found,
        )

    return identify
