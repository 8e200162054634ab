"""The API: /api/v1/timetable."""

# mypy: disable-error-code="untyped-decorator"
# (flask-smorest ships no types)

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import Schema, fields

from core.sdk import Context
from core.sdk.data import local_date
from core.sdk.errors import Forbidden, NotFound
from core.sdk.web import ApiBlueprint, Created, api, json_answer, json_list

from .access import READ
from .models import REASONS
from .rules.checks import check
from .services import absences, editing, feeds, hours, versions
from .services.days import Held, between

timetable = ApiBlueprint("api-timetable", __name__, url_prefix="/timetable", description="Timetable")


class DayQuery(Schema):
    """Which lessons of which day; without a day today."""

    day = fields.Date(load_default=None)
    class_id = fields.UUID(load_default=None)
    teacher_id = fields.UUID(load_default=None)


class SubstituteBody(Schema):
    """Who gives a lesson of a day instead."""

    day = fields.Date(required=True)
    teacher_id = fields.UUID(required=True)
    reason = fields.String(load_default="other", validate=lambda value: value in REASONS)


@dataclass(frozen=True, slots=True)
class ApiPeriod:
    """A period of the day: position, session, number in it, times."""

    position: int
    session: str
    number: int
    starts: str
    ends: str


@dataclass(frozen=True, slots=True)
class ApiFinding:
    """What is wrong with a version."""

    code: str
    blocks: bool
    weekday: int | None
    period: int | None
    class_id: UUID | None
    teacher_id: UUID | None
    subject_id: UUID | None
    count: int
    wanted: int
    lessons: list[UUID]


@timetable.route("/periods")
@timetable.answers(200, ApiPeriod, listed=True)
@api("timetable.read")
def list_periods(ctx: Context) -> Response:
    """Periods of the day."""
    found = enumerate(hours.hours(ctx).periods, start=1)
    return json_list(ApiPeriod(at, p.session, p.number, p.starts, p.ends) for at, p in found)


@timetable.route("/lessons")
@timetable.arguments(DayQuery, location="query")
@timetable.answers(200, Held, listed=True)
@api("timetable.read")
def list_lessons(ctx: Context, query: dict[str, Any]) -> Response:
    """Lessons of a day, with substitutions. Who does not see all names a class that they see, or themselves."""
    day: date = query["day"] or local_date(ctx.now())
    class_id, teacher = query["class_id"], query["teacher_id"]
    if not ctx.actor.has(READ):
        if class_id is not None:
            if not feeds.may_see_class(ctx, class_id):
                raise NotFound
        elif teacher is None:
            raise Forbidden(READ)
        elif teacher != ctx.actor.person_id:
            raise NotFound
    found = between(ctx, day, day).lessons
    return json_list(
        lesson
        for lesson in found
        if (class_id is None or lesson.class_id == class_id)
        and (teacher is None or teacher in (lesson.teacher, lesson.planned))
    )


@timetable.route("/versions")
@timetable.answers(200, versions.VersionLine, listed=True)
@api("timetable.edit")
def list_versions(ctx: Context) -> Response:
    """Versions of the current school year."""
    return json_list(versions.versions(ctx))


@timetable.route("/versions/<uuid:version_id>/findings")
@timetable.answers(200, ApiFinding, listed=True)
@api("timetable.edit")
def list_findings(ctx: Context, version_id: UUID) -> Response:
    """What is wrong with a version, errors first."""
    _faces, board = editing.opened(ctx, version_id)
    return json_list(
        ApiFinding(
            f.code, f.blocks, f.slot.weekday if f.slot else None, f.slot.period if f.slot else None, f.class_id,
            f.teacher, f.subject_id, f.count, f.wanted, list(f.lessons),
        )
        for f in check(board)
    )  # fmt: skip


@timetable.route("/lessons/<uuid:lesson_id>/substitute", methods=["POST"])
@timetable.arguments(SubstituteBody)
@timetable.answers(201, Created)
@api("timetable.substitute")
def post_substitute(ctx: Context, body: dict[str, Any], lesson_id: UUID) -> Response:
    """Let another teacher give a lesson of one day."""
    made = absences.substitute(ctx, lesson_id, body["day"], body["teacher_id"], reason=body["reason"])
    return json_answer(Created(made), 201)


BLUEPRINTS = [timetable]
