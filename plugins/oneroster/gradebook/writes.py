"""Writing to the gradebook service: other programs keep their own objects, and touch none of the school's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, request
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from core.sdk import Context
from core.sdk.audit import record
from core.sdk.data import new_id
from core.sdk.errors import NotFound

from .. import access
from ..collection import Collection, find, links, object_of, require
from ..models import OutsideObject
from ..rostering.people import STUDENTS, USERS
from ..rostering.places import ORGS, SESSIONS
from ..rostering.teaching import CLASSES, COURSES
from ..wire import RosterError, answered, is_former, served
from .blueprint import blueprint
from .routes import capital, permission_of
from .shapes import SHAPES, TARGETS, Shape, fault, kept
from .sources import COLLECTIONS

_MOST = 1000
_LONGEST_ID = 255
_OURS = {"classes": CLASSES, "orgs": ORGS, "academicSessions": SESSIONS, "users": USERS, "courses": COURSES}


_RESULTS_OF = {"lineItem": "result", "assessmentLineItem": "assessmentResult"}
"""What goes with an object that is deleted."""


def _program(ctx: Context) -> str:
    return str(ctx.actor.client_id or ctx.actor.account_id)


def _body() -> dict[str, Any]:
    found = request.get_json(force=True, silent=True)
    if not isinstance(found, dict):
        raise RosterError(400, "invaliddata", "the body is not a JSON object")
    return found


class _References:
    """Finds what the objects of one request refer to, each thing once."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._found: dict[tuple[str, str], Any] = {}

    def there(self, name: str, id: str) -> str:
        """The id of a referenced object as we write it.

        Raises:
            RosterError: 422 if it is not there.
        """
        target = TARGETS[name]
        collection = _OURS.get(target) or next(found for found in COLLECTIONS.values() if found.plural == target)
        return str(self._row(name, collection, id, STUDENTS if name == "student" else "true", "x.id"))

    def class_of(self, item: str) -> str:
        """The class of a line item."""
        return str(self._row("class of", COLLECTIONS["lineItem"], item, "true", "x.class"))

    def _row(self, name: str, collection: Collection, id: str, condition: str, column: str) -> Any:
        if (name, id) not in self._found:
            try:
                self._found[name, id] = find(self._ctx, collection, id, condition, column)[0]
            except NotFound:
                raise RosterError(422, "invaliddata", f"{name}: there is no {id[:60]!r}") from None
        return self._found[name, id]


def _checked(references: _References, shape: Shape, body: object, id: str | None) -> dict[str, Any]:
    """The object as it is kept; a result that does not say its class has that of its line item.

    Raises:
        RosterError: 422 with what is wrong.
    """
    wrong = fault(shape, body, id)
    if wrong:
        raise RosterError(422, "invaliddata", wrong)
    assert isinstance(body, dict)  # noqa: S101  (`fault` has seen to it)
    whole = kept(shape, body)
    for name, kind in shape.fields.items():
        if kind == "ref" and name in whole:
            whole[name] = {"sourcedId": references.there(name, whole[name]["sourcedId"])}
    if shape.singular == "result" and "class" not in whole:
        whole["class"] = {"sourcedId": references.class_of(whole["lineItem"]["sourcedId"])}
    return whole


def _is_there(ctx: Context, kind: str, id: str) -> bool:
    try:
        require(ctx, COLLECTIONS[kind], id)
    except NotFound:
        return False
    return True


def _keep(ctx: Context, kind: str, id: str, body: Mapping[str, Any]) -> bool:
    """Keep an object; whether it is new.

    Raises:
        RosterError: 403 for an object of the school, or of another program.
    """
    known = ctx.session.execute(
        select(OutsideObject.made_by).where(
            OutsideObject.school_id == ctx.school_id, OutsideObject.kind == kind, OutsideObject.id == id
        )
    ).scalar_one_or_none()
    if known is None and _is_there(ctx, kind, id):
        raise RosterError(403, "forbidden", "the school's own marks are changed by its teachers")
    added = insert(OutsideObject).values(_row(ctx, kind, id, body))
    changed = {"body": added.excluded.body, "modified": added.excluded.modified}
    ours = OutsideObject.made_by == _program(ctx)
    statement = added.on_conflict_do_update(index_elements=["school_id", "kind", "id"], set_=changed, where=ours)
    if ctx.session.execute(statement.returning(OutsideObject.id)).first() is None:
        raise RosterError(403, "forbidden", "this object belongs to another program")
    record(ctx, "oneroster.object.written", target=("school", ctx.school_id), detail={"kind": kind, "id": id})
    return known is None


def _row(ctx: Context, kind: str, id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "school_id": ctx.school_id, "kind": kind, "id": id, "body": dict(body), "modified": ctx.now(),
        "made_by": _program(ctx),
    }  # fmt: skip


