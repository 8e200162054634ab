"""Conventions of the API: problem+json (RFC 9457), cursor paging, ETag, fast lists."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import urlencode

import msgspec
from flask import Response, request
from flask_smorest import Blueprint
from itsdangerous import BadData, URLSafeSerializer
from marshmallow import Schema, fields

from core.data.context import Context
from core.types.errors import Invalid, PreconditionFailed, TruongError
from core.types.message import _

from .answers import IDEMPOTENCY_KEY, IF_MATCH, Answer, Json
from .parser import StrictParser
from .runtime import runtime
from .view import SAFE, admit, assured, check_csrf, entering, require_visitor, run

P = ParamSpec("P")
R = TypeVar("R")
V = TypeVar("V", bound=Callable[..., Any])


class ApiBlueprint(Blueprint):  # type: ignore[misc]  # flask-smorest ships no types
    """A blueprint under /api/v1. Add views with `@blueprint.route` + `@api(permission)` below it."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._prepare_doc_cbks.append(self._describe_answers)

    def answers(
        self,
        status: int,
        shape: object = None,
        *,
        listed: bool = False,
        media_type: str = "application/json",
        etag: bool = False,
        if_match: bool = False,
    ) -> Callable[[V], V]:
        """Describe what a view answers when it succeeds; above `@api`. Nothing is checked while it serves.

        Args:
            status: of the answer; 204 has no shape.
            shape: a dataclass, TypedDict or other type that msgspec writes.
            listed: the answer is a `json_list` of the shape.
            media_type: of a file, which has no shape.
            etag: the answer brings an ETag.
            if_match: the view calls `check_etag`.
        """

        def decorate(view: V) -> V:
            replayed = bool(getattr(view, "truong_idempotent", False))
            answer = Answer(status, shape, listed, media_type, etag, replayed)
            described = getattr(view, "_apidoc", {})
            told = {"answer": answer, "if_match": if_match, "guarded": hasattr(view, "truong_permission")}
            view._apidoc = {**described, "truong": told}  # type: ignore[attr-defined]  # where flask-smorest looks
            return view

        return decorate

    def _describe_answers(self, doc: Json, doc_info: Json, *, spec: Any, **_options: Any) -> Json:
        """The last step of flask-smorest's description of one operation."""
        told = doc_info.get("truong")
        if told is None:
            return doc
        answer: Answer = told["answer"]
        responses, parameters = doc.setdefault("responses", {}), doc.setdefault("parameters", [])
        responses[answer.status] = answer.describe(spec.components, self.name)
        refused = ["UNAUTHORIZED", "FORBIDDEN"] if told["guarded"] else []
        if told["if_match"]:
            parameters.append(IF_MATCH)
            refused += ["PRECONDITION_FAILED", "PRECONDITION_REQUIRED"]
        if answer.replayed:
            parameters.append(IDEMPOTENCY_KEY)
            refused += ["BAD_REQUEST", "CONFLICT"]
        for name in refused:
            responses.setdefault(int(HTTPStatus[name]), name)
        return doc

    if TYPE_CHECKING:
        # The decorators that we use, with their types: they hand the view on.
        def route(self, rule: str, *, methods: Sequence[str] = ("GET",), **options: Any) -> Callable[[V], V]: ...  # pyright: ignore[reportIncompatibleMethodOverride]
        def arguments(self, schema: type[Schema] | Schema, **options: Any) -> Callable[[V], V]: ...  # pyright: ignore[reportIncompatibleMethodOverride]
        def response(self, status: int, schema: Any = None, **options: Any) -> Callable[[V], V]: ...  # pyright: ignore[reportIncompatibleMethodOverride]
        def alt_response(self, status: int, **options: Any) -> Callable[[V], V]: ...  # pyright: ignore[reportIncompatibleMethodOverride]


class ProblemError(Schema):
    """One thing that is wrong with a request."""

    parameter = fields.String()
    detail = fields.String(required=True)
    code = fields.String()


