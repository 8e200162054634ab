"""How OneRoster answers: its own error bodies, paging headers, and views.

Source: OneRoster 1.2 REST binding: `imsx_StatusInfo` unwrapped, `X-Total-Count`, `Link` (RFC 8288); the challenges of
a refused token are those of RFC 6750 section 3.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urlencode

import msgspec
from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue, RouteCallable
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.exceptions import NotFound as NoSuchAddress

from core.sdk import Context
from core.sdk.errors import Forbidden, NotAuthenticated, NotFound, TruongError
from core.sdk.web import public
from core.sdk.web.runtime import runtime
from core.sdk.web.view import admit, assured, check_csrf, entering, require_visitor, run

from .access import scopes_of

log = logging.getLogger(__name__)
P = ParamSpec("P")
FORMER = "/ims/oneroster/v1p1"
"""Where the services answer as OneRoster 1.1."""
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_SAFE = frozenset({"GET", "HEAD"})
_MINOR = {
    400: "invaliddata",
    401: "unauthorisedrequest",
    403: "forbidden",
    404: "unknownobject",
    405: "invaliddata",
    422: "invaliddata",
    429: "server_busy",
    503: "server_busy",
}


class RosterError(Exception):
    """A request that the standard lets us refuse.

    Args:
        minor: one of the standard's `imsx_codeMinorFieldValue`.
    """

    def __init__(self, status: int, minor: str, description: str) -> None:
        super().__init__(description)
        self.status, self.minor, self.description = status, minor, description


def refusal(status: int, minor: str, description: str, headers: Mapping[str, str] | None = None) -> Response:
    """An error as OneRoster words it."""
    body = {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": description,
        "imsx_CodeMinor": {
            "imsx_codeMinorField": [{"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": minor}]
        },
    }
    response = Response(msgspec.json.encode(body), status, mimetype="application/json")
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def answered(body: object, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(msgspec.json.encode(body), status, mimetype="application/json")


def listed(name: str, items: list[dict[str, object]], total: int, offset: int, limit: int) -> Response:
    """A page of a collection with `X-Total-Count` and `Link` to the first, previous, next and last page."""
    response = answered({name: items})
    response.headers["X-Total-Count"] = str(total)
    last = max(0, (total - 1) // limit * limit)
    pages = {"first": 0, "last": last}
    if offset > 0:
        pages["prev"] = max(0, offset - limit)
    if offset + limit < total:
        pages["next"] = offset + limit
    given = {key: value for key, value in request.args.items() if key not in ("limit", "offset")}
    here = runtime().base_url.rstrip("/") + request.path

    def link(at: int) -> str:
        return f"{here}?{urlencode({**given, 'limit': limit, 'offset': at})}"

    order = ("first", "prev", "next", "last")
    response.headers["Link"] = ", ".join(f'<{link(pages[rel])}>; rel="{rel}"' for rel in order if rel in pages)
    return response


def stamp(moment: datetime) -> str:
    """A time as the standard writes it: UTC with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def root() -> str:
    """The address of this installation, for references."""
    return runtime().base_url.rstrip("/")


def is_former() -> bool:
    """Whether the request is one of OneRoster 1.1."""
    return request.path.startswith(f"{FORMER}/")


@dataclass(frozen=True, slots=True)
class Rule:
    """An address of a service, its operation, and what answers."""

    path: str
    endpoint: str
    view: Callable[..., ResponseReturnValue]
    methods: frozenset[str]


class Service(Blueprint):
    """A blueprint that remembers its addresses, for the edition of the standard before this one."""

    def __init__(self, name: str, module: str, prefix: str) -> None:
        super().__init__(name, module, url_prefix=prefix)
        self.rules: list[Rule] = []

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: RouteCallable | None = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        """As Flask does it; every view has a name here."""
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options, **options)
        if endpoint is not None and view_func is not None:
            view = cast("Callable[..., ResponseReturnValue]", view_func)
            self.rules.append(Rule(rule, endpoint, view, frozenset(options.get("methods") or ("GET",))))


def service(name: str, module: str, prefix: str) -> Service:
    """The blueprint of a service, which says what goes wrong in the standard's words, also where it has no address."""
    blueprint = Service(name, module, prefix)

    @blueprint.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        return said(error)

    @blueprint.errorhandler(Exception)
    def broken(error: Exception) -> Response:
        log.error("a OneRoster request failed", exc_info=error)
        return refusal(500, "internal_server_error", "the server failed; nothing was changed")

    @blueprint.route("/<path:rest>", methods=_METHODS)
    @public("says that there is nothing at this address, or not by this method")
    def nothing(rest: str) -> Response:
        methods = _allowed(f"{prefix}/{rest}")
        return said(MethodNotAllowed(methods) if methods else NoSuchAddress())

    return blueprint


def _allowed(path: str) -> list[str]:
    """The methods by which a view of the service, and not only its refusal, is reached."""
    addresses = current_app.url_map.bind("")
    return [method for method in _METHODS if not addresses.match(path, method)[0].endswith(".nothing")]


def served(permission: str) -> Callable[[Callable[Concatenate[Context, P], Response]], Callable[P, Response]]:
    """A OneRoster view for programs that hold the permission; whatever goes wrong is said as the standard says it."""

    def decorate(function: Callable[Concatenate[Context, P], Response]) -> Callable[P, Response]:
        @wraps(function)
        def view(*args: P.args, **kwargs: P.kwargs) -> Response:
            try:
                with entering() as begun:
                    program, person = runtime(), require_visitor()
                    admit(program, person, permission)
                    if request.method not in _SAFE:
                        check_csrf(program, person)
                    answer = run(begun, program, person, assured(program, permission, function), *args, **kwargs)
            except (RosterError, TruongError, HTTPException) as error:
                return said(error, permission)
            assert isinstance(answer, Response)  # noqa: S101  (what `function` gives)
            return answer

        view.truong_permission = permission  # type: ignore[attr-defined]  # read by the architecture test
        view.truong_programs = True  # type: ignore[attr-defined]  # access tokens reach it outside of /api/ too
        return view

    return decorate


def said(error: RosterError | TruongError | HTTPException, permission: str = "") -> Response:
    """An error in the standard's words."""
    if isinstance(error, RosterError):
        return refusal(error.status, error.minor, error.description)
    if isinstance(error, HTTPException):
        status = error.code or 500
        methods = error.valid_methods if isinstance(error, MethodNotAllowed) else None
        headers = {"Allow": ", ".join(methods)} if methods else {}
        return refusal(status, _MINOR.get(status, "internal_server_error"), error.name, headers)
    sent = request.headers.get("Authorization", "").startswith("Bearer ")
    if isinstance(error, NotAuthenticated):
        challenge = 'Bearer error="invalid_token"' if sent else "Bearer"
        return refusal(401, "unauthorisedrequest", "an access token is needed", {"WWW-Authenticate": challenge})
    if isinstance(error, Forbidden):
        wanted = f'Bearer error="insufficient_scope", scope="{" ".join(scopes_of(permission, former=is_former()))}"'
        headers = {"WWW-Authenticate": wanted} if sent else {}
        return refusal(403, "forbidden", "the token does not reach so far", headers)
    if isinstance(error, NotFound):
        return refusal(404, "unknownobject", "there is no such object")
    return refusal(error.status, _MINOR.get(error.status, "internal_server_error"), str(error.message))
