"""Reading the gradebook service."""

from __future__ import annotations

from flask import Response

from core.sdk import Context

from .. import access
from ..collection import Collection, answer_list, answer_one, require
from ..rostering.people import STUDENTS, USERS
from ..rostering.places import ORGS
from ..rostering.teaching import CLASSES
from ..wire import base, served
from .blueprint import PREFIX, blueprint
from .sources import COLLECTIONS

_SCHOOLS = "x.type = 'school'"
_OF_CLASS = "x.body->'class'->>'sourcedId' = :class"
_OF_ITEM = "x.body->'lineItem'->>'sourcedId' = :item"
_OF_STUDENT = "x.body->'student'->>'sourcedId' = :student"
LINE_ITEMS, RESULTS = COLLECTIONS["lineItem"], COLLECTIONS["result"]


def permission_of(kind: str, right: str) -> str:
    """Marks of assessments have rights of their own in the standard."""
    return f"oneroster.{'assessment' if kind.startswith('assessment') else 'gradebook'}.{right}"


def _collection(kind: str, found: Collection) -> None:
    """`/<plural>` and `/<plural>/<id>`."""
    permission = permission_of(kind, "read")

    @served(permission)
    def all_of(ctx: Context) -> Response:
        return answer_list(ctx, found, base(PREFIX))

    @served(permission)
    def one_of(ctx: Context, id: str) -> Response:
        return answer_one(ctx, found, base(PREFIX), id)

    blueprint.add_url_rule(f"/{found.plural}", f"all_{found.plural}", all_of)
    blueprint.add_url_rule(f"/{found.plural}/<id>", f"one_{found.plural}", one_of)


for _kind, _found in COLLECTIONS.items():
    _collection(_kind, _found)


@blueprint.get("/classes/<class_id>/lineItems")
@served(access.GRADES)
def class_line_items(ctx: Context, class_id: str) -> Response:
    """Line items of a class."""
    return _of_class(ctx, LINE_ITEMS, class_id)


@blueprint.get("/classes/<class_id>/results")
@served(access.GRADES)
def class_results(ctx: Context, class_id: str) -> Response:
    """Results of a class."""
    return _of_class(ctx, RESULTS, class_id)


@blueprint.get("/classes/<class_id>/scoreScales")
@served(access.GRADES)
def class_score_scales(ctx: Context, class_id: str) -> Response:
    """Score scales of a class."""
    return _of_class(ctx, COLLECTIONS["scoreScale"], class_id)


def _of_class(ctx: Context, found: Collection, class_id: str) -> Response:
    require(ctx, CLASSES, class_id)
    return answer_list(ctx, found, base(PREFIX), _OF_CLASS, {"class": class_id.lower()})


@blueprint.get("/classes/<class_id>/categories")
@served(access.GRADES)
def class_categories(ctx: Context, class_id: str) -> Response:
    """Categories that line items of a class belong to."""
    require(ctx, CLASSES, class_id)
    used = f"SELECT i.body->'category'->>'sourcedId' FROM ({LINE_ITEMS.source}) i WHERE i.body->'class'->>'sourcedId' = :class"  # noqa: E501, S608
    return answer_list(ctx, COLLECTIONS["category"], base(PREFIX), f"x.id IN ({used})", {"class": class_id.lower()})


@blueprint.get("/classes/<class_id>/lineItems/<item>/results")
@served(access.GRADES)
def class_item_results(ctx: Context, class_id: str, item: str) -> Response:
    """Results of one line item of a class."""
    require(ctx, CLASSES, class_id)
    require(ctx, LINE_ITEMS, item)
    return answer_list(
        ctx, RESULTS, base(PREFIX), f"{_OF_CLASS} AND {_OF_ITEM}", {"class": class_id.lower(), "item": item}
    )


@blueprint.get("/classes/<class_id>/students/<student>/results")
@served(access.GRADES)
def class_student_results(ctx: Context, class_id: str, student: str) -> Response:
    """Results of one pupil in a class."""
    require(ctx, CLASSES, class_id)
    require(ctx, USERS, student, STUDENTS)
    values = {"class": class_id.lower(), "student": student.lower()}
    return answer_list(ctx, RESULTS, base(PREFIX), f"{_OF_CLASS} AND {_OF_STUDENT}", values)


@blueprint.get("/schools/<school>/lineItems")
@served(access.GRADES)
def school_line_items(ctx: Context, school: str) -> Response:
    """Line items of the school."""
    require(ctx, ORGS, school, _SCHOOLS)
    return answer_list(ctx, LINE_ITEMS, base(PREFIX))


@blueprint.get("/schools/<school>/scoreScales")
@served(access.GRADES)
def school_score_scales(ctx: Context, school: str) -> Response:
    """Score scales of the school."""
    require(ctx, ORGS, school, _SCHOOLS)
    return answer_list(ctx, COLLECTIONS["scoreScale"], base(PREFIX))
