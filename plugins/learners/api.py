"""The API: /api/v1/learners, /api/v1/classes, /api/v1/imports."""

# mypy: disable-error-code="untyped-decorator"
# (flask-smorest ships no types)

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, jsonify, request

from core.sdk import Context
from core.sdk.errors import Invalid
from core.sdk.text import _
from core.sdk.web import ApiBlueprint, Cursor, api, check_etag, etag_of, json_list, paged

from . import schemas
from .services import classes as class_services
from .services import confirming, planning, plans, undoing
from .services import learners as services

learners = ApiBlueprint("api-learners", __name__, url_prefix="/learners", description="Pupils")
classes = ApiBlueprint("api-learners-classes", __name__, url_prefix="/classes", description="Classes of the year")
imports = ApiBlueprint("api-learners-imports", __name__, url_prefix="/imports", description="Lists of pupils")


@learners.route("")
@api("learners.learner.read")
def list_learners(ctx: Context) -> Response:
    """Pupils by given name; `q`, `class`, `grade`, `limit`, `cursor`."""
    cursor = Cursor("learners")
    limit = paged(request.args.get("limit", type=int))
    position = cursor.read(request.args.get("cursor"))
    lines = services.list_learners(
        ctx,
        query=request.args.get("q", ""),
        class_id=request.args.get("class", type=UUID),
        grade=request.args.get("grade", type=int),
        after=(position[0], UUID(position[1])) if position else None,
        limit=limit + 1,
    )
    following = cursor.write((lines[limit - 1].sort_key, lines[limit - 1].id)) if len(lines) > limit else None
    items = [
        {
            "id": line.id, "hovaten": line.full_name, "phanbiet": line.suffix, "mahocsinh": line.code,
            "ngaysinh": line.birth, "gioitinh": line.sex, "lop": line.class_name, "class_id": line.class_id,
        }
        for line in lines[:limit]
    ]  # fmt: skip
    return json_list(items, following)


def _answer(found: services.LearnerRecord, status: int = 200) -> Response:
    response = jsonify({"id": str(found.id), "version": found.version, **found.value})
    response.status_code = status
    response.set_etag(etag_of(found.id, found.version))
    return response


@learners.route("", methods=["POST"])
@learners.arguments(schemas.LearnerBody)
@learners.response(201, schemas.LearnerAnswer)
@api("learners.learner.edit")
def create_learner(ctx: Context, body: dict[str, Any]) -> Response:
    """Enter a pupil."""
    return _answer(services.get_learner(ctx, services.create_learner(ctx, body)), 201)


@learners.route("/<uuid:learner_id>")
@learners.response(200, schemas.LearnerAnswer)
@api("learners.learner.read")
def get_learner(ctx: Context, learner_id: UUID) -> Response:
    """One pupil; a parent reads only their own children."""
    return _answer(services.get_learner(ctx, learner_id))


@learners.route("/<uuid:learner_id>", methods=["PATCH"])
@learners.arguments(schemas.LearnerBody)
@learners.response(200, schemas.LearnerAnswer)
@api("learners.learner.edit")
def update_learner(ctx: Context, body: dict[str, Any], learner_id: UUID) -> Response:
    """Change values of a pupil; needs If-Match."""
    present = services.get_learner(ctx, learner_id)
    check_etag(etag_of(present.id, present.version))
    return _answer(services.update_learner(ctx, learner_id, body, version=present.version))


@classes.route("")
@api("learners.learner.read")
def list_classes(ctx: Context) -> Response:
    """Classes of the current school year with their numbers of pupils."""
    return json_list(
        {"id": line.id, "name": line.name, "grade": line.grade, "pupils": line.pupils, "girls": line.girls}
        for line in class_services.list_classes(ctx)
    )


