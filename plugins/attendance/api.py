"""The API: /api/v1/attendance."""

# mypy: disable-error-code="untyped-decorator"
# (flask-smorest ships no types)

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, TypedDict
from uuid import UUID

from flask import Response

from core.sdk import Context, access
from core.sdk.errors import Invalid, NotFound
from core.sdk.text import _
from core.sdk.web import ApiBlueprint, Created, api, check_etag, etag_of, json_answer, json_list
from plugins.curriculum import public as curriculum
from plugins.learners import public as learners

from . import schemas
from .access import PUPIL, READ
from .rules.merge import Value
from .services import former, registers, requests
from .services import totals as counting
from .services.registers import Key

attendance = ApiBlueprint("api-attendance", __name__, url_prefix="/attendance", description="Attendance")


class MarkAnswer(TypedDict):
    """A pupil of the class; `present` for who has no mark."""

    learner_id: UUID
    full_name: str
    kind: str
    minutes: int


class RegisterAnswer(TypedDict):
    """A register; version 0 is one that nobody has taken."""

    class_id: UUID
    day: date
    session: int
    period: int
    version: int
    pupils: list[MarkAnswer]


@dataclass(frozen=True, slots=True)
class TotalsAnswer:
    """Absences of a pupil up to today, in units of the school's counting basis."""

    learner_id: UUID
    excused: int
    unexcused: int
    absent: int
    late: int
    left_early: int
    sessions_registered: int
    sessions_expected: int | None
    complete: bool
    within_limit: bool | None
    """Of article 12 of Circular 22/2021; null where missing registers could decide it."""
    source: str
    elsewhere: int
    """Of those absent: at the school that the pupil came from in the middle of the year."""
    former_school: str
    untold: int
    """Sessions at another school of which nobody has told yet; they are among those that are missing."""


class FormerAnswer(TypedDict):
    """What was entered."""

    changed: int


class DecisionAnswer(TypedDict):
    """What the decision did."""

    excused: int


def _key(class_id: UUID, day: str, session: int, period: int) -> Key:
    try:
        return Key(class_id, date.fromisoformat(day), session, period)
    except ValueError:
        raise NotFound from None


def _answer(ctx: Context, key: Key) -> Response:
    view = registers.register(ctx, key)
    body: RegisterAnswer = {
        "class_id": key.class_id,
        "day": key.day,
        "session": key.session,
        "period": key.period,
        "version": view.version,
        "pupils": [
            {"learner_id": line.id, "full_name": line.full_name, "kind": line.kind, "minutes": line.minutes}
            for line in view.lines
        ],
    }
    return json_answer(body, etag=_etag(key, view.version))


def _etag(key: Key, version: int) -> str:
    return etag_of(key.class_id, key.day, key.session, key.period, version)


@attendance.route("/classes/<uuid:class_id>/registers/<day>/<int:session>")
@attendance.arguments(schemas.RegisterQuery, location="query")
@attendance.answers(200, RegisterAnswer, etag=True)
@api("attendance.register.read")
def get_register(ctx: Context, query: dict[str, Any], class_id: UUID, day: str, session: int) -> Response:
    """A register with all pupils of the class; its ETag is what a change asks for, also before anybody took it."""
    return _answer(ctx, _key(class_id, day, session, query["period"]))


@attendance.route("/classes/<uuid:class_id>/registers/<day>/<int:session>", methods=["PUT"])
@attendance.arguments(schemas.RegisterQuery, location="query")
@attendance.arguments(schemas.RegisterBody)
@attendance.answers(200, RegisterAnswer, etag=True, if_match=True)
@api("attendance.register.edit")
def put_register(
    ctx: Context, query: dict[str, Any], body: dict[str, Any], class_id: UUID, day: str, session: int
) -> Response:
    """Write a register; needs If-Match."""
    key = _key(class_id, day, session, query["period"])
    version = registers.register(ctx, key).version
    check_etag(_etag(key, version))
    marks = {mark["learner_id"]: Value(mark["kind"], mark["minutes"]) for mark in body["marks"]}
    saved = registers.save(ctx, key, marks, base=version, strict=True)
    if saved.left_out:
        problem = _("A pupil is not in this class on that day.")
        raise Invalid(problem, fields={"marks": problem})
    return _answer(ctx, key)


@attendance.route("/totals")
@attendance.arguments(schemas.AbsenceQuery, location="query")
@attendance.answers(200, TotalsAnswer, listed=True)
@api("attendance.absence.read")
def list_totals(ctx: Context, query: dict[str, Any]) -> Response:
    """Absences of a term or of the current school year: of one pupil, of a class, or of the school."""
    class_id, learner_id = query["class_id"], query["learner_id"]
    if learner_id is not None:
        access.require_for(ctx, PUPIL, learner_id)
        learners.pupil(ctx, learner_id)
    elif class_id is not None:
        curriculum.require_class(ctx, READ, class_id)
        learners.class_of(ctx, class_id)
    else:
        ctx.require(PUPIL)
    found = counting.totals(
        ctx, class_id=class_id, learner_ids=None if learner_id is None else [learner_id], term=query["term"]
    )
    return json_list(
        TotalsAnswer(
            one.learner_id, one.excused, one.unexcused, one.absent, one.late, one.left, one.sessions_registered,
            one.sessions_expected, one.complete, one.within(), one.source, one.elsewhere,
            one.former_school, one.untold,
        )
        for one in found.values()
    )  # fmt: skip


@attendance.route("/pupils/<uuid:learner_id>/former-totals", methods=["PUT"])
@attendance.arguments(schemas.FormerBody)
@attendance.answers(200, FormerAnswer)
@api("attendance.total.edit")
def put_former(ctx: Context, body: dict[str, Any], learner_id: UUID) -> Response:
    """Enter absences at the school that a pupil came from in this year; they are added to what is counted here."""
    values: dict[int, tuple[int, int] | None] = dict.fromkeys(body["taken_back"])
    values |= {one["term"]: (one["excused"], one["unexcused"]) for one in body["terms"]}
    answer: FormerAnswer = {"changed": former.enter(ctx, learner_id, values, body["from_school"], body["document"])}
    return json_answer(answer)


@attendance.route("/requests")
@attendance.arguments(schemas.LeaveQuery, location="query")
@attendance.answers(200, requests.RequestLine, listed=True)
@api("attendance.request.decide")
def list_requests(ctx: Context, query: dict[str, Any]) -> Response:
    """Requests for leave on which the caller decides."""
    return json_list(requests.requests(ctx, waiting=query["waiting"]))


@attendance.route("/requests", methods=["POST"])
@attendance.arguments(schemas.LeaveBody)
@attendance.answers(201, Created)
@api("attendance.absence.report")
def post_request(ctx: Context, body: dict[str, Any]) -> Response:
    """Report an absence of one's own child."""
    learner_id = body.pop("learner_id")
    return json_answer(Created(requests.report(ctx, learner_id, **body)), 201)


@attendance.route("/requests/<uuid:request_id>/decision", methods=["PUT"])
@attendance.arguments(schemas.LeaveDecisionBody)
@attendance.answers(200, DecisionAnswer)
@api("attendance.request.decide")
def put_decision(ctx: Context, body: dict[str, Any], request_id: UUID) -> Response:
    """Accept or decline a request; accepted leave excuses absences that are recorded already."""
    answer: DecisionAnswer = {"excused": requests.decide(ctx, request_id, body["accept"], body["answer"])}
    return json_answer(answer)


BLUEPRINTS = [attendance]
