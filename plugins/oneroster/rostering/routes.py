"""The 41 addresses of the rostering service, read only. Endpoints have the names that the standard gives operations."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response

from core.sdk import Context
from core.sdk.data import local_date

from .. import access
from ..collection import Collection, answer_list, answer_one, require
from ..wire import served
from .blueprint import blueprint
from .people import DEMOGRAPHICS, ENROLMENTS, STUDENTS, TEACHERS, USERS
from .places import ORGS, SESSIONS
from .teaching import CLASSES, COURSES

SCHOOLS = "x.type = 'school'"
TERMS = "x.type = 'term'"
GRADING = "x.type = 'gradingPeriod'"
_HERE = "(n.ends IS NULL OR n.ends > :today)"
"""Who has moved on is told as an enrolment with its end, and no more as a pupil or a teacher of the class."""
_ENROLLED = f"x.id IN (SELECT n.person FROM ({ENROLMENTS.source}) n WHERE n.grp = CAST(:class AS uuid) AND n.role = :role AND {_HERE})"  # noqa: E501, S608
_CLASSES_OF = f"x.id IN (SELECT n.grp FROM ({ENROLMENTS.source}) n WHERE n.person = CAST(:user AS uuid) AND {_HERE}"  # noqa: S608

COLLECTIONS: Mapping[str, tuple[str, Collection, str, str]] = {
    "academicSessions": ("AcademicSession", SESSIONS, "true", access.CORE),
    "terms": ("Term", SESSIONS, TERMS, access.CORE),
    "gradingPeriods": ("GradingPeriod", SESSIONS, GRADING, access.CORE),
    "orgs": ("Org", ORGS, "true", access.CORE),
    "schools": ("School", ORGS, SCHOOLS, access.CORE),
    "courses": ("Course", COURSES, "true", access.CORE),
    "classes": ("Class", CLASSES, "true", access.CORE),
    "users": ("User", USERS, "true", access.CORE),
    "students": ("Student", USERS, STUDENTS, access.CORE),
    "teachers": ("Teacher", USERS, TEACHERS, access.CORE),
    "enrollments": ("Enrollment", ENROLMENTS, "true", access.CORE),
    "demographics": ("Demographics", DEMOGRAPHICS, "true", access.DEMOGRAPHICS),
}
"""By path: the name of one, the collection, what the path means, the right."""


def _collection(path: str, name: str, found: Collection, condition: str, permission: str) -> None:
    """`/<path>` and `/<path>/<sourcedId>`."""

    @served(permission)
    def all_of(ctx: Context) -> Response:
        return answer_list(ctx, found, condition)

    @served(permission)
    def one_of(ctx: Context, sourced_id: str) -> Response:
        return answer_one(ctx, found, sourced_id, condition)

    every = {"Class": "Classes", "Demographics": "Demographics"}.get(name, f"{name}s")
    blueprint.add_url_rule(f"/{path}", f"getAll{every}", all_of)
    blueprint.add_url_rule(f"/{path}/<sourced_id>", f"get{name}", one_of)


for _path, (_name, _found, _condition, _permission) in COLLECTIONS.items():
    _collection(_path, _name, _found, _condition, _permission)


def _of_school(path: str, name: str, found: Collection, condition: str) -> None:
    """`/schools/<schoolSourcedId>/<path>`: the school is that of the token, and all there is belongs to it."""

    @served(access.RELATED)
    def view(ctx: Context, school: str) -> Response:
        require(ctx, ORGS, school, SCHOOLS)
        return answer_list(ctx, found, condition)

    blueprint.add_url_rule(f"/schools/<school>/{path}", f"get{name}ForSchool", view)


for _path, _name in (
    ("courses", "Courses"), ("classes", "Classes"), ("enrollments", "Enrollments"), ("students", "Students"),
    ("teachers", "Teachers"), ("terms", "Terms"),
):  # fmt: skip
    _of_school(_path, _name, COLLECTIONS[_path][1], COLLECTIONS[_path][2])


@blueprint.get("/schools/<school>/classes/<class_id>/enrollments", endpoint="getEnrollmentsForClassInSchool")
@served(access.RELATED)
def school_class_enrollments(ctx: Context, school: str, class_id: str) -> Response:
    """Enrolments in a class of the school."""
    require(ctx, ORGS, school, SCHOOLS)
    require(ctx, CLASSES, class_id)
    return answer_list(ctx, ENROLMENTS, "x.grp = CAST(:class AS uuid)", {"class": class_id})


@blueprint.get("/schools/<school>/classes/<class_id>/students", endpoint="getStudentsForClassInSchool")
@served(access.RELATED)
def school_class_students(ctx: Context, school: str, class_id: str) -> Response:
    """Pupils of a class of the school."""
    require(ctx, ORGS, school, SCHOOLS)
    return _members(ctx, class_id, "student")


@blueprint.get("/schools/<school>/classes/<class_id>/teachers", endpoint="getTeachersForClassInSchool")
@served(access.RELATED)
def school_class_teachers(ctx: Context, school: str, class_id: str) -> Response:
    """Teachers of a class of the school."""
    require(ctx, ORGS, school, SCHOOLS)
    return _members(ctx, class_id, "teacher")


@blueprint.get("/classes/<class_id>/students", endpoint="getStudentsForClass")
@served(access.RELATED)
def class_students(ctx: Context, class_id: str) -> Response:
    """Pupils of a class."""
    return _members(ctx, class_id, "student")


@blueprint.get("/classes/<class_id>/teachers", endpoint="getTeachersForClass")
@served(access.RELATED)
def class_teachers(ctx: Context, class_id: str) -> Response:
    """Teachers of a class."""
    return _members(ctx, class_id, "teacher")


def _members(ctx: Context, class_id: str, role: str) -> Response:
    require(ctx, CLASSES, class_id)
    return answer_list(ctx, USERS, _ENROLLED, {"class": class_id, "role": role, "today": local_date(ctx.now())})


@blueprint.get("/terms/<term>/classes", endpoint="getClassesForTerm")
@served(access.RELATED)
def term_classes(ctx: Context, term: str) -> Response:
    """Classes of a term."""
    require(ctx, SESSIONS, term, TERMS)
    return answer_list(ctx, CLASSES, "CAST(:term AS uuid) = ANY(x.terms)", {"term": term})


@blueprint.get("/terms/<term>/gradingPeriods", endpoint="getGradingPeriodsForTerm")
@served(access.RELATED)
def term_grading_periods(ctx: Context, term: str) -> Response:
    """Grading periods of a term: the term itself, as a period."""
    require(ctx, SESSIONS, term, TERMS)
    return answer_list(ctx, SESSIONS, f"{GRADING} AND x.parent = CAST(:term AS uuid)", {"term": term})


@blueprint.get("/courses/<course>/classes", endpoint="getClassesForCourse")
@served(access.RELATED)
def course_classes(ctx: Context, course: str) -> Response:
    """Classes of a course."""
    require(ctx, COURSES, course)
    return answer_list(ctx, CLASSES, "x.course = CAST(:course AS uuid)", {"course": course})


@blueprint.get("/students/<user>/classes", endpoint="getClassesForStudent")
@served(access.RELATED)
def student_classes(ctx: Context, user: str) -> Response:
    """Classes in which a pupil is enrolled."""
    return _classes_of(ctx, user, STUDENTS, " AND n.role = 'student')")


@blueprint.get("/teachers/<user>/classes", endpoint="getClassesForTeacher")
@served(access.RELATED)
def teacher_classes(ctx: Context, user: str) -> Response:
    """Classes that somebody teaches or leads."""
    return _classes_of(ctx, user, TEACHERS, " AND n.role = 'teacher')")


@blueprint.get("/users/<user>/classes", endpoint="getClassesForUser")
@served(access.RELATED)
def user_classes(ctx: Context, user: str) -> Response:
    """Classes of a person, in whatever role."""
    return _classes_of(ctx, user, "true", ")")


def _classes_of(ctx: Context, user: str, who: str, role: str) -> Response:
    require(ctx, USERS, user, who)
    return answer_list(ctx, CLASSES, _CLASSES_OF + role, {"user": user, "today": local_date(ctx.now())})
