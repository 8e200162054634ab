"""The API: /api/v1/curriculum."""

# mypy: disable-error-code="untyped-decorator"
# (flask-smorest ships no types)

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import Schema, fields

from core.sdk import Context
from core.sdk.web import ApiBlueprint, api, json_answer, json_list

from .services import courses, plan, teachers

curriculum = ApiBlueprint("api-curriculum", __name__, url_prefix="/curriculum", description="Teaching plan")


class CourseQuery(Schema):
    """Which courses."""

    class_id = fields.UUID(load_default=None)


class TeachingBody(Schema):
    """Who teaches from a day on; without a day from today."""

    teacher_id = fields.UUID(required=True, allow_none=True)
    starts_on = fields.Date(load_default=None)


@curriculum.route("/subjects")
@curriculum.answers(200, plan.SubjectLine, listed=True)
@api("curriculum.plan.read")
def list_subjects(ctx: Context) -> Response:
    """Subjects of the school."""
    return json_list(plan.subjects(ctx))


@curriculum.route("/plan")
@curriculum.answers(200, plan.PlanLine, listed=True)
@api("curriculum.plan.read")
def list_plan(ctx: Context) -> Response:
    """What each grade learns in the current school year."""
    return json_list(plan.plan(ctx))


@curriculum.route("/courses")
@curriculum.arguments(CourseQuery, location="query")
@curriculum.answers(200, courses.CourseLine, listed=True)
@api("curriculum.plan.read")
def list_courses(ctx: Context, query: dict[str, Any]) -> Response:
    """What the classes of the current school year are taught, and who teaches it today."""
    return json_list(courses.courses(ctx, class_id=query["class_id"]))


@curriculum.route("/teachers")
@curriculum.answers(200, teachers.TeacherLine, listed=True)
@api("curriculum.plan.read")
def list_teachers(ctx: Context) -> Response:
    """Who teaches at the school."""
    return json_list(teachers.teachers(ctx))


@curriculum.route("/courses/<uuid:course_id>/teacher", methods=["PUT"])
@curriculum.arguments(TeachingBody)
@curriculum.answers(200, courses.CourseLine)
@api("curriculum.teaching.edit")
def put_teacher(ctx: Context, body: dict[str, Any], course_id: UUID) -> Response:
    """Give a course to a teacher, or to nobody."""
    courses.assign(ctx, course_id, body["teacher_id"], starts_on=body["starts_on"])
    return json_answer(courses.lines(ctx, course_id=course_id)[0])


BLUEPRINTS = [curriculum]
