"""Reading the gradebook service. Endpoints have the names that the standard gives operations."""

from __future__ import annotations

from flask import Response

from core.sdk import Context

from .. import access
from ..collection import Collection, answer_list, answer_one, require
from ..rostering.people import STUDENTS, USERS
from ..rostering.places import ORGS
from ..rostering.routes import SCHOOLS
from ..rostering.teaching import CLASSES
from ..wire import served
from .blueprint import blueprint
from .sources import COLLECTIONS

_OF_CLASS, _OF_ITEM, _OF_STUDENT = "x.class = :class", "x.item = :item", "x.student = :student"
LINE_ITEMS, RESULTS = COLLECTIONS["lineItem"], COLLECTIONS["result"]


def permission_of(kind: str, right: str) -> str:
    """Marks of assessments have rights of their own in the standard."""
    return f"oneroster.{'assessment' if kind.startswith('assessment') else 'gradebook'}.{right}"


def _collection(kind: str, found: Collection) -> None:
    """`/<plural>` and `/<plural>/<sourcedId>`."""
    permission = permission_of(kind, "read")

    @served(permission)
    def all_of(ctx: Context) -> Response:
        return answer_list(ctx, found)

    @served(permission)
    def one_of(ctx: Context, sourced_id: str) -> Response:
        return answer_one(ctx, found, sourced_id)

    blueprint.add_url_rule(f"/{found.plural}", f"getAll{capital(found.plural)}", all_of)
    blueprint.add_url_rule(f"/{found.plural}/<sourced_id>", f"get{capital(kind)}", one_of)


def capital(name: str) -> str:
    """The name as it stands within the name of an operation."""
    return name[0].upper() + name[1:]


for _kind, _found in COLLECTIONS.items():
    _collection(_kind, _found)


@blueprint.get("/classes/<class_id>/lineItems", endpoint="getLineItemsForClass")
@served(access.GRADES_RELATED)
def class_line_items(ctx: Context, class_id: str) -> Response:
    """Line items of a class."""
    return _of_class(ctx, LINE_ITEMS, class_id)


@blueprint.get("/classes/<class_id>/results", endpoint="getResultsForClass")
@served(access.GRADES_RELATED)
def class_results(ctx: Context, class_id: str) -> Response:
    """Results of a class."""
    return _of_class(ctx, RESULTS, class_id)


@blueprint.get("/classes/<class_id>/scoreScales", endpoint="getScoreScalesForClass")
@served(access.GRADES_RELATED)
def class_score_scales(ctx: Context, class_id: str) -> Response:
    """Score scales of a class."""
    return _of_class(ctx, COLLECTIONS["scoreScale"], class_id)


def _of_class(ctx: Context, found: Collection, class_id: str) -> Response:
    require(ctx, CLASSES, class_id)
    return answer_list(ctx, found, _OF_CLASS, {"class": class_id.lower()})


@blueprint.get("/classes/<class_id>/categories", endpoint="getCategoriesForClass")
@served(access.GRADES_RELATED)
def class_categories(ctx: Context, class_id: str) -> Response:
    """Categories of a class: those of the school, for its marks to come, and those of programs that it is marked by."""
    require(ctx, CLASSES, class_id)
    used = f"SELECT i.category FROM ({LINE_ITEMS.source}) i WHERE i.class = :class"  # noqa: S608  (our own texts)
    where = f"(x.made_by = '' OR x.id IN ({used}))"
    return answer_list(ctx, COLLECTIONS["category"], where, {"class": class_id.lower()})


@blueprint.get("/classes/<class_id>/lineItems/<item>/results", endpoint="getResultsForLineItemForClass")
@served(access.GRADES_RELATED)
def class_item_results(ctx: Context, class_id: str, item: str) -> Response:
    """Results of one line item of a class."""
    require(ctx, CLASSES, class_id)
    require(ctx, LINE_ITEMS, item)
    return answer_list(ctx, RESULTS, f"{_OF_CLASS} AND {_OF_ITEM}", {"class": class_id.lower(), "item": item})


@blueprint.get("/classes/<class_id>/students/<student>/results", endpoint="getResultsForStudentForClass")
@served(access.GRADES_RELATED)
def class_student_results(ctx: Context, class_id: str, student: str) -> Response:
    """Results of one pupil in a class."""
    require(ctx, CLASSES, class_id)
    require(ctx, USERS, student, STUDENTS)
    values = {"class": class_id.lower(), "student": student.lower()}
    return answer_list(ctx, RESULTS, f"{_OF_CLASS} AND {_OF_STUDENT}", values)


@blueprint.get("/schools/<school>/scoreScales", endpoint="getScoreScalesForSchool")
@served(access.GRADES_RELATED)
def school_score_scales(ctx: Context, school: str) -> Response:
    """Score scales of the school."""
    require(ctx, ORGS, school, SCHOOLS)
    return answer_list(ctx, COLLECTIONS["scoreScale"])
