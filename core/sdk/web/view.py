"""How a view says who may use it, and gets its context.

Each view is `@page(permission)`, `@api(permission)` or `@public(why)`; an architecture test refuses any other. A view
of another protocol that says so itself (`truong_permission`) is reached by access tokens if it has `truong_programs`.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection
from werkzeug.exceptions import NotFound as NoSuchPage

from core.access.scopes import suffixes
from core.data.context import Context
from core.identity.assurance import require_assurance
from core.types.errors import Forbidden, Invalid, NotAuthenticated
from core.types.message import _

from .runtime import Runtime, Visitor, enter, runtime, visitor

P = ParamSpec("P")
R = TypeVar("R", bound=ResponseReturnValue)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
UNREADABLE = _("This text has characters that cannot be stored.")


def page(
    permission: str,
) -> Callable[[Callable[Concatenate[Context, P], R]], Callable[P, ResponseReturnValue]]:
    """A page for people who hold the permission at their school.

    The view gets a `Context` whose transaction commits when the view returns and rolls back when it raises.
    """

    def decorate(function: Callable[Concatenate[Context, P], R]) -> Callable[P, ResponseReturnValue]:
        @wraps(function)
        def view(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            with entering() as begun:
                program, person = runtime(), visitor()
                if person is None:
                    target = request.full_path.rstrip("?") if request.method in SAFE else request.referrer
                    return redirect(url_for("identity.sign_in", next=target))
                admit(program, person, permission)
                if request.method not in SAFE:
                    check_csrf(program, person)
                    if any("\0" in typed for values in request.form.listvalues() for typed in values):
                        raise Invalid(UNREADABLE)
                return run(begun, program, person, assured(program, permission, function), *args, **kwargs)

        view.truong_permission = permission  # type: ignore[attr-defined]  # read by the architecture test
        return view

    return decorate


def assured(
    program: Runtime, permission: str, function: Callable[Concatenate[Context, P], R]
) -> Callable[Concatenate[Context, P], R]:
    """The view itself, or behind the level of assurance that its permission asks for."""
    level = program.registry.assurances().get(permission, 0)
    if not level:
        return function

    def behind(ctx: Context, /, *args: P.args, **kwargs: P.kwargs) -> R:
        require_assurance(ctx, level)
        return function(ctx, *args, **kwargs)

    return behind


def public(why: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A view for everybody; `why` is the reason, for the reader and the architecture test."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def view(*args: P.args, **kwargs: P.kwargs) -> R:
            if request.method not in SAFE:
                check_origin(runtime())
            return function(*args, **kwargs)

        view.truong_public = why  # type: ignore[attr-defined]  # read by the architecture test
        return view

    return decorate


@contextmanager
def entering() -> Iterator[Connection | None]:
    """Who is asking, and for a page that is only read also its transaction, in one round trip.

    Raises:
        Invalid: the address has a zero byte, which PostgreSQL stores in no text.
    """
    if b"%00" in request.query_string or "\0" in request.path:
        raise Invalid(UNREADABLE)
    begun = enter() if request.method in SAFE else None
    try:
        yield begun
    finally:
        if begun is not None:
            begun.close()  # nothing more to do where the view has run: this is for refusals before it


def run(
    begun: Connection | None,
    program: Runtime,
    person: Visitor,
    function: Callable[Concatenate[Context, P], R],
    *args: P.args,
    **kwargs: P.kwargs,
) -> R:
    """Call a view in the transaction of its request."""
    if begun is not None and person.school_id is not None:
        with program.db.entered(begun, person.actor, person.school_id, clock=program.clock) as ctx:
            return function(ctx, *args, **kwargs)
    if person.school_id is None:
        with program.db.all_schools(person.actor, clock=program.clock) as ctx:
            return function(ctx, *args, **kwargs)
    with program.db.context(person.actor, person.school_id, clock=program.clock) as ctx:
        return function(ctx, *args, **kwargs)


def admit(program: Runtime, person: Visitor, permission: str) -> None:
    """404 when the module is off at the school, `Forbidden` without the permission or a limited form of it.

    Which records a limited permission (`.own`) reaches is the service's to say (`access.require_for`).
    """
    module = program.module_of.get(request.blueprint or "", "core")
    if module != "core" and module not in person.modules:
        raise NoSuchPage()
    if not (person.actor.has(permission) or any(person.actor.has(f"{permission}.{name}") for name in suffixes())):
        raise Forbidden(permission)


def check_csrf(program: Runtime, person: Visitor) -> None:
    """A browser that brings its cookie along by itself must also show the token of the page it was given."""
    if not person.by_cookie:
        return
    check_origin(program)
    given = request.form.get("csrf_token") or request.headers.get("X-CSRF-Token", "")
    if not hmac.compare_digest(given.encode(), program.csrf_token(person.token).encode()):
        raise Invalid(_("This page is too old. Load it again; nothing was changed."), code="csrf")


def check_origin(program: Runtime) -> None:
    """Refuse a form that another site sends. Other programs send neither header.

    Fetch Metadata decides where a browser has it: a page that keeps its address to itself (no-referrer) sends its
    own forms with `Origin: null`.
    """
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    foreign = origin is not None and urlsplit(origin).netloc != request.host
    if site != "same-origin" and (site == "cross-site" or foreign):
        raise Invalid(_("This form was sent from another site and was refused."), code="cross_site")


def require_visitor() -> Visitor:
    """The visitor of an API call, or the error that answers 401."""
    person = visitor()
    if person is None:
        raise NotAuthenticated()
    return person
