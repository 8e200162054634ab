"""Pages that ask somebody over a network: no transaction is open while the other side thinks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import Concatenate, ParamSpec

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from core.data.context import Context

from .runtime import runtime, visitor
from .view import SAFE, admit, check_csrf

P = ParamSpec("P")
Open = Callable[[], AbstractContextManager[Context]]


def stepwise(
    permission: str,
) -> Callable[[Callable[Concatenate[Open, P], ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Like `page`, but the view opens its transactions itself, one for each step: `with open() as ctx:`."""

    def decorate(function: Callable[Concatenate[Open, P], ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(function)
        def view(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            program, person = runtime(), visitor()
            if person is None:
                return redirect(url_for("identity.sign_in", next=request.referrer))
            admit(program, person, permission)
            if request.method not in SAFE:
                check_csrf(program, person)

            def opened() -> AbstractContextManager[Context]:
                if person.school_id is None:
                    return program.db.all_schools(person.actor, clock=program.clock)
                return program.db.context(person.actor, person.school_id, clock=program.clock)

            return function(opened, *args, **kwargs)

        view.truong_permission = permission  # type: ignore[attr-defined]  # read by the architecture test
        return view

    return decorate
