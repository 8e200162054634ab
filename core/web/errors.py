"""Errors as people and programs can use them: what happened, that nothing was lost, what to do, a reference."""

from __future__ import annotations

import logging
import secrets
import traceback

from flask import Flask, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from core.sdk.web.api import problem
from core.sdk.web.runtime import visitor
from core.types.errors import AssuranceNeeded, Invalid, NotAuthenticated, StepUp, TruongError

from .api import ProblemApi
from .language import translate
from .pages.elsewhere.enter import ask_for_assurance
from .pages.security import ask_for_proof

log = logging.getLogger(__name__)
PAGES = frozenset({400, 403, 404, 409, 413, 422, 429, 500, 503})


def install(app: Flask, api: ProblemApi) -> None:
    """Register the handlers, after `mount_api`; API addresses get problem+json, all others a page."""

    @app.errorhandler(TruongError)
    def refused(error: TruongError) -> ResponseReturnValue:
        fields = {k: translate(v) for k, v in error.fields.items()} if isinstance(error, Invalid) else {}
        if isinstance(error, NotAuthenticated) and not _is_api():
            return _see_sign_in()
        if isinstance(error, StepUp) and not _is_api() and visitor() is not None:
            return ask_for_proof(error)
        if isinstance(error, AssuranceNeeded) and not _is_api() and visitor() is not None:
            return ask_for_assurance(error)
        return answer(error.status, translate(error.message), code=error.code, fields=fields)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue:
        if error.code is None or error.code < 400:
            return error
        if _is_api():
            return api.handle_http_exception(error)
        response = app.make_response(answer(error.code, "" if error.code >= 500 else (error.description or "")))
        if allow := error.get_response().headers.get("Allow"):
            response.headers["Allow"] = allow
        return response

    @app.errorhandler(OperationalError)
    @app.errorhandler(PoolTimeout)
    def no_database(error: Exception) -> ResponseReturnValue:
        log.error("the database does not answer: %s", type(error).__name__)
        return answer(503, "")

    @app.errorhandler(Exception)
    def broken(error: Exception) -> ResponseReturnValue:
        reference = secrets.token_hex(4).upper()
        # Without the text of the error: it may quote values of a person.
        frames = "".join(traceback.format_tb(error.__traceback__))
        log.error("request failed, reference %s: %s\n%s", reference, type(error).__name__, frames)
        return answer(500, "", reference=reference)


def _is_api() -> bool:
    return request.path.startswith("/api/")


def _see_sign_in() -> ResponseReturnValue:
    return "", 303, {"Location": url_for("identity.sign_in", next=request.full_path)}


def answer(
    status: int, detail: str, *, code: str = "", fields: dict[str, str] | None = None, reference: str = ""
) -> ResponseReturnValue:
    """The answer to a request that failed."""
    if _is_api():
        title = HTTP_STATUS_CODES.get(status, "Error")
        return problem(status, title, detail=detail, code=code, errors=fields, trace=reference)
    known = status if status in PAGES else (500 if status >= 500 else 400)
    page = render_template(
        f"errors/{known}.html",
        detail=detail if status not in (404, 405) else "",
        fields=fields or {},
        reference=reference,
        signed_in=status < 500 and visitor() is not None,
        back=request.referrer if request.method != "GET" else None,
    )
    return page, status
