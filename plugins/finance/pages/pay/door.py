"""How a signed link lets somebody in: the school is found from it, and it carries these rights and no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from flask import Blueprint, Response, current_app, request, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Actor, Context
from core.sdk.errors import NotFound
from core.sdk.ledger import payers
from core.sdk.links import LinkExpired
from core.sdk.school import modules_of, modules_on, school_of
from core.sdk.web import locale, render, runtime, visitor
from plugins.finance.services import baskets, links, paying

P = ParamSpec("P")
blueprint = Blueprint("finance_pay", __name__, url_prefix="/pay")
LENGTH = 48
TOKEN = f"<string(length={LENGTH}):token>"
REFERENCE = "<string(maxlength=16):reference>"


def holder() -> Actor:
    """Whoever holds the link: pays its bill and reads its receipts; the services keep to the bill of the link."""
    address = request.remote_addr or ""
    bare = Actor(kind="link", name="link:finance.bill", locale=locale(), remote_addr=address)
    return bare.with_permissions("payments.pay", "finance.receipt.read")


@contextmanager
def at_school(find: Callable[[Context], UUID]) -> Iterator[Context]:
    """A context at the school that `find` gives from a context over all schools.

    Raises:
        NotFound: the school does not use this module.
    """
    program = runtime()
    with program.db.all_schools(holder(), clock=program.clock) as everywhere:
        school = find(everywhere)
    with program.db.context(holder(), school, clock=program.clock) as ctx:
        if "finance" not in modules_on(ctx):
            raise NotFound()
        yield ctx


def places_of(door: baskets.Door, token: str) -> list[baskets.Place]:
    """The schools that a link for several bills opens, without those that do not use this module.

    Raises:
        NotFound: it was not made here, or opens nothing. LinkExpired: it is over.
    """
    program = runtime()
    with program.db.all_schools(holder(), clock=program.clock) as everywhere:
        found = baskets.find(everywhere, door, token)
        used = [place for place in found if "finance" in modules_of(everywhere, place.school_id)]
    if not used:
        raise NotFound()
    return used


@contextmanager
def at_place(place: baskets.Place) -> Iterator[Context]:
    """A context at one school of a link for several bills."""
    program = runtime()
    with program.db.context(holder(), place.school_id, clock=program.clock) as ctx:
        yield ctx


def expiring(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Below `@public`: a link that is over has its page."""

    @wraps(view)
    def opened(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        try:
            return view(*args, **kwargs)
        except LinkExpired as expired:
            return _expired(expired)

    return opened


def at_attempt(reference: str) -> Callable[[Context], UUID]:
    return lambda everywhere: payers.school_of(everywhere, reference)


def by_link(
    view: Callable[Concatenate[Context, str, P], ResponseReturnValue],
) -> Callable[..., ResponseReturnValue]:
    """Below `@public`: a view that gets a context at the link's school, and the link; an expired one has its page."""

    @wraps(view)
    def opened(token: str, *args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        try:
            with at_school(lambda everywhere: links.school_of_token(everywhere, token)) as ctx:
                return view(ctx, token, *args, **kwargs)
        except LinkExpired as expired:
            return _expired(expired)

    return opened


Opened = Callable[[], AbstractContextManager[Context]]


def by_link_in_steps(
    view: Callable[Concatenate[Opened, str, P], ResponseReturnValue],
) -> Callable[..., ResponseReturnValue]:
    """Like `by_link` for a view that asks a service: it opens its transactions itself, `with opened() as ctx:`."""

    @wraps(view)
    def stepping(token: str, *args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        try:
            return view(
                lambda: at_school(lambda everywhere: links.school_of_token(everywhere, token)), token, *args, **kwargs
            )
        except LinkExpired as expired:
            return _expired(expired)

    return stepping


def _expired(expired: LinkExpired) -> ResponseReturnValue:
    program = runtime()
    with program.db.all_schools(holder(), clock=program.clock) as everywhere:
        contact = paying.whom_to_ask(everywhere, expired)
    page = render(
        "finance/pay/expired.html",
        school_name=contact.school_name if contact else "",
        contact=contact,
        **surroundings(),
    )
    return page, 410


def surroundings() -> dict[str, object]:
    """What every page here hands to its frame."""
    return {"worker_url": url_for("family_app.worker"), "manifest_url": url_for("family_app.manifest")}


def show(ctx: Context, template: str, **values: object) -> str:
    """A page in the school's name."""
    return render(f"finance/pay/{template}", school_name=school_of(ctx).name, **surroundings(), **values)


def signed_in(ctx: Context) -> Actor | None:
    """Who is signed in at the link's school, for what a link alone does not tell."""
    person = visitor()
    return person.actor if person is not None and person.school_id == ctx.school else None


def secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])


@blueprint.after_request
def guard(response: Response) -> Response:
    """The address is the key: no search engine keeps it and no other site learns it."""
    response.headers["Referrer-Policy"] = "strict-origin"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
