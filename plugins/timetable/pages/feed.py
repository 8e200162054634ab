"""The calendar behind a signed address: the school is found from it, and it shows one calendar and nothing else."""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from core.sdk import Actor
from core.sdk.errors import NotFound
from core.sdk.links import LinkExpired
from core.sdk.school import modules_on
from core.sdk.text import translator
from core.sdk.web import public, runtime

from ..services import feeds

blueprint = Blueprint("timetable_feed", __name__, url_prefix="/timetable/calendar-feed")


def _holder() -> Actor:
    return Actor(kind="link", name="link:timetable.feed", locale="vi", remote_addr=request.remote_addr or "")


@blueprint.get("/<string(length=48):token>.ics")
@public("a signed address that calendar programs fetch; it names one calendar")
def calendar(token: str) -> ResponseReturnValue:
    """The lessons of a teacher or a class as iCalendar."""
    program = runtime()
    try:
        with program.db.all_schools(_holder(), clock=program.clock) as everywhere:
            school = feeds.school_of_token(everywhere, token)
        with program.db.context(_holder(), school, clock=program.clock) as ctx:
            if "timetable" not in modules_on(ctx):
                raise NotFound
            body = feeds.content(ctx, token, translator("vi"))
    except LinkExpired:
        return Response("", status=410)
    answer = Response(body, content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = "private, max-age=900"
    return answer


@blueprint.after_request
def guard(response: Response) -> Response:
    """The address is the key: no search engine keeps it and no other site learns it."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