@classes.route("", methods=["POST"])
@classes.arguments(schemas.ClassBody)
@classes.response(201)
@api("learners.class.edit")
def create_class(ctx: Context, body: dict[str, Any]) -> tuple[Response, int]:
    """Open a class."""
    return jsonify({"id": str(class_services.create_class(ctx, body["name"]))}), 201


@imports.route("")
@api("learners.import.run")
def list_imports(ctx: Context) -> Response:
    """The latest imports."""
    return json_list(
        {
            "id": line.id, "file_name": line.file_name, "state": line.state, "author": line.author,
            "created_at": line.created_at, "confirmed_at": line.confirmed_at, "actions": line.actions,
        }
        for line in plans.imports(ctx)
    )  # fmt: skip


@imports.route("", methods=["POST"])
@imports.response(201)
@api("learners.import.run")
def start_import(ctx: Context) -> tuple[Response, int]:
    """Upload a list as `file` (multipart); gives the id of the plan."""
    upload = request.files.get("file")
    if upload is None:
        raise Invalid(_("Choose a file."), fields={"file": _("Choose a file.")})
    import_id = planning.start_import(ctx, upload.filename or "", upload.read())
    return jsonify({"id": str(import_id)}), 201


@imports.route("/<uuid:import_id>")
@api("learners.import.run")
def get_import(ctx: Context, import_id: UUID) -> Response:
    """State, counts and layout of an import."""
    batch = planning.get_import(ctx, import_id)
    summary = {key: value for key, value in batch.summary.items() if key != "links"}
    return jsonify({"id": str(batch.id), "state": batch.state, "file_name": batch.file_name, "summary": summary})


@imports.route("/<uuid:import_id>/rows")
@api("learners.import.run")
def import_rows(ctx: Context, import_id: UUID) -> Response:
    """Rows of a plan; `kind` is new, changed, check, refused, unchanged or all; `q`, `limit`, `cursor`."""
    cursor = Cursor("import-rows")
    limit = paged(request.args.get("limit", type=int))
    position = cursor.read(request.args.get("cursor"))
    kind = request.args.get("kind", "all")
    rows = plans.plan_rows(
        ctx,
        import_id,
        kind if kind in plans.KINDS else "all",
        query=request.args.get("q", ""),
        after=int(position[0]) if position else -1,
        limit=limit + 1,
    )
    following = cursor.write((rows[limit - 1].number,)) if len(rows) > limit else None
    return json_list((_row(row) for row in rows[:limit]), following)


def _row(row: plans.PlanRow) -> dict[str, Any]:
    reasons = [
        {
            "code": r.code, "place": r.place, "field": str(r.field), "message": str(r.message), "cell": r.cell,
            "proposal": r.proposal,
        }
        for r in row.reasons
    ]  # fmt: skip
    changed = [{"field": str(c.field), "before": c.before, "after": c.after} for c in row.changes]
    return {
        "number": row.number, "place": row.place, "status": row.status, "action": row.action, "hovaten": row.full_name,
        "lop": row.class_name, "mahocsinh": row.code, "ngaysinh": row.birth, "reasons": reasons, "changes": changed,
    }  # fmt: skip


@imports.route("/<uuid:import_id>/confirm", methods=["POST"])
@imports.arguments(schemas.ConfirmBody)
@imports.response(200)
@api("learners.import.run")
def confirm_import(ctx: Context, body: dict[str, Any], import_id: UUID) -> Response:
    """Take over the plan; `classes` chooses among the proposed ones."""
    result = confirming.confirm_import(ctx, import_id, classes=body.get("classes"))
    return jsonify(
        {"new": result.new, "changed": result.changed, "unchanged": result.unchanged, "refused": result.refused}
    )


@imports.route("/<uuid:import_id>/undo", methods=["POST"])
@imports.response(204)
@api("learners.import.run")
def undo_import(ctx: Context, import_id: UUID) -> tuple[str, int]:
    """Take back a confirmed import."""
    undoing.undo_import(ctx, import_id)
    return "", 204


BLUEPRINTS = [learners, classes, imports]