def _put(kind: str) -> Callable[..., Response]:
    shape = SHAPES[kind]

    @served(permission_of(kind, "put"))
    def put(ctx: Context, sourced_id: str) -> Response:
        id = sourced_id
        if len(id) > _LONGEST_ID or not id.isprintable():
            raise RosterError(422, "invaliddata", "sourcedId is too long, or has control characters")
        body = _body().get(kind)
        if kind == "lineItem" and is_former() and isinstance(body, dict):
            body.setdefault("school", {"sourcedId": str(ctx.school_id)})  # 1.1 does not say it
        body = _checked(_References(ctx), shape, body, id)
        new = _keep(ctx, kind, id, body)
        return answered({kind: _object(ctx, kind, id)}, 201 if new else 200)

    return put


def _object(ctx: Context, kind: str, id: str) -> dict[str, object]:
    found = ctx.session.get_one(OutsideObject, (ctx.school_id, kind, id), populate_existing=True)
    return object_of(COLLECTIONS[kind], found, links())


def _delete(kind: str) -> Callable[..., Response]:
    @served(permission_of(kind, "delete"))
    def remove(ctx: Context, sourced_id: str) -> Response:
        ours = (OutsideObject.school_id == ctx.school_id, OutsideObject.made_by == _program(ctx))
        gone = delete(OutsideObject).where(*ours, OutsideObject.kind == kind, OutsideObject.id == sourced_id)
        if not ctx.session.execute(gone.returning(OutsideObject.id)).all():
            require(ctx, COLLECTIONS[kind], sourced_id)  # 404 where there is nothing
            raise RosterError(403, "forbidden", "only what the program itself has written can be deleted")
        results = _RESULTS_OF.get(kind)
        if results is not None:
            hangs_on = OutsideObject.body[kind]["sourcedId"].astext == sourced_id
            ctx.session.execute(delete(OutsideObject).where(*ours, OutsideObject.kind == results, hangs_on))
            if ctx.session.execute(select(OutsideObject.id).where(OutsideObject.kind == results, hangs_on)).first():
                raise RosterError(422, "deletefailure", "other programs have written results for it")
        record(
            ctx, "oneroster.object.deleted", target=("school", ctx.school_id), detail={"kind": kind, "id": sourced_id}
        )
        return Response(status=204)

    return remove


for _kind, _shape in SHAPES.items():
    blueprint.add_url_rule(f"/{_shape.plural}/<sourced_id>", f"put{capital(_kind)}", _put(_kind), methods=["PUT"])
    blueprint.add_url_rule(
        f"/{_shape.plural}/<sourced_id>", f"delete{capital(_kind)}", _delete(_kind), methods=["DELETE"]
    )


def _post(ctx: Context, kind: str, given: Mapping[str, object]) -> Response:
    """Keep many new objects; answers which id each got.

    Args:
        given: fields that the address says; they stand above those of the body.
    """
    shape = SHAPES[kind]
    items = _body().get(shape.plural)
    if not isinstance(items, list) or not 1 <= len(items) <= _MOST:
        raise RosterError(422, "invaliddata", f"{shape.plural} must be a list of 1 to {_MOST} objects")
    references, rows, pairs = _References(ctx), [], []
    for item in items:
        body = _checked(references, shape, {**item, **given} if isinstance(item, dict) else item, None)
        id = str(new_id())
        rows.append(_row(ctx, kind, id, body))
        pairs.append({"suppliedSourcedId": str(item.get("sourcedId", "")), "allocatedSourcedId": id})
    ctx.session.execute(insert(OutsideObject), rows)
    detail = {"kind": kind, "count": len(rows), "first": rows[0]["id"], "last": rows[-1]["id"]}
    record(ctx, "oneroster.object.written", target=("school", ctx.school_id), detail=detail)
    return answered({"sourcedIdPairs": pairs}, 201)


@blueprint.post("/classes/<class_id>/lineItems", endpoint="postLineItemsForClass")
@served(access.GRADES_POST)
def post_class_line_items(ctx: Context, class_id: str) -> Response:
    """New line items of a class."""
    require(ctx, CLASSES, class_id)
    return _post(ctx, "lineItem", {"class": {"sourcedId": class_id}})


@blueprint.post("/schools/<school>/lineItems", endpoint="postLineItemsForSchool")
@served(access.GRADES_POST)
def post_school_line_items(ctx: Context, school: str) -> Response:
    """New line items of the school."""
    require(ctx, ORGS, school, "x.type = 'school'")
    return _post(ctx, "lineItem", {"school": {"sourcedId": school}})


@blueprint.post("/lineItems/<item>/results", endpoint="postResultsForLineItem")
@served(access.GRADES_POST)
def post_item_results(ctx: Context, item: str) -> Response:
    """New results of a line item."""
    require(ctx, COLLECTIONS["lineItem"], item)
    return _post(ctx, "result", {"lineItem": {"sourcedId": item}})


@blueprint.post(
    "/classes/<class_id>/academicSessions/<session>/results", endpoint="postResultsForAcademicSessionForClass"
)
@served(access.GRADES_POST)
def post_session_results(ctx: Context, class_id: str, session: str) -> Response:
    """New results of a class in a term."""
    require(ctx, CLASSES, class_id)
    require(ctx, SESSIONS, session)
    return _post(ctx, "result", {"class": {"sourcedId": class_id}})
