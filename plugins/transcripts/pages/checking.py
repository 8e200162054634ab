"""The public page behind the code on a transcript: whether it counts. A file that is brought is not kept."""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from core.sdk import Actor
from core.sdk.errors import NotFound
from core.sdk.school import modules_on
from core.sdk.web import locale, public, render, runtime

from ..services import checking
from ..words import STATES

blueprint = Blueprint("transcripts_check", __name__, url_prefix="/transcripts/t")
MOST = 2 * 1024 * 1024
"""Bytes of a file that is looked at; a record of a year with all its signatures has about 60 KB."""


def _holder() -> Actor:
    return Actor(kind="link", name="link:transcripts.check", locale=locale(), remote_addr=request.remote_addr or "")


def _shown(token: str, content: bytes | None) -> str:
    program = runtime()
    with program.db.all_schools(_holder(), clock=program.clock) as everywhere:
        school = checking.school_of_token(everywhere, token)
    with program.db.context(_holder(), school, clock=program.clock) as ctx:
        if "transcripts" not in modules_on(ctx):
            raise NotFound
        found = checking.by_token(ctx, token, content)
        return render(
            "transcripts/check.html", found=found, state=STATES[found.state], school_name=found.school,
            locale=locale(), token=token, host=request.host,
        )  # fmt: skip


@blueprint.get("/<string(length=22):token>")
@public("a random address that stands on the transcript; it tells whether it counts, and no results")
def check(token: str) -> ResponseReturnValue:
    """What everybody may know."""
    return _shown(token, None)


@blueprint.post("/<string(length=22):token>")
@public("the same page with a file, which is compared and not kept")
def check_file(token: str) -> ResponseReturnValue:
    """Whether the file at hand is the one that was sealed."""
    given = request.files.get("file")
    content = given.stream.read(MOST + 1) if given is not None else b""
    return _shown(token, content if 0 < len(content) <= MOST else b"")


@blueprint.after_request
def guard(response: Response) -> Response:
    """No search engine keeps the address, no other site learns it, and no browser the page."""
    response.headers["Referrer-Policy"] = "strict-origin"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "no-store"
    return response
