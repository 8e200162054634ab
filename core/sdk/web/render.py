"""Answers of pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, cast
from urllib.parse import quote
from uuid import UUID

from flask import Response, redirect, render_template, request, send_file, url_for
from flask import flash as _flash
from werkzeug.wrappers import Response as BaseResponse

from core.types.message import Message

from .language import locale


def render(template: str, /, **values: object) -> str:
    """Render a page template."""
    return render_template(template, **values)


def flash(kind: str, text: Message | str) -> None:
    """Say something on the next page: `ok`, `info`, `wait`, `attention` or `stop`."""
    _flash(cast(str, text.to_json()) if isinstance(text, Message) else text, kind)  # any JSON value will do


def redirect_to(endpoint: str, /, **values: object) -> BaseResponse:
    """After a form: go on with GET (303), so that reloading sends nothing twice."""
    return redirect(url_for(endpoint, **values), code=303)  # type: ignore[arg-type]  # url values of any type


def see_other(url: str) -> BaseResponse:
    """Go on with GET at an address of ours (303)."""
    return redirect(url, code=303)


def addresses(endpoint: str, name: str) -> Callable[[UUID], str]:
    """Addresses of a list that differ in one id: the router is asked once, not for each row.

    Args:
        name: the parameter of the endpoint that takes the id.
    """
    hole = UUID(int=0)
    before, _hole, after = url_for(endpoint, **{name: hole}).partition(str(hole))  # type: ignore[arg-type]
    return lambda id: f"{before}{id}{after}"


def file_response(
    content: IO[bytes] | bytes, name: str, media_type: str, *, inline: bool = False, cache: bool = False
) -> Response:
    """A file to keep, with its Vietnamese name (RFC 6266, RFC 5987); never cached unless it is public."""
    if isinstance(content, bytes):
        response = Response(content, mimetype=media_type)
    else:
        response = send_file(content, mimetype=media_type)
    kind = "inline" if inline else "attachment"
    fallback = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    response.headers["Content-Disposition"] = f"{kind}; filename=\"{fallback}\"; filename*=UTF-8''{quote(name)}"
    response.headers["Cache-Control"] = "private, max-age=3600" if cache else "no-store"
    return response


def wants_fragment() -> bool:
    """Whether our own script asks for a part of the page."""
    return request.headers.get("X-Requested-With") == "truong"


__all__ = ["addresses", "file_response", "flash", "locale", "redirect_to", "render", "see_other", "wants_fragment"]