class Problem(Schema):
    """Problem Details (RFC 9457)."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String()
    code = fields.String()
    errors = fields.List(fields.Nested(ProblemError))
    trace_id = fields.String()


class PreconditionRequired(TruongError):
    """If-Match is missing (RFC 6585 section 3)."""

    status = 428
    default_code = "precondition_required"


def api(permission: str) -> Callable[[Callable[Concatenate[Context, P], R]], Callable[P, R]]:
    """An API view for callers who hold the permission; gets a `Context` as its first argument."""

    def decorate(function: Callable[Concatenate[Context, P], R]) -> Callable[P, R]:
        @wraps(function)
        def view(*args: P.args, **kwargs: P.kwargs) -> R:
            with entering() as begun:
                program, person = runtime(), require_visitor()
                admit(program, person, permission)
                if request.method not in SAFE:
                    check_csrf(program, person)
                seen = assured(program, permission, function)  # type: ignore[type-var]
                return run(begun, program, person, seen, *args, **kwargs)  # type: ignore[type-var]

        view.truong_permission = permission  # type: ignore[attr-defined]  # read by the architecture test
        return view

    return decorate


class Cursor:
    """Opaque, signed position in a stable order; a forged or foreign one is refused."""

    def __init__(self, order: str) -> None:
        self._serializer = URLSafeSerializer(runtime().secret, salt=f"cursor:{order}")

    def write(self, values: Iterable[object]) -> str:
        text = self._serializer.dumps([str(value) for value in values])
        return text if isinstance(text, str) else text.decode()

    def read(self, text: str | None) -> tuple[str, ...] | None:
        """The values of `write`, None for the first page.

        Raises:
            Invalid: when the cursor is not ours.
        """
        if not text:
            return None
        try:
            values: list[str] = self._serializer.loads(text)
        except BadData as error:
            raise Invalid(_("This page address is damaged. Start again from the first page."), code="cursor") from error
        return tuple(values)


def json_list(items: Iterable[object], next_cursor: str | None = None) -> Response:
    """`{"items": [...], "next": "..."}` written by msgspec: lists never pass through marshmallow (performance.md)."""
    body = msgspec.json.encode({"items": list(items), "next": next_cursor})
    response = Response(body, mimetype="application/json")
    if next_cursor:
        query = urlencode({**request.args.to_dict(), "cursor": next_cursor})
        response.headers["Link"] = f'<{request.base_url}?{query}>; rel="next"'
    return response


def json_answer(body: object, status: int = 200, *, etag: str = "") -> Response:
    """One record, written by msgspec: UUIDs, days and moments as they are.

    Args:
        etag: a strong validator (`etag_of`).
    """
    response = Response(msgspec.json.encode(body), status=status, mimetype="application/json")
    if etag:
        response.set_etag(etag)
    return response


def paged(limit: int | None, *, default: int = 50, most: int = 200) -> int:
    """A page size within bounds."""
    return min(max(limit or default, 1), most)


def etag_of(*parts: object) -> str:
    """A strong validator over what changes when the record does (its id and version)."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:27]


def check_etag(current: str) -> None:
    """If-Match is required where this is called (RFC 9110 section 13.1.1).

    Raises:
        PreconditionRequired: without the header (428).
        PreconditionFailed: when somebody changed the record since (412).
    """
    if not request.if_match:
        raise PreconditionRequired(_("Send If-Match with the ETag that you read."))
    if not request.if_match.contains(current):
        raise PreconditionFailed(_("Somebody changed this record since you read it. Load it again."))


def problem(
    status: int,
    title: str,
    *,
    detail: str = "",
    code: str = "",
    errors: Mapping[str, str] | None = None,
    trace: str = "",
) -> Response:
    """A problem+json answer."""
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status}
    if detail:
        body["detail"] = detail
    if code:
        body["code"] = code
    if errors:
        body["errors"] = [{"parameter": name, "detail": text} for name, text in errors.items()]
    if trace:
        body["trace_id"] = trace
    return Response(msgspec.json.encode(body), status=status, mimetype="application/problem+json")
