"""The 41 addresses of the rostering service, read only."""

from __future__ import annotations

from flask import Response

from core.sdk import Context

from .. import access
from ..collection import Collection, answer_list, answer_one, require
from ..wire import base, served
from .blueprint import PREFIX, blueprint
from .people import DEMOGRAPHICS, ENROLMENTS, STUDENTS, TEACHERS, USERS
from .places import ORGS, SESSIONS
from .teaching import CLASSES, COURSES

_SCHOOLS = "x.type = 'school'"
_TERMS = "x.type = 'term'"
_GRADING = "x.type = 'gradingPeriod'"
"""The school year has terms and nothing below them: this list is empty, as the standard lets it be."""
_ENROLLED = "x.id IN (SELECT n.person FROM ({}) n WHERE n.class::text = :class AND n.role = '{}')"
_CLASSES_OF = "x.id IN (SELECT n.class FROM ({}) n WHERE n.person::text = :user{})"


def _collection(path: str, found: Collection, permission: str, condition: str = "true") -> None:
    """`/<path>` and `/<path>/<id>`."""

    @served(permission)
    def all_of(ctx: Context) -> Response:
        return answer_list(ctx, found, base(PREFIX), condition)

    @served(permission)
    def one_of(ctx: Context, id: str) -> Response:
        return answer_one(ctx, found, base(PREFIX), id, condition)

    blueprint.add_url_rule(f"/{path}", f"all_{path}", all_of)
    blueprint.add_url_rule(f"/{path}/<id>", f"one_{path}", one_of)


for _path, _found, _condition in (
    ("academicSessions", SESSIONS, "true"),
    ("terms", SESSIONS, _TERMS),
    ("gradingPeriods", SESSIONS, _GRADING),
    ("orgs", ORGS, "true"),
    ("schools", ORGS, _SCHOOLS),
    ("courses", COURSES, "true"),
    ("classes", CLASSES, "true"),
    ("users", USERS, "true"),
    ("students", USERS, STUDENTS),
    ("teachers", USERS, TEACHERS),
    ("enrollments", ENROLMENTS, "true"),
):
    _collection(_path, _found, access.CORE, _condition)
_collection("demographics", DEMOGRAPHICS, access.DEMOGRAPHICS)


def _of_school(path: str, found: Collection, column: str, condition: str = "true") -> None:
    """`/schools/<id>/<path>`: what belongs to the school of the token."""

    @served(access.CORE)
    def view(ctx: Context, school: str) -> Response:
        require(ctx, ORGS, school, _SCHOOLS)
        where = f"{condition} AND {column} = :of" if column else condition
        return answer_list(ctx, found, base(PREFIX), where, {"of": school.lower()})

    blueprint.add_url_rule(f"/schools/<school>/{path}", f"school_{path}", view)


for _path, _found, _column, _condition in (
    ("courses", COURSES, "x.school_id::text", "true"),
    ("classes", CLASSES, "x.school_id::text", "true"),
    ("enrollments", ENROLMENTS, "x.school_id::text", "true"),
    ("students", USERS, "x.school_id::text", STUDENTS),
    ("teachers", USERS, "x.school_id::text", TEACHERS),
    ("terms", SESSIONS, "", _TERMS),
):
    _of_school(_path, _found, _column, _condition)


@blueprint.get("/schools/<school>/classes/<class_id>/enrollments")
@served(access.CORE)
def school_class_enrollments(ctx: Context, school: str, class_id: str) -> Response:
    """Enrolments in a class of the school."""
    require(ctx, ORGS, school, _SCHOOLS)
    require(ctx, CLASSES, class_id)
    return answer_list(ctx, ENROLMENTS, base(PREFIX), "x.class::text = :class", {"class": class_id.lower()})


@blueprint.get("/schools/<school>/classes/<class_id>/students")
@served(access.CORE)
def school_class_students(ctx: Context, school: str, class_id: str) -> Response:
    """Pupils of a class of the school."""
    require(ctx, ORGS, school, _SCHOOLS)
    return _members(ctx, class_id, "student")


@blueprint.get("/schools/<school>/classes/<class_id>/teachers")
@served(access.CORE)
def school_class_teachers(ctx: Context, school: str, class_id: str) -> Response:
    """Teachers of a class of the school."""
    require(ctx, ORGS, school, _SCHOOLS)
    return _members(ctx, class_id, "teacher")


@blueprint.get("/classes/<class_id>/students")
@served(access.CORE)
def class_students(ctx: Context, class_id: str) -> Response:
    """Pupils of a class."""
    return _members(ctx, class_id, "student")


@blueprint.get("/classes/<class_id>/teachers")
@served(access.CORE)
def class_teachers(ctx: Context, class_id: str) -> Response:
    """Teachers of a class."""
    return _members(ctx, class_id, "teacher")


def _members(ctx: Context, class_id: str, role: str) -> Response:
    require(ctx, CLASSES, class_id)
    where = _ENROLLED.format(ENROLMENTS.source, role)
    return answer_list(ctx, USERS, base(PREFIX), where, {"class": class_id.lower()})


@blueprint.get("/terms/<term>/classes")
@served(access.CORE)
def term_classes(ctx: Context, term: str) -> Response:
    """Classes of a term."""
    require(ctx, SESSIONS, term, _TERMS)
    return answer_list(ctx, CLASSES, base(PREFIX), ":term = ANY(x.terms::text[])", {"term": term.lower()})


@blueprint.get("/terms/<term>/gradingPeriods")
@served(access.CORE)
def term_grading_periods(ctx: Context, term: str) -> Response:
    """Grading periods of a term: none."""
    require(ctx, SESSIONS, term, _TERMS)
    return answer_list(ctx, SESSIONS, base(PREFIX), f"{_GRADING} AND x.parent::text = :term", {"term": term.lower()})


@blueprint.get("/courses/<course>/classes")
@served(access.CORE)
def course_classes(ctx: Context, course: str) -> Response:
    """Classes of a course."""
    require(ctx, COURSES, course)
    return answer_list(ctx, CLASSES, base(PREFIX), "x.course::text = :course", {"course": course.lower()})


@blueprint.get("/students/<user>/classes")
@served(access.CORE)
def student_classes(ctx: Context, user: str) -> Response:
    """Classes in which a pupil is enrolled."""
    return _classes_of(ctx, user, STUDENTS, " AND n.role = 'student'")


@blueprint.get("/teachers/<user>/classes")
@served(access.CORE)
def teacher_classes(ctx: Context, user: str) -> Response:
    """Classes that somebody teaches or leads."""
    return _classes_of(ctx, user, TEACHERS, " AND n.role = 'teacher'")


@blueprint.get("/users/<user>/classes")
@served(access.CORE)
def user_classes(ctx: Context, user: str) -> Response:
    """Classes of a person, in whatever role."""
    return _classes_of(ctx, user, "true", "")


def _classes_of(ctx: Context, user: str, who: str, role: str) -> Response:
    require(ctx, USERS, user, who)
    where = _CLASSES_OF.format(ENROLMENTS.source, role)
    return answer_list(ctx, CLASSES, base(PREFIX), where, {"user": user.lower()})
